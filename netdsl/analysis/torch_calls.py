"""Calls of torch, held against its recorded signatures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.accepting import accepts, from_text
from netdsl.analysis.targets import (
    Argument,
    Target,
    TargetParameter,
    match_arguments,
    report_missing,
)
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.diagnostics import Diagnostic, Diagnostics
from netdsl.records import replace
from netdsl.source import Span
from netdsl.syntax import tree
from netdsl.torchlib import math_member
from netdsl.torchlib.choices import choices

if TYPE_CHECKING:
    from netdsl import torchlib
    from netdsl.analysis.phase import Phase


def choose_overload(
    phase: Phase,
    label: str,
    signatures: Sequence[torchlib.Signature],
    args: Sequence[Argument[ir.Expr]],
    span: Span,
) -> Type:
    """The result of the first overload that takes the arguments. Where none does, what the
    nearest one has against them is reported."""
    nearest: Diagnostics | None = None
    results: list[Type] = []
    for signature in signatures:
        found, paired = _try(label, signature, args, span)
        problems = found.sorted()
        if not problems:
            _learn(phase, args, paired)
            results.append(from_text(signature.result))
        elif nearest is None or _distance(found) < _distance(nearest):
            nearest = found
    if results:
        return results[0] if all(each == results[0] for each in results) else types.UNKNOWN
    if nearest is not None:
        names = dict.fromkeys(each.name for one in signatures for each in one.parameters)
        for problem in nearest.sorted():
            if problem.code == "unknown-keyword" and not _meant(problem):
                takes = ", ".join(name for name in names if name not in ("self", "out"))
                problem = replace(problem, hint=f"`{label}` takes: {takes}.")
            phase.diagnostics.add(problem)
    return types.UNKNOWN


def _distance(found: Diagnostics) -> tuple[int, bool, bool]:
    """How far an overload is from taking the arguments: a misspelt keyword is nearest, more
    values than it has places for are farthest."""
    problems = found.sorted()
    overfull = any(each.code == "too-many-arguments" for each in problems)
    return len(problems), not any(map(_meant, problems)), overfull


def _meant(found: Diagnostic) -> bool:
    """Whether a finding tells which keyword was meant."""
    return "similar name" in (found.hint or "") or "it is called" in (found.hint or "")


def _try(
    label: str,
    signature: torchlib.Signature,
    args: Sequence[Argument[ir.Expr]],
    span: Span,
) -> tuple[Diagnostics, list[TargetParameter | None]]:
    """What an overload has against the arguments, and how they meet its parameters."""
    found = Diagnostics()
    parameters = tuple(
        TargetParameter(
            each.name,
            from_text(each.type),
            each.required,
            each.kind,
            aliases=tuple(each.aliases),
        )
        for each in signature.parameters
    )
    target = Target(label, parameters, "value", types.UNKNOWN)
    paired, filled = match_arguments(target, args, found)
    report_missing(filled, span, found)
    for argument, parameter in zip(args, paired, strict=True):
        if parameter is None or argument.star:
            continue
        _refuse_word(label, parameter.name, argument, found)
        whole = argument.value
        if not _fits(parameter.type, whole):
            _refuse(label, parameter, whole, argument.span, found)
        elif isinstance(parameter.type, types.ListOf) and isinstance(whole, tree.List):
            for item in whole.items:
                if isinstance(item, tree.Item) and not _fits(parameter.type.element, item.value):
                    inner = replace(parameter, type=parameter.type.element)
                    _refuse(label, inner, item.value, item.span, found, "what is in ")
                    break
    return found, paired


_NUMBERS = (types.INT, types.FLOAT, types.BOOL)


def _fits(wanted: Type, value: ir.Expr) -> bool:
    """Whether a value can stand where torch takes a type: a plain number, where it takes a tensor
    alone, cannot."""
    have = type_of(value)
    alone = isinstance(wanted, types.Tensor) or wanted == types.optional(types.Tensor("any"))
    return accepts(wanted, have) and not (alone and have in _NUMBERS)


def _refuse(
    label: str,
    parameter: TargetParameter,
    value: ir.Expr,
    span: Span,
    found: Diagnostics,
    part: str = "",
) -> None:
    have = type_of(value)
    found.error(
        "wrong-type",
        f"{part}`{parameter.name}` of `{label}` is {types.describe(parameter.type)}, not"
        f" {types.describe(have)}",
        span,
        hint=_wanted(label, parameter.type, have),
    )


def _refuse_word(label: str, name: str, argument: Argument[ir.Expr], found: Diagnostics) -> None:
    """Says which words an argument may be, if it is another one."""
    known, given = choices(label, name), argument.value
    if known is None or not isinstance(given, tree.String) or given.value in known:
        return
    found.error(
        "bad-value",
        f'`{name}` of `{label}` is "{given.value}", which torch does not know',
        argument.span,
        hint="it may be " + ", ".join(f'"{each}"' for each in known) + ".",
    )


def _wanted(label: str, wanted: Type, have: Type) -> str:
    """What to give instead of a value of another type."""
    if isinstance(wanted, types.ListOf) and isinstance(have, types.Tensor):
        return f"put the tensors into a list: `{label}([…])`."
    if have in _NUMBERS and math_member(label) is not None:
        return f"write `math.{label}(…)`, which is for plain numbers."
    return f"give {types.describe(wanted)}."


def _learn(
    phase: Phase,
    args: Sequence[Argument[ir.Expr]],
    paired: Sequence[TargetParameter | None],
) -> None:
    """Numbers that a parameter of torch wants are learnt of the names given; a scalar where a
    tensor is wanted as well says nothing."""
    for argument, parameter in zip(args, paired, strict=True):
        if parameter is None or argument.star:
            continue
        if isinstance(parameter.type, types.Scalar | types.Either):
            phase.learnt.learn(argument.value, parameter.type, phase.scope, sure=False)
