"""The hooks of `.pre-commit-hooks.yaml`, by pre-commit itself, in a repository that uses them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generated import ROOT

WORK = {".git", ".venv", "build", "dist", "examples", "tests"}
GIT = ("git", "-c", "user.name=nobody", "-c", "user.email=nobody@localhost")
NEEDED = [name for name in ("git",) if shutil.which(name) is None]
if importlib.util.find_spec("pre_commit") is None:
    NEEDED.append("pre-commit")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [*GIT, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def committed(folder: Path) -> str:
    """Everything in a folder as a repository's first commit."""
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "-m", "first")
    return git(folder, "rev-parse", "HEAD")


@pytest.mark.skipif(bool(NEEDED), reason=f"there is no {' and no '.join(NEEDED)}")
def test_the_hooks_find_what_they_are_for(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "netdsl", tmp_path / "project"
    shutil.copytree(
        ROOT, ours, ignore=lambda folder, names: WORK & set(names) if folder == str(ROOT) else ()
    )
    revision = committed(ours)
    theirs.mkdir()
    hooks = ("netdsl-check", "netdsl-compile-check", "netdsl-fmt")
    ids = "".join(f"      - id: {each}\n" for each in hooks)
    config = f"repos:\n  - repo: {ours}\n    rev: {revision}\n    hooks:\n{ids}"
    (theirs / ".pre-commit-config.yaml").write_text(config)
    (theirs / "net.nd").write_text("seq(linear 4 8, relu)\n")
    (theirs / "notes.txt").write_text("no program")
    committed(theirs)

    def run(hook: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", hook, "--all-files", "--verbose"],
            cwd=theirs,
            env={**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
        )

    first = run("netdsl-check")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "1 file checked: nothing found" in first.stdout
    stale = run("netdsl-compile-check")
    assert stale.returncode == 1 and "netdsl: net.py: is not there" in stale.stdout
    subprocess.run([sys.executable, "-m", "netdsl", "compile", "net.nd"], cwd=theirs, check=True)
    assert run("netdsl-compile-check").returncode == 0
    (theirs / "net.nd").write_text("seq(linear 4 8, linear 4 8)\n")
    wrong = run("netdsl-check")
    assert wrong.returncode == 1 and "net.nd:1:17: error[shape-mismatch]" in wrong.stdout
    (theirs / "net.nd").write_text("seq( linear(4,8),relu )\n")
    assert run("netdsl-fmt").returncode == 1
    assert (theirs / "net.nd").read_text() == "seq(linear 4 8, relu)\n"
    assert run("netdsl-fmt").returncode == 0
