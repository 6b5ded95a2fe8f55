"""Reads a text that was read before and has changed a little: its statements in pieces, of which
those that have not changed are not read again.

A piece begins with a line that begins with a word, as programs are laid out: what goes on in
another line is indented there, or closes a bracket. Each piece is a source of its own, so that its
trees stay what they are wherever it moves. Where there is something wrong in a piece that is not
told from it and the one below, the text is read as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from netdsl import limits
from netdsl.diagnostics import Diagnostics
from netdsl.records import Frozen
from netdsl.source import Source, Span
from netdsl.syntax import tree
from netdsl.syntax.indentation import warn_of_indented
from netdsl.syntax.parse import faultless, has_no_text, parse

_BEGINNING = re.compile(r"^(?!(?:else|elif|and|or|in|is|as)\b)[^\W\d]", re.MULTILINE)
"""Where a piece begins; the words are those with which a line goes on."""

_FAR_REACHING = frozenset({"unclosed-bracket", "unopened-bracket", "unterminated-string"})
"""What cannot be told from a piece and the one below it."""

_NODES = 4
"""A text has fewer nodes than so many times its characters."""


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
        pieces, found = self._cut(source), Diagnostics()
        if pieces is None or not self._told(source, pieces, found):
            return parse(source, diagnostics)
        diagnostics.also(found)
        if not found.said:
            self._files[source.name] = [each.file for each in pieces if each.file is not None]
        statements = tuple(statement for piece in pieces for statement in piece.statements)
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

    def _cut(self, source: Source) -> list[_Piece] | None:
        """The pieces of a text; None if it cannot be cut."""
        text = source.text
        if len(text) > limits.current().source or has_no_text(text):
            return None
        known: dict[str, list[tree.File]] = {}
        for piece in self._files.get(source.name, ()):
            known.setdefault(piece.span.text, []).insert(0, piece)
        found: list[_Piece] = []
        starts = [0, *(match.start() for match in _BEGINNING.finditer(text))]
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            own = _without_comments(text[start:end])
            if own:
                read = _taken(known, own) or faultless(Source(own, source.name))
                found.append(_Piece(start, start + len(own), read))
        return found

    def _told(self, source: Source, pieces: list[_Piece], found: Diagnostics) -> bool:
        """Says what is wrong in pieces; whether that can be told without the rest."""
        for piece, below in zip(pieces, (*pieces[1:], None), strict=False):
            if piece.file is not None:
                self._starts[piece.file.span.source] = source, piece.start
            elif not self._told_of(source, piece, below, found):
                return False
        most = limits.current()
        few = len(found.sorted()) < most.syntax_errors
        return not found.said or (few and _NODES * len(source.text) < most.nodes)

    def _told_of(
        self, source: Source, piece: _Piece, below: _Piece | None, found: Diagnostics
    ) -> bool:
        """Says what is wrong in one piece. It is read together with the one below, into which its
        last statement may go on; brackets and quotes go on wherever they like."""
        if below is not None and (below.file is None or below.imports):
            return False
        end = len(source.text) if below is None else below.end
        together = Source(source.text[piece.start : end], source.name)
        self._starts[together] = source, piece.start
        own = Diagnostics()
        file = parse(together, own)
        codes = {each.code for each in own.sorted()}
        if file is None or not own.has_errors or codes & _FAR_REACHING:
            return False
        if below is not None and any(each.span.end >= end - piece.start for each in own.sorted()):
            return False
        if any(isinstance(each, tree.Import) for each in file.statements):
            return False
        found.also(own)
        return True


class _Piece(Frozen):
    """A piece of a text: where it is, and its tree if there is nothing to say of it."""

    start: int
    end: int
    file: tree.File | None

    @property
    def statements(self) -> tuple[tree.FileStatement, ...]:
        return () if self.file is None else self.file.statements

    @property
    def imports(self) -> bool:
        return any(isinstance(each, tree.Import) for each in self.statements)


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
