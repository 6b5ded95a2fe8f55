"""Finds the grammar and makes its parser, from prebuilt tables where they are fresh.

The tables are plain data, kept inside the package and keyed by the grammar's text and by
Lark's version: `python -m netdsl.syntax.grammar` and the build hook write them, and nothing
writes at run time. `marshal` reads them, which is fast and, unlike a pickle, runs no code.
"""

from __future__ import annotations

import hashlib
import marshal
from functools import cache
from pathlib import Path
from typing import Any

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from netdsl.syntax.newlines import Newlines
from netdsl.syntax.transform import TreeBuilder

PACKAGE = Path(__file__).parent.parent
GRAMMARS = (PACKAGE / "grammars", PACKAGE.parent / "grammars")
"""In a wheel the grammar lies in the package, in a checkout beside it."""

TABLES = PACKAGE / "syntax" / "tables.bin"

_MARSHAL_VERSION = 2
"""Without references between equal values, whose number differs from run to run."""

_PER_PROCESS = ("postlex", "transformer")

_SHIFT = 0
"""How a stored table marks an action that goes to another state."""


def grammar_text() -> str:
    """The grammar as it is written."""
    for folder in GRAMMARS:
        path = folder / "netdsl.lark"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(f"netdsl.lark is neither in {GRAMMARS[0]} nor in {GRAMMARS[1]}")


def table_bytes() -> bytes:
    """The parser tables of the grammar, as they are stored."""
    text = grammar_text()
    data, memo = _built(text).memo_serialize([TerminalDef, Rule])
    options = data["options"].items()
    data["options"] = {name: value for name, value in options if name not in _PER_PROCESS}
    data["parser"]["parser"] = _in_order(data["parser"]["parser"])
    return marshal.dumps((_key(text), data, memo), _MARSHAL_VERSION)


@cache
def parser() -> Lark:
    """The parser. It may be used from many threads at once."""
    text = grammar_text()
    stored = _stored(_key(text))
    if stored is None:
        return _built(text)
    data, memo = stored
    load: Any = Lark._load_from_dict
    loaded: Lark = load(data, memo, postlex=Newlines(), transformer=TreeBuilder())
    return loaded


def _in_order(table: dict[str, Any]) -> dict[str, Any]:
    """A parse table with its states in the order in which they are reached, and the actions
    of each by name: Lark's own order differs from run to run, and a wheel should not."""
    names = table["tokens"]
    spelt = sorted(names.values())
    token = {name: at for at, name in enumerate(spelt)}
    order = [*table["start_states"].values()]
    number = {state: at for at, state in enumerate(order)}
    states: dict[int, dict[int, Any]] = {}
    for state in order:
        actions = sorted(table["states"][state].items(), key=lambda action: names[action[0]])
        for _, (kind, target) in actions:
            if kind == _SHIFT and target not in number:
                number[target] = len(order)
                order.append(target)
        states[number[state]] = {
            token[names[name]]: (kind, number[target] if kind == _SHIFT else target)
            for name, (kind, target) in actions
        }
    return {
        "tokens": dict(enumerate(spelt)),
        "states": states,
        "start_states": {name: number[state] for name, state in table["start_states"].items()},
        "end_states": {name: number[state] for name, state in table["end_states"].items()},
    }


def _key(text: str) -> str:
    return hashlib.sha256(f"{lark.__version__}\n{text}".encode()).hexdigest()


def _stored(key: str) -> tuple[Any, Any] | None:
    """The tables on disk if there are any, they are whole and they are of this grammar."""
    try:
        found, data, memo = marshal.loads(TABLES.read_bytes())
    except (OSError, EOFError, ValueError, TypeError):
        return None
    return (data, memo) if found == key else None


def _built(text: str) -> Lark:
    return Lark(
        text,
        parser="lalr",
        lexer="contextual",
        keep_all_tokens=True,
        maybe_placeholders=True,
        postlex=Newlines(),
        transformer=TreeBuilder(),
    )


if __name__ == "__main__":
    TABLES.write_bytes(table_bytes())
    print(f"wrote {TABLES}")
