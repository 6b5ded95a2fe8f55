"""The passes, in order. A result keeps every stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from netdsl import prelude
from netdsl.analysis.program import Program
from netdsl.analysis.resolve import resolve
from netdsl.diagnostics import CompileError, Diagnostic, Diagnostics
from netdsl.source import Source
from netdsl.syntax import tree
from netdsl.syntax.parse import parse

Style = Literal["auto", "black"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A program as far as it could be understood: later stages are None after errors."""

    source: Source
    diagnostics: tuple[Diagnostic, ...]
    tree: tree.File | None
    program: Program | None


@dataclass(frozen=True, slots=True)
class Result:
    """A program and its output.

    `source` is the generated module with its header; `diagnostics` are warnings;
    `fallbacks` counts the lines that black had to lay out.
    """

    source: str
    diagnostics: tuple[Diagnostic, ...]
    tree: tree.File
    program: Program
    fallbacks: int


def check_source(source: Source) -> Checked:
    """Text to program. Never raises for what a program says."""
    diagnostics = Diagnostics()
    file = parse(source, diagnostics)
    if file is None or diagnostics.has_errors:
        return Checked(source, diagnostics.sorted(), file, None)
    program = resolve(file, prelude.load(), diagnostics)
    found = diagnostics.sorted()
    return Checked(source, found, file, None if diagnostics.has_errors else program)


def compile_source(source: Source, style: Style = "auto") -> Result:
    """Text to PyTorch source.

    Raises:
        CompileError: the program is wrong; it carries every diagnostic.
    """
    from netdsl.emit.header import with_header
    from netdsl.emit.python import emit

    checked = check_source(source)
    if checked.program is None or checked.tree is None:
        raise CompileError(checked.diagnostics)
    emitted = emit(checked.program)
    text = emitted.text
    if style == "black":
        from netdsl.emit.black_door import format_module

        text = format_module(text)
    whole = with_header(text, source.name, source.text, options={"style": style})
    return Result(whole, checked.diagnostics, checked.tree, checked.program, emitted.fallbacks)
