"""Reading the patterns of `rearrange`: the notation of https://einops.rocks/api/rearrange/.

A side of a pattern is a row of groups. A lone name is a group of one axis, `(h w)` a group of
two, and both `1` and `()` are groups of none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from typing import TypeAlias

from netdsl.patterns import compiled
from netdsl.records import Frozen, NamedTuple

ELLIPSIS = "..."
MAXIMAL_AXES = 64
"""More axes than this on one side are refused: torch's kernels stop there."""

_WORD = compiled(r"[\w.]+")
_TOKEN = compiled(r"(?s)[ ]+|[()]|[\w.]+|.")
_ARROW = "->"
_ALLOWED = "a pattern is made of names, `1`, `...`, round brackets, spaces and one `->`."


class PatternError(Exception):
    """What is wrong with a pattern: the characters `start` to `end` of it, and what to do."""

    def __init__(self, message: str, start: int, end: int, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


class Axis(NamedTuple):
    """One axis, or `...` for any number of them, and where it stands."""

    name: str
    start: int
    end: int


class Group(Frozen):
    """Axes that are one axis of the tensor. A bare `...` is a group without brackets, which
    leaves its axes apart."""

    axes: tuple[Axis, ...]
    start: int
    end: int
    bracketed: bool


Side: TypeAlias = tuple[Group, ...]


class Pattern(NamedTuple):
    """Both sides of a pattern: the same axes, arranged otherwise."""

    left: Side
    right: Side


def read_pattern(pattern: str, sizes: Collection[str]) -> Pattern:
    """Reads a pattern whose axes in `sizes` have a given length.

    Raises:
        PatternError: it means nothing, or not a rearrangement.
    """
    start = pattern.find(_ARROW)
    if start == -1:
        hint = "write the axes of the input, `->`, and the axes of the output."
        raise PatternError("the pattern has no `->`", 0, len(pattern), hint)
    after = start + len(_ARROW)
    second = pattern.find(_ARROW, after)
    if second != -1:
        message = "the pattern has more than one `->`"
        raise PatternError(message, second, second + len(_ARROW), _ALLOWED)
    read = Pattern(_side(pattern, 0, start, "left"), _side(pattern, after, len(pattern), "right"))
    _check_input_ellipsis(read.left)
    _check_both_sides(read)
    _check_sizes(pattern, read.left, sizes)
    return read


def _side(pattern: str, start: int, end: int, side: str) -> Side:
    groups: list[Group] = []
    inside: list[Axis] = []
    opened: int | None = None
    for token in _TOKEN.finditer(pattern, start, end):
        text, at, to = unicodedata.normalize("NFKC", token[0]), token.start(), token.end()
        if text == "(":
            if opened is not None:
                hint = "write every axis of the group in one pair of brackets."
                raise PatternError("brackets of a pattern do not nest", at, to, hint)
            opened, inside = at, []
        elif text == ")":
            if opened is None:
                raise PatternError("`)` closes nothing", at, to, "open the group with `(`.")
            groups.append(Group(tuple(inside), opened, to, True))
            opened = None
        elif token[0][0] != " ":
            axes = _axis(text, at, to)
            if opened is None:
                groups.append(Group(axes, at, to, False))
            else:
                inside += axes
    if opened is not None:
        raise PatternError("`(` is never closed", opened, opened + 1, "close the group with `)`.")
    _check_side(groups, start, end, side)
    return tuple(groups)


def _axis(text: str, start: int, end: int) -> tuple[Axis, ...]:
    """The axis that a word means: none for `1`."""
    if text == ELLIPSIS:
        return (Axis(ELLIPSIS, start, end),)
    if text.isdecimal():
        if text.lstrip("0") == "1":
            return ()
        message = f"an axis of length {_shown(text)} has no name"
        hint = "name the axis and give its length as an argument; only `1` stands for itself."
        raise PatternError(message, start, end, hint)
    if text.isidentifier() and not text.startswith("_") and not text.endswith("_"):
        return (Axis(text, start, end),)
    if _WORD.fullmatch(text):
        hint = "a name is letters, digits and `_`, and neither begins nor ends with `_`."
        if "." in text:
            hint = "any further axes are `...`, with a space or a bracket on both sides."
        raise PatternError(f"{_shown(text)} is no name of an axis", start, end, hint)
    raise PatternError(f"{_shown(text)} has no meaning in a pattern", start, end, _ALLOWED)


def _shown(text: str) -> str:
    """A piece of a pattern, short and printable."""
    short = text if len(text) <= 30 else text[:29] + "…"
    return f"`{short}`" if short.isprintable() else ascii(short)


def _check_side(groups: list[Group], start: int, end: int, side: str) -> None:
    if max(len(groups), sum(len(group.axes) for group in groups)) > MAXIMAL_AXES:
        message = f"the {side} side has more than {MAXIMAL_AXES} axes"
        raise PatternError(message, start, end, f"use at most {MAXIMAL_AXES} axes.")
    seen: set[str] = set()
    for axis in _axes(groups):
        if axis.name in seen:
            message = f"`{axis.name}` stands twice on the {side} side"
            hint = "give each axis a name of its own and write it once on each side."
            if axis.name == ELLIPSIS:
                hint = "name the other axes: each side has at most one `...`."
            raise PatternError(message, axis.start, axis.end, hint)
        seen.add(axis.name)


def _axes(groups: Collection[Group]) -> list[Axis]:
    return [axis for group in groups for axis in group.axes]


def _check_input_ellipsis(left: Side) -> None:
    for axis in _axes([group for group in left if group.bracketed]):
        if axis.name == ELLIPSIS:
            message = "`...` stands in brackets on the left side"
            hint = "take `...` out of the brackets: axes that are merged already cannot be counted."
            raise PatternError(message, axis.start, axis.end, hint)


def _check_both_sides(pattern: Pattern) -> None:
    left = {axis.name for axis in _axes(pattern.left)}
    right = {axis.name for axis in _axes(pattern.right)}
    for axis in _axes(pattern.left):
        if axis.name not in right:
            message = f"`{axis.name}` stands on the left side only"
            hint = "name it on the right too, or reduce over it first, with `mean` or `sum`."
            raise PatternError(message, axis.start, axis.end, hint)
    for axis in _axes(pattern.right):
        if axis.name not in left:
            message = f"`{axis.name}` stands on the right side only"
            hint = "name it on the left too, or write `1` here and repeat it with `expand`."
            raise PatternError(message, axis.start, axis.end, hint)


def _check_sizes(pattern: str, left: Side, sizes: Collection[str]) -> None:
    names = [axis.name for axis in _axes(left) if axis.name != ELLIPSIS]
    for size in sizes:
        if size not in names:
            known = ", ".join(f"`{name}`" for name in names)
            hint = f"its axes are {known}." if names else "leave the argument out."
            raise PatternError(f"the pattern has no axis `{size}`", 0, len(pattern), hint)
    for group in left:
        unknown = [axis.name for axis in group.axes if axis.name not in sizes]
        if len(unknown) > 1:
            shown = " and ".join(f"`{name}`" for name in unknown)
            message = f"the lengths of {shown} cannot both be inferred"
            if len(unknown) > 2:
                shown = ", ".join(f"`{name}`" for name in unknown)
                message = f"the lengths of {shown} cannot all be inferred"
            hint = f"give all but one of them as an argument: `{unknown[0]}=…`."
            raise PatternError(message, group.start, group.end, hint)
