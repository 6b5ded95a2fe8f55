"""Layers one of whose parameters is worked out of others each time it is read: what torch's own
weight_norm and spectral_norm make of a layer, which stays what it is but for its state.

Names and order are those of torch 2.13:
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/utils/parametrizations.py
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from netdsl.analysis import program as ir
from netdsl.checking.costs import MADE, sizes_of
from netdsl.checking.values import Module, Tensor, Value, as_int, torch_class
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Axis, Shape, product_of

Sizes = tuple[Axis, ...]
Settings = Mapping[str, Value]
Below = Iterator[tuple[str, Value]]

_PACKAGE = "torch.nn.utils.parametrizations"
_ONE = Dimension(1)


def parametrized(extern: ir.ExternDef, settings: Settings) -> Value:
    """The layer that a function of torch's gives for one; None of any other function, and of a
    layer of which too little is known."""
    rule = _RULES.get(extern.attribute) if extern.package == _PACKAGE else None
    layer, *_ = settings.values() or (None,)
    name = settings.get("name", "weight")
    if rule is None or not isinstance(layer, Module) or not isinstance(name, str):
        return None
    sizes = dict(sizes_of(layer)).get(name)
    if layer.cls.torch == "" or sizes is None or layer.parametrized:
        return None
    made = _made(layer, "ParametrizationList", dict(rule(layer, sizes, settings)))
    layer.parametrized = {name: made}
    return layer


def _made(layer: Module, name: str, holds: Settings) -> Module:
    assert name in MADE
    return Module(torch_class(name), layer.span, holds)


def _weight_norm(layer: Module, sizes: Sizes, settings: Settings) -> Below:
    """How long each vector is, and where it points to."""
    at = settings.get("dim", Dimension(0))
    axis = as_int(at)
    if at is None or axis == -1:
        length: Shape | None = Shape(())
    elif axis is None or not -len(sizes) <= axis < len(sizes):
        length = None
    else:
        axis %= len(sizes)
        length = Shape(tuple(each if k == axis else _ONE for k, each in enumerate(sizes)))
    yield "original0", Tensor(dtype="float") if length is None else Tensor(length, "float")
    yield "original1", Tensor(Shape(sizes), "float")


def _spectral_norm(layer: Module, sizes: Sizes, settings: Settings) -> Below:
    """The matrix as it is, and guesses at its first singular vectors."""
    yield "original", Tensor(Shape(sizes), "float")
    if len(sizes) < 2:
        return
    transposed = layer.cls.torch.startswith("ConvTranspose")
    axis = as_int(settings.get("dim"))
    axis = int(transposed) if axis is None else axis % len(sizes)
    others = product_of(tuple(each for at, each in enumerate(sizes) if at != axis))
    sides = {"_u": sizes[axis], "_v": others}
    vectors = {name: Tensor(Shape((size,)), "float") for name, size in sides.items()}
    yield "0", _made(layer, "SpectralNorm", vectors)


_RULES: dict[str, Callable[[Module, Sizes, Settings], Below]] = {
    "weight_norm": _weight_norm,
    "spectral_norm": _spectral_norm,
}
