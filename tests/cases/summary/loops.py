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


class Perhaps(nn.Module):
    """Gives its input back, or what is made of it: which is not told by sizes."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        if not self.training or self.p == 0:
            return x
        return x * (1 - self.p)


class Step(nn.Module):
    def __init__(self, d: int, p: float) -> None:
        super().__init__()
        self.fc = nn.Linear(d, d - 1)
        self.drop = Perhaps(p)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d - 1]."""
        return self.drop(self.fc(x))


class Steps(nn.Module):
    """A loop goes on when what it calls is left early, and a round is counted once."""

    def __init__(self, d: int, n: int) -> None:
        super().__init__()
        self.steps = nn.ModuleList(Step(d - k, 0.1 * k) for k in range(n))
        self.fc = nn.Linear(d - n, d - n)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d - n]."""
        for step in self.steps:
            x = step(x)
        for _ in range(1):
            x = self.fc(x)
            if x.sum() > 1000:
                break
        return x


def steps() -> Steps:
    """[B, 9] -> [B, 5]."""
    return Steps(9, 4)
