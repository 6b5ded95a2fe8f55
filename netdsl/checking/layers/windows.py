"""What moves a window over space: how often it fits, and what is left."""

from __future__ import annotations

from netdsl.checking.rules import Call
from netdsl.checking.sizes import Mismatch
from netdsl.shapes.dimension import Dimension, plain
from netdsl.shapes.shape import Axis, Run, Shape

ONE, TWO = Dimension(1), Dimension(2)


def spatial(call: Call) -> int:
    """How many axes of space a layer works on, by its name."""
    return int(call.name.rstrip("d")[-1])


def split(call: Call, shape: Shape, count: int, what: str | None = None) -> tuple[Axis, ...]:
    """The axes of space of an input that may have a batch.

    Raises:
        Mismatch: it has another number of axes.
    """
    call.wants_rank(shape, count + 1, count + 2, what=what)
    return tuple(shape.axis(at - count) for at in range(count))


def with_space(shape: Shape, count: int, depth: Axis | None, sizes: tuple[Axis, ...]) -> Shape:
    """The result of a window: the same batch, `depth` channels (None keeps them), `sizes`."""
    if shape.rank is None and shape.least_rank < count + 1:
        head: tuple[object, ...] = (Run(),)
        kept: Axis = None
    else:
        head, kept = shape.parts[: -count - 1], shape.axis(-count - 1)
    return Shape((*head, kept if depth is None else depth, *sizes))  # type: ignore[arg-type]


def shrunk(
    call: Call, shape: Shape, size: Axis, kernel: Axis, stride: Axis, padding: Axis, dilation: Axis,
    ceil: bool | None = False,
) -> Axis:  # fmt: skip
    """How many places a window has along one axis.

    Raises:
        Mismatch: the window is larger than what it moves over.
    """
    if size is None or kernel is None or stride is None or padding is None or dilation is None:
        return None
    along, step, pad = plain(size), plain(stride), plain(padding)
    reach = plain(dilation) * (plain(kernel) - 1) + 1
    room = along + 2 * pad - reach
    if not ceil and not call.sizes.at_least(Dimension.of(room), 0):
        raise Mismatch(
            f"the window of `{call.name}` spans {call.sizes.resolved(reach)}, but there are"
            f" {call.sizes.resolved(along + 2 * pad)} to move over in {shape}",
            "take a smaller `kernel_size`, or more `padding`.",
        )
    if ceil is None:
        return None
    if not ceil:
        return call.sizes.resolved(room // step + 1)
    count = (room + step - 1) // step + 1
    over = call.sizes.resolved((count - 1) * step - along - pad).as_int()
    if over is not None:
        return Dimension.of(count - 1 if over >= 0 else count)
    most = call.sizes.resolved(pad + step - 1 - reach).as_int()  # how far over it is at most
    return call.sizes.resolved(count) if most is not None and most < 0 else None


def refuse_negative(call: Call, name: str, sizes: tuple[Axis, ...]) -> None:
    """
    Raises:
        Mismatch: an amount is below 0.
    """
    for size in sizes:
        if size is not None and not call.sizes.at_least(size, 0):
            raise Mismatch(
                f"`{name}` of `{call.name}` is {call.sizes.known(size)}, which is below 0",
                "give 0 or more.",
                "bad-value",
            )


def refuse_small(
    call: Call, shape: Shape, sizes: tuple[Axis, ...], kernels: tuple[Axis, ...]
) -> None:
    """torch's averages over three axes want the window inside of what is not padded.

    Raises:
        Mismatch: a window is larger than its axis.
    """
    for size, kernel in zip(sizes, kernels, strict=True):
        if size is not None and kernel is not None and not call.sizes.at_least(size - kernel, 0):
            raise Mismatch(
                f"the window of `{call.name}` spans {call.sizes.known(kernel)}, but there are"
                f" {call.sizes.known(size)} in {shape}",
                "take a smaller `kernel_size`; padding does not count here.",
            )
