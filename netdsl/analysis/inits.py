"""Initialisation: schemes, and the parameters that they fill."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.accepting import from_text
from netdsl.analysis.names import similar
from netdsl.analysis.targets import Target, TargetParameter, report_missing
from netdsl.analysis.types import Type
from netdsl.source import Span
from netdsl.syntax import tree

if TYPE_CHECKING:
    from netdsl.analysis.buildtime.instances import BuildInstances

Presence: TypeAlias = Literal["always", "optional", "unknown"] | None
"""Whether a class has a parameter: always, possibly None, not known; None is never."""


def resolve_inits(
    phase: BuildInstances,
    inits: tree.Inits,
    label: str,
    presence: Callable[[str], Presence],
    holds: bool = False,
) -> tuple[ir.ParameterInit, ...]:
    """What follows `~`, for the parameters of a class (`presence` knows them); `holds` says that it
    is one that holds others."""
    resolved = []
    hint = (
        f"name one of what `{label}` holds, or a kind of layers: `init linear ~ …`."
        if holds
        else _known_parameters(label)
    )
    if inits.weight is not None:
        span = inits.weight.span
        resolved.append(_one(phase, "weight", inits.weight, span, label, presence, hint))
    for each in inits.keywords:
        resolved.append(_one(phase, each.name, each.call, each.span, label, presence, hint))
    return tuple(resolved)


def _one(
    phase: BuildInstances,
    parameter: str,
    call: tree.InitCall,
    span: Span,
    label: str,
    presence: Callable[[str], Presence],
    hint: str,
) -> ir.ParameterInit:
    there = presence(parameter)
    if there is None:
        phase.diagnostics.error(
            "no-such-parameter",
            f"`{label}` never has a parameter `{parameter}`",
            span,
            hint=hint,
        )
    optional = there == "optional" or (there == "unknown" and parameter != "weight")
    return resolve_scheme(phase, call, parameter, optional)


def _known_parameters(label: str) -> str:
    layer = torchlib.layer(label)
    known = sorted(layer.parameters) if layer is not None else []
    if layer is not None and not known and not layer.has_parameter("weight_ih_l0"):
        return f"`{label}` has no parameters: leave it out."
    if known:
        listed = ", ".join(f"`{each}`" for each in known)
        return f"`{label}` has {listed}: name the one that is meant, `{known[0]}=…`."
    return "name the parameter that is meant: `~ weight_ih_l0=orthogonal`."


def resolve_scheme(
    phase: BuildInstances, call: tree.InitCall, parameter: str, optional: bool = False
) -> ir.ParameterInit:
    """One scheme with its arguments."""
    scheme, target = _scheme(phase, call.scheme)
    args: tuple[ir.Arg, ...] = ()
    node = tree.Call(call.scheme, call.items or (), span=call.span)
    if target is not None:
        args, filled = phase.bind(target, node)
        report_missing(filled, call.span, phase.diagnostics)
    return ir.ParameterInit(parameter, scheme, args, optional, span=call.span)


def _scheme(phase: BuildInstances, name: tree.Expr) -> tuple[ir.Ref, Target | None]:
    span = name.span
    unknown = ir.Ref("init", "zeros_", types.UNKNOWN, span=span)
    if not isinstance(name, tree.Name):
        phase.diagnostics.error(
            "unknown-scheme",
            f"`{span.text}` is no scheme of initialisation",
            span,
            hint=(
                f"write the bare name: `{span.text.rpartition('.')[2].rstrip('_')}`."
                if "." in span.text
                else "write the bare name of a scheme, such as `kaiming_normal`."
            ),
        )
        return unknown, None
    own = phase.files.find(name.id, span)
    if own is not None and own.kind == "def":
        assert own.target is not None and own.target.parameters is not None
        rest = own.target.parameters[1:]
        return own.ref(span), Target(name.id, rest, "value", types.NONE)
    found = torchlib.scheme(name.id)
    if found is None:
        plain = name.id.rstrip("_")
        near = (
            plain
            if torchlib.scheme(plain) is not None
            else similar(name.id, torchlib.scheme_names())
        )
        phase.diagnostics.error(
            "unknown-scheme",
            f"`{name.id}` is no scheme of initialisation",
            span,
            hint=(
                f"a scheme with a similar name exists: `{near}`."
                if near
                else "the schemes are those of torch.nn.init without the final `_`, and the file's"
                " own `def`s."
            ),
        )
        return unknown, None
    parameters = tuple(
        TargetParameter(each.name, from_text(each.type), each.required, each.kind)
        for each in found.signatures[0].parameters[1:]
        if each.name != "generator"
    )
    ref = ir.Ref("init", f"{name.id}_", types.FunctionType(), span=span)
    return ref, Target(name.id, parameters, "value", types.NONE)


def torch_presence(name: str) -> Callable[[str], Presence]:
    """Which parameters an instance of a torch.nn class has."""
    found = torchlib.layer(name)

    def presence(parameter: str) -> Presence:
        if found is None:
            return "unknown"
        if not found.has_parameter(parameter):
            return None
        return found.parameters.get(parameter, "optional")

    return presence


def torch_parameters(name: str) -> dict[str, Type]:
    """The parameters that a module has of the torch.nn class that it derives from."""
    found = torchlib.layer(name)
    return dict.fromkeys(found.parameters if found is not None else (), types.TENSOR)


def unknown_presence(parameter: str) -> Presence:
    """For a class whose parameters are not known."""
    return "unknown"
