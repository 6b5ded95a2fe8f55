"""Lines of the output know what of the program they say, and tracebacks show it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
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


UNLUCKY = """module Unlucky(n, groups=1) {
  conv = conv2d 4 4 3 groups=groups
  def forward(x) {
    y = x.flatten()
    return y.reshape(-1, n)
  }
}
let net(n, groups=1) = Unlucky n groups=groups
"""

WAYS = {
    "load": "import netdsl; made = lambda *a: netdsl.load('net.nd', n=a[0], groups=a[1], entry='net')",
    "import": "import netdsl.importer; from net import net as made",
    "run": "from net import net as made",
    "file": "from net import net as made",
    "moved": "from parts.other import net as made",
}


@pytest.mark.parametrize("way", WAYS)
def test_what_nobody_catches_names_the_line_of_the_program(way: str, tmp_path: Path) -> None:
    """As Python itself prints it, in `__init__` and in `forward`, whichever way the module came."""
    (tmp_path / "net.nd").write_text(UNLUCKY)
    python = [sys.executable]
    if way in ("file", "moved"):
        command = [sys.executable, "-m", "netdsl", "compile", "net.nd", "--lines"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        (tmp_path / "net.nd").unlink()
    if way == "moved":  # and laid out by somebody else, who makes lines shorter
        (tmp_path / "parts").mkdir()
        (tmp_path / "net.py").rename(tmp_path / "parts" / "other.py")
        black = [sys.executable, "-m", "black", "--quiet", "--line-length", "70", "parts/other.py"]
        subprocess.run(black, cwd=tmp_path, check=True)
    if way == "run":
        python += ["-m", "netdsl", "run"]
    (tmp_path / "script.py").write_text(
        f"import sys, torch\n{WAYS[way]}\n"
        "try:\n    made(7, 3)\nexcept ValueError:\n    sys.__excepthook__(*sys.exc_info())\n"
        "made(7, 1)(torch.ones(2))\n"
    )
    done = subprocess.run(
        [*python, "script.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "", "NETDSL_CACHE": str(tmp_path / "cache")},
    )
    made, ran = done.stderr.split("Traceback (most recent call last):\n")[1:]
    assert "  # net.nd:2\n" in made and "divisible by groups" in made
    assert "  # net.nd:5\n" in ran and "is invalid for input of size 2" in ran


ITEMS = """module Net(k) = seq(
  linear k k,
  relu,

  nest(linear k k,
       relu),  # where a layer is given to another one
  conv2d k k (2 * k + 1) padding=k padding_mode="circular" groups=k bias=False, linear k k,
)
module Other(k) {
  deep = list(linear k k,
    for i in range(k) {
      linear i i,
    },
    relu, relu, relu,
    batch_norm1d k momentum=0.1, batch_norm1d k momentum=0.2, batch_norm1d k,
  )
  wide = list(
    batch_norm1d k momentum=0.1, batch_norm1d k momentum=0.2, batch_norm1d k,
    batch_norm1d k momentum=0.5)
  def forward(x) = wide[0](deep[0](x))
}
"""


def test_the_items_of_a_container_come_from_their_own_lines() -> None:
    result = netdsl.compile(ITEMS, name="net.nd", check_shapes=False, line_comments=True)
    lines = ITEMS.split("\n")
    found = re.findall(r"nn\.(\w+)\(.*  # net\.nd:(\d+)$", result.source, re.M)
    words = {"Conv2d": "conv2d", "BatchNorm1d": "batch_norm1d", "Linear": "linear", "ReLU": "relu"}
    told = [(name, int(line)) for name, line in found if name in words]
    assert len(told) == 16
    for name, line in told:
        assert words[name] in lines[line - 1], (name, line)
    assert {line for _, line in told} >= {2, 3, 7, 10, 12, 14, 15, 18, 19}
