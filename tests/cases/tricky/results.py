from typing import Any

import torch
from torch import Tensor, nn


def either(x: Tensor, both: bool = False) -> Tensor | tuple[Tensor, Tensor]:
    """x: [B, 2] -> [B] | ([B], [B])."""
    if both:
        return x[:, 0], x[:, 1]
    return x[:, 0]


def maybe(x: Tensor, on: bool = True) -> Tensor | None:
    """x: [B, 2] -> [B, 2]?."""
    if on:
        return x
    return None


def single(x: Tensor) -> tuple[Tensor]:
    """x: [*S]."""
    return (x,)


def table(x: Tensor) -> dict[str, Tensor | dict[str, Tensor | tuple[Tensor, Tensor]]]:
    """x: [B, 2] -> {a: [B], rest: {b: [B]?, c: ([B], [B])}}."""
    return {"a": x[:, 0], "rest": {"b": None, "c": (x[:, 1], x[:, 0])}}


def starred(*xs: Tensor) -> list[Any]:
    return [*xs, *reversed(xs)]


class Results(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.fc = nn.Linear(d, 2)
        self.heads = nn.ModuleDict({"a": nn.Linear(d, 1), "b": nn.Linear(d, 2)})

    def forward(
        self, x: Tensor, full: bool = False, wanted: list[str] | None = None
    ) -> dict[str, Tensor] | Tensor | None:
        """x: [B, d] -> {y: [B, 2]} | [B, 2]?."""
        y = self.fc(x)  # [B, 2]
        a, b = either(y, both=True)
        (c,) = single(a)
        first, *rest = starred(b, c)
        t = table(y)
        (p, q), r = t["rest"]["c"], t["rest"]["b"]
        assert r is None and t["rest"]["b"] is None
        z = maybe(y)
        if wanted is not None:
            return {"y": y, "parts": [self.heads[k](x) for k in wanted]}
        if not full:
            return None
        return torch.stack([first + rest[0], p - q + rest[2]], 1) + z
