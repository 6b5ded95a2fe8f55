"""What can be called, and how arguments meet its parameters.

A target describes a callee to both phases: a torch class, a module or let of the program, a
recipe held in a parameter (whose signature is not known). Matching only pairs arguments with
parameters and says what does not fit; what an argument means is the caller's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Generic, Literal, TypeVar

from netdsl.analysis import types
from netdsl.analysis.names import similar
from netdsl.analysis.types import Type
from netdsl.diagnostics import Diagnostics
from netdsl.records import Frozen
from netdsl.source import Span

ValueT = TypeVar("ValueT")


class TargetParameter(Frozen):
    """A parameter as a caller sees it. `type` is what it must be; `shown` is what its
    annotation says, which may be narrower."""

    name: str
    type: Type
    required: bool = True
    kind: Literal["normal", "positional", "keyword", "variadic", "keywords"] = "normal"
    shown: Type = types.UNKNOWN
    aliases: tuple[str, ...] = ()


class Target(Frozen, slots=False):
    """Something that can be called.

    `label` is how messages name it. `parameters` is None where the signature is unknown.
    `makes` says what a call gives: a layer that is built where one is wanted, a list of
    layers, or a value. `result` is the type of the instance or value. `given` are the names
    of parameters that a partial recipe has already filled. `torch` is the name of the
    torch.nn class that is built in the end, if known. `foreign` is what another package has.
    """

    label: str
    parameters: tuple[TargetParameter, ...] | None
    makes: Literal["layer", "layers", "value"]
    result: Type
    given: frozenset[str] = frozenset()
    torch: str | None = None
    definition: str | None = None
    foreign: bool = False

    def filled(self, given: frozenset[str]) -> Target:
        """The same, once these parameters are given."""
        if given == self.given:
            return self
        return Target(
            self.label,
            self.parameters,
            self.makes,
            self.result,
            given,
            self.torch,
            self.definition,
            self.foreign,
        )

    @property
    def missing(self) -> list[str]:
        """The required parameters that nothing has filled yet."""
        return [
            parameter.name
            for parameter in self.parameters or ()
            if parameter.required and parameter.name not in self.given
        ]

    @cached_property
    def by_name(self) -> Mapping[str, TargetParameter]:
        """The parameters that an argument with a name meets."""
        return {
            name: p
            for p in self.parameters or ()
            if p.kind in ("normal", "keyword")
            for name in (p.name, *p.aliases)
        }

    @cached_property
    def by_place(self) -> Sequence[TargetParameter]:
        """The parameters that arguments without a name may meet, those that are given included."""
        return [p for p in self.parameters or () if p.kind in ("normal", "positional")]

    @property
    def variadic(self) -> TargetParameter | None:
        """What takes all further arguments without a name."""
        return next((p for p in self.parameters or () if p.kind == "variadic"), None)

    @property
    def any_keyword(self) -> bool:
        """Whether it takes arguments of any name."""
        return any(p.kind == "keywords" for p in self.parameters or ())


class Argument(Frozen, Generic[ValueT]):
    """An argument before its meaning is known."""

    value: ValueT
    span: Span
    name: str | None = None
    star: Literal["", "*", "**"] = ""


def match_arguments(
    target: Target,
    arguments: Sequence[Argument[ValueT]],
    diagnostics: Diagnostics,
) -> tuple[list[TargetParameter | None], Target]:
    """Pairs each argument with its parameter (None if there is none, or it is not known), and
    gives the target with what is now filled. Says what does not fit."""
    if target.parameters is None:
        return [None] * len(arguments), target
    positional = _positional(target)
    mark = diagnostics.mark()
    filled: dict[str, Span] = {}
    paired: list[TargetParameter | None] = []
    position = 0
    spread = False
    keyword_seen = False
    for argument in arguments:
        parameter: TargetParameter | None = None
        if argument.star:
            spread = True
        elif argument.name is None:
            if keyword_seen:
                _refuse_positional(argument.span, diagnostics)
            elif spread:
                pass
            elif position < len(positional):
                parameter = positional[position]
                position += 1
                filled[parameter.name] = argument.span
            elif target.variadic is not None:
                parameter = target.variadic
            else:
                _too_many(target, arguments, argument, diagnostics)
                break
        else:
            keyword_seen = True
            parameter = target.by_name.get(argument.name)
            if parameter is None:
                if not target.any_keyword:
                    _unknown_keyword(target, argument.name, argument.span, diagnostics)
            elif parameter.name in filled or parameter.name in target.given:
                _refuse_repeated(target.label, argument.name, argument.span, diagnostics)
            else:
                filled[parameter.name] = argument.span
        paired.append(parameter)
    paired.extend([None] * (len(arguments) - len(paired)))
    given = target.given | filled.keys()
    if spread or diagnostics.errors_since(mark):  # what is missing then is not said as well
        given |= {p.name for p in target.parameters}
    return paired, target.filled(given)


def refuse_order(
    label: str, arguments: Iterable[Argument[ValueT]], diagnostics: Diagnostics
) -> None:
    """Says what no callee takes, whatever its parameters are."""
    named: set[str] = set()
    unpacked = False
    for argument in arguments:
        if argument.star == "**":
            unpacked = True
        elif argument.name is None and (unpacked or (named and not argument.star)):
            _refuse_positional(argument.span, diagnostics)
        elif argument.name is not None and argument.name in named:
            _refuse_repeated(label, argument.name, argument.span, diagnostics)
        elif argument.name is not None:
            named.add(argument.name)


def _refuse_positional(span: Span, diagnostics: Diagnostics) -> None:
    diagnostics.error(
        "positional-after-keyword",
        "a positional argument follows a keyword argument",
        span,
        hint="put the keyword arguments last.",
    )


def _refuse_repeated(label: str, name: str, span: Span, diagnostics: Diagnostics) -> None:
    diagnostics.error(
        "repeated-argument",
        f"`{label}` is given `{name}` twice",
        span,
        hint="give each argument once.",
    )


def _positional(target: Target) -> Sequence[TargetParameter]:
    """The parameters that arguments without a name meet, in order. One that was given by name
    before, behind which some are still to be given, ends them: Python would give it twice."""
    found = target.by_place
    if not target.given:
        return found
    first = next((at for at, p in enumerate(found) if p.name not in target.given), len(found))
    free: list[TargetParameter] = []
    for parameter in found[first:]:
        if parameter.name in target.given:
            break
        free.append(parameter)
    return free


def _taken(target: Target) -> str | None:
    """A parameter that was given by name, behind which others are open."""
    found = target.by_place
    free = _positional(target)
    if not free:
        return None
    behind = found[found.index(free[-1]) + 1 :]
    return behind[0].name if behind and any(p.name not in target.given for p in behind) else None


def _too_many(
    target: Target,
    arguments: Sequence[Argument[ValueT]],
    argument: Argument[ValueT],
    diagnostics: Diagnostics,
) -> None:
    assert target.parameters is not None
    names = [p.name for p in target.by_place]
    taken = _taken(target)
    if taken is not None:
        diagnostics.error(
            "repeated-argument",
            f"`{target.label}` has its `{taken}` already, which this would give again",
            argument.span,
            hint=f"give what stands behind `{taken}` by name.",
        )
        return
    count = sum(1 for each in arguments if each.name is None and not each.star)
    already = len([name for name in names if name in target.given])
    takes = ", ".join(names) if names else "nothing"
    diagnostics.error(
        "too-many-arguments",
        f"`{target.label}` takes {_count(len(names))} by position, but {already + count}"
        f" {'is' if already + count == 1 else 'are'} given",
        argument.span,
        hint=f"`{target.label}` takes: {takes}." if names else "remove the argument.",
    )


def _count(number: int) -> str:
    return "no argument" if number == 0 else f"{number} argument{'s' if number > 1 else ''}"


_OTHER_WORDS = {
    "axis": ("dim",),
    "axes": ("dim", "dims"),
    "dimension": ("dim",),
    "keepdims": ("keepdim",),
    "pad": ("padding",),
    "kernel": ("kernel_size",),
    "strides": ("stride",),
    "rate": ("p", "dilation"),
    "use_bias": ("bias",),
    "units": ("out_features",),
    "filters": ("out_channels",),
    "epsilon": ("eps",),
    "out": ("out_features", "out_channels"),
    "i": ("in_features", "in_channels"),
    "o": ("out_features", "out_channels"),
    "heads": ("num_heads", "nhead"),
    "num_heads": ("nhead",),
    "alpha": ("negative_slope",),
}
"""Arguments as others call them."""


def _unknown_keyword(target: Target, name: str, span: Span, diagnostics: Diagnostics) -> None:
    assert target.parameters is not None
    names = [p.name for p in target.parameters if p.kind in ("normal", "keyword")]
    near = similar(name, names)
    other = next((each for each in _OTHER_WORDS.get(name, ()) if each in names), None)
    if other is not None:
        hint = f"it is called `{other}` here."
    elif near is not None:
        hint = f"an argument with a similar name exists: `{near}`."
    elif names:
        hint = f"`{target.label}` takes: {', '.join(names)}."
    else:
        hint = f"`{target.label}` takes no argument."
    diagnostics.error(
        "unknown-keyword", f"`{target.label}` has no argument `{name}`", span, hint=hint
    )


def report_missing(target: Target, span: Span, diagnostics: Diagnostics) -> bool:
    """Says which required arguments a layer that is to be built still lacks."""
    missing = target.missing
    if not missing:
        return False
    listed = ", ".join(f"`{name}`" for name in missing)
    diagnostics.error(
        "missing-argument",
        f"`{target.label}` still needs {listed}",
        span,
        hint=f"give {listed}.",
    )
    return True
