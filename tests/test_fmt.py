"""`netdsl fmt`, through real processes: what it prints and writes, and its exit codes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.command import BAD, OK, USAGE, WRONG, files, in_shell, netdsl

LAID_OUT = "seq(linear 3 4, relu)  # two\n"
MESSY = "seq( Linear(3,4),ReLU ) # two"
OTHER_WAY = "is laid out in another way; 'netdsl fmt' changes that"


def test_files_are_laid_out_in_their_places(here: Path) -> None:
    (here / "a.nd").write_text(MESSY)
    (here / "b.nd").write_text(LAID_OUT)
    before = (here / "b.nd").stat()
    done = netdsl("fmt", "a.nd", "b.nd")
    assert (done.returncode, done.stdout, done.stderr) == (OK, "formatted a.nd\n", "")
    assert files(here) == {"a.nd": LAID_OUT, "b.nd": LAID_OUT}
    after = (here / "b.nd").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_folders_stand_for_all_programs_below(here: Path) -> None:
    for name in ("nets/a.nd", "nets/deep/b.nd", "nets/.hidden/c.nd", "nets/d.py"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(MESSY)
    done = netdsl("fmt", "nets")
    assert (done.returncode, done.stdout) == (OK, "formatted nets/a.nd\nformatted nets/deep/b.nd\n")
    assert [name for name, text in files(here).items() if text == MESSY] == ["nets/.hidden/c.nd", "nets/d.py"]  # fmt: skip


def test_what_is_no_file_is_not_waited_for(here: Path) -> None:
    (here / "nets").mkdir()
    os.mkfifo(here / "nets" / "a.nd")
    done = netdsl("fmt", "nets")
    assert (done.returncode, done.stderr) == (WRONG, "netdsl: nets/a.nd: it is no regular file\n")


def test_standard_input_goes_to_standard_output(here: Path) -> None:
    done = netdsl("fmt", "-", stdin=MESSY)
    assert (done.returncode, done.stdout, done.stderr) == (OK, LAID_OUT, "")
    done = netdsl("fmt", "-", "--check", stdin=MESSY)
    assert (done.returncode, done.stdout) == (WRONG, "")
    assert done.stderr == f"netdsl: standard input: {OTHER_WAY}\n"
    assert files(here) == {}


def test_check_names_what_would_change_and_writes_nothing(here: Path) -> None:
    (here / "a.nd").write_text(MESSY)
    (here / "b.nd").write_text(LAID_OUT)
    done = netdsl("fmt", "--check", "a.nd", "b.nd")
    assert (done.returncode, done.stdout, done.stderr) == (
        WRONG,
        "",
        f"netdsl: a.nd: {OTHER_WAY}\n",
    )
    assert files(here) == {"a.nd": MESSY, "b.nd": LAID_OUT}
    done = netdsl("fmt", "--check", "b.nd")
    assert (done.returncode, done.stdout, done.stderr) == (OK, "", "")


def test_a_difference_can_be_applied_as_a_patch(here: Path) -> None:
    text = "let a=1\n" + "let b = 2\n" * 20 + MESSY
    (here / "a.nd").write_text(text)
    (here / "b.nd").write_text(LAID_OUT)
    done = netdsl("fmt", "--diff", "a.nd", "b.nd")
    assert (done.returncode, done.stderr) == (OK, "")
    assert done.stdout.startswith("--- a.nd\n+++ a.nd\n@@ -1,4 +1,4 @@\n-let a=1\n+let a = 1\n")
    assert f"-{MESSY}\n\\ No newline at end of file\n+{LAID_OUT}" in done.stdout
    assert files(here) == {"a.nd": text, "b.nd": LAID_OUT}
    if shutil.which("patch"):
        subprocess.run(["patch", "-s", "-p0"], input=done.stdout, text=True, check=True)
        assert (here / "a.nd").read_text() == "let a = 1\n" + "let b = 2\n" * 20 + LAID_OUT
    assert netdsl("fmt", "--diff", "--check", "b.nd").returncode == OK
    (here / "a.nd").write_text(text)
    done = netdsl("fmt", "--diff", "--check", "a.nd")
    assert done.returncode == WRONG and "+let a = 1\n" in done.stdout and OTHER_WAY in done.stderr


def test_what_is_no_program_is_left_alone(here: Path) -> None:
    broken = "seq( linear 3 4,\n"
    (here / "a.nd").write_text(broken)
    (here / "b.nd").write_text(MESSY)
    done = netdsl("fmt", "a.nd", "b.nd", "missing.nd")
    assert (done.returncode, done.stdout) == (WRONG, "formatted b.nd\n")
    assert "a.nd:1:4: error[unclosed-bracket]: this `(` is never closed" in done.stderr
    assert "netdsl: missing.nd: no such file or directory" in done.stderr
    assert files(here) == {"a.nd": broken, "b.nd": LAID_OUT}


def test_a_program_that_means_nothing_can_be_laid_out(here: Path) -> None:
    (here / "a.nd").write_text(BAD)
    assert netdsl("fmt", "a.nd").returncode == OK
    assert (here / "a.nd").read_text() == "seq(linear 3 4, lienar 4 5)\n"


def test_marks_and_line_ends_of_other_systems_become_the_usual_ones(here: Path) -> None:
    (here / "a.nd").write_bytes(b"\xef\xbb\xbflet a = 1\r\nlet b = 2\r\n")
    assert netdsl("fmt", "a.nd").returncode == OK
    assert (here / "a.nd").read_bytes() == b"let a = 1\nlet b = 2\n"


def test_a_link_is_written_through_and_permissions_are_kept(here: Path) -> None:
    (here / "real.nd").write_text(MESSY)
    (here / "real.nd").chmod(0o640)
    (here / "link.nd").symlink_to("real.nd")
    assert netdsl("fmt", "link.nd", "real.nd").stdout == "formatted link.nd\n"
    assert (here / "link.nd").is_symlink() and (here / "real.nd").read_text() == LAID_OUT
    assert (here / "real.nd").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_not_be_written_is_named(here: Path) -> None:
    (here / "a.nd").write_text(MESSY)
    (here / "a.nd").chmod(0o440)
    done = netdsl("fmt", "a.nd")
    assert done.returncode == WRONG and "netdsl: a.nd: permission denied" in done.stderr


def test_a_full_disk_leaves_the_file_as_it_was(here: Path) -> None:
    (here / "a.nd").write_text(MESSY + "\n# more\n" * 4000)
    done = in_shell('ulimit -f 1; exec "$@" fmt a.nd')
    assert done.returncode == WRONG and "a.nd" in done.stderr
    assert files(here) == {"a.nd": MESSY + "\n# more\n" * 4000}


@pytest.mark.parametrize("arguments", [[], ["-", "-"], ["--style", "black", "a.nd"], ["empty"]])
def test_misuse_is_explained(here: Path, arguments: list[str]) -> None:
    (here / "empty").mkdir()
    done = netdsl("fmt", *arguments)
    assert (done.returncode == USAGE and "--help" in done.stderr) or "usage:" in done.stderr


def test_limits_of_a_project_count(here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool.netdsl.limits]\nsource = 5\n")
    (here / "a.nd").write_text(MESSY)
    done = netdsl("fmt", "a.nd")
    assert (done.returncode, done.stderr) == (
        WRONG,
        "netdsl: a.nd: longer than 20 bytes, which no program is\n",
    )
