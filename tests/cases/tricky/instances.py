from collections.abc import Callable
from functools import partial

from torch import Tensor, nn


class Apply(nn.Module):
    def __init__(self, block: Callable[..., nn.Module], n: int, d: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(block(d, d) for _ in range(n))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        for each in self.blocks:
            x = each(x)
        return x


class Wrap(nn.Module):
    def __init__(self, inner: nn.Module, scale: int = 2) -> None:
        super().__init__()
        self.scale = scale
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        """x: [*S] -> [*S]."""
        return self.inner(x) * self.scale


class Both(nn.Module):
    def __init__(self, act: Callable[..., nn.Module], d: int = 4) -> None:
        super().__init__()
        core = nn.Linear(d, d)
        other = nn.Sequential(core, act())
        self.a = Wrap(core)
        self.b = Wrap(core, scale=3)
        self.c = Wrap(other)
        self.d = Wrap(self.a)
        self.e = nn.Sequential(act(), act(), Wrap(self.c.inner))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, 4] -> [B, 4]."""
        return self.e(self.d(self.b(self.a(x))) + self.c(x))


def net() -> nn.Sequential:
    return nn.Sequential(
        Apply(nn.Linear, 2, 4),
        Apply(partial(nn.Linear, bias=False), 2, 4),
        Both(nn.Tanh),
        Both(act=partial(nn.ELU, 0.5)),
    )
