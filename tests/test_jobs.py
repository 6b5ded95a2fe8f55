"""Many programs at once: with any number of processes what is written and said is the same."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netdsl.cli import main
from tests.command import BAD, BUG, GOOD, NETDSL, OK, OTHER, USAGE, WRONG, files, netdsl

BLOCKS = "module Block(d) = seq(linear d d, relu)\n"
USES = 'from "../blocks.nd" import Block\nseq(Block {})\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs, some of them wrong, in folders, with a file that several import."""
    monkeypatch.chdir(tmp_path)
    for place, text in {
        "nets/blocks.nd": BLOCKS,
        "nets/a.nd": GOOD,
        "nets/b/net.nd": OTHER,
        "nets/b/bad.nd": BAD,
        "nets/b-c.nd": GOOD,
        "nets/.hidden/x.nd": BAD,
        "nets/b/.x.nd": BAD,
        "nets/notes.txt": "no program",
        **{f"nets/c/n{at}.nd": USES.format(at + 1) for at in range(8)},
        "nets/d/worse.nd": 'from "../blocks.nd" import Blok\nseq(relu)\n',
    }.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text)
    (tmp_path / "nets/binary.nd").write_bytes(b"seq(\xff)")
    return tmp_path


def outputs(folder: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in folder.rglob("*.py")}


RIGHT = ["a", "b-c", "b/net", "blocks", *(f"c/n{at}" for at in range(8))]


def test_a_folder_stands_for_the_programs_below_it(here: Path) -> None:
    done = netdsl("compile", "nets", "-o", "out/")
    assert done.returncode == WRONG
    assert sorted(done.stdout.splitlines()) == sorted(f"wrote out/{each}.py" for each in RIGHT)
    heads = re.findall(r"^(\S+):\d+:\d+: error", done.stderr, re.M)
    assert heads == ["nets/b/bad.nd", "nets/d/worse.nd"]
    assert "netdsl: nets/binary.nd: not UTF-8 text" in done.stderr
    assert "from blocks import Block" in (here / "out/c/n0.py").read_text()
    assert netdsl("compile", "nets", "-o", "out/").stdout == done.stdout


def test_programs_are_taken_in_an_order_and_once(here: Path) -> None:
    done = netdsl("compile", "nets/b/net.nd", "nets/c", "./nets/c/n1.nd", "--root", "nets")
    wrote = [line.removeprefix("wrote ") for line in done.stdout.splitlines()]
    assert wrote == ["nets/b/net.py", *(f"nets/c/n{at}.py" for at in range(8)), "nets/blocks.py"]


@pytest.mark.parametrize("command", [["check"], ["check", "--format", "json"]])
@pytest.mark.parametrize("jobs", ["2", "7", "auto"])
def test_what_is_found_does_not_depend_on_the_number_of_jobs(
    here: Path, command: list[str], jobs: str
) -> None:
    alone = netdsl(*command, "nets", "nowhere.nd")
    assert alone.returncode == WRONG and "lienar" in alone.stdout and alone.stderr
    many = netdsl(*command, "nets", "nowhere.nd", "-j", jobs)
    assert (many.stdout, many.stderr, many.returncode) == (alone.stdout, alone.stderr, WRONG)


@pytest.mark.parametrize("jobs", ["2", "0"])
def test_what_is_written_does_not_depend_on_the_number_of_jobs(here: Path, jobs: str) -> None:
    alone = netdsl("compile", "nets", "nowhere.nd")
    wrote = outputs(here / "nets")
    assert len(wrote) == len(RIGHT)
    for path in wrote:
        path.unlink()
    many = netdsl("compile", "nets", "nowhere.nd", "--jobs", jobs)
    assert (many.stdout, many.stderr, many.returncode) == (alone.stdout, alone.stderr, WRONG)
    assert outputs(here / "nets") == wrote
    assert netdsl("compile", "nets/c", "--root", "nets", "--check", "-j", jobs).returncode == OK
    (here / "nets/blocks.py").write_text("")
    told = [netdsl("compile", "nets/c", "--root", "nets", "--check", "-j", n) for n in ("1", jobs)]
    assert told[0].stderr == told[1].stderr and "netdsl: nets/blocks.py: is not" in told[0].stderr


def test_standard_input_is_checked_along_with_files(here: Path) -> None:
    done = netdsl("check", "nets/a.nd", "-", "nets/b-c.nd", "-j", "2", stdin=BAD)
    assert "<stdin>:2:3: error[unknown-name]" in done.stdout
    assert done.stdout.endswith("3 files checked: 1 error\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nets", "-j", "two"], "'two' is neither a number nor auto"),
        (["check", "nets", "-j", "-1"], "'-1' is neither a number nor auto"),
        (["check", "empty"], "empty holds no program"),
        (["compile", "nets", "--root", "empty"], "is not below --root empty"),
        (["compile", "nets", "-o", "one.py"], "more than one program would be written to"),
    ],
)
def test_misuse_is_explained(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (here / "empty").mkdir()
    assert main(arguments) == USAGE
    assert message in capsys.readouterr().err


# ---- the bar ------------------------------------------------------------------


def on_a_terminal(*arguments: str, term: str = "xterm") -> bytes:
    """What a command writes to a terminal that is its standard error alone."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*NETDSL, *arguments], stdout=subprocess.DEVNULL, stderr=theirs, env={**os.environ, "TERM": term}
    ):  # fmt: skip
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 10_000)
            except OSError:  # which ends a terminal that nobody writes to any more
                os.close(ours)
                return shown


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("command", ["compile", "check"])
def test_a_terminal_shows_how_far_it_is(here: Path, command: str, jobs: str) -> None:
    shown = on_a_terminal(command, "nets/c", "--root", "nets", "-j", jobs)
    total, word = (8, "checked") if command == "check" else ("[89]", "compiled")
    assert re.match(rf"\r\[#+\.+\] 1 of {total} {word}\x1b\[K".encode(), shown)
    assert shown.endswith(b"\r\x1b[K")  # and nothing is left of it


@pytest.mark.parametrize("arguments", [("nets/a.nd",), ("nets/c", "--root", "nets")])
def test_no_bar_for_one_program_nor_for_a_terminal_that_cannot_show_it(
    here: Path, arguments: tuple[str, ...]
) -> None:
    term = "dumb" if arguments[0] == "nets/c" else "xterm"
    assert on_a_terminal("check", *arguments, "-j", "2", term=term) == b""


def test_no_bar_in_a_pipe(here: Path) -> None:
    done = netdsl("compile", "nets/c", "--root", "nets", "-j", "2")
    assert done.stderr == "" and "\r" not in done.stdout


# ---- what goes wrong ------------------------------------------------------------

_BROKEN = """
import os, signal, sys, time
from netdsl.commands import compile as command
from netdsl.cli import main
real = command._compiled
def compiled(options, job):
    if job.program.path == "nets/c/n3.nd":
        {what}
    return real(options, job)
command._compiled = compiled
sys.exit(main(["compile", "nets/c", "--root", "nets", "-j", "2", "-o", "out/"]))
"""


def broken(what: str) -> list[str]:
    """A command in which something happens to one of the programs."""
    return [sys.executable, "-c", _BROKEN.format(what=what)]


@pytest.mark.parametrize(
    ("what", "how"),
    [("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"), ("os._exit(7)", "exit code 7")],
)
def test_a_process_that_dies_takes_one_program_with_it(here: Path, what: str, how: str) -> None:
    done = subprocess.run(broken(what), capture_output=True, text=True)
    reason = f"the process that worked on it died ({how})"
    assert (done.returncode, done.stderr) == (WRONG, f"netdsl: nets/c/n3.nd: {reason}\n")
    names = [*(f"c/n{at}.py" for at in range(8) if at != 3), "blocks.py"]
    assert done.stdout.splitlines() == [f"wrote out/{name}" for name in names]
    assert set(files(here / "out")) == set(names)


def test_a_bug_of_ours_is_told_as_if_there_were_one_process(here: Path) -> None:
    for raised in ("ZeroDivisionError('no way')", "type('Own', (Exception,), {})('no way')"):
        done = subprocess.run(broken(f"raise {raised}"), capture_output=True, text=True)
        assert done.returncode == BUG and done.stdout == ""
        assert re.match(r"netdsl: internal error: (\w+: )+no way\n", done.stderr), done.stderr


def test_an_interrupt_ends_all_processes_and_leaves_nothing_half_done(here: Path) -> None:
    what = "open('begun', 'w').write(str(os.getpid())); time.sleep(600)"
    child = subprocess.Popen(
        broken(what), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    begun = here / "begun"
    while not (begun.is_file() and begun.read_text()) and child.poll() is None:
        time.sleep(0.01)
    os.killpg(child.pid, signal.SIGINT)  # as a terminal does
    out, error = child.communicate()
    assert (child.returncode, out, error) == (130, b"", b"")
    with pytest.raises(ProcessLookupError):
        os.killpg(child.pid, 0)  # nobody is left
    assert not [name for name in files(here / "out") if not name.endswith(".py")]
