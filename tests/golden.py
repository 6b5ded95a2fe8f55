"""Programs and what is expected of them, as text side by side.

Beside `NAME.nd` lies `NAME.py`, the output below its header, or `NAME.txt`, what is said of a
program that is wrong. Warnings stand in `NAME.txt` too, beside the output.
Beside programs in `format/` lies `NAME.formatted`, how they are laid out.
`python -m tests.update` writes all of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import netdsl
from netdsl.analysis.imports import Read
from netdsl.emit.header import split_header
from netdsl.files import Folder
from netdsl.report import render_text

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases"
EXAMPLES = ROOT / "examples"
EXPECTED = ("*.py", "*.txt", "*.formatted")


class Outcome(NamedTuple):
    """What a program gives: its output, or None if it is wrong, and what is said of it."""

    output: str | None
    findings: str
    fallbacks: int


class Case(NamedTuple):
    """A program, and where what is expected of it lies, without a suffix."""

    program: Path
    expected: Path

    @property
    def id(self) -> str:
        return str(self.expected.relative_to(CASES))

    def outcome(self) -> Outcome:
        read = Folder(self.program.parent).read
        return outcome(self.program.read_text(encoding="utf-8"), self.program.name, read)

    def files(self) -> dict[Path, str | None]:
        """What the expected files would hold if they were written now."""
        found = self.outcome()
        files = {
            self.expected.with_suffix(".py"): found.output,
            self.expected.with_suffix(".txt"): found.findings or None,
        }
        if self.program.parent == CASES / "format":
            text = self.program.read_text(encoding="utf-8")
            files[self.expected.with_suffix(".formatted")] = netdsl.format(text)
        return files


def cases() -> list[Case]:
    """Every program under tests/cases, and the examples."""
    own = [Case(path, path.with_suffix("")) for path in sorted(CASES.rglob("*.nd"))]
    examples = [
        Case(path, CASES / "examples" / path.stem) for path in sorted(EXAMPLES.glob("*.nd"))
    ]
    return own + examples


def outcome(text: str, name: str, read: Read | None = None) -> Outcome:
    """What a text compiles to."""
    try:
        result = netdsl.compile(text, name=name, read=read)
    except netdsl.CompileError as error:
        return Outcome(None, _shown(error.diagnostics) + "\n", 0)
    split = split_header(result.source)
    assert split is not None
    findings = _shown(result.diagnostics)
    return Outcome(split.text, findings and findings + "\n", result.fallbacks)


def _shown(diagnostics: tuple[netdsl.Diagnostic, ...]) -> str:
    """Findings as text that does not say where the checkout lies."""
    return render_text(diagnostics).replace(f"{ROOT}/", "")
