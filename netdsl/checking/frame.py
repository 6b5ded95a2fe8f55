"""Where an expression stands while sizes are worked out: its variables, and its module."""

from __future__ import annotations

from collections.abc import Mapping

from netdsl.checking.values import UNKNOWN, Module, Value, joined
from netdsl.records import Mutable, field


class GaveUp(Exception):
    """The work would take too long: nothing more is said."""


class Frame(Mutable):
    """Variables by name, and the module that `self` is. `returned` are the values that a
    function may have given so far."""

    variables: dict[str, Value] = field(default_factory=dict)
    owner: Module | None = None
    returned: list[Value] = field(default_factory=list)
    building: bool = False
    """Whether a module is being made: its class attributes and children are variables."""

    def inner(self, variables: Mapping[str, Value] | None = None) -> Frame:
        """A scope inside this one, whose new variables do not come out."""
        return Frame(
            {**self.variables, **(variables or {})}, self.owner, self.returned, self.building
        )

    def join(self, one: Mapping[str, Value], other: Mapping[str, Value]) -> None:
        """The variables after one of two branches was taken."""
        for name in {**one, **other}:
            known = joined(one[name], other[name]) if name in one and name in other else UNKNOWN
            self.variables[name] = known
