"""Reads a text that was read before and has changed a little: its statements in pieces, of which
those that have not changed are not read again.

A piece begins with a line that begins with a word, as programs are laid out: what goes on in
another line is indented there, or closes a bracket. Each piece is a source of its own, so that its
trees stay what they are wherever it moves. Where a piece by itself is no whole statements, or
there is anything to say of it, the text is read as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from netdsl import limits
from netdsl.diagnostics import Diagnostics
from netdsl.source import Source, Span
from netdsl.syntax import tree
from netdsl.syntax.indentation import warn_of_indented
from netdsl.syntax.parse import faultless, has_no_text, parse

_BEGINNING = re.compile(r"^(?!(?:else|elif|and|or|in|is|as)\b)[^\W\d]", re.MULTILINE)
"""Where a piece begins; the words are those with which a line goes on."""


class Pieces:
    """The pieces of the files that were read last, and where they stand."""

    def __init__(self) -> None:
        self._files: dict[str, list[tree.File]] = {}
        self._starts: dict[Source, tuple[Source, int]] = {}

    def begin(self) -> None:
        """Another program is read from here on."""
        self._starts = {}

    def only(self, names: Collection[str]) -> None:
        """Forgets all files but these."""
        self._files = {name: each for name, each in self._files.items() if name in names}

    def parse(self, source: Source, diagnostics: Diagnostics) -> tree.File | None:
        """What `parse` gives, whose spans are now in the pieces."""
        pieces = self._read(source)
        if pieces is None:
            return parse(source, diagnostics)
        self._files[source.name] = [piece for piece, _ in pieces]
        self._starts.update((piece.span.source, (source, start)) for piece, start in pieces)
        statements = tuple(statement for piece, _ in pieces for statement in piece.statements)
        file = tree.File(statements, span=Span(source, 0, len(source.text)))
        if not diagnostics.has_errors:
            warn_of_indented(file, diagnostics)
        return file

    def whole(self, span: Span) -> Span:
        """The span in the file, of a span in a piece of it."""
        if span.source not in self._starts:
            return span
        source, start = self._starts[span.source]
        return Span(source, start + span.start, start + span.end)

    def _read(self, source: Source) -> list[tuple[tree.File, int]] | None:
        """The pieces of a text, each with where it begins; None if it is to be read whole."""
        text = source.text
        if len(text) > limits.current().source or has_no_text(text):
            return None
        known: dict[str, list[tree.File]] = {}
        for piece in self._files.get(source.name, ()):
            known.setdefault(piece.span.text, []).insert(0, piece)
        found: list[tuple[tree.File, int]] = []
        starts = [0, *(match.start() for match in _BEGINNING.finditer(text))]
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            own = _without_comments(text[start:end])
            if not own:
                continue
            read = _taken(known, own) or faultless(Source(own, source.name))
            if read is None:
                return None
            found.append((read, start))
        return found


def _taken(known: dict[str, list[tree.File]], text: str) -> tree.File | None:
    """A piece that was read before; each once, since no two pieces are one source."""
    like = known.get(text)
    return like.pop() if like else None


def _without_comments(text: str) -> str:
    """A piece without the comments and the empty lines below it."""
    while True:
        text = text.rstrip(" \t\f\n")
        last = text.rfind("\n") + 1
        if not text[last:].lstrip(" \t\f").startswith("#"):
            return text
        text = text[:last]
