"""The nets as a PyTorch user writes them, for images of one side; `ratio` divides the channels of VGG and of the paper's small nets."""

import torch
from torch import nn
from torch.nn import functional as F


def rectified(*layers):
    """Each layer and a ReLU after it, flat."""
    return [module for layer in layers for module in (layer, nn.ReLU())]


def normalised(*layers):
    """Each layer, batch normalisation and a ReLU, flat."""
    return [module for layer in layers for module in (layer, nn.BatchNorm2d(layer.out_channels), nn.ReLU())]


def mlpconv(inputs, widths, kernel, **options):
    first, second, third = widths
    return nn.Sequential(*rectified(
        nn.Conv2d(inputs, first, kernel, **options), nn.Conv2d(first, second, 1), nn.Conv2d(second, third, 1)))


def class_maps():
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten()]


def nin(channels, classes, **_):
    return nn.Sequential(
        mlpconv(channels, [96] * 3, 11, stride=4), nn.MaxPool2d(3, 2),
        mlpconv(96, [256] * 3, 5, padding=2), nn.MaxPool2d(3, 2),
        mlpconv(256, [384] * 3, 3, padding=1), nn.MaxPool2d(3, 2),
        nn.Dropout(), mlpconv(384, [classes] * 3, 3, padding=1), *class_maps())


def paper_nin(channels, blocks):
    """Blocks of (widths, kernel), with ceil-mode pooling and dropout between them."""
    modules = []
    for widths, kernel in blocks:
        if modules:
            modules += [nn.MaxPool2d(3, 2, ceil_mode=True), nn.Dropout()]
        modules.append(mlpconv(channels, widths, kernel, padding=kernel // 2))
        channels = widths[-1]
    return nn.Sequential(*modules, *class_maps())


def nin_mnist(channels, classes, ratio, **_):
    c = lambda width: width // ratio
    return paper_nin(channels, [
        ([c(96), c(64), c(48)], 5), ([c(128), c(96), c(48)], 5), ([c(128), c(96), classes], 5)])


def nin_cifar(channels, classes, ratio, **_):
    c = lambda width: width // ratio
    return paper_nin(channels, [
        ([c(192), c(160), c(96)], 5), ([c(192)] * 3, 5), ([c(192), c(192), classes], 3)])


def lenet(channels, classes, **_):
    return nn.Sequential(
        nn.Conv2d(channels, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, classes))


def head(features, classes):
    """Two wide dense layers with dropout, and the classes."""
    return [nn.Flatten(), nn.Linear(features, 4096), nn.ReLU(), nn.Dropout(),
            nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, classes)]


def alexnet(channels, classes, side, batch_norm=False, **_):
    with_relu = normalised if batch_norm else rectified
    for kernel, stride, padding in [(11, 4, 1), (3, 2, 0), (3, 2, 0), (3, 2, 0)]:
        side = (side + 2 * padding - kernel) // stride + 1
    return nn.Sequential(
        *with_relu(nn.Conv2d(channels, 96, 11, 4, 1)), nn.MaxPool2d(3, 2),
        *with_relu(nn.Conv2d(96, 256, 5, padding=2)), nn.MaxPool2d(3, 2),
        *with_relu(nn.Conv2d(256, 384, 3, padding=1), nn.Conv2d(384, 384, 3, padding=1),
                   nn.Conv2d(384, 256, 3, padding=1)), nn.MaxPool2d(3, 2),
        *head(256 * side * side, classes))


def vgg(*convs, batch_norm=False):
    with_relu = normalised if batch_norm else rectified

    def build(channels, classes, side, ratio):
        blocks = []
        for count, width in zip(convs, [64, 128, 256, 512, 512]):
            width //= ratio
            inputs = [channels] + [width] * (count - 1)
            blocks.append(nn.Sequential(
                *with_relu(*(nn.Conv2d(i, width, 3, padding=1) for i in inputs)), nn.MaxPool2d(2)))
            channels = width
        return nn.Sequential(*blocks, *head(channels * (side // 32) ** 2, classes))
    return build


class BasicBlock(nn.Module):
    """torchvision's, by its names."""
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(cout)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(cout)
        self.downsample = None
        if stride != 1:
            self.downsample = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(out + (self.downsample(x) if self.downsample else x))


class ResNet(nn.Module):
    def __init__(self, counts, channels, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        cin = 64
        for i, count in enumerate(counts):
            stage = []
            for j in range(count):
                stage.append(BasicBlock(cin, 64 * 2**i, 2 if i > 0 and j == 0 else 1))
                cin = 64 * 2**i
            setattr(self, f"layer{i + 1}", nn.Sequential(*stage))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def resnet(*counts):
    return lambda channels, classes, **_: ResNet(counts, channels, classes)


class Inception(nn.Module):
    """d2l's, by its names."""
    def __init__(self, cin, c1, c2, c3, c4):
        super().__init__()
        self.b1_1 = nn.Conv2d(cin, c1, 1)
        self.b2_1 = nn.Conv2d(cin, c2[0], 1)
        self.b2_2 = nn.Conv2d(c2[0], c2[1], 3, padding=1)
        self.b3_1 = nn.Conv2d(cin, c3[0], 1)
        self.b3_2 = nn.Conv2d(c3[0], c3[1], 5, padding=2)
        self.b4_1 = nn.MaxPool2d(3, 1, 1)
        self.b4_2 = nn.Conv2d(cin, c4, 1)

    def forward(self, x):
        return torch.cat((
            F.relu(self.b1_1(x)),
            F.relu(self.b2_2(F.relu(self.b2_1(x)))),
            F.relu(self.b3_2(F.relu(self.b3_1(x)))),
            F.relu(self.b4_2(self.b4_1(x)))), dim=1)


def googlenet(channels, classes, **_):
    return nn.Sequential(
        nn.Sequential(nn.Conv2d(channels, 64, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)),
        nn.Sequential(nn.Conv2d(64, 64, 1), nn.ReLU(), nn.Conv2d(64, 192, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, 1)),
        nn.Sequential(
            Inception(192, 64, (96, 128), (16, 32), 32), Inception(256, 128, (128, 192), (32, 96), 64), nn.MaxPool2d(3, 2, 1)),
        nn.Sequential(
            Inception(480, 192, (96, 208), (16, 48), 64), Inception(512, 160, (112, 224), (24, 64), 64),
            Inception(512, 128, (128, 256), (24, 64), 64), Inception(512, 112, (144, 288), (32, 64), 64),
            Inception(528, 256, (160, 320), (32, 128), 128), nn.MaxPool2d(3, 2, 1)),
        nn.Sequential(
            Inception(832, 256, (160, 320), (32, 128), 128), Inception(832, 384, (192, 384), (48, 128), 128),
            nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten()),
        nn.Linear(1024, classes))


def nin_bn(channels, classes, dropout=0.5, **_):
    def block(cin, cout, kernel, stride, padding, last=False):
        layers = []
        for i in range(3):
            window = (kernel, stride, padding) if i == 0 else (1, 1, 0)
            plain = last and i == 2
            layers += [nn.Conv2d(cin if i == 0 else cout, cout, *window, bias=plain)]
            layers += [nn.ReLU()] if plain else [nn.BatchNorm2d(cout), nn.ReLU()]
        return nn.Sequential(*layers)
    return nn.Sequential(
        block(channels, 96, 11, 4, 0), nn.MaxPool2d(3, 2),
        block(96, 256, 5, 1, 2), nn.MaxPool2d(3, 2),
        block(256, 384, 3, 1, 1), nn.MaxPool2d(3, 2), nn.Dropout(dropout),
        block(384, classes, 3, 1, 1, last=True), nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten())


class DenseBlock(nn.Module):
    """d2l's, by its names."""
    def __init__(self, count, cin, growth):
        super().__init__()
        self.net = nn.Sequential(*(
            nn.Sequential(nn.BatchNorm2d(cin + i * growth), nn.ReLU(), nn.Conv2d(cin + i * growth, growth, 3, padding=1))
            for i in range(count)))

    def forward(self, x):
        for block in self.net:
            x = torch.cat((x, block(x)), dim=1)
        return x


def densenet(channels, classes, width=64, growth=32, counts=(4, 4, 4, 4), **_):
    net = nn.Sequential(nn.Sequential(nn.Conv2d(channels, width, 7, 2, 3), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(3, 2, 1)))
    for i, count in enumerate(counts):
        net.add_module(f"dense_blk{i + 1}", DenseBlock(count, width, growth))
        width += count * growth
        if i < len(counts) - 1:
            net.add_module(f"tran_blk{i + 1}", nn.Sequential(
                nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, width // 2, 1), nn.AvgPool2d(2, 2)))
            width //= 2
    net.add_module("last", nn.Sequential(
        nn.BatchNorm2d(width), nn.ReLU(), nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(width, classes)))
    return net


NETS = {
    "nin": nin, "ninMnist": nin_mnist, "ninCifar": nin_cifar, "lenet": lenet, "alexnet": alexnet,
    "vgg11": vgg(1, 1, 2, 2, 2), "vgg13": vgg(2, 2, 2, 2, 2), "vgg16": vgg(2, 2, 3, 3, 3), "vgg19": vgg(2, 2, 4, 4, 4),
    "ninBn": nin_bn, "googlenet": googlenet, "resnet18": resnet(2, 2, 2, 2), "resnet34": resnet(3, 4, 6, 3),
    "densenet": densenet,
}
