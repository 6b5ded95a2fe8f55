"""The passes, in order. A result keeps every stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias, TypeGuard

from netdsl import prelude
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.imports import Parse, Read, Unit, load, no_reader
from netdsl.analysis.program import Program
from netdsl.analysis.resolve import resolve
from netdsl.checking.check import check_sizes, without_sizes
from netdsl.diagnostics import CompileError, Diagnostic, Diagnostics
from netdsl.limits import DEFAULT, LimitReached, Limits, current, using
from netdsl.memory import NOTHING, Memory
from netdsl.records import Frozen, replace
from netdsl.source import Source, Span
from netdsl.syntax import tree
from netdsl.syntax.parse import parse

Style = Literal["auto", "black"]
IsPackage: TypeAlias = Callable[[str], bool]
"""Whether a folder of the output, named by its path below the root, is a Python package."""


class Earlier(Frozen):
    """What there is of earlier texts, for the passes that may use it: nothing, as a rule."""

    parse: Parse = parse
    names: Memory = NOTHING
    sizes: Memory = NOTHING
    findings: Callable[[], Diagnostics] = Diagnostics
    """Where findings go."""


NO_EARLIER = Earlier()


class Checked(Frozen):
    """A program as far as it could be understood: later stages are None after errors.

    `units` are its files, the imported first; `diagnostics` are about all of them.
    """

    source: Source
    diagnostics: tuple[Diagnostic, ...]
    tree: tree.File | None
    units: tuple[Unit, ...]
    program: Program | None


class Result(Frozen):
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


def check_source(
    source: Source,
    read: Read = no_reader,
    *,
    check_shapes: bool = True,
    limits: Limits = DEFAULT,
    earlier: Earlier = NO_EARLIER,
) -> Checked:
    """Text to program. Never raises for what a program says.

    `read` gives the sources of what it imports; `source.name` is its own place among them.
    Without `check_shapes` sizes are not worked out. `limits` are what it may cost.
    """
    with using(limits):
        return _checked(source, read, check_shapes, earlier)


def _checked(
    source: Source, read: Read, check_shapes: bool, earlier: Earlier = NO_EARLIER
) -> Checked:
    """What a bound ends has no program: what was found until then is told all the same."""
    diagnostics = earlier.findings()
    try:
        return _followed(source, read, check_shapes, diagnostics, earlier)
    except (LimitReached, RecursionError) as error:
        _refuse(source, error, diagnostics)
        return Checked(source, _told(diagnostics), None, (), None)


def _followed(
    source: Source, read: Read, check_shapes: bool, diagnostics: Diagnostics, earlier: Earlier
) -> Checked:
    file = earlier.parse(source, diagnostics)
    if file is not None and not file.statements and not diagnostics.has_errors:
        diagnostics.error(
            "empty-program",
            "there is nothing in this program",
            Span(source, 0, min(1, len(source.text))),
            hint="write a network, such as `seq(linear 8 8, relu)`.",
        )
    units = [] if file is None else load(source, file, read, diagnostics, earlier.parse)
    if file is None or diagnostics.has_errors:
        return Checked(source, _told(diagnostics), file, tuple(units), None)
    program = _understood(units, diagnostics, check_shapes, earlier)
    fit = None if diagnostics.has_errors else program
    return Checked(source, _told(diagnostics), file, tuple(units), fit)


def _told(diagnostics: Diagnostics) -> tuple[Diagnostic, ...]:
    """The findings by their places; of more than a person can read, how many there are."""
    found, most = diagnostics.sorted(), current().findings
    if len(found) <= most:
        return found
    rest = found[most:]
    error = any(each.severity == "error" for each in rest)
    more = Diagnostic(
        "too-many-findings",
        f"{len(rest)} more finding{'s are' if len(rest) > 1 else ' is'} not told",
        rest[0].span,
        hint="mend those above first, or allow more `findings`.",
        severity="error" if error else "warning",
    )
    return (*found[:most], more)


def _understood(
    units: list[Unit], diagnostics: Diagnostics, check_shapes: bool, earlier: Earlier
) -> Program | None:
    program = resolve(units, prelude.load(), diagnostics, earlier.names)
    if diagnostics.has_errors:
        return None
    if check_shapes:
        return check_sizes(program, diagnostics, earlier.sizes)
    return without_sizes(program, diagnostics)


def _refuse(source: Source, error: LimitReached | RecursionError, diagnostics: Diagnostics) -> None:
    """Says that a program is too large. What follows definitions and statements is a bounded
    number of steps deep."""
    if isinstance(error, RecursionError):
        error = LimitReached(
            "nested-too-deeply",
            "the definitions of this program lead too deep into each other to be followed",
            "make chains of definitions, and of `elif`, shorter.",
        )
    span = Span(source, 0, min(1, len(source.text)))
    diagnostics.error(error.code, error.message, span, hint=error.hint)


def compile_source(
    source: Source,
    style: Style = "auto",
    read: Read = no_reader,
    package: IsPackage | None = None,
    *,
    check_shapes: bool = True,
    shape_comments: bool = True,
    line_comments: bool = False,
    limits: Limits = DEFAULT,
) -> Result:
    """Text to PyTorch source.

    What the program uses of other files is written into the output as well or, if `package`
    is given, imported from modules that lie where those files do: relatively from folders
    that it says are packages, absolutely from others. `limits` are what it may cost.

    Raises:
        CompileError: the program is wrong; it carries every diagnostic.
        ValueError: there is no such style.
    """
    if style not in ("auto", "black"):
        raise ValueError(f'there is no style {style!r}: it is "auto" or "black"')
    with using(limits):
        checked = _checked(source, read, check_shapes)
        if checked.program is None:
            raise CompileError(checked.diagnostics)
        try:
            return _written(checked, style, package, shape_comments, line_comments)
        except (LimitReached, RecursionError) as error:
            diagnostics = Diagnostics()
            _refuse(source, error, diagnostics)
        raise CompileError(diagnostics.sorted())


def _written(
    checked: Checked,
    style: Style,
    package: IsPackage | None,
    shape_comments: bool,
    line_comments: bool,
) -> Result:
    """What is generated for a program that is right."""
    from netdsl.emit.header import header_options, with_header
    from netdsl.emit.python import emit

    source, file, program = checked.source, checked.tree, checked.program
    assert file is not None and program is not None
    emitted = emit(program if shape_comments else replace(program, notes={}), package)
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
        file,
        program,
        tuple(others),
        {line + above: span for line, span in lines.items()},
        emitted.fallbacks,
    )
