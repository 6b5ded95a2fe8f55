"""Where rules of functions know less than torch, and why."""

from __future__ import annotations

_BY_VALUE = "how many there are depends on what the tensor holds"
_PYTHON = "it is no tensor, but a value of Python that depends on what the tensor holds"
_METHOD = "a method of that name takes other arguments, and the two are not told apart"

OPEN: dict[str, str] = {
    "svd": "torch's and torch.linalg's give other shapes, and are not told apart",
    "qr": "torch's and torch.linalg's have other modes, and are not told apart",
    "where": _BY_VALUE,
    "type": "it is a string",
    "masked_select": _BY_VALUE,
    "nonzero": _BY_VALUE,
    "argwhere": _BY_VALUE,
    "one_hot": "without a number of classes it depends on what the tensor holds",
    "bincount": _BY_VALUE,
    "unique": _BY_VALUE,
    "unique_consecutive": _BY_VALUE,
    "equal": _PYTHON,
    "allclose": _PYTHON,
    "is_floating_point": _PYTHON,
    "is_complex": _PYTHON,
    "is_nonzero": _PYTHON,
    "is_same_size": _PYTHON,
    "repeat_interleave": "with a tensor of numbers it depends on what that holds",
    "diagonal": "torch's takes the first two axes, torch.linalg's the last two",
    "unfold": _METHOD,
}
"""Rules that say nothing of some shapes of results, although the sizes of inputs are known."""

_ZERO = ("ZeroDivisionError", "a tensor of ints holds a zero, by which it divides")
_INDEX = ("out of bounds", "an index is out of range, which depends on what the tensor holds")
_BYTES = ("not implemented for 'Long'", "of ints it takes bytes, which count as ints")

ACCEPTED: dict[str, tuple[str, str]] = {
    "fmod": _ZERO,
    "fmod_": _ZERO,
    "remainder": _ZERO,
    "floor_divide": _ZERO,
    "div": _ZERO,
    "divide": _ZERO,
    "masked_fill_": ("without overflow", "infinity, which ints cannot hold"),
    "where": ("", _METHOD),
    "round": ("not implemented for 'Long'", "torch.special's takes no ints, torch's does"),
    "gather": _INDEX,
    "scatter_add": _INDEX,
    "scatter_add_": _INDEX,
    "interpolate": _BYTES,
    "upsample": _BYTES,
    "unfold": ("", _METHOD),
    "scaled_dot_product_attention": ("is_causal", "some of torch's kernels take a mask as well"),
}
"""Rules that accept some of what torch refuses: a part of what torch says, and the reason."""

OPEN_OF_LAYERS: dict[str, str] = {}
"""Rules of layers that say nothing of some shapes, although the sizes of inputs are known."""

ACCEPTED_OF_LAYERS: dict[str, tuple[str, str]] = {}
"""Rules of layers that accept some of what torch refuses: a part of what torch says, and why."""

STRICTER = "would give 0 "
"""A transposed convolution that gives nothing is refused; torch runs it for some batches."""
