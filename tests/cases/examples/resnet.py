import torch
from torch import Tensor, nn


def conv3x3(i: int, o: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(i, o, 3, stride=stride, padding=1, bias=False)


def conv1x1(i: int, o: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(i, o, 1, stride=stride, bias=False)


def project(i: int, o: int, stride: int) -> nn.Sequential | None:
    return (
        nn.Sequential(conv1x1(i, o, stride), nn.BatchNorm2d(o))
        if stride != 1 or i != o
        else None
    )


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, i: int, width: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = conv3x3(i, width, stride)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(width, width)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = project(i, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i, H, W]."""
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, i: int, width: int, stride: int = 1) -> None:
        super().__init__()
        o = width * self.expansion
        self.conv1 = conv1x1(i, width)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = conv3x3(width, width, stride)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = conv1x1(width, o)
        self.bn3 = nn.BatchNorm2d(o)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = project(i, o, stride)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i, H, W]."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(
        self, block: type[nn.Module], layers: list[int], num_classes: int = 1000
    ) -> None:
        super().__init__()
        e = block.expansion

        def stage(i: int, width: int, n: int, stride: int = 1) -> nn.Sequential:
            return nn.Sequential(
                block(i, width, stride),
                *(block(width * e, width) for _ in range(n - 1)),
            )

        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = stage(64, 64, layers[0])
        self.layer2 = stage(64 * e, 128, layers[1], 2)
        self.layer3 = stage(128 * e, 256, layers[2], 2)
        self.layer4 = stage(256 * e, 512, layers[3], 2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512 * e, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(
                    module.weight, mode="fan_out", nonlinearity="relu"
                )
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 3, H, W] -> [B, num_classes]."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def resnet18(num_classes: int = 1000) -> ResNet:
    """Takes [B, 3, 224, 224]."""
    return ResNet(BasicBlock, [2, 2, 2, 2], num_classes)


def resnet50(num_classes: int = 1000) -> ResNet:
    """Takes [B, 3, 224, 224]."""
    return ResNet(Bottleneck, [3, 4, 6, 3], num_classes)
