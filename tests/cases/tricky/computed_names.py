from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

stages = ["a", "b"]
depth = {"a": 1, "b": 2}


def distinct(pairs: Iterable[tuple[str, nn.Module]]) -> OrderedDict[str, nn.Module]:
    """Layers by name, each name once."""
    layers = OrderedDict[str, nn.Module]()
    for name, layer in pairs:
        if name in layers:
            raise ValueError(f"two layers are called {name}")
        layers[name] = layer
    return layers


def net(prefix: str = "x", k: int = 3) -> nn.Sequential:
    layers: list[tuple[str, nn.Module]] = []
    layers.append((f"{prefix}_stem", nn.Linear(2, 2)))
    layers.append((f"{prefix}{k}", nn.ReLU()))
    for s in stages:
        layers.append(
            (
                s,
                nn.Sequential(
                    OrderedDict(
                        (f"layer{i + 1}", nn.Linear(2, 2)) for i in range(depth[s])
                    )
                ),
            )
        )
        layers.append((f"{s}_act", nn.Tanh()))
    layers.append(("plain", nn.Identity()))
    layers.append(("with space", nn.Identity()))
    layers.append((f"{k * 2 if k > 2 else 1}", nn.ReLU()))
    return nn.Sequential(distinct(layers))


def staged(s: float, n: int) -> nn.Sequential:
    return nn.Sequential(
        OrderedDict((f"g{s + 1}-{k}", nn.Linear(2, 2)) for k in range(n))
    )


def heads(names: list[str]) -> nn.ModuleDict:
    return nn.ModuleDict(distinct((f"head_{n}", nn.Linear(2, 1)) for n in names))


def register(module: nn.Module, name: str, layer: nn.Module | None) -> None:
    """Adds a layer under a name that is not taken yet."""
    if hasattr(module, name):
        raise ValueError(f"two layers are called {name}")
    module.add_module(name, layer)


class Body(nn.Module):
    """The outputs of the branches, joined."""

    def __init__(self, n: int) -> None:
        super().__init__()
        for i in range(n):
            self.add_module(f"branch{i}", nn.Linear(2, i + 1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self._modules.values()], dim=1)


class Named(nn.Module):
    def __init__(self, n: int, tag: str = "t") -> None:
        super().__init__()
        for i in range(n):
            register(self, f"{tag}{i}", nn.Linear(2, 2))
            register(self, f"{tag}_norm{i}", nn.LayerNorm(2))
        register(self, f"fixed_{tag}", nn.Linear(2, 2))
        self.body = Body(n)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 2]."""
        return self.body(x)


class Written(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d)
        for name in ["q", "k", "v"]:
            self.add_module(f"{name}_proj", nn.Linear(d, d))
            self.add_module(name, nn.Linear(d, d))
        for a, n in [("x", 1), ("y", 2)]:
            self.add_module(a, nn.Linear(d, n))
        for a in ["q", "u"]:
            self.add_module(f"{a}2", nn.Linear(d, d))

    def forward(self, x: Tensor) -> tuple[Tensor, Any]:
        """x: [B, d]."""
        return self.norm(self.q_proj(x)), self.y(self.q2(x))


class Meeting(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        register(self, "norm", nn.LayerNorm(d))
        for name in ["norm", "fc"]:
            register(self, name, nn.Linear(d, d))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d]."""
        return self.norm(self.fc(x))


class Hidden(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.x = nn.Linear(d, d)
        for a in ["y", "z"]:
            for a_ in range(1):
                register(self, f"{a_}", nn.Linear(d, d))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d]."""
        return self.x(x)
