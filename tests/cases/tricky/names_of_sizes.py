from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class R:
    d: int = 2


class B(nn.Linear):
    def __init__(self, d: int) -> None:
        super().__init__(d, d)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        B = x.shape[0]
        return F.linear(x, self.weight) + B


def N() -> nn.Linear:
    """[N, 3] -> [N, 4]."""
    return nn.Linear(3, 4)


def f(x: Tensor) -> Tensor:
    """x: [f, R] -> [f * R]."""
    f, R = x.shape
    return x.view(f * R)
