"""Samples of the rules of functions and methods, by family. Importing this adds them all."""

from tests.samples.functions import (
    arithmetic,
    creating,
    elementwise,
    indexing,
    joining,
    layered,
    losses,
    products,
    reductions,
    spectral,
    views,
    windowed,
)

FAMILIES = (
    arithmetic,
    creating,
    elementwise,
    indexing,
    joining,
    layered,
    losses,
    products,
    reductions,
    spectral,
    views,
    windowed,
)

__all__ = ["FAMILIES"]
