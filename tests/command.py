"""The command line through real processes, for tests of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from netdsl.cli import main
from netdsl.emit.header import split_header

OK, WRONG, USAGE, BUG = 0, 1, 2, 3
GOOD = "seq(linear 3 4, relu)\n"
OTHER = "seq(linear 3 5, relu)\n"
BAD = "seq(linear 3 4,\n  lienar 4 5)\n"
WARNED = "def f(x: [B]) -> [B] {\n  return x\n  x += 1\n}\n"
NETDSL = [sys.executable, "-m", "netdsl"]
ACCIDENTS = "Traceback", "Exception ignored", "internal error"

Run = subprocess.CompletedProcess[str]


def run(command: list[str], stdin: str = "", env: dict[str, str] | None = None) -> Run:
    return subprocess.run(
        command,
        input=stdin,
        env={**os.environ, **(env or {})},
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )


def netdsl(*arguments: str, stdin: str = "", env: dict[str, str] | None = None) -> Run:
    """Runs the command, which never ends in a traceback, whatever is wrong."""
    return tidy(run([*NETDSL, *arguments], stdin, env))


def in_shell(line: str, *arguments: str) -> Run:
    """Runs a line of shell in which "$@" is the command."""
    return tidy(run(["sh", "-c", line, "sh", *NETDSL, *arguments]))


def tidy(done: Run) -> Run:
    assert not [word for word in ACCIDENTS if word in done.stderr + done.stdout], done.stderr
    return done


def compiled(*arguments: str) -> None:
    """Compiles within this process, which is quicker."""
    assert main(["compile", *arguments]) == OK


def files(folder: Path) -> dict[str, str]:
    """Every file below a folder, with its text."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def below_header(text: str) -> str:
    split = split_header(text)
    assert split is not None
    return split.text
