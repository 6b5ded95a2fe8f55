from collections import OrderedDict

import torch
from torch import Tensor, nn


def net(n: int = 3, kind: str = "a", deep: bool = False) -> nn.Sequential:
    layers: list[nn.Module] = []
    if kind == "a":
        layers += [nn.Linear(4, 4), nn.ReLU()]
    elif kind == "b":
        layers.append(nn.Tanh())
    else:
        layers += [*[nn.Identity(), nn.Sigmoid()], nn.ELU()]
    for i in range(n):
        layers.append(nn.Linear(4, 4))
        if i % 2 == 0:
            layers.append(nn.ReLU())
            for j in range(i):
                layers.append(nn.Tanh() if deep else nn.Sigmoid())
        else:
            layers.append(nn.GELU())
        layers.extend(nn.Identity() for k in range(i) if k > 0 if deep)
    if deep:
        if n > 2:
            layers.append(nn.Hardswish())
    layers.extend(nn.Linear(4, i + 1) for i in range(2) if False)
    return nn.Sequential(*layers)


class Branches(nn.Module):
    """The outputs of the branches, joined."""

    def __init__(self, widths: list[int], skip: bool) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for w in widths:
            layers.append(nn.Linear(4, w))
        if skip:
            layers.append(nn.Identity())
        self.branches = nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.branches], dim=1)


def branches(widths: list[int], skip: bool = True) -> Branches:
    return Branches(widths, skip)


def values(n: int) -> list[int]:
    return [i * j for i in range(n) for j in range(i) if i != j]


def named(n: int) -> nn.ModuleDict:
    layers = OrderedDict[str, nn.Module]()
    for i in range(n):
        layers[f"a{i}"] = nn.Linear(1, 1)
        if i:
            layers[f"b{i}"] = nn.ReLU()
        else:
            layers["start"] = nn.Tanh()
    return nn.ModuleDict(layers)


def register(module: nn.Module, name: str, layer: nn.Module | None) -> None:
    """Adds a layer under a name that is not taken yet."""
    if hasattr(module, name):
        raise ValueError(f"two layers are called {name}")
    module.add_module(name, layer)


class Parts(nn.Module):
    """The sum of the branches."""

    def __init__(self, names: list[str], deep: bool) -> None:
        super().__init__()
        if deep:
            self.deep = nn.Linear(4, 4)
        else:
            self.deep = None
        for n in names:
            register(self, f"p_{n}", nn.Linear(4, 4))

    def forward(self, x: Tensor) -> Tensor:
        y, *others = [
            branch(x) for branch in self._modules.values() if branch is not None
        ]
        for other in others:
            y = y + other
        return y


class Rest(nn.Module):
    """x + f(x)."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for _ in names:
            layers += [nn.Linear(4, 4), nn.ReLU()]
        self.net = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


class Body(nn.Module):
    def __init__(self, names: list[str], deep: bool = True) -> None:
        super().__init__()
        self.parts = Parts(names, deep)
        self.rest = Rest(names)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 4] -> [B, 4]."""
        return self.rest(self.parts(x))
