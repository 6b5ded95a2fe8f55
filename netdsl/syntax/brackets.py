"""Which bracket closes which, and which statement each word is in, in a text that may be
broken: a bracket that is never closed would otherwise swallow the rest of the file.

Indentation means nothing to the language, but once a bracket is known to be missing it is
the best witness of where it was meant to be.
"""

from __future__ import annotations

from collections.abc import Sequence

from netdsl.diagnostics import Diagnostic, Label
from netdsl.records import Frozen, Mutable, field
from netdsl.source import Source, Span
from netdsl.syntax.rough import Rough

PARTNER = {"(": ")", "[": "]", "{": "}"}

_FILE_LEVEL = frozenset({"module", "record", "extern", "from"})
_DECLARING = _FILE_LEVEL | frozenset(
    {"let", "def", "param", "buffer", "const", "share", "tie", "init", "freeze"}
)
"""Words that begin a declaration when they begin a line and another word follows."""

_GOES_ON_AFTER = frozenset({"if", "else", "for", "in", "and", "or", "not", "is"})
_GOES_ON_WITH = frozenset({"else", "elif", "and", "or", "in", "is", "as"})
_GOES_ON_WITH_SIGN = frozenset(
    {"~", ")", "]", "}", "{", ",", ".", ":", "=", "|", "&", "@", "%", "*", "/", "<", ">"}
)


class _Open(Mutable):
    """A bracket that is open: where it is, the piece that begins its statement, how far its
    line is indented, and what speaks against it."""

    piece: int
    sign: str
    statement: int
    indent: int
    flat: bool
    """Whether a line end inside it can end a statement: no round or square bracket is open."""
    inner: int | None = None
    """How far the first line that begins inside it is indented."""
    suspect: int | None = None
    """The piece that begins a line before which the bracket was probably meant to be closed."""


class Layout(Mutable):
    """What the brackets say of each piece of a text: how many are open around it, which
    piece begins its statement, and whether a statement ends at it (a line end or a `;`)."""

    depth: list[int] = field(default_factory=list)
    statement: list[int] = field(default_factory=list)
    ends: list[bool] = field(default_factory=list)


class Fault(Frozen):
    """A bracket without partner, and what to leave out for the rest to be balanced."""

    diagnostic: Diagnostic
    left_out: tuple[tuple[int, int], ...]


class _Walk:
    """One walk over the pieces. It goes back to where a bracket was probably forgotten, so
    that what follows is still looked at."""

    def __init__(self, source: Source, text: str, pieces: Sequence[Rough], most: int) -> None:
        self.source = source
        self.text = text
        self.pieces = pieces
        self.most = most
        self.stack: list[_Open] = []
        self.statement = 0
        self.layout = Layout()
        self.faults: list[Fault] = []
        self.doubtful: tuple[_Open, list[_Open], int] | None = None
        """A brace whose closer is indented less than its line, what was open around it, and
        the closer: if a brace is missing at the end, it is probably this one's."""
        self.early: tuple[int, list[_Open]] | None = None
        """A brace that closes a block of several lines elsewhere than at a line's beginning, or
        where it is indented deeper than the block, and what was open before it: if there is a
        brace too many at the end, it is probably this one."""
        self.indent = 0
        """How far the line under the walk is indented."""

    def run(self) -> None:
        at = 0
        while len(self.faults) < self.most:
            if at < len(self.pieces):
                at = self._step(at)
            elif self.stack:
                at = self._file_ends()
            else:
                return

    def _step(self, at: int) -> int:
        """Looks at one piece; the next to look at."""
        kind = self.pieces[at].kind
        if kind == "newline":
            self.indent = self._indent_after(at)
        layout = self.layout
        flat = not self.stack or self.stack[-1].flat
        ends = flat and self._ends_statement(at)
        if at < len(layout.depth):
            del layout.depth[at:], layout.statement[at:], layout.ends[at:]
        layout.depth.append(len(self.stack))
        layout.statement.append(self.statement)
        layout.ends.append(ends)
        if self.stack and self.pieces[at - 1].kind == "newline":
            self._look_at_line(at, self.stack[-1])
        if kind == "opening":
            sign = self._text(at)
            inside_flat = flat and sign == "{"
            self.stack.append(_Open(at, sign, self.statement, self.indent, inside_flat))
            if inside_flat:
                self.statement = at + 1
        elif kind == "closing":
            return self._close(at)
        elif ends:
            self.statement = at + 1
        return at + 1

    def _close(self, at: int) -> int:
        sign = self._text(at)
        top = self.stack[-1] if self.stack else None
        if top is None or PARTNER[top.sign] != sign:
            return self._mismatch(top, at)
        if sign == "}" and top.inner is not None:
            self._look_at_closer(at, top)
        self.stack.pop()
        self.statement = top.statement
        self.layout.depth[at] -= 1
        return at + 1

    def _look_at_closer(self, at: int, top: _Open) -> None:
        """Notes where the closer of a block of several lines stands strangely."""
        if self.pieces[at - 1].kind == "newline":
            if self.indent < top.indent and self.doubtful is None:
                self.doubtful = (top, self.stack[:-1], at)
            if self.indent > top.indent and self.early is None:
                self.early = (at, list(self.stack))
        elif self.early is None and self._kind(at + 1) != "closing":
            self.early = (at, list(self.stack))

    def _look_at_line(self, at: int, opened: _Open) -> None:
        """Notes a line that reads as a declaration although the bracket is still open."""
        if opened.inner is None:
            opened.inner = self.indent
        if opened.suspect is not None or self._text(at) not in _DECLARING:
            return
        if self._kind(at + 1) not in ("word", "string"):
            return
        is_outdented = self.indent <= opened.indent < opened.inner
        if opened.sign != "{" or self._text(at) in _FILE_LEVEL or is_outdented:
            opened.suspect = at

    def _never_opened(self, at: int) -> int:
        """Reports a closer and goes on as if it were not there; the next piece to look at."""
        if self.early is not None and self._text(at) == "}" and not self.stack:
            at, self.stack = self.early
            self.early = None
            self._forget_after(at)
            self.statement = self.layout.statement[at]
        sign = self._text(at)
        labels = []
        if self.stack:
            innermost = self.stack[-1]
            message = f"the innermost open bracket is this `{innermost.sign}`"
            labels.append(Label(self._span(innermost.piece), message))
        diagnostic = Diagnostic(
            "unopened-bracket", f"this `{sign}` closes nothing", self._span(at), tuple(labels),
            f"remove the `{sign}`, or open it before.",
        )  # fmt: skip
        piece = self.pieces[at]
        self.faults.append(Fault(diagnostic, ((piece.start, piece.end),)))
        return at + 1

    def _mismatch(self, top: _Open | None, at: int) -> int:
        """A bracket closes, and not the innermost one: either that one is never closed or
        this one was never opened."""
        sign = self._text(at)
        partner = next((each for each in reversed(self.stack) if PARTNER[each.sign] == sign), None)
        if top is None or (partner is None and top.sign == "{"):
            return self._never_opened(at)
        if top.suspect is not None:
            return self._declared(top, self.stack)
        if self._is_stray(top, at):
            return self._never_opened(at)
        closer, opener = self.pieces[at], self.pieces[top.piece]
        left_out: tuple[tuple[int, int], ...]
        label = Label(self._span(at), f"this `{sign}` does not close it")
        self.stack.pop()
        if partner is None:
            left_out = ((opener.start, opener.end), (closer.start, closer.end))
        elif partner.sign == "{":
            left_out = ((self.pieces[top.statement].start, closer.start),)
            while self.stack[-1] is not partner:
                self.stack.pop()
            self.statement = top.statement
        else:
            left_out = ((opener.start, opener.end),)
        self._never_closed(top, label, left_out)
        return at + 1 if partner is None else at

    def _is_stray(self, top: _Open, at: int) -> bool:
        """Whether a wrong closer is one too many: the right one follows on its line, or it
        stands in the middle of a line in a block that began on another."""
        if top.sign == "{":
            return top.inner is not None and self.pieces[at - 1].kind != "newline"
        depth = 0
        for piece in range(at + 1, len(self.pieces)):
            kind = self.pieces[piece].kind
            if kind == "opening":
                depth += 1
            elif kind == "closing" and depth:
                depth -= 1
            elif kind == "closing":
                return self._text(piece) == PARTNER[top.sign]
            elif kind == "newline":
                return False
        return False

    def _file_ends(self) -> int:
        if self.doubtful is not None:
            opened, around, at = self.doubtful
            self.doubtful = None
            opened.suspect = at
            return self._declared(opened, around)
        suspects = [opened for opened in self.stack if opened.suspect is not None]
        if suspects:
            return self._declared(suspects[-1], self.stack)
        end = len(self.text.rstrip())
        label = Label(Span(self.source, end, end), "the file ends here")
        first = self.pieces[self.stack[0].statement].start
        self._never_closed(self.stack[-1], label, ((first, len(self.text)),))
        self.stack = []
        return len(self.pieces)

    def _declared(self, opened: _Open, around: list[_Open]) -> int:
        """The bracket was meant to be closed before its suspect: goes on there."""
        assert opened.suspect is not None
        label = Label(
            self._span(opened.suspect),
            f"a `{PARTNER[opened.sign]}` is missing before this `{self._text(opened.suspect)}`",
        )
        start, end = self.pieces[opened.statement].start, self.pieces[opened.suspect].start
        self._never_closed(opened, label, ((start, end),))
        self.stack = [each for each in around if each.piece < opened.piece]
        while self.stack and self.stack[-1].sign != "{":
            self.stack.pop()
        self.statement = opened.statement
        self._forget_after(opened.suspect)
        self.indent = self._indent_after(opened.suspect - 1)
        return opened.suspect

    def _forget_after(self, at: int) -> None:
        """The walk goes back: what it saw from here on, it sees again."""
        if self.early is not None and self.early[0] >= at:
            self.early = None
        for opened in self.stack:
            if opened.suspect is not None and opened.suspect >= at:
                opened.suspect = None

    def _never_closed(
        self, opened: _Open, label: Label, left_out: tuple[tuple[int, int], ...]
    ) -> None:
        diagnostic = Diagnostic(
            "unclosed-bracket",
            f"this `{opened.sign}` is never closed",
            self._span(opened.piece),
            (label,),
            f"close it with `{PARTNER[opened.sign]}`.",
        )
        self.faults.append(Fault(diagnostic, left_out))

    def _ends_statement(self, at: int) -> bool:
        """Whether a line end or a `;` ends a statement, as `newlines` has it."""
        if self._text(at) == ";":
            return True
        if self.pieces[at].kind != "newline" or at == 0:
            return False
        before, follows = self.pieces[at - 1], at + 1
        if before.kind == "operator" and self._text(at - 1) not in ("?", "..."):
            return False
        if before.kind == "opening" or self._text(at - 1) in _GOES_ON_AFTER:
            return False
        if follows == len(self.pieces):
            return True
        text = self._text(follows)
        return text not in _GOES_ON_WITH and text[0] not in _GOES_ON_WITH_SIGN and text != "->"

    def _indent_after(self, newline: int) -> int:
        """How far the line after a line end is indented."""
        _, start, end = self.pieces[newline]
        return end - self.text.rindex("\n", start, end) - 1

    def _kind(self, at: int) -> str:
        return self.pieces[at].kind if at < len(self.pieces) else "end"

    def _text(self, at: int) -> str:
        return self.text[self.pieces[at].start : self.pieces[at].end]

    def _span(self, at: int) -> Span:
        return Span(self.source, self.pieces[at].start, self.pieces[at].end)


def read_brackets(
    source: Source, text: str, pieces: Sequence[Rough], most: int
) -> tuple[Layout, list[Fault]]:
    """The layout of a text and its brackets without partner, at most `most`. The text is the
    source's with other words in some places, cut into pieces."""
    walk = _Walk(source, text, pieces, most)
    walk.run()
    return walk.layout, walk.faults
