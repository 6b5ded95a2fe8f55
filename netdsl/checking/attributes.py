"""What torch's layers keep of their arguments, as their attributes tell it."""

from __future__ import annotations

from netdsl import torchlib
from netdsl.checking.values import UNKNOWN, Items, Module, Value, ancestor
from netdsl.patterns import compiled
from netdsl.shapes.dimension import Dimension


def setting(layer: Module, name: str) -> Value:
    """An attribute that is an argument of the layer, or one number of it for each axis."""
    cls = ancestor(layer).cls.torch
    value: Value = layer.arguments.get(name, UNKNOWN)
    if name == "stride" and value is None and _STRIDES.fullmatch(cls):
        value = layer.arguments.get("kernel_size", UNKNOWN)
    known = torchlib.layer(cls)
    if name in _OTHERWISE or (known is not None and name in known.parameters):
        return UNKNOWN  # the argument `bias` is not what the attribute is
    if isinstance(value, Dimension):
        for pattern, names, count in _PER_AXIS:
            found = pattern.fullmatch(cls)
            if found and name in names:
                return Items((value,) * (count * int(found[1] or 1)), "tuple")
    return value


_STRIDES = compiled(r"(?:AvgPool|MaxPool|MaxUnpool)\dd")
"""What moves by its own length where nothing else is said."""

_WINDOW = ("kernel_size", "stride", "padding", "dilation", "output_padding")
_PER_AXIS = (
    (compiled(r"(?:Lazy)?Conv(?:Transpose)?(\d)d"), _WINDOW, 1),
    (compiled(r"(?:MaxUnpool|AvgPool(?=1))(\d)d"), _WINDOW, 1),
    (compiled(r"FractionalMaxPool(\d)d"), ("kernel_size", "output_size"), 1),
    (compiled(r"(?:Reflection|Replication|Zero|Constant|Circular)Pad(\d)d"), ("padding",), 2),
    (compiled(r"(?:Layer|RMS)Norm()"), ("normalized_shape",), 1),
)
"""Which classes keep which of their numbers so many times for each axis."""

_OTHERWISE = frozenset(
    {"activation", "cutoffs", "device_ids", "kdim", "output_ratio", "scale_factor", "vdim"}
)
"""What is kept in another form than it was given."""
