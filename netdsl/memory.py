"""What was worked out before, for the next text that is almost the same.

Passes ask for it at one door: whoever compiles a single text hands in one that keeps nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from netdsl.records import Frozen

GivenT = TypeVar("GivenT")
MadeT = TypeVar("MadeT")


class Memory:
    """Keeps nothing."""

    keeps = False

    def settle(self) -> None:
        """The pass has come to its end: what it did not use is forgotten."""

    def recall(self, key: Hashable) -> Any:
        """What was kept under a key; None if nothing was."""
        return None

    def keep(self, key: Hashable, value: object) -> None:
        """Keeps something for the texts that follow."""

    def once(self, make: Callable[[GivenT], MadeT], given: GivenT) -> MadeT:
        """What a function makes of a node, which depends on nothing but that node."""
        return make(given)


class Remembering(Memory):
    """Keeps what the pass used over the last text with which it came to its end."""

    keeps = True

    def __init__(self) -> None:
        self._before: dict[Hashable, Any] = {}
        self._now: dict[Hashable, Any] = {}

    def begin(self) -> None:
        """Another text comes."""
        self._now = {}

    def settle(self) -> None:
        self._before = self._now

    def recall(self, key: Hashable) -> Any:
        if key in self._now:
            return self._now[key]
        found = self._before.get(key)
        if found is not None:
            self._now[key] = found
        return found

    def keep(self, key: Hashable, value: object) -> None:
        self._now[key] = value

    def once(self, make: Callable[[GivenT], MadeT], given: GivenT) -> MadeT:
        key = make, id(given)
        found = self.recall(key)
        if found is None:  # the node is kept as well, so that no other can have its identity
            found = given, make(given)
            self.keep(key, found)
        made: MadeT = found[1]
        return made


NOTHING = Memory()


def same(one: object, other: object, places: bool = True) -> bool:
    """Whether two values are alike in all that they hold, also in what equality does not see: the
    types of numbers and, unless `places` make no difference, the places of nodes.

    >>> same((1, "a"), (1, "a")), same((1,), (True,))
    (True, False)
    """
    if one is other:
        return True
    cls = type(one)
    if cls is not type(other):
        return False
    if isinstance(one, Frozen):
        return all(
            same(getattr(one, name), getattr(other, name), places)
            for name, of in cls._fields.items()  # type: ignore[attr-defined]
            if places or of.compare
        )
    if isinstance(one, tuple | list):
        assert isinstance(other, tuple | list)
        return len(one) == len(other) and all(
            same(*both, places) for both in zip(one, other, strict=True)
        )
    if isinstance(one, dict):
        assert isinstance(other, dict)
        return list(one) == list(other) and all(
            same(*both, places) for both in zip(one.values(), other.values(), strict=True)
        )
    return one == other
