from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm


def conv() -> nn.Module:
    return weight_norm(nn.Conv1d(4, 4, 3, padding=1))


def over(i: int, o: int) -> nn.Module:
    return weight_norm(nn.Linear(i, o), dim=1)


def initialised(
    layer: nn.Module, /, **schemes: Callable[[Tensor], object]
) -> nn.Module:
    """A layer whose parameters are filled by the schemes, unless they are None."""
    with torch.no_grad():
        for name, fill in schemes.items():
            parameter = getattr(layer, name)
            if parameter is not None:
                fill(parameter)
    return layer


class Block(nn.Module):
    def __init__(
        self,
        d: int,
        act: Callable[..., nn.Module] = nn.ReLU,
        last: Callable[..., nn.Module] | None = None,
    ) -> None:
        super().__init__()
        self.wrapped = weight_norm(
            initialised(nn.Conv1d(d, d, 1), weight=nn.init.ones_)
        )
        self.body = nn.Sequential(
            conv(),  # [B, 4, 5]
            act(),
            conv(),
            weight_norm(nn.Linear(5, 5) if d > 3 else nn.Linear(5, 5, bias=False)),
            *(over(5, 5) for _ in range(2)),
        )
        self.last = weight_norm(last()) if last is not None else None

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d, 5] -> [B, d, 5]."""
        x = self.wrapped(x) + self.body(x)  # [B, 4, 5]
        return x if self.last is None else self.last(x)


def plain() -> Block:
    """[B, 4, 5] -> [B, 4, 5]."""
    return Block(4)


def whole() -> Block:
    """[B, 4, 5] -> [B, 4, 5]."""
    return Block(4, act=nn.Tanh, last=partial(nn.Linear, 5, 5, bias=False))
