"""What may be None, and what a condition says is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.types import Type
from netdsl.syntax import tree

Present = frozenset[str]
"""Paths of what is known not to be None here."""

NOTHING: Present = frozenset()


def path_of(expr: object) -> str | None:
    """A text that is the same for the same variable, child or part of one."""
    match expr:
        case ir.Ref(kind, name):
            return f"{kind} {name}"
        case ir.Field(value, name):
            inner = path_of(value)
            return inner and f"{inner}.{name}"
        case tree.Index(value, (tree.Number(number),)):
            inner = path_of(value)
            return inner and f"{inner}[{number}]"
        case tree.Index(value, (ir.Ref(_, name),)):
            inner = path_of(value)
            return inner and f"{inner}[{name}]"
        case _:
            return None


def may_be_none(of: Type) -> bool:
    if isinstance(of, types.Either):
        return types.NONE in of.options
    return isinstance(of, types.Scalar) and of == types.NONE


def present_if(
    condition: tree.Node, outcome: bool, implied: Mapping[str, Iterable[str]] | None = None
) -> Present:
    """What is not None if a condition turns out to be true (or false). `implied` tells which
    children are there where a parameter of the module is true, by its name, or is not, by `not`
    and its name, and where another child is, by its path."""
    known = implied or {}
    match condition:
        case tree.Unary("not", operand):
            return present_if(operand, not outcome, implied)
        case tree.Logical(op, left, right):
            one = present_if(left, outcome, implied)
            other = present_if(right, outcome, implied)
            return one | other if (op == "and") == outcome else one & other
        case tree.Compare(first, ((op, tree.Constant(None)),)):
            path = path_of(first)
            holds = (op in ("is not", "!=") and outcome) or (op in ("is", "==") and not outcome)
            return frozenset([path, *known.get(path, ())]) if path and holds else NOTHING
        case _:
            path = path_of(condition)
            if path is None:
                return NOTHING
            name = path.rpartition(" ")[2]
            return frozenset(
                [path, *known.get(name, ())] if outcome else known.get(f"not {name}", ())
            )
