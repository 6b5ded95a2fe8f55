"""How many lines say a network: of a program, of what is generated from it, of a reference.

A line counts that holds code: not one that is blank, or holds a comment or a docstring alone, or
imports something.
"""

from __future__ import annotations

import ast
import functools
import inspect
import io
import sys
import textwrap
import tokenize
from collections.abc import Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any

from torch import nn

from netdsl.analysis import program as ir

_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def of_program(definitions: Iterable[ir.Definition], own: str) -> int:
    """The lines of definitions in all their files but the one called `own`."""
    found: dict[tuple[str, int], str] = {}
    for each in definitions:
        source = each.span.source
        if source.name == own:
            continue
        first, last = (source.position(at).line for at in (each.span.start, each.span.end))
        lines = source.text.splitlines()[first - 1 : last]
        found |= {(source.name, number): line for number, line in enumerate(lines, first)}
    return sum(not line.strip().startswith("#") for line in found.values() if line.strip())


def of_python(text: str, without: str = "") -> int:
    """The lines of Python source, apart from a function that is named."""
    counted: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            counted.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import() | ast.ImportFrom():
                counted -= _lines(node)
            case ast.FunctionDef(name=name) if name == without:
                counted -= _lines(node)
            case ast.Module() | ast.ClassDef() | ast.FunctionDef():
                if ast.get_docstring(node, clean=False) is not None:
                    counted -= _lines(node.body[0])
    return len(counted)


def _lines(node: ast.stmt) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def of_reference(reference: nn.Module) -> int:
    """The lines of the classes that a network is built of, torch's own apart, and of the classes
    and functions that those mention and that stand in the same files.

    What calls their constructors is not counted, nor what a framework adds in files of its own.
    """
    waiting: list[Any] = list(dict.fromkeys(type(each) for each in reference.modules()))
    waiting = [each for each in waiting if not _is_torchs(each)]
    files = {each.__module__ for each in waiting}
    found: dict[Any, int] = {}
    while waiting:
        each = waiting.pop()
        if each in found:
            continue
        text = _text(each)
        found[each] = of_python(text)
        waiting += _mentioned(text, sys.modules[each.__module__], files)
    return sum(found.values())


def _is_torchs(cls: type) -> bool:
    return cls.__module__.partition(".")[0] == "torch"


@functools.cache
def _text(of: Any) -> str:
    return textwrap.dedent(inspect.getsource(of))


def _mentioned(text: str, module: ModuleType, files: set[str]) -> Iterator[Any]:
    """The bases of a class and the functions of these files that a text names."""
    (top,) = ast.parse(text).body
    bases = {ast.unparse(each) for each in getattr(top, "bases", ())}
    for name in {each.id for each in ast.walk(top) if isinstance(each, ast.Name)}:
        value = inspect.unwrap(getattr(module, name, None))
        wanted = isinstance(value, FunctionType) or (name in bases and isinstance(value, type))
        if wanted and getattr(value, "__module__", None) in files:
            yield value
