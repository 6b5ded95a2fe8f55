"""Children that may be None, where the program has not made sure that they are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.presence import NOTHING, Present, may_be_none, path_of, present_if
from netdsl.analysis.statements import assigned_names
from netdsl.analysis.type_of import type_of
from netdsl.analysis.walk import holds, walk
from netdsl.diagnostics import Diagnostics
from netdsl.records import field_types
from netdsl.syntax import tree


def check_guards(
    function: ir.Function, implied: Mapping[str, Iterable[str]], diagnostics: Diagnostics
) -> None:
    """Says where a method applies, reads or runs through a child that may be None there."""
    if any(map(_optional_module, walk(function.body))):
        _Guards(implied, diagnostics).block(function.body, NOTHING)


def _optional_module(node: object) -> bool:
    if not isinstance(node, ir.Ref | ir.Field | tree.Index):
        return False
    of = type_of(node)
    return may_be_none(of) and types.is_instance(types.without_none(of))


class _Guards:
    """Follows the statements of one method. A block gives what is present after it, or None
    if it never gets to its end."""

    def __init__(self, implied: Mapping[str, Iterable[str]], diagnostics: Diagnostics) -> None:
        self._implied = implied
        self._diagnostics = diagnostics

    def block(self, statements: Sequence[tree.Node], present: Present) -> Present | None:
        here: Present | None = present
        for node in statements:
            if here is None:
                return None
            here = self._statement(node, here)
        return here

    def _statement(self, node: tree.Node, present: Present) -> Present | None:
        match node:
            case tree.If(branches, otherwise):
                return self._choice(branches, otherwise, present)
            case tree.For(_, iterable, body):
                self._used(iterable, present)
                self._visit(iterable, present)
                self._loop(body, present - _assigned(node) | _all_there(node, present))
                return present - _assigned(node)
            case tree.While(condition, body):
                before = present - _assigned(node)
                self._visit(condition, before)
                self._loop(body, before | self._if(condition, True))
                leaves = holds(body, tree.Break)
                return before if leaves else before | self._if(condition, False)
            case tree.Assert(condition, message):
                self._visit(condition, present)
                self._visit(message, present)
                return present | self._if(condition, True)
            case tree.Return() | tree.Break() | tree.Continue():
                self._visit(node, present)
                return None
            case _:
                self._visit(node, present)
                return present - _assigned(node)

    def _loop(self, body: Sequence[tree.Node], present: Present) -> None:
        self.block(body, present)

    def _choice(
        self,
        branches: Sequence[tuple[tree.Node, Sequence[tree.Node]]],
        otherwise: Sequence[tree.Node],
        present: Present,
    ) -> Present | None:
        ends: list[Present] = []
        for condition, body in branches:
            self._visit(condition, present)
            after = self.block(body, present | self._if(condition, True))
            if after is not None:
                ends.append(after)
            present |= self._if(condition, False)
        last = self.block(otherwise, present)
        if last is not None:
            ends.append(last)
        return frozenset.intersection(*ends) if ends else None

    def _if(self, condition: tree.Node, outcome: bool) -> Present:
        return present_if(condition, outcome, self._implied)

    # ---- expressions ---------------------------------------------------------

    def _visit(self, node: object, present: Present) -> None:
        match node:
            case tree.Ternary(condition, then, otherwise):
                self._visit(condition, present)
                self._visit(then, present | self._if(condition, True))
                self._visit(otherwise, present | self._if(condition, False))
                return
            case tree.Logical(op, left, right):
                self._visit(left, present)
                self._visit(right, present | self._if(left, op == "and"))
                return
            case ir.Generator(element, clauses) | tree.Item(value=element, clauses=clauses):
                for clause in clauses:
                    self._used(clause.iterable, present)
                    self._visit(clause.iterable, present)
                    present |= _all_there(clause, present)
                    for condition in clause.conditions:
                        self._visit(condition, present)
                        present |= self._if(condition, True)
                self._visit(element, present)
                return
            case ir.Call(func=func):
                self._used(func, present)
            case ir.Field(value) | tree.Index(value):
                self._used(value, present)
        if isinstance(node, tree.Node):
            for name in field_types(type(node)):
                if name != "span":
                    self._visit(getattr(node, name), present)
        elif isinstance(node, tuple):
            for each in node:
                self._visit(each, present)

    def _used(self, expr: object, present: Present) -> None:
        """Something is done with the value of an expression that None cannot do."""
        path = path_of(expr)
        if not _optional_module(expr) or path is None or path in present:
            return
        assert isinstance(expr, ir.Ref | ir.Field | tree.Index)
        name = expr.span.text
        self._diagnostics.error(
            "unguarded-optional",
            f"`{name}` may be None here",
            expr.span,
            hint=f"guard it: `if {name} is not None {{ … }}`, or"
            f" `{name}(x) if {name} is not None else x`.",
        )


def _assigned(node: tree.Node) -> Present:
    """The paths of the variables that a statement assigns."""
    names = assigned_names([node])  # type: ignore[list-item]
    return frozenset(f"{kind} {name}" for name in names for kind in ("local", "parameter"))


def _all_there(loop: tree.For | tree.Clause, present: Present) -> Present:
    """The variable of a loop over values that are written out, if none of them is None here."""
    variable, values = path_of(loop.target), loop.iterable
    if variable is None or not isinstance(values, tree.List | tree.Tuple):
        return NOTHING
    items = values.items if isinstance(values, tree.List) else values.elements
    found = [each.value if isinstance(each, tree.Item) else each for each in items]
    there = all(
        path_of(each) in present
        or not (isinstance(each, tree.Splice) or may_be_none(type_of(each)))  # type: ignore[arg-type]
        for each in found
    )
    return frozenset([variable]) if there else NOTHING
