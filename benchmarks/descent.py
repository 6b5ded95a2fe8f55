"""A parser by hand of a small part of the language: what reading a line costs at the least.

It reads calls with and without brackets, names, numbers and keywords, and makes tuples of them: no
places, no bounds, no messages, none of the rest of the language.

>>> parse("seq(linear 4 8, relu)")
('call', 'seq', [('call', 'linear', [4, 8], {}), 'relu'], {})
"""

from __future__ import annotations

import re
from typing import Any

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|(\w+)|(.))")


def parse(text: str) -> Any:
    """The tree of a line."""
    tokens = [match.groups() for match in _TOKEN.finditer(text)]
    found, at = _application([*tokens, (None, None, "")], 0)
    if at != len(tokens):
        raise ValueError(f"token {at} is too much")
    return found


def _application(tokens: list[Any], at: int) -> tuple[Any, int]:
    head, at = _atom(tokens, at)
    given: list[Any] = []
    named: dict[str, Any] = {}
    while tokens[at][2] is None:
        if tokens[at][1] is not None and tokens[at + 1][2] == "=":
            named[tokens[at][1]], at = _atom(tokens, at + 2)
        else:
            value, at = _atom(tokens, at)
            given.append(value)
    return (("call", head, given, named) if given or named else head), at


def _atom(tokens: list[Any], at: int) -> tuple[Any, int]:
    number, name, sign = tokens[at]
    if number is not None:
        return (float(number) if "." in number else int(number)), at + 1
    if sign is not None:
        raise ValueError(f"token {at} is {sign!r}")
    if tokens[at + 1][2] != "(":
        return name, at + 1
    given = []
    at += 2
    while tokens[at][2] != ")":
        value, at = _application(tokens, at)
        given.append(value)
        if tokens[at][2] == ",":
            at += 1
    return ("call", name, given, {}), at + 1
