from typing import Any

from torch import Tensor, nn

x = 5
i = [x for x in range(3)] + [x]


def pick(x: float, i: int = x) -> list[Any]:
    return [x + i for i in range(2)] + [i]


nested = [[x + y for x in range(y)] for y in range(x - 2)]


class Shadow(nn.Module):
    i = 7
    sizes = [n for n in range(3)]

    def __init__(self, n: int, x: int = 2) -> None:
        super().__init__()
        for i in range(n):
            self.add_module(f"a{i}", nn.Linear(x, i + 1))
        self.layers = nn.ModuleList(nn.Linear(x, n) for n in self.sizes if n)
        self.last = nn.Linear(x, n)

        def gen(x: int) -> nn.Linear:
            return nn.Linear(x, x)

        self.square = gen(n)

    def forward(
        self, n: Tensor, layers: int = 1
    ) -> tuple[list[Any], Any, int, list[Any], int]:
        """n: [B, x]."""
        out = [self.layers[k](n) for k in range(layers)]
        for n in out:
            n = n * 2
            out[0] = n
        k = 3
        total = sum([k for k in range(4)])
        return out, n, k + total, [each.out_features for each in self.layers], self.i
