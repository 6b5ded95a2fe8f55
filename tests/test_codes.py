"""Every code has a page; the page's wrong program has that code alone, the right one compiles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import netdsl
from netdsl.diagnostics import codes, explanation
from netdsl.limits import SOURCE_CHARACTERS

PAGE = re.compile(
    r"# (?P<title>[^\n]+)\n\n(?P<about>.+?)\n\n## wrong\n(?P<wrong>.+?)## right\n(?P<right>.+)",
    re.S,
)
BLOCK = re.compile(r"```nd\n(.*?)```", re.S)
PACKAGE = Path(netdsl.__file__).parent
REPORTED = re.compile(
    r'(?:error|warning|Trouble|Diagnostic)\(\s*(?:\w+,\s*)*"([a-z]+(?:-[a-z]+)+)"'
)


TOO_LARGE_TO_SHOW = {"source-too-long": "#" * (SOURCE_CHARACTERS + 1)}


@pytest.mark.parametrize("code", sorted(set(codes()) - set(TOO_LARGE_TO_SHOW)))
def test_page(code: str) -> None:
    page = PAGE.match(explanation(code) or "")
    assert page is not None
    (wrong,), (right,) = BLOCK.findall(page["wrong"]), BLOCK.findall(page["right"])
    assert [found.code for found in netdsl.check(wrong)] == [code]
    assert netdsl.check(right) == ()
    assert netdsl.compile(right).source


@pytest.mark.parametrize("code", sorted(TOO_LARGE_TO_SHOW))
def test_a_page_without_programs(code: str) -> None:
    assert [found.code for found in netdsl.check(TOO_LARGE_TO_SHOW[code])] == [code]
    assert (explanation(code) or "").startswith("# ")


def test_every_code_in_the_compiler_has_a_page() -> None:
    used = {
        code
        for path in PACKAGE.rglob("*.py")
        for code in REPORTED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(used) > 40
    assert used - set(codes()) == set()
