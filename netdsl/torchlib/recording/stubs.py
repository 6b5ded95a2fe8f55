"""Signatures from the stubs that torch ships, for functions that `inspect` cannot see."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping

from netdsl.torchlib.recording.type_text import normalise, or_none
from netdsl.torchlib.signature import RecordedParameter, write_signature

Overloads = dict[str, list[dict[str, object]]]


def functions(text: str, returned: Mapping[str, str]) -> Overloads:
    """The functions at the top level of a stub, with all their overloads.

    >>> functions("def t(input: Tensor, *, p: _float = 2) -> Tensor: ...", {})["t"]
    ... # doctest: +NORMALIZE_WHITESPACE
    [{'takes': [['input', 'normal', None, 'Tensor'], ['p', 'keyword', '2', 'float']],
      'gives': 'Tensor'}]
    """
    return _overloads(ast.parse(text).body, returned)


def methods(text: str, cls: str, returned: Mapping[str, str]) -> Overloads:
    """The methods of one class of a stub, without `self`."""
    found = _overloads(_class(text, cls).body, returned)
    for overloads in found.values():
        for signature in overloads:
            takes = signature["takes"]
            assert isinstance(takes, list)
            del takes[0]
    return found


def attributes(text: str, cls: str, returned: Mapping[str, str]) -> dict[str, str]:
    """The annotated attributes of one class of a stub, with their types."""
    found = {}
    for node in _class(text, cls).body:
        match node:
            case ast.AnnAssign(ast.Name(name), annotation):
                found[name] = normalise(ast.unparse(annotation), returned)
    return found


def return_types(text: str) -> dict[str, str]:
    """The named tuples that torch returns, as plain tuples."""
    return {
        node.name: normalise(ast.unparse(node.bases[0]))
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and isinstance(node.bases[0], ast.Subscript)
    }


def _class(text: str, cls: str) -> ast.ClassDef:
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name == cls:
            return node
    raise ValueError(f"the stub has no class {cls}")


def _overloads(body: Iterable[ast.stmt], returned: Mapping[str, str]) -> Overloads:
    found: Overloads = defaultdict(list)
    for node in body:
        if isinstance(node, ast.FunctionDef):
            signature = _signature(node, returned)
            if signature not in found[node.name]:
                found[node.name].append(signature)
    return dict(found)


def _signature(node: ast.FunctionDef, returned: Mapping[str, str]) -> dict[str, object]:
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    missing = len(positional) - len(arguments.defaults)
    defaults: list[ast.expr | None] = [*([None] * missing), *arguments.defaults]
    takes: list[RecordedParameter] = []
    for at, (argument, default) in enumerate(zip(positional, defaults, strict=True)):
        kind = "positional" if at < len(arguments.posonlyargs) else "normal"
        takes.append(_parameter(argument, kind, default, returned))
    if arguments.vararg is not None:
        takes.append(_parameter(arguments.vararg, "variadic", None, returned))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        takes.append(_parameter(argument, "keyword", default, returned))
    if arguments.kwarg is not None:
        takes.append(_parameter(arguments.kwarg, "keywords", None, returned))
    result = "Any" if node.returns is None else normalise(ast.unparse(node.returns), returned)
    return write_signature(takes, result)


def _parameter(
    argument: ast.arg, kind: str, default: ast.expr | None, returned: Mapping[str, str]
) -> RecordedParameter:
    text = "Any"
    if argument.annotation is not None:
        text = normalise(ast.unparse(argument.annotation), returned)
    if isinstance(default, ast.Constant) and default.value is None:
        text = or_none(text)
    return [argument.arg, kind, None if default is None else ast.unparse(default), text]
