"""Texts as trees, for tests of the syntax."""

from __future__ import annotations

from typing import get_args

from netdsl.diagnostics import Diagnostic, Diagnostics
from netdsl.source import Source
from netdsl.syntax import tree
from netdsl.syntax.parse import parse


def read(text: str) -> tree.File:
    """The tree of a text that has neither errors nor warnings."""
    diagnostics = Diagnostics()
    file = parse(Source(text), diagnostics)
    assert diagnostics.sorted() == ()
    assert file is not None
    return file


def complaints(text: str) -> tuple[Diagnostic, ...]:
    diagnostics = Diagnostics()
    parse(Source(text), diagnostics)
    return diagnostics.sorted()


def value(text: str) -> tree.Expr:
    """The tree of an expression."""
    (statement,) = read(f"let x = {text}").statements
    assert isinstance(statement, tree.Let)
    return statement.value


def body(text: str) -> tuple[tree.Declaration, ...]:
    """The declarations of a module's body."""
    (statement,) = read(f"module M {{\n{text}\n}}").statements
    assert isinstance(statement, tree.Module)
    assert statement.body is not None
    return statement.body


def block(text: str) -> tuple[tree.Statement, ...]:
    """The statements of a `def`."""
    (statement,) = read(f"def f() {{\n{text}\n}}").statements
    assert isinstance(statement, tree.Def)
    return statement.body


def below(node: object) -> list[tree.Node]:
    """Every node under another, itself included."""
    if isinstance(node, tuple):
        return [found for each in node for found in below(each)]
    if not isinstance(node, tree.Node):
        return []
    fields = [getattr(node, each) for each in node.__dataclass_fields__ if each != "span"]
    return [node, *below(tuple(fields))]


def expressions(node: tree.Node) -> list[tree.Expr]:
    return [each for each in below(node) if isinstance(each, get_args(tree.Expr))]
