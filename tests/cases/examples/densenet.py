from collections import OrderedDict
from itertools import accumulate
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DenseLayer(nn.Module):
    def __init__(self, i: int, growth: int, bn_size: int, p: float) -> None:
        super().__init__()
        self.p = p
        self.norm1 = nn.BatchNorm2d(i)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(i, bn_size * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(bn_size * growth)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(bn_size * growth, growth, 3, padding=1, bias=False)

    def forward(self, features: list[Tensor]) -> Tensor:
        y = self.conv1(self.relu1(self.norm1(torch.cat(features, 1))))
        return F.dropout(self.conv2(self.relu2(self.norm2(y))), self.p, self.training)


class DenseBlock(nn.ModuleDict):
    def __init__(self, n: int, i: int, growth: int, bn_size: int, p: float) -> None:
        super().__init__(
            {
                f"denselayer{k + 1}": DenseLayer(i + k * growth, growth, bn_size, p)
                for k in range(n)
            }
        )

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i, H, W] -> [B, i + n * growth, H, W]."""
        features = [x]
        for layer in self.values():
            features.append(layer(features))
        return torch.cat(features, 1)


def transition(i: int, o: int) -> nn.Sequential:
    return nn.Sequential(
        OrderedDict(
            [
                ("norm", nn.BatchNorm2d(i)),
                ("relu", nn.ReLU(inplace=True)),
                ("conv", nn.Conv2d(i, o, 1, bias=False)),
                ("pool", nn.AvgPool2d(2, stride=2)),
            ]
        )
    )


class DenseNet(nn.Module):
    def __init__(
        self,
        growth: int = 32,
        blocks: list[int] = [6, 12, 24, 16],
        init_features: int = 64,
        bn_size: int = 4,
        p: float = 0.0,
        num_classes: int = 1000,
    ) -> None:
        super().__init__()

        def halve(c: int, n: int) -> Any:
            return (c + n * growth) // 2

        c = list(accumulate(blocks, halve, initial=init_features))
        width = c[-2] + blocks[-1] * growth
        layers = OrderedDict[str, nn.Module]()
        layers["conv0"] = nn.Conv2d(
            3, init_features, 7, stride=2, padding=3, bias=False
        )
        layers["norm0"] = nn.BatchNorm2d(init_features)
        layers["relu0"] = nn.ReLU(inplace=True)
        layers["pool0"] = nn.MaxPool2d(3, stride=2, padding=1)
        for k, n in enumerate(blocks):
            layers[f"denseblock{k + 1}"] = DenseBlock(n, c[k], growth, bn_size, p)
            if k + 1 < len(blocks):
                layers[f"transition{k + 1}"] = transition(c[k] + n * growth, c[k + 1])
        layers["norm5"] = nn.BatchNorm2d(width)
        self.features = nn.Sequential(layers)
        self.classifier = nn.Linear(width, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 3, H, W] -> [B, num_classes]."""
        x = F.adaptive_avg_pool2d(F.relu(self.features(x)), 1)
        return self.classifier(torch.flatten(x, 1))


def densenet121() -> DenseNet:
    """Takes [B, 3, 224, 224]."""
    return DenseNet()


def densenet169() -> DenseNet:
    """Takes [B, 3, 224, 224]."""
    return DenseNet(blocks=[6, 12, 32, 32])
