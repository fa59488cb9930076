"""PyTorch's training step or inference on this machine: the peer of `pnpm bench step`, `pnpm bench predict` and `pnpm bench gpu`.

    python pytorch.py step|predict CASE BATCH STEPS nchw|nhwc [cpu|cuda [fp32|tf32|bf16]]
    python pytorch.py serve

A step is forward, mean cross-entropy, backward and a plain SGD update, on data that are already there, as in the trainer; a prediction is
forward alone in inference mode. Prints one line of JSON. `serve` takes such arguments a line and answers each with a line. Needs torch and nets.py.
"""
import json
import resource
import statistics
import sys
import time

import torch
from torch import nn

from nets import CASES

# A GPU's clock rises while it works, and cuDNN tries its algorithms first.
WARM_UP = {"cpu": 2, "cuda": 10}


def figures_of_runs(run, runs, warm_up):
    times, cpu_times = [], []
    for _ in range(warm_up + runs):
        start, cpu_start = time.perf_counter(), time.process_time()
        run().tolist()
        times.append(time.perf_counter() - start)
        cpu_times.append(time.process_time() - cpu_start)
    return {"secondsPerStep": statistics.median(times[warm_up:]), "cpuSecondsPerStep": statistics.median(cpu_times[warm_up:])}


def seconds_ahead(run, runs):
    """Seconds of a run when only the last one is waited for: a GPU computes one while the host launches the next."""
    start = time.perf_counter()
    for _ in range(runs):
        result = run()
    result.tolist()
    return (time.perf_counter() - start) / runs


def step(net, x, y, precision):
    weights = list(net.parameters())

    def run():
        with torch.autocast(x.device.type, torch.bfloat16, enabled=precision == "bf16"):
            loss = nn.functional.cross_entropy(net(x), y)
        gradients = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            torch._foreach_add_(weights, gradients, alpha=-0.01)
        return loss
    return run


def predict(net, x, _, precision):
    net.eval()

    def run():
        with torch.inference_mode(), torch.autocast(x.device.type, torch.bfloat16, enabled=precision == "bf16"):
            return net(x).float()
    return run


def measure(work, case, batch, steps, layout, device="cpu", precision="fp32"):
    (build, size), batch = CASES[case], int(batch)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"
    torch.backends.cudnn.benchmark = True
    memory_format = {"nchw": torch.contiguous_format, "nhwc": torch.channels_last}[layout]
    torch.manual_seed(0)
    net = build().to(device, memory_format=memory_format).train()
    x = torch.rand(batch, 1, size, size).to(device, memory_format=memory_format)
    y = torch.arange(batch, device=device) % 10
    run = {"step": step, "predict": predict}[work](net, x, y, precision)
    figures = figures_of_runs(run, int(steps), WARM_UP[device])
    if device == "cuda":
        figures["secondsPerStepAhead"] = seconds_ahead(run, int(steps))
    print(json.dumps({
        "peer": f"pytorch {torch.__version__}", "threads": torch.get_num_threads(), "layout": layout, **figures,
        "peakRssBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        for line in sys.stdin:
            measure(*line.split())
    else:
        measure(*sys.argv[1:])
