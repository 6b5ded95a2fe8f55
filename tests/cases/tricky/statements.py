from typing import Any

import torch
from torch import Tensor


def collatz(n: int) -> int:
    count = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        count += 1
    return count


def nothing(x: Tensor) -> None:
    """x: [*S]."""
    x.add_(1)
    return


def walk(
    xs: Tensor, limit: int = 3, wanted: float = 2.0
) -> tuple[list[Any], float, dict[str, int | list[Any]], int, Any, bool] | None:
    found = []
    a, (b, c) = 1, (2, 3)
    for i, (x, y) in enumerate(zip(xs, reversed(xs))):
        if i == 0:
            continue
        elif i > limit:
            break
        else:
            found.append(x + y)
    a += b
    a -= 1
    a *= c
    a //= 2
    a **= 2
    a %= 7
    f = a
    f /= 2
    bits = 6
    bits |= 1
    bits &= 5
    found[0] = found[-1]
    found[0], found[1] = found[1], found[0]
    total = f + bits
    while True:
        total -= 1
        if total < wanted:
            break
    assert total < wanted, "too much"
    assert not found == []
    d = {"a": a}
    d["b"] = found[1:]
    d["a"] += 1
    for k in d:
        if k == "none":
            return None
    return found, total, d, -(a**2), 1 < a <= 3 != b, a in [2, 3] and k is not None


def tensors(x: Tensor) -> Tensor:
    """x: [B, C] -> [B, C]."""
    B, C = x.shape
    y = x.clone()
    y[0] = 0
    y[:, 1] += 2
    y[x > 1] = -1.0
    y[..., -1], z = x[..., 0], 5
    y @= torch.eye(C)
    m = (x > 0) & ~(x > 1) | (x < -1)
    y = y.masked_fill(m, z)
    y[0, 0] *= 2
    if B > 1:
        if C == 2:
            y = y + 1
        else:
            y = y - 1
    return y**2 @ torch.eye(C) % 5 // 1
