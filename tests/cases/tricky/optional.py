from collections.abc import Callable

import torch
from torch import Tensor, nn


class Maybe(nn.Module):
    def __init__(
        self,
        d: int,
        norm: Callable[..., nn.Module] | None = None,
        act: Callable[..., nn.Module] | None = nn.ReLU,
        skip: Callable[..., nn.Module] | None = None,
        inner: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.fc = nn.Linear(d, d)
        self.norm = norm(d) if norm is not None else None
        self.act = act() if act is not None else None
        self.skip = skip(d, d) if skip is not None else None
        self.inner = inner
        layers: list[nn.Module] = [nn.Linear(d, d)]
        if norm is not None:
            layers.append(norm(d))
        if act is not None:
            layers.append(act())
        self.net = nn.Sequential(*layers)

    def forward(
        self, x: Tensor, bias: Tensor | None = None, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """x: [B, d], bias: [d]?, mask: bool[B]? -> ([B, d], [B, d]?)."""
        y = self.fc(x)
        if self.norm is not None:
            y = self.norm(y)
        y = self.act(y) if self.act is not None else y
        z = None
        if self.skip is not None and bias is not None:
            z = self.skip(x) + bias
        if self.inner is None:
            return y, z
        if mask is not None:
            y = y.masked_fill(mask[:, None], 0.0)
        return self.inner(y), z


class Outer(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        s = nn.Linear(d, d)
        self.plain = Maybe(d)
        self.full = Maybe(d, norm=nn.LayerNorm, act=None, skip=nn.Linear, inner=s)
        self.extra = nn.Linear(d, d) if d > 100 else None

    def forward(self, x: Tensor) -> tuple[Tensor, None] | tuple[Tensor, Tensor | None]:
        """x: [B, d]."""
        y, z = self.plain(x)
        assert z is None
        if self.extra is None:
            return self.full(y, torch.ones(y.shape[-1]))
        return self.extra(y), None


class Several(nn.Module):
    """What is known of one branch is known in loops over what is in it."""

    def __init__(self, d: int, fused: bool = False) -> None:
        super().__init__()
        self.fused = fused
        if fused:
            self.one = nn.Linear(d, d)
            self.a = None
            self.b = None
        else:
            self.a = nn.Linear(d, d)
            self.b = nn.Linear(d, d)
            self.one = None

    def parts(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        assert not self.fused
        y = x
        for each in [self.a, self.b]:
            y = y + each(x)
        return y + sum([each(x) for each in (self.b, self.a)])

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return self.one(x) if self.fused else self.parts(x)

    def either(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        if self.a is not None:
            return self.b(x)
        return self.one(x) if self.one is not None else x
