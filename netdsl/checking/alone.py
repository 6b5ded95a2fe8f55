"""Where functions and methods of torch take tensors alone, and what else they are given there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Value
from netdsl.records import NamedTuple
from netdsl.shapes.dimension import Dimension
from netdsl.source import Span


class Places(NamedTuple):
    """Parameters, by position and by name."""

    at: frozenset[int]
    named: frozenset[str]

    def hold(self, at: int, name: str | None) -> bool:
        return at in self.at if name is None else name in self.named


def others(
    name: str, method: bool, given: Sequence[tuple[str | None, Value]], args: Sequence[ir.Arg]
) -> Iterator[tuple[Mismatch, Span]]:
    """What is said of plain numbers, and of None, in the place of tensors."""
    plain = [value is None or isinstance(value, Dimension | float) for _, value in given]
    if not any(plain) or any(arg.star for arg in args):
        return
    tensors, never_none = _places(name, method, optional=True), _places(name, method)
    short = name.rpartition(".")[2]
    for at, ((_, value), arg) in enumerate(zip(given, args, strict=True)):
        if value is None and never_none.hold(at, arg.name):
            text = f"`{short}` computes on tensors, but gets None here"
            yield Mismatch(text, ASK, "unguarded-optional"), arg.span
        elif plain[at] and value is not None and tensors.hold(at, arg.name):
            hint = "give a tensor."
            if torchlib.math_member(short) is not None and not method:
                hint = f"write `math.{short}(…)`, which is for plain numbers."
            text = f"`{short}` computes on tensors, but gets a number"
            yield Mismatch(text, hint, "wrong-type"), arg.span


ASK = "ask first whether it is there: `if x is not None { … }`."


def none_there(what: str) -> Mismatch:
    """What is said where something that may be left out is None, and is used."""
    return Mismatch(f"this is None here, which has no {what}", ASK, "unguarded-optional")


@cache
def _places(name: str, method: bool, *, optional: bool = False) -> Places:
    """Where a tensor alone is taken, or None as well, whichever signature is meant."""
    bare = name.removeprefix("F.").removeprefix("torch.")
    found = torchlib.method(bare) if method else torchlib.function(bare)
    if found is None or not found.signatures:
        return Places(frozenset(), frozenset())
    wanted = ("Tensor", "Tensor | None") if optional else ("Tensor",)
    at: list[set[int]] = []
    named: list[set[str]] = []
    for signature in found.signatures:
        normal = [each for each in signature.parameters if each.kind in ("normal", "positional")]
        at.append({place for place, each in enumerate(normal) if each.type in wanted})
        named.append({each.name for each in signature.parameters if each.type in wanted})
    return Places(frozenset(set.intersection(*at)), frozenset(set.intersection(*named)))
