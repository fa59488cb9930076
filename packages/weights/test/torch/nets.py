"""The nets as a PyTorch user writes them, for images of one side; `ratio` divides the channels of VGG and of the paper's small nets."""

from torch import nn


def rectified(*layers):
    """Each layer and a ReLU after it, flat."""
    return [module for layer in layers for module in (layer, nn.ReLU())]


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


def alexnet(channels, classes, side, **_):
    for kernel, stride, padding in [(11, 4, 1), (3, 2, 0), (3, 2, 0), (3, 2, 0)]:
        side = (side + 2 * padding - kernel) // stride + 1
    return nn.Sequential(
        *rectified(nn.Conv2d(channels, 96, 11, 4, 1)), nn.MaxPool2d(3, 2),
        *rectified(nn.Conv2d(96, 256, 5, padding=2)), nn.MaxPool2d(3, 2),
        *rectified(nn.Conv2d(256, 384, 3, padding=1), nn.Conv2d(384, 384, 3, padding=1),
                   nn.Conv2d(384, 256, 3, padding=1)), nn.MaxPool2d(3, 2),
        *head(256 * side * side, classes))


def vgg(*convs):
    def build(channels, classes, side, ratio):
        blocks = []
        for count, width in zip(convs, [64, 128, 256, 512, 512]):
            width //= ratio
            inputs = [channels] + [width] * (count - 1)
            blocks.append(nn.Sequential(
                *rectified(*(nn.Conv2d(i, width, 3, padding=1) for i in inputs)), nn.MaxPool2d(2)))
            channels = width
        return nn.Sequential(*blocks, *head(channels * (side // 32) ** 2, classes))
    return build


NETS = {
    "nin": nin, "ninMnist": nin_mnist, "ninCifar": nin_cifar, "lenet": lenet, "alexnet": alexnet,
    "vgg11": vgg(1, 1, 2, 2, 2), "vgg13": vgg(2, 2, 2, 2, 2), "vgg16": vgg(2, 2, 3, 3, 3), "vgg19": vgg(2, 2, 4, 4, 4),
}
