"""Calls of single functions and layers, so that every rule is asked."""

from __future__ import annotations

from netdsl.checking.rules import LAYERS
from tests.soundness.maker import Dropped, Maker
from tests.soundness.probes import (  # noqa: F401  probes register
    algebra,
    creating,
    indexing,
    joining,
    layered,
    layers,
    reductions,
    shaping,
    spaces,
)
from tests.soundness.probes.elementwise import binary, unary
from tests.soundness.probes.table import PROBES, Probe, parameters_of, rules

RULES = tuple(rules())
TRIES = 12


def probe_of(name: str) -> Probe | None:
    """What asks a rule: its own probe, or the one of functions that read one or two tensors."""
    found = PROBES.get(name)
    if found is not None or name in LAYERS.entries:
        return found
    return {1: unary, 2: binary}.get(len(parameters_of(name[1:])))


def ask(m: Maker, name: str) -> None:
    """Adds a call that asks this rule to the results of a program.

    Raises:
        Dropped: torch refuses whatever is drawn, or there is no probe.
    """
    made = probe_of(name)
    if made is None:
        raise Dropped(name)
    for attempt in range(TRIES):
        before = m.saved()
        try:
            call = made(m, name.removeprefix("."))
            m.results.append(m.let(call, "r"))
            return
        except Dropped:
            m.restore(before)
            if attempt == TRIES - 1:
                raise
