"""A program that is checked again and again, as in an editor."""

from __future__ import annotations

from netdsl.analysis.imports import Read, no_reader
from netdsl.compiler import Earlier, check_source
from netdsl.diagnostics import Diagnostic, Diagnostics, Label
from netdsl.limits import DEFAULT, Limits
from netdsl.memory import Remembering
from netdsl.records import replace
from netdsl.source import Source
from netdsl.syntax.pieces import Pieces


class Checker:
    """Checks texts that follow each other, as after each key in an editor.

    It says what `netdsl.check` says of the same text, and works out anew only what a change
    concerns. What the last text did not use is forgotten. A checker is for one thread at a time.

    >>> checker = Checker()
    >>> checker.check("seq(linear 4 8, relu)")
    ()
    >>> [found.code for found in checker.check("seq(linear 4 8, relo)")]
    ['unknown-name']
    """

    def __init__(self, *, read: Read | None = None, limits: Limits | None = None) -> None:
        self._read = read or no_reader
        self._limits = limits or DEFAULT
        self._pieces, self._names, self._sizes = Pieces(), Remembering(), Remembering()
        self._earlier = Earlier(
            self._pieces.parse, self._names, self._sizes, lambda: _Placed(self._pieces)
        )

    def check(self, text: str, *, name: str = "<string>") -> tuple[Diagnostic, ...]:
        """What is wrong with a program; see `netdsl.check`."""
        for each in (self._pieces, self._names, self._sizes):
            each.begin()
        checked = check_source(
            Source(text, name), self._read, limits=self._limits, earlier=self._earlier
        )
        if checked.units:
            self._pieces.only({unit.place for unit in checked.units})
        return checked.diagnostics


class _Placed(Diagnostics):
    """Findings about pieces, told of the files that they stand in."""

    def __init__(self, pieces: Pieces) -> None:
        super().__init__()
        self._pieces = pieces

    def add(self, diagnostic: Diagnostic) -> None:
        whole = self._pieces.whole
        labels = tuple(Label(whole(each.span), each.message) for each in diagnostic.labels)
        super().add(replace(diagnostic, span=whole(diagnostic.span), labels=labels))
