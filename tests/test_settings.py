"""`[tool.netdsl]` in a pyproject.toml, through real commands."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import pytest

from netdsl.cli import main
from netdsl.commands.settings import _SETTINGS
from tests.command import GOOD, OK, USAGE, WRONG, below_header, netdsl
from tests.generated import ROOT

WIDE = "let net: [B, 8] = seq(" + "linear _ 8, " * 9 + "linear 8 1)\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a program two folders down."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets/a").mkdir(parents=True)
    (tmp_path / "nets/a/m.nd").write_text(WIDE)
    return tmp_path


def project(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text)


def printed(*arguments: str, program: str = "nets/a/m.nd") -> str:
    """What is compiled, within this process, which is quicker."""
    shown = io.BytesIO()
    with contextlib.redirect_stdout(io.TextIOWrapper(shown, "utf-8")):
        assert main(["compile", program, "--stdout", *arguments]) == OK
        return shown.getvalue().decode("utf-8")


@pytest.mark.parametrize(
    ("setting", "argument", "back"),
    [
        ("lines = true", "--lines", "--no-lines"),
        ("shapes = false", "--no-shapes", "--shapes"),
        ('style = "black"', "--style=black", "--style=auto"),
    ],
)
def test_a_setting_is_an_option_and_the_command_line_wins(
    here: Path, setting: str, argument: str, back: str
) -> None:
    plain, asked = printed(), printed(argument)
    assert plain != asked
    project(here, f"[tool.netdsl]\n{setting}\n")
    assert printed() == printed(argument) == asked
    assert printed(back) == plain


def test_where_outputs_go_is_relative_to_the_file(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(here, '[tool.netdsl]\nroot = "nets"\noutput = "build/py"\njobs = "auto"\n')
    (here / "nets/blocks.nd").write_text("module Block(d) = seq(linear d d)")
    (here / "nets/a/n.nd").write_text('from "../blocks.nd" import Block\nseq(Block 4)')
    assert netdsl("compile", "nets").stdout.splitlines() == [
        "wrote build/py/a/m.py",
        "wrote build/py/a/n.py",
        "wrote build/py/blocks.py",
    ]
    monkeypatch.chdir(here / "nets" / "a")
    assert netdsl("compile", "n.nd").stdout.splitlines() == [
        "wrote ../../build/py/a/n.py",
        "wrote ../../build/py/blocks.py",
    ]
    assert netdsl("compile", "n.nd", "--check").returncode == OK
    assert netdsl("compile", "m.nd", "-o", "m.py").stdout == "wrote m.py\n"
    assert netdsl("compile", "m.nd", "--stdout").stdout.startswith("# Generated")
    assert netdsl("compile", "-", stdin=GOOD).stdout.startswith("# Generated")


def test_one_module_if_the_settings_say_so(here: Path) -> None:
    project(here, "[tool.netdsl]\nbundle = true\n")
    (here / "nets/blocks.nd").write_text("module Block(d) = seq(linear d d)")
    (here / "nets/n.nd").write_text('from "blocks.nd" import Block\nseq(Block 4)')
    assert netdsl("compile", "nets/n.nd").stdout == "wrote nets/n.py\n"
    done = netdsl("compile", "nets/n.nd", "--no-bundle", "--force")
    assert done.stdout == "wrote nets/n.py\nwrote nets/blocks.py\n"


def test_limits_hold_for_every_command(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(here, "[tool.netdsl.limits]\nsource = 20\nseconds = 7.5\n")
    for command in ("compile", "check", "summary"):
        assert main([command, "nets/a/m.nd"]) == WRONG
        assert "longer" in "".join(capsys.readouterr())
    longer = "# " + "x" * 1_000_000 + "\n" + GOOD
    project(here, "[tool.netdsl.limits]\nsource = 5_000_000\n")
    (here / "long.nd").write_text(longer * 4)
    assert main(["check", "long.nd"]) == WRONG
    assert "error[" in capsys.readouterr().out  # four networks: the whole is read
    (here / "long.nd").write_text(longer)
    assert main(["check", "long.nd"]) == OK
    (here / "pyproject.toml").unlink()
    assert main(["check", "long.nd"]) == WRONG
    assert "source-too-long" in capsys.readouterr().out


def test_the_nearest_file_counts(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = printed("--lines")
    project(here, "[tool.netdsl]\nlines = true\n")
    project(here / "nets", "[tool.netdsl]\n")
    assert printed() != told
    (here / "nets/pyproject.toml").unlink()
    assert printed() == told
    monkeypatch.chdir(here.parent)
    place = f"{here.name}/nets/a/m.nd"
    assert below_header(printed(program=place)) == below_header(told)
    project(here, "[tool.netdsl]\nlines = 3\n")
    (here.parent / "other.nd").write_text(GOOD)
    assert main(["check", place, "other.nd"]) == OK  # their common folder is above the file


def test_other_tables_and_files_are_left_alone(here: Path) -> None:
    plain = printed()
    for text in ("", "[tool.black]\nline-length = 3\n", '# netdsl\n[project]\nname = "netdsl"\n'):
        project(here, text)
        assert printed() == plain
    project(here, "this is = = no TOML")
    assert printed() == plain  # others will say so


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.netdsl]\nstlye = 'black'", "[tool.netdsl] has no `stlye`: did you mean `style`?"),
        ("[tool.netdsl]\nx = 1", "[tool.netdsl] has no `x`: there are root, output, jobs,"),
        ("[tool.netdsl]\nstyle = 'pep8'", "`style` in [tool.netdsl] is 'pep8', and must be \"auto\""),
        ("[tool.netdsl]\nlines = 'yes'", "`lines` in [tool.netdsl] is 'yes', and must be true or"),
        ("[tool.netdsl]\nbundle = 1", "`bundle` in [tool.netdsl] is 1, and must be true or"),
        ("[tool.netdsl]\njobs = -1", "`jobs` in [tool.netdsl] is -1, and must be a number or"),
        ("[tool.netdsl]\njobs = true", "`jobs` in [tool.netdsl] is True, and must be a number"),
        ("[tool.netdsl]\nroot = ['a']", "`root` in [tool.netdsl] is ['a'], and must be the path"),
        ("[tool.netdsl]\noutput = ''", "`output` in [tool.netdsl] is '', and must be the path"),
        ("[tool.netdsl]\nlimits = 3", "`limits` in [tool.netdsl] is 3, and must be a table"),
        ("[tool.netdsl.limits]\nsorce = 3", "`limits` in [tool.netdsl] has no `sorce`: did you mean"),
        ("[tool.netdsl.limits]\nsource = 'x'", "`limits` in [tool.netdsl] are wrong: the limit"),
        ("[tool.netdsl.limits]\nsource = 0", "the limit `source` is 0, and not at least 1"),
        ("[tool]\nnetdsl = 3", "`netdsl` is no table"),
        ("tool = 'netdsl'", "`tool` is no table"),
        ("[tool.netdsl", "it is no TOML: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_and_key(
    here: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    project(here, text)
    for command in ("compile", "check", "summary"):
        assert main([command, "nets/a/m.nd"]) == USAGE
        out, error = capsys.readouterr()
        assert out == "" and error.startswith("netdsl: pyproject.toml: ") and message in error


def test_a_root_that_is_not_there_is_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(here, "[tool.netdsl]\nroot = 'nowhere'\n")
    assert main(["check", "nets/a/m.nd"]) == USAGE
    assert "nowhere is no folder" in capsys.readouterr().err


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "tools.md").read_text(encoding="utf-8")
    table = text.partition("## Settings\n")[2].partition("\n## ")[0]
    for name in _SETTINGS:
        assert f"| `{name}` |" in table


def test_toml_is_read_only_where_there_are_settings(here: Path) -> None:
    script = (
        "import sys; from netdsl.cli import main; main(['check', 'nets/a/m.nd']);"
        "print('tomllib' in sys.modules)"
    )
    for text, read in (("", "False"), ("[tool.other]\n", "False"), ("[tool.netdsl]\n", "True")):
        project(here, text)
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        assert done.stdout.splitlines()[-1] == read
