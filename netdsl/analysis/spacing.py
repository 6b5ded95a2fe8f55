"""Mistakes of spacing in calls without brackets, which look like wrong arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdsl.analysis import types
from netdsl.analysis.accepting import accepts
from netdsl.analysis.names import COMBINATORS, CONTAINERS, shorten
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
    if (other := _layer_in_the_way(phase, node)) is not None:
        phase.diagnostics.forget_since(mark)
        phase.diagnostics.error(
            "missing-comma",
            f"`{shorten(other.span.text)}` is read as an argument of `{word}`, since no comma"
            " stands before it",
            other.span,
            hint="put a comma before it.",
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


def _layer_in_the_way(phase: BuildTime, node: tree.Call) -> tree.Item | None:
    """A layer where the layer that is called, which has all it needs by then, takes
    a value."""
    head = phase.find(node.func) if isinstance(node.func, tree.Name) else None
    target = head.target if head is not None else None
    if target is None or target.torch is None or target.parameters is None:
        return None
    for at, (item, parameter) in enumerate(zip(node.items, target.parameters, strict=False)):
        if not isinstance(item, tree.Item) or item.name is not None:
            return None
        value = not accepts(parameter.type, types.MODULE)
        later = any(each.required for each in target.parameters[at:])
        if value and not later and _is_layer(phase, item):
            return item
    return None


def _is_layer(phase: BuildTime, item: tree.Item) -> bool:
    """Whether an argument is a layer, or the name of one."""
    name = item.value.func if isinstance(item.value, tree.Call) else item.value
    if not isinstance(name, tree.Name) or phase.scope.find(name.id) is not None:
        return False
    if name.id in COMBINATORS or name.id in CONTAINERS:
        return True
    found = phase.find(name)
    return found is not None and found.target is not None and found.target.makes == "layer"


def _is_bare_layer(phase: BuildTime, item: tree.Item) -> bool:
    """Whether an argument is the name of a layer that lacks arguments of its own."""
    name = item.value
    if not isinstance(name, tree.Name) or not _is_layer(phase, item):
        return False
    found = phase.find(name)
    return found is None or found.target is None or bool(found.target.missing)
