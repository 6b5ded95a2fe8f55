from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Size:
    """Sizes."""

    d: int = 8
    heads: int = 2
    ratio: float = 1.5


@dataclass(frozen=True)
class Config:
    """All of it."""

    size: Size
    depth: int
    dims: list[int] = field(default_factory=lambda: [1, 2])
    name: str | None = None
    act: Callable[..., nn.Module] = nn.ReLU


@dataclass(frozen=True)
class Rows:
    """Some layers: how wide each is, and what comes after it."""

    d: int
    rows: list[tuple[int, str]]


def staged(s: Rows) -> nn.Sequential:
    layers: list[nn.Module] = []
    for k, (n, act) in enumerate(s.rows):
        layers.append(nn.Linear(s.rows[k - 1][0] if k else s.d, n))
        if act == "relu":
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def rows() -> nn.Sequential:
    """[B, 3] -> [B, 5]."""
    return staged(Rows(3, [(4, "relu"), (5, "")]))


small = Size(d=4)


class Block(nn.Module):
    def __init__(self, c: Config) -> None:
        super().__init__()
        self.c = c
        self.fc = nn.Linear(c.size.d, c.size.d * 2)
        self.act = c.act()
        self.out = nn.Linear(2 * c.size.d, c.size.d)
        self.gain = nn.Parameter(torch.ones(c.size.heads, c.size.d))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, c.size.d] -> [B, c.size.d]."""
        y = self.out(self.act(self.fc(x)))
        assert y.shape[-1] == self.c.size.d
        return y * self.gain.sum(0) / self.c.size.ratio + (
            0 if self.c.name is None else len(self.c.name)
        )


def deep(c: Config) -> nn.Sequential:
    return nn.Sequential(*(Block(c) for _ in range(c.depth)))


config = Config(small, 2, name="small")
hidden = int(config.size.d * config.size.ratio)


def net() -> nn.Sequential:
    return nn.Sequential(
        deep(config),
        Block(Config(Size(4, heads=1), depth=1, act=nn.Tanh)),
        nn.Linear(small.d, hidden),
    )
