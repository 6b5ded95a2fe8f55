from collections import OrderedDict
from typing import Any

from torch import Tensor, nn


class Slices(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d
        self.net = nn.Sequential(
            OrderedDict(
                [
                    ("0", nn.Linear(d, d)),
                    ("1", nn.ReLU()),
                    ("2", nn.Linear(d, d)),
                    ("3", nn.Tanh()),
                    ("head", nn.Linear(d, 1)),
                ]
            )
        )
        self.many = nn.ModuleList(nn.Linear(d, d) for _ in range(4))
        self.named = nn.ModuleDict({f"k{i}": nn.Linear(d, d) for i in range(3)})
        self.add_module("odd name", nn.Linear(d, d))

    def forward(self, x: Tensor) -> tuple[Any, Any, Tensor, int, list[Any]]:
        """x: [B, d]."""
        a = self.net[:2](x) + self.net[-1](x)
        for each in self.many[1:]:
            a = each(a)
        for each in reversed(self.many[::2]):
            a = a + each(x)
        for i, (name, each) in enumerate(self.named.items()):
            a = a + each(x) * i if name != "k1" else a
        b = (
            self.named["k1"](x)
            + self.net.head(a)
            + self.net[2](a)
            + self.many[len(self.many) - 1](x)
        )
        for one, other in zip(self.net[:3], self.many):
            b = b + one(x) - other(x)
        return (
            a[:, :1],
            b[..., None, ::2],
            x[-1, 0 : self.d : 2],
            len(self.net),
            [k for k in self.named.keys()],
        )
