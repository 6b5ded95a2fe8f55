from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.ops import MLP as Conv1d


class Linear(nn.Module):
    """Two layers."""

    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.fc = nn.Linear(i, 2 * o)
        self.out = nn.Linear(2 * o, o)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i] -> [B, o]."""
        return self.out(self.fc(x))


class ReLU(nn.Module):
    """Both signs."""

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, 2 * d]."""
        return torch.cat([F.relu(x), F.relu(-x)], 1)


class Embedding(nn.Module):
    shift: Tensor

    def __init__(self, vocab: int, d: int) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocab, d)
        self.register_buffer("shift", torch.ones(d), persistent=False)

    def forward(self, ids: Tensor) -> Tensor:
        """ids: int[B] -> [B, d]."""
        return self.tokens(ids) + self.shift


@dataclass(frozen=True)
class LayerNorm:
    d: int


class Norm(nn.LayerNorm):
    def __init__(self, c: LayerNorm) -> None:
        super().__init__(c.d)


def net() -> nn.Sequential:
    """int[B] -> [B, 3]."""
    return nn.Sequential(
        Embedding(7, 4), Linear(4, 4), ReLU(), Norm(LayerNorm(8)), nn.Linear(8, 3)
    )


def other() -> nn.Sequential:
    return nn.Sequential(Conv1d(4, [5, 6]), nn.ReLU(), nn.Linear(6, 3))
