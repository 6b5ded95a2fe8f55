from typing import Any

from torch import nn

widths = [4, 8, 16]


def double(n: int) -> Any:
    return 2 * n


def pair(a: Any, b: int = 1) -> list[Any]:
    return [a, b]


def conv(i: int, o: int, k: int = 3) -> nn.Conv2d:
    return nn.Conv2d(i, o, k, padding=k // 2)


sizes = {"in": 4, "out": 8}
touching = pair(double(2), widths[1])
apart = pair(double(2), widths[1])
list_argument = pair(widths, [5])
of_a_call = pair(pair(1, 2)[0], pair(3)[1])
negative = pair(-1, b=-2)
power = pair(2**3, -(2**2))


def net() -> nn.Sequential:
    return nn.Sequential(
        conv(widths[0], double(widths[0])),
        conv(double(4), 4 * 4, [3, 1][1]),
        nn.Conv2d(16, 8, [3, 3], padding=1),
        nn.Conv2d(8, 8, [1, 3], padding=[0, 1]),
        conv(sizes["out"], sizes["in"], k=1),
        nn.Flatten(),
        nn.Linear(64, 8),
        nn.Linear(8, 4, bias=False),
        nn.Linear(4, 6, bias=False),
        nn.Softmax(dim=-1),
    )
