"""`rearrange`, whose pattern becomes calls of torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.rearrange import Lowered, PatternError, lower
from netdsl.source import Span
from netdsl.syntax import tree

if TYPE_CHECKING:
    from netdsl.analysis.buildtime import BuildTime
    from netdsl.analysis.phase import Phase


def rearrange_layer(phase: BuildTime, node: tree.Call) -> ir.Expr:
    """`rearrange "b c h w -> b (h w) c"` as a layer."""
    span = node.span
    pattern: tree.String | None = None
    sizes: list[tuple[str, ir.Expr]] = []
    for item in node.items:
        match item:
            case tree.Item(name=None, value=tree.String() as text, clauses=()) if not pattern:
                pattern = text
            case tree.Item(name=tree.Name(id=name), value=value, clauses=()):
                sizes.append((name, phase.value(value, types.INT, f"`{name}` of `rearrange`")))
            case _:
                phase.diagnostics.error(
                    "bad-pattern",
                    "`rearrange` takes one pattern and sizes by name",
                    item.span,
                    hint='write `rearrange "b (h e) -> b h e" h=8`.',
                )
    if pattern is None:
        phase.diagnostics.error(
            "bad-pattern",
            "`rearrange` needs a pattern",
            span,
            hint='write `rearrange "b c h w -> b (h w) c"`.',
        )
        return ir.Ref("local", "rearrange", types.UNKNOWN, span=span)
    lowered = lower_pattern(phase, pattern, [name for name, _ in sizes])
    return ir.Deferred(ir.Rearranged(pattern.value, lowered, tuple(sizes), span=span), span=span)


def lower_pattern(phase: Phase, pattern: tree.String, sizes: list[str]) -> Lowered:
    """The torch calls of a pattern; says what is wrong with it."""
    try:
        return lower(pattern.value, sizes)
    except PatternError as error:
        phase.diagnostics.error(
            "bad-pattern", error.message, _inside(pattern, error), hint=error.hint
        )
        return ()


def _inside(pattern: tree.String, error: PatternError) -> Span:
    """Where in the source a part of a pattern stands, if nothing in it is escaped."""
    source, start, end = pattern.span
    if source.text[start + 1 : end - 1] == pattern.value:
        return Span(source, start + 1 + error.start, start + 1 + error.end)
    return pattern.span
