"""Values of arguments that torch refuses when a layer is made, or that no input can meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from netdsl.checking.rules import per_axis, size_of
from netdsl.checking.sizes import Mismatch, Sizes, refuse_too_large
from netdsl.checking.values import Items, Value, as_int
from netdsl.shapes.dimension import Dimension, plain
from netdsl.torchlib.choices import choices

Check = Callable[[str, Mapping[str, Value], Sizes], None]


def check_settings(name: str, settings: Mapping[str, Value], sizes: Sizes) -> None:
    """
    Raises:
        Mismatch: a layer cannot have these arguments.
    """
    numbers: list[Dimension] = []
    for value in settings.values():
        if isinstance(value, Dimension):
            numbers.append(value)
        elif isinstance(value, Items):
            numbers += [each for each in value.elements if isinstance(each, Dimension)]
    refuse_too_large(numbers)
    for check in _checks_of(name):
        check(name, settings, sizes)


_AT_LEAST_ZERO = (
    "in_features", "out_features", "in1_features", "in2_features", "in_channels",
    "out_channels", "num_features", "num_embeddings", "embedding_dim", "num_channels",
)  # fmt: skip
_AT_LEAST_ONE = (
    "kernel_size", "stride", "dilation", "num_groups", "groups", "input_size", "hidden_size",
    "num_layers", "num_heads", "nhead", "embed_dim", "d_model",
)  # fmt: skip
_LEAST = dict.fromkeys(_AT_LEAST_ZERO, 0) | dict.fromkeys(_AT_LEAST_ONE, 1)


_PER_AXIS = (
    "kernel_size", "stride", "padding", "output_padding", "dilation", "output_size",
)  # fmt: skip


def _counts(name: str, settings: Mapping[str, Value], sizes: Sizes) -> None:
    """What is given for each axis is given for all of them."""
    count = 2 if name in ("fold", "unfold") else int(name[-2])
    for key in _PER_AXIS:
        value = settings.get(key)
        if isinstance(value, Items) and len(value.elements) not in (1, count):
            raise Mismatch(
                f"`{key}` of `{name}` has {len(value.elements)} numbers",
                f"give one number, or {count} of them.",
                "bad-value",
            )


def _has_axes(name: str) -> bool:
    return name in ("fold", "unfold") or (name.endswith(("1d", "2d", "3d")) and "_pad" not in name)


def _rows(name: str, settings: Mapping[str, Value], sizes: Sizes) -> None:
    """The row that stands for padding is there."""
    count, at = as_int(settings.get("num_embeddings")), as_int(settings.get("padding_idx"))
    if count is not None and at is not None and not -count <= at < count:
        raise Mismatch(
            f"`padding_idx` of `{name}` is {at}, but there are {count} rows",
            f"give a row from 0 to {count - 1}.",
            "bad-value",
        )


def _sizes(name: str, settings: Mapping[str, Value], sizes: Sizes) -> None:
    for key, value in settings.items():
        least = _LEAST.get(key)
        if least is None or (key == "dilation" and "pool" in name):
            continue
        found = value.elements if isinstance(value, Items) else (value,)
        for each in found:
            size = size_of(each)
            if size is not None and not sizes.at_least(size, least):
                raise Mismatch(
                    f"`{key}` of `{name}` is {sizes.known(size)}, which is below {least}",
                    "give a positive number.",
                    "bad-value",
                )


def _groups(name: str, settings: Mapping[str, Value], sizes: Sizes) -> None:
    if name == "group_norm":
        groups, count = size_of(settings.get("num_groups")), size_of(settings.get("num_channels"))
        _divides(name, groups, "num_groups", count, "num_channels", sizes)
        return
    groups = size_of(settings.get("groups"))
    for key in ("in_channels", "out_channels"):
        _divides(name, groups, "groups", size_of(settings.get(key)), key, sizes)


def _is_convolution(name: str) -> bool:
    return name.startswith(("conv", "lazy_conv"))


def _projection(name: str, settings: Mapping[str, Value], sizes: Sizes) -> None:
    """What an LSTM projects its state to is smaller than the state."""
    hidden, projected = size_of(settings.get("hidden_size")), size_of(settings.get("proj_size"))
    if hidden is None or projected is None:
        return
    if not sizes.at_least(hidden - projected, 1):
        raise Mismatch(
            f"`proj_size` of `{name}` is {sizes.known(projected)}, not below its `hidden_size`,"
            f" {sizes.known(hidden)}",
            "give a smaller one, or leave it out.",
            "bad-value",
        )


_HEADS = {
    "multihead_attention": ("num_heads", "embed_dim"),
    "transformer_encoder_layer": ("nhead", "d_model"),
    "transformer_decoder_layer": ("nhead", "d_model"),
    "transformer": ("nhead", "d_model"),
}


def _heads(name: str, settings: Mapping[str, Value], sizes: Sizes) -> None:
    heads, width = _HEADS[name]
    _divides(name, size_of(settings.get(heads)), heads, size_of(settings.get(width)), width, sizes)


def _divides(
    name: str,
    factor: Dimension | None,
    factor_name: str,
    size: Dimension | None,
    size_name: str,
    sizes: Sizes,
) -> None:
    if factor is None or size is None:
        return
    if not sizes.divides(factor, size):
        raise Mismatch(
            f"`{factor_name}` of `{name}` is {sizes.known(factor)}, which does not divide its"
            f" `{size_name}`, {sizes.known(size)}",
            f"make `{size_name}` a multiple of `{factor_name}`.",
            "bad-value",
        )


def _padding(name: str, settings: Mapping[str, Value], sizes: Sizes) -> None:
    padding = settings.get("padding")
    if not isinstance(padding, str):
        return
    if padding not in ("same", "valid"):
        raise Mismatch(
            f"`padding` of `{name}` is {padding!r}",
            'give a number, "same" or "valid".',
            "bad-value",
        )
    if padding == "same":
        strides = per_axis(settings.get("stride"), 1)
        if any(each is not None and sizes.never_equal(each, 1) for each in strides):
            raise Mismatch(
                f'`{name}` cannot keep sizes with `padding="same"` and a stride of'
                f" {strides[0]}",
                "take a stride of 1, or give the padding as a number.",
                "bad-value",
            )


def _pools(name: str, settings: Mapping[str, Value], sizes: Sizes) -> None:
    count = int(name[-2])
    dilation = settings.get("dilation", Dimension(1))
    values = (settings.get("kernel_size"), settings.get("padding"), dilation)
    for kernel, pad, gap in zip(*(per_axis(each, count) for each in values), strict=True):
        if kernel is None or pad is None or gap is None:
            continue
        reach = (plain(kernel) - 1) * (1 if count == 3 else plain(gap)) + 1
        if not sizes.at_least(Dimension.of(reach - 2 * plain(pad)), 0):
            raise Mismatch(
                f"`{name}` pads by {sizes.known(pad)}, more than half of its kernel,"
                f" {sizes.known(kernel)}",
                "take less `padding`.",
                "bad-value",
            )


def _rates(name: str, settings: Mapping[str, Value], sizes: Sizes) -> None:
    rate = settings.get("p") if "dropout" in name else settings.get("dropout")
    number = rate if isinstance(rate, float) else as_int(rate)
    if number is not None and not 0 <= number <= 1:
        raise Mismatch(
            f"`{name}` drops with a probability of {number}", "give one from 0 to 1.", "bad-value"
        )


_WITH_DROPOUT = frozenset({"rnn", "lstm", "gru", "multihead_attention"})


def _words(name: str, settings: Mapping[str, Value], sizes: Sizes) -> None:
    for key, value in settings.items():
        if not isinstance(value, str):
            continue
        known = choices(name, key)
        if key == "dtype":
            raise Mismatch(
                f"`dtype` of `{name}` is a dtype, not a string",
                f"write it without quotation marks: `{key}={value}`.",
                "bad-value",
            )
        if known is not None and value not in known:
            raise Mismatch(
                f'`{key}` of `{name}` is "{value}", which torch does not know',
                "it may be " + ", ".join(f'"{each}"' for each in known) + ".",
                "bad-value",
            )


def _all(_: str) -> bool:
    return True


_CHECKS: tuple[tuple[Check, Callable[[str], bool]], ...] = (
    (_counts, _has_axes),
    (_sizes, _all),
    (_groups, lambda name: _is_convolution(name) or name == "group_norm"),
    (_projection, lambda name: name in ("lstm", "rnn_base")),
    (_heads, _HEADS.__contains__),
    (_padding, _is_convolution),
    (_pools, lambda name: name.startswith(("max_pool", "avg_pool"))),
    (_rows, lambda name: name.startswith("embedding")),
    (_rates, lambda name: "dropout" in name or name in _WITH_DROPOUT),
    (_words, _all),
)
"""What is looked at, and of which layers."""


@cache
def _checks_of(name: str) -> tuple[Check, ...]:
    return tuple(check for check, concerns in _CHECKS if concerns(name))
