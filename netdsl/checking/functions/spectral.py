"""Rules of Fourier transforms, whose result may hold complex numbers."""

from __future__ import annotations

from netdsl.checking.functions.axes import places_of, sizes_in
from netdsl.checking.functions.dtypes import only
from netdsl.checking.rules import FUNCTIONS, Call, size_of, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Axis, Part, Run, Shape, spelled


@FUNCTIONS("fft ifft rfft irfft", "input n=None dim=-1")
def along_one(call: Call) -> Value:
    count = call.get("n")
    return _transformed(call, None if count is None else Items((count,)), Items((call.get("dim"),)))


@FUNCTIONS("fft2 ifft2 rfft2 irfft2", "input s=None dim=None")
def along_two(call: Call) -> Value:
    dims = call.get("dim")
    return _transformed(
        call, call.get("s"), Items((Dimension(-2), Dimension(-1))) if dims is None else dims
    )


@FUNCTIONS("fftn ifftn rfftn irfftn", "input s=None dim=None")
def along_many(call: Call) -> Value:
    shape, sizes, dims = call.shape("input"), call.get("s"), call.get("dim")
    if dims is None and shape.rank is not None:
        count = len(sizes.elements) if isinstance(sizes, Items) else shape.rank
        dims = Items(tuple(Dimension(at - count) for at in range(count)))
    return _transformed(call, sizes, UNKNOWN if dims is None else dims)


def _transformed(call: Call, sizes: Value, dims: Value) -> Tensor:
    """Axes get the sizes that are asked for; of real numbers, half of the last one is enough.

    Raises:
        Mismatch: there is no such axis, or nothing in it.
    """
    tensor = call.tensor("input")
    half, back = call.name.startswith("rfft"), call.name.startswith("irfft")
    dtype = "float" if back else "complex"
    if half:
        only(call, tensor, "float", "int", "bool")
    if tensor.shape.rank == 0 and isinstance(dims, Items):
        raise Mismatch(f"`{call.name}` wants a tensor with axes")
    places = places_of(call, tensor.shape, dims)
    wanted = None if sizes is None else sizes_in(call, sizes)
    if wanted is not None and isinstance(dims, Items) and len(wanted) != len(dims.elements):
        raise Mismatch(f"`{call.name}` is given {len(wanted)} sizes for {len(dims.elements)} axes")
    if places is None or tensor.shape.rank is None or (wanted is None and sizes is not None):
        return unknown(dtype)
    parts: list[Part] = list(tensor.shape.parts)
    for at, place in enumerate(places):
        size = parts[place] if wanted is None or wanted[at] == -1 else wanted[at]
        assert not isinstance(size, Run)
        if not call.sizes.at_least(size, 1):
            raise Mismatch(f"`{call.name}` of {spelled(size)} numbers")
        if at == len(places) - 1:
            size = _last(size, half, back and (wanted is None or wanted[at] == -1))
        if not call.sizes.at_least(size, 1):
            raise Mismatch(f"`{call.name}` of {tensor.shape} leaves nothing of an axis")
        parts[place] = call.sizes.known(size)
    return Tensor(Shape(tuple(parts)), dtype)


def _last(size: Axis, half: bool, doubled: bool) -> Axis:
    if size is None:
        return None
    return size // 2 + 1 if half else (size - 1) * 2 if doubled else size


@FUNCTIONS("fftshift ifftshift", "input dim=None")
def shifted(call: Call) -> Value:
    if call.get("dim") is not None:
        places_of(call, call.shape("input"), call.get("dim"))
    return call.tensor("input")


@FUNCTIONS("fftfreq rfftfreq", "n d=1")
def frequencies(call: Call) -> Value:
    count = call.get("n")
    size = count if isinstance(count, Dimension) else None
    if size is not None and call.name == "rfftfreq":
        size = size // 2 + 1
    return Tensor(Shape((None if size is None else call.sizes.known(size),)), "float")


@FUNCTIONS(
    "stft",
    "input n_fft hop_length=None win_length=None window=None center=True pad_mode=reflect"
    " normalized=False onesided=None return_complex=None",
)
def stft(call: Call) -> Value:
    """Frequencies of pieces of a signal that overlap."""
    shape, length = call.shape("input"), size_of(call.get("n_fft"))
    only(call, call.tensor("input"), "float")
    call.wants_rank(shape, 1, 2)
    hop = call.get("hop_length")
    step = (
        None if length is None else call.sizes.known(length // 4) if hop is None else size_of(hop)
    )
    if call.get("return_complex") is not True or call.get("onesided") not in (None, True):
        return unknown()
    size, center = shape.axis(-1), call.get("center")
    if None in (size, length, step) or not isinstance(center, bool) or shape.rank is None:
        return unknown()
    assert size is not None and length is not None and step is not None
    room = size if center else size - length
    if not call.sizes.at_least(room, 0) or not call.sizes.at_least(step, 1):
        raise Mismatch(f"`stft` takes {length} at a time of {shape}", "take a smaller `n_fft`.")
    if center and not call.sizes.at_least(size - length // 2, 1):
        raise Mismatch(f"`stft` reflects {length // 2} at the ends of {shape}", "take fewer.")
    if center:
        room = room + length // 2 * 2 - length
    pieces = call.sizes.known(room // step + 1)
    return Tensor(Shape((*shape.parts[:-1], call.sizes.known(length // 2 + 1), pieces)), None)


@FUNCTIONS("real imag")
def part_of_complex(call: Call) -> Value:
    if call.name == "imag":
        only(call, call.get("input"))
    tensor = call.tensor("input")
    return Tensor(tensor.shape, "float") if tensor.dtype == "complex" else tensor
