"""Shapes, axes and sizes drawn at random, mostly right and sometimes slightly wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

Chosen = TypeVar("Chosen")
INPUTS = "xyzwv"


@dataclass(frozen=True)
class Given:
    """The arguments of a call as text, about inputs `x`, `y`, … of some types.

    Of a layer, what it is made with; `call` is how it is applied, if not to its inputs.
    """

    args: str
    inputs: tuple[str, ...]
    call: str = ""


def typed(shape: Sequence[int], kind: str = "") -> str:
    """A type as programs write it: `int[2, 3]`."""
    return f"{kind}[{', '.join(map(str, shape))}]"


def given(args: str, *inputs: str, call: str = "") -> Given:
    return Given(args, inputs, call)


class Draw:
    """Draws; the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def one(self, *choices: Chosen) -> Chosen:
        return self.random.choice(choices)

    def shape(self, low: int = 0, high: int = 4) -> list[int]:
        rank = self.random.randint(low, high)
        return [self.one(2, 3, 4, 1, 2, 3, 4, 5) for _ in range(rank)]

    def wide(self, low: int = 1, high: int = 4) -> list[int]:
        """A shape without axes of one."""
        return [max(2, size) for size in self.shape(low, high)]

    def near(self, rank: int) -> list[int]:
        """A shape of mostly that many axes."""
        wrong = self.chance(0.12)
        rank = max(0, rank + self.one(-1, 1)) if wrong else rank
        return self.wide(rank, rank)

    def off(self, size: int, least: int = 0) -> int:
        """A size that is mostly right."""
        return max(least, size + self.one(-1, 1, 2)) if self.chance(0.15) else size

    def axis(self, shape: Sequence[int], extra: int = 0, wrong: float = 0.12) -> int:
        count = max(len(shape) + extra, 1)
        if self.chance(wrong):
            return self.one(count, -count - 1, count + 2)
        return self.random.randrange(-count, count)

    def axes(self, shape: Sequence[int]) -> str:
        """Several axes as text, mostly different ones that are there."""
        count = max(len(shape), 1)
        if self.chance(0.1):
            return self.one("(0, 0)", f"({count},)", "(0, -1, 0)", f"(-{count + 1}, 0)")
        chosen = self.random.sample(range(count), self.random.randint(1, count))
        found = [each - count if self.chance(0.4) else each for each in chosen]
        return self.one("({})", "[{}]").format(", ".join(map(str, found)) + ",")

    def like(self, shape: Sequence[int], wrong: float = 0.12) -> list[int]:
        """A shape that can mostly be broadcast with another."""
        sizes = [1 if self.chance(0.2) else size for size in shape]
        if sizes and self.chance(wrong):
            at = self.random.randrange(len(sizes))
            sizes[at] = shape[at] + self.one(1, 2)
        if self.chance(0.3):
            sizes = sizes[self.random.randint(0, len(sizes)) :]
        elif self.chance(0.1):
            sizes = [2, *sizes]
        return sizes

    def same(self, shape: Sequence[int], wrong: float = 0.15) -> list[int]:
        """Mostly the same shape."""
        sizes = list(shape)
        if sizes and self.chance(wrong):
            at = self.random.randrange(len(sizes))
            if self.chance(0.3):
                del sizes[at]
            else:
                sizes[at] += self.one(1, 2)
        return sizes

    def kind(self, *others: str) -> str:
        """Mostly floats."""
        return self.one("", "", "", *(others or ("int", "bool")))

    def sizes(self, sizes: Sequence[object]) -> str:
        """Sizes as a tuple or a list."""
        inner = ", ".join(map(str, sizes))
        if self.chance(0.5):
            return f"[{inner}]"
        return f"({inner}{',' if len(sizes) == 1 else ''})"

    def many(self, sizes: Sequence[object]) -> str:
        """Sizes one by one, or as a tuple or a list."""
        if sizes and self.chance(0.5):
            return ", ".join(map(str, sizes))
        return self.sizes(sizes)

    def pair(self, *choices: int, count: int = 2) -> str:
        """One number for all axes of space, or one for each, and sometimes too many."""
        if self.chance(0.5):
            return str(self.one(*choices))
        wrong = 1 if self.chance(0.05) else 0
        return self.sizes([self.one(*choices) for _ in range(count + wrong)])


Maker: TypeAlias = Callable[[str, Draw], Given]


class Table:
    """Makers of samples by the names that they are for."""

    def __init__(self) -> None:
        self.makers: dict[str, tuple[Maker, int]] = {}

    def __call__(self, names: str, count: int = 24) -> Callable[[Maker], Maker]:
        def add(maker: Maker) -> Maker:
            for name in names.split():
                assert name not in self.makers, name
                self.makers[name] = (maker, count)
            return maker

        return add


SAMPLES = Table()
"""Samples of the rules of functions and methods."""

LAYER_SAMPLES = Table()
"""Samples of the rules of layers, by their classes."""
