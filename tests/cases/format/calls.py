from collections.abc import Callable
from functools import partial
from typing import Any

from torch import Tensor, nn


class Block(nn.Sequential):
    def __init__(self, i: int, o: int) -> None:
        super().__init__(nn.Linear(i, o), nn.ReLU(inplace=True))


def conv(i: int, o: int, k: int = 3) -> nn.Conv2d:
    return nn.Conv2d(i, o, k, padding=k // 2)


norm = partial(nn.LayerNorm, eps=1e-6)


def half(n: int) -> Any:
    return n // 2


class Two(nn.Sequential):
    def __init__(
        self,
        block: Callable[..., nn.Module],
        d: int,
        act: Callable[..., nn.Module] = nn.ReLU,
    ) -> None:
        super().__init__(block(d, d), act(), block(d, 2 * half(d)))


class Own(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.a = nn.Linear(d, d)
        self.b = nn.Dropout2d(0.1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.a(x)
        return self.b(x)


class Residual(nn.Module):
    """x + f(x)."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, d), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


class Add(nn.Module):
    """The sum of the branches."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList([nn.Identity(), nn.Linear(d, d)])

    def forward(self, x: Tensor) -> Tensor:
        return self.branches[0](x) + self.branches[1](x)


def net(d: int = 8, n: int = 4) -> nn.Sequential:
    return nn.Sequential(
        conv(3, d),
        conv(d, half(d) * 2, k=1),
        conv(d, d),
        conv(o=d, i=d),
        nn.BatchNorm2d(d),
        nn.BatchNorm2d(d),
        nn.Flatten(1),
        nn.Linear(d * 4 * 4, d, bias=False),
        Two(nn.Linear, d),
        Two(nn.Linear, d, act=partial(nn.PReLU, init=0.25)),
        Two(partial(nn.Linear, bias=False), d),
        Residual(d),
        Add(d),
        Own(d),
        nn.Linear(d if n > 2 else d, d),
        nn.Dropout(p=0.5),
        nn.Softmax(-1),
        nn.Softmax(dim=-1),
        norm(d),
        Block(d, d),
    )


def many() -> nn.ModuleList:
    return nn.ModuleList(
        [
            nn.TransformerEncoderLayer(
                64,
                8,
                dim_feedforward=256,
                dropout=0.1,
                activation="gelu",
                batch_first=True,
                norm_first=True,
            )
        ]
    )


class Residual2(nn.Module):
    """x + f(x)."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.LayerNorm(64), nn.Linear(64, 256), nn.GELU(), nn.Linear(256, 64)
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


class Residual3(nn.Module):
    """x + f(x)."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.LayerNorm(64), nn.Linear(64, 64))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


def deep() -> nn.Sequential:
    return nn.Sequential(Residual2(), Residual3(), nn.Linear(64, 10))
