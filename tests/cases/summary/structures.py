from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Conv(nn.Module):
    def __init__(
        self, i: int, o: int, k: int, stride: int = 1, padding: int = 0
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(i, o, k, stride=stride, padding=padding, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i, H, W]."""
        return F.relu(self.conv(x))


class Inception(nn.Module):
    def __init__(self, i: int, a: int, b: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            [
                Conv(i, a, 1),
                nn.Sequential(Conv(i, b, 1), Conv(b, b, 3, padding=1)),
                nn.Sequential(
                    nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True), Conv(i, a, 1)
                ),
            ]
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat(
            [self.branches[0](x), self.branches[1](x), self.branches[2](x)], dim=1
        )


class Named(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim
        self.one = nn.Identity()
        self.two = nn.Sequential(nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.one(x), self.two(x)], dim=self.dim)


class Aux(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            Conv(3, 8, 3, stride=2, padding=1),  # [B, 8, 16, 16]
            nn.MaxPool2d(3, stride=2, ceil_mode=True),  # [B, 8, 8, 8]
        )
        self.mixed = Inception(8, 4, 6)
        self.named = Named(1)
        self.fc = nn.Linear(28, classes)
        self.aux = nn.Linear(28, classes)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """x: [B, 3, H, W] -> [B, classes] | ([B, classes], [B, classes])."""
        x = self.named(self.mixed(self.stem(x))).mean((2, 3))  # [B, 28]
        y = self.fc(x)  # [B, classes]
        if self.training:
            return y, self.aux(x)
        return y


def branches() -> Aux:
    """[B, 3, 32, 32] -> [B, 5] | ([B, 5], [B, 5])."""
    return Aux(5)


class Pyramid(nn.Module):
    def __init__(self, widths: list[int] = [4, 6, 8], o: int = 3) -> None:
        super().__init__()
        self.o = o
        self.stages = nn.ModuleDict(
            {
                f"c{k}": Conv(i, j, 3, stride=2, padding=1)
                for k, (i, j) in enumerate(zip(widths, widths[1:]))
            }
        )
        self.inner = nn.ModuleDict(
            {"layers": nn.ModuleList(nn.Conv2d(i, o, 1) for i in widths[1:])}
        )

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """x: [B, 4, H, W] -> {p0: [B, o, _, _], p1: [B, o, _, _]}."""
        found = {}
        for name, stage in self.stages.items():
            x = stage(x)
            found[name] = x
        last = self.inner["layers"][-1](found["c1"])
        results = [last]
        above = self.inner["layers"][0](found["c0"])
        results.insert(0, above + F.interpolate(last, size=above.shape[-2:]))
        for layer in self.inner["layers"]:
            assert layer.out_channels == self.o
        return {"p0": results[0], "p1": results[1]}


def pyramid() -> Pyramid:
    """[B, 4, 16, 16] -> {p0: [B, 3, 8, 8], p1: [B, 3, 4, 4]}."""
    return Pyramid()


class Scaled(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, d), nn.ReLU())
        self.gain = nn.Parameter(torch.empty(d))
        nn.init.constant_(self.gain, 0.1)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d]."""
        return x + self.net(x) * self.gain


class First(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList([nn.Linear(d, d), nn.Linear(d, d)])

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d]."""
        return self.branches[0](x)


class Nest(nn.Module):
    """The layers, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 6)
        self.net = nn.Sequential(nn.ReLU(), nn.Tanh())
        self.out = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc(x)
        x = self.net(x)
        return self.out(x)


class Residual(nn.Module):
    """x + f(x)."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.ReLU(), nn.Linear(4, 4))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


def bodies() -> nn.Sequential:
    """Takes [B, 8]."""
    return nn.Sequential(Scaled(8), First(8), Nest(), Residual())


@dataclass(frozen=True)
class Config:
    d: int
    act: Callable[..., nn.Module] = nn.ReLU
    norm: Callable[..., nn.Module] | None = None
    widths: list[int] = field(default_factory=lambda: [4, 8])


class Recorded(nn.Module):
    def __init__(self, c: Config) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.Linear(c.d, c.widths[0]),
            c.act(),
            *[
                nn.Sequential(nn.Linear(i, o), c.act())
                for i, o in zip(c.widths, c.widths[1:])
            ],
        ]
        if c.norm is not None:
            layers.append(c.norm(c.widths[-1]))
        self.net = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, c.d]."""
        return self.net(x)  # [B, 8]


def recorded() -> Recorded:
    """[B, 6] -> [B, 8]."""
    return Recorded(Config(6, act=nn.Tanh, norm=nn.LayerNorm))


class Any(nn.Module):
    def __init__(self, *widths: int) -> None:
        super().__init__()
        self.widths = widths
        self.net = nn.Sequential(*(nn.Linear(i, o) for i, o in zip(widths, widths[1:])))
        for k in range(2):
            self.add_module(f"head{k}", nn.Linear(widths[-1], k + 1))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x: [B, widths[0]] -> ([B, _], [B, 2])."""
        x = self.net(x)  # [B, 4]
        return self.head0(x), self.get_submodule("head" + str(len(self.widths) - 2))(x)


def any_number() -> Any:
    """[B, 6] -> ([B, 1], [B, 2])."""
    return Any(6, 5, 4)


class Parts(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(d, 8), nn.ReLU(), nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, d)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x: [B, d] -> ([B, d], [B, 6])."""
        return self.net[2:](self.net[:2](x)), self.net[:3].forward(x)


def parts() -> Parts:
    """[B, 4] -> ([B, 4], [B, 6])."""
    return Parts(4)


class Same(nn.Conv2d):
    kept = True

    def __init__(self, i: int, o: int, k: int = 3) -> None:
        super().__init__(i, o, k, padding=k // 2)


class Wide(Same):
    def __init__(self, i: int, o: int) -> None:
        super().__init__(i, o, 5)


class Doubled(nn.Linear):
    def __init__(self, d: int) -> None:
        super().__init__(d, d)

    def forward(self, x: Tensor) -> Tensor:
        """x: [*S, d] -> [*S, d]."""
        return F.linear(x, 2 * self.weight)


def derived() -> nn.Sequential:
    """Takes [B, 3, 6, 6]."""
    return nn.Sequential(Same(3, 4), Wide(4, 5), Doubled(6))


class Staged(nn.Module):
    """Children by their names, and by their order."""

    def __init__(self, d: int, n: int) -> None:
        super().__init__()
        self.d = d
        self.stem = nn.Linear(d, d)
        for k in range(n):
            self.add_module(f"stage{k}", nn.Linear(d + k, d + k + 1))
        self.head = nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Linear(d + n, 1))
        self.last = nn.Linear(1, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """x: [B, d] -> ([B, 1], list[tensor])."""
        found = []
        for name, child in self.named_children():
            if name == "stem":
                x = child(x)
            elif name.startswith("stage") and not name.removeprefix(
                "stage"
            ).upper().endswith("X"):
                x = child(x)
                found.append(x[:, : self.d])
        final = [each for each in self.head.children()][-1]
        return self.last(final(x)), found


def staged() -> Staged:
    """[B, 4] -> ([B, 1], list[tensor])."""
    return Staged(4, 3)


class Levels(nn.Module):
    """What a dict has is asked; `b` is there only where `a` is."""

    def __init__(self, d: int, n: int) -> None:
        super().__init__()
        self.levels = nn.ModuleList(
            nn.ModuleDict(
                [
                    ("fc", nn.Linear(d, d)),
                    *([("down", nn.Linear(d, d))] if k < n - 1 else []),
                ]
            )
            for k in range(n)
        )
        if n > 1:
            self.a = nn.Linear(d, d)
            self.b = nn.Linear(d, d)
        elif d > 2:
            self.a = nn.Linear(d, d)
            self.b = None
        else:
            self.a = None
            self.b = None

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        for level in self.levels:
            x = level["fc"](x)  # [B, 4]
            if "down" in level:
                x = level["down"](x)
        if self.b is not None:
            x = self.a(self.b(x))
        return x


def levels() -> Levels:
    """[B, 4] -> [B, 4]."""
    return Levels(4, 3)
