"""Every code has a page; the page's wrong program has that code alone, the right one compiles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import netdsl
from netdsl.diagnostics import codes, explanation

PAGE = re.compile(r"# (?P<title>[^\n]+)\n\n(?P<about>.+?)\n\n## wrong\n(?P<wrong>.+?)## right\n(?P<right>.+)", re.S)
BLOCK = re.compile(r"```nd\n(.*?)```", re.S)
PACKAGE = Path(netdsl.__file__).parent
REPORTED = re.compile(r"""(?:error|warning|Trouble|Diagnostic|report)\(\s*(?:\w+,\s*)*["']([a-z]+(?:-[a-z]+)*)["']""")


@pytest.mark.parametrize("code", codes())
def test_page(code: str) -> None:
    page = PAGE.match(explanation(code) or "")
    assert page is not None
    (wrong,), (right,) = BLOCK.findall(page["wrong"]), BLOCK.findall(page["right"])
    assert [found.code for found in netdsl.check(wrong)] == [code]
    assert netdsl.check(right) == ()
    assert netdsl.compile(right).source


def test_every_code_in_the_compiler_has_a_page() -> None:
    used = {
        code
        for path in PACKAGE.rglob("*.py")
        for code in REPORTED.findall(path.read_text(encoding="utf-8"))
        if "-" in code
    }
    assert used - set(codes()) == set()
