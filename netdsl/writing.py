"""Files as the command line reads and writes them: bounded, whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from netdsl.limits import current

STDIN = "-"


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
                data = file.read(longest + 1)
    except (OSError, ValueError) as error:
        raise FileError(name, reason(error)) from None
    if len(data) > longest:
        raise FileError(name, f"longer than {longest} bytes, which no program is")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        where = f"byte {error.start} is 0x{data[error.start]:02x}"
        raise FileError(name, f"not UTF-8 text: {where}") from None


def read_existing(path: str | Path) -> str | None:
    """What a regular file holds, with bytes that are no text left recognisable; None if
    there is no such file.

    Raises:
        FileError: it is there and cannot be read.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise FileError(str(path), reason(error)) from None


def write_whole(path: Path, text: str) -> None:
    """Writes a file so that it is there as a whole or, if anything fails, as it was.

    A link stays a link, permissions are kept, and a pipe or a device is written to.

    Raises:
        FileError: it cannot be written.
    """
    data = text.encode("utf-8")
    try:
        target = Path(os.path.realpath(path))
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            path.write_bytes(data)
            return
        if mode is not None and not os.access(target, os.W_OK):
            raise PermissionError(13, "Permission denied")
        _replace(target, data, mode)
    except (OSError, ValueError) as error:
        raise FileError(str(path), reason(error)) from None


def _mode(target: Path) -> int | None:
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    temporary = target.with_name(f".netdsl-{os.getpid()}-{os.urandom(6).hex()}")
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
        with suppress(OSError):
            os.unlink(temporary)
        raise


def reason(error: OSError | ValueError) -> str:
    """Why, in lower case: `no such file or directory`."""
    text = (isinstance(error, OSError) and error.strerror) or str(error)
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
