"""Training that works, training that cannot, and output that cannot be written."""

TEST_LINE = r"Test set: Average loss: \d+\.\d{4}, Accuracy: \d+/32 \(\d+\.\d\d%\)\n"


def training(suite):
    """Leaves the weights of two epochs in run/."""
    rate = "Adjusting learning rate of group 0 to {}.\n".format
    epoch = r"Epoch {}\nTrain: Loss=\d+\.\d{{4}} Batch_id={} Accuracy=\d+\.\d\d\n".format
    saved = r"Saved {0}/last.safetensors and {0}/metrics.jsonl\n".format
    printed = suite.row(
        "train --epochs 2 --batch-size 24 --step-size 1 --gamma 0.5 --out run",
        out=rate(r"1.0000e-02") + epoch(1, 2) + TEST_LINE + rate("5.0000e-03") + epoch(2, 2) + TEST_LINE
        + rate("2.5000e-03") + saved("run"),
    )
    last_score = re.findall(TEST_LINE, printed)[-1]
    log(suite, printed)

    tensors, metadata = files.read_safetensors(suite.folder / "run/last.safetensors")
    shapes = {name: shape for name, (shape, _) in tensors.items()}
    suite.check("names and shapes are PyTorch's", shapes == SHAPES, shapes)
    suite.check("the metadata name the format", metadata == {"format": "pt", "ctnn.epoch": "2"}, metadata)
    values = [value for _, tensor in tensors.values() for value in tensor]
    suite.check("weights are finite and not all alike", all(map(math.isfinite, values)) and len(set(values)) > 500_000)

    for more in ("", "--threads 1", "--threads 8 --threads 2", "--data data/mnist", "--dataset mnist"):
        suite.row(f"evaluate --weights run/last.safetensors {more}", out=re.escape(last_score))
    suite.row("train --epochs 1 --lr 1e-12 --init run/last.safetensors --out continued",
              out=rate("1.0000e-12") + epoch(1, 0) + re.escape(last_score) + rate("1.0000e-12") + saved("continued"))
    suite.row("train --epochs 9 --out other --limit 5 --epochs 1 --batch-size 2 --out limited",
              out=rate("1.0000e-02") + epoch(1, 2) + TEST_LINE + rate("1.0000e-02") + saved("limited"))
    suite.row("train --epochs 1 --limit 2 --batch-size 1000000000 --threads 1024 --seed 18446744073709551615")
    suite.check("the folders are data/mnist and runs/mnist", (suite.folder / "runs/mnist/last.safetensors").exists())
    shutil.rmtree(suite.folder / "runs")


def log(suite, printed):
    lines = (suite.folder / "run/metrics.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    suite.check("three events, each of schema 1",
                [(event["schema"], event["event"]) for event in events] == [(1, "start"), (1, "epoch"), (1, "epoch")], lines)
    start, *epochs = events
    facts = {"dataset": "mnist", "parameters": 593_200, "train_samples": 64, "test_samples": 32, "epochs": 2,
             "batch_size": 24, "momentum": 0.9, "seed": 1, "shuffle": True}
    suite.check("the start event holds the options", start.items() >= facts.items(), start)
    suite.check("learning rates", [(event["epoch"], event["lr"]) for event in epochs] == [(1, 0.01), (2, 0.005)], epochs)
    scores = [
        "Test set: Average loss: {test_loss:.4f}, Accuracy: {test_correct}/32 ({:.2f}%)\n".format(
            100 * event["test_accuracy"], **event)
        for event in epochs
    ]
    suite.check("the log says what was printed", scores == re.findall(TEST_LINE, printed), (scores, printed))
    positive = ["train_loss", "train_accuracy", "seconds", "images_per_second"]
    suite.check("the other fields", all(event[field] > 0 for event in epochs for field in positive), epochs)


def same_bits(suite):
    """The same weights from the same seed, whatever the machine and the environment."""
    train = "train --epochs 2 --batch-size 40 --out "
    suite.row(train + "a")
    expected = suite.sha256("a/last.safetensors")

    def limit_stack():
        resource.setrlimit(resource.RLIMIT_STACK, (512 * 1024, 512 * 1024))

    def one_processor():
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    for more, how in {
        "": {},
        "--threads 1": {},
        "--threads 2": {},
        "--threads 8": {},
        "--threads 8 --seed 1": {"prepare": limit_stack},
        "--threads 0": {"prepare": one_processor},
        "--seed 01": {"env": {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}},
        "--seed 1": {"env": {"HOME": None, "PATH": None, "TERM": "dumb", "COLUMNS": "0"}},
        "--lr 0.01 --momentum 9e-1": {"prepare": lambda: os.close(0)},
    }.items():
        suite.row(train + "b " + more, **how)
        suite.check(f"the same weights: {more} {how}", suite.sha256("b/last.safetensors") == expected)
    for more in ("--seed 2", "--no-shuffle", "--lr 0.011", "--momentum 0.8", "--batch-size 39", "--limit 63",
                 "--epochs 1", "--step-size 1", "--init run/last.safetensors"):
        suite.row(train + "b " + more)
        suite.check(f"other weights: {more}", suite.sha256("b/last.safetensors") != expected)
    hashes = []
    for seed in (1, 2):
        suite.row(train + f"b --no-shuffle --init run/last.safetensors --seed {seed}")
        hashes.append(suite.sha256("b/last.safetensors"))
    suite.check("the seed decides the order and the weights, nothing else", hashes[0] == hashes[1])


def failing_training(suite):
    before = suite.sha256("run/last.safetensors")
    err = r"training diverged: the loss is -?(nan|inf) in epoch {}, batch \d+, with a learning rate of \d".format
    for more in ("--lr 1e5", "--lr 999999 --momentum 0.99", "--init run/last.safetensors --lr 1e4 --threads 1"):
        suite.row(f"train --out run --batch-size 8 --epochs 9 {more}", DIVERGED, err(1))
    suite.check("weights of an earlier run outlive divergence", suite.sha256("run/last.safetensors") == before)
    suite.row("train --out later --batch-size 8 --epochs 9 --step-size 1 --gamma 999999", DIVERGED, err(2))
    suite.row("evaluate --weights later/last.safetensors", out=TEST_LINE)

    if b"__asan_init" in suite.program.read_bytes():
        return print("skipped under the address sanitizer: a limit on memory")

    def limit_memory():
        resource.setrlimit(resource.RLIMIT_AS, (24 << 20, 24 << 20))

    suite.row("train --out memory --threads 1", OUT_OF_MEMORY, "out of memory", out="[^\0]*", prepare=limit_memory)
    suite.row("train --out memory --threads 8", OUT_OF_MEMORY, "out of memory|cannot start the threads: try --threads 1", out="[^\0]*",
              prepare=limit_memory)


def output(suite):
    train = "train --epochs 1 --limit 2 --out "
    weights = "--weights run/last.safetensors"
    with open("/dev/full", "w", encoding="utf-8") as full:
        for arguments in ("summary", "--help", "--version", f"evaluate {weights}", train + "full"):
            suite.row(arguments, CANNOT_WRITE, "standard output: cannot write: No space left on device", stdout=full)
    for arguments in ("summary", "--help", f"evaluate {weights}", train + "closed"):
        suite.row(arguments, CANNOT_WRITE, "standard output: cannot write: Bad file descriptor",
                  name=f"{arguments}, standard output closed", stdout=None, prepare=lambda: os.close(1))
    printed = (suite.folder / "closed/metrics.jsonl").read_text(encoding="utf-8")
    suite.check("what is printed on a closed stream is in no file", all(map(json.loads, printed.splitlines())), printed)
    reader, writer = os.pipe()
    os.close(reader)
    suite.check("a reader that has gone ends the program quietly", suite.start(["summary"], stdout=writer).stderr == "")
    os.close(writer)

    blocked = suite.folder / "blocked"
    (blocked / "folder/last.safetensors").mkdir(parents=True)
    (blocked / "log/metrics.jsonl").mkdir(parents=True)
    for name, file in {"full_log": "metrics.jsonl", "full_weights": "last.safetensors"}.items():
        (blocked / name).mkdir()
        (blocked / name / file).symlink_to("/dev/full")
    for name, err in {
        "bad.safetensors": "bad.safetensors: cannot write: Not a directory",
        "bad.safetensors/a/b": "bad.safetensors/a/b: cannot write: Not a directory",
        "/proc/none": "/proc/none: cannot write: No such file or directory",
        "x" * 300: "cannot write: File name too long",
        "blocked/folder": "last.safetensors: cannot write: expected a regular file, found a directory",
        "blocked/log": "metrics.jsonl: cannot write: Is a directory",
        "blocked/full_log": "metrics.jsonl: cannot write: No space left on device",
        "blocked/full_weights": "last.safetensors: cannot write: expected a regular file, found a device",
    }.items():
        suite.row([*train.split(), name], CANNOT_WRITE, err)
    left = [path.name for path in blocked.rglob("*.tmp-*")]
    suite.check("no temporary file is left", not left, left)
