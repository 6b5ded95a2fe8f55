"""Text to tree: the bounds, the parser, and what to say when it stops."""

from __future__ import annotations

from netdsl import limits
from netdsl.diagnostics import CompileError, Diagnostics
from netdsl.limits import LimitReached, Limits, using
from netdsl.patterns import compiled
from netdsl.source import Source, Span
from netdsl.syntax import tree
from netdsl.syntax.bounds import deepest
from netdsl.syntax.building import building
from netdsl.syntax.driver import Stopped
from netdsl.syntax.grammar import driver, parser
from netdsl.syntax.indentation import warn_of_indented
from netdsl.syntax.newlines import NestedTooDeeply, Newlines

_NO_TEXT = compiled("[\0\ud800-\udfff]")
"""Characters that no text file holds, not even in a comment."""


def parse(source: Source, diagnostics: Diagnostics) -> tree.File | None:
    """The tree of a source. Errors are recorded: statements that have one are left out, and
    None is what is left of a source that could not be read at all.

    >>> parse(Source("linear 4 8"), Diagnostics()).statements[0].value.juxtaposed
    True
    """
    if len(source.text) > limits.current().source:
        message = f"{len(source.text)} characters; at most {limits.current().source} are read"
        hint = "split the program into files."
        diagnostics.error("source-too-long", message, Span(source, 0, 1), hint=hint)
        return None
    _refuse_no_text(source, diagnostics)
    try:
        with building(source, diagnostics):
            file = _read(source, diagnostics)
    except NestedTooDeeply as error:
        start = error.token.start_pos or 0
        _refuse_depth(Span(source, start, start + 1), diagnostics)
        return None
    if file is None:
        return None
    too_deep = deepest(file, limits.current().nesting)
    if too_deep is not None:
        _refuse_depth(too_deep.span, diagnostics)
        return None
    if not diagnostics.has_errors:
        warn_of_indented(file, diagnostics)
    return file


def parsed(source: Source, limits: Limits) -> tree.File:
    """The tree of a source that is a program, within limits.

    Raises:
        CompileError: it is none.
    """
    diagnostics, file = Diagnostics(), None
    try:
        with using(limits):
            file = parse(source, diagnostics)
    except LimitReached as reached:
        place = Span(source, 0, min(1, len(source.text)))
        diagnostics.error(reached.code, reached.message, place, hint=reached.hint)
    if file is None or diagnostics.has_errors:
        raise CompileError(diagnostics.sorted())
    return file


def faultless(source: Source) -> tree.File | None:
    """The tree of a source of which there is nothing to say; None of any other."""
    diagnostics = Diagnostics()
    try:
        with building(source, diagnostics):
            file: tree.File = driver().parse(source.text, Newlines())
    except (NestedTooDeeply, Stopped):
        return None
    if diagnostics.said or deepest(file, limits.current().nesting) is not None:
        return None
    return file


def has_no_text(text: str) -> bool:
    """Whether there is what no text file holds."""
    return _NO_TEXT.search(text) is not None


def _read(source: Source, diagnostics: Diagnostics) -> tree.File | None:
    try:
        file: tree.File = driver().parse(source.text, Newlines())
        return file
    except Stopped:
        from netdsl.syntax.recover import read_with_errors

        return read_with_errors(source, parser(), diagnostics)


def _refuse_no_text(source: Source, diagnostics: Diagnostics) -> None:
    for count, match in enumerate(_NO_TEXT.finditer(source.text)):
        if count == limits.current().syntax_errors:
            return
        message = f"the character U+{ord(match.group()):04X} cannot stand in a program"
        span = Span(source, match.start(), match.end())
        diagnostics.error("unexpected-character", message, span, hint="leave it out.")


def _refuse_depth(span: Span, diagnostics: Diagnostics) -> None:
    message = f"this nests deeper than {limits.current().nesting} levels"
    hint = "give an inner part a name of its own with `let`, `module` or `def`."
    diagnostics.error("nested-too-deeply", message, span, hint=hint)
