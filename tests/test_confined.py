"""What the compiler opens, imports and runs while it works, as Python itself reports it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MARK = "zqzqzq"
"""A word that every program here holds, and nothing else does."""

WATCHED = """\
import json, os, sys

seen = {"open": [], "import": [], "run": [], "other": []}
OTHER = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.spawn", "os.posix_spawn",
         "ctypes.", "urllib.", "pty.", "shutil.", "os.chmod", "os.chown", "os.link", "os.symlink",
         "pickle.", "os.kill", "mmap.", "ftplib.", "http.", "webbrowser.")


def held(code):
    return [*code.co_names, *code.co_varnames, *map(repr, code.co_consts)]


def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        seen["open"].append(os.fsdecode(arguments[0]))
    elif event == "import":
        seen["import"].append(arguments[0])
    elif event == "compile":
        seen["run"].append(repr(arguments[0]) if isinstance(arguments[0], (str, bytes)) else "")
    elif event == "exec":
        seen["run"] += held(arguments[0])
    elif event == "marshal.loads":
        seen["run"].append(repr(arguments[0])[:100])
    elif event.startswith(OTHER):
        seen["other"].append(event)


report, *arguments = sys.argv[1:]
sys.addaudithook(watch)
from netdsl import cli

status = cli.main(arguments)
found = {"status": status, **{kind: list(each) for kind, each in seen.items()}}
with open(report, "w") as file:
    json.dump(found, file)
"""

PROGRAM = """\
from "parts/MARK.nd" import Block
extern module MARK_package.layers.Layer(d: int): [*S] -> [*S]
extern def os.system(command: str) -> int
extern let subprocess.getoutput(command: str)
let shell() = getoutput "id"
def run(x: [B]) -> [B] {
  assert system("id") == 0
  return x
}
module Net(d) "The docstring MARK: __import__('os').system('id')" {
  MARK = Block d
  outer = Layer d
  def forward(x: [B, d]) -> [B, d] = outer(MARK(x))
}
let net: [B, 4] = Net 4
""".replace("MARK", MARK)
BLOCK = (
    f'module Block(d) "{MARK}" {{ "{MARK}_1" = linear d d; def forward(x: [B, d]) -> [B, d] = x }}'
)


def watched(folder: Path, *arguments: str) -> dict[str, list[str]]:
    """What a command does, in a Python of its own."""
    report = folder / "report.json"
    subprocess.run(
        [sys.executable, "-c", WATCHED, str(report), *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        env={**os.environ, "NETDSL_CACHE": str(folder / "cache")},
    )
    found: dict[str, list[str]] = json.loads(report.read_text())
    return found


def of_python(path: str) -> bool:
    """Whether a file belongs to Python, to an installed package or to the compiler."""
    homes = [sys.prefix, sys.base_prefix, *filter(None, sys.path)]
    homes += [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
    real = os.path.realpath(path)
    return real.endswith(".pth") or any(
        real.startswith(os.path.realpath(home) + os.sep) for home in homes
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "in/net.nd"],
        ["compile", "in/net.nd", "-o", "in/out/"],
        ["compile", "in/net.nd", "--bundle", "--lines", "--style", "black"],
        ["summary", "in/net.nd"],
    ],
    ids=["check", "compile", "bundle", "summary"],
)
def test_nothing_is_opened_imported_or_run_for_a_program(
    arguments: list[str], tmp_path: Path
) -> None:
    (tmp_path / "in" / "parts").mkdir(parents=True)
    (tmp_path / "in" / "net.nd").write_text(PROGRAM)
    (tmp_path / "in" / "parts" / f"{MARK}.nd").write_text(BLOCK)
    package = tmp_path / f"{MARK}_package"  # where Python would find it, and must not look
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('imported')")
    (tmp_path / "secret.nd").write_text("let secret = relu")
    found = watched(tmp_path, *arguments)
    assert found["status"] == 0  # type: ignore[comparison-overlap]
    assert found["other"] == []
    assert not any(MARK in name for name in found["import"])
    assert "torch" not in found["import"]
    assert not any(MARK in text for text in found["run"])
    inside = str(tmp_path)
    for path in found["open"]:
        absolute = os.path.realpath(os.path.join(tmp_path, path))
        if absolute.startswith(inside):
            assert absolute.startswith((f"{inside}/in/", f"{inside}/cache/")), path
        else:
            assert of_python(absolute), path


def test_what_is_watched_for_is_seen(tmp_path: Path) -> None:
    """`netdsl run` does run what was generated."""
    (tmp_path / "net.nd").write_text(f'let {MARK}() = "{MARK}"')
    (tmp_path / "script.py").write_text("import net, subprocess")
    found = watched(tmp_path, "run", "script.py")
    assert any(MARK in text for text in found["run"])
    assert "subprocess" in found["import"]
