"""A row of the tables: a program's entry, what it is to equal, and what both are given."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tests.generated import example
from tests.parity.compare import Call, Count, Inputs, compare, compare_keys, plainly

compiled = functools.cache(example)  # no test changes a program


@dataclass(frozen=True)
class Row:
    """One network. A row that is not `full` is small enough for every run of the tests."""

    program: str
    """A path under `examples/`."""
    entry: str
    reference: Callable[[], nn.Module]
    inputs: Callable[[], Inputs]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Of the entry, by name."""
    classes: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """Arguments that are made of what the program defines: of its module."""
    full: bool = False
    meta: bool = False
    """Whether its weights are too many to be held: what the state_dict says of them is compared
    on the meta device, without numbers."""
    call: Call = plainly
    """How ours is called: `call(module, *inputs)`."""
    reference_call: Call = plainly
    tolerance: float = 0.0
    initial: bool = True
    """Whether both draw the same weights from the same seed."""
    because: str = ""
    """Why a tolerance is needed, or why weights cannot be the same."""

    def __post_init__(self) -> None:
        exact = self.initial and not self.tolerance and not self.meta
        assert exact != bool(self.because), f"{self.entry}: what is not exact has a reason"

    def __str__(self) -> str:
        return f"{self.program}:{self.entry}{'-full' if self.full else ''}"

    def build(self, program: Any) -> nn.Module:
        """The network of a compiled program."""
        made = {name: make(program) for name, make in self.classes.items()}
        module: nn.Module = getattr(program, self.entry)(**self.arguments, **made)
        return module

    def compare(self, program: Any = None) -> Count:
        """Holds the program, or what is given in its place, against the reference."""
        if self.meta:
            with torch.device("meta"):
                ours = self.build(program or compiled(self.program))
                return Count(compare_keys(ours, self.reference()), 0)
        return compare(
            lambda: self.build(program or compiled(self.program)),
            self.reference,
            self.inputs(),
            call=self.call,
            reference_call=self.reference_call,
            tolerance=self.tolerance,
            initial=self.initial,
        )


@functools.cache
def every_row() -> list[Row]:
    """The rows of all tables that stand beside this file."""
    folder = [str(Path(__file__).parent)]
    found = [
        importlib.import_module(f"tests.parity.{m.name}") for m in pkgutil.iter_modules(folder)
    ]
    return [row for table in found for row in getattr(table, "ROWS", [])]


def noise(*shape: int) -> Callable[[], Inputs]:
    """One tensor of seeded noise."""
    return lambda: (torch.randn(shape, generator=torch.Generator().manual_seed(0)),)


def tokens(vocabulary: int, *shape: int) -> Callable[[], Inputs]:
    """One tensor of seeded whole numbers below `vocabulary`."""

    def draw() -> tuple[Tensor]:
        return (torch.randint(vocabulary, shape, generator=torch.Generator().manual_seed(0)),)

    return draw
