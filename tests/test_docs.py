"""The programs in the documentation compile, and the output that the README shows is the output."""

from __future__ import annotations

import re

import pytest

import netdsl
from tests.generated import ROOT

BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.S)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language: str) -> list[str]:
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    return [text for page in texts for kind, text in BLOCK.findall(page) if kind == language]


@pytest.mark.parametrize("program", blocks("nd"))
def test_a_program_compiles(program: str) -> None:
    assert netdsl.compile(program).source


def test_the_readme_shows_what_is_written() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = BLOCK.findall(readme)
    program = next(text for kind, text in found if kind == "nd" and "BasicBlock" in text)
    shown = next(text for kind, text in found if kind == "python" and "BasicBlock" in text)
    assert shown in netdsl.compile(program).source


def test_the_readmes_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    script = next(text for text in blocks("python") if "import netdsl" in text)
    exec(script, {})
    assert "class" not in capsys.readouterr().err
