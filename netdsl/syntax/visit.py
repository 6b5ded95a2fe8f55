"""Trees for other tools: walked, changed and built.

Nodes are frozen, so that a change makes new ones; what is not changed stays the very same
object. Two trees are equal if they say the same, wherever that was written.

>>> from netdsl.syntax import tree
>>> layer = make(tree.Call, make(tree.Name, "linear"), (item(number(4)), item(number(8))))
>>> layer == expression("linear 4 8")
True
>>> [each.text for each in walk(layer) if isinstance(each, tree.Number)]
['4', '8']
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from dataclasses import fields
from dataclasses import replace as with_fields
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from netdsl.source import Source, Span
from netdsl.syntax import tree

NodeT = TypeVar("NodeT", bound=tree.Node)
Path: TypeAlias = tuple[str | int, ...]
"""The way from a node down to one below it: names of fields, and positions in tuples."""

NOWHERE = Span(Source("", "<built>"), 0, 0)
"""Where nodes stand that nobody wrote."""


# ---- building -----------------------------------------------------------------


def make(cls: Callable[..., NodeT], *values: Any, **named: Any) -> NodeT:
    """A node that nobody wrote: `cls` with these fields. What was written keeps its place when
    `dataclasses.replace` changes it."""
    return cls(*values, **{"span": NOWHERE, **named})


def number(value: int | float) -> tree.Number | tree.Unary:
    """A number as a program writes it; one below zero has a sign before it.

    Raises:
        ValueError: programs have no such number, as infinity.
    """
    size = abs(value)
    if size != size or size == float("inf"):
        raise ValueError(f"programs have no number {value}")
    found = make(tree.Number, size, repr(size))
    return found if size == value else make(tree.Unary, "-", found)


def item(value: tree.Expr, name: str | None = None) -> tree.Item:
    """One argument of a call, or one element of a list."""
    return make(tree.Item, None if name is None else make(tree.Name, name), value)


def expression(text: str) -> tree.Expr:
    """What a `let` of that text would be given: `expression("linear 4 8")`.

    Raises:
        CompileError: it is no expression.
    """
    from netdsl.diagnostics import CompileError, Diagnostics
    from netdsl.syntax.parse import parse

    found = Diagnostics()
    source = Source(f"let _ = {text}", "<expression>")
    file = parse(source, found)
    match file:
        case tree.File((tree.Let(value=value),)) if not found.has_errors:
            return value
    if not found.has_errors:
        found.error("unexpected-symbol", "this is more than one expression", Span(source, 0, 3))
    raise CompileError(found.sorted())


# ---- walking ------------------------------------------------------------------


_NAMES: dict[type[tree.Node], tuple[str, ...]] = {}


def _names(cls: type[tree.Node]) -> tuple[str, ...]:
    """The fields of a node that say something; asked for often, so they are remembered."""
    if cls not in _NAMES:
        _NAMES[cls] = tuple(each.name for each in fields(cls) if each.name != "span")
    return _NAMES[cls]


def walk(root: tree.Node) -> Iterator[tree.Node]:
    """A node and every node below it, each before what is below it, in the order of fields."""
    for _, node in paths(root):
        yield node


def paths(root: tree.Node) -> Iterator[tuple[Path, tree.Node]]:
    """As `walk`, each with the way that leads to it from the root."""
    waiting: list[tuple[Path, Any]] = [((), root)]
    while waiting:
        path, here = waiting.pop()
        if isinstance(here, tree.Node):
            yield path, here
            below: list[tuple[str | int, Any]] = [
                (name, getattr(here, name)) for name in _names(type(here))
            ]
        else:
            below = list(enumerate(here))
        for step, value in reversed(below):
            if isinstance(value, tree.Node | tuple):
                waiting.append(((*path, step), value))


def at(root: tree.Node, path: Path) -> tree.Node:
    """The node that a path leads to.

    Raises:
        LookupError: it leads to none.
    """
    here = _follow(root, path)
    if not isinstance(here, tree.Node):
        raise LookupError(f"{shown(path)} leads to no node")
    return here


def _follow(root: Any, path: Path) -> Any:
    here = root
    for step in path:
        inside = _names(type(here)) if isinstance(here, tree.Node) else ()
        if isinstance(step, str) and step in inside:
            here = getattr(here, step)
        elif isinstance(step, int) and isinstance(here, tuple) and 0 <= step < len(here):
            here = here[step]
        else:
            raise LookupError(f"{shown(path)} leads to nothing: there is no {step!r}")
    return here


def parents(root: tree.Node, path: Path) -> tuple[tree.Node, ...]:
    """The nodes that a path leads through, the root first, without the one that it leads to."""
    above = (_follow(root, path[:length]) for length in range(len(path)))
    return tuple(each for each in above if isinstance(each, tree.Node))


def shown(path: Path) -> str:
    """A path as text: `statements[0].value`.

    >>> shown(("statements", 0, "value"))
    'statements[0].value'
    """
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


# ---- visitors -----------------------------------------------------------------

NODES: dict[str, type[tree.Node]] = {
    name: value
    for name, value in vars(tree).items()
    if isinstance(value, type)
    and issubclass(value, tree.Node)
    and value not in (tree.Node, tree.Resolved)
}
"""Every class of node that can be written, by its name."""


class _ByClass:
    """Has a method for some classes of node, which is called `visit_` and the class."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name in vars(cls):
            kind = name.removeprefix("visit_")
            if kind != name and kind not in NODES:
                raise TypeError(f"{cls.__name__}.{name}: there is no node called {kind}")

    def _method(self, node: tree.Node) -> Callable[[Any], Any] | None:
        return getattr(self, f"visit_{type(node).__name__}", None)


class Visitor(_ByClass):
    """Goes through a tree: a subclass has a method `visit_Call` for calls, and so on. Such a
    method says `self.below(node)` for what is below its node to be visited too."""

    def visit(self, node: tree.Node) -> None:
        method = self._method(node)
        if method is None:
            self.below(node)
        else:
            method(node)

    def below(self, node: tree.Node) -> None:
        for name in _names(type(node)):
            self._into(getattr(node, name))

    def _into(self, value: Any) -> None:
        if isinstance(value, tree.Node):
            self.visit(value)
        elif isinstance(value, tuple):
            for each in value:
                self._into(each)


Change: TypeAlias = tree.Node | tuple[tree.Node, ...] | None
"""What a node becomes: another; several, where many may stand; or nothing, where it may be
absent."""


class Transformer(_ByClass):
    """Makes another tree: what a method `visit_Call` returns stands where the call stood. It may
    be several nodes, or none, in a list; and None where a node may be absent. Such a method says
    `self.below(node)` for the node with what is below it changed."""

    def visit(self, node: tree.Node) -> Change:
        method = self._method(node)
        changed: Change = self.below(node) if method is None else method(node)
        return changed

    def change(self, root: NodeT) -> NodeT:
        """The tree that a tree becomes.

        Raises:
            ValueError: its root would be gone, or another kind of node.
        """
        changed = self.visit(root)
        if not isinstance(changed, type(root)):
            raise ValueError(f"{type(root).__name__} cannot become {_called(changed)}")
        return changed

    def below(self, node: NodeT) -> NodeT:
        """A node with what is below it changed; itself, if nothing is."""
        different = {}
        for name, hint in field_types(type(node)).items():
            old = getattr(node, name)
            new = self._value(old, hint, f"{type(node).__name__}.{name}")
            if new is not old:
                different[name] = new
        return with_fields(node, **different) if different else node

    def _value(self, value: Any, hint: Any, place: str) -> Any:
        if isinstance(value, tuple):
            return self._elements(value, hint, place)
        if not isinstance(value, tree.Node):
            return value
        changed = self.visit(value)
        absent = changed is None and types.NoneType in options(hint)
        if not absent and not isinstance(changed, tree.Node):
            raise ValueError(f"{place} holds one node, and cannot become {_called(changed)}")
        return changed

    def _elements(self, values: tuple[Any, ...], hint: Any, place: str) -> Any:
        inner = next(each for each in options(hint) if get_origin(each) is tuple)
        many, kinds = elements(inner, len(values))
        new: list[Any] = []
        for value, kind in zip(values, kinds, strict=True):
            changed: Any
            if many and isinstance(value, tree.Node):
                changed = self.visit(value)
                new += changed if isinstance(changed, tuple) else [changed] * (changed is not None)
            else:
                new.append(self._value(value, kind, place))
        same = len(new) == len(values) and all(map(_is, new, values))
        return values if same else tuple(new)


def _is(one: object, other: object) -> bool:
    return one is other


def _called(value: object) -> str:
    if isinstance(value, tuple):
        return f"{len(value)} nodes"
    return "nothing" if value is None else type(value).__name__


class _Replacing(Transformer):
    def __init__(self, old: tree.Node, new: Change) -> None:
        self.old = old
        self.new = new

    def visit(self, node: tree.Node) -> Change:
        return self.new if node is self.old else self.below(node)


def replace(root: NodeT, old: tree.Node, new: Change) -> NodeT:
    """A tree with another node in the place of one of its own: of `old` itself, and of none that
    says the same elsewhere. In a list several nodes may take its place, or none.

    Raises:
        LookupError: it is not in the tree.
        ValueError: the new one cannot stand there, as nothing where something has to be.
    """
    if not any(each is old for each in walk(root)):
        raise LookupError(f"this {type(old).__name__} is not in the tree")
    return _Replacing(old, new).change(root)


# ---- what fields hold ---------------------------------------------------------


_TYPES: dict[type[tree.Node], dict[str, Any]] = {}


def field_types(cls: type[tree.Node]) -> dict[str, Any]:
    """The fields of a node that say something, each with its type."""
    if cls not in _TYPES:
        hints = get_type_hints(cls)
        _TYPES[cls] = {name: hints[name] for name in _names(cls)}
    return _TYPES[cls]


def options(hint: Any) -> tuple[Any, ...]:
    """The types of a union; one alone is the only one."""
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def elements(hint: Any, count: int) -> tuple[bool, tuple[Any, ...]]:
    """Whether a tuple holds any number of elements, and the types of so many of them."""
    kinds = get_args(hint)
    many = kinds[-1] is Ellipsis
    return many, (kinds[0],) * count if many else kinds
