"""Lines of the output know what of the program they say, and tracebacks show it."""

from __future__ import annotations

import ast
import re
import traceback
from pathlib import Path
from typing import Any

import pytest
import torch

import netdsl
from netdsl.files import Folder
from tests.generated import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.nd"))
CHILD = re.compile(r" +self\.(\w+) = ")


def compiled(path: Path, *, line_comments: bool = False) -> netdsl.Result:
    text = path.read_text(encoding="utf-8")
    read = Folder(path.parent).read
    return netdsl.compile(text, name=path.name, read=read, line_comments=line_comments)


HELPERS = {"initialised", "distinct", "register"}
"""Functions that the compiler adds of its own."""
MADE = {"net", "branches"}
"""What it calls the items of a combinator."""


def statement_lines(source: str) -> set[int]:
    """The lines on which statements begin, but for imports, docstrings and helpers."""
    found: set[int] = set()
    own = [
        each
        for each in ast.parse(source).body
        if not (isinstance(each, ast.FunctionDef) and each.name in HELPERS)
    ]
    for node in (node for each in own for node in ast.walk(each)):
        if not isinstance(node, ast.stmt) or isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            found.add(node.lineno)
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_statement_comes_from_somewhere(path: Path) -> None:
    result = compiled(path)
    lines = result.source.split("\n")
    assert statement_lines(result.source) <= result.source_map.keys()
    for at, span in result.source_map.items():
        child = CHILD.match(lines[at - 1])
        if child is not None and child[1] not in MADE:
            assert child[1].rstrip("_") in span.text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_comments_name_the_lines_and_change_nothing(path: Path) -> None:
    plain, told = compiled(path), compiled(path, line_comments=True)
    assert ast.dump(ast.parse(plain.source)) == ast.dump(ast.parse(told.source))
    lines = told.source.split("\n")
    for at, span in told.source_map.items():
        name, line = span.source.name, span.source.position(span.start).line
        assert lines[at - 1].endswith(f"  # {name}:{line}")


PROGRAM = """module Pair(a, b) {
  one = linear a b
  def forward(x: [B, a]) {
    y = one(x)
    return y + torch_sized(y)
  }
}
def torch_sized(y: [*S]) =
  y.reshape(-1, 7)
let net = Pair 3 4
"""


def test_a_traceback_shows_the_lines_of_the_program(tmp_path: Path) -> None:
    result = netdsl.compile(PROGRAM, name="pair.nd", line_comments=True, check_shapes=False)
    file = tmp_path / "pair.py"
    file.write_text(result.source)
    names: dict[str, Any] = {"__name__": "pair"}
    exec(compile(result.source, str(file), "exec"), names)
    with pytest.raises(RuntimeError) as caught:
        names["net"]()(torch.ones(2, 3))
    shown = "".join(traceback.format_exception(caught.value))
    assert "  # pair.nd:5\n" in shown and "  # pair.nd:9\n" in shown
