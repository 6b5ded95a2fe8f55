"""What calls tell of parameters of functions and of fields of records, for annotations: nothing is
checked by it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TypeAlias

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.analysis.walk import holds, transform, walk
from netdsl.records import replace
from netdsl.syntax import tree

_TELLING = (types.INT, types.FLOAT, types.BOOL, types.STR)
"""The types that are taken over: plain values."""

_Calls: TypeAlias = dict[tuple[str, str], list[tuple[ir.Call, int]]]
"""Calls by what is called, its kind and its name; each with the number of the definition that it
stands in."""


def annotate(definitions: Sequence[ir.Definition]) -> tuple[ir.Definition, ...]:
    """The definitions, whose parameters of no known type have the one that all calls give: one that
    only seemed to be a float takes an int if it always gets one."""
    program = _Program(definitions)
    # What calls stands behind what is called: the last one is the first whose types are known.
    for at in reversed(range(len(definitions))):
        program.definitions[at] = _annotated(program, at)
    return tuple(program.definitions)


class _Program:
    """The definitions as far as they are annotated, and what all of them tell: looked for when
    the first parameter asks, which in most programs none does."""

    def __init__(self, definitions: Sequence[ir.Definition]) -> None:
        self.definitions = list(definitions)

    @cached_property
    def calls(self) -> _Calls:
        found: _Calls = {}
        for at, each in enumerate(self.definitions):
            _add_calls(found, each, at)
        return found

    @cached_property
    def attributes(self) -> dict[str, Type]:
        """The types of class attributes, by name, over all modules that have one of it."""
        found: dict[str, Type] = {}
        for module in self.definitions:
            for node in module.body if isinstance(module, ir.ModuleDef) else ():
                if isinstance(node, ir.LetValue) and node.class_level and len(node.names) == 1:
                    of = type_of(node.value)
                    found[node.names[0]] = types.either(found.get(node.names[0], of), of)
        return found


def _annotated(program: _Program, at: int) -> ir.Definition:
    definition = program.definitions[at]
    if isinstance(definition, ir.ModuleDef) and holds(definition.body, ir.LetFunction):
        own = _Callers(program, at, definition)
        definition = transform(definition, own.annotated)
    if not isinstance(definition, ir.ModuleDef | ir.LetFunction | ir.RecordDef):
        return definition
    callers = _Callers(program)
    shown = callers.shown(definition.name, definition.parameters, _KINDS[type(definition)])
    return definition if shown is definition.parameters else replace(definition, parameters=shown)


_KINDS: dict[type[ir.Definition], ir.RefKind] = {
    ir.ModuleDef: "module",
    ir.LetFunction: "function",
    ir.RecordDef: "record",
}
"""How references name what has parameters of no known type."""


def _add_calls(calls: _Calls, definition: ir.Definition, at: int) -> None:
    for node in walk(definition):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Ref):
            calls.setdefault((node.func.kind, node.func.name), []).append((node, at))


def _is_open(parameter: ir.Parameter) -> bool:
    """Whether calls may tell more of a type than is known."""
    seems = parameter.guessed and parameter.type == types.FLOAT
    return parameter.type == types.UNKNOWN or seems


def _parameter_type(definition: ir.Definition, name: str) -> Type:
    """The type of a definition's parameter; not known if a function inside has one of its name."""
    if not isinstance(definition, ir.ModuleDef | ir.LetFunction):
        return types.UNKNOWN
    inside = definition.body if isinstance(definition, ir.ModuleDef) else definition.result
    inner = (node.parameters for node in walk(inside) if isinstance(node, ir.LetFunction))
    if any(each.name == name for parameters in inner for each in parameters):
        return types.UNKNOWN
    own = (each.type for each in definition.parameters if each.name == name)
    return next(own, types.UNKNOWN)


class _Callers:
    """The calls that tell something: all of the program, or those inside one module, of
    functions that it has itself."""

    def __init__(self, program: _Program, at: int = 0, module: ir.ModuleDef | None = None) -> None:
        self._program = program
        self._inside: _Calls | None = None
        self._lets: dict[str, ir.Expr] = {}
        if module is not None:
            self._inside = {}
            _add_calls(self._inside, module, at)
            self._lets = {
                node.names[0]: node.value
                for node in walk(module.body)
                if isinstance(node, ir.LetValue) and len(node.names) == 1
            }

    def annotated(self, node: tree.Node) -> tree.Node | None:
        if not isinstance(node, ir.LetFunction):
            return None
        return replace(node, parameters=self.shown(node.name, node.parameters, "function"))

    def shown(
        self, name: str, parameters: tuple[ir.Parameter, ...], kind: str
    ) -> tuple[ir.Parameter, ...]:
        if not any(map(_is_open, parameters)):
            return parameters
        calls = self._program.calls if self._inside is None else self._inside
        own = calls.get((kind, name), [])
        shown = []
        for at, each in enumerate(parameters):
            given = [of for call in own if (of := self._given(*call, at, each.name)) is not None]
            found = types.either(*given) if given else None
            if _is_open(each) and each.kind == "normal" and found in _TELLING:
                each = replace(each, type=found)
            shown.append(each)
        return tuple(shown)

    def _given(self, call: ir.Call, inside: int, at: int, name: str) -> Type | None:
        """The type of what a call gives to a parameter; None if it leaves it out."""
        if any(arg.star for arg in call.args):
            return types.UNKNOWN
        plain = [arg for arg in call.args if arg.name is None]
        if at < len(plain):
            return self._guess(plain[at].value, inside)
        named = [arg for arg in call.args if arg.name == name]
        return self._guess(named[0].value, inside) if named else None

    def _guess(self, value: ir.Expr, inside: int) -> Type:
        """The type of a value inside a definition; an attribute of some class has that of the
        classes known."""
        of = type_of(value)
        if of != types.UNKNOWN:
            return of
        match value:
            case ir.Field(layer, name) if types.is_layer(type_of(layer)):
                return self._program.attributes.get(name, types.UNKNOWN)
            case ir.Ref("let" | "stored", name) if name in self._lets:
                return self._guess(self._lets[name], inside)
            case ir.Ref("parameter", name):
                return _parameter_type(self._program.definitions[inside], name)
            case tree.Binary("+" | "-" | "*" | "//" | "%", left, right):
                both = {self._guess(left, inside), self._guess(right, inside)}
                return types.INT if both == {types.INT} else types.UNKNOWN
            case _:
                return types.UNKNOWN
