"""How commands print: what they found, what failed, what they made."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import TextIO

    from netdsl.diagnostics import Diagnostic
    from netdsl.writing import FileError


def once(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings of several programs, by file and place: a file that more than one of them
    imports has its say once."""
    found: dict[object, Diagnostic] = {}
    for each in findings:
        found.setdefault((each.span.source.path, each.sort_key), each)
    return sorted(found.values(), key=lambda each: (each.span.source.path or "", each.sort_key))


def print_findings(findings: Collection[Diagnostic], stream: TextIO) -> None:
    if findings:
        from netdsl.report import render_text

        say(render_text(findings, color=_wants_color(stream)) + "\n", stream)


def print_failure(failure: FileError) -> None:
    say(f"netdsl: {shown(failure.path)}: {shown(failure.reason)}", sys.stderr)


def _wants_color(stream: TextIO) -> bool:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def shown(text: str) -> str:
    """A text with nothing in it that a terminal would act on."""
    if text.isprintable():
        return text
    from netdsl.report import visible

    return visible(text)


def say(text: str, stream: TextIO) -> None:
    """Prints; a reader that has gone away has seen enough."""
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        _silence(stream)


def print_source(text: str) -> None:
    """Prints generated source: always in UTF-8, as Python reads it."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        from netdsl.writing import FileError

        raise FileError("standard output", str(error.strerror).lower()) from None


def _silence(stream: TextIO) -> None:
    """Sends what is still buffered nowhere, so that closing the stream does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
