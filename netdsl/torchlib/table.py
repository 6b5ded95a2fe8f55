"""Recorded data on disk: one JSON object a file, one entry a line.

A compile asks for a few names only, so each entry is read when it is first asked for. The build
stores all files in the form of `marshal`, beside hashes of what they hold: a file that is the same
need neither be cut into lines nor be read as JSON.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping
from functools import cache
from os import listdir, path

from netdsl import prebuilt
from netdsl.hashing import blake2b
from netdsl.records import NamedTuple

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from typing import Any

HERE = path.dirname(__file__)

PREBUILT = path.join(HERE, "data.bin")

_FORM = "begins and entries"
"""How entries are stored; they hold for the files whose hashes they have."""


class _Stored(NamedTuple):
    """A file as it is stored: all entries one after another, and where each begins."""

    key: bytes
    begins: Mapping[str, int]
    entries: bytes

    def entry(self, name: str) -> object:
        found: object = marshal.loads(memoryview(self.entries)[self.begins[name] :])
        return found


class Table(Mapping[str, object]):
    """The entries of one file, by name, in the order of the file.

    >>> Table(b'{\\n"a": [1, 2],\\n"b": 3\\n}\\n')["a"]
    [1, 2]
    """

    def __init__(self, data: bytes, stored: _Stored | None = None) -> None:
        """What is stored of the data is taken if it is whole."""
        self._data = data
        self._stored = stored
        self._lines = _lines(data) if stored is None else {}
        self._read: dict[str, object] = {}

    def __getitem__(self, name: str) -> object:
        if name not in self._read:
            self._read[name] = self._entry(name)
        return self._read[name]

    def _entry(self, name: str) -> object:
        if self._stored is not None:
            try:
                return self._stored.entry(name)
            except prebuilt.DAMAGED:
                self._stored, self._lines = None, _lines(self._data)
        import json

        return json.loads(self._lines[name])

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    @property
    def _names(self) -> Mapping[str, object]:
        return self._lines if self._stored is None else self._stored.begins


def _lines(data: bytes) -> dict[str, str]:
    """The JSON of each entry: splitting a file is far cheaper than reading it."""
    found = {}
    for line in data.decode("utf-8").splitlines()[1:-1]:
        name, _, value = line.partition('": ')
        found[name[1:]] = value.rstrip(",")
    return found


def table_text(entries: Mapping[str, object]) -> str:
    """The text of a file with these entries, sorted by name.

    >>> print(table_text({"b": 3, "a": [1, 2]}), end="")
    {
    "a": [1, 2],
    "b": 3
    }
    """
    import json

    lines = [
        f"{json.dumps(name)}: {json.dumps(entries[name], ensure_ascii=False)}"
        for name in sorted(entries)
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


@cache
def table(name: str) -> Table:
    """The file `data/NAME.json`."""
    data = _beside("data", f"{name}.json")
    stored = _stored().get(name)
    return Table(data, stored if stored is not None and stored.key == _key(data) else None)


def _key(data: bytes) -> bytes:
    return blake2b(data, digest_size=20).digest()


@cache
def _stored() -> dict[str, _Stored]:
    return {name: _Stored(*each) for name, each in prebuilt.read(PREBUILT, _FORM).items()}


def made() -> bytes:
    """All files, as they are stored."""
    found = {}
    for file in sorted(listdir(path.join(HERE, "data"))):
        data = _beside("data", file)
        entries: dict[str, Any] = {**Table(data)}
        begins, stored = {}, b""
        for each, of in entries.items():
            begins[each] = len(stored)
            stored += marshal.dumps(of, prebuilt.VERSION)
        found[file.removesuffix(".json")] = _key(data), begins, stored
    return prebuilt.stored(found, _FORM)


def text_beside(folder: str, file: str) -> str:
    """The text of a file of this package; importlib.resources would cost more than all else
    that a lookup does."""
    return _beside(folder, file).decode("utf-8")


def _beside(folder: str, file: str) -> bytes:
    with open(path.join(HERE, folder, file), "rb") as opened:
        return opened.read()
