"""Finds the grammar and makes its parsers, from prebuilt tables where they are fresh.

The tables are kept inside the package, keyed by the grammar's text: `python -m
netdsl.syntax.grammar` and the build hook write them, and nothing writes at run time.
"""

from __future__ import annotations

import marshal
from contextlib import suppress
from functools import cache
from os import SEEK_CUR, fstat, path
from typing import TYPE_CHECKING

from netdsl.hashing import sha256
from netdsl.syntax.driver import Driver, Tables
from netdsl.syntax.transform import TreeBuilder

if TYPE_CHECKING:
    from typing import Literal

    from lark import Lark

PACKAGE = path.dirname(path.dirname(path.abspath(__file__)))
GRAMMARS = (path.join(PACKAGE, "grammars"), path.join(path.dirname(PACKAGE), "grammars"))
"""In a wheel the grammar lies in the package, in a checkout beside it."""

_DAMAGED = (EOFError, ValueError, TypeError, LookupError)
"""What marshal says of what it did not write, or Lark of what is not its own."""

TABLES = path.join(PACKAGE, "syntax", "tables.bin")


def grammar_text() -> str:
    """The grammar as it is written."""
    for folder in GRAMMARS:
        grammar = path.join(folder, "netdsl.lark")
        if path.isfile(grammar):
            with open(grammar, encoding="utf-8") as file:
                return file.read()
    raise FileNotFoundError(f"netdsl.lark is neither in {GRAMMARS[0]} nor in {GRAMMARS[1]}")


@cache
def driver() -> Driver:
    """The parser of programs that are right. It may be used from many threads at once."""
    return Driver(tables(), TreeBuilder())


@cache
def tables() -> Tables:
    """What that parser works by."""
    stored = _stored("ours")
    if stored is not None:
        with suppress(*_DAMAGED):
            return Tables(*marshal.loads(stored))
    from netdsl.syntax.tables import tables

    return tables(parser())


@cache
def parser() -> Lark:
    """Lark's parser, which can tell what is wrong. It may be used from many threads at once."""
    from netdsl.syntax.tables import build, load

    stored = _stored("Lark's")
    loaded = None
    if stored is not None:
        with suppress(*_DAMAGED):
            loaded = load(marshal.loads(stored))
    return loaded or build(grammar_text())


def table_bytes() -> bytes:
    """The tables of the grammar, as they are stored."""
    from netdsl.syntax.tables import table_bytes

    text = grammar_text()
    return table_bytes(text, _key(text))


def _key(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _stored(part: Literal["ours", "Lark's"]) -> bytes | None:
    """The tables on disk, if they are whole and of this grammar. Lark's are much the longer ones,
    and are not read for a program that is right."""
    try:
        with open(TABLES, "rb") as file:
            head = file.readline(_LONGEST_HEAD)
            key, ours, theirs = head.decode("ascii").split(" ")
            sizes = [len(head), int(ours), int(theirs)]
            if fstat(file.fileno()).st_size != sum(sizes) or key != _key(grammar_text()):
                return None
            if part == "ours":
                return file.read(sizes[1])
            file.seek(sizes[1], SEEK_CUR)
            return file.read()
    except (OSError, ValueError):
        return None


_LONGEST_HEAD = 200


if __name__ == "__main__":
    made = table_bytes()
    with open(TABLES, "wb") as file:
        file.write(made)
    print(f"wrote {TABLES}")
