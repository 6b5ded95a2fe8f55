"""Mistakes of spacing in calls without brackets, which look like wrong arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdsl.analysis.names import COMBINATORS, CONTAINERS
from netdsl.source import Span
from netdsl.syntax import tree

if TYPE_CHECKING:
    from netdsl.analysis.buildtime import BuildTime


def blame_spacing(phase: BuildTime, node: tree.Call, mark: int) -> None:
    """Says in the place of what follows from it that something is not written as one
    argument, or is: on another line, a layer with arguments, a bracket that stands apart."""
    before: tree.Node = node.func
    word = node.func.span.text
    for item in node.items:
        if "\n" in Span(item.span.source, before.span.end, item.span.start).text:
            phase.diagnostics.forget_since(mark)
            end = Span(before.span.source, before.span.end - 1, before.span.end)
            phase.diagnostics.error(
                "missing-comma",
                f"`{item.span.text}` is read as an argument of `{word}`, since no comma ends"
                " the line before it",
                end,
                hint="put a comma at the end of this line.",
            )
            return
        before = item
    match node.items:
        case (tree.Item(name=None, value=tree.Tuple()) as only,):
            phase.diagnostics.forget_since(mark)
            phase.diagnostics.error(
                "detached-arguments",
                f"`{only.span.text}` is one argument of `{word}`, since it stands apart",
                only.span,
                hint=f"close the gap, `{word}{only.span.text}`, or leave out the brackets.",
            )
            return
    for item in node.items[:-1]:
        if isinstance(item, tree.Item) and item.name is None and _is_bare_layer(phase, item):
            phase.diagnostics.forget_since(mark)
            rest = Span(item.span.source, item.span.start, node.items[-1].span.end)
            phase.diagnostics.error(
                "unbracketed-layer",
                f"`{item.span.text}` and what follows it are arguments of `{word}`",
                item.span,
                hint=f"put a layer with its arguments in brackets: `({rest.text})`.",
            )
            return


def _is_bare_layer(phase: BuildTime, item: tree.Item) -> bool:
    """Whether an argument is the name of a layer that lacks arguments of its own."""
    name = item.value
    if not isinstance(name, tree.Name) or phase.scope.find(name.id) is not None:
        return False
    if name.id in COMBINATORS or name.id in CONTAINERS:
        return True
    found = phase.find(name)
    target = found.target if found is not None else None
    return target is not None and target.makes == "layer" and bool(target.missing)
