"""Which line of the output says what of the program.

While the output is put together its lines carry marks, which are taken off at the end: wherever
a line has ended up, its mark is there with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import add

from netdsl.emit.layout.comments import last_lines
from netdsl.emit.literals import comment
from netdsl.records import Mutable, field
from netdsl.source import Source, Span


class Marks(Mutable):
    """What has been marked so far."""

    spans: list[Span] = field(default_factory=list)

    def on(self, text: str, span: Span, parts: Sequence[Span] = ()) -> str:
        """The lines of a text, marked; `parts` are what its elements say, where these have lines
        of their own."""
        lines = text.split("\n")
        marks = [self._mark(span)] * len(lines)
        begin = 0
        for end, part in zip(last_lines(lines, len(parts)), parts, strict=False):
            first = begin or min(at for at in range(1, end + 1) if lines[at].strip() not in "[{")
            marks[first : end + 1] = [self._mark(part)] * (end + 1 - first)
            begin = end + 1
        return "\n".join(map(add, lines, marks))

    def _mark(self, span: Span) -> str:
        self.spans.append(span)
        return f"\0{len(self.spans) - 1}\0"

    def taken(self, text: str) -> tuple[str, dict[int, Span]]:
        """The text without marks, and what each of its lines says, counted from 1."""
        found: dict[int, Span] = {}
        lines = text.split("\n")
        for at, line in enumerate(lines):
            if line.endswith("\0"):
                lines[at], _, number = line[:-1].rpartition("\0")
                found[at + 1] = self.spans[int(number)]
        return "\n".join(lines), found


def with_comments(text: str, lines: Mapping[int, Span]) -> str:
    """The text with a comment at the end of each line that says something of the program: where
    that stands. A traceback that shows the line shows it too."""
    found = text.split("\n")
    called: dict[Source, str] = {}
    for at, span in lines.items():
        source = span.source
        if source not in called:
            called[source] = comment(f"{source.name.rpartition('/')[2]}:")
        found[at - 1] += f"  {called[source]}{source.position(span.start).line}"
    return "\n".join(found)
