import torch
from torch import Tensor, nn


class Patches(nn.Module):
    def __init__(self, image: int, p: int | tuple[int, int], d: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, d, p, stride=p)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 3, image, image]."""
        x = self.proj(x)  # [B, 64, 4, 4]
        x = x.flatten(2)  # [B, 64, 16]
        x = x.transpose(1, 2)  # [B, 16, 64]
        return x


class Halves(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, T, d]."""
        y = x + 1
        y = y.mean(1)
        if self.training:
            y = y.chunk(2, -1)[0]
        return y


class Either(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.fc = nn.Linear(d, d)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        for _ in range(2):
            x = self.fc(x)
        return x


def lenet() -> nn.Sequential:
    """[B, 1, 28, 28] -> [B, 10]."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),  # [B, 6, 28, 28]
        nn.Tanh(),
        nn.AvgPool2d(2),  # [B, 6, 14, 14]
        nn.Conv2d(6, 16, 5),  # [B, 16, 10, 10]
        nn.Tanh(),
        nn.AvgPool2d(2),  # [B, 16, 5, 5]
        nn.Flatten(),  # [B, 400]
        nn.Linear(400, 120),  # [B, 120]
        nn.Tanh(),
        nn.Linear(120, 84),  # [B, 84]
        nn.Tanh(),
        nn.Linear(84, 10),  # [B, 10]
    )


def patches() -> Patches:
    """Takes [B, 3, 32, 32]."""
    return Patches(32, 8, 64)


class Tokens(nn.Module):
    """What the entry calls a size has the name here that it has here."""

    def __init__(self, d: int, image: int, patch: int | tuple[int, int]) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, d, patch, stride=patch)
        self.token = nn.Parameter(torch.zeros(d))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 3, image, image] -> [B, T, d]."""
        B = x.shape[0]
        x = self.proj(x).flatten(2).transpose(1, 2)  # [B, 49, 768]
        return torch.cat([self.token.expand(B, 1, -1), x], 1)


def tokens() -> Tokens:
    """[M, 3, 224, 224] -> [M, 50, 768]."""
    return Tokens(768, 224, 32)
