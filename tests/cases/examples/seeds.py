import torch
import torch.nn.functional as F
from torch import Tensor, nn


class MLP(nn.Module):
    """A hidden layer and an output layer."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(784, 256)
        self.act = nn.ReLU()
        self.output = nn.Linear(256, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.hidden(x)
        x = self.act(x)
        return self.output(x)


def mlp(num_inputs: int, num_hiddens: int, num_outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(num_inputs, num_hiddens),
        nn.ReLU(),
        nn.Linear(num_hiddens, num_outputs),
    )


class MyModule(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(10, 10) for _ in range(10))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 10] -> [B, 10]."""
        for i, l in enumerate(self.linears):
            x = self.linears[i // 2](x) + l(x)
        return x


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


class NestMLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(40, 30), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        """[B, 40] -> [B, 30]."""
        return self.net(x)


def heads() -> nn.ModuleDict:
    return nn.ModuleDict(
        {
            "cls": nn.Linear(30, 10),
            "box": nn.Sequential(nn.Linear(30, 30), nn.ReLU(), nn.Linear(30, 4)),
        }
    )


def net() -> nn.Sequential:
    """[B, 40] -> []."""
    return nn.Sequential(NestMLP(), nn.Linear(30, 20), FancyMLP(20))
