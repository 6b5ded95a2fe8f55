"""Containers, combinators and lists of layers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from netdsl import limits
from netdsl.analysis import program as ir
from netdsl.checking.evaluate import Evaluator
from netdsl.checking.frame import Frame
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import (
    UNKNOWN,
    Class,
    Either,
    Items,
    Module,
    Named,
    Repeated,
    Value,
    torch_class,
)
from netdsl.shapes.dimension import Dimension
from netdsl.source import Span
from netdsl.syntax import tree

Given = Sequence[tuple[str | None, Value]]
"""The arguments of a call: a keyword or None, and what is given."""

_Item = tuple[str | None, Value, Span]
"""An item of a container: its name if it has one, what it is, and where it was written."""

_CHAIN = torch_class("Sequential")

_PLAIN: dict[type, str] = {
    Dimension: "an int",
    float: "a float",
    bool: "a bool",
    str: "a string",
    Items: "a list",
    Named: "a dict",
}
"""Values that are no layers."""


class ListBuilder(Evaluator):
    """Makes what holds layers."""

    @abstractmethod
    def build_call(self, callee: Value, given: Given, span: Span) -> Value:
        """What a callee of build time gives: an instance, or a value."""

    def built(self, node: tree.Node, frame: Frame) -> Value:
        match node:
            case ir.Container(kind, items):
                name = {"seq": "Sequential", "list": "ModuleList", "dict": "ModuleDict"}[kind]
                return self._container(torch_class(name), items, frame, node.span)
            case ir.Combined(kind, items, dim):
                module = self._container(torch_class(kind), items, frame, node.span)
                module.combined = node
                joined = Dimension(1) if dim is None else self.value(dim, frame)
                module.attributes["concat()"] = joined
                _hold(module, kind)
                return module
            case ir.Rearranged(pattern, lowered, sizes):
                named = {name: self.value(size, frame) for name, size in sizes}
                return Module(
                    Class("rearrange"), node.span, named, {"lowered": lowered, "pattern": pattern}
                )
            case ir.LayerList(items):
                found = self._gathered(items, frame)
                if found is None:
                    return _alike(items, self._steps(items, frame)) or UNKNOWN
                return Items(tuple(value for _, value, _ in found), "list")
            case ir.BuildEach(value):
                over = self.gone_over(value, frame)
                if over is None:
                    return UNKNOWN
                if isinstance(over, Repeated):
                    return Repeated(self.build_call(over.element, [], node.span))
                return Items(tuple(self.build_call(each, [], node.span) for each in over), "list")
            case ir.Rearrange():
                return self.rearranged(node, frame)
            case _:
                return UNKNOWN

    @abstractmethod
    def rearranged(self, node: ir.Rearrange, frame: Frame) -> Value:
        """`rearrange` at tensor time."""

    def refuse_plain(self, value: Value, span: Span) -> Value:
        """What is to be a layer, or None; what cannot be one is said, and not known from then
        on."""
        plain = _PLAIN.get(type(value))
        if plain is None:
            return value
        text = f"a layer is wanted here, not {plain}"
        self.report(Mismatch(text, "give a layer, such as `linear 8 8`.", "not-a-layer"), span)
        return UNKNOWN

    def _container(
        self, cls: Class, items: Sequence[ir.LayerItemLike], frame: Frame, span: Span
    ) -> Module:
        module = Module(cls, span)
        found = self._gathered(items, frame)
        if found is None:
            module.steps = self._steps(items, frame)
            alike = _alike(items, module.steps)
            module.repeated = UNKNOWN if alike is None else alike.element
            return module
        named: dict[str, Value] = {}
        written: dict[str, Span] = {}
        for name, value, at in found:
            key = name if name is not None else str(len(named))
            named[key], written[key] = self.refuse_plain(value, at), at
        module.items, module.written = named, written
        module.unnamed = frozenset(str(at) for at, (name, *_) in enumerate(found) if name is None)
        return module

    def _steps(self, items: Sequence[ir.LayerItemLike], frame: Frame) -> tuple[Value, ...]:
        """What items apply in order, if it is not known how many there are."""
        found: list[Value] = []
        for item in items:
            more = self._item(item, frame)
            found += [self._open(item, frame)] if more is None else [each for _, each, _ in more]
        return tuple(found)

    def _open(self, item: ir.LayerItemLike, frame: Frame) -> Value:
        """An item that stands for any number of them, or for one or the other."""
        match item:
            case ir.LayerItem(_, value, clauses):
                scopes, _ = self.iterations(clauses, frame) or ([], False)
                return Repeated(self.value(value, scopes[0]) if scopes else UNKNOWN)
            case ir.LayerSplice(value):
                found = self.value(value, frame)
                return found if isinstance(found, Repeated) else Repeated(UNKNOWN)
            case ir.LayerFor(target, iterable, inner):
                over = self.elements(self.value(iterable, frame))
                scope = frame.inner()
                self.bind(target, over.element if isinstance(over, Repeated) else UNKNOWN, scope)
                return Repeated(self._container(_CHAIN, inner, scope, item.span))
            case ir.LayerIf(branches, otherwise):
                bodies = [*(body for _, body in branches), otherwise]
                return Either(
                    tuple(self._container(_CHAIN, each, frame, item.span) for each in bodies)
                )

    def _gathered(self, items: Sequence[ir.LayerItemLike], frame: Frame) -> list[_Item] | None:
        """The items of a list; None if it is not known how many there are."""
        found: list[_Item] = []
        for item in items:
            more = self._item(item, frame)
            if more is None or len(found) + len(more) > limits.current().items:
                return None
            found += more
        return found

    def _item(self, item: ir.LayerItemLike, frame: Frame) -> list[_Item] | None:
        match item:
            case ir.LayerItem(name, value, clauses):
                scopes = self.iterations(clauses, frame) if clauses else ([frame], True)
                if scopes is None or not scopes[1]:
                    return None
                found: list[_Item] = []
                for scope in scopes[0]:
                    key = name if name is None or isinstance(name, str) else self.value(name, scope)
                    if key is not None and not isinstance(key, str):
                        return None
                    found.append((key, self.value(value, scope), item.span))
                return found
            case ir.LayerSplice(value):
                over = self.gone_over(value, frame)
                if over is None or isinstance(over, Repeated):
                    return None
                return [(None, each, item.span) for each in over]
            case ir.LayerFor(target, iterable, inner):
                over = self.gone_over(iterable, frame)
                if over is None or isinstance(over, Repeated):
                    return None
                found = []
                for value in over:
                    scope = frame.inner()
                    self.bind(target, value, scope)
                    more = self._gathered(inner, scope)
                    if more is None:
                        return None
                    found += more
                return found
            case ir.LayerIf(branches, otherwise):
                for condition, inner in branches:
                    known = self.condition(condition, frame)
                    if known is None:
                        return None
                    if known:
                        return self._gathered(inner, frame)
                return self._gathered(otherwise, frame)


def _alike(items: Sequence[ir.LayerItemLike], steps: Sequence[Value]) -> Repeated | None:
    """What a list of unknown length holds, if it holds one kind of thing."""
    match items, steps:
        case (ir.LayerItem() | ir.LayerSplice(),), (Repeated() as every,):
            return every
        case _:
            return None


def _hold(module: Module, kind: str) -> None:
    """The attributes that the items of a combinator become: a named one is an attribute, the
    others stand together in `net`, which is applied in their place, or in `branches`."""
    items = module.items or {}
    unnamed = [name for name in items if name in module.unnamed]
    chain = kind in ("nest", "residual")
    held: dict[str, Value] = {}
    for name, item in items.items():
        if name not in unnamed:
            held[name] = item
        elif name == unnamed[0]:
            held["net" if chain else "branches"] = _together(module, unnamed, chain)
    module.attributes.update(held)
    first = [] if _stand_together(list(items), unnamed) else ["branches"]
    module.registered = dict.fromkeys([*first, *held], "child")
    if chain and module.items is not None:
        module.items = held


def _stand_together(names: Sequence[str], some: Sequence[str]) -> bool:
    """Whether some names follow each other."""
    places = [at for at, name in enumerate(names) if name in some]
    return not places or places == list(range(places[0], places[-1] + 1))


def _together(module: Module, names: Sequence[str], chain: bool) -> Module:
    """The container of the items without names."""
    items = module.items or {}
    last = items[names[-1]]
    span = last.span if isinstance(last, Module) else module.span
    whole = Module(Class("Sequential" if chain else "ModuleList"), span)
    whole.items = {str(at): items[name] for at, name in enumerate(names)}
    whole.written = {str(at): module.written[name] for at, name in enumerate(names)}
    return whole
