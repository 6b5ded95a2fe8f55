"""What would have fitted where the parser stopped, in the language's words."""

from __future__ import annotations

from collections.abc import Collection

from netdsl.syntax.trouble import Trouble

_IN_BRACKETS = {"(": "an argument", "[": "an item", "{": "an item"}

_STATEMENT_WORDS = {
    "file": "a definition or a layer",
    "body": "a declaration",
    "def": "a statement",
}

_TERMINAL_WORDS = {
    "NAME": "a name",
    "STRING": "a string",
    "INT": "a number",
    "_CALL": "`(`",
    "_INDEX": "`[`",
    "_SEMI": "a new line",
    "$END": "the end of the file",
}

_MANY = 6
"""So many things that would have fitted are listed; more are summed up."""


def expectation(trouble: Trouble, spelt: dict[str, str]) -> str:
    """What would have fitted, in words.

    >>> at = Trouble("file", ("let",), "3", "number", (), frozenset({"NAME"}), "", False)
    >>> expectation(at, {})
    'a name'
    """
    accepts = trouble.accepts
    closers = [sign for name, sign in _CLOSERS if name in accepts]
    if not trouble.before:
        return _STATEMENT_WORDS[trouble.level]
    if trouble.previous in (":", "->") and "LBRACE" in accepts and not trouble.wants_value:
        return "a type or a shape"
    if trouble.after_name:
        return "an operator or an argument"
    if trouble.wants_value or trouble.in_arguments:
        return _value_words(trouble, closers)
    words = sorted({_terminal(name, spelt) for name in accepts})
    if len(words) <= _MANY:
        return _listed(words)
    if closers:
        return _listed([*(["`,`"] if "COMMA" in accepts else []), *closers])
    if "_SEMI" in accepts or "$END" in accepts:
        return "an operator or a new line"
    if "LBRACE" in accepts:
        return "an operator or `{`"
    return "an operator"


_CLOSERS = (("RPAR", "`)`"), ("RSQB", "`]`"))


def _value_words(t: Trouble, closers: Collection[str]) -> str:
    what = _IN_BRACKETS[t.opening] if t.previous in ("(", "[", ",") and t.opening else "a value"
    if t.previous == "=" and t.level != "def" and not t.opening:
        what = "a layer or a value"
    if t.in_arguments:
        what = "an argument"
    return _listed([what, *closers])


def _terminal(name: str, spelt: dict[str, str]) -> str:
    return _TERMINAL_WORDS.get(name) or (f"`{spelt[name]}`" if name in spelt else "an operator")


def _listed(words: list[str]) -> str:
    """The words with commas and an `or`."""
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
