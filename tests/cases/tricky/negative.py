from typing import Any

import torch
from torch import Tensor, nn

sizes = [3, 5]


def half(n: int) -> Any:
    return n // 2


options = {"alpha": -0.5}


def three(a: int, b: int = 0, c: int = 0) -> list[Any]:
    return [a, b, c]


plain = three(1, b=-2, c=-3)
reached = three(-1, b=-sizes[1], c=-half(9))
brackets = three(-1, -2, c=-3 + 1)
chosen = three(1, b=-2) if half(1) else three(2, b=-1)


class Softly(nn.Module):
    def __init__(self, d: int, slope: int = -1, axis: int = -2) -> None:
        super().__init__()
        self.slope = slope
        self.acts = nn.ModuleList(
            [
                nn.ELU(alpha=options["alpha"]),
                nn.Hardtanh(min_val=-half(4), max_val=sizes[1]),
                nn.Softmax(dim=axis),
            ]
        )
        self.low = nn.Parameter(torch.full([d], -0.5))

    def forward(self, x: Tensor) -> list[Any]:
        """x: [B, d]."""
        return [act(x * self.slope) for act in self.acts]
