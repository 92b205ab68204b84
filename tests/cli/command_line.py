"""Mistakes on the command line, and what the program says about itself."""

import re
import subprocess
from pathlib import Path

from suite import ANYTHING, BAD_DATA, USAGE

TABLES = Path(__file__).resolve().parent.parent / "reference" / "torchsummary"

WHOLE_RANGES = {
    "--epochs": (1, 10**9),
    "--batch-size": (1, 10**9),
    "--step-size": (1, 10**9),
    "--limit": (0, 10**9),
    "--threads": (0, 1024),
    "--seed": (0, 2**64 - 1),
    "--patience": (0, 10**9),
    "--save-every": (0, 10**9),
    "--crop": (0, 1000),
    "--warmup-epochs": (0, 10**9),
    "--total-iters": (0, 10**9),
    "--t-0": (1, 10**9),
    "--t-mult": (1, 10**9),
    "--lr-patience": (0, 10**9),
    "--cooldown": (0, 10**9),
}
NOT_WHOLE = ["nan", "inf", "-1", "+1", "1.5", "1e3", "abc", "0x10", "1 ", " 1", "", "9" * 30]
NOT_REAL = ["nan", "-nan", "inf", "-inf", "-1", "1e400", "1e-400", "1e7", "abc", "0,1", " 1", ""]
OUTSIDE = {
    "--lr": "0",
    "--momentum": "1",
    "--weight-decay": "1",
    "--beta1": "1",
    "--beta2": "1",
    "--eps": "0",
    "--gamma": "0",
    "--eta-min": "1e6",
    "--pct-start": "1",
    "--div-factor": "0",
    "--final-div-factor": "0",
    "--alpha": "1",
    "--momentum-decay": "1",
    "--clip-grad-value": "1e6",
    "--clip-grad-norm": "-0.1",
    "--ema": "1",
    "--label-smoothing": "1",
    "--warmup-factor": "1",
    "--start-factor": "0",
    "--end-factor": "1e6",
    "--power": "0",
    "--base-momentum": "1",
    "--max-momentum": "1",
    "--factor": "1",
    "--threshold": "1",
    "--min-lr": "1e6",
}
NOT_MILESTONES = ["", ",", "3,", ",3", "3,,4", "0", "3,3", "4,3", "3, 4", "-1", "1.5", "1e1", "10000000000",
                  ",".join(map(str, range(1, 18)))]
NOT_VALIDATION = ["nan", "inf", "-1", "-0.1", "1.5", "1000000001", "1e10", "abc", " 1", "0,1"]
CHOICES = {
    "--dataset": ("mnist", "fashion-mnist", "cifar10"),
    "--recipe": ("assignment", "fast", "photos"),
    "--optimizer": ("sgd", "adam", "adamw", "rmsprop", "nadam", "lion", "muon"),
    "--scheduler": ("constant", "step", "multistep", "exponential", "linear", "cosine",
                    "warm-restarts", "onecycle", "polynomial", "plateau"),
    "--anneal-strategy": ("cos", "linear"),
    "--adjust-lr-fn": ("original", "match-rms-adamw"),
}
FULL_NAMES = {
    "sgd": "SGD",
    "adam": "Adam",
    "adamw": "AdamW",
    "rmsprop": "RMSprop",
    "nadam": "NAdam",
    "lion": "Lion",
    "muon": "Muon",
    "constant": "a constant learning rate",
    "step": "StepLR",
    "multistep": "MultiStepLR",
    "exponential": "ExponentialLR",
    "linear": "LinearLR",
    "cosine": "CosineAnnealingLR",
    "warm-restarts": "CosineAnnealingWarmRestarts",
    "onecycle": "OneCycleLR",
    "polynomial": "PolynomialLR",
    "plateau": "ReduceLROnPlateau",
}
# What a choice cannot do without.
NEEDS = {"multistep": "--milestones 3", "plateau": "--validation 5"}
# Options that not every run has a use for.
OWNERS = {
    "--momentum 0.5": ("sgd", "rmsprop", "muon"),
    "--nesterov": ("sgd", "muon"),
    "--beta1 0.5": ("adam", "adamw", "nadam", "lion", "muon"),
    "--beta2 0.5": ("adam", "adamw", "nadam", "lion", "muon"),
    "--eps 0.5": ("adam", "adamw", "rmsprop", "nadam", "muon"),
    "--alpha 0.5": ("rmsprop",),
    "--centered": ("rmsprop",),
    "--momentum-decay 0.5": ("nadam",),
    "--adjust-lr-fn original": ("muon",),
    "--step-size 2": ("step",),
    "--milestones 2": ("multistep",),
    "--gamma 0.5": ("step", "multistep", "exponential"),
    "--start-factor 0.5": ("linear",),
    "--end-factor 0.5": ("linear",),
    "--total-iters 2": ("linear", "polynomial"),
    "--power 2": ("polynomial",),
    "--eta-min 0.5": ("cosine", "warm-restarts"),
    "--t-0 2": ("warm-restarts",),
    "--t-mult 2": ("warm-restarts",),
    "--pct-start 0.5": ("onecycle",),
    "--anneal-strategy cos": ("onecycle",),
    "--div-factor 2": ("onecycle",),
    "--final-div-factor 2": ("onecycle",),
    "--cycle-momentum": ("onecycle",),
    "--factor 0.5": ("plateau",),
    "--lr-patience 2": ("plateau",),
    "--threshold 0.5": ("plateau",),
    "--cooldown 2": ("plateau",),
    "--min-lr 0.5": ("plateau",),
}
PATHS = {
    "train": ("--data", "--test", "--init", "--out", "--resume"),
    "evaluate": ("--data", "--test", "--weights"),
    "predict": ("--weights",),
}


def stray(argument):
    return f'unexpected argument "{argument}"'


MISTAKES = [
    ([""], stray("") + r" \(see"),
    ("foo", stray("foo") + r" \(see"),
    ("--foo", stray("--foo")),
    ("--epochs 1", stray("--epochs") + "; it is an option of train "),
    ("trian", stray("trian") + r"; did you mean train\?"),
    ("Predict x.png", stray("Predict") + r"; did you mean predict\?"),
    ("help", stray("help") + r"; did you mean --help\?"),
    ("-version", stray("-version") + r"; did you mean --version\?"),
    ("train --epoch 3", stray("--epoch") + r"; did you mean --epochs\?"),
    ("train --batch_size=4", stray("--batch_size=4") + r"; did you mean --batch-size\?"),
    ("train --LR 1", stray("--LR") + r"; did you mean --lr\?"),
    ("train --lerning-rate 1", stray("--lerning-rate") + r" \(see"),
    ("evaluate --wieghts x", stray("--wieghts") + r"; did you mean --weights\?"),
    ("predict --data x y.png", stray("--data") + r"; it is an option of train, evaluate "),
    (["train", "--epochs" + "x" * 5000], stray("--epochsx+") + r" \(see"),
    ("summary extra", stray("extra")),
    ("summary train", stray("train")),
    ("summary --all=perhaps", "--all = perhaps"),
    ("train --foo", stray("--foo")),
    ("train --foo --lr nan", stray("--foo")),
    ("train --strict", "--strict: is of the weights of --init, which is missing"),
    ("train --strict=false", "--strict: is of the weights of --init, which is missing"),
    ("train --recipe slow", "--recipe: slow not in"),
    ("train --recipe fast --gamma 0.5", "--gamma: is of StepLR, MultiStepLR, ExponentialLR, and recipe fast has OneCycleLR"),
    ("train --step-size 3 --recipe fast", "--step-size: is of StepLR"),
    ("train --beta1 0.8", "--beta1: is of Adam, AdamW, NAdam, Lion, Muon, and recipe assignment has SGD"),
    ("train --recipe fast --eta-min 0",
     "is of CosineAnnealingLR, CosineAnnealingWarmRestarts, and recipe fast has OneCycleLR"),
    ("train --nesterov --momentum 0", "--nesterov: wants a momentum, and --momentum is 0"),
    ("train --recipe fast --momentum 0", "--nesterov: wants a momentum, and --momentum is 0"),
    ("train --scheduler plateau",
     "--scheduler: ReduceLROnPlateau goes by the loss of validation images, and --validation is 0"),
    ("train --scheduler multistep", "--scheduler: MultiStepLR wants epochs, and --milestones has none"),
    ("train --warmup-epochs 20", "--warmup-epochs: expected fewer than the 20 of --epochs, found 20"),
    ("train --warmup-epochs 1 --recipe fast",
     "--warmup-epochs: OneCycleLR has a way up of its own, --pct-start"),
    ("train --warmup-factor 0.1", "--warmup-factor: is of --warmup-epochs, which is missing"),
    ("train --recipe fast --max-momentum 0.9", "--max-momentum: is of --cycle-momentum, which is missing"),
    ("train --recipe fast --cycle-momentum --max-momentum 0.8",
     "--base-momentum: is 0.85, and --max-momentum is 0.8"),
    ("train --recipe fast --cycle-momentum --momentum 0.8",
     r"--momentum: is cycled \(--cycle-momentum\): say --max-momentum instead"),
    ("train --recipe fast --optimizer lion --cycle-momentum --beta1 0.8", "--beta1: is cycled "),
    ("train --nesterov=perhaps", "--nesterov = perhaps"),
    ("train -lr 1", stray("-lr")),
    ("train --lr 1 2", stray("2")),
    ("train -- 1", stray("1")),
    ("train --weights x", stray("--weights") + "; it is an option of evaluate, predict "),
    ("train evaluate", stray("evaluate")),
    ("train --no-shuffle=perhaps", "--no-shuffle = perhaps"),
    ("train --dataset cifar", "--dataset: cifar not in"),
    ("train --lr 1 --lr nan", 'found "nan"'),
    ("train --strict=perhaps", "--strict = perhaps"),
    ("predict", "IMAGE is required"),
    ("predict --threads 1 x.png", stray("--threads")),
    ("evaluate --epochs 1 --weights x", stray("--epochs")),
    (["train", ""], stray("")),
    (["train", "--dataset", ""], "--dataset: .* not in"),
    # One line, whatever the argument holds, and no escape code for the terminal to obey.
    (["train", "--lr", "a\nb"], 'found "a b"'),
    (["train", "--dataset", "a\nb"], "a b not in"),
    (["train", "--lr\n1"], stray("--lr 1")),
    (["train", "--lr", "\x1b[2J"], r'found "\\x1b\[2J"'),
    (["train", b"--\xff\xfe"], stray("--\udcff\udcfe")),
    # C1 in UTF-8 and as bytes of Latin-1, and other directions of writing.
    (["train", "--lr", "\u009b2J\u202e\u2066"], r'found "\\u009b2J\\u202e\\u2066"'),
    (["train", "--lr", b"\x9b2J\xe9"], 'found "\\\\x9b2J\udce9"'),
    (["train", "--lr", b"\xff"], 'found "\udcff"'),
]


def mistakes(suite):
    for arguments, err in MISTAKES:
        suite.row(arguments, USAGE, err)
    for option, (low, high) in WHOLE_RANGES.items():
        for value in NOT_WHOLE + [str(high + 1), str(low - 1)]:
            err = f'{option}: expected a whole number from {low} to {high}, found "{value}"'
            suite.row(["train", option, value], USAGE, err.replace("+", r"\+"))
    for option, outside in OUTSIDE.items():
        for value in NOT_REAL + [outside]:
            err = rf'{option}: expected a number in [(\[]0, .*\), found "{value}"'
            suite.row(["train", option, value], USAGE, err)
    for value in NOT_MILESTONES:
        err = f'--milestones: expected up to 16 whole numbers .* that ascend.*, found "{value}"'
        suite.row(["train", "--scheduler", "multistep", "--milestones", value], USAGE, err)
    for value in NOT_VALIDATION:
        err = f'--validation: expected a share below 1, or a whole number up to 1000000000, found "{value}"'
        suite.row(["train", "--validation", value], USAGE, err)
    for command, options in PATHS.items():
        for option in options:
            suite.row([command, option, ""], USAGE, option + ': expected a path, found ""')
    for option, words in CHOICES.items():
        suite.row(["train", option, "none"], USAGE, f"{option}: none not in")
        for word in words:
            suite.row(f"train {option} {word} --foo", USAGE, stray("--foo"))
    for option in [*WHOLE_RANGES, *OUTSIDE, *CHOICES, *PATHS["train"]]:
        suite.row(f"train {option}", USAGE, f"{option}: .*missing")
        suite.row(f"train {option}=", USAGE, f"{option}: .*missing")


def owners(suite):
    """An option goes with what it is of, and with nothing else."""
    for option, own in OWNERS.items():
        name = option.split()[0]
        kind = "--optimizer" if own[0] in CHOICES["--optimizer"] else "--scheduler"
        for chosen in CHOICES[kind]:
            needed = NEEDS.get(chosen, "") if name not in NEEDS.get(chosen, "") else ""
            arguments = f"train --data nowhere {option} {kind} {chosen} {needed}"
            if chosen in own:
                suite.row(arguments, BAD_DATA, "nowhere")
            else:
                whose = ", ".join(FULL_NAMES[one] for one in own)
                err = f"{name}: is of {whose}, and this run has {FULL_NAMES[chosen]} "
                suite.row(arguments, USAGE, err)


def alone(suite):
    """Without a command the program says what there is, and that nothing was done."""
    text = suite.row("--help", out=ANYTHING)
    err = "expected a command: summary, train, evaluate, predict"
    suite.row([], USAGE, err, out=re.escape(text))


def completed(suite, *words):
    """What bash offers for the last of these words of a command line."""
    name = suite.program.name
    script = f"""
        source <("$0" --bash-completion)
        complete -p {name} >&2
        COMP_WORDS=({name} "$@") COMP_CWORD=$#
        _{name}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "-c", script, suite.program, *words],
        capture_output=True, encoding="utf-8", timeout=60, check=False,
    )
    ours = done.stderr == f"complete -o default -F _{name} {name}\n"
    suite.check(f"completion of {words}", ours and done.returncode == 0, done)
    return set(done.stdout.split())


def completion(suite):
    """Bash knows every option that --help lists, and every value."""
    first = completed(suite, "")
    commands = {"summary", "train", "evaluate", "predict"}
    suite.check("commands", first == commands | {"--help", "--version", "--bash-completion"}, first)
    suite.check("part of a command", completed(suite, "tr") == {"train"})
    for command in commands:
        text = suite.row(f"{command} --help", out=ANYTHING)
        options = set(re.findall(r"^  (?:-h,)?(--[a-z0-9-]+)", text, re.MULTILINE))
        suite.check(f"options of {command}", completed(suite, command, "--") == options, options)
    for option, words in CHOICES.items():
        suite.check(f"values of {option}", completed(suite, "train", option, "") == set(words))
        suite.check(f"values of {option}=", completed(suite, "train", option, "=") == set(words))
    suite.check("part of a value", completed(suite, "train", "--recipe", "=", "fa") == {"fast"})
    # Where nothing is offered, bash offers files.
    for words in ("train --out r", "train --epochs 3", "predict sev", "evaluate --weights r"):
        suite.check(f"left to bash: {words}", not completed(suite, *words.split()))
    flags = completed(suite, "train", "--quiet", "--epo")
    suite.check("an option behind a flag", flags == {"--epochs"}, flags)


def information(suite):
    for command in ("", "summary", "train", "evaluate", "predict"):
        usage = f"Usage: {suite.program.name} {command}".strip()
        for flag in ("--help", "-h"):
            text = suite.row(f"{command} {flag}", out=rf"[^\n]+\n{usage}{ANYTHING}\n")
            wide = [line for line in text.splitlines() if len(line) > 80]
            suite.check(f"{command} {flag}: 80 columns", not wide, wide)
            example = rf"^  {suite.program.name} {command}[^#\n]*"
            examples = re.findall(example, text, re.MULTILINE)
            suite.check(f"{command} {flag}: examples", not command or len(examples) > 1, text)
            bare = re.findall(r"^  -\S+(?: \S+)?[^\S\n]*\n(?! {10})", text, re.MULTILINE)
            suite.check(f"{command} {flag}: every option is described", not bare, bare)
    compiler = r"(g\+\+|clang\+\+) \d[^\n]*"
    suite.row(
        "--version",
        out=rf"{suite.program.name} \d+\.\d+\.\d+ \([^,]+, (AVX-512|AVX2|SSE4\.2), {compiler}\)\n",
    )
    for flags, table in {
        "": "with_parameters.txt",
        "--all": "all.txt",
        "--all --all": "all.txt",
    }.items():
        text = (TABLES / table).read_text(encoding="utf-8")
        suite.row(f"summary {flags}", out=re.escape(text))
    # Which layers run as one, and how; the memory depends on the instruction set.
    lines = [
        r"Operation +Algorithm +Output +Multiply-adds +Products +Derived +Scratch",
        r"conv1 ReLU +direct +32x26x26 +194,688 +194,688 .*",
        r"conv2 MaxPool2d ReLU +winograd\(6\) +64x12x12 +10,616,832 +2,097,152 .*",
        r"conv3 ReLU +winograd\(5\) +128x10x10 +7,372,800 +1,605,632 .*",
        r"conv4 MaxPool2d ReLU +winograd\(4\) +256x4x4 +18,874,368 +4,718,592 .*",
    ]
    suite.row("summary --plan", out="\n".join(lines) + ANYTHING)
    suite.row("summary --plan --all", USAGE, "--all excludes --plan")
