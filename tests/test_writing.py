"""Files are read within bounds, and written as a whole or not at all."""

from __future__ import annotations

import io
import os
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from netdsl import writing
from netdsl.limits import DEFAULT
from netdsl.writing import FileError, read_existing, read_program, write_whole


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file that has something to lose."""
    path = tmp_path / "model.py"
    path.write_text("old\n")
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def failing(error: BaseException) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


# ---- reading ----------------------------------------------------------------


def test_a_program_is_read_as_utf8(tmp_path: Path) -> None:
    path = tmp_path / "m.nd"
    path.write_bytes("let 界 = 1\r\n".encode())
    assert read_program(str(path)) == "let 界 = 1\r\n"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"seq(\xff)", "byte 4 is 0xff"),
        (b"\x89PNG\r\n", "byte 0 is 0x89"),
        (b"let a = '\xc3'", "byte 9 is 0xc3"),
        (b"\xed\xa0\x80", "byte 0 is 0xed"),
        ("let a = 1".encode("utf-16"), "byte 0 is 0xff"),
    ],
)
def test_what_is_no_text_is_refused_by_its_first_byte(
    tmp_path: Path, data: bytes, where: str
) -> None:
    path = tmp_path / "m.nd"
    path.write_bytes(data)
    with pytest.raises(FileError) as caught:
        read_program(str(path))
    assert (caught.value.path, caught.value.reason) == (str(path), f"not UTF-8 text: {where}")


def test_a_missing_file_a_folder_and_an_impossible_name_are_told_apart(tmp_path: Path) -> None:
    reasons = {
        str(tmp_path / "none.nd"): "no such file or directory",
        str(tmp_path): "is a directory",
        str(tmp_path / ("x" * 300)): "file name too long",
        "a\0b": "embedded null byte",
        "": "no such file or directory",
    }
    for path, reason in reasons.items():
        with pytest.raises(FileError) as caught:
            read_program(path)
        assert (caught.value.path, caught.value.reason) == (path or "''", reason)


def test_a_file_that_never_ends_is_not_read_to_its_end(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="which no program is"):
        read_program("/dev/zero")
    path = tmp_path / "m.nd"
    path.touch()
    os.truncate(path, 4 * DEFAULT.source + 1)
    with pytest.raises(FileError, match="which no program is"):
        read_program(str(path))
    os.truncate(path, 8)
    assert read_program(str(path)) == "\0" * 8


def test_a_hyphen_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("界".encode()), "ascii"))
    assert read_program("-") == "界"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff")))
    with pytest.raises(FileError, match=r"^standard input: not UTF-8 text: byte 0 is 0xff$"):
        read_program("-")


def test_standard_input_may_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(FileError, match=r"^standard input: is closed$"):
        read_program("-")
    closed = io.TextIOWrapper(io.BytesIO(b""))
    closed.close()
    monkeypatch.setattr(sys, "stdin", closed)
    with pytest.raises(FileError, match=r"^standard input: .*closed"):
        read_program("-")


def test_what_exists_is_read_whatever_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    assert read_existing(path) is None
    assert read_existing(tmp_path) is None
    path.write_bytes(b"\xff\r\n\xc3\xa9")
    text = read_existing(path)
    assert text == "\udcff\r\né"
    link = tmp_path / "link.py"
    link.symlink_to(path)
    assert read_existing(link) == text


def test_what_exists_and_cannot_be_read_is_said(tmp_path: Path) -> None:
    loop = tmp_path / "loop.py"
    loop.symlink_to(loop)
    with pytest.raises(FileError, match="too many levels of symbolic links"):
        read_existing(loop)
    with pytest.raises(FileError, match="not a directory"):
        read_existing(Path(__file__) / "model.py")
    with pytest.raises(FileError, match="null byte"):
        read_existing(Path("a\0b"))


def test_a_pipe_is_not_read_to_see_what_it_holds(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert read_existing(pipe) is None


# ---- writing ----------------------------------------------------------------


def test_a_new_file_is_written_byte_by_byte(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    write_whole(path, "x = '界'\r\ny = 1\n")
    assert path.read_bytes() == "x = '界'\r\ny = 1\n".encode()
    assert names(tmp_path) == ["model.py"]


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    other, path = tmp_path / "other", tmp_path / "model.py"
    before = os.umask(0o027)
    try:
        other.touch()
        write_whole(path, "x = 1\n")
    finally:
        os.umask(before)
    assert mode(path) == mode(other) == 0o640


@pytest.mark.parametrize("bits", [0o600, 0o644, 0o755, 0o666])
def test_permissions_are_kept(old: Path, bits: int) -> None:
    old.chmod(bits)
    write_whole(old, "new\n")
    assert (old.read_text(), mode(old)) == ("new\n", bits)


def test_what_was_private_is_never_open_to_others(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old.chmod(0o600)
    seen: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: seen.append(os.fstat(file).st_mode & 0o077))
    write_whole(old, "new\n")
    assert seen == [0]


def test_who_reads_while_it_is_written_reads_the_old_file(old: Path) -> None:
    with old.open() as reader:
        write_whole(old, "new\n")
        assert reader.read() == "old\n"
    assert old.read_text() == "new\n"


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failure_leaves_things_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, there: bool
) -> None:
    path = tmp_path / "model.py"
    if there:
        path.write_text("old\n")
    monkeypatch.setattr(os, call, failing(OSError(28, "No space left on device")))
    with pytest.raises(FileError) as caught:
        write_whole(path, "new\n" * 10_000)
    assert (caught.value.path, caught.value.reason) == (str(path), "no space left on device")
    assert names(tmp_path) == (["model.py"] if there else [])
    assert not there or path.read_text() == "old\n"


def test_an_interrupt_leaves_things_as_they_were(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        write_whole(old, "new\n")
    assert old.read_text() == "old\n" and names(old.parent) == ["model.py"]


def test_a_file_that_may_not_be_written_is_not_replaced(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old.chmod(0o444)
    if os.access(old, os.W_OK):  # root may write whatever it wants
        monkeypatch.setattr(os, "access", lambda path, how: how != os.W_OK)
    with pytest.raises(FileError, match=r"model.py: permission denied$"):
        write_whole(old, "new\n")
    assert old.read_text() == "old\n" and names(old.parent) == ["model.py"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target = tmp_path / "there" / "real.py"
    target.write_text("old\n")
    target.chmod(0o640)
    (tmp_path / "middle.py").symlink_to(os.path.join("there", "real.py"))
    link = tmp_path / "model.py"
    link.symlink_to("middle.py")
    write_whole(link, "new\n")
    assert link.is_symlink() and os.readlink(link) == "middle.py"
    assert not target.is_symlink() and (target.read_text(), mode(target)) == ("new\n", 0o640)
    assert names(tmp_path) == ["middle.py", "model.py", "there"]
    assert names(tmp_path / "there") == ["real.py"]


def test_a_link_to_nothing_gets_its_target(tmp_path: Path) -> None:
    link = tmp_path / "model.py"
    link.symlink_to("real.py")
    write_whole(link, "new\n")
    assert link.is_symlink() and (tmp_path / "real.py").read_text() == "new\n"


def test_where_nothing_can_be_written_is_said(tmp_path: Path, old: Path) -> None:
    loop = tmp_path / "loop.py"
    loop.symlink_to(loop)
    reasons = {
        tmp_path / "none" / "model.py": "no such file or directory",
        tmp_path: "is a directory",
        old / "model.py": "not a directory",
        loop: "too many levels of symbolic links",
        tmp_path / ("x" * 300): "file name too long",
        Path("a\0b"): "embedded null byte",
        Path("/dev/full"): "no space left on device",
    }
    before = names(tmp_path)
    for path, reason in reasons.items():
        with pytest.raises(FileError) as caught:
            write_whole(path, "new\n")
        assert (caught.value.path, caught.value.reason) == (str(path), reason)
    assert names(tmp_path) == before and old.read_text() == "old\n"


def test_the_longest_name_of_a_file_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 252 + ".py")
    write_whole(path, "new\n")
    assert path.read_text() == "new\n"


def test_a_device_stays_a_device() -> None:
    write_whole(Path("/dev/null"), "new\n")
    assert Path("/dev/null").is_char_device()


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    write_whole(pipe, "new\n")
    reader.join(10)
    assert read == ["new\n"] and pipe.is_fifo()


def test_reasons_are_in_lower_case() -> None:
    assert writing.reason(OSError(28, "No space left on device")) == "no space left on device"
    assert writing.reason(io.UnsupportedOperation("not writable")) == "not writable"
    assert (
        writing.reason(ValueError("I/O operation on closed file."))
        == "I/O operation on closed file."
    )
