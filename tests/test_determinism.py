"""The same program gives the same bytes, without torch and without black."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import netdsl
from netdsl.files import Folder
from tests.golden import ROOT, cases

# Reads names of programs from its arguments, and prints what each compiles to.
_COMPILE = """
import sys
{before}
import netdsl
from netdsl.files import Folder
from pathlib import Path
for path in map(Path, sys.argv[1:]):
    try:
        text, read = path.read_text(encoding="utf-8"), Folder(path.parent).read
        result = netdsl.compile(text, name=path.name, read=read)
        print(result.source, result.fallbacks)
    except netdsl.CompileError as error:
        print(error)
{after}
"""
_NO_BLACK = "sys.modules['black'] = None"
_NO_TORCH = """
loaded = {"torch", "numpy", "black"} & set(sys.modules)
assert not loaded, loaded
"""
PROGRAMS = sorted({str(case.program) for case in cases()})


def compiled(*, before: str = "", after: str = "", seed: str = "0") -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    script = _COMPILE.format(before=before, after=after)
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script, *PROGRAMS],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def bytes_once() -> str:
    return compiled()


@pytest.mark.parametrize("seed", ["1", "2", "12345"])
def test_hash_seeds_change_nothing(bytes_once: str, seed: str) -> None:
    assert compiled(seed=seed) == bytes_once


def test_twice_in_one_process() -> None:
    for path in sorted((ROOT / "examples").glob("*.nd")):
        text, read = path.read_text(encoding="utf-8"), Folder(path.parent).read
        first, second = (netdsl.compile(text, read=read).source for _ in range(2))
        assert first == second


def test_no_compile_loads_torch_or_black() -> None:
    compiled(after=_NO_TORCH)


def test_everything_compiles_without_black(bytes_once: str) -> None:
    assert compiled(before=_NO_BLACK) == bytes_once


def test_black_style_changes_no_byte_below_the_header() -> None:
    from netdsl.emit.header import split_header

    for path in sorted((ROOT / "examples").glob("*.nd")):
        text, read = path.read_text(encoding="utf-8"), Folder(path.parent).read
        ours, blacks = (
            split_header(netdsl.compile(text, style=style, read=read).source)
            for style in ("auto", "black")
        )
        assert ours is not None and blacks is not None
        assert ours.text == blacks.text
