import torch
import torch.nn.functional as F
from torch import Tensor, nn


class FancyMLP(nn.Module):
    """A constant weight, a shared layer, control flow."""

    rand_weight: Tensor

    def __init__(self, n: int) -> None:
        super().__init__()
        self.register_buffer("rand_weight", torch.rand(n, n), persistent=False)
        self.linear = nn.Linear(n, n)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, n] -> []."""
        x = self.linear(F.relu(torch.mm(self.linear(x), self.rand_weight) + 1))
        while torch.norm(x) > 1:
            x /= 2
        if torch.norm(x) < 0.8:
            x *= 10
        return x.sum()


def fancy(n: int) -> FancyMLP:
    """The network that adds its outputs up, after halving them until they are small."""
    return FancyMLP(n)


class Fancy(nn.Linear):
    def __init__(self, d: int) -> None:
        super().__init__(d, d)


class Uses(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.fancy = fancy(d)
        self.plain = Fancy(d)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d]."""
        return self.fancy(self.plain(x))  # []


def twice(n: int) -> nn.ModuleList:
    return nn.ModuleList([fancy(n), fancy(n + 1)])


class Nest(nn.Module):
    """The layers, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(40, 30), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


def net() -> nn.Sequential:
    return nn.Sequential(Nest(), nn.Linear(30, 20), fancy(20))
