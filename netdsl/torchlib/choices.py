"""Arguments that are one of a few words, of layers and of functions."""

from __future__ import annotations

_REDUCTIONS = ("none", "mean", "sum")
_SCALINGS = ("nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact")

_ANYWHERE = {
    "reduction": _REDUCTIONS,
    "padding_mode": ("zeros", "reflect", "replicate", "circular"),
    "approximate": ("none", "tanh"),
    "nonlinearity": ("tanh", "relu"),
    "indexing": ("ij", "xy"),
    "rounding_mode": ("trunc", "floor"),
}
"""By the name of the argument, whatever has it."""

_OF = {
    ("kl_div_loss", "reduction"): (*_REDUCTIONS, "batchmean"),
    ("kl_div", "reduction"): (*_REDUCTIONS, "batchmean"),
    ("embedding_bag", "mode"): ("sum", "mean", "max"),
    ("upsample", "mode"): _SCALINGS,
    ("interpolate", "mode"): _SCALINGS,
    ("pad", "mode"): ("constant", "reflect", "replicate", "circular"),
    ("grid_sample", "mode"): ("bilinear", "nearest", "bicubic"),
    ("grid_sample", "padding_mode"): ("zeros", "border", "reflection"),
    ("transformer", "activation"): ("relu", "gelu"),
    ("transformer_encoder_layer", "activation"): ("relu", "gelu"),
    ("transformer_decoder_layer", "activation"): ("relu", "gelu"),
}


def choices(name: str, argument: str) -> tuple[str, ...] | None:
    """What a word given for an argument may be; None if that is not known.

    >>> choices("gelu", "approximate")
    ('none', 'tanh')
    """
    if "transpose" in name and argument == "padding_mode":
        return ("zeros",)
    return _OF.get((name, argument)) or _ANYWHERE.get(argument)
