#!/usr/bin/env python3
r"""Predicts one sample at a time on one thread, beside PyTorch and onnxruntime; prints a table.

Run: cmake --preset bench && cmake --build build/bench --target ctnn_single_input
     npm install --ignore-scripts --prefix FOLDER onnxruntime-node     (one of the packages that bring it)
     /usr/bin/python3 bench/rivals/single_input.py \
         --onnxruntime FOLDER/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1

It needs a python3 that has torch.

The networks are MLPerf Tiny's, and a small perceptron; ctnn_single_input describes them, and PyTorch builds
the same. Weights and the sample are a formula of their names, and the answers have to be alike, within 1e-3 of
the largest. PyTorch runs in both layouts, as it is, in inference mode, and traced, frozen and optimised by
torch.jit, which folds the norms; the fastest of the four is in the table. onnxruntime gets what torch.onnx
exports, constants and norms folded.

All sides take turns of some milliseconds in every round, because the machine's clock drifts: a ratio is the
median of those within a round, a time the median of all, by the clock of the one thread, which stands still
while others have the core. PyTorch's linear layers are as fast as the BLAS that it finds, which is printed.
"""
import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import torch

from onnxruntime_c import Session
from pytorch_speed import Described, blas
from turns import ROOT, describe_pytorch, need, number, print_line, program, run, write_json

sys.path.insert(0, str(ROOT / "tests/reference"))
from hashed import COUNT, hashed, images

TOLERANCE = 1e-3  # of the largest output


class Ctnn:
    """ctnn_single_input: it prints its answer, and then the nanoseconds of a run for each number of seconds."""

    def __init__(self, program, network):
        self.process = subprocess.Popen([program, network], text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.answer = torch.tensor(self.read())

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.process.args[0]} failed")
        return json.loads(line)

    def nanoseconds(self, seconds):
        print(seconds, file=self.process.stdin, flush=True)
        return self.read()

    def close(self):
        self.process.communicate()


class Here:
    """A call in this process."""

    def __init__(self, call, answer):
        self.call, self.answer, self.took = call, answer, None

    def nanoseconds(self, seconds):
        calls = max(1, int(1e9 * seconds / self.took)) if self.took else 1
        with torch.inference_mode():
            start = time.thread_time_ns()
            for _ in range(calls):
                self.call()
            self.took = (time.thread_time_ns() - start) / calls
        return self.took

    def close(self):
        pass


def build(description):
    """The network in eval mode with the weights of their names."""
    net = Described(description).eval()
    for name, module in net.named.items():
        module.load_state_dict({key: hashed(f"{name}.{key}", value.shape).float()
                                for key, value in module.state_dict().items() if key != COUNT})
    return net


def pytorch(net, x):
    with torch.inference_mode():
        for _ in range(3):  # torch.jit optimises in its first runs
            answer = net(x)
    return Here(lambda: net(x), answer.flatten())


def pytorch_sides(description, x):
    layouts = {"contiguous": torch.contiguous_format}
    if x.dim() == 4:
        layouts["channels-last"] = torch.channels_last
    for name, layout in layouts.items():
        net, sample = build(description).to(memory_format=layout), x.to(memory_format=layout)
        yield name, pytorch(net, sample)
        frozen = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, sample)))
        yield f"frozen, {name}", pytorch(frozen, sample)


def onnxruntime(options, description, x):
    net = build(description)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what its own tracer does
        model = Path(folder) / "net.onnx"
        torch.onnx.export(net, x, str(model), input_names=["x"], output_names=["y"],
                          do_constant_folding=True)
        session = Session(options.onnxruntime, model, x, net(x).shape)
    return Here(session.run, session.answer.flatten())


def check(network, sides):
    expected = sides["ctnn"].answer
    allowed = TOLERANCE * expected.abs().max()
    for name, side in sides.items():
        if not (side.answer - expected).abs().max() <= allowed:  # a NaN is a difference too
            sys.exit(f"{network}: {name} answers {side.answer.tolist()}, ctnn {expected.tolist()}")


def compare(options, description):
    """The times of each side, turn by turn, in nanoseconds."""
    x = images("input", [1, *description["input"]]).float()
    sides = {"ctnn": Ctnn(options.single_input, description["name"]),
             **dict(pytorch_sides(description, x))}
    if options.onnxruntime:
        sides["onnxruntime"] = onnxruntime(options, description, x)
    check(description["name"], sides)
    times = {name: [] for name in sides}
    for turn in range(options.rounds + 1):
        for name, side in sides.items():
            took = side.nanoseconds(options.seconds)
            if turn > 0:  # the first warms
                times[name].append(took)
    for side in sides.values():
        side.close()
    return times


def ratio(times, name):
    return statistics.median(theirs / ours for ours, theirs in zip(times["ctnn"], times[name]))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--single-input", type=program, metavar="PROGRAM",
                        default=ROOT / "build/bench/bench/ctnn_single_input")
    parser.add_argument("--onnxruntime", type=program, metavar="LIBRARY",
                        help="its libonnxruntime.so.1; without it only PyTorch is beside")
    parser.add_argument("--only", default="", help="networks whose names have this in them")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=0.02, help="of each side in each round")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all times there")
    options = parser.parse_args()
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("--rounds must be at least 1, --seconds positive")
    need(parser, options.single_input, "cmake --build build/bench --target ctnn_single_input")

    torch.set_num_threads(1)
    print_line("network", "ctnn, µs", "PyTorch, µs", "how", "ratio", "onnxruntime, µs", "ratio")
    print_line("---", "---:", "---:", "---", "---:", "---:", "---:")
    rows = []
    for description in run([options.single_input, "--describe"]):
        if options.only not in description["name"]:
            continue
        times = compare(options, description)
        rows.append({"network": description["name"], "nanoseconds": times})
        median = {name: statistics.median(all) for name, all in times.items()}
        best = min(median.keys() - {"ctnn", "onnxruntime"}, key=median.get)
        cells = [description["name"], number(median["ctnn"] / 1e3), number(median[best] / 1e3), best,
                 f"{ratio(times, best):.2f}"]
        if "onnxruntime" in times:
            cells += [number(median["onnxruntime"] / 1e3), f"{ratio(times, 'onnxruntime'):.2f}"]
        else:
            cells += ["", ""]
        print_line(*cells)
    print(describe_pytorch({"version": torch.__version__, "blas": blas()}))
    write_json(options, rows)


if __name__ == "__main__":
    main()
