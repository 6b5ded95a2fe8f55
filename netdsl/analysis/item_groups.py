"""What stands in groups of items: repeated, or chosen by a condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from netdsl.analysis import program as ir
from netdsl.syntax import tree

if TYPE_CHECKING:
    from netdsl.analysis.buildtime import BuildTime


def as_comprehension(items: tuple[ir.LayerItemLike, ...]) -> tuple[ir.LayerItemLike, ...]:
    """A list that is one group which repeats one item is that item, repeated."""
    match items:
        case (ir.LayerFor(target, iterable, (ir.LayerItem(name, value, clauses),)),):
            span = items[0].span
            clause = tree.Clause(target, iterable, (), span=span)
            return (ir.LayerItem(name, value, (clause, *clauses), span=span),)
        case _:
            return items


def chosen(
    phase: BuildTime, item: tree.IfItems, resolve: Callable[[tree.ItemLike], ir.LayerItemLike]
) -> ir.LayerIf:
    """A group of alternatives, each resolved where its condition holds."""
    branches: list[tuple[ir.Expr, tuple[ir.LayerItemLike, ...]]] = []
    with ExitStack() as earlier:
        for condition, inner in item.branches:
            resolved = phase.expr(condition)
            with phase.assuming(resolved, True):
                branches.append((resolved, tuple(resolve(each) for each in inner)))
            earlier.enter_context(phase.assuming(resolved, False))
        otherwise = tuple(resolve(each) for each in item.otherwise)
    return ir.LayerIf(tuple(branches), otherwise, span=item.span)


def leaves(items: Sequence[ir.LayerItemLike]) -> Iterator[ir.LayerItem]:
    return (each for each in ungrouped(items) if isinstance(each, ir.LayerItem))


def ungrouped(items: Sequence[ir.LayerItemLike]) -> Iterator[ir.LayerItem | ir.LayerSplice]:
    """The items and splices of a list and of the groups in it, without what items hold."""
    for item in items:
        match item:
            case ir.LayerItem() | ir.LayerSplice():
                yield item
            case ir.LayerFor(items=inner):
                yield from ungrouped(inner)
            case ir.LayerIf(branches, otherwise):
                for _, inner in branches:
                    yield from ungrouped(inner)
                yield from ungrouped(otherwise)


def has_names(item: ir.LayerItemLike) -> bool:
    return any(leaf.name is not None for leaf in leaves([item]))
