"""What a command says of what cannot be read, written or printed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netdsl.cli import main
from tests.command import BAD, GOOD, OK, WARNED, WRONG, compiled, in_shell, netdsl


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compile", "none.nd"], "none.nd: no such file or directory"),
        (["check", "none.nd"], "none.nd: no such file or directory"),
        (["compile", "binary.nd"], "binary.nd: not UTF-8 text: byte 4 is 0xff"),
        (["check", "binary.nd"], "binary.nd: not UTF-8 text: byte 4 is 0xff"),
        (["compile", "loop.nd"], "loop.nd: too many levels of symbolic links"),
        (["compile", "/proc/self/mem"], "/proc/self/mem: input/output error"),
        (["compile", ""], "'': no such file or directory"),
        (["compile", "m.nd", "-o", "none/m.py"], "none/m.py: no such file or directory"),
        (["compile", "m.nd", "-o", "binary.nd/m.py"], "binary.nd/m.py: not a directory"),
        (["compile", "m.nd", "-o", "/dev/full"], "/dev/full: no space left on device"),
        (["compile", "m.nd", "-o", "folder"], "folder/m.py: is a directory"),
        (["compile", "m.nd", "-o", "x" * 300], f"{'x' * 300}: file name too long"),
        (["compile", "m.nd", "--check", "-o", "loop.nd"], "loop.nd: too many levels of"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_written_is_said(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (here / "m.nd").write_text(GOOD)
    (here / "binary.nd").write_bytes(b"seq(\xff)")
    (here / "folder" / "m.py").mkdir(parents=True)
    (here / "loop.nd").symlink_to("loop.nd")
    assert main(arguments) == WRONG
    out, error = capsys.readouterr()
    assert error.startswith(f"netdsl: {message}") and error.count("\n") == 1
    assert "wrote" not in out
    assert set(os.listdir(here)) == {"m.nd", "binary.nd", "folder", "loop.nd"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_permissions_are_respected(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "m.nd").write_text(GOOD)
    compiled("m.nd")
    (here / "m.py").chmod(0o444)
    assert main(["compile", "m.nd"]) == WRONG
    assert capsys.readouterr().err == "netdsl: m.py: permission denied\n"
    (here / "m.nd").chmod(0)
    assert main(["compile", "m.nd"]) == WRONG
    assert capsys.readouterr().err == "netdsl: m.nd: permission denied\n"


@pytest.mark.parametrize("command", ["compile", "check"])
def test_standard_input_may_be_closed(here: Path, command: str) -> None:
    done = in_shell('exec "$@" <&-', command, "-")
    assert (done.returncode, done.stderr) == (WRONG, "netdsl: standard input: is closed\n")


FULL, CLOSED = (">/dev/full", "no space left on device"), (">&-", "bad file descriptor")


@pytest.mark.parametrize(
    ("arguments", "where", "reason"),
    [
        (["compile", "m.nd", "--stdout"], *FULL),
        (["compile", "m.nd", "--stdout"], *CLOSED),
        (["compile", "m.nd"], *FULL),
        (["check", "m.nd"], *FULL),
        (["check", "m.nd"], *CLOSED),
        (["explain"], *FULL),
        (["--help"], *FULL),
    ],
)
def test_what_cannot_be_printed_is_said(
    here: Path, arguments: list[str], where: str, reason: str
) -> None:
    (here / "m.nd").write_text(GOOD)
    done = in_shell(f'exec "$@" {where}', *arguments)
    assert (done.returncode, done.stderr) == (WRONG, f"netdsl: standard output: {reason}\n")


@pytest.mark.parametrize("where", ["2>/dev/full", "2>&-"])
def test_without_standard_error_the_exit_code_remains(here: Path, where: str) -> None:
    (here / "m.nd").write_text(BAD)
    done = in_shell(f'exec "$@" {where}', "compile", "m.nd")
    assert (done.returncode, done.stdout, done.stderr) == (WRONG, "", "")


def test_without_standard_error_warnings_are_lost_and_nothing_else(here: Path) -> None:
    (here / "m.nd").write_text(WARNED)
    done = in_shell('exec "$@" 2>&-', "compile", "m.nd")
    assert (done.returncode, done.stdout) == (OK, "wrote m.py\n")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["compile", "m.nd", "--stdout"], OK),
        (["check", "bad.nd"], WRONG),
        (["check", "bad.nd", "--format", "json"], WRONG),
        (["explain"], OK),
        (["--help"], OK),
    ],
)
def test_a_reader_that_goes_away_has_seen_enough(
    here: Path, arguments: list[str], status: int
) -> None:
    """As in `netdsl … | head -1`, with more than fits into the pipe of what can be so long."""
    (here / "m.nd").write_text("".join(f"let f{n}(d) = linear d d\n" for n in range(1000)))
    (here / "bad.nd").write_text("".join(f"let a{n} = foo\n" for n in range(1000)))
    done = in_shell('{ "$@"; echo "exit code $?" >&2; } | head -1', *arguments)
    assert done.stdout.count("\n") == 1
    assert done.stderr == f"exit code {status}\n"


def test_source_is_utf8_and_messages_can_be_shown_in_any_locale(here: Path) -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    (here / "m.nd").write_text('module M(d) "Größe 界." = seq(linear d d)\n', "utf-8")
    done = netdsl("compile", "m.nd", "--stdout", env=plain)
    assert done.returncode == OK and "Größe 界." in done.stdout
    (here / "m.nd").write_text('let a = "界" + foo\n', "utf-8")
    done = netdsl("check", "m.nd", env=plain)
    assert done.returncode == WRONG and r'"\u754c" + foo' in done.stdout
