"""LeNet-5 (LeCun et al., 1998, http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# The columns of the paper's Table I.
CONNECTIONS = [
    (0, 1, 2),
    (1, 2, 3),
    (2, 3, 4),
    (3, 4, 5),
    (0, 4, 5),
    (0, 1, 5),
    (0, 1, 2, 3),
    (1, 2, 3, 4),
    (2, 3, 4, 5),
    (0, 3, 4, 5),
    (0, 1, 4, 5),
    (0, 1, 2, 5),
    (0, 1, 3, 4),
    (1, 2, 4, 5),
    (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
]


class Squash(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return 1.7159 * torch.tanh(2 / 3 * x)


class Subsample(nn.Module):
    def __init__(self, maps: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.empty(maps, 1, 1).uniform_(-0.6, 0.6))
        self.shift = nn.Parameter(torch.zeros(maps, 1, 1))
        self.squash = Squash()

    def forward(self, x: Tensor) -> Tensor:
        total = 4 * F.avg_pool2d(x, kernel_size=2, stride=2)
        y: Tensor = self.squash(self.gain * total + self.shift)
        return y


class PartlyConnected(nn.Module):
    def __init__(self, kernel: int) -> None:
        super().__init__()
        self.maps = nn.ModuleList(
            [nn.Conv2d(len(inputs), 1, kernel_size=kernel) for inputs in CONNECTIONS]
        )

    def forward(self, x: Tensor) -> Tensor:
        outputs = []
        for conv, inputs in zip(self.maps, CONNECTIONS, strict=True):
            outputs.append(conv(x[:, list(inputs)]))
        return torch.cat(outputs, dim=1)


class Codes(nn.Module):
    codes: Tensor

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.register_buffer("codes", 2.0 * torch.randint(2, (classes, width)) - 1)

    def forward(self, x: Tensor) -> Tensor:
        difference = x.unsqueeze(1) - self.codes
        return (difference**2).sum(dim=2)


class LeNet5(nn.Module):
    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, kernel_size=5)
        self.s2 = Subsample(6)
        self.c3 = PartlyConnected(5)
        self.s4 = Subsample(16)
        self.c5 = nn.Conv2d(16, 120, kernel_size=5)
        self.f6 = nn.Linear(120, 84)
        self.output = Codes(84, classes)
        self.squash = Squash()
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                assert module.bias is not None
                bound = 2.4 / module.weight[0].numel()
                nn.init.uniform_(module.weight, -bound, bound)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.s2(self.squash(self.c1(x)))
        x = self.s4(self.squash(self.c3(x)))
        x = torch.flatten(self.squash(self.c5(x)), 1)
        y: Tensor = self.output(self.squash(self.f6(x)))
        return y
