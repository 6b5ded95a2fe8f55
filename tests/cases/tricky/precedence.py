from typing import Any

import torch
from torch import Tensor, nn

scale = 100
width = 7


def helper(x: Tensor) -> Tensor:
    """x: [*S] -> [*S]."""
    return x + 1


class Wins(nn.Module):
    def __init__(self, fc: int, scale: Any, sigmoid: int = 5) -> None:
        super().__init__()
        self.scale = scale
        self.sigmoid = sigmoid
        wide = fc
        self.fc = nn.Linear(fc, fc)
        self.tanh = nn.Linear(wide, wide)

    def helper(self, x: Tensor) -> Tensor:
        """x: [*S] -> [*S]."""
        return x * 10

    def sum(self, x: Tensor) -> Tensor:
        """x: [*S] -> []."""
        return x.max()

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, wide] -> [B, wide]."""
        y = self.fc(x) * self.scale + self.sigmoid + width
        y = y + self.helper(x) + self.helper(x)
        fc = y * 2
        relu = fc + 1
        return self.tanh(relu) + self.sum(fc) + self.fc(x)


class Sizes(nn.Module):
    def __init__(self, n: int) -> None:
        super().__init__()
        self.n = nn.Linear(n, n + 1)
        self.d = nn.Parameter(torch.ones(3))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 3]."""
        return self.n(x).sum() + self.d  # [3]
