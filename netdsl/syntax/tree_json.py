"""Trees as JSON, and back: for tools that are not written in Python.

A node is an object: `node` is the name of its class, the rest are its fields. What these hold is
read off the classes themselves, and so is the schema, which therefore cannot be out of date.

>>> from netdsl.syntax.visit import expression
>>> to_json(expression("d / 2"))  # doctest: +NORMALIZE_WHITESPACE
{'node': 'Binary', 'op': '/', 'left': {'node': 'Name', 'id': 'd'},
 'right': {'node': 'Number', 'value': 2, 'text': '2'}}
>>> from_json({"node": "Name", "id": "d"})
Name(id='d')
>>> from_json({"node": "Binary", "op": "/", "left": {"node": "Name", "id": 2}})
Traceback (most recent call last):
ValueError: left.id: 2 is no text
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from types import EllipsisType, NoneType
from typing import Any, Literal, get_args, get_origin

from netdsl import limits
from netdsl.source import Source, Span
from netdsl.syntax import tree
from netdsl.syntax.bounds import deepest
from netdsl.syntax.literals import BadNumber, normalised, number_value
from netdsl.syntax.visit import NODES, NOWHERE, Path, elements, field_types, options, paths, shown
from netdsl.syntax.words import CHANGING, RESERVED

NODE, SPAN = "node", "span"
ELLIPSIS = "..."

_WORD = re.compile(r"[^\W\d]\w*")
_DIGITS = r"\d(?:_?\d)*"
_NUMBER = re.compile(
    rf"(?=\.?\d)(?:{_DIGITS})?(?:\.(?:{_DIGITS})?)?(?:[eE][+-]?{_DIGITS})?", re.ASCII
)
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not")


# ---- out ----------------------------------------------------------------------


def to_json(node: tree.Node, *, spans: bool = False) -> dict[str, Any]:
    """A tree as data that `json` can write. With `spans`, `span` says where a node was written:
    the offsets of its first character, and of the one after its last, in the normalised text.

    Raises:
        ValueError: it holds what is no node of a program.
    """
    if deepest(node, limits.current().nesting) is not None:
        raise ValueError(f"this tree is deeper than {limits.current().nesting} levels")
    for path, each in paths(node):
        if type(each) is not NODES.get(type(each).__name__):
            raise ValueError(_at(path, f"{type(each).__name__} is no node of a program"))
    return _written(node, spans)


def _written(node: tree.Node, spans: bool) -> dict[str, Any]:
    found: dict[str, Any] = {NODE: type(node).__name__}
    for name in field_types(type(node)):
        found[name] = _plain(getattr(node, name), spans)
    if spans:
        found[SPAN] = [node.span.start, node.span.end]
    return found


def _plain(value: Any, spans: bool) -> Any:
    if isinstance(value, tree.Node):
        return _written(value, spans)
    if isinstance(value, tuple):
        return [_plain(each, spans) for each in value]
    return ELLIPSIS if value is ... else value


# ---- and back -----------------------------------------------------------------


def from_json(data: object, *, source: Source | None = None) -> tree.Node:
    """The tree that data from JSON says. `source` is what the spans in it are of; without it
    the nodes stand nowhere.

    Raises:
        ValueError: the data are no tree; the text names the place, such as `statements[0].name`.
    """
    return _Reader(source).node(data, (), tuple(NODES.values()), 0)


class _Reader:
    def __init__(self, source: Source | None) -> None:
        self.source = source

    def node(self, data: object, path: Path, kinds: tuple[Any, ...], level: int) -> tree.Node:
        if level > limits.current().nesting:
            raise ValueError(_at(path, f"this is deeper than {limits.current().nesting} levels"))
        if not isinstance(data, Mapping):
            raise ValueError(_at(path, f"{_short(data)} is no node"))
        cls = NODES.get(data[NODE]) if isinstance(data.get(NODE), str) else None
        if cls is None:
            raise ValueError(_at(path, f"there is no node called {_short(data.get(NODE))}"))
        if cls not in kinds:
            raise ValueError(_at(path, f"a {cls.__name__} cannot stand here"))
        known = field_types(cls)
        for name in data:
            if name not in known and name not in (NODE, SPAN):
                raise ValueError(_at(path, f"{cls.__name__} has no {_short(name)}"))
        found = {}
        for name, hint in known.items():
            if name in data:
                found[name] = self._value(data[name], (*path, name), hint, level)
            elif name in _required(cls):
                raise ValueError(_at(path, f"{cls.__name__} lacks {name!r}"))
        if cls is tree.Number:
            found["value"] = _value_of(found["value"], found["text"], (*path, "text"))
        node = cls(**found, span=self._span(data.get(SPAN), (*path, SPAN)))
        _check(node, path)
        return node

    def _value(self, data: object, path: Path, hint: Any, level: int) -> Any:
        """What a field holds, or an element of a tuple in one."""
        kinds = options(hint)
        if data is None and NoneType in kinds:
            return None
        if data == ELLIPSIS and EllipsisType in kinds:
            return ...
        for kind in kinds:
            if get_origin(kind) is tuple:
                return self._elements(data, path, kind, level)
            if get_origin(kind) is Literal:
                return _one_of(data, get_args(kind), path)
        plain = [kind for kind in kinds if kind in _PLAIN]
        if plain:
            if not any(type(data) is kind for kind in plain):
                raise ValueError(_at(path, f"{_short(data)} is {_PLAIN[plain[0]]}"))
            return data
        return self.node(data, path, kinds, level + 1)

    def _elements(self, data: object, path: Path, hint: Any, level: int) -> tuple[Any, ...]:
        if not isinstance(data, list | tuple):
            raise ValueError(_at(path, f"{_short(data)} is no list"))
        many, kinds = elements(hint, len(data))
        if not many and len(data) != len(kinds):
            raise ValueError(_at(path, f"{len(data)} elements, not {len(kinds)}"))
        inner = zip(data, kinds, strict=True)
        return tuple(
            self._value(each, (*path, at), kind, level) for at, (each, kind) in enumerate(inner)
        )

    def _span(self, data: object, path: Path) -> Span:
        if data is None:
            return NOWHERE
        ends = data if isinstance(data, list | tuple) else ()
        if len(ends) != 2 or not all(type(each) is int for each in ends):
            raise ValueError(_at(path, f"{_short(data)} is no pair of offsets"))
        last = ends[1] if self.source is None else len(self.source.text)
        if not 0 <= ends[0] <= ends[1] <= last:
            raise ValueError(_at(path, f"{_short(data)} is no place in the text"))
        return NOWHERE if self.source is None else Span(self.source, ends[0], ends[1])


_PLAIN = {str: "no text", bool: "no truth value", int: "no number", float: "no number"}


def _required(cls: type[tree.Node]) -> list[str]:
    return [each.name for each in fields(cls) if each.default is MISSING and each.name != SPAN]


def _value_of(value: int | float, text: str, path: Path) -> int | float:
    """The number that a text says: JSON of other tools may write `1.0` as `1`."""
    meant = number_value(text) if _NUMBER.fullmatch(text) else None
    if meant is None or isinstance(meant, BadNumber):
        raise ValueError(_at(path, f"{_short(text)} is no number"))
    if value != meant:
        raise ValueError(_at(path, f"{_short(text)} is not {_short(value)}"))
    return meant


def _check(node: tree.Node, path: Path) -> None:
    """What the types of fields do not say: what texts may be."""
    match node:
        case tree.Number():
            pass
        case tree.String(value):
            if re.search("[\ud800-\udfff]", value):
                raise ValueError(_at((*path, "value"), "half a character is no text"))
        case tree.Compare(rest=rest):
            for at, (op, _) in enumerate(rest):
                _one_of(op, _COMPARISONS, (*path, "rest", at, 0))
        case tree.AugAssign(op=op):
            _one_of(op, tuple(sorted(CHANGING)), (*path, "op"))
        case tree.DictType(fields=pairs):
            for at, (name, _) in enumerate(pairs):
                _check_name(name, (*path, "fields", at, 0))
        case _:
            for name, hint in field_types(type(node)).items():
                if str in options(hint) and getattr(node, name) is not None:
                    _check_name(getattr(node, name), (*path, name))


def _check_name(name: str, path: Path) -> None:
    if not _WORD.fullmatch(name) or name in RESERVED or normalised(name) != name:
        raise ValueError(_at(path, f"{_short(name)} is no name"))


def _one_of(data: object, known: tuple[str, ...], path: Path) -> object:
    if data not in known or not isinstance(data, str):
        raise ValueError(_at(path, f"{_short(data)} is none of {', '.join(known)}"))
    return data


def _at(path: Path, message: str) -> str:
    return f"{shown(path) or 'the tree'}: {message}"


def _short(data: object) -> str:
    """Data as a message shows them, however large they are."""
    if isinstance(data, Mapping):
        return "an object"
    if isinstance(data, list | tuple):
        return "a list"
    text = "null" if data is None else repr(data) if isinstance(data, str) else str(data)
    return text if len(text) <= 40 else f"{text[:39]}…"


# ---- the schema ---------------------------------------------------------------

_ALIASES = {
    name: frozenset(get_args(value)) - {tree.Resolved}
    for name, value in vars(tree).items()
    if name[0].isupper() and len(get_args(value)) > 1 and all(map(inspect.isclass, get_args(value)))
}
"""The groups of nodes that the tree names, such as `Expr`."""


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a whole program; `$defs` has every node and group of nodes."""
    groups = {
        name: {"anyOf": [_ref(cls.__name__) for cls in NODES.values() if cls in members]}
        for name, members in _ALIASES.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A netdsl program",
        "$ref": "#/$defs/File",
        "$defs": {**groups, **{name: _schema_of(cls) for name, cls in NODES.items()}},
    }


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _schema_of(cls: type[tree.Node]) -> dict[str, Any]:
    span = {"type": "array", "prefixItems": [{"type": "integer", "minimum": 0}] * 2}
    return {
        "type": "object",
        "description": inspect.cleandoc(cls.__doc__ or ""),
        "properties": {
            NODE: {"const": cls.__name__},
            **{name: _schema_for(hint) for name, hint in field_types(cls).items()},
            SPAN: {**span, "minItems": 2, "maxItems": 2},
        },
        "required": [NODE, *_required(cls)],
        "additionalProperties": False,
    }


def _schema_for(hint: Any) -> dict[str, Any]:
    """What may stand in a field."""
    left = set(options(hint)) - {tree.Resolved}
    found = []
    for name, members in sorted(_ALIASES.items(), key=lambda pair: -len(pair[1])):
        if members <= left:
            found.append(_ref(name))
            left -= members
    if {int, float} <= left:
        left.remove(int)
    found += [_schema_alone(kind) for kind in options(hint) if kind in left]
    return found[0] if len(found) == 1 else {"anyOf": found}


def _schema_alone(kind: Any) -> dict[str, Any]:
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if get_origin(kind) is tuple:
        many, kinds = elements(kind, 1)
        if many:
            return {"type": "array", "items": _schema_for(kinds[0])}
        inner = [_schema_for(each) for each in kinds]
        count = len(inner)
        return {"type": "array", "prefixItems": inner, "minItems": count, "maxItems": count}
    if kind is EllipsisType:
        return {"const": ELLIPSIS}
    if kind.__name__ in NODES:
        return _ref(kind.__name__)
    names = {str: "string", bool: "boolean", int: "integer", float: "number", NoneType: "null"}
    return {"type": names[kind]}
