"""Headers of functions: parameters with their annotations and defaults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.types import Type
from netdsl.emit.annotations import annotation
from netdsl.emit.expressions import write
from netdsl.emit.place import Output, Place


def header(
    name: str,
    parameters: Sequence[ir.Parameter],
    result: str,
    place: Place,
    *,
    method: bool = False,
) -> str:
    """`def name(self, a: int, b: int = 1) -> result:`; defaults are written for `place`."""
    shown = ["self"] if method else []
    starred = False
    for each in parameters:
        if each.kind == "variadic":
            shown.append(f"*{each.name}: {annotation(each.type, place.out)}")
            starred = True
            continue
        if each.kind == "keyword" and not starred:
            shown.append("*")
            starred = True
        text = f"{each.name}: {annotation(each.type, place.out)}"
        if each.default is not None:
            text += f" = {write(each.default, place.held_by(each.name))}"
        shown.append(text)
    return f"def {name}({', '.join(shown)}) -> {result}:"


def parameter_types(parameters: Sequence[ir.Parameter]) -> dict[str, Type]:
    """What each parameter is inside its function."""
    return {
        each.name: types.TupleOf(None) if each.kind == "variadic" else each.type
        for each in parameters
    }


def typed_header(name: str, parameters: Iterable[tuple[str, Type]], out: Output) -> str:
    """`def name(self, a: int) -> None:`."""
    shown = ["self", *(f"{each}: {annotation(of, out)}" for each, of in parameters)]
    return f"def {name}({', '.join(shown)}) -> None:"
