"""What calls tell of parameters of functions and of fields of records, for annotations: nothing is
checked by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.analysis.walk import transform, walk
from netdsl.records import replace
from netdsl.syntax import tree

_TELLING = (types.INT, types.FLOAT, types.BOOL, types.STR)
"""The types that are taken over: plain values."""

_Calls: TypeAlias = dict[tuple[str, str], list[ir.Call]]
"""Calls by what is called: its kind and its name."""


def annotate(definitions: Sequence[ir.Definition]) -> tuple[ir.Definition, ...]:
    """The definitions, whose parameters of no known type have the one that all calls give.

    The calls of a function inside a module are all there are, so that one whose parameter only
    seemed to be a float takes an int if it always gets one.
    """
    calls = _calls(definitions)
    attributes = _attributes(definitions)
    return tuple(_annotated(each, calls, attributes) for each in definitions)


def _attributes(definitions: Sequence[ir.Definition]) -> dict[str, Type]:
    """The types of class attributes, by name, over all modules that have one of it."""
    found: dict[str, Type] = {}
    for module in definitions:
        for node in module.body if isinstance(module, ir.ModuleDef) else ():
            if isinstance(node, ir.LetValue) and node.class_level and len(node.names) == 1:
                of = type_of(node.value)
                found[node.names[0]] = types.either(found.get(node.names[0], of), of)
    return found


def _annotated(
    definition: ir.Definition, calls: _Calls, attributes: Mapping[str, Type]
) -> ir.Definition:
    match definition:
        case ir.ModuleDef():
            if any(isinstance(node, ir.LetFunction) for node in walk(definition.body)):
                own = _Callers(_calls(definition), attributes, definition)
                definition = transform(definition, own.annotated)
            callers = _Callers(calls, attributes)
            shown = callers.shown(definition.name, definition.parameters, "module")
            return replace(definition, parameters=shown)
        case ir.LetFunction():
            callers = _Callers(calls, attributes)
            shown = callers.shown(definition.name, definition.parameters, "function")
            return replace(definition, parameters=shown)
        case ir.RecordDef():
            callers = _Callers(calls, attributes)
            shown = callers.shown(definition.name, definition.parameters, "record")
            return replace(definition, parameters=shown)
        case _:
            return definition


def _calls(root: object) -> _Calls:
    found: _Calls = {}
    for node in walk(tuple(root) if isinstance(root, list) else root):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Ref):
            found.setdefault((node.func.kind, node.func.name), []).append(node)
    return found


class _Callers:
    """The calls that tell something: all of the program, or those inside one module, of
    functions that it has itself."""

    def __init__(
        self,
        calls: _Calls,
        attributes: Mapping[str, Type],
        module: ir.ModuleDef | None = None,
    ) -> None:
        self._calls = calls
        self._attributes = attributes
        self._open = (types.UNKNOWN, types.FLOAT) if module else (types.UNKNOWN,)
        self._lets = {
            node.names[0]: node.value
            for node in walk(module.body if module else ())
            if isinstance(node, ir.LetValue) and len(node.names) == 1
        }

    def annotated(self, node: tree.Node) -> tree.Node | None:
        if not isinstance(node, ir.LetFunction):
            return None
        return replace(node, parameters=self.shown(node.name, node.parameters, "function"))

    def shown(
        self, name: str, parameters: tuple[ir.Parameter, ...], kind: str
    ) -> tuple[ir.Parameter, ...]:
        if not any(each.type in self._open for each in parameters):
            return parameters
        own = self._calls.get((kind, name), [])
        shown = []
        for at, each in enumerate(parameters):
            given = [of for call in own if (of := self._given(call, at, each.name)) is not None]
            found = types.either(*given) if given else None
            if each.type in self._open and each.kind == "normal" and found in _TELLING:
                each = replace(each, type=found)
            shown.append(each)
        return tuple(shown)

    def _given(self, call: ir.Call, at: int, name: str) -> Type | None:
        """The type of what a call gives to a parameter; None if it leaves it out."""
        if any(arg.star for arg in call.args):
            return types.UNKNOWN
        plain = [arg for arg in call.args if arg.name is None]
        if at < len(plain):
            return self._guess(plain[at].value)
        named = [arg for arg in call.args if arg.name == name]
        return self._guess(named[0].value) if named else None

    def _guess(self, value: ir.Expr) -> Type:
        """The type of a value; an attribute of some class has that of the classes known."""
        of = type_of(value)
        if of != types.UNKNOWN:
            return of
        match value:
            case ir.Field(layer, name) if types.is_layer(type_of(layer)):
                return self._attributes.get(name, types.UNKNOWN)
            case ir.Ref("let" | "stored", name) if name in self._lets:
                return self._guess(self._lets[name])
            case tree.Binary("+" | "-" | "*" | "//" | "%", left, right):
                both = {self._guess(left), self._guess(right)}
                return types.INT if both == {types.INT} else types.UNKNOWN
            case _:
                return types.UNKNOWN
