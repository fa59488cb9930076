"""PyTorch's half of a round trip: opens the weights of each net, answers with its logits, and sends weights of its own."""

import json
import sys
from pathlib import Path

import torch
from nets import NETS
from safetensors.torch import load_file, save_file

folder = Path(sys.argv[1])
torch.manual_seed(0)
for name, options in json.loads((folder / "cases.json").read_text()).items():
    net = NETS[name](**options).eval()
    images = load_file(folder / f"{name}-images.safetensors")["images"].permute(0, 3, 1, 2).contiguous()
    with torch.no_grad():
        initial = {key: value.clone() for key, value in net.state_dict().items()}
        mine = net(images)
        net.load_state_dict(load_file(folder / f"{name}.safetensors"))
        save_file({"theirs": net(images), "mine": mine}, folder / f"{name}-logits.safetensors")
    save_file(initial, folder / f"{name}-torch.safetensors")
