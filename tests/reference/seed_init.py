#!/usr/bin/python3
"""Writes tiny.safetensors: a small PyTorch state_dict in the safetensors format, by a writer that
shares nothing with ctnn's. Run with Debian's python3-torch: seed_init.py [FILE]"""

import json
import struct
import sys
from pathlib import Path

import torch


def write_safetensors(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():  # in state_dict order: ctnn must not depend on the order
        raw = tensor.detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header).encode()  # with the spaces that json.dumps likes
    text += b" " * (-len(text) % 8)
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + data)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 2, 3)
        self.fc1 = torch.nn.Linear(8, 3)


net = Net()
with torch.no_grad():  # known values: the element's index in its tensor, over 8, from -1
    for parameter in net.parameters():
        parameter.copy_((torch.arange(parameter.numel()) / 8 - 1).reshape(parameter.shape))
default = Path(__file__).with_name("tiny.safetensors")
write_safetensors(sys.argv[1] if len(sys.argv) > 1 else default, net.state_dict(), {"format": "pt"})
