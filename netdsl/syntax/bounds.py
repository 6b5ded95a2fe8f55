"""What nodes hold, and how deep and how large trees are.

Everything after the parser walks a tree by recursion, so its depth is bounded. Walks ask at every
node for what is below it, so that what is known of a class of nodes stands in a table.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from netdsl.records import field_types
from netdsl.syntax.tree import Node

_LEAVES = frozenset(
    [
        "str",
        "str | None",
        "bool",
        "int",
        "int | None",
        "int | float",
        "bool | EllipsisType | None",
        "tuple[str, ...]",
        "Type",
        "RefKind",
    ]
)
"""What is written of fields that hold no node."""


class _Below(dict[type[Any], Callable[[Any], Any] | None]):
    """By the class of a node, what gives the fields that may hold nodes: one alone as it is,
    several as a tuple; `nothing` if there are none. None for what is no node."""

    def __missing__(self, cls: type[Any]) -> Callable[[Any], Any] | None:
        self[cls] = found = _fields_of(cls) if issubclass(cls, Node) else None
        return found


def _fields_of(cls: type[Node]) -> Callable[[Any], Any]:
    names = [
        name
        for name, written in field_types(cls).items()
        if name != "span" and written not in _LEAVES and not written.startswith("Literal[")
    ]
    return attrgetter(*names) if names else nothing


def nothing(_: object) -> tuple[()]:
    return ()


BELOW = _Below()


def deepest(root: Node, most: int) -> Node | None:
    """A node that stands deeper than `most` levels below the root, None if there is none.

    The walk goes level by level, without recursion, and stops at the first such node.
    """
    level: list[Any] = [root]
    for _ in range(most + 1):
        level = _held(level)
        if not level:
            return None
    found: Node = level[0]
    return found


NODES_PER_CHARACTER = 4
"""A program has no more nodes than so many times its characters: one of a single name has three.
What is short enough need not be counted."""


def size_of(root: Node) -> int:
    """Of how many nodes a tree is made."""
    count = 0
    level: list[Any] = [root]
    while level:
        count += len(level)
        level = _held(level)
    return count


def _held(nodes: list[Any]) -> list[Any]:
    """The nodes in the fields of some nodes: a field holds a node, a leaf, or tuples of them."""
    waiting = []
    for node in reversed(nodes):
        get = BELOW[node.__class__]
        if get is not None and get is not nothing:
            waiting.append(get(node))
    found = []
    while waiting:
        here = waiting.pop()
        cls = here.__class__
        if cls is tuple:
            waiting.extend(here)
        elif BELOW[cls] is not None:
            found.append(here)
    return found
