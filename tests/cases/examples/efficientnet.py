import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.ops import StochasticDepth


def nearest(v: float, d: int) -> Any:
    return max(d, int(v + d / 2) // d * d)


def make_divisible(v: float, d: int = 8) -> Any:
    """The nearest multiple of d that loses at most a tenth of v."""
    return nearest(v, d) + (d if nearest(v, d) < 0.9 * v else 0)


def conv_bn(
    i: int,
    o: int,
    k: int = 3,
    stride: int = 1,
    groups: int = 1,
    act: Callable[..., nn.Module] | None = nn.SiLU,
) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(i, o, k, stride, (k - 1) // 2, groups=groups, bias=False),
        nn.BatchNorm2d(o),
    ]
    if act is not None:
        layers.append(act(inplace=True))
    return nn.Sequential(*layers)


class SqueezeExcite(nn.Module):
    def __init__(self, c: int, squeeze: int) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(c, squeeze, 1)
        self.fc2 = nn.Conv2d(squeeze, c, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, c, H, W] -> [B, c, H, W]."""
        return x * torch.sigmoid(self.fc2(F.silu(self.fc1(self.avgpool(x)))))


class MBConv(nn.Module):
    def __init__(
        self, i: int, o: int, expand: float, k: int, stride: int, drop: float
    ) -> None:
        super().__init__()
        self.i = i
        self.o = o
        self.stride = stride
        mid = make_divisible(i * expand)
        layers: list[nn.Module] = []
        if mid != i:
            layers.append(conv_bn(i, mid, 1))
        layers += [
            conv_bn(mid, mid, k, stride, groups=mid),
            SqueezeExcite(mid, max(1, i // 4)),
            conv_bn(mid, o, 1, act=None),
        ]
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(drop, "row")

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i, H, W]."""
        y = self.block(x)
        return (
            x + self.stochastic_depth(y) if self.stride == 1 and self.i == self.o else y
        )


b0 = [
    [1, 3, 1, 32, 16, 1],
    [6, 3, 2, 16, 24, 2],
    [6, 5, 2, 24, 40, 2],
    [6, 3, 2, 40, 80, 3],
    [6, 5, 1, 80, 112, 3],
    [6, 5, 2, 112, 192, 4],
    [6, 3, 1, 192, 320, 1],
]


class EfficientNet(nn.Module):
    def __init__(
        self,
        stages: list[list[int]] = b0,
        width: float = 1.0,
        depth: float = 1.0,
        p: float = 0.2,
        drop: float = 0.2,
        num_classes: int = 1000,
    ) -> None:
        super().__init__()

        def w(c: float) -> Any:
            return make_divisible(c * width)

        depths = [int(math.ceil(s[5] * depth)) for s in stages]
        last = w(stages[-1][4])
        layers: list[nn.Module] = [conv_bn(3, w(stages[0][3]), stride=2)]
        for s, (e, k, stride, i, o, _) in enumerate(stages):
            layers.append(
                nn.Sequential(
                    *(
                        MBConv(
                            w(o if j else i),
                            w(o),
                            e,
                            k,
                            1 if j else stride,
                            drop * (sum(depths[:s]) + j) / sum(depths),
                        )
                        for j in range(depths[s])
                    )
                )
            )
        layers.append(conv_bn(last, 4 * last, 1))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Dropout(p, inplace=True), nn.Linear(4 * last, num_classes)
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                if module.weight is not None:
                    nn.init.ones_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.uniform_(module.weight, -(num_classes**-0.5), num_classes**-0.5)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 3, H, W] -> [B, num_classes]."""
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


def efficientnet_b0() -> EfficientNet:
    """Takes [B, 3, 224, 224]."""
    return EfficientNet()


def efficientnet_b1() -> EfficientNet:
    """Takes [B, 3, 240, 240]."""
    return EfficientNet(depth=1.1)
