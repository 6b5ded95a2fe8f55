"""The layers that d2l.nd takes from Python."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Probe(nn.Module):
    """Passes its input on and keeps the last shape that it saw.

    Shape:
        - Input: any shape.
        - Output: the input itself.
    """

    shape: torch.Size | None = None

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def forward(self, x: Tensor) -> Tensor:
        self.shape = x.shape
        return x
