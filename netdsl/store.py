"""What was worked out before, on disk: lists of texts by a hash of all that decides them.

`$NETDSL_CACHE` is the folder; without it that is `netdsl` in the user's folder for caches. An empty
value keeps nothing. What is read is text and is never executed; it carries a hash of itself, so
that what is damaged or foreign counts as not there. The folder is used only if nobody else can
write to it. Nothing here raises for what the disk does: what cannot be kept is made again.

This module is on the way of commands that have nothing else to do: it imports next to nothing.
"""

from __future__ import annotations

import os
import stat
import sys

from netdsl.hashing import blake2b

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterable

_MARK = "netdsl 1"
"""What an entry begins with: another layout would have another mark."""

_ENTRY = 4_000_000
"""The largest entry that is kept, in bytes."""

_ENTRIES = 4_000
_BYTES = 100_000_000
"""How many entries there are at most, and how large they are together; beyond these the ones that
were not used for longest go."""

_DIGITS = 40


def digest(*parts: str) -> str:
    """A hash of texts: other texts, or the same ones cut elsewhere, have another."""
    return _hash(packed(parts).encode("utf-8", "surrogatepass"))


def _hash(data: bytes) -> str:
    return blake2b(data, digest_size=_DIGITS // 2).hexdigest()


def packed(parts: Iterable[str]) -> str:
    """Texts as one text, each behind its length.

    >>> packed(["ab", "", "3:c"])
    '2:ab0:3:3:c'
    """
    return "".join([f"{len(part)}:{part}" for part in parts])


def unpacked(text: str) -> list[str]:
    """The texts that were packed.

    Raises:
        ValueError: these are none.

    >>> unpacked("2:ab0:3:3:c")
    ['ab', '', '3:c']
    """
    parts: list[str] = []
    at = 0
    while at < len(text):
        begins = text.index(":", at, at + 10) + 1
        at = begins + int(text[at : begins - 1])
        if not begins <= at <= len(text):
            raise ValueError("a text is shorter than it says")
        parts.append(text[begins:at])
    return parts


class Store:
    """A folder with entries; None keeps nothing."""

    def __init__(self, folder: str | None) -> None:
        self.folder = folder

    def get(self, key: str) -> list[str] | None:
        """What is kept under a key, which then counts as used."""
        if self.folder is None or not _ours(self.folder):
            return None
        path = os.path.join(self.folder, key)
        try:
            data = _read(path)
            head, _, body = data.partition(b"\n")
            if head.decode() != f"{_MARK} {key} {_hash(body)}":
                return None
            parts = unpacked(body.decode("utf-8", "surrogatepass"))
            os.utime(path)
        except (OSError, ValueError):
            return None
        return parts

    def put(self, key: str, parts: Iterable[str]) -> None:
        """Keeps texts: as a whole, or not at all."""
        body = packed(parts).encode("utf-8", "surrogatepass")
        if self.folder is None or len(body) > _ENTRY:
            return
        head = f"{_MARK} {key} {_hash(body)}\n"
        try:
            os.makedirs(self.folder, 0o700, exist_ok=True)
            if _ours(self.folder):
                _write(os.path.join(self.folder, key), head.encode() + body)
                if key.startswith("0"):  # one in sixteen: looking takes a while
                    self._prune()
        except OSError:
            pass

    def file(self, name: str, text: str) -> str | None:
        """The path of a file that holds a text, for people and debuggers to look at: nothing here
        reads it. None if it cannot be kept."""
        if self.folder is None:
            return None
        path = os.path.join(self.folder, name)
        data = text.encode("utf-8", "surrogatepass")
        try:
            os.makedirs(self.folder, 0o700, exist_ok=True)
            if not _ours(self.folder):
                return None
            _write(path, data)
        except OSError:
            return None
        return path

    def _prune(self) -> None:
        """Removes what was not used for longest, down to three quarters of what may be: so that it
        need not be done each time. Another process may be doing the same."""
        found = []
        with os.scandir(self.folder) as entries:
            for entry in entries:
                try:
                    about = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if stat.S_ISREG(about.st_mode):
                    found.append((about.st_mtime_ns, about.st_size, entry.path))
        count, size = len(found), sum(each[1] for each in found)
        if count <= _ENTRIES and size <= _BYTES:
            return
        for _, bytes_of_it, path in sorted(found):
            if count <= _ENTRIES * 3 // 4 and size <= _BYTES * 3 // 4:
                return
            count, size = count - 1, size - bytes_of_it
            remove(path)


def store() -> Store:
    """The store that the environment says."""
    named = os.environ.get("NETDSL_CACHE")
    if named is not None:
        return Store(os.path.abspath(named) if named else None)
    system = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME", "")
    base = system if os.path.isabs(system) else os.path.expanduser(os.path.join("~", ".cache"))
    return Store(os.path.join(base, "netdsl") if os.path.isabs(base) else None)


def compiler() -> str:
    """What tells this compiler from others: its version and, since that of a checkout changes
    seldom, when its files were written. Those of a wheel are written together."""
    if not _KNOWN:
        _KNOWN.append(_compiler())
    return _KNOWN[0]


_KNOWN: list[str] = []


def _compiler() -> str:
    from netdsl import __version__

    package = os.path.dirname(__file__)
    wheel = os.path.join(package, "grammars", "netdsl.lark")
    parts = [__version__, f"{sys.hexversion:x}"]
    if os.path.exists(wheel):
        parts += [package, _state(wheel), _state(__file__)]
    else:
        grammar = os.path.join(os.path.dirname(package), "grammars", "netdsl.lark")
        parts += [package, _state(grammar), *_states_below(package)]
    return digest(*parts)


def _states_below(folder: str) -> list[str]:
    """The state of each file of a package, in the order of their names."""
    parts: list[str] = []
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.endswith((".py", ".json", ".toml", ".jinja", ".nd")):
            about = entry.stat()
            parts.append(f"{entry.name} {about.st_mtime_ns} {about.st_size}")
        elif entry.name != "__pycache__" and entry.is_dir():
            parts += [entry.name, *_states_below(entry.path)]
    return parts


def _state(path: str) -> str:
    about = os.stat(path)
    return f"{about.st_mtime_ns} {about.st_size}"


# ---- the disk ---------------------------------------------------------------


def _ours(folder: str) -> bool:
    """Whether a folder is one that nobody else writes to, and no link to another."""
    try:
        about = os.lstat(folder)
    except OSError:
        return False
    if not stat.S_ISDIR(about.st_mode):
        return False
    if not hasattr(os, "getuid"):
        return True  # the user's folders are closed to others there
    return about.st_uid == os.getuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _read(path: str) -> bytes:
    """The bytes of a regular file that is no longer than an entry.

    Raises:
        OSError, ValueError: it cannot be read, or is something else.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_size > _ENTRY + 1000:
            raise ValueError("no entry")
        return os.read(descriptor, about.st_size)
    finally:
        os.close(descriptor)


def _write(path: str, data: bytes) -> None:
    temporary = f"{path}.{os.getpid()}-{os.urandom(4).hex()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        remove(temporary)
        raise


def remove(path: str) -> bool:
    """Whether a file is gone through us."""
    try:
        os.unlink(path)
    except OSError:
        return False
    return True
