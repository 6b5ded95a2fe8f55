"""Steps by the number of axes of what they are applied to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tests.soundness.maker import Maker

Step: TypeAlias = Callable[[Maker], None]
STEPS: dict[str, tuple[tuple[int, ...], Step]] = {}
"""By name: the ranks of `x` that a step takes, and what it does."""


def step(*ranks: int) -> Callable[[Step], Step]:
    def add(made: Step) -> Step:
        assert made.__name__ not in STEPS, made.__name__
        STEPS[made.__name__] = (ranks, made)
        return made

    return add


def fitting(rank: int) -> list[str]:
    return [name for name, (ranks, _) in STEPS.items() if rank in ranks]
