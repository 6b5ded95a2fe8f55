"""The passes, in order. A result keeps every stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, TypeGuard

from netdsl import prelude
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.imports import Read, Unit, load, no_reader
from netdsl.analysis.program import Program
from netdsl.analysis.resolve import resolve
from netdsl.checking.check import check_sizes, without_sizes
from netdsl.diagnostics import CompileError, Diagnostic, Diagnostics
from netdsl.source import Source, Span
from netdsl.syntax import tree
from netdsl.syntax.parse import parse

Style = Literal["auto", "black"]
IsPackage: TypeAlias = Callable[[str], bool]
"""Whether a folder of the output, named by its path below the root, is a Python package."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A program as far as it could be understood: later stages are None after errors.

    `units` are its files, the imported first; `diagnostics` are about all of them.
    """

    source: Source
    diagnostics: tuple[Diagnostic, ...]
    tree: tree.File | None
    units: tuple[Unit, ...]
    program: Program | None


@dataclass(frozen=True, slots=True)
class Result:
    """A program and its output.

    `source` is the generated module with its header; `diagnostics` are warnings; `imports`
    are the places of the files that the program imports, and those import in turn;
    `source_map` tells what of the program the lines of `source` say, counted from 1;
    `fallbacks` counts the lines that black had to lay out.
    """

    source: str
    diagnostics: tuple[Diagnostic, ...]
    tree: tree.File
    program: Program
    imports: tuple[str, ...]
    source_map: Mapping[int, Span]
    fallbacks: int

    @property
    def networks(self) -> tuple[str, ...]:
        """What the file itself defines that makes a module, with or without arguments."""
        return tuple(
            each.name
            for each in self.program.definitions
            if (isinstance(each, ir.ModuleDef) or _makes_layer(each))
            and each.name in self.program.own
        )

    @property
    def entries(self) -> tuple[str, ...]:
        """The networks that the file itself defines, and needs no arguments for, the one that
        stands alone (`net`) first."""
        own = [
            each.name
            for each in self.program.definitions
            if _is_entry(each) and each.name in self.program.own
        ]
        return tuple(sorted(own, key=lambda name: name != "net"))


def _makes_layer(definition: ir.Definition) -> TypeGuard[ir.LetFunction]:
    if not isinstance(definition, ir.LetFunction):
        return False
    return definition.annotation is not None or types.is_instance(definition.type)


def _is_entry(definition: ir.Definition) -> TypeGuard[ir.LetFunction]:
    """Whether a definition makes a layer, and without arguments."""
    return _makes_layer(definition) and not any(
        each.default is None and each.kind != "variadic" for each in definition.parameters
    )


def check_source(source: Source, read: Read = no_reader, *, check_shapes: bool = True) -> Checked:
    """Text to program. Never raises for what a program says.

    `read` gives the sources of what it imports; `source.name` is its own place among them.
    Without `check_shapes` sizes are not worked out.
    """
    diagnostics = Diagnostics()
    file = parse(source, diagnostics)
    if file is not None and not file.statements and not diagnostics.has_errors:
        diagnostics.error(
            "empty-program",
            "there is nothing in this program",
            Span(source, 0, min(1, len(source.text))),
            hint="write a network, such as `seq(linear 8 8, relu)`.",
        )
    units = [] if file is None else load(source, file, read, diagnostics)
    if file is None or diagnostics.has_errors:
        return Checked(source, diagnostics.sorted(), file, tuple(units), None)
    try:
        program = _understood(units, diagnostics, check_shapes)
    except RecursionError:
        program = None
        _refuse_depth(source, diagnostics)
    fit = None if diagnostics.has_errors else program
    return Checked(source, diagnostics.sorted(), file, tuple(units), fit)


def _understood(units: list[Unit], diagnostics: Diagnostics, check_shapes: bool) -> Program | None:
    program = resolve(units, prelude.load(), diagnostics)
    if diagnostics.has_errors:
        return None
    if check_shapes:
        return check_sizes(program, diagnostics)
    return without_sizes(program, diagnostics)


def header_options(style: str, layout: str | None, shapes: bool, lines: bool) -> dict[str, str]:
    """What beside its sources decides the output, as its header's hash takes it in. `layout` is
    None for a program that imports nothing."""
    options = {"style": style}
    if layout is not None:
        options["layout"] = layout
    if not shapes:
        options["shapes"] = "no"
    if lines:
        options["lines"] = "yes"
    return options


def _refuse_depth(source: Source, diagnostics: Diagnostics) -> None:
    """What follows definitions and statements is a bounded number of steps deep."""
    diagnostics.error(
        "nested-too-deeply",
        "the definitions of this program lead too deep into each other to be followed",
        Span(source, 0, 1),
        hint="make chains of definitions, and of `elif`, shorter.",
    )


def compile_source(
    source: Source,
    style: Style = "auto",
    read: Read = no_reader,
    package: IsPackage | None = None,
    *,
    check_shapes: bool = True,
    shape_comments: bool = True,
    line_comments: bool = False,
) -> Result:
    """Text to PyTorch source.

    What the program uses of other files is written into the output as well or, if `package`
    is given, imported from modules that lie where those files do: relatively from folders
    that it says are packages, absolutely from others.

    Raises:
        CompileError: the program is wrong; it carries every diagnostic.
    """
    from netdsl.emit.header import with_header
    from netdsl.emit.python import emit

    checked = check_source(source, read, check_shapes=check_shapes)
    if checked.program is None or checked.tree is None:
        raise CompileError(checked.diagnostics)
    program = checked.program if shape_comments else replace(checked.program, notes={})
    try:
        emitted = emit(program, package)
    except RecursionError:
        diagnostics = Diagnostics()
        _refuse_depth(source, diagnostics)
        raise CompileError(diagnostics.sorted()) from None
    text, lines = emitted.text, emitted.lines
    if style == "black":
        from netdsl.emit.black_door import format_module

        text = format_module(text)
        lines = lines if text == emitted.text else {}
    if line_comments:
        from netdsl.emit.source_map import with_comments

        text = with_comments(text, lines)
    others = {unit.place: unit.source.text for unit in checked.units[:-1]}
    layout = "bundle" if package is None else "modules"
    options = header_options(style, layout if others else None, shape_comments, line_comments)
    name = source.name.rpartition("/")[2]
    whole = with_header(text, name, source.text, imports=others, options=options)
    above = whole.count("\n") - text.count("\n")
    return Result(
        whole,
        checked.diagnostics,
        checked.tree,
        checked.program,
        tuple(others),
        {line + above: span for line, span in lines.items()},
        emitted.fallbacks,
    )
