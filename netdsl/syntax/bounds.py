"""How deep a tree is: everything after the parser walks it by recursion, so depth is bounded."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import Any

from netdsl.records import field_types
from netdsl.syntax import tree


@cache
def _below(cls: Any) -> attrgetter[Any] | None:
    """Gets the fields of a node that may hold nodes; None for one that is always a leaf."""
    if cls in (tree.Name, tree.Number, tree.String, tree.Constant):
        return None
    names = [name for name in field_types(cls) if name not in ("span", "op", "id")]
    return attrgetter(*names) if names else None


def deepest(root: tree.Node, most: int) -> tree.Node | None:
    """A node that stands deeper than `most` levels below the root, None if there is none.

    The walk goes level by level, without recursion, and stops at the first such node.
    """
    level: list[Any] = [root]
    for _ in range(most + 1):
        below: list[Any] = []
        for node in level:
            get = _below(type(node))  # type: ignore[arg-type]  # mypy: a class has no hash
            if get is not None:
                _collect(get(node), below)
        if not below:
            return None
        level = below
    found: tree.Node = level[0]
    return found


def size_of(root: tree.Node) -> int:
    """Of how many nodes a tree is made."""
    count = 0
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        count += 1
        get = _below(type(node))  # type: ignore[arg-type]  # mypy: a class has no hash
        if get is not None:
            _collect(get(node), waiting)
    return count


def _collect(value: Any, into: list[Any]) -> None:
    """The nodes in a field, which holds a node, a leaf, or tuples of them."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, tree.Node):
            into.append(here)
        elif type(here) is tuple:
            waiting.extend(here)
