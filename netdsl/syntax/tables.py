"""Makes the parser's tables from the grammar, with Lark: once, when the package is built.

What is stored is plain data: first what `driver` needs, then what Lark needs, which reads the
programs that are wrong. `marshal` reads it, which is fast and, unlike a pickle, runs no code.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from typing import Any

import lark
from lark import Lark, UnexpectedToken
from lark.grammar import Rule as LarkRule
from lark.lexer import TerminalDef
from lark.parse_tree_builder import (
    ChildFilter,
    ChildFilterLALR_NoPlaceholders,
    ExpandSingleChild,
)
from lark.parsers.lalr_analysis import Shift

from netdsl.syntax.driver import END, Rule, Tables
from netdsl.syntax.newlines import Newlines
from netdsl.syntax.token import Token, is_letter
from netdsl.syntax.transform import TreeBuilder

_MARSHAL_VERSION = 2
"""Without references between equal values, whose number differs from run to run."""

_PER_PROCESS = ("postlex", "transformer")

_SHIFT = 0
"""How Lark's stored table marks an action that goes to another state."""


class _Apart(Newlines):
    """Refuses words that begin with another one, as the driver does: to Lark, `inrange` is `in` and
    `range` where no name can stand."""

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return super().process(_apart(stream))


def _apart(stream: Iterator[Token]) -> Iterator[Token]:
    end: int | None = None
    for token in stream:
        if token.start_pos == end and is_letter(token[0]):
            raise UnexpectedToken(token, set())  # type: ignore[no-untyped-call]
        yield token
        end = token.end_pos if is_letter(token[-1]) else None


def table_bytes(text: str, key: str) -> bytes:
    """The tables of a grammar, as they are stored: a line with their key and how long they are,
    then ours, then Lark's."""
    built = build(text)
    data, memo = built.memo_serialize([TerminalDef, LarkRule])
    options = data["options"].items()
    data["options"] = {name: value for name, value in options if name not in _PER_PROCESS}
    data["parser"]["parser"] = _in_order(data["parser"]["parser"])
    theirs = (lark.__version__, data, memo)
    both: list[Any] = [tuple(tables(built)), theirs]
    parts = [marshal.dumps(each, _MARSHAL_VERSION) for each in both]
    head = f"{key} {len(parts[0])} {len(parts[1])}\n"
    return b"".join([head.encode(), *parts])


def load(stored: Any) -> Lark | None:
    """Lark's parser from what is stored, if it is of this version of Lark."""
    version, data, memo = stored
    if version != lark.__version__:
        return None
    loading: Any = Lark._load_from_dict
    loaded: Lark = loading(data, memo, postlex=_Apart(), transformer=TreeBuilder())
    return loaded


def build(text: str) -> Lark:
    """Lark's parser of a grammar."""
    return Lark(
        text,
        parser="lalr",
        lexer="contextual",
        keep_all_tokens=True,
        maybe_placeholders=True,
        postlex=_Apart(),
        transformer=TreeBuilder(),
    )


def tables(parser: Lark) -> Tables:
    """What `driver` needs of Lark's parser."""
    inner: Any = parser
    callbacks = inner._callbacks
    found = inner.parser.parser._parse_table
    root = inner.parser.lexer.lexer.root_lexer
    root._build_scanner()
    symbols = sorted({name for actions in found.states.values() for name in actions} | {END})
    number = {name: at for at, name in enumerate(symbols)}
    order = list(found.start_states.values())
    state_at = {state: at for at, state in enumerate(order)}
    rules = {rule: at for at, rule in enumerate(callbacks)}
    states: list[dict[int, int]] = []
    for state in order:
        actions: dict[int, int] = {}
        for name, (kind, target) in sorted(found.states[state].items()):
            if kind is Shift and target not in state_at:
                state_at[target] = len(order)
                order.append(target)
            actions[number[name]] = state_at[target] if kind is Shift else ~rules[target]
        states.append(actions)
    return Tables(
        symbols,
        [(each.name, each.pattern.to_regexp()) for each in root.terminals],
        sorted(root.ignore_types),
        {name: _words(callback) for name, callback in sorted(root.callback.items())},
        [tuple(_rule(rule, step, number)) for rule, step in callbacks.items()],
        states,
        state_at[found.start_states["start"]],
        state_at[found.end_states["start"]],
    )


def _words(callback: Any) -> dict[str, str]:
    """The texts that a terminal matches and that are another terminal, too."""
    return {each.pattern.value: each.name for each in callback.scanner.terminals}


def _rule(rule: LarkRule, step: Any, number: dict[str, int]) -> Rule:
    """A rule, and what Lark does with its parts before it calls the builder."""
    include, absent, unwraps = None, 0, False
    while isinstance(step, ChildFilter | ChildFilterLALR_NoPlaceholders | ExpandSingleChild):
        if isinstance(step, ExpandSingleChild):
            unwraps = True
        else:
            include = [(*each, 0)[:3] for each in step.to_include]
            absent = getattr(step, "append_none", 0)
        step = step.node_builder
    symbol, length = number[str(rule.origin.name)], len(rule.expansion)
    return Rule(symbol, length, include, absent, unwraps, getattr(step, "__name__", None))


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
