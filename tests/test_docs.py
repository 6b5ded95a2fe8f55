"""The programs in the documentation compile, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import netdsl
from tests.golden import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
PROGRAM = re.compile(r"```nd\n(.*?)```", re.S)
PYTHON = re.compile(r"```python\n(.*?)```", re.S)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")

BLOCKS = [
    pytest.param(block, id=f"{page.name}-{at}")
    for page in PAGES
    for at, block in enumerate(PROGRAM.findall(page.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_program_compiles(block: str) -> None:
    result = netdsl.compile(block)
    assert result.diagnostics == ()
    compile(result.source, "<documentation>", "exec")


def test_there_are_programs() -> None:
    assert len(BLOCKS) > 15


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_readmes_python_runs() -> None:
    blocks = PYTHON.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert blocks
    for block in blocks:
        exec(block, {})


def test_the_changelog_knows_this_version() -> None:
    assert f"## {netdsl.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
