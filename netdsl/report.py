"""Diagnostics as text for people and as JSON for programs.

What a program says is shown and never obeyed: characters that a terminal would act on are
written out, so a source line cannot move the cursor, change colours or forge a message.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeAlias

from netdsl.diagnostics import Diagnostic
from netdsl.records import NamedTuple
from netdsl.source import Source, Span

LINE_COLUMNS = 100
"""Longer lines are shown in part, round the place that is meant."""

_BEFORE = 30
_TAB = "    "
_CUT = "…"

_STYLES = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "strong": "\x1b[1m",
    "frame": "\x1b[34m",
    "label": "\x1b[36m",
}
_PLAIN = "\x1b[0m"


def render_text(diagnostics: Iterable[Diagnostic], color: bool = False) -> str:
    """Each finding with the lines it is about, a caret below every character that is meant.

    >>> source = Source("let a = foo 1", name="model.nd")
    >>> found = Diagnostic("unknown-name", "`foo` is unknown", Span(source, 8, 11), hint="Ask.")
    >>> print(render_text([found]))
    model.nd:1:9: error[unknown-name]: `foo` is unknown
      |
    1 | let a = foo 1
      |         ^^^
      = Ask.
    """
    paint = _paint if color else _leave
    return "\n\n".join("\n".join(_finding(found, paint)) for found in diagnostics)


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """The findings as one JSON object; lines and columns count from 1, ends are exclusive."""
    import json

    found = [_as_data(diagnostic) for diagnostic in diagnostics]
    return json.dumps({"diagnostics": found}, indent=2)


def visible(text: str) -> str:
    """Text on one line with nothing in it that a terminal would act on.

    >>> visible("a\\tb\\x1b[31m\\u202e")
    'a    b␛[31m\\\\u202e'
    """
    return "".join(map(_shown, text))


def _as_data(found: Diagnostic) -> dict[str, object]:
    return {
        "code": found.code,
        "severity": found.severity,
        "message": found.message,
        "hint": found.hint,
        **_place(found.span),
        "labels": [{"message": label.message, **_place(label.span)} for label in found.labels],
    }


def _place(span: Span) -> dict[str, object]:
    return {
        "file": _file(span.source),
        "start": span.source.position(span.start)._asdict(),
        "end": span.source.position(span.end)._asdict(),
    }


def _file(source: Source) -> str:
    """Where the source lies if that is known, else what it is called."""
    return source.path or source.name


# ---- text -------------------------------------------------------------------

_Paint: TypeAlias = Callable[[str, str], str]
"""Puts a style on a piece of text."""


class _Mark(NamedTuple):
    """A place to underline, and what to say there."""

    source: Source
    line: int
    column: int
    length: int
    style: str
    message: str


def _paint(style: str, text: str) -> str:
    return f"{_STYLES[style]}{text}{_PLAIN}" if text else text


def _leave(_: str, text: str) -> str:
    return text


def _finding(found: Diagnostic, paint: _Paint) -> Iterator[str]:
    marks = [_mark(found.span, found.severity, "")]
    marks += [_mark(label.span, "label", label.message) for label in found.labels]
    gutter = len(str(max(mark.line for mark in marks)))
    head = paint("strong", f"{_where(marks[0])}:")
    kind = paint(found.severity, f"{found.severity}[{found.code}]:")
    yield f"{head} {kind} {paint('strong', visible(found.message))}"
    here = [mark for mark in marks if mark.source is found.span.source]
    yield from _excerpt(here, gutter, paint)
    for mark in marks:
        if mark.source is not found.span.source:
            yield paint("frame", f"{' ' * gutter} -->") + f" {_where(mark)}"
            yield from _excerpt([mark], gutter, paint)
    if found.hint is not None:
        yield paint("frame", f"{' ' * gutter} =") + f" {visible(found.hint)}"


def _where(mark: _Mark) -> str:
    return f"{visible(_file(mark.source))}:{mark.line}:{mark.column}"


def _mark(span: Span, style: str, message: str) -> _Mark:
    """What to underline of a span: the part of it that is on its first line."""
    line, column = span.source.position(span.start)
    left = len(span.source.line(line)) - column + 1
    length = max(1, min(span.end - span.start, left))
    return _Mark(span.source, line, column, length, style, message)


def _excerpt(marks: Sequence[_Mark], gutter: int, paint: _Paint) -> Iterator[str]:
    """The lines of one source that have marks, each once, in order."""
    bar = paint("frame", f"{' ' * gutter} |")
    yield bar
    before = None
    for number, group in groupby(sorted(marks, key=_by_place), key=lambda mark: mark.line):
        if before is not None and number > before + 1:
            yield paint("frame", "...")
        before = number
        shown = None
        for mark in group:
            start, text = _window(mark)
            if text != shown:
                yield (paint("frame", f"{number:>{gutter}} |") + f" {text}").rstrip()
                shown = text
            yield f"{bar} {_underline(mark, start, text, paint)}"


def _by_place(mark: _Mark) -> tuple[int, int]:
    return mark.line, mark.column


def _underline(mark: _Mark, start: int, text: str, paint: _Paint) -> str:
    line = mark.source.line(mark.line)
    at = mark.column - 1
    end = at + min(mark.length, LINE_COLUMNS)
    while start < at < len(line) and not _width(_shown(line[at])):
        at -= 1  # an accent is shown with its letter
    indent = _width(visible(line[start:at])) + (len(_CUT) if start else 0)
    length = _width(visible(line[at:end]))
    length = max(1, min(length, _width(text) - indent))
    sign = "-" if mark.style == "label" else "^"
    return " " * indent + paint(mark.style, f"{sign * length} {visible(mark.message)}".rstrip())


def _window(mark: _Mark) -> tuple[int, str]:
    """The line of a mark as it is shown, and where what is shown begins in it: the whole
    line, or the part round the mark if it is long."""
    line = mark.source.line(mark.line)
    if len(line) <= LINE_COLUMNS:
        whole = visible(line)
        if _width(whole) <= LINE_COLUMNS:
            return 0, whole
    start, before = mark.column - 1, 0
    first = max(0, start - _BEFORE)
    while start > first and before < _BEFORE:
        start -= 1
        before += _width(_shown(line[start]))
    end = start + LINE_COLUMNS
    shown = _CUT if start else ""
    columns = len(shown)
    for character in line[start:end]:
        piece = _shown(character)
        columns += _width(piece)
        if columns >= LINE_COLUMNS:
            return start, shown + _CUT
        shown += piece
    return start, shown + (_CUT if end < len(line) else "")


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if character == "\t":
        return _TAB
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return ascii(character)[1:-1]


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
