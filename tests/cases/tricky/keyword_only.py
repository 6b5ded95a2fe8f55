from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Any

from torch import Tensor, nn


def conv(i: int, o: int, *, k: int = 3, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(i, o, k, stride, padding=k // 2)


def add_up(first: float, *rest: Any) -> Any:
    return first + sum(rest) + len(rest)


@dataclass(frozen=True)
class Options:
    d: int
    _: KW_ONLY
    p: float = 0.5
    on: bool = False


def scaled(x: Tensor, *, by: float = 2.0, plus: int = 0) -> Tensor:
    return x * by + plus


class Block(nn.Module):
    def __init__(
        self,
        d: int,
        *,
        act: Callable[..., nn.Module] = nn.ReLU,
        p: float = 0.0,
        norm: Callable[..., nn.Module] | None = None,
    ) -> None:
        super().__init__()
        self.p = p
        self.fc = nn.Linear(d, d)
        self.act = act()
        self.norm = norm(d) if norm is not None else None

    def forward(self, x: Tensor, *, scale: float = 1.0) -> Tensor:
        """x: [B, d] -> [B, d]."""
        x = scaled(self.act(self.fc(x)), by=scale)
        if self.norm is not None:
            x = self.norm(x)
        return scaled(x, plus=self.p)


total = add_up(1, 2, 3) + add_up(4) + add_up(*[1, 2])
options = Options(4, p=0.25, on=True)


def net() -> nn.Sequential:
    return nn.Sequential(
        conv(1, 2, k=1),
        conv(2, 3, stride=2),
        nn.Flatten(1),
        nn.Linear(12, 4),
        Block(4, act=nn.Tanh),
        Block(4, p=1.0, norm=nn.LayerNorm),
    )
