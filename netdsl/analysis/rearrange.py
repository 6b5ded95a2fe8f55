"""Patterns of `rearrange`, and the torch calls that do the same.

`"b t (three h e) -> three b h t e"` becomes an unflatten, a permute and nothing else; einops
is never needed. Source of the notation: https://einops.rocks/api/rearrange/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Unflatten:
    """`unflatten(axis, sizes)`; a size is a name, a number, or -1 for the one that is left."""

    axis: int
    sizes: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Transpose:
    """`transpose(first, second)`."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Permute:
    """`permute(*order)`."""

    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MoveDim:
    """`movedim(source, destination)`: a permutation beside a `...` of any length."""

    source: tuple[int, ...]
    destination: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Flatten:
    """`flatten(start, end)`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Squeeze:
    """`squeeze(axis)`: a `1` that only the input has."""

    axis: int


@dataclass(frozen=True, slots=True)
class Unsqueeze:
    """`unsqueeze(axis)`: a `1` that only the output has."""

    axis: int


Step: TypeAlias = Unflatten | Transpose | Permute | MoveDim | Flatten | Squeeze | Unsqueeze
Lowered: TypeAlias = tuple[Step, ...]
