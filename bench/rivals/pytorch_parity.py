#!/usr/bin/env python3
"""Trains the assignment's network in PyTorch from a written state, so that ctnn can be compared.

1. python3 pytorch_parity.py --data data/mnist --out parity
   writes parity/init.safetensors, trains batches of 512 in file order, writes
   parity/final.safetensors and parity/losses.json.
2. mnist train --init parity/init.safetensors --no-shuffle --limit 5120 --batch-size 512 \\
       --epochs 1 --out ours        (without augmentation)
3. python3 pytorch_parity.py --data data/mnist --out parity --compare ours/last.safetensors
   prints, for every parameter, the largest difference divided by the largest distance that
   training moved it. The same training in float64 shows how much of that is PyTorch's own
   rounding; it takes minutes with Debian's plain BLAS and is kept in parity/final64.safetensors.
"""
import argparse
import json
import math
import struct
from pathlib import Path

import numpy as np
import torch

from pytorch_speed import BATCH, Net, sgd, train_step

DTYPES = {"F32": np.dtype("<f4"), "F64": np.dtype("<f8"), "I64": np.dtype("<i8")}


def save_safetensors(path, state):
    """8 bytes: header length; the header, JSON padded to 8 bytes; then the arrays, C order."""
    names = {dtype: name for name, dtype in DTYPES.items()}
    header, arrays, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name, tensor in sorted(state.items()):
        array = np.ascontiguousarray(tensor.numpy())
        header[name] = {"dtype": names[array.dtype], "shape": list(array.shape),
                        "data_offsets": [offset, offset + array.nbytes]}
        arrays.append(array)
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(a.tobytes() for a in arrays))


def load_safetensors(path):
    """A state dict of tensors; names, types and shapes as they are in the file."""
    raw = Path(path).read_bytes()
    if len(raw) < 8 or 8 + (length := struct.unpack_from("<Q", raw)[0]) > len(raw):
        raise SystemExit(f"{path}: not a safetensors file: header beyond its {len(raw)} bytes")
    header, data, state = json.loads(raw[8:8 + length]), raw[8 + length:], {}
    header.pop("__metadata__", None)
    end = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, stop = entry["data_offsets"]
        if entry["dtype"] not in DTYPES:
            raise SystemExit(f"{path}: {name}: dtype {entry['dtype']} is not supported")
        dtype, shape = DTYPES[entry["dtype"]], entry["shape"]
        if begin != end or stop - begin != math.prod(shape) * dtype.itemsize or stop > len(data):
            raise SystemExit(f"{path}: {name}: bytes {begin} to {stop} of {len(data)} do not fit "
                             f"shape {shape}")
        array = np.frombuffer(data[begin:stop], dtype).reshape(shape)
        state[name], end = torch.from_numpy(array.copy()), stop
    if end != len(data):
        raise SystemExit(f"{path}: expected {end} bytes of data, found {len(data)}")
    return state


def load_idx(path, rank):
    """An IDX file of unsigned bytes as an array of the given rank."""
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}")
    start = 4 + 4 * rank
    if raw[:4] != bytes((0, 0, 8, rank)) or len(raw) < start:
        raise SystemExit(f"{path}: not an IDX file of bytes with {rank} dimensions")
    shape = struct.unpack_from(f">{rank}I", raw, 4)
    if len(raw) - start != math.prod(shape):
        raise SystemExit(f"{path}: expected {math.prod(shape)} bytes of data, "
                         f"found {len(raw) - start}")
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape)


def load_mnist(folder, part):
    """The images of "train" or "t10k", normalised as torchvision would in float32, and labels."""
    folder = Path(folder)
    pixels = load_idx(folder / f"{part}-images-idx3-ubyte", 3).astype(np.float32)
    labels = load_idx(folder / f"{part}-labels-idx1-ubyte", 1).astype(np.int64)
    if len(pixels) != len(labels):
        raise SystemExit(f"{folder}: {part}: {len(pixels)} images, but {len(labels)} labels")
    x = (pixels / np.float32(255) - np.float32(0.1307)) / np.float32(0.3081)
    return torch.from_numpy(x[:, None]), torch.from_numpy(labels)


def train(init, data, steps, dtype):
    """The state after that many steps over the data in file order, and the losses."""
    x, target = data
    if len(x) < steps * BATCH:
        raise SystemExit(f"{steps} steps need {steps * BATCH} images, found {len(x)}")
    net = Net()
    net.load_state_dict(init)
    net.to(dtype)
    optimiser, losses = sgd(net), []
    for batch in (slice(step * BATCH, (step + 1) * BATCH) for step in range(steps)):
        losses.append(train_step(net, optimiser, x[batch].to(dtype), target[batch]))
    return {name: tensor.detach() for name, tensor in net.state_dict().items()}, losses


def write_run(out, data, steps, seed):
    torch.manual_seed(seed)
    init = Net().state_dict()
    final, losses = train(init, data, steps, torch.float32)
    out.mkdir(parents=True, exist_ok=True)
    (out / "final64.safetensors").unlink(missing_ok=True)  # it belonged to the run before
    save_safetensors(out / "init.safetensors", init)
    save_safetensors(out / "final.safetensors", final)
    text = json.dumps({"torch": torch.__version__, "seed": seed, "steps": steps, "losses": losses})
    (out / "losses.json").write_text(text + "\n")
    print(text)


def compare(out, data, ours_path):
    ours, init, final = (load_safetensors(path) for path in
                         (ours_path, out / "init.safetensors", out / "final.safetensors"))
    net = Net()
    net.load_state_dict(ours)  # a wrong name or shape ends here, in PyTorch's words
    kept = out / "final64.safetensors"
    if not kept.exists():
        steps = json.loads((out / "losses.json").read_text())["steps"]
        save_safetensors(kept, train(init, data, steps, torch.float64)[0])
    final64 = load_safetensors(kept)
    apart = lambda a, b: (a[name].double() - b[name].double()).abs().max().item()
    print(f"{'parameter':14}{'moved':>11}{'ours-torch':>12}{'ours-torch64':>14}"
          f"{'torch-torch64':>15}")
    for name in net.state_dict():
        moved = apart(final, init)
        print(f"{name:14}{moved:11.3e}{apart(ours, final) / moved:12.2e}"
              f"{apart(ours, final64) / moved:14.2e}{apart(final, final64) / moved:15.2e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of train-images-idx3-ubyte …")
    parser.add_argument("--out", type=Path, required=True, help="folder of this comparison's files")
    parser.add_argument("--compare", metavar="OURS", help="ctnn's last.safetensors")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.steps < 1:
        parser.error("--steps must be at least 1")
    data = load_mnist(options.data, "train")
    if options.compare:
        compare(options.out, data, options.compare)
    else:
        write_run(options.out, data, options.steps, options.seed)


if __name__ == "__main__":
    main()
