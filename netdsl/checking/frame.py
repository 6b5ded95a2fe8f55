"""Where an expression stands while sizes are worked out: its variables, and its module."""

from __future__ import annotations

from collections.abc import Mapping

from netdsl.checking.mutation import Change, follow
from netdsl.checking.values import UNKNOWN, Joined, Module, Value, joined
from netdsl.records import Mutable, field

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from weakref import WeakSet


class GaveUp(Exception):
    """The work would take too long: nothing more is said."""


class Frame(Mutable, slots=False):
    """Variables by name, and the module that `self` is. `returned` are the values that a
    function may have given so far, `left` the variables with which it gave each."""

    variables: dict[str, Value] = field(default_factory=dict)
    owner: Module | None = None
    returned: list[Value] = field(default_factory=list)
    left: list[Mapping[str, Value]] = field(default_factory=list)
    building: bool = False
    """Whether a module is being made: its class attributes and children are variables."""

    together: WeakSet[Frame] | None = None
    """This one, and the scopes around it and in it through which a comprehension runs."""

    def inner(self, variables: Mapping[str, Value] | None = None) -> Frame:
        """A scope inside this one, whose new variables do not come out."""
        return Frame(
            {**self.variables, **(variables or {})},
            self.owner,
            self.returned,
            self.left,
            self.building,
        )

    def turn(self) -> Frame:
        """A scope inside this one for one turn of a comprehension: a list that changes in it has
        changed for those around it and for the turns that follow."""
        inner = self.inner()
        if self.together is None:
            from weakref import WeakSet

            self.together = WeakSet([self])
        inner.together = self.together
        self.together.add(inner)
        return inner

    def changed(self, change: Change) -> None:
        """What has become of a list or a dict, wherever it is held."""
        for frame in [self] if self.together is None else self.together:
            follow(change, frame.variables)

    def join(self, one: Mapping[str, Value], other: Mapping[str, Value]) -> None:
        """The variables after one of two branches was taken."""
        before: Joined = {}
        for name, value in one.items():
            if name not in other:
                value = UNKNOWN
            elif other[name] is not value:
                value = joined(value, other[name], before)
            self.variables[name] = value
        for name in other:
            if name not in one:
                self.variables[name] = UNKNOWN
