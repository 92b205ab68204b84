"""What fashion_mnist.py and cifar10.py share: a whole training in ctnn and in PyTorch, seed by seed."""
import json
import statistics
import time
from pathlib import Path

import torch
from turns import number, print_line, program, run


def add_options(parser, default_program, epochs, lr):
    parser.add_argument("--program", type=program, default=default_program)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--lr", type=float, default=lr, help="at the peak of the cycle")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all runs there as well")


def step(net, optimiser, loss_of, x, target):
    """The loss before it."""
    optimiser.zero_grad()
    loss = loss_of(net(x), target)
    loss.backward()
    optimiser.step()
    return loss.item()


def faster_layout(start, loss_of, shape):
    """channels-last or PyTorch's default, in which steps of a batch of this shape take less time;
    `start(layout)` is a network and its optimiser."""
    seconds = {}
    for layout in (torch.channels_last, torch.contiguous_format):
        net, optimiser = start(layout)
        x = torch.randn(shape).to(memory_format=layout)
        target = torch.randint(10, shape[:1])
        calls = []
        for _ in range(10):
            begin = time.perf_counter()
            step(net, optimiser, loss_of, x, target)
            calls.append(time.perf_counter() - begin)
        seconds[layout] = statistics.median(calls[2:])  # warm
    return min(seconds, key=seconds.get)


def train(options, start, loss_of, layout, x, target, batch_of):
    """Epochs of one cycle over images x, of which `batch_of(x, chosen)` makes a batch: the network, and
    what is told of it."""
    net, optimiser = start(layout)
    batches = -(-len(target) // options.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, options.lr, total_steps=options.epochs * batches, cycle_momentum=False)
    begin = time.perf_counter()
    for _ in range(options.epochs):
        total = 0
        for chosen in torch.randperm(len(target)).split(options.batch):
            batch = batch_of(x, chosen).contiguous(memory_format=layout)
            total += step(net, optimiser, loss_of, batch, target[chosen]) * len(chosen)
            schedule.step()
    seconds = time.perf_counter() - begin
    return net, {"parameters": sum(p.numel() for p in net.parameters()), "loss": total / len(target),
                 "images_per_second": options.epochs * len(target) / seconds}


def accuracy(net, x, target, layout):
    net.eval()
    x = x.contiguous(memory_format=layout)
    with torch.inference_mode():
        guesses = torch.cat([net(part).argmax(dim=1) for part in x.split(500)])
    return (guesses == target).float().mean().item()


def compare(options, layout, command, pytorch):
    """Prints the table: `command(seed)` is ctnn's program, `pytorch(seed)` a training of PyTorch's."""
    runs = {"ctnn": [], "PyTorch": []}
    print_line("what", "seed", "last epoch's loss", "test accuracy", "images/s")
    print_line("---", *["---:"] * 4)
    for seed in options.seeds:
        for name, training in (("ctnn", lambda: run(command(seed))),
                               ("PyTorch", lambda: pytorch(seed))):
            done = training()
            runs[name].append(done)
            print_line(name, seed, f"{done['loss']:.4f}", f"{done['accuracy']:.2%}",
                       number(done["images_per_second"]))
    assert len({done["parameters"] for all_runs in runs.values() for done in all_runs}) == 1

    def mean(name, what):
        return statistics.mean(done[what] for done in runs[name])

    for name in runs:
        print_line(name, "mean", f"{mean(name, 'loss'):.4f}", f"{mean(name, 'accuracy'):.2%}",
                   number(mean(name, "images_per_second")))
    ratio = statistics.mean(a["images_per_second"] / b["images_per_second"]
                            for a, b in zip(runs["ctnn"], runs["PyTorch"]))
    print(f"ctnn trains {ratio:.2f} times as fast; PyTorch {torch.__version__}, {layout}")
    if options.json:
        options.json.write_text(json.dumps({"options": vars(options), "runs": runs}, indent=1,
                                           default=str) + "\n")
