from collections.abc import Callable

from torch import Tensor, nn
from torchvision.models._utils import _make_divisible as divisible
from torchvision.ops import StochasticDepth, stochastic_depth

width = divisible(37.0, 8)


class Drop(StochasticDepth):
    scale = 2

    def __init__(self, p: float) -> None:
        super().__init__(p, "row")

    def more(self, x: Tensor) -> Tensor:
        """x: [*S] -> [*S]."""
        return self(x) * self.scale


class Uses(nn.Module):
    def __init__(self, drop: Callable[..., nn.Module], i: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            drop(0.0, "row"), nn.Linear(i, width), drop(p=0.0, mode="batch"), Drop(0.0)
        )
        self.many = nn.ModuleList(drop(k / 10, mode="row") for k in range(3))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i] -> [B, width]."""
        return stochastic_depth(self.net(x), 0.0, "row", self.training)


def net() -> nn.Sequential:
    return nn.Sequential(Uses(StochasticDepth, divisible(7, 4)))
