from typing import Any

import torch
from torch import Tensor


def flat(x: Tensor) -> Tensor:
    """x: [*S, d] -> [N, d]."""
    d = x.shape[-1]
    return x.reshape(-1, d)


def back(x: Tensor, like: Tensor) -> Tensor:
    """x: [N, d], like: [*S, e] -> [*S, d]."""
    d = x.shape[1]
    S = like.shape[:-1]
    return x.view(*S, d) if False else x.view(*like.shape[:-1], d)


def heads(x: Tensor, n: int) -> Tensor:
    """x: [*S, d] -> [*S, n, k]."""
    d = x.shape[-1]
    return x.view((*x.shape[:-1], n, d // n))


def joined(x: Tensor, y: Tensor) -> Tensor:
    """x: [*S], y: [*S] -> [*S]."""
    return torch.stack([*x.unbind(0), *y.unbind(0)])


def pairs(x: Tensor) -> tuple[tuple[Any, ...], tuple[Any, ...], list[Any]]:
    """x: [B, C]."""
    a = (*x.shape, 1)
    b = (*a, *a[1:])
    return a, b, [*a, 0]


def call(x: Tensor, perm: list[int]) -> Tensor:
    """x: [*S]."""
    return x.permute(*reversed(perm)) + torch.zeros(*[1 for _ in perm])
