"""Calls of single rules: each gives a call that torch takes."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from typing import TypeAlias

from netdsl import torchlib
from netdsl.checking.rules import FUNCTIONS, LAYERS
from netdsl.checking.run import Runner  # noqa: F401  the rules are there
from tests.soundness.maker import Maker

Probe: TypeAlias = Callable[[Maker, str], str]
"""From the name of a rule to an expression that asks it."""

PROBES: dict[str, Probe] = {}
"""By the names of rules; those of functions begin with a dot."""


def probe(names: str) -> Callable[[Probe], Probe]:
    """Adds a probe for functions."""

    def add(made: Probe) -> Probe:
        for name in names.split():
            assert f".{name}" not in PROBES, name
            PROBES[f".{name}"] = made
        return made

    return add


def layer_probe(names: str) -> Callable[[Probe], Probe]:
    """Adds a probe for layers: it gives a layer, which `Maker.layer` applies."""

    def add(made: Probe) -> Probe:
        for name in names.split():
            assert name not in PROBES, name
            PROBES[name] = made
        return made

    return add


def called(m: Maker, name: str, first: str, *rest: str) -> str:
    """A call of torch's, as a function or as a method, whichever there are."""
    ways = []
    bare = [] if hasattr(builtins, name) else [name]  # Python's function wins
    for each in (*bare, *(f"{space}.{name}" for space in ("linalg", "fft", "special"))):
        if torchlib.function(each) is not None:
            ways.append(f"{each}({', '.join((first, *rest))})")
            break
    if torchlib.method(name) is not None:
        ways.append(f"{first}.{name}({', '.join(rest)})")
    return m.pick(*ways)


def rules() -> Iterator[str]:
    """All rules there are, in an order that stays."""
    yield from sorted(LAYERS.entries)
    yield from (f".{name}" for name in sorted(FUNCTIONS.entries))


def parameters_of(name: str) -> list[str]:
    """What a rule of a function reads."""
    return [each for each, _ in FUNCTIONS.entries[name].parameters]
