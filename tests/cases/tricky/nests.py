from collections import OrderedDict

import torch
from torch import Tensor, nn


class Conv(nn.Module):
    """The layers, one after the other."""

    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(i, o, 1)
        self.act = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return self.act(x)


def conv(i: int, o: int) -> Conv:
    return Conv(i, o)


class Residual(nn.Module):
    """x + f(x)."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, d), nn.Tanh())

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


class Residual2(nn.Module):
    """x + f(x)."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, d))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


class Add(nn.Module):
    """The sum of the branches."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList([nn.Identity(), Residual2(d)])

    def forward(self, x: Tensor) -> Tensor:
        return self.branches[0](x) + self.branches[1](x)


class Body(nn.Module):
    """The layers, one after the other."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, d), Residual(d), Add(d))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Deep(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.body = Body(d)

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(x)
        return x + self.body(y)


class Add2(nn.Module):
    """The sum of the branches."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList([nn.Linear(d, d), nn.Linear(d, d)])

    def forward(self, x: Tensor) -> Tensor:
        return self.branches[0](x) + self.branches[1](x)


class Wide(nn.Module):
    """The outputs of the branches, joined."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList([nn.Linear(d, d), nn.Identity(), Add2(d)])

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat(
            [self.branches[0](x), self.branches[1](x), self.branches[2](x)], dim=-1
        )


def wide(d: int) -> Wide:
    return Wide(d)


class B(nn.Module):
    """The outputs of the branches, joined."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.x = nn.Identity()
        self.y = nn.Linear(d, d)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.x(x), self.y(x)], dim=1)


class Add3(nn.Module):
    """The sum of the branches."""

    def __init__(self) -> None:
        super().__init__()
        self.branches = nn.ModuleList([nn.Identity(), nn.Identity()])

    def forward(self, x: Tensor) -> Tensor:
        return self.branches[0](x) + self.branches[1](x)


class C(nn.Module):
    """The outputs of the branches, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.branches = nn.ModuleList([nn.Identity(), Add3()])

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        return self.branches[0](x), self.branches[1](x)


class Many(nn.Module):
    """The outputs of the branches, side by side."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.a = nn.Linear(d, d)
        self.b = B(d)
        self.c = C()

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        return self.a(x), self.b(x), self.c(x)


def many(d: int) -> Many:
    return Many(d)


class Rearrange(nn.Module):
    """b c h w -> b (c h w)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)


class Nest(nn.Module):
    """The layers, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(24, 8))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Nest2(nn.Module):
    """The layers, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(Nest())

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Nest3(nn.Module):
    """The layers, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(Nest2())

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


def net() -> nn.Sequential:
    return nn.Sequential(
        OrderedDict(
            [
                ("0", conv(1, 2)),
                ("1", Rearrange()),
                ("2", Deep(8)),
                ("inner", wide(8)),
                ("4", Nest3()),
                ("last", many(8)),
            ]
        )
    )
