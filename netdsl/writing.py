"""Files as the command line reads and writes them: bounded, whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
import time

from netdsl.limits import current
from netdsl.store import remove

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from typing import BinaryIO

STDIN = "-"

_LONGEST = 200_000_000
"""As much of a file is looked at to see whether it was generated: more than any output has."""


_PREFIX = ".netdsl-"
_DAY = 86_400


class FileError(Exception):
    """A file cannot be read or written: which one, and why, in words."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def read_program(path: str) -> str:
    """The text of a program; `-` is standard input.

    Raises:
        FileError: there is no such file, or it is not a text.
    """
    name = "standard input" if path == STDIN else path or "''"
    longest = 4 * current().source  # bytes, whatever its characters
    if path == STDIN and sys.stdin is None:
        raise FileError(name, "is closed")
    try:
        if path == STDIN:
            data = sys.stdin.buffer.read(longest + 1)
        else:
            with open(path, "rb") as file:
                data = _steady(file, longest)
    except (OSError, ValueError) as error:
        raise FileError(name, reason(error)) from None
    return _text(data, longest, name)


def read_inside(path: str, folder: str) -> str:
    """The text of a program that must be a regular file below a folder. What is looked at is the
    file that was opened, so that nothing can take its place in between.

    Raises:
        FileError: it is not there, is something else, or is not a text.
    """
    longest = 4 * current().source
    try:
        inside = os.path.realpath(path)
        _refuse_outside(inside, folder)
        with open(_open_regular(inside), "rb") as file:
            if not os.path.samestat(os.fstat(file.fileno()), os.stat(os.path.realpath(path))):
                raise ValueError("it became another file while it was opened")
            _refuse_outside(os.path.realpath(path), folder)
            data = _steady(file, longest)
    except (OSError, ValueError) as error:
        raise FileError(path, reason(error)) from None
    return _text(data, longest, path)


def _refuse_outside(inside: str, folder: str) -> None:
    root = os.path.realpath(folder)
    if os.path.commonpath([root, inside]) != root:
        raise ValueError(f"it is a link that leads out of {folder}")


def _open_regular(path: str) -> int:
    """A file to read; what is none is not waited for, as a pipe would be.

    Raises:
        OSError, ValueError: it cannot be read, or is no regular file.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise ValueError("it is no regular file")


def _steady(file: BinaryIO, longest: int) -> bytes:
    """What a file holds, up to one byte more than may be.

    Raises:
        ValueError: it was written to meanwhile, so that this may be half of it.
    """
    before = os.fstat(file.fileno())
    data = file.read(longest + 1)
    after = os.fstat(file.fileno())
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        raise ValueError("it changed while it was read")
    return data


def _text(data: bytes, longest: int, name: str) -> str:
    if len(data) > longest:
        raise FileError(name, f"longer than {longest} bytes, which no program is")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        where = f"byte {error.start} is 0x{data[error.start]:02x}"
        raise FileError(name, f"not UTF-8 text: {where}") from None


def read_existing(path: str | os.PathLike[str]) -> str | None:
    """What a regular file holds, with bytes that are no text left recognisable; None if
    there is no such file.

    Raises:
        FileError: it is there and cannot be read.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        with open(_open_regular(os.fspath(path)), "rb") as file:
            return file.read(_LONGEST).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise FileError(str(path), reason(error)) from None


def write_whole(path: str | os.PathLike[str], text: str, *, swept: bool = False) -> None:
    """Writes a file so that it is there as a whole or, if anything fails, as it was.

    A link stays a link, permissions are kept, and a pipe or a device is written to. The folder is
    swept unless it was before.

    Raises:
        FileError: it cannot be written.
    """
    data = text.encode("utf-8")
    try:
        target = os.path.realpath(path)
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            with open(path, "wb") as file:
                file.write(data)
            return
        if mode is not None and not os.access(target, os.W_OK):
            raise PermissionError(13, "Permission denied")
        if not swept:
            sweep(os.path.dirname(target))
        _replace(target, data, mode)
    except (OSError, ValueError) as error:
        raise FileError(str(path), reason(error)) from None


def _mode(target: str) -> int | None:
    try:
        return os.stat(target).st_mode
    except FileNotFoundError:
        return None


def _replace(target: str, data: bytes, mode: int | None) -> None:
    name = f"{_PREFIX}{os.getpid()}-{os.urandom(6).hex()}"
    temporary = os.path.join(os.path.dirname(target), name)
    created = 0o666 if mode is None else 0o600  # nobody reads it before it has its own mode
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, created)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(temporary, stat.S_IMODE(mode))
        os.replace(temporary, target)
    except BaseException:
        remove(temporary)
        raise


def sweep(folder: str) -> None:
    """Removes what processes left behind that were killed while they wrote here."""
    try:
        with os.scandir(folder) as entries:
            ours = [entry for entry in entries if entry.name.startswith(_PREFIX)]
    except OSError:
        return
    for entry in ours:
        process = _process_of(entry.name)
        if process is not None and _is_over(process, entry):
            remove(entry.path)


def _process_of(name: str) -> int | None:
    """The process that writes a file; None if the name is none that `_replace` gives."""
    process, _, rest = name.removeprefix(_PREFIX).partition("-")
    drawn = len(rest) == 12 and all(each in "0123456789abcdef" for each in rest)
    return int(process) if drawn and process.isdecimal() and process.isascii() else None


def _is_over(process: int, entry: os.DirEntry[str]) -> bool:
    """Whether nobody writes a file any more: its process is gone, or it is a day old."""
    try:
        if os.name == "posix":
            os.kill(process, 0)  # asks, and does nothing else
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > _DAY
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False


def reason(error: OSError | ValueError) -> str:
    """Why, in lower case: `no such file or directory`."""
    text = (isinstance(error, OSError) and error.strerror) or str(error)
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
