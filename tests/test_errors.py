"""The programs of tests/cases/errors: mistakes that people make, and what is said of each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import netdsl
from netdsl.diagnostics import Diagnostic, codes
from netdsl.files import Folder
from netdsl.syntax.grammar import parser
from tests.golden import CASES

ERRORS = CASES / "errors"
PARTS = ERRORS / "modules" / "parts"
"""Files that are imported by the programs beside them, and need not be wrong themselves."""

WITHOUT_A_CASE = {
    "source-too-long": "the program would have a million characters",
    "program-too-large": "the program would have a million nodes",
    "output-too-long": "its output would have twenty million characters",
    "out-of-time": "the program would take a minute",
    "too-many-findings": "the program would have more than a thousand mistakes",
    "too-many-imports": "the program would have more than two hundred files",
}
"""The codes that no program of a reasonable size provokes, and why."""

PROGRAMS = sorted(path for path in ERRORS.rglob("*.nd") if path.parent != PARTS)


def findings(path: Path) -> tuple[Diagnostic, ...]:
    text = path.read_text(encoding="utf-8")
    return netdsl.check(text, name=path.name, read=Folder(path.parent).read)


FOUND = {path: findings(path) for path in PROGRAMS}


def name(path: Path) -> str:
    return str(path.relative_to(ERRORS).with_suffix(""))


@pytest.mark.parametrize("path", PROGRAMS, ids=name)
def test_one_mistake_is_named_once(path: Path) -> None:
    """A program that makes several begins with their number, and makes each on a line of its own."""
    several = re.match(r"# (\d+) mistakes", path.read_text(encoding="utf-8"))
    lines = [found.span.source.position(found.span.start).line for found in FOUND[path]]
    assert len(lines) == (int(several[1]) if several else 1)
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize("path", PROGRAMS, ids=name)
def test_a_finding_points_into_its_program_and_says_what_to_do(path: Path) -> None:
    for found in FOUND[path]:
        text = found.span.source.text
        assert 0 <= found.span.start <= found.span.end <= len(text.rstrip("\n"))
        assert found.hint or found.message.startswith("expected ")
        assert found.hint is None or found.hint.endswith(".")
        assert not found.message.endswith(".")


@pytest.mark.parametrize("path", PROGRAMS, ids=name)
def test_a_finding_speaks_the_languages_words(path: Path) -> None:
    """Neither terminals of the grammar nor classes of the compiler."""
    terminals = {terminal.name.strip("_") for terminal in parser().terminals} - {"None"}
    ours = {"Recipe", "Deferred", "Instance", "Ref", "Unknown", "Token", "Traceback"}
    for found in FOUND[path]:
        labels = " ".join(label.message for label in found.labels)
        said = re.sub(r"`[^`]*`", "", f"{found.message} {found.hint} {labels}")
        assert set(re.findall(r"\w+", said)) & (terminals | ours) == set()


def test_every_code_has_a_case() -> None:
    shown = {found.code for each in FOUND.values() for found in each}
    assert set(codes()) - shown == set(WITHOUT_A_CASE)


def test_the_corpus_covers_the_language() -> None:
    areas = {path.relative_to(ERRORS).parts[0] for path in PROGRAMS}
    assert areas >= {
        "syntax", "names", "calls", "layers", "modules", "lets", "init", "tensor", "functions",
        "combinators", "records",
    }  # fmt: skip
    assert len(PROGRAMS) >= 130
