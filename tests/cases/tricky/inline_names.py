from collections import OrderedDict

import torch
from torch import Tensor
from torch import nn as nn_


class Conv2(nn_.Module):
    """The sum of the branches."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.branches = nn_.ModuleList([nn_.Linear(d, d), nn_.Identity()])

    def forward(self, x: Tensor) -> Tensor:
        return self.branches[0](x) + self.branches[1](x)


def conv(d: int) -> Conv2:
    return Conv2(d)


class Block2(nn_.Module):
    """x + f(x)."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn_.Sequential(nn_.Linear(d, d))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


class Conv3(nn_.Module):
    """The layers, one after the other."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn_.Sequential(nn_.Linear(d, d))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Block(nn_.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.block = Block2(d)
        self.conv = Conv3(d)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return self.conv(self.block(x))


class Block3(nn_.Module):
    """x + f(x)."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn_.Sequential(nn_.Linear(d, d), nn_.Tanh())

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


class Tensor2(nn_.Module):
    """The layers, one after the other."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn_.Sequential(nn_.Linear(d, d))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Sequential(nn_.Module):
    """The outputs of the branches, joined."""

    def __init__(self) -> None:
        super().__init__()
        self.branches = nn_.ModuleList([nn_.Identity(), nn_.Identity()])

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branches[0](x), self.branches[1](x)], dim=1)


class Other(nn_.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.block = Block3(d)
        self.Tensor = Tensor2(d)
        self.sequential = Sequential()

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d]."""
        return self.sequential(self.Tensor(self.block(x)))  # [B, 2 * d]


class Inner(nn_.Module):
    """x + f(x)."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn_.Sequential(nn_.Linear(d, d))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


class Nn(nn_.Module):
    """The layers, one after the other."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.inner = Inner(d)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x)


def nn(d: int) -> Nn:
    return Nn(d)


class MyHead(nn_.Module):
    """The layers, one after the other."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn_.Sequential(nn_.Linear(d, d))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class MyHead2(nn_.Module):
    """The layers, one after the other."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn_.Sequential(nn_.Linear(d, d))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Residual(nn_.Module):
    """x + f(x)."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn_.Sequential(nn_.Tanh())

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


def two_words(d: int) -> nn_.Sequential:
    return nn_.Sequential(
        OrderedDict(
            [("my_head", MyHead(d)), ("my_head2", MyHead2(d)), ("2", Residual())]
        )
    )


def Conv(d: int) -> nn_.Module:
    return conv(d)


def net() -> nn_.Sequential:
    return nn_.Sequential(Block(2), Other(2), conv(4), nn(4), two_words(4), Conv(4))
