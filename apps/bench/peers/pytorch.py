"""PyTorch's training step or inference on this machine: the peer of `pnpm bench step`, `pnpm bench predict` and `pnpm bench gpu`.

    python pytorch.py step|predict CASE BATCH STEPS nchw|nhwc [cpu|cuda [fp32|tf32|bf16]]
    python pytorch.py serve

A step is forward, mean cross-entropy, backward and a plain SGD update, on data that are already there, as in the trainer; a prediction is
forward alone in inference mode. Prints one line of JSON. `serve` takes such arguments a line and answers each with a line. Needs torch alone.
"""
import json
import resource
import statistics
import sys
import time

import torch
from torch import nn

# A GPU's clock rises while it works, and cuDNN tries its algorithms first.
WARM_UP = {"cpu": 2, "cuda": 10}


def mlpconv(channels, widths, kernel, stride=1, padding=0):
    layers = []
    for width in widths:
        layers += [nn.Conv2d(channels, width, kernel, stride, padding), nn.ReLU()]
        channels, kernel, stride, padding = width, 1, 1, 0
    return nn.Sequential(*layers)


def nin():
    return nn.Sequential(
        mlpconv(1, [96] * 3, 11, stride=4), nn.MaxPool2d(3, 2),
        mlpconv(96, [256] * 3, 5, padding=2), nn.MaxPool2d(3, 2),
        mlpconv(256, [384] * 3, 3, padding=1), nn.MaxPool2d(3, 2), nn.Dropout(0.5),
        mlpconv(384, [10] * 3, 3, padding=1), nn.AdaptiveAvgPool2d(1), nn.Flatten())


def nin_mnist():
    return nn.Sequential(
        mlpconv(1, [96, 64, 48], 5, padding=2), nn.MaxPool2d(3, 2, ceil_mode=True), nn.Dropout(0.5),
        mlpconv(48, [128, 96, 48], 5, padding=2), nn.MaxPool2d(3, 2, ceil_mode=True), nn.Dropout(0.5),
        mlpconv(48, [128, 96, 10], 5, padding=2), nn.AdaptiveAvgPool2d(1), nn.Flatten())


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10))


def classifier(features):
    return [nn.Flatten(), nn.Linear(features, 4096), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4096, 10)]


def alexnet():
    def conv(channels, width, kernel, *window):
        return [nn.Conv2d(channels, width, kernel, *window), nn.ReLU()]
    return nn.Sequential(
        *conv(1, 96, 11, 4, 1), nn.MaxPool2d(3, 2), *conv(96, 256, 5, 1, 2), nn.MaxPool2d(3, 2),
        *conv(256, 384, 3, 1, 1), *conv(384, 384, 3, 1, 1), *conv(384, 256, 3, 1, 1), nn.MaxPool2d(3, 2), *classifier(6400))


def vgg11_ratio4():
    layers, channels = [], 1
    for convolutions, width in [(1, 16), (1, 32), (2, 64), (2, 128), (2, 128)]:
        for _ in range(convolutions):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, *classifier(channels * 7 * 7))


CASES = {
    "lenet-28": (lenet, 28), "ninMnist-28": (nin_mnist, 28), "nin-96": (nin, 96), "nin-224": (nin, 224),
    "alexnet-224": (alexnet, 224), "vgg11-ratio4-224": (vgg11_ratio4, 224),
}


def seconds_per_run(run, runs, warm_up):
    times = []
    for _ in range(warm_up + runs):
        start = time.perf_counter()
        run().tolist()
        times.append(time.perf_counter() - start)
    return statistics.median(times[warm_up:])


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


def predict(net, x, *_):
    net.eval()

    def run():
        with torch.inference_mode():
            return net(x)
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
    figures = {"secondsPerStep": seconds_per_run(run, int(steps), WARM_UP[device])}
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
