#!/usr/bin/env python3
"""Measures ctnn beside PyTorch, XNNPACK and oneDNN; prints a table of ratios, a row a line.

Run: scripts/bench --benchmark_list_tests && bench/rivals/compare.py
     cmake --workflow --preset bench-v3     # first, for the row `avx2`

training   a step on a batch of 512, against PyTorch with as many threads, channels-last; and in
           huge pages, which its users do not have unless they ask for them
inference  the prediction of a batch of 64, against the same; and against PyTorch frozen by torch.jit
single     … of one image on one thread, against PyTorch frozen (as it is it would be 20 times
           slower), and against XNNPACK, whose network ends before the log-softmax, which it lacks
layers     a layer on one thread against oneDNN: ours on as many images as the network runs at a
           time, with the pooling and the activation that belong to it; oneDNN's convolution alone,
           by its faster algorithm and on its faster batch, ours or 512, in layouts of its choice
avx2       the training step of a build for x86-64-v3, against PyTorch as it is
folding    the prediction of a batch of 64 by the network with a batch norm behind each convolution,
           against itself without norms (1 if folding costs nothing) and with norms by themselves
freezing   a training step of the last layer alone, all before it frozen, against one of all layers,
           and against the prediction of as many images (1 if it costs no more than that)
epoch      an epoch of MNIST with its data handling, against our own bare training step

Whole networks are measured by the wall clock; layers, XNNPACK, folding and freezing by the thread's. The FMA peak is
that of one core in the same run, the share is ours of it in FLOPs of the direct algorithm.
PyTorch's linear layers are as fast as the BLAS that it finds, which is printed below the table:
with libopenblas0-pthread in place of Debian's plain one it trains and predicts faster.
"""
import argparse
import statistics

from turns import (ROOT, add_options, describe_pytorch, median, need, number, ours, parse,
                   print_line, program, pytorch, samples_of, write_json)

MINIMUM = {  # the least ratio that will do
    ("training", 1): 4.5, ("training", 2): 4.5, ("inference", 1): 4.0, ("inference", 2): 5.0,
    "single": 3.5, "layers": 1.8, "avx2": 2.4, "epoch": 0.9}


def row(title, rival, unit, rounds, samples, minimum=None):
    """`rounds` are pairs: our number and the rival's; `samples` ours with the FMA peak."""
    speed = unit == "images/s"
    ratios = [a / b if speed else b / a for a, b in rounds]
    return {"row": title, "rival": rival, "unit": unit,
            "ours": statistics.median(a for a, _ in rounds),
            "theirs": statistics.median(b for _, b in rounds),
            "ratio": statistics.median(ratios), "ratios": ratios, "minimum": minimum,
            "fma_peak": median(samples, "peak"), "share": median(samples, "%peak") / 100}


def against_pytorch(options, title, benchmark, minimum, work, batch, threads, *more, bench=None,
                    huge_pages=False):
    rounds, samples = [], []
    for _ in range(options.rounds):
        mine = ours(bench or options.bench, benchmark, options.samples)
        samples += mine
        theirs = pytorch(options, work, batch, threads, "channels_last", *more,
                         huge_pages=huge_pages)
        rounds.append((median(mine, "images"), theirs["median"]))
    rival = (f"PyTorch{' frozen' if '--frozen' in more else ''}, channels-last"
             f"{', in huge pages' if huge_pages else ''}")
    return {**row(title, rival, "images/s", rounds, samples, minimum),
            "details": describe_pytorch(theirs)}


def s(threads):
    return "1 thread" if threads == 1 else f"{threads} threads"


def training(options):
    for threads in (2, 1):
        for huge_pages in (False, True):
            yield against_pytorch(options, f"training, batch 512, {s(threads)}",
                                  f"training step of 512 images, {s(threads)}",
                                  None if huge_pages else MINIMUM["training", threads], "train",
                                  512, threads, huge_pages=huge_pages)


def inference(options):
    for threads in (2, 1):
        for more in ((), ("--frozen",)):
            yield against_pytorch(options, f"inference, batch 64, {s(threads)}",
                                  f"prediction of 64 images, {s(threads)}",
                                  None if more else MINIMUM["inference", threads],
                                  "predict", 64, threads, *more)


def single(options):
    title, benchmark = "inference, batch 1, 1 thread", "prediction of 1 image, 1 thread"
    yield against_pytorch(options, title, benchmark, MINIMUM["single"], "predict", 1, 1, "--frozen")
    samples = ours(options.bench, benchmark, options.rounds)
    if "XNNPACK" not in samples[0]:
        yield "single: no XNNPACK: ctnn_bench was built without it (libxnnpack-dev)"
        return
    yield row(title, "XNNPACK, without log-softmax", "µs/image",
              turns(samples, "XNNPACK"), samples, MINIMUM["single"])


def turns(samples, rival):
    """Our and the rival's µs an image; they took turns within each sample."""
    return [(1e6 * sample[rival] / sample[f"x_{rival}"], 1e6 * sample[rival])
            for sample in samples]


def layers(options):
    found = samples_of(options.bench, "^conv[234] ", options.rounds)
    for name, samples in found.items():
        if "oneDNN" not in samples[0]:
            yield "layers: skipped: ctnn_bench was built without oneDNN (libdnnl-dev)"
            return
        yield row(name, "oneDNN, its convolution alone", "µs/image", turns(samples, "oneDNN"),
                  samples, MINIMUM["layers"])


def avx2(options):
    if not options.bench_v3.exists():
        yield (f"avx2: skipped: {options.bench_v3} is not built "
               "(cmake --workflow --preset bench-v3)")
        return
    yield against_pytorch(options, "training, batch 512, 2 threads, ours with AVX2",
                          "training step of 512 images, 2 threads", MINIMUM["avx2"], "train", 512,
                          2, bench=options.bench_v3)


def against_ourselves(options, benchmark, rivals):
    samples = ours(options.bench, benchmark, options.rounds)
    for counter, rival in rivals.items():
        yield row(benchmark, rival, "µs/image", turns(samples, counter), samples)


def folding(options):
    yield from against_ourselves(
        options, "prediction of 64 images, norms folded, 1 thread",
        {"without_norms": "ctnn without norms", "unfolded": "ctnn, fold(false)"})


def freezing(options):
    yield from against_ourselves(
        options, "training step of 512 images, last layer alone, 1 thread",
        {"all_layers": "ctnn, all layers trained", "forward": "ctnn, prediction of 512 images"})


def epoch(options):
    if not (ROOT / "data/mnist").exists():
        yield "epoch: skipped: no data/mnist (scripts/fetch-data gets it)"
        return
    samples = ours(options.bench, "epoch of MNIST, 2 threads", 1)
    rounds = [(sample["images"], sample["step_images"]) for sample in samples]
    yield row("epoch of MNIST, batch 512, 2 threads", "our bare training step", "images/s", rounds,
              samples, MINIMUM["epoch"])


GROUPS = {group.__name__: group for group in (training, inference, single, layers, avx2,
                                              folding, freezing, epoch)}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=program, default=ROOT / "build/bench/bench/ctnn_bench")
    parser.add_argument("--bench-v3", type=program, metavar="PATH",
                        default=ROOT / "build/bench-v3/bench/ctnn_bench")
    parser.add_argument("--only", default=",".join(GROUPS), help="some of the default, %(default)s")
    add_options(parser)
    options = parse(parser)
    need(parser, options.bench, "scripts/bench")
    chosen = options.only.split(",")
    if unknown := set(chosen) - set(GROUPS):
        parser.error(f"--only: no rows are called {', '.join(sorted(unknown))}")

    print_line("what", "rival", "unit", "ours", "rival's", "ratio", "wanted", "FMA peak, GFLOP/s",
               "our share")
    print_line("---", "---", "---", *["---:"] * 6)
    rows, notes = [], []
    for name in chosen:
        for found in GROUPS[name](options):
            if isinstance(found, str):
                notes.append(found)
                continue
            rows.append(found)
            minimum = found["minimum"]
            below = minimum is not None and found["ratio"] < minimum
            print_line(found["row"], found["rival"], found["unit"], number(found["ours"]),
                       number(found["theirs"]), f"{found['ratio']:.2f}{' below' if below else ''}",
                       minimum or "", f"{found['fma_peak'] / 1e9:.0f}", f"{found['share']:.0%}")
    notes += sorted({found["details"] for found in rows if "details" in found})
    print(*notes, sep="\n", end="\n" if notes else "")
    write_json(options, rows)


if __name__ == "__main__":
    main()
