from collections import OrderedDict

import torch
import torch.nn.functional as F
from d2l_ext import Probe
from torch import Tensor, nn


def block1() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4), nn.ReLU())


def block2() -> nn.Sequential:
    return nn.Sequential(OrderedDict((f"block {i}", block1()) for i in range(4)))


def rgnet() -> nn.Sequential:
    return nn.Sequential(block2(), nn.Linear(4, 1))


def lazy() -> nn.Sequential:
    return nn.Sequential(nn.LazyLinear(256), nn.ReLU(), nn.LazyLinear(10))


def sized() -> nn.Sequential:
    """Takes [B, 20]."""
    return nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 10))


class MyLinear(nn.Module):
    """A fully connected layer written out by hand."""

    def __init__(self, in_units: int, units: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(in_units, units))
        nn.init.normal_(self.weight)
        self.bias = nn.Parameter(torch.zeros(units))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, in_units] -> [B, units]."""
        return F.relu(x @ self.weight + self.bias)


class CenteredLayer(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        """x: [*S] -> [*S]."""
        return x - x.mean()


def net() -> nn.Sequential:
    """[B, 64] -> [B, 1]."""
    return nn.Sequential(MyLinear(64, 8), CenteredLayer(), MyLinear(8, 1), Probe("out"))


class Initialised(nn.Module):
    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, classes))
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        nn.init.constant_(self.net[2].weight, 42)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 8] -> [B, classes]."""
        return self.net(x)


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        s = nn.Linear(8, 8)
        self.net = nn.Sequential(
            nn.Linear(4, 8), nn.ReLU(), s, nn.ReLU(), s, nn.ReLU(), nn.Linear(8, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 4] -> [B, 1]."""
        return self.net(x)
