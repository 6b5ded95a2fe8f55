from functools import partial

from torch import Tensor, nn


def a() -> nn.Linear:
    return nn.Linear(3, 3)


def twice() -> nn.Sequential:
    return nn.Sequential(a(), a())


def stacked() -> list[nn.Module]:
    return [a(), nn.ReLU()]


class Recipes(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        s = nn.Linear(3, 3)
        local = partial(nn.Linear, 3, 3)
        self.one = local()
        self.two = local()
        self.first = s
        self.net = nn.Sequential(
            s, nn.Tanh(), s, local(), self.one, twice(), *stacked(), *stacked()
        )
        self.again = nn.ModuleList([self.net, self.first, self.net])
        self.two.weight = self.one.weight
        self.net[3].bias = self.two.bias

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 3] -> [B, 3]."""
        return self.again[0](x) + self.two(self.one(x))


def net() -> nn.Sequential:
    return nn.Sequential(a(), twice(), a(), Recipes(), Recipes())
