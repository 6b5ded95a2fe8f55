"""What goes wrong around the compiler: disks that are full, files that change, processes that are
killed, caches that are damaged. The old output stands, and nothing is left behind."""

from __future__ import annotations

import ast
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from netdsl import cli, writing
from netdsl.files import Folder
from netdsl.importer import Loader
from netdsl.syntax import grammar
from netdsl.writing import FileError, read_inside, read_program, write_whole

PROGRAM = "let net: [B, 4] -> [B, 2] = seq(linear 4 8, relu, linear 8 2)\n"
LONG = "\n".join(f"let net{k} = seq(linear 4 8, relu, linear 8 2)" for k in range(300))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Command:
    """`netdsl`, called in a folder that keeps nothing."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured = captured

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """The exit code, and what is printed to both streams."""
        status = cli.main(arguments)
        return status, *self._captured.readouterr()


@pytest.fixture
def netdsl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETDSL_CACHE", "")
    return Command(capsys)


@pytest.fixture
def folder(tmp_path: Path, netdsl: Command) -> Path:
    """A program, and what it was compiled to before."""
    (tmp_path / "net.nd").write_text(PROGRAM)
    assert netdsl("compile", "net.nd") == (0, "wrote net.py\n", "")
    return tmp_path


# ---- writing ----------------------------------------------------------------


def test_a_disk_that_is_full_leaves_the_old_output(folder: Path, netdsl: Command) -> None:
    old = (folder / "net.py").read_bytes()
    (folder / "net.nd").write_text(LONG)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        ended = netdsl("compile", "net.nd")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert ended == (1, "", "netdsl: net.py: file too large\n")
    assert (folder / "net.py").read_bytes() == old
    assert names(folder) == ["net.nd", "net.py"]


def test_a_folder_that_is_no_folder_is_said(folder: Path, netdsl: Command) -> None:
    (folder / "file").write_text("")
    for target, reason in {
        "file/net.py": "not a directory",
        "missing/net.py": "no such file or directory",
    }.items():
        ended = netdsl("compile", "net.nd", "-o", target)
        assert ended == (1, "", f"netdsl: {target}: {reason}\n")
    assert names(folder) == ["file", "net.nd", "net.py"]


KILLED = """\
import os, signal, sys
from pathlib import Path
from netdsl import writing
os.fsync = lambda file: os.kill(os.getpid(), signal.SIGKILL)
writing.write_whole(Path(sys.argv[1]), "new\\n" * 1000)
"""


def test_a_process_that_is_killed_leaves_the_old_output(folder: Path, netdsl: Command) -> None:
    """What it left behind is removed by the next one."""
    old = (folder / "net.py").read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED, "net.py"], cwd=folder, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (folder / "net.py").read_bytes() == old
    assert len(names(folder)) == 3  # what it had begun
    assert netdsl("compile", "net.nd")[0] == 0
    assert names(folder) == ["net.nd", "net.py"]


def test_what_others_are_writing_is_left_to_them(tmp_path: Path) -> None:
    ours = tmp_path / f".netdsl-{os.getpid()}-0123456789ab"
    strange = tmp_path / ".netdsl-notes", tmp_path / f".netdsl-{10**30}-0123456789ab"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f".netdsl-{gone.pid}-0123456789ab"
    for path in (ours, *strange, left):
        path.touch()
    write_whole(tmp_path / "net.py", "new\n")
    assert ours.exists() and all(path.exists() for path in strange) and not left.exists()
    os.utime(ours, (0, 0))  # a number that another process has by now
    write_whole(tmp_path / "net.py", "new\n")
    assert not ours.exists()


def _write(path: Path, mark: str, times: int) -> None:
    for _ in range(times):
        write_whole(path, mark * 20_000)


def test_two_that_write_the_same_file_write_it_whole(tmp_path: Path) -> None:
    """Whoever reads meanwhile sees one or the other."""
    path = tmp_path / "net.py"
    path.write_text("a" * 20_000)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(path, mark, 40)) for mark in "ab"]
    for writer in writers:
        writer.start()
    seen = set()
    while any(writer.is_alive() for writer in writers):
        seen.add(path.read_text())
    for writer in writers:
        writer.join()
    assert seen <= {"a" * 20_000, "b" * 20_000}
    assert names(tmp_path) == ["net.py"]


# ---- reading ----------------------------------------------------------------


def test_a_source_that_is_written_to_while_it_is_read_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a program might be another one."""
    path, fstat = folder / "net.nd", os.fstat

    def changed(file: int) -> os.stat_result:
        found = fstat(file)
        with path.open("a") as more:
            more.write("# more\n")
        return found

    monkeypatch.setattr(os, "fstat", changed)
    with pytest.raises(FileError, match="it changed while it was read"):
        read_program(str(path))


def test_a_source_that_is_gone_is_an_error_where_it_is_imported(
    folder: Path, netdsl: Command
) -> None:
    (folder / "main.nd").write_text('from "net.nd" import net\nnet')
    (folder / "net.nd").unlink()
    status, said, _ = netdsl("check", "main.nd")
    assert status == 1
    assert "main.nd:1:6: error[import-not-found]: cannot read `net.nd`: no such file" in said


def test_what_takes_the_place_of_a_file_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking where a path leads and opening it a link may take its place."""
    secret, inner = tmp_path / "secret.nd", tmp_path / "in"
    secret.write_text("secret")
    inner.mkdir()
    program = inner / "a.nd"
    program.write_text("seq(relu)")
    opened = writing._open_regular

    def swapped(path: str) -> int:
        program.unlink()
        program.symlink_to(secret)
        return opened(path)

    monkeypatch.setattr(writing, "_open_regular", swapped)
    with pytest.raises(FileError, match="a link that leads out"):
        read_inside(str(program), str(inner))

    program.unlink()
    program.write_text("seq(relu)")

    def swapped_back(path: str) -> int:
        found = swapped(path)
        program.unlink()
        program.write_text("seq(relu)")
        return found

    monkeypatch.setattr(writing, "_open_regular", swapped_back)
    with pytest.raises(FileError, match="became another file"):
        read_inside(str(program), str(inner))


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "link out", "link to a folder out"])
def test_what_is_no_file_of_the_folder_is_not_waited_for(
    kind: str, tmp_path: Path, netdsl: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner, outer = tmp_path / "in", tmp_path / "out"
    inner.mkdir()
    outer.mkdir()
    (outer / "a.nd").write_text("let a = relu")
    path, place = inner / "a.nd", "a.nd"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "folder":
            path.mkdir()
        case "link out":
            path.symlink_to(outer / "a.nd")
        case _:
            (inner / "sub").symlink_to(outer)
            place = "sub/a.nd"
    with pytest.raises(ValueError, match=r"leads out|regular file|directory"):
        Folder(inner).read(place)
    (inner / "main.nd").write_text(f'from "{place}" import a\na')
    monkeypatch.chdir(inner)
    for named in ("main.nd", "."):
        status, said, _ = netdsl("check", named)
        assert status == 1 and "main.nd:1:6: error[import-not-found]" in said


def test_hard_names_are_files_or_errors(tmp_path: Path, netdsl: Command) -> None:
    for name in ("a b.nd", "a\nb.nd", "a%2e.nd", "ä界.nd", "a\\b.nd", "c:a.nd", "-.nd"):
        (tmp_path / name).write_text(PROGRAM)
        status, source, _ = netdsl("compile", f"./{name}", "--stdout")
        assert status == 0 and ast.parse(source)
    (tmp_path / os.fsdecode(b"\xff.nd")).write_text(PROGRAM)
    status, source, _ = netdsl("compile", os.fsdecode(b"./\xff.nd"), "--stdout")
    assert status == 0 and ast.parse(source)
    for written in (
        "a b",
        "a%2e",
        r"a\\b",
        "c:a",
        "../a",
        "/etc/a",
        "a/../../a",
        r"a\x00",
        r"a\n",
        "-",
    ):
        (tmp_path / "main.nd").write_text(f'from "{written}.nd" import net\nnet')
        status, said, _ = netdsl("check", "main.nd")
        assert status == 1
        assert "error[bad-import-path]" in said or "error[import-outside-root]" in said


# ---- what is kept -----------------------------------------------------------


def test_tables_that_are_damaged_are_made_anew(
    folder: Path, netdsl: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if they are as long as they say, and of this grammar."""
    data, tables = grammar.table_bytes(), tmp_path / "tables.bin"
    monkeypatch.setattr(grammar, "TABLES", str(tables))
    tables.write_bytes(data)
    at = data.index(b"\n") + 1
    tables.write_bytes(data[:at] + b"?" + data[at + 1 :])
    assert grammar._stored("ours") is not None
    made = grammar.driver, grammar.tables, grammar.parser
    for each in made:
        each.cache_clear()
    try:
        assert netdsl("check", "net.nd") == (0, "1 file checked: nothing found\n", "")
    finally:
        for each in made:
            each.cache_clear()


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:100],
        lambda data: data[:-40],
        lambda data: b"\xff\xfe" + data,
        lambda data: data.replace(b"Linear", b"Identity"),
        lambda data: data.replace(b"# imports []", b'# imports ["../../../../etc/passwd"]'),
        lambda data: data.replace(b"# imports []", b"# imports " + b"[" * 100_000),
    ],
)
def test_what_the_importer_kept_is_made_anew_if_it_is_damaged(
    damage: Callable[[bytes], bytes], folder: Path
) -> None:
    (folder / "net.py").unlink()
    loader = Loader("net", folder / "net.nd")
    whole = loader.get_source("net")
    kept = folder / "__pycache__" / "net.nd.py"
    assert kept.read_text() == whole
    kept.write_bytes(damage(kept.read_bytes()))
    assert Loader("net", folder / "net.nd").get_source("net") == whole
    assert kept.read_text() == whole and names(kept.parent) == ["net.nd.py"]
