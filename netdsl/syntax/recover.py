"""Reads a text that has errors: names each of them, and goes on after it.

First what is wrong in itself is named and put out of the way (`rough`, `brackets`). Then
the parser reads the rest; where it stops, the statement is given up and the reading goes
on at the next one, so that one mistake gives one message and hides no other.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from lark import Lark, Token, UnexpectedInput, UnexpectedToken
from lark.lexer import PatternStr
from lark.parsers.lalr_analysis import Shift

from netdsl import limits
from netdsl.diagnostics import Diagnostic, Diagnostics
from netdsl.records import Mutable, field
from netdsl.source import Source, Span
from netdsl.syntax import tree
from netdsl.syntax.brackets import Layout, read_brackets
from netdsl.syntax.hints import explain
from netdsl.syntax.mistakes import FIRST, python_module
from netdsl.syntax.newlines import CLOSING, OPENING
from netdsl.syntax.rough import Rough, finding, pieces
from netdsl.syntax.trouble import Trouble

_BEFORE, _AFTER = 200, 12
"""So many words before and after an error are looked at."""


def read_with_errors(source: Source, parser: Lark, diagnostics: Diagnostics) -> tree.File | None:
    """What can be read of a text that the grammar refused; the errors are recorded."""
    mended = _Mended(source.text)
    cut: list[Rough] = []
    found = _wrong_words(source, cut, mended)
    for diagnostic in found:
        diagnostics.add(diagnostic)
        if diagnostic.code == "unterminated-string" and diagnostic.span.text in ('"""', "'''"):
            return None
    if len(found) == limits.current().syntax_errors:
        return None
    if found:
        cut = list(pieces(mended.text))
    if _leave_out_python_modules(source, cut, mended, diagnostics):
        cut = list(pieces(mended.text))
    if len(mended.places) >= limits.current().syntax_errors:
        return None
    layout, cut = _balanced(source, cut, mended, diagnostics)
    if layout is None:
        return None
    errors = _Errors(source, mended, cut, layout, parser, diagnostics)
    try:
        return parser.parse(mended.text, on_error=errors)  # type: ignore[return-value]
    except UnexpectedInput:
        return None


class _Mended(Mutable):
    """The text with what is wrong in itself replaced, and the places where that happened."""

    text: str
    places: list[tuple[int, int]] = field(default_factory=list)

    def replace(self, changes: Iterable[tuple[int, int, str]]) -> None:
        """Puts other text of the same length in some places, which come in order."""
        parts: list[str] = []
        at = 0
        for start, end, instead in changes:
            if start >= at:
                parts += (self.text[at:start], instead)
                at = end
                self.places.append((start, end))
        self.text = "".join(parts) + self.text[at:]
        self.places.sort()

    def touched(self, start: int, end: int) -> bool:
        """Whether something between two offsets was replaced."""
        at = bisect_left(self.places, (start, start))
        is_after = at < len(self.places) and self.places[at][0] <= end
        return is_after or (at > 0 and self.places[at - 1][1] > start)


def _wrong_words(source: Source, cut: list[Rough], mended: _Mended) -> list[Diagnostic]:
    """Names the words that can be no words, and replaces them; `cut` receives the pieces.

    A piece is cut only when it is needed: a quotation mark without partner costs a look at
    the rest of its line, and no more than the limit `syntax_errors` of them are paid for.
    """
    found: list[Diagnostic] = []
    changes = []
    before: Rough | None = None
    for piece in pieces(source.text):
        wrong = finding(source, piece, before)
        cut.append(piece)
        before = piece
        if wrong is not None:
            found.append(wrong.diagnostic)
            changes.append((wrong.start, wrong.end, wrong.replacement))
        if len(found) == limits.current().syntax_errors:
            break
    mended.replace(changes)
    return found


def _leave_out_python_modules(
    source: Source, cut: Sequence[Rough], mended: _Mended, diagnostics: Diagnostics
) -> bool:
    """Names each `module` whose body follows a `:` and is indented, and takes it out; whether
    there was one. Its first line would be read as the module's shapes."""
    texts = [mended.text[piece.start : piece.end] for piece in cut]
    changes: list[tuple[int, int, str]] = []
    for at, text in enumerate(texts):
        if text != "module" or (at and cut[at - 1].kind != "newline"):
            continue
        if changes and cut[at].start < changes[-1][1]:
            continue
        colon = _header_end(texts, at)
        if texts[colon : colon + 1] != [":"] or not _begins_python_block(cut, texts, colon + 1):
            continue
        span = Span(source, cut[colon].start, cut[colon].end)
        code, message, hint = python_module(texts[at + 1])
        diagnostics.error(code, message, span, hint=hint)
        end = _indented_end(mended.text, cut[at].start)
        changes.append((cut[at].start, end, " " * (end - cut[at].start)))
        if len(changes) + len(mended.places) >= limits.current().syntax_errors:
            break
    mended.replace(changes)
    return bool(changes)


def _header_end(texts: Sequence[str], at: int) -> int:
    """The word after a definition's name and its parameters, unless those are many."""
    depth = 0
    for after in range(at + 2, min(at + _BEFORE, len(texts))):
        if not depth and texts[after] != "(":
            return after
        depth += (texts[after] in ("(", "[")) - (texts[after] in (")", "]"))
    return at


def _begins_python_block(cut: Sequence[Rough], texts: Sequence[str], at: int) -> bool:
    """Whether a line ends here, and the next one is no type with sizes in brackets."""
    if at + 1 >= len(cut) or cut[at].kind != "newline":
        return False
    return cut[at + 1].kind in ("word", "string") and texts[at + 2 : at + 3] != ["["]


def _indented_end(text: str, start: int) -> int:
    """Where the lines end that are indented deeper than the one with an offset."""
    line = text.rfind("\n", 0, start) + 1
    end = text.find("\n", start)
    while end != -1:
        below = re.compile(r"\n*([ \t\f]*)").match(text, end)
        assert below is not None
        is_deeper = len(below[1]) > start - line and below.end() < len(text)
        if not is_deeper:
            return end
        end = text.find("\n", below.end())
    return len(text)


def _balanced(
    source: Source, cut: list[Rough], mended: _Mended, diagnostics: Diagnostics
) -> tuple[Layout | None, list[Rough]]:
    """Names the brackets without partner and takes them out; the layout of what is left, or
    None when there is too much wrong to go on."""
    most = limits.current().syntax_errors - len(mended.places)
    layout, faults = read_brackets(source, mended.text, cut, most)
    if not faults:
        return layout, cut
    for fault in faults:
        diagnostics.add(fault.diagnostic)
    left_out = sorted(place for fault in faults for place in fault.left_out)
    mended.replace((start, end, " " * (end - start)) for start, end in left_out)
    cut = list(pieces(mended.text))
    layout, again = read_brackets(source, mended.text, cut, 1)
    return (None if again or len(faults) >= most else layout), cut


class _Errors:
    """What the parser calls where it stops. True sends it on after the statement."""

    def __init__(
        self,
        source: Source,
        mended: _Mended,
        cut: Sequence[Rough],
        layout: Layout,
        parser: Lark,
        diagnostics: Diagnostics,
    ) -> None:
        self.source = source
        self.mended = mended
        self.cut = cut
        self.starts = [piece.start for piece in cut]
        self.layout = layout
        self.spelt = {
            terminal.name: terminal.pattern.value
            for terminal in parser.terminals
            if isinstance(terminal.pattern, PatternStr)
        }
        self.diagnostics = diagnostics
        self.count = 0
        self.resumed_at = -1

    def __call__(self, error: UnexpectedInput) -> bool:
        interactive: Any = error.interactive_parser
        state = interactive.parser_state
        at = self._piece(error)
        keep = _statement_level(state)
        if keep is None:
            return False
        inside = state.value_stack[keep:]
        level = self._depth(at) - _open_brackets(inside)
        resume = self._statement_end(at, level)
        if not self.mended.touched(self._statement_start(at), self._offset(resume)):
            trouble = self._trouble(at, _level(state, keep), interactive.accepts(), inside)
            explained = explain(trouble, self.spelt)
            span = self._span(self._pointed(at, explained.points_at))
            self.diagnostics.error(explained.code, explained.message, span, hint=explained.hint)
            self.count += 1
            if explained.skips_block:
                resume = self._block_end(at, resume, level)
        if self.count >= limits.current().syntax_errors or resume <= self.resumed_at:
            return False
        self.resumed_at = resume
        del state.state_stack[keep + 1 :], state.value_stack[keep:]
        position = interactive.lexer_thread.state.line_ctr
        position.char_pos = self._offset(resume)
        return True

    def _piece(self, error: UnexpectedInput) -> int:
        """The piece at which the parser stopped; one past the last at the end of the file."""
        if isinstance(error, UnexpectedToken) and error.token.type == "$END":
            return len(self.cut)
        return max(bisect_right(self.starts, _offset(error)) - 1, 0)

    def _depth(self, at: int) -> int:
        """How many brackets are open before a piece."""
        if at == len(self.cut):
            return 0
        return self.layout.depth[at] + (self.cut[at].kind == "closing")

    def _statement_start(self, at: int) -> int:
        if not self.cut:
            return 0
        first = self.layout.statement[min(at, len(self.cut) - 1)]
        if first == at and at:
            return self.cut[at - 1].end
        return self._offset(first)

    def _statement_end(self, at: int, level: int) -> int:
        """The piece that ends the statement: a line end, a `;`, or what closes the block."""
        depth, ends = self.layout.depth, self.layout.ends
        for piece in range(at, len(self.cut)):
            if depth[piece] == level and ends[piece]:
                return piece
            if depth[piece] < level and self.cut[piece].kind == "closing":
                return piece
        return len(self.cut)

    def _block_end(self, at: int, resume: int, level: int) -> int:
        """As `_statement_end`, after the lines below that are indented deeper."""
        first = self.layout.statement[min(at, len(self.cut) - 1)]
        base = self._indent(first + (self.cut[first].kind == "newline" and first < at))
        while resume < len(self.cut) and self.cut[resume].kind == "newline":
            if resume + 1 == len(self.cut) or self._indent(resume + 1) <= base:
                return resume
            resume = self._statement_end(resume + 1, level)
        return resume

    def _indent(self, at: int) -> int:
        start = self.starts[at]
        line = self.source.text.rfind("\n", 0, start) + 1
        text = self.source.text[line:start]
        return len(text) - len(text.lstrip())

    def _offset(self, at: int) -> int:
        return self.starts[at] if at < len(self.cut) else len(self.mended.text)

    def _text(self, at: int) -> str:
        return self.mended.text[self.cut[at].start : self.cut[at].end]

    def _span(self, at: int) -> Span:
        """The piece; where a line or the file ends, the place after the last word."""
        if at < len(self.cut) and self.cut[at].kind != "newline":
            return Span(self.source, self.cut[at].start, self.cut[at].end)
        while at and self.cut[at - 1].kind == "newline":
            at -= 1
        end = self.cut[at - 1].end if at else 0
        return Span(self.source, end, end)

    def _pointed(self, at: int, word: str) -> int:
        """The last piece before an error that is a word; the error itself if none is."""
        first = self.layout.statement[min(at, len(self.cut) - 1)] if word else at
        earlier = range(max(first, at - _BEFORE), at)
        if word == FIRST:
            return next((each for each in earlier if self.cut[each].kind != "newline"), at)
        return next((each for each in reversed(earlier) if self._text(each) == word), at)

    def _trouble(
        self,
        at: int,
        level: Literal["file", "body", "def"],
        accepts: Iterable[str],
        inside: Sequence[Any],
    ) -> Trouble:
        size = len(self.cut)
        first = self.layout.statement[min(at, size - 1)] if size else 0
        kind = self.cut[at].kind if at < size else "end"
        if kind == "end" and size and self.layout.ends[-1]:
            first = size
        begin = max(first, at - _BEFORE)
        ends = self.layout.ends
        last = next(
            (end for end in range(at + 1, min(at + _AFTER, size)) if ends[end]), at + _AFTER
        )
        texts = [self._text(piece) for piece in range(begin, min(last, size))]
        texts = ["" if text[:1] == "\n" else text for text in texts]
        before = tuple(text for text in texts[: at - begin] if text)
        return Trouble(
            level=level,
            before=before,
            found=texts[at - begin] if at < size else "",
            kind="newline" if at < size and self._text(at) == ";" else kind,
            after=tuple(text for text in texts[at - begin + 1 :] if text),
            accepts=frozenset(accepts),
            opening=_innermost(inside),
            touches=at + 1 < size and self.cut[at].end == self.cut[at + 1].start,
        )


def _offset(error: UnexpectedInput) -> int:
    if isinstance(error, UnexpectedToken):
        return error.token.start_pos or 0
    return error.pos_in_stream or 0


def _statement_level(state: Any) -> int | None:
    """How much of the parser's stack stands before the statement it is in."""
    states = state.parse_conf.states
    for at in range(len(state.state_stack) - 1, -1, -1):
        actions = states[state.state_stack[at]]
        if _shifts(actions, "_SEMI") and (_shifts(actions, "LET") or _shifts(actions, "RETURN")):
            return at
    return None


def _shifts(actions: dict[str, Any], terminal: str) -> bool:
    action = actions.get(terminal)
    return action is not None and action[0] is Shift


def _level(state: Any, keep: int) -> Literal["file", "body", "def"]:
    actions = state.parse_conf.states[state.state_stack[keep]]
    if _shifts(actions, "RETURN"):
        return "def"
    return "file" if _shifts(actions, "EXTERN") else "body"


def _open_brackets(values: Sequence[Any]) -> int:
    tokens = [value.type for value in values if type(value) is Token]
    return sum(kind in OPENING for kind in tokens) - sum(kind in CLOSING for kind in tokens)


def _innermost(values: Sequence[Any]) -> str:
    """The innermost bracket that is open; empty if there is none."""
    closed = 0
    for value in reversed(values):
        if type(value) is Token and value.type in CLOSING:
            closed += 1
        elif type(value) is Token and value.type in OPENING:
            if not closed:
                return str(value)
            closed -= 1
    return ""
