import torch
from torch import Tensor, nn


def mean(x: Tensor, skip: int = 0) -> Tensor:
    """x: [B, T, d] -> [B, d]."""
    T = x.shape[1]
    return x[:, skip:].sum(1) / (T - skip)


def sizes(x: Tensor, y: Tensor, z: Tensor) -> tuple[int, int, int]:
    """x: [*S, E], y: int[N], z: [E, M]."""
    E = x.shape[-1]
    N = y.shape[0]
    M = z.shape[1]
    return E, N, M


class Dims(nn.Module):
    def __init__(self, d: int, h: int = 2) -> None:
        super().__init__()
        self.d = d
        self.h = h
        size = d * h
        self.fc = nn.Linear(d, d * h)

    def split(self, x: Tensor) -> Tensor:
        """x: [B, T, size] -> [B, h, T, d]."""
        B, T = x.shape[:2]
        return x.view(B, T, self.h, self.d).transpose(1, 2)

    def forward(
        self, x: Tensor, lengths: Tensor, memory: Tensor | None = None
    ) -> tuple[Tensor, Tensor, int]:
        """x: [B, T, d], lengths: int[B], memory: [B, M, d]?."""
        B, T = x.shape[:2]
        assert lengths.shape[0] == B
        y = self.split(self.fc(x))  # [B, h, T, d]
        mask = torch.arange(T)[None] < lengths[:, None]  # [B, T]
        if T > 2:
            for t in range(T):
                y = y + t  # [B, h, T, d]
        x = y[:, :, :1]  # [B, h, 1, d]
        return y * mask[:, None, :, None], x, B * T

    def last(self, x: Tensor, n: Tensor | None = None) -> Tensor:
        """x: [*S, T, d], n: [K, 2 * T]? -> [*S, d]."""
        T = x.shape[-2]
        return x[..., T - 1, :]
