"""Every code has a page; the page's wrong program has that code alone, the right one compiles."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import netdsl
from netdsl.diagnostics import codes, explanation
from netdsl.limits import DEFAULT, Limits

PAGE = re.compile(
    r"# (?P<title>[^\n]+)\n\n(?P<about>.+?)\n\n## wrong\n(?P<wrong>.+?)## right\n(?P<right>.+)",
    re.S,
)
BLOCK = re.compile(r"```nd\n(.*?)```", re.S)
PACKAGE = Path(netdsl.__file__).parent
REPORTED = re.compile(
    r'(?:error|warning|Trouble|Diagnostic)\(\s*(?:\w+,\s*)*"([a-z]+(?:-[a-z]+)+)"'
)


MANY = "\n".join(f"let n{k} = {k}" for k in range(1000))

TOO_LARGE_TO_SHOW = {
    "source-too-long": ("#" * (DEFAULT.source + 1), DEFAULT),
    "too-many-imports": ('from "a1.nd" import f', DEFAULT),
    "too-many-findings": ("let a = b\nlet c = d", Limits(findings=1)),
    "program-too-large": (MANY, Limits(nodes=1000)),
    "output-too-long": ("seq(linear 4 8, relu)", Limits(output=100)),
    "out-of-time": (MANY, Limits(seconds=1e-6)),
}


@pytest.mark.parametrize("code", sorted(set(codes()) - set(TOO_LARGE_TO_SHOW)))
def test_page(code: str) -> None:
    page = PAGE.match(explanation(code) or "")
    assert page is not None
    *beside, wrong = BLOCK.findall(page["wrong"])
    assert [found.code for found in netdsl.check(wrong, read=reader(beside))] == [code]
    *beside, right = BLOCK.findall(page["right"])
    assert netdsl.check(right, read=reader(beside)) == ()
    assert netdsl.compile(right, read=reader(beside)).source


def _endless(place: str) -> netdsl.Source:
    """A folder in which each file imports from the next."""
    number = int(place[1:-3])
    text = f'from "a{number + 1}.nd" import f as g; let f = g'
    return netdsl.Source(text, place)


def reader(files: list[str]) -> Callable[[str], netdsl.Source]:
    """Reads the files that a page shows before its program, each named in its first line."""
    named = {text.partition("\n")[0].removeprefix("# "): text for text in files}

    def read(place: str) -> netdsl.Source:
        if place not in named:
            raise FileNotFoundError(2, "No such file or directory")
        return netdsl.Source(named[place], place)

    return read


@pytest.mark.parametrize("code", sorted(TOO_LARGE_TO_SHOW))
def test_a_page_without_programs(code: str) -> None:
    program, bounds = TOO_LARGE_TO_SHOW[code]
    with pytest.raises(netdsl.CompileError) as error:
        netdsl.compile(program, read=_endless, limits=bounds)
    assert error.value.diagnostics[-1].code == code
    assert (explanation(code) or "").startswith("# ")


def test_every_code_in_the_compiler_has_a_page() -> None:
    used = {
        code
        for path in PACKAGE.rglob("*.py")
        for code in REPORTED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(used) > 40
    assert used - set(codes()) == set()
