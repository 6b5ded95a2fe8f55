"""The command line: what it prints, and its exit codes."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from netdsl.cli import main
from netdsl.diagnostics import codes, explanation
from tests.command import (
    BAD,
    BUG,
    GOOD,
    NETDSL,
    OK,
    USAGE,
    WARNED,
    WRONG,
    files,
    netdsl,
    run,
    tidy,
)

# ---- check ------------------------------------------------------------------


def test_checking_a_right_program_says_that_nothing_was_found(here: Path) -> None:
    (here / "m.nd").write_text(GOOD)
    done = netdsl("check", "m.nd")
    assert (done.returncode, done.stdout, done.stderr) == (
        OK,
        "1 file checked: nothing found\n",
        "",
    )
    assert set(files(here)) == {"m.nd"}


def test_checking_shows_every_finding_with_line_carets_and_hint(here: Path) -> None:
    (here / "b.nd").write_text("let a = foo 1\nseq(a,\n  bar)\n")
    (here / "a.nd").write_text(BAD)
    done = netdsl("check", "b.nd", "a.nd")
    assert done.returncode == WRONG and done.stderr == ""
    heads = re.findall(r"^\w+\.nd:\d+:\d+", done.stdout, re.M)
    assert heads == ["a.nd:2:3", "b.nd:1:9", "b.nd:3:3"]
    assert "2 |   lienar 4 5)\n  |   ^^^^^^\n  = " in done.stdout
    assert done.stdout.endswith("\n2 files checked: 3 errors\n")


def test_warnings_alone_are_no_failure(here: Path) -> None:
    (here / "m.nd").write_text(WARNED)
    done = netdsl("check", "m.nd")
    assert done.returncode == OK and done.stdout.endswith("1 file checked: 1 warning\n")


def test_json_is_one_document_for_all_files(here: Path) -> None:
    (here / "a.nd").write_text(BAD)
    (here / "b.nd").write_text("seq(linear 3 4")
    (here / "c.nd").write_text(GOOD)
    done = netdsl("check", "--format", "json", "c.nd", "b.nd", "none.nd", "a.nd")
    assert done.returncode == WRONG
    assert done.stderr == "netdsl: none.nd: no such file or directory\n"
    document = json.loads(done.stdout)
    assert set(document) == {"diagnostics"}
    first, second = document["diagnostics"]
    assert (first["file"], second["file"]) == ("a.nd", "b.nd")
    assert first["code"] == "unknown-name" and first["severity"] == "error"
    assert "`lienar`" in first["message"] and "`linear`" in first["hint"]
    assert (first["start"], first["end"]) == (
        {"line": 2, "column": 3},
        {"line": 2, "column": 9},
    )
    assert first["labels"] == []
    (label,) = second["labels"]
    assert label["message"] == "the file ends here"
    assert label["start"] == label["end"] == {"line": 1, "column": 15}


def test_json_of_right_programs_and_of_standard_input() -> None:
    done = netdsl("check", "--format", "json", "-", stdin=GOOD)
    assert (done.returncode, json.loads(done.stdout)) == (OK, {"diagnostics": []})
    done = netdsl("check", "-", "--format", "json", stdin="seq(linear 3)")
    assert done.returncode == WRONG
    (found,) = json.loads(done.stdout)["diagnostics"]
    assert set(found) == {
        "code", "severity", "message", "hint", "file", "start", "end", "labels",
    }  # fmt: skip
    assert (found["code"], found["file"]) == ("missing-argument", "<stdin>")
    assert found["start"] == {"line": 1, "column": 5}


def test_colours_are_for_terminals_whose_owner_wants_them(here: Path) -> None:
    (here / "m.nd").write_text(BAD)
    for env, coloured in (({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False)):
        ours, theirs = pty.openpty()
        child = subprocess.Popen(
            [*NETDSL, "check", "m.nd"],
            stdout=theirs,
            env={**os.environ, "TERM": "xterm", **env},
        )
        assert child.wait(60) == WRONG
        os.close(theirs)
        shown = os.read(ours, 10_000)
        os.close(ours)
        assert (b"\x1b[1;31m" in shown) is coloured
        assert b"unknown-name" in shown


# ---- explain, --version, --help ---------------------------------------------


def test_explain_prints_the_page_of_a_code() -> None:
    done = netdsl("explain", "unclosed-bracket")
    assert (done.returncode, done.stderr) == (OK, "")
    assert done.stdout == (explanation("unclosed-bracket") or "").rstrip("\n") + "\n"
    assert "```nd" in done.stdout


def test_explain_without_a_code_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == OK
    listed = [line.split("  ")[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == codes()


@pytest.mark.parametrize("code", ["unclosed-brackets", "../codes/unclosed-bracket", "", "\x1b[2J"])
def test_explain_of_no_code_is_misuse(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", code]) == USAGE
    out, error = capsys.readouterr()
    assert out == "" and error.startswith("netdsl: there is no code ")
    assert "\x1b" not in error
    assert ("did you mean unclosed-bracket" in error) is ("unclosed" in code)


def test_version_and_help_answer_without_loading_the_compiler() -> None:
    import netdsl as package

    script = (
        "import sys; from netdsl.cli import main; status = main(sys.argv[1:]);"
        "loaded = {'lark', 'jinja2', 'black', 'torch', 'netdsl.compiler'} & set(sys.modules);"
        "assert not loaded, loaded; sys.exit(status)"
    )
    done = tidy(run([sys.executable, "-c", script, "--version"]))
    assert (done.returncode, done.stdout) == (OK, f"netdsl {package.__version__}\n")
    done = tidy(run([sys.executable, "-c", script, "--help"]))
    assert done.returncode == OK and "examples:" in done.stdout


def test_the_examples_of_help_work(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == OK
    lines = capsys.readouterr().out.partition("examples:\n")[2].splitlines()
    examples = [re.split(r" {2,}", line.strip())[0] for line in lines]
    assert len(examples) >= 5 and all("netdsl " in example for example in examples)
    (here / "nets").mkdir()
    for name in ("model.nd", "nets/a.nd", "nets/b.nd"):
        (here / name).write_text(GOOD)
    (here / "train.py").write_text("import model\n")
    script = f'netdsl() {{ {shlex.join(NETDSL)} "$@"; }}\nset -e\n' + "\n".join(examples)
    done = tidy(run(["sh", "-c", script]))
    assert done.returncode == OK, done.stderr
    assert {"model.py", "one.py", "build/a.py", "build/b.py"} <= set(files(here))


# ---- misuse -----------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["frobnicate"],
        ["--frobnicate"],
        ["compile"],
        ["compile", "m.nd", "--frobnicate"],
        ["compile", "m.nd", "--style", "pep8"],
        ["compile", "m.nd", "-o"],
        ["compile", "m.nd", "--stdout", "-o", "m.py"],
        ["compile", "m.nd", "--stdout", "--check"],
        ["compile", "m.nd", "n.nd", "--stdout"],
        ["compile", "m.nd", "n.nd", "-o", "m.py"],
        ["compile", "m.nd", "n/m.nd", "-o", "folder/"],
        ["compile", "-", "m.nd"],
        ["compile", "-", "-"],
        ["compile", "-", "--check"],
        ["compile", "-", "-o", "folder/"],
        ["check"],
        ["check", "-", "-"],
        ["check", "m.nd", "--format", "xml"],
        ["explain", "no-such-code"],
        ["explain", "unclosed-bracket", "unknown-name"],
    ],
)  # fmt: skip
def test_misuse_is_explained(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    (here / "m.nd").write_text(GOOD)
    before = files(here)
    assert main(arguments) == USAGE
    out, error = capsys.readouterr()
    assert out == "" and files(here) == before
    assert re.match(r"usage: netdsl|netdsl: .+\n'netdsl \w+ --help' shows how to call it\n$", error)


def test_what_is_misused_cannot_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "m.nd", "--root", "\x1b[2J"]) == USAGE
    assert "␛[2J" in capsys.readouterr().err


def test_misuse_ends_the_process_with_2() -> None:
    assert netdsl("compile", "a.nd", "b.nd", "-o", "c.py").returncode == USAGE
    assert netdsl().returncode == USAGE


# ---- our own bugs, and interrupts -------------------------------------------

_BROKEN = """
import os, signal, sys
from netdsl.commands import check
from netdsl.cli import main
def run(options):
    {what}
check.run = run
sys.exit(main(["check", "m.nd"]))
"""


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_bug_of_ours_asks_for_a_report(debug: str) -> None:
    what = r"raise RuntimeError('no \x1b[2J way')"
    broken = [sys.executable, "-c", _BROKEN.format(what=what)]
    done = run(broken, env={"NETDSL_DEBUG": debug})
    assert done.returncode == BUG and done.stdout == ""
    assert ("Traceback" in done.stderr) is bool(debug)
    last = done.stderr[done.stderr.index("netdsl: ") :]
    assert last.startswith("netdsl: internal error: RuntimeError: no ␛[2J way\n")
    assert "Please report it" in last and "NETDSL_DEBUG=1" in last


def test_what_others_left_to_do_at_the_end_is_done(here: Path) -> None:
    script = """\
import atexit, sys
from netdsl.cli import command
atexit.register(print, "at the end")
sys.argv = ["netdsl", "explain", "no-such-code"]
command()
"""
    done = run([sys.executable, "-c", script])
    assert (done.returncode, done.stdout) == (USAGE, "at the end\n")


def test_a_script_that_runs_may_have_threads(here: Path) -> None:
    Path("script.py").write_text("""\
import atexit, threading, time
threading.Thread(target=lambda: (time.sleep(0.2), print("by a thread"))).start()
atexit.register(print, "at the end")
""")
    done = netdsl("run", "script.py")
    assert (done.returncode, done.stdout) == (OK, "by a thread\nat the end\n")


def test_an_interrupt_ends_it_quietly() -> None:
    what = "os.kill(os.getpid(), signal.SIGINT); signal.pause()"
    done = run([sys.executable, "-c", _BROKEN.format(what=what)])
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


# ---- every run is the same --------------------------------------------------


def test_every_run_gives_the_same_bytes_and_loads_neither_torch_nor_black(here: Path) -> None:
    (here / "m.nd").write_text("module M(d) = add(linear d d, residual(linear d d))\nM 4\n")
    script = (
        "import sys; from netdsl.cli import main; status = main(sys.argv[1:]);"
        "assert not {'torch', 'black'} & set(sys.modules); sys.exit(status)"
    )
    runs = [
        run([sys.executable, "-c", script, "compile", "m.nd", "--stdout"], env={"PYTHONHASHSEED": seed})
        for seed in ("0", "1", "2")
    ]  # fmt: skip
    assert [done.returncode for done in runs] == [OK, OK, OK]
    assert len({done.stdout for done in runs}) == 1 and "class M(" in runs[0].stdout
