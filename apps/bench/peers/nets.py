"""The nets of the benchmark cases in PyTorch: each case's name, the function that makes its net, and the side of its images."""
import torch
from torch import nn


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


class BasicBlock(nn.Module):
    def __init__(self, channels, width, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))
        self.shortcut = nn.Identity() if stride == 1 else nn.Sequential(
            nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.body(x) + self.shortcut(x))


def resnet(*blocks):
    def build():
        layers = [nn.Conv2d(1, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
        channels = 64
        for stage, count in enumerate(blocks):
            for i in range(count):
                layers.append(BasicBlock(channels, 64 << stage, 2 if stage and i == 0 else 1))
                channels = 64 << stage
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))
    return build


def rectified(channels, width, kernel, **window):
    return nn.Sequential(nn.Conv2d(channels, width, kernel, **window), nn.ReLU(inplace=True))


class Inception(nn.Module):
    def __init__(self, channels, one, three, five, pooled):
        super().__init__()
        self.branches = nn.ModuleList([
            rectified(channels, one, 1),
            nn.Sequential(rectified(channels, three[0], 1), rectified(*three, 3, padding=1)),
            nn.Sequential(rectified(channels, five[0], 1), rectified(*five, 5, padding=2)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), rectified(channels, pooled, 1))])

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def googlenet():
    halve = lambda: nn.MaxPool2d(3, 2, 1)
    return nn.Sequential(
        rectified(1, 64, 7, stride=2, padding=3), halve(), rectified(64, 64, 1), rectified(64, 192, 3, padding=1), halve(),
        Inception(192, 64, (96, 128), (16, 32), 32), Inception(256, 128, (128, 192), (32, 96), 64), halve(),
        Inception(480, 192, (96, 208), (16, 48), 64), Inception(512, 160, (112, 224), (24, 64), 64),
        Inception(512, 128, (128, 256), (24, 64), 64), Inception(512, 112, (144, 288), (32, 64), 64),
        Inception(528, 256, (160, 320), (32, 128), 128), halve(),
        Inception(832, 256, (160, 320), (32, 128), 128), Inception(832, 384, (192, 384), (48, 128), 128),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, 10))


def normalised(channels, width, kernel, **window):
    return [nn.Conv2d(channels, width, kernel, bias=False, **window), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]


def nin_bn():
    def block(channels, width, kernel, **window):
        return [*normalised(channels, width, kernel, **window), *normalised(width, width, 1), *normalised(width, width, 1)]
    return nn.Sequential(
        *block(1, 96, 11, stride=4), nn.MaxPool2d(3, 2), *block(96, 256, 5, padding=2), nn.MaxPool2d(3, 2),
        *block(256, 384, 3, padding=1), nn.MaxPool2d(3, 2), nn.Dropout(0.5),
        *normalised(384, 10, 3, padding=1), *normalised(10, 10, 1), nn.Conv2d(10, 10, 1), nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(1), nn.Flatten())


class Appending(nn.Sequential):
    """Its output beside its input."""

    def forward(self, x):
        return torch.cat([x, super().forward(x)], 1)


def densenet():
    channels, growth = 64, 32
    layers = [nn.Conv2d(1, channels, 7, 2, 3), nn.BatchNorm2d(channels), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    for stage in range(4):
        if stage:
            layers += [nn.BatchNorm2d(channels), nn.ReLU(inplace=True), nn.Conv2d(channels, channels // 2, 1), nn.AvgPool2d(2)]
            channels //= 2
        for _ in range(4):
            layers.append(Appending(
                nn.BatchNorm2d(channels), nn.ReLU(inplace=True), nn.Conv2d(channels, growth, 3, padding=1)))
            channels += growth
    return nn.Sequential(
        *layers, nn.BatchNorm2d(channels), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


CASES = {
    "lenet-28": (lenet, 28), "ninMnist-28": (nin_mnist, 28), "nin-96": (nin, 96), "nin-224": (nin, 224),
    "ninBn-96": (nin_bn, 96), "alexnet-224": (alexnet, 224), "vgg11-ratio4-224": (vgg11_ratio4, 224),
    "googlenet-96": (googlenet, 96), "resnet18-96": (resnet(2, 2, 2, 2), 96), "resnet34-96": (resnet(3, 4, 6, 3), 96),
    "densenet-96": (densenet, 96),
}
