import torch
from torch import Tensor


def doubled(x: Tensor, n: int) -> Tensor:
    """x: [B, d] -> [B, 4 * d]."""
    y = x
    for _ in range(n):
        x = y
        y = torch.cat([y, y], 1)
    return x


def stopped(x: Tensor, n: int) -> Tensor:
    """x: [B, d] -> [B, 2 * d]."""
    d = x.shape[1]
    for k in range(n):
        x = torch.cat([x, x], 1)
        if k + 1 == n:
            break
        x = x[:, :d]
    return x


def skipped(x: Tensor, n: int) -> Tensor:
    """x: [B, d] -> [2 * B, d]."""
    y = x
    for k in range(n):
        if k > 0:
            y = torch.cat([x, x])  # [2 * B, d]
            continue
        y = x * k  # [B, d]
    return y


def grown(x: Tensor, n: int) -> Tensor:
    """x: [B, d] -> [B, 7 * d]."""
    found = [y for y in [x] for _ in range(n - 2)]
    for _ in range(n):
        found.append(x)
        x = torch.cat([x, x], 1)
    return torch.cat(found[1:], 1)


def steps(x: Tensor, n: int) -> Tensor:
    """x: [B, T, d] -> [B, T, d]."""
    B, T, d = x.shape
    h = x.new_zeros(B, d)  # [B, d]
    found = []
    for t in range(T):
        h = torch.tanh(h + x[:, t])
        found.append(h / (t + 1))
    return torch.stack(found, 1)
