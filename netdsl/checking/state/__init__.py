"""What a network keeps: the tensors of its state_dict, worked out without torch."""

from __future__ import annotations

from collections.abc import Iterator

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.checking.check import by_name
from netdsl.checking.frame import GaveUp
from netdsl.checking.run import Runner
from netdsl.checking.state.digests import tensors_of
from netdsl.checking.state.parts import Part, Saved, Walk
from netdsl.checking.summary import NoSummary, TooLarge, entries
from netdsl.checking.values import Module
from netdsl.diagnostics import Diagnostics
from netdsl.limits import LimitReached
from netdsl.records import Frozen

__all__ = ["Part", "Saved", "State", "state_of"]


class State(Frozen):
    """The state of a network, as torch has it before the first pass forward."""

    entry: str
    root: Part
    """The network; its modules are below it."""

    @property
    def tensors(self) -> tuple[Saved, ...]:
        """What the state_dict holds, in its order, but for what is below `untold`."""
        return tuple(tensors_of(self.root))

    @property
    def untold(self) -> tuple[Part, ...]:
        """The modules of which it is not known which tensors they have: those of other packages,
        and those that a value from there decides."""
        return tuple(_untold(self.root))

    def to_json(self) -> dict[str, object]:
        """The tensors as data that `json` can write."""
        return {
            "entry": self.entry,
            "tensors": [each.to_json() for each in self.tensors],
            "untold": [{"path": each.path, "class": each.kind} for each in self.untold],
        }


def _untold(part: Part) -> Iterator[Part]:
    if not part.told:
        yield part
        return
    for each in part.parts:
        yield from _untold(each)


def state_of(program: ir.Program, entry: str | None = None) -> State:
    """The state of an entry, or of a module that needs no arguments; of the first entry if none
    is named.

    Raises:
        NoSummary: there is no network, or none of that name.
        TooLarge: the network is too large to be followed.
    """
    known = networks(program)
    if entry is None:
        if not entries(program):
            raise NoSummary("there is no network that needs no arguments")
        entry = entries(program)[0]
    if entry not in known:
        there = f"; there are: {', '.join(known)}" if known else ""
        raise NoSummary(f"there is no network {entry} that needs no arguments{there}")
    runner = Runner(by_name(program), Diagnostics())
    try:
        made = runner.build_call(runner.global_value(entry), [], known[entry].span)
        if not isinstance(made, Module):
            raise NoSummary(f"{entry} makes no module")
        return State(entry, Walk(runner).part(made))
    except (GaveUp, RecursionError):
        raise TooLarge(f"{entry} is too large to be followed") from None
    except LimitReached as reached:
        raise TooLarge(f"{entry} is too large to be followed: {reached.message}") from None


def networks(program: ir.Program) -> dict[str, ir.Definition]:
    """What makes a network without arguments, by name, the entries first."""
    definitions = by_name(program)
    found = {name: definitions[name] for name in entries(program)}
    for name, definition in definitions.items():
        if name in program.own and _needs_nothing(definition):
            found.setdefault(name, definition)
    return found


def _needs_nothing(definition: ir.Definition) -> bool:
    match definition:
        case ir.LetFunction() if not types.is_instance(definition.type):
            return False
        case ir.ModuleDef() | ir.LetFunction():
            return not any(
                each.default is None and each.kind != "variadic" for each in definition.parameters
            )
        case _:
            return False
