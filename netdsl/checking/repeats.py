"""Modules that were followed before: one that is made of the same arguments gives the same for the
same inputs. A network of a hundred equal blocks is checked in the time of one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from netdsl.checking.values import (
    UNKNOWN,
    Class,
    Items,
    Module,
    Number,
    Recipe,
    Record,
    Tensor,
    Value,
)
from netdsl.diagnostics import Diagnostics
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.facts import Facts

Given = Sequence[tuple[str | None, Value]]


def made_of(name: str, given: Given) -> Hashable:
    """What tells a module from others of its class; None if an argument is more than a value."""
    keys = [(word, _key(value)) for word, value in given]
    return None if any(key is None for _, key in keys) else (name, *keys)


def _key(value: Value) -> Hashable:
    """A value by which it can be told from others; None for what can change, or says too
    little."""
    match value:
        case Dimension() | str() | float() | bool() | None:
            return type(value), value
        case Tensor() | Number():
            return value
        case Items(elements, kind):
            return _all(kind, elements)
        case Class(name):
            return Class, name, value.torch
        case Recipe(func, arguments):
            words = tuple(word for word, _ in arguments)
            return _all((_key(func), words), [each for _, each in arguments])
        case Record(name, fields):
            return _all((name, *fields), list(fields.values()))
        case _:
            return UNKNOWN if value is UNKNOWN else None


def _all(kind: Hashable, values: Sequence[Value]) -> Hashable:
    keys = tuple(map(_key, values))
    return None if None in keys or kind is None else (kind, keys)


class Repeats:
    """What modules gave. Only what left nothing behind is remembered: no finding, and nothing
    that is known from there on."""

    def __init__(self) -> None:
        self._found: dict[Hashable, tuple[Facts, Value]] = {}

    def key(self, module: Module, given: Given, facts: Facts, entry: bool) -> Hashable:
        """What decides the result; None if that cannot be told."""
        inputs = made_of("", given)
        if module.made_of is None or inputs is None:
            return None
        return module.made_of, inputs, id(facts), entry

    def get(self, key: Hashable) -> Value | None:
        """What was given before; a tuple of one, since a result may be None."""
        found = self._found.get(key)
        return None if found is None else (found[1],)

    def put(self, key: Hashable, facts: Facts, value: Value) -> None:
        """`facts` are kept, so that no others can have their identity."""
        self._found[key] = facts, value


def quiet(diagnostics: Diagnostics, mark: int, before: Facts, after: Facts) -> bool:
    """Whether following something left nothing behind."""
    return diagnostics.mark() == mark and before is after
