import math
from typing import Any

from torch import Tensor

powers = [
    -(2**2),
    2**-1,
    2**3**2,
    (-2) ** 2,
    not 1 == 2,
    -3 // 2,
    -3 % 5,
    7 - 3 - 2,
    2 * 3 % 4,
]
chains = [
    1 < 2 < 3,
    1 < 3 < 2,
    3 > 2 == True,
    1 in [1] in [[1]],
    1 if 0 else 2 if 0 else 3,
]
logic = [0 or "a", 1 and 0, not 0 and 1, None or not None, 1 or 2 if 0 else 3]
numbers = [1_000, 1e3, 1.5e-3, 0.5, 5.0, 0, 0, 1e-1_0, 0.1 + 0.2]
texts = [
    "it's",
    'a "b"',
    "tab\tnew\nline",
    "Aé",
    "a" + "b" * 2,
    'x"y',
    "#no comment",
    "{n}",
    "\\",
]
slices = [
    [1, 2, 3, 4][1:],
    [1, 2, 3, 4][::-1],
    [1, 2, 3, 4][-2:],
    [1, 2, 3, 4][:3:2],
    "abc"[1],
    (1, 2)[-1],
]
tuples = [(), (1,), (1, 2), 1 + 1, [(1, 2)][0][1]]
isnt = [1 not in [2], powers is not None, not 1 in [2], not powers is None]
dicts = {"a": {"b": [1, {"c": 2}]}}
nested = dicts["a"]["b"][1]["c"]
calls = [
    max(1, 2),
    max([3, 4]),
    min(5, 6, 7),
    abs(-1),
    round(2.5),
    int("3") + int(2.9),
    float("1.5"),
    len("abc"),
    bool([]),
]


def list_of(n: int) -> list[Any]:
    return [*range(n), *reversed(range(n))]


functions = [
    math.floor(2.7),
    math.ceil(2.1),
    math.log2(8),
    sorted([2, 1, 3], reverse=True),
    list_of(3),
]


def tensors(
    x: Tensor, y: Tensor
) -> tuple[
    Tensor, Tensor | None, bool, Tensor, tuple[Tensor, Tensor, Tensor], float, str
]:
    """x: [B, 2], y: [B, 2]."""
    B = x.shape[0]
    a = -(x**2) + ~(x > 0) * 1 - x @ y.transpose(0, 1) @ y
    b = x if B > 3 else y if B > 1 else None
    c = 1 < B <= 3 and not x is None or False
    d = (x > 0) == (y > 0)
    e = x[:, None].expand(-1, 2, -1)[..., ::2, :-1], x[-1], x[B - 1, [0]]
    return a, b, c, d & (x < 1) | (y != y), e, 1e-3 * B // 1, "ab" if False else "c"
