import torch
from torch import Tensor, nn


class Affine(nn.Module):
    seen: Tensor | None

    def __init__(self, d: int, bias: bool = True, k: int = 0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d))
        self.bias = nn.Parameter(torch.zeros(d)) if bias else None
        self.other = None if k == 0 else nn.Parameter(torch.zeros(k))
        self.register_buffer("seen", torch.zeros(d) if bias else None)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        x = x * self.weight  # [B, 4]
        if self.bias is not None:
            x = x + self.bias
        if self.other is not None:
            x = x + self.other.sum()
        return x if self.seen is None else x - self.seen


def plain() -> Affine:
    """[B, 4] -> [B, 4]."""
    return Affine(4, bias=False)


def whole() -> Affine:
    """[B, 4] -> [B, 4]."""
    return Affine(4, k=3)
