"""Opens report.html in headless Chromium and compares what it shows with metrics.jsonl.

usage: report_in_browser.py --chromium PROGRAM --make-report PROGRAM
       report_in_browser.py --chromium PROGRAM --report REPORT.HTML --metrics METRICS.JSONL
"""

import argparse
import base64
import html
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import cases

CANNOT_WRITE = 5
WIDTHS = (375, 1280)
PROBE = (Path(__file__).parent / "probe.js").read_text()
# Chromium makes no window narrower than 500 px, but a frame is as narrow as one likes.
WRAPPER = "<body><script>addEventListener('message', e => document.body.dataset[e.data[0]] = e.data[1])</script>"


class Check:
    def __init__(self, chromium, folder):
        self.chromium, self.folder = chromium, folder
        self.passed = self.failed = 0

    def equal(self, name, found, expected):
        if found == expected:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}\n  expected {expected!r:.1000}\n  found    {found!r:.1000}")

    def open(self, report, dark=False):
        """What probe.js reports for each width, and what the browser wrote to its console."""
        (self.folder / "probed.html").write_text(
            report.replace("</body>", f"<script>{PROBE}</script></body>"))
        frames = "".join(f'<iframe name="w{width}" width="{width}" height="900" src="probed.html">'
                         "</iframe>" for width in WIDTHS)
        (self.folder / "wrapper.html").write_text(WRAPPER + frames)
        done = subprocess.run(
            [self.chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--enable-logging=stderr", "--host-resolver-rules=MAP * ~NOTFOUND",
             f"--blink-settings=preferredColorScheme={0 if dark else 1}",
             f"--user-data-dir={self.folder / 'profile'}", "--virtual-time-budget=5000",
             "--window-size=1700,1000", "--dump-dom", (self.folder / "wrapper.html").as_uri()],
            capture_output=True, text=True, timeout=100, check=True)
        console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        body = re.search("<body[^>]*>", done.stdout).group()
        pages = {int(width): json.loads(html.unescape(text))
                 for width, text in re.findall(r'data-w(\d+)="([^"]*)"', body)}
        return pages, console


# What the page must show, from metrics.jsonl alone -------------------------------------------------
def percent(value):
    return "not finite" if value is None else f"{cases.fixed(100 * value, 2)}\u00a0%"


OFF = {"limit": 0, "validation": 0, "patience": 0, "weight_decay": 0, "norm_weight_decay": True, "momentum": 0,
       "nesterov": False, "centered": False, "clip_grad_value": 0, "clip_grad_norm": 0, "ema": 0,
       "warmup_epochs": 0, "total_iters": 0, "eta_min": 0, "cycle_momentum": False, "cooldown": 0, "min_lr": 0}


def options(lines):
    """What the run began with, and what was changed when it was resumed."""
    start = {}
    for line in lines:
        if line["event"] == "start":
            start = line
        if line["event"] == "resume":
            start = start | {key: line[key] for key in ("epochs", "patience") if key in line}
    return {key: value for key, value in start.items() if key not in ("schema", "event")
            and not (key in OFF and OFF[key] == value)}


def option(key, value):
    if key in ("parameters", "train_samples", "validation_samples", "test_samples"):
        return f"{value:,}"
    if isinstance(value, list):
        return ",".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else " ".join(str(value).split())


def notes(lines, metrics):
    """The lines below the title. A line of the log that is not whole is not in `lines`."""
    texts = [f"Resumed in epoch {line['epoch']}, batch {line['batch']}."
             for line in lines if line["event"] == "resume"]
    last = [line for line in lines if line["event"] in ("start", "resume", "end", "error")][-1]
    if last["event"] == "error":
        texts.append(f"Stopped by an error in epoch {last['epoch']}, step {last['step']}: training loss"
                     f" not finite at learning rate {last['lr']:g} (exit code {last['code']}).")
    elif last["event"] != "end":
        texts.append("The end of the run is not on record: it goes on, or it was killed.")
    torn = len(metrics.splitlines()) - len(lines)
    return texts + [f"Lines of metrics.jsonl that are not JSON: {torn}."] * (torn > 0)


def kept_epochs(lines):
    kept = {}
    for line in lines:
        if line["event"] == "resume":
            kept = {n: e for n, e in kept.items() if e["step"] <= line["step"]}
        if line["event"] == "epoch":
            kept[line["epoch"]] = line
    return [kept[n] for n in sorted(kept)]


def last_confusion(lines):
    return kept_epochs(lines)[-1]["confusion"]


def agrees(text, kind, value):
    if value is None:
        return text == "not finite"
    if kind == "percent":
        return text == percent(value)
    if kind == "count":
        return text == f"{int(cases.fixed(value, 0)):,}"
    if kind == "seconds":
        return text == cases.fixed(value, 1)
    if kind == "loss" and (value == 0 or 1e-3 <= abs(value) < 1e5):
        return text == cases.fixed(value, 4)
    # As numbers: JavaScript and Python write 1e-7 and 1e-07.
    return float(text) == float(f"{value:.2e}" if kind == "loss" else f"{value:.6g}")


COLUMNS = [("lr", "plain"), ("train_loss", "loss"), ("{}_loss", "loss"),
           ("train_accuracy", "percent"), ("{}_accuracy", "percent"), ("top3_accuracy", "percent"),
           ("seconds", "seconds"), ("images_per_second", "count")]


def chosen_by(lines):
    """The images that choose the best weights, whose scores an epoch has."""
    return "validation" if options(lines).get("validation") else "test"


def numbers_agree(check, name, page, lines, data):
    epochs = kept_epochs(lines)
    # One point is no curve.
    charts = ["loss", "accuracy"] * (len(epochs) > 1) + ["rate"] * (len(data["rates"]) > 1)
    check.equal(f"{name}: charts", [chart["id"] for chart in page["charts"]],
                charts if epochs else [])
    for chart in page["charts"]:
        check.equal(f"{name}: chart {chart['id']} is drawn, as wide as its box",
                    (chart["inked"], chart["fits"], chart["label"] != ""), (True, True, True))
    tables = page["tables"]
    if not epochs:
        check.equal(f"{name}: summary", page["lead"], "No epoch was finished.")
        check.equal(f"{name}: tables", sorted(tables), ["result", "setup"])
        return
    if data["rates"] == cases.one_cycle(len(epochs)):
        triangle = [1 - abs(k / 5 - 1) for k in range(11)]
        far = max(abs(a - b) for a, b in zip(page["rate"][0], triangle))
        check.equal(f"{name}: the rate goes up and down, {far:.3f} off", far < 0.05, True)
    last = epochs[-1]
    start = options(lines)
    end = [line for line in lines if line["event"] == "end"][-1:]
    marked = [e for e in epochs if e["best"]][-1:]  # else it is in the log of an earlier run
    chosen = chosen_by(lines)
    images = start[f"{chosen}_samples"]
    best, accuracy = ((e := marked[0])["epoch"], e[f"{chosen}_accuracy"]) if marked else (
        end[0]["best_epoch"], end[0][f"best_{chosen}_accuracy"])
    check.equal(f"{name}: lead", page["lead"],
                f"{percent(accuracy)} of {images:,} {chosen} images recognised "
                f"after epoch {best} of {start['epochs']}.")
    rows = tables["epochs"][1:]
    check.equal(f"{name}: epochs", [row[0] for row in rows],
                [f"{e['epoch']} best" if [e] == marked else str(e["epoch"]) for e in epochs])
    wrong = [(e["epoch"], text, key) for row, e in zip(rows, epochs)
             for text, (key, kind) in zip(row[1:], COLUMNS, strict=True)
             if not agrees(text, kind, e[key.format(chosen)])]
    check.equal(f"{name}: numbers of the epochs", wrong, [])

    names = page["data"]["class_names"] or [str(i) for i in range(len(last["confusion"]))]
    check.equal(f"{name}: confusion matrix", tables["confusion"],
                [["true", *names]] + [[names[i], *map(str, counts)]
                                      for i, counts in enumerate(last["confusion"])])
    scores = zip(names, last["confusion"], last["precision"], last["recall"], last["f1"])
    check.equal(f"{name}: scores of the classes", tables["classes"][1:],
                [[n, f"{sum(c):,}", *map(percent, s)] for n, c, *s in scores]
                + [["Total and mean", f"{sum(map(sum, last['confusion'])):,}",
                    *(percent(last[f"macro_{s}"]) for s in ("precision", "recall", "f1"))]])
    result = dict(tables["result"])
    check.equal(f"{name}: result", [result[k] for k in (
        f"Best {chosen} accuracy", f"Last {chosen} accuracy", f"Last {chosen} errors", "Epochs")], [
            f"{percent(accuracy)}, epoch {best}",
            f"{percent(last[f'{chosen}_accuracy'])}, epoch {last['epoch']}",
            f"{images - last[f'{chosen}_correct']:,}",
            f"{len(epochs)} of {start['epochs']}"])
    tested = f"{percent(end[0]['test_accuracy'])}, epoch {best}" if end and "test_accuracy" in end[0] else None
    check.equal(f"{name}: the test of the best weights", result.get("Test accuracy"), tested)


def shows(check, name, report, metrics, description=None, dark=False):
    """Everything that holds for every report; `description` is what make_report was given."""
    pages, console = check.open(report, dark)
    check.equal(f"{name}: console", console, [])
    check.equal(f"{name}: pages that ran to their end", sorted(pages), sorted(WIDTHS))
    lines = [json.loads(line) for line in metrics.splitlines() if line.endswith("}")]
    for width, page in pages.items():
        at = f"{name} at {width} px"
        check.equal(f"{at}: width of the page", page["width"], width)
        check.equal(f"{at}: dark", page["dark"], dark)
        check.equal(f"{at}: requests", page["requests"], [])
        check.equal(f"{at}: options", [v for _, v in page["tables"]["setup"]],
                    [option(k, v) for k, v in options(lines).items()])
        check.equal(f"{at}: notes", page["notes"], notes(lines, metrics))
        data = description or page["data"]
        numbers_agree(check, at, page, lines, data)
        check.equal(f"{at}: what made it", page["tables"].get("made", []),
                    [[re.sub("[ \n]+", " ", text).strip() for text in fact]
                     for fact in data["facts"]])
        check.equal(f"{at}: the network", page["texts"],
                    [list(pair) for pair in data["texts"]])
        # A table fits, or shows that there is more of it.
        for box in page["scrolls"]:
            check.equal(f"{at}: {box['table'] or 'text'} shows what is hidden",
                        box["told"], box["open"] and box["over"] > 1)
            if box["table"] in ("confusion", "classes") and not data["class_names"]:
                ten = len(last_confusion(lines)) <= 10
                check.equal(f"{at}: {box['table']} fits, {box['over']} px",
                            box["over"] <= 0 or not ten, True)
        check.equal(f"{at}: columns of mistakes", page["mistakes"],
                    min(len(data["mistakes"]), 3 if width == 375 else 5))
        check.equal(f"{at}: title", (page["title"], page["heading"]), (data["title"],) * 2)
        pictures = [m["picture"] for m in data["mistakes"]] + data["augmented"]
        if description is None:
            for picture in pictures:
                picture["pixels"] = list(base64.b64decode(picture["pixels"]))
        check.equal(f"{at}: pictures", page["pictures"],
                    [[p["rows"], p["cols"], p["pixels"]] for p in pictures])
        if not data["dark_paper"]:
            check.equal(f"{at}: inverted pictures", page["inverted"], 0)
        check.equal(f"{at}: text of the mistakes", page["captions"],
                    [cases.caption(m, data["class_names"], chosen_by(lines)) for m in data["mistakes"]])
        check.equal(f"{at}: pictures without description", page["undescribed"], 0)
        check.equal(f"{at}: least contrast {page['contrast']:.2f}", page["contrast"] >= 4.5, True)


def made_reports(check, make_report):
    def make(metrics, description, report="report.html", code=0):
        (check.folder / "metrics.jsonl").write_text(metrics)
        (check.folder / "description.json").write_text(json.dumps(description))
        done = subprocess.run([make_report, "description.json", "metrics.jsonl", report],
                              cwd=check.folder, capture_output=True, text=True, check=False)
        check.equal(f"exit code for {report}", (done.returncode, done.stderr.count("\n")),
                    (code, 1 if code else 0))
        return (check.folder / report).read_text() if code == 0 else ""

    for name, metrics, description in cases.all_cases():
        shows(check, name, make(metrics, description), metrics, description)
    _, metrics, description = cases.all_cases()[0]
    shows(check, "in the dark", make(metrics, description), metrics, description, dark=True)
    make(metrics, description, "no/such/folder/report.html", CANNOT_WRITE)
    page = make(metrics, description)
    check.equal("addresses", re.findall(r"""(?:src|href)\s*=|url\(|@import""", page), [])
    # The checks above can fail: a page that asks for a file, throws, or is too wide is found out.
    broken = page.replace("</main>", '<img src="http://localhost/x.png">'
                          '<div style="width: 500px">wide</div></main>')
    pages, console = check.open(broken)
    check.equal("a broken page is noticed", (len(console) >= 1, pages[375]["width"] > 375), (True, True))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chromium", required=True)
    parser.add_argument("--make-report", type=Path)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--metrics", type=Path)
    arguments = parser.parse_args()
    if bool(arguments.make_report) == bool(arguments.report and arguments.metrics):
        parser.error("expected --make-report, or --report with --metrics")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        check = Check(arguments.chromium, Path(folder))
        if arguments.make_report:
            made_reports(check, arguments.make_report.resolve())
        else:
            shows(check, arguments.report.name, arguments.report.read_text(),
                  arguments.metrics.read_text())
    print(f"{check.passed} passed, {check.failed} failed")
    sys.exit(check.failed > 0)


if __name__ == "__main__":
    main()
