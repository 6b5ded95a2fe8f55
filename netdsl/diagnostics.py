"""What the compiler has to say about a program, as data; `report` turns it into text.

Every code is described in one file, `netdsl/codes/CODE.md`: what it means, a program that
has it, and the same program put right. `netdsl explain CODE` prints that file.
"""

from __future__ import annotations

import os

from netdsl.records import Frozen
from netdsl.source import Span

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    Severity = Literal["error", "warning"]
else:
    Severity = str


class Label(Frozen):
    """A second place that a reader of a diagnostic needs to see, and why."""

    span: Span
    message: str


class Diagnostic(Frozen):
    """One finding: what is wrong, where, and what to do about it.

    `message` is lower-case and names the actual names, values and shapes; `hint` is a
    sentence that says what to do.
    """

    code: str
    message: str
    span: Span
    labels: tuple[Label, ...] = ()
    hint: str | None = None
    severity: Severity = "error"

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        return (self.span.source.name, self.span.start, self.span.end, self.code, self.message)


class Diagnostics:
    """Collects findings; each place is reported once for each code."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], Diagnostic] = {}
        self.said = 0
        """How often something was found, also what was known or was taken back."""

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        hint: str | None = None,
        labels: Iterable[Label] = (),
    ) -> None:
        self.add(Diagnostic(code, _in_a_line(message), span, tuple(labels), hint))

    def warning(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        hint: str | None = None,
        labels: Iterable[Label] = (),
    ) -> None:
        self.add(Diagnostic(code, _in_a_line(message), span, tuple(labels), hint, "warning"))

    def add(self, diagnostic: Diagnostic) -> None:
        self.said += 1
        span = diagnostic.span
        self._found.setdefault((diagnostic.code, span.source, span.start), diagnostic)

    def also(self, others: Diagnostics) -> None:
        """Adds what was found elsewhere."""
        for diagnostic in others._found.values():
            self.add(diagnostic)

    def mark(self) -> int:
        """How much was found so far."""
        return len(self._found)

    def errors_since(self, mark: int) -> bool:
        """Whether errors were found since then."""
        if len(self._found) == mark:
            return False
        return any(found.severity == "error" for found in list(self._found.values())[mark:])

    def forget_since(self, mark: int) -> None:
        """Takes back what was found since then, for which something else is said."""
        for key in list(self._found)[mark:]:
            del self._found[key]

    def sorted(self) -> tuple[Diagnostic, ...]:
        return tuple(sorted(self._found.values(), key=lambda found: found.sort_key))

    @property
    def has_errors(self) -> bool:
        return bool(self._found) and any(
            found.severity == "error" for found in self._found.values()
        )


def _in_a_line(message: str) -> str:
    """A message, in which line ends of the program's texts are written as programs write them."""
    for end in {each for each in message if each.splitlines() == [""]}:
        message = message.replace(end, end.encode("unicode_escape").decode())
    return message


class CompileError(Exception):
    """Raised at the façade for a program that is wrong; carries every diagnostic.

    `str(error)` is the text that the command line prints.
    """

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        from netdsl.report import render_text

        return render_text(self.diagnostics)


_PAGES = os.path.join(os.path.dirname(__file__), "codes")


def codes() -> list[str]:
    """Every diagnostic code, sorted."""
    return sorted(name[:-3] for name in os.listdir(_PAGES) if name.endswith(".md"))


def explanation(code: str) -> str | None:
    """The page about a code in Markdown, or None if there is no such code."""
    if code not in codes():
        return None
    with open(os.path.join(_PAGES, f"{code}.md"), encoding="utf-8") as page:
        return page.read()
