"""Recorded data on disk: one JSON object a file, one entry a line.

Splitting such a file into lines is far cheaper than parsing it, and a compile asks for a few
names only: each entry is parsed when it is first asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from os import path


class Table(Mapping[str, object]):
    """The entries of one file, by name, in the order of the file.

    >>> Table('{\\n"a": [1, 2],\\n"b": 3\\n}\\n')["a"]
    [1, 2]
    """

    def __init__(self, text: str) -> None:
        self._raw: dict[str, str] = {}
        self._parsed: dict[str, object] = {}
        for line in text.splitlines()[1:-1]:
            name, _, value = line.partition('": ')
            self._raw[name[1:]] = value

    def __getitem__(self, name: str) -> object:
        if name not in self._parsed:
            self._parsed[name] = json.loads(self._raw[name].rstrip(","))
        return self._parsed[name]

    def __contains__(self, name: object) -> bool:
        return name in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def table_text(entries: Mapping[str, object]) -> str:
    """The text of a file with these entries, sorted by name.

    >>> print(table_text({"b": 3, "a": [1, 2]}), end="")
    {
    "a": [1, 2],
    "b": 3
    }
    """
    lines = [
        f"{json.dumps(name)}: {json.dumps(entries[name], ensure_ascii=False)}"
        for name in sorted(entries)
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


@cache
def table(name: str) -> Table:
    """The file `data/NAME.json`."""
    return Table(text_beside("data", f"{name}.json"))


def text_beside(folder: str, file: str) -> str:
    """The text of a file of this package; importlib.resources would cost more than all else
    that a lookup does."""
    with open(path.join(path.dirname(__file__), folder, file), encoding="utf-8") as opened:
        return opened.read()
