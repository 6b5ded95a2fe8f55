from collections import OrderedDict

import torch
from torch import Tensor, nn


def conv(i: int, o: int) -> nn.Conv2d:
    return nn.Conv2d(i, o, 1)


class Plain(nn.Conv2d):
    def __init__(self, i: int, o: int) -> None:
        super().__init__(i, o, 3, padding=1, bias=False)


class Renamed(nn.Linear):
    """A linear layer."""

    def __init__(self, d: int) -> None:
        super().__init__(d, 2 * d)


class Chain(nn.Sequential):
    def __init__(self, d: int) -> None:
        super().__init__(
            OrderedDict(
                [("0", nn.Linear(d, d)), ("1", nn.ReLU()), ("head", nn.Linear(d, 1))]
            )
        )


class Parts(nn.ModuleList):
    def __init__(self, d: int, n: int) -> None:
        super().__init__(nn.Linear(d, d) for _ in range(n))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        for part in self:
            x = part(x)
        return x + self[0](x) + len(self)


class Pair(nn.ModuleDict):
    shift: Tensor

    def __init__(self, d: int) -> None:
        super().__init__({"left": nn.Linear(d, d), "right": nn.Linear(d, d)})
        self.register_buffer("shift", torch.ones(d), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        for name, part in self.items():
            x = part(x) + len(name)
        return x + self["left"](x) + self.shift


class Doubled(nn.Sequential):
    def __init__(self, d: int) -> None:
        super().__init__(nn.Linear(d, d), nn.Tanh())
        self.scale = nn.Linear(1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        for part in self:
            if part is not self.scale:
                x = part(x)
        return x * 2 + self.scale.weight


class Third(Renamed):
    def __init__(self, d: int) -> None:
        super().__init__(d)


class Scaled(Plain):
    def __init__(self, c: int, by: float = 2.0) -> None:
        super().__init__(c, c)
        self.gain = nn.Parameter(torch.full([1], by))
        self.spare = nn.Linear(1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, c, H, W] -> [B, c, H, W]."""
        return self.spare(x.sum(3, keepdim=True)) * self.gain


def net() -> nn.Sequential:
    return nn.Sequential(Plain(1, 2), Scaled(2), nn.Flatten(), Third(8), Chain(16))


class Nested(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, d))
        self.act = nn.Tanh()
        self.gain = nn.Parameter(torch.empty(d))
        nn.init.constant_(self.gain, 3)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return self.act(self.net(x)) * self.gain
