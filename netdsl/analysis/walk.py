"""Generic walks over the tree and the program: both are records that hold tuples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, TypeVar

from netdsl import limits
from netdsl.records import field_types, replace
from netdsl.source import Span
from netdsl.syntax.tree import Node

NodeT = TypeVar("NodeT", bound=Node)


_NAMES: dict[type[Node], tuple[str, ...]] = {}


def _field_names(cls: type[Node]) -> tuple[str, ...]:
    """The fields that hold what was written; asked for often, so they are remembered."""
    if cls not in _NAMES:
        _NAMES[cls] = tuple(name for name in field_types(cls) if name != "span")
    return _NAMES[cls]


_BELOW: dict[type[Any], Callable[[Any], tuple[Any, ...]] | None] = {}
_LEAVES = frozenset(
    [
        "str",
        "str | None",
        "bool",
        "int",
        "int | None",
        "int | float",
        "tuple[str, ...]",
        "Type",
        "RefKind",
    ]
)
"""What is written of fields that hold no node."""


def _below(cls: type[Node]) -> Callable[[Any], tuple[Any, ...]] | None:
    """Gets the fields of a node that may hold nodes; None if there are none."""
    names = [
        name
        for name, written in field_types(cls).items()
        if name != "span" and written not in _LEAVES and not written.startswith("Literal[")
    ]
    if len(names) == 1:
        get = attrgetter(names[0])
        return lambda node: (get(node),)
    return attrgetter(*names) if names else None


def walk(root: object) -> Iterator[Node]:
    """Every node below a node or a tuple of nodes, the root included, in no promised order."""
    limits.tick()
    stack = [root]
    while stack:
        here = stack.pop()
        cls = type(here)
        if cls is tuple:
            stack.extend(here)  # type: ignore[arg-type]
        elif isinstance(here, Node):
            yield here
            if cls not in _BELOW:
                _BELOW[cls] = _below(type(here))
            get = _BELOW[cls]
            if get is not None:
                stack.extend(get(here))


def transform(node: NodeT, change: Callable[[Node], Node | None]) -> NodeT:
    """The node with every node below it changed: `change` gives the replacement of a node,
    which is not looked into again, or None to go on below it."""
    return _transform(node, change)  # type: ignore[no-any-return]


def _transform(value: Any, change: Callable[[Node], Node | None]) -> Any:
    if isinstance(value, Node):
        changed = change(value)
        if changed is not None:
            return changed
        different = {}
        for name in _field_names(type(value)):
            old = getattr(value, name)
            new = _transform(old, change)
            if new is not old:
                different[name] = new
        return replace(value, **different) if different else value
    if type(value) is tuple:
        changed_all = tuple(_transform(each, change) for each in value)
        same = all(new is old for new, old in zip(changed_all, value, strict=True))
        return value if same else changed_all
    return value


def relocated(node: NodeT, at: Callable[[Span], Span]) -> NodeT:
    """The same node, with every span in it changed."""
    return _relocated(node, at)  # type: ignore[no-any-return]


def _relocated(value: Any, at: Callable[[Span], Span]) -> Any:
    if isinstance(value, Node):
        names = _field_names(type(value))
        below = {name: _relocated(getattr(value, name), at) for name in names}
        return replace(value, span=at(value.span), **below)
    if type(value) is tuple:
        return tuple(_relocated(each, at) for each in value)
    return value
