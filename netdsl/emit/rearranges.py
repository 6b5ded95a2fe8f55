"""`rearrange` as the torch calls that it means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from netdsl.analysis import rearrange
from netdsl.analysis.rearrange import Lowered, Step


def rearranging(lowered: Lowered, sizes: Mapping[str, str]) -> str:
    """The calls that a pattern means: `.unflatten(2, (3, h, -1)).transpose(1, 2)`."""
    return "".join(_step(step, sizes) for step in lowered)


def _step(step: Step, sizes: Mapping[str, str]) -> str:
    match step:
        case rearrange.Unflatten(axis, parts):
            shown = [sizes[part] if isinstance(part, str) else str(part) for part in parts]
            return f".unflatten({axis}, {_tuple(shown)})"
        case rearrange.Transpose(first, second):
            return f".transpose({first}, {second})"
        case rearrange.Permute(order):
            return f".permute({', '.join(map(str, order))})"
        case rearrange.MoveDim(source, destination):
            if len(source) == 1:
                return f".movedim({source[0]}, {destination[0]})"
            return f".movedim({_tuple(map(str, source))}, {_tuple(map(str, destination))})"
        case rearrange.Flatten(start, end):
            return f".flatten({start})" if end == -1 else f".flatten({start}, {end})"
        case rearrange.Squeeze(axis):
            return f".squeeze({axis})"
        case rearrange.Unsqueeze(axis):
            return f".unsqueeze({axis})"


def _tuple(parts: Iterable[str]) -> str:
    shown = list(parts)
    return f"({shown[0]},)" if len(shown) == 1 else f"({', '.join(shown)})"
