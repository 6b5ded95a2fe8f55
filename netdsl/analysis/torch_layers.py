"""The layers of torch.nn as something to call."""

from __future__ import annotations

from functools import cache

from netdsl import torchlib
from netdsl.analysis import types
from netdsl.analysis.accepting import from_text
from netdsl.analysis.scope import Binding
from netdsl.analysis.targets import Target, TargetParameter
from netdsl.source import Span


def layer_binding(name: str, span: Span) -> Binding | None:
    """The torch.nn class of that name, as something to call."""
    found = torchlib.layer(name)
    if found is None:
        return None
    return Binding("layer", found.name, types.LAYER, span, _target(found.name))


@cache  # programs name few layers, many times
def _target(name: str) -> Target:
    """A torch.nn class as something to call."""
    found = torchlib.layer(name)
    assert found is not None
    parameters = tuple(
        TargetParameter(
            parameter.name,
            from_text(parameter.type),
            parameter.required,
            parameter.kind,
        )
        for parameter in found.signature.parameters
    )
    result = types.Instance(found.name, torch=True)
    return Target(found.snake, parameters, "layer", result, torch=found.name)
