#!/usr/bin/env python3
"""Trains networks of many shapes beside PyTorch: batch 128 or 32, 2 threads; prints a table.

Run: scripts/bench --benchmark_list_tests && cmake --build build/bench --target ctnn_shapes
     bench/rivals/shapes.py
The networks are those of bench/shapes/; ctnn_shapes describes them with their edges, so that PyTorch
builds the same. What is frozen has requires_grad False there, and is in eval mode.
The share of the FMA peak counts the multiply-adds of the direct algorithms: Winograd's may exceed 100 %.
PyTorch runs them channels-last and in its default layout, and keeps the faster.
"""
import argparse
import json
import re
import statistics

from turns import (ROOT, add_options, describe_pytorch, median, need, number, ours, parse,
                   print_line, program, pytorch, run, write_json)

THREADS = 2
SLOW = 1.2  # a ratio below it is marked


def compare(options, net):
    def theirs(layout):
        return pytorch(options, "train", options.batch, THREADS, layout, "--net", json.dumps(net))

    rounds, layouts, shares = [], ("channels_last", "contiguous"), []
    for _ in range(options.rounds):
        samples = ours(options.shapes, f"{net['name']}/{options.batch}", options.samples)
        mine = median(samples, "images")
        shares.append(median(samples, "%peak") / 100)
        results = {layout: theirs(layout) for layout in layouts}
        best = max(results, key=lambda layout: results[layout]["median"])
        layouts = (best,)  # of the first round
        rounds.append((mine, results[best]["median"]))
    return {"network": net["name"], "layout": best, "details": describe_pytorch(results[best]),
            "ours": statistics.median(a for a, _ in rounds),
            "theirs": statistics.median(b for _, b in rounds),
            "ratio": statistics.median(a / b for a, b in rounds),
            "share": statistics.median(shares)}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", type=program, default=ROOT / "build/bench/bench/ctnn_shapes")
    parser.add_argument("--batch", type=int, choices=(128, 32), default=128)
    parser.add_argument("--only", default="", help="networks whose names match this pattern")
    add_options(parser)
    options = parse(parser)
    need(parser, options.shapes, "cmake --build build/bench --target ctnn_shapes")

    print_line("network", "ours, images/s", "PyTorch, images/s", "its layout", "ratio", "of the FMA peak")
    print_line("---", "---:", "---:", "---", "---:", "---:")
    rows = []
    for net in run([options.shapes, "--describe"]):
        if not re.search(options.only, net["name"]):
            continue
        found = compare(options, net)
        rows.append(found)
        mark = " slow" if found["ratio"] < SLOW else ""
        print_line(found["network"], number(found["ours"]), number(found["theirs"]),
                   found["layout"], f"{found['ratio']:.2f}{mark}", f"{found['share']:.0%}")
    if rows:
        print(rows[0]["details"])
    write_json(options, rows)


if __name__ == "__main__":
    main()
