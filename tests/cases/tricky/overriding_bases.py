from collections import OrderedDict
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn


class Step(nn.Module):
    def __init__(self, d: int, e: int) -> None:
        super().__init__()
        self.e = e
        self.fc = nn.Linear(d, e)

    def after(self, x: Tensor) -> Tensor:
        """x: [B, E] -> [B, E]."""
        return x

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d]."""
        return self.after(self.fc(x)) * self.e  # [B, e]


class Twice(Step):
    def __init__(self, n: int) -> None:
        super().__init__(n, 4)

    def after(self, x: Tensor) -> Tensor:
        """x: [B, E] -> [B, 2 * E]."""
        return torch.cat([x, x], 1)


class Wider(Twice):
    def __init__(self, n: int) -> None:
        super().__init__(n)
        self.fc = nn.Linear(n, 6)


class Half(Step):
    def __init__(self, d: int) -> None:
        super().__init__(2 * d, 4)

    def split(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x: [B, 2 * d] -> ([B, d], [B, d])."""
        return x.chunk(2, 1)


class Chain(nn.Sequential):
    def __init__(self, n: int) -> None:
        super().__init__(nn.Linear(n, n))


class Longer(Chain):
    def __init__(self, n: int) -> None:
        super().__init__(2 * n)
        self.head = nn.Linear(2 * n, 3)


def twice() -> Twice:
    """[B, 5] -> [B, 8]."""
    return Twice(5)


def wider() -> Wider:
    """[B, 5] -> [B, 12]."""
    return Wider(5)


def half() -> Half:
    """[B, 6] -> [B, 4]."""
    return Half(3)


def longer() -> Longer:
    """[B, 4] -> [B, 3]."""
    return Longer(2)


class Plain(nn.Module):
    def __init__(self, d: int, n: int = 3) -> None:
        super().__init__()
        self.fc = nn.Linear(d, d)
        self.blocks = nn.ModuleList(nn.Linear(d, d) for _ in range(n))
        self.gain = nn.Parameter(torch.ones(d))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        for block in self.blocks:
            x = block(x)
        return self.fc(x) * self.gain


class Kept(Plain):
    """Its rules are about what it inherits."""

    def __init__(self, d: int) -> None:
        super().__init__(d)
        self.gain.requires_grad_(False)
        self.blocks[1].requires_grad_(False)
        self.blocks[2].weight = self.fc.weight
        self.again = nn.ModuleList([self.fc])
        nn.init.eye_(self.fc.weight)
        nn.init.zeros_(self.fc.bias)
        for k in range(2):
            nn.init.eye_(self.blocks[k].weight)
            if self.blocks[k].bias is not None:
                nn.init.zeros_(self.blocks[k].bias)


def inherited() -> Kept:
    """[B, 4] -> [B, 4]."""
    return Kept(4)


class Inner(nn.Sequential):
    """A name of its own, which an item of an item has as well."""

    def __init__(self, d: int) -> None:
        super().__init__(
            OrderedDict(
                [
                    ("a", nn.Sequential(OrderedDict([("deep", nn.Linear(d, d))]))),
                    ("b", nn.ReLU()),
                ]
            )
        )
        self.deep = nn.Linear(d, 2)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, 2]."""
        return self.deep(self.b(self.a(x)))


class Spliced(nn.Module):
    def __init__(self, layers: list[Callable[..., nn.Module]]) -> None:
        super().__init__()
        self.net = nn.Sequential(*(layer() for layer in layers))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return 2 * self.net(x)


class Holder(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.body = Spliced([partial(nn.Linear, d, d), nn.ReLU])
        nn.init.eye_(self.body.net[0].weight)
        if self.body.net[0].bias is not None:
            nn.init.zeros_(self.body.net[0].bias)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return self.body(x)


def inner() -> Inner:
    """[B, 4] -> [B, 2]."""
    return Inner(4)


def held() -> Holder:
    """[B, 4] -> [B, 4]."""
    return Holder(4)
