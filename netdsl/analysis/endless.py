"""Finds `def`s that call themselves on every way through them, and so never end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from netdsl.analysis import program as ir
from netdsl.analysis.walk import holds
from netdsl.diagnostics import Diagnostics
from netdsl.source import Span
from netdsl.syntax import tree
from netdsl.syntax.bounds import BELOW, nothing

Name = tuple[str, str]
"""A `def`: the module that it is of, which is empty for those of a file, and what it is called."""

Calls = Mapping[Name, Sequence[tuple[Name, Span]]]


def refuse_endless(definitions: Iterable[ir.Definition], diagnostics: Diagnostics) -> None:
    """An error for each circle of `def`s that surely call each other."""
    calls: dict[Name, list[tuple[Name, Span]]] = {}
    for owner, function in _functions(list(definitions)):
        calls[owner, function.name] = list(_sure_calls(function.body, owner))
    left = _circles(calls)
    while left:
        way = [min(left, key=lambda name: _place(left[name]))]
        while (following := left[way[-1]][0][0]) not in way:
            way.append(following)
        circle = way[way.index(following) :]
        path = " → ".join(name for _, name in [*circle, following])
        diagnostics.error(
            "recursive-definition",
            f"`{following[1]}` calls itself on every way through it, and never ends: {path}",
            left[following][0][1],
            hint="let it end on a condition: `if n == 0 { return x }`, or a choice.",
        )
        left = _circles({name: found for name, found in left.items() if name not in way})


def _functions(definitions: Sequence[ir.Definition]) -> Iterator[tuple[str, ir.Function]]:
    """The `def`s whose calls are known: in a module that others derive from, they may be others."""
    bases = {
        each.base.func.name
        for each in definitions
        if isinstance(each, ir.ModuleDef)
        and isinstance(each.base, ir.Call)
        and isinstance(each.base.func, ir.Ref)
    }
    for each in definitions:
        if isinstance(each, ir.Function):
            yield "", each
        elif isinstance(each, ir.ModuleDef) and each.name not in bases:
            for method in each.methods:
                yield each.name, method


def _circles(calls: Calls) -> dict[Name, list[tuple[Name, Span]]]:
    """The calls that lead from one `def` of a circle to another."""
    left = {name: [each for each in found if each[0] in calls] for name, found in calls.items()}
    callers: dict[Name, set[Name]] = {name: set() for name in left}
    for name, found in left.items():
        for callee, _ in found:
            callers[callee].add(name)
    ends = [name for name, found in left.items() if not found]
    while ends:
        end = ends.pop()
        del left[end]
        for name in callers[end]:
            if name in left:
                left[name] = [each for each in left[name] if each[0] != end]
                if not left[name]:
                    ends.append(name)
    return left


def _place(calls: Sequence[tuple[Name, Span]]) -> tuple[str, int]:
    span = calls[0][1]
    return span.source.name, span.start


def _sure_calls(body: Sequence[tree.Statement], owner: str) -> Iterator[tuple[Name, Span]]:
    """The `def`s that are called whatever the arguments are."""
    for statement in body:
        match statement:
            case tree.If(((condition, _), *_)) | tree.While(condition):
                yield from _in_expression(condition, owner)
            case tree.For(iterable=iterable):
                yield from _in_expression(iterable, owner)
            case _:
                yield from _in_expression(statement, owner)
        if isinstance(statement, tree.Return | tree.Assert) or holds(statement, *_LEAVING):
            return


_LEAVING = (tree.Return, tree.Break, tree.Continue)


def _in_expression(root: object, owner: str) -> Iterator[tuple[Name, Span]]:
    """The calls in what is surely worked out."""
    stack = [root]
    while stack:
        match stack.pop():
            case tuple() as several:
                stack += several
            case tree.Ternary(condition):
                stack.append(condition)
            case tree.Logical(_, left):
                stack.append(left)
            case tree.Compare(first, rest):
                stack += [first, rest[0][1]]
            case ir.Generator() | tree.Item(clauses=(_, *_)):
                pass
            case here:
                called = _called(here, owner)
                if called is not None:
                    yield called
                below = BELOW[here.__class__]
                if below is not None and below is not nothing:
                    stack.append(below(here))


def _called(node: object, owner: str) -> tuple[Name, Span] | None:
    match node:
        case ir.Call(ir.Ref("def", name)):
            return ("", name), node.span
        case ir.Call(ir.Ref("method", name)):
            return (owner, name), node.span
        case ir.Call(ir.Ref("self") | ir.Field(ir.Ref("self"), "forward")):
            return (owner, "forward"), node.span
        case _:
            return None
