"""Generic walks over the tree and the program: both are records that hold tuples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from netdsl import limits
from netdsl.analysis import program as ir
from netdsl.records import field_types, replace
from netdsl.source import Span
from netdsl.syntax import tree
from netdsl.syntax.bounds import BELOW, nothing
from netdsl.syntax.tree import Node

NodeT = TypeVar("NodeT", bound=Node)


_NAMES: dict[type[Node], tuple[str, ...]] = {}


def _field_names(cls: type[Node]) -> tuple[str, ...]:
    """The fields that hold what was written; asked for often, so they are remembered."""
    if cls not in _NAMES:
        _NAMES[cls] = tuple(name for name in field_types(cls) if name != "span")
    return _NAMES[cls]


def walk(root: object) -> Iterator[Node]:
    """Every node below a node or a tuple of nodes, the root included, in no promised order."""
    limits.tick()
    stack = [root]
    while stack:
        here: Any = stack.pop()
        cls = here.__class__
        if cls is tuple:
            stack.extend(here)
            continue
        get = BELOW[cls]
        if get is not None:
            yield here
            if get is not nothing:
                stack.append(get(here))


def holds(root: object, *kinds: type[Node]) -> bool:
    """Whether a node, or one below it, is of one of these classes, none of which has others."""
    return any(node.__class__ in kinds for node in walk(root))


def declarations(body: Sequence[Node]) -> Iterator[Node]:
    """What the body of a module declares, in its loops and branches too, the last first: of the
    tree or of the program. Expressions declare nothing, and are not looked into."""
    for node in reversed(body):
        yield node
        match node:
            case tree.DeclFor(body=inner) | ir.BodyFor(body=inner):
                yield from declarations(inner)
            case tree.DeclIf(branches, otherwise) | ir.BodyIf(branches, otherwise):
                yield from declarations(otherwise)
                for _, branch in reversed(branches):
                    yield from declarations(branch)


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
