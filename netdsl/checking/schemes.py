"""Which tensors the schemes of torch can fill, by their numbers of axes."""

from __future__ import annotations

from collections.abc import Iterator

from netdsl.analysis import program as ir
from netdsl.checking.costs import parameter
from netdsl.checking.counting import children_of
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Module, Tensor, Value

_FANS = ("2 or more", range(2, 100))
_RANKS = {
    "xavier_normal_": _FANS,
    "xavier_uniform_": _FANS,
    "kaiming_normal_": _FANS,
    "kaiming_uniform_": _FANS,
    "orthogonal_": _FANS,
    "eye_": ("2", range(2, 3)),
    "sparse_": ("2", range(2, 3)),
    "dirac_": ("3, 4 or 5", range(3, 6)),
}


def refuse_scheme(init: ir.ParameterInit, value: Value) -> None:
    """A scheme for a parameter of a module, or for a tensor itself.

    Raises:
        Mismatch: it does not fill tensors of so many axes.
    """
    scheme = init.scheme
    if not isinstance(scheme, ir.Ref) or scheme.kind != "init" or scheme.name not in _RANKS:
        return
    what = "the tensor"
    if isinstance(value, Module) and init.parameter:
        what = f"the `{init.parameter}` of `{value.cls.name}`"
        value = parameter(value, init.parameter)
    words, ranks = _RANKS[scheme.name]
    if not isinstance(value, Tensor) or value.shape.rank is None or value.shape.rank in ranks:
        return
    raise Mismatch(
        f"`{scheme.name.rstrip('_')}` fills tensors of {words} axes, but {what} is {value}",
        "take a scheme that fills any tensor: `normal`, `uniform`, `constant`, `zeros` or `ones`.",
        "bad-value",
    )


def of_kinds(module: Module, names: frozenset[str]) -> Iterator[Module]:
    """The modules of some classes of torch, in a module and below."""
    waiting, seen = [module], {id(module)}
    while waiting:
        each = waiting.pop()
        if each.cls.torch in names:
            yield each
        for _, child in children_of(each):
            if id(child) not in seen:
                seen.add(id(child))
                waiting.append(child)


def restricted(inits: tuple[ir.ParameterInit, ...]) -> bool:
    """Whether some scheme does not fill any tensor."""
    return any(isinstance(each.scheme, ir.Ref) and each.scheme.name in _RANKS for each in inits)
