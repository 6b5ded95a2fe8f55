import torch
from torch import Tensor, nn


class Rounds(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d
        self.fc = nn.Linear(d, d)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """x: [B, d] -> ([B, _], [B, _], [B, _], [B, d])."""
        i = 0
        y = x
        while i < 3:
            y = torch.cat([y, y[:, :1]], 1)
            i += 1
        z = x
        for k in range(5):
            if k == 2:
                continue
            if k == 4:
                break
            z = torch.cat([z, z], 1)
        w = x
        while True:
            w = w[:, 1:]
            if w.shape[1] < 4:
                break
        v = self.fc(x)
        for k in range(4):
            if v.sum() > k:
                break
            v = v * 2
        return y, z, w, v

    def first(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, 2]."""
        for k in range(self.d):
            if k == 2:
                return x[:, :k]
        return x[:, :2]


def rounds() -> Rounds:
    """[B, 6] -> ([B, 9], [B, 48], [B, 3], [B, 6])."""
    return Rounds(6)
