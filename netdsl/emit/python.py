"""Program to PyTorch source: one definition after the other, then the imports they need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from netdsl.analysis import program as ir
from netdsl.analysis.walk import holds
from netdsl.emit.code import Writer
from netdsl.emit.constructs import construct
from netdsl.emit.expressions import write
from netdsl.emit.functions import as_function, function, is_recipe, let_function, recipe_of
from netdsl.emit.module import module_class, record_class
from netdsl.emit.names import Names
from netdsl.emit.outside import Outside
from netdsl.emit.place import Output, Place, variables_of
from netdsl.emit.source_map import Marks
from netdsl.records import Frozen
from netdsl.source import Span


class Emitted(Frozen):
    """A generated module, below its header; `fallbacks` counts lines that black laid out."""

    text: str
    fallbacks: int
    lines: Mapping[int, Span]
    """What of the program each line says, counted from 1."""


def emit(program: ir.Program, package: Callable[[str], bool] | None = None) -> Emitted:
    """The PyTorch source of a program: all of it or, if `package` tells which folders are
    Python packages, what its own file holds, with imports of the rest."""
    outside = Outside(program, package) if package is not None else None
    definitions = program.definitions if outside is None else outside.own_definitions()
    marks = Marks()
    writer = Writer(marks=marks)
    tied = any(
        isinstance(each, ir.ExternDef)
        or (isinstance(each, ir.ModuleDef) and holds(each.body, ir.TieDecl))
        for each in definitions
    )
    defined = frozenset(name for definition in definitions for name in _defined(definition))
    names = Names(program.names | defined)
    plain = frozenset(
        each.name
        for each in program.definitions
        if isinstance(each, ir.ModuleDef) and not isinstance(each.base, ir.Container | ir.Call)
    )
    out = Output(names, writer, defined, tied, plain, construct, program.notes)
    if outside is not None:
        outside.provide(out)
    parts: list[tuple[bool, str]] = []
    for definition in definitions:
        found = _definition(definition, out)
        parts += [(True, text) for text in out.pending]
        out.pending.clear()
        parts += [] if found is None else [found]
    text, lines = marks.taken(writer.module(names.sections(), parts))
    return Emitted(text, writer.fallbacks, lines)


def _defined(definition: ir.Definition) -> Iterator[str]:
    if isinstance(definition, ir.LetValue):
        yield from definition.names
    else:
        yield definition.name


def _definition(node: ir.Definition, out: Output) -> tuple[bool, str] | None:
    """The text of a definition, and whether it is a block of its own."""
    writer = out.writer
    match node:
        case ir.ModuleDef():
            text = writer.klass(module_class(node, out))
            out.written.add(node.name)
            return True, text
        case ir.RecordDef():
            text = writer.klass(record_class(node, out))
            out.written.add(node.name)
            return True, text
        case ir.ExternDef(name, package, attribute, kind):
            if package:
                out.names.provide(name, package, attribute, name)
            else:
                out.names.provide(name, attribute, None, name)
            if kind == "module":
                out.written.add(name)
            return None
        case _:
            return _function_or_value(node, out)


def _function_or_value(
    node: ir.Function | ir.LetFunction | ir.LetValue, out: Output
) -> tuple[bool, str]:
    place = Place(out, "file", variables_of(node, out.definitions))
    writer = out.writer
    match node:
        case ir.Function():
            return True, writer.function(function(node, place))
        case ir.LetFunction() if is_recipe(node):
            line = f"{node.name} = {recipe_of(node, place.held_by(node.name))}"
            return False, writer.line(line, span=node.span)
        case ir.LetFunction():
            return True, writer.function(let_function(node, place, node.name))
        case ir.LetValue(names, value):
            made = as_function(node)
            if made is not None:
                return _function_or_value(made, out)
            line = f"{', '.join(names)} = {write(value, place.held_by(names[0]))}"
            return False, writer.line(line, span=node.span)
