from collections import OrderedDict
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Zeroed(nn.Conv2d):
    def __init__(self, i: int, o: int) -> None:
        super().__init__(i, o, 3, padding=1)
        self.gain = nn.Parameter(torch.ones(o))
        self.bias.requires_grad_(False)
        nn.init.zeros_(self.weight)
        nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i, H, W] -> [B, o, H, W]."""
        return F.conv2d(x, self.weight, self.bias, padding=1) * self.gain[:, None, None]


class Plain(nn.Linear):
    def __init__(self, i: int, o: int, bias: bool = False) -> None:
        super().__init__(i, o, bias)
        nn.init.constant_(self.weight, 2)
        if self.bias is not None:
            nn.init.constant_(self.bias, 3)


class Inner(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.fc = nn.Linear(d, d)
        self.scale = nn.Parameter(torch.zeros(d))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return self.fc(x) * self.scale


class Parts(nn.Module):
    def __init__(
        self, d: int, gate: bool = False, norm: Callable[..., nn.Module] | None = None
    ) -> None:
        super().__init__()
        self.gate = gate
        self.fc = nn.Linear(d, d)
        self.inner = Inner(d)
        self.items = nn.Sequential(
            OrderedDict([("first", nn.Linear(d, d)), ("1", nn.Linear(d, d))])
        )
        if gate:
            self.more = nn.Linear(d, d)
            self.less = None
        else:
            self.less = nn.Linear(d, d)
            self.more = None
        self.norm = norm(d) if norm is not None else None
        if gate:
            self.shift = nn.Parameter(torch.zeros(d))
        else:
            self.shift = None
        if self.more is not None:
            self.more.bias = self.fc.bias
        if self.shift is not None:
            self.shift.requires_grad_(False)
        if self.norm is not None:
            self.norm.requires_grad_(False)
        if self.less is not None:
            self.less.bias.requires_grad_(False)
        self.items.first.weight.requires_grad_(False)
        if gate:
            self.more.requires_grad_(False)
        if gate:
            nn.init.eye_(self.more.weight)
        nn.init.constant_(self.fc.weight, 1)
        if self.inner.fc.bias is not None:
            nn.init.constant_(self.inner.fc.bias, 1)
        nn.init.constant_(self.items.first.bias, 1)
        nn.init.constant_(self.items[1].weight, 1)
        nn.init.constant_(self.inner.scale, 5)
        if self.more is not None:
            nn.init.constant_(self.more.bias, 4)
        if self.norm is not None:
            nn.init.constant_(self.norm.weight, 6)
            if self.norm.bias is not None:
                nn.init.constant_(self.norm.bias, 7)
        if self.shift is not None:
            nn.init.constant_(self.shift, 8)
        if not gate:
            nn.init.constant_(self.less.weight, 9)
            if self.norm is not None:
                nn.init.constant_(self.norm.weight, 9)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        x = self.items(self.inner(self.fc(x)))  # [B, 4]
        if self.norm is not None:
            x = self.norm(x)
        if self.gate:
            x = self.more(x) + self.shift
        else:
            x = self.less(x)
        return x


def bare() -> Parts:
    """[B, 4] -> [B, 4]."""
    return Parts(4)


def full() -> Parts:
    """[B, 4] -> [B, 4]."""
    return Parts(4, True, nn.LayerNorm)
