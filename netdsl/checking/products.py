"""Rules of matrix products, attention, and the functional forms of layers.

Sources: https://docs.pytorch.org/docs/stable/torch.html#blas-and-lapack-operations
"""

from __future__ import annotations

from netdsl.checking.layers import refuse_ints
from netdsl.checking.rules import FUNCTIONS, Call, per_axis, size_of, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value, as_int
from netdsl.checking.windows import resized, shrunk, with_space
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Part, Run, Shape, spelled

ONE = Dimension(1)


@FUNCTIONS("matmul", "input other")
def matmul(call: Call) -> Value:
    one, other = call.shape("input"), call.shape("other")
    return Tensor(
        multiplied(call, one, other), "float" if call.tensor("input").dtype == "float" else None
    )


def multiplied(call: Call, one: Shape, other: Shape) -> Shape:
    """The shape of a matrix product, with the axes before the last two broadcast."""
    if one.rank == 0 or other.rank == 0:
        raise Mismatch(f"`{call.name}` wants tensors with axes, but gets {one} and {other}")
    inner_at = -1 if other.rank == 1 else -2
    if other.rank is None and other.least_rank < 2:
        return ANY
    left, right = one.axis(-1), other.axis(inner_at)
    if not call.sizes.equal(left, right):
        raise Mismatch(
            f"`{call.name}` of {one} and {other}: {spelled(call.sizes.known(left))} columns meet"
            f" {spelled(call.sizes.known(right))} rows",
            "the last size of the first is the last but one of the second.",
        )
    if one.rank is None and one.least_rank < 2:
        return ANY if other.rank != 2 else Shape((*ANY.parts, other.axis(-1)))
    if one.rank == 1 and other.rank == 1:
        return Shape(())
    if one.rank == 1:
        return Shape((*other.parts[:-2], other.parts[-1]))
    if other.rank == 1:
        return Shape(one.parts[:-1])
    head = call.sizes.broadcast(Shape(one.parts[:-2]), Shape(other.parts[:-2]))
    return Shape((*head.parts, one.parts[-2], other.parts[-1]))


@FUNCTIONS("mm", "input mat2")
def mm(call: Call) -> Value:
    one, other = call.shape("input"), call.shape("mat2")
    call.wants_rank(one, 2)
    call.wants_rank(other, 2)
    return Tensor(multiplied(call, one, other), None)


@FUNCTIONS("bmm", "input mat2")
def bmm(call: Call) -> Value:
    one, other = call.shape("input"), call.shape("mat2")
    call.wants_rank(one, 3)
    call.wants_rank(other, 3)
    if not call.sizes.equal(one.axis(0), other.axis(0)):
        raise Mismatch(f"`bmm` of {one} and {other}: the batches differ")
    return Tensor(multiplied(call, one, other), None)


@FUNCTIONS("mv", "input vec")
def mv(call: Call) -> Value:
    call.wants_rank(call.shape("input"), 2)
    call.wants_rank(call.shape("vec"), 1)
    return Tensor(multiplied(call, call.shape("input"), call.shape("vec")), None)


@FUNCTIONS("dot inner vdot", "input other")
def dot(call: Call) -> Value:
    one, other = call.shape("input"), call.shape("other")
    if call.name == "inner":
        return unknown()
    call.wants_rank(one, 1)
    call.wants_rank(other, 1)
    if not call.sizes.equal(one.axis(0), other.axis(0)):
        raise Mismatch(f"`{call.name}` of {one} and {other}: the lengths differ")
    return Tensor(Shape(()), None)


@FUNCTIONS("addmm", "input mat1 mat2")
def addmm(call: Call) -> Value:
    one, other = call.shape("mat1"), call.shape("mat2")
    call.wants_rank(one, 2)
    call.wants_rank(other, 2)
    result = multiplied(call, one, other)
    call.sizes.broadcast(result, call.shape("input"))
    return Tensor(result, "float")


@FUNCTIONS("baddbmm addbmm", "input batch1 batch2")
def baddbmm(call: Call) -> Value:
    if call.name == "addbmm":
        return unknown()
    return Tensor(multiplied(call, call.shape("batch1"), call.shape("batch2")), "float")


@FUNCTIONS("einsum", "equation *operands")
def einsum(call: Call) -> Value:
    equation, operands = call.get("equation"), call.get("operands")
    if not isinstance(equation, str) or not isinstance(operands, Items) or "..." in equation:
        return unknown()
    inputs, arrow, output = equation.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(operands.elements):
        raise Mismatch(
            f"`einsum` {equation!r} is about {len(terms)} tensors, but gets"
            f" {len(operands.elements)}"
        )
    sizes: dict[str, Axis] = {}
    for term, tensor in zip(terms, operands.elements, strict=True):
        if not isinstance(tensor, Tensor):
            continue
        shape = tensor.shape
        if shape.rank is None:
            continue
        if shape.rank != len(term):
            raise Mismatch(f"`einsum` calls the axes of {shape} `{term}`", "name each axis once.")
        for letter, size in zip(term, shape.axes, strict=True):
            known = sizes.get(letter)
            if known is not None and size is not None:
                if call.sizes.number(known) == 1 or call.sizes.number(size) == 1:
                    sizes[letter] = size if call.sizes.number(known) == 1 else known
                    continue
                if not call.sizes.equal(known, size):
                    raise Mismatch(
                        f"`einsum` {equation!r}: `{letter}` is {call.sizes.known(known)} and"
                        f" {call.sizes.known(size)}"
                    )
            sizes[letter] = call.sizes.meet(known, size)
    if not arrow:
        counted = inputs.replace(",", "")
        output = "".join(sorted(each for each in set(counted) if counted.count(each) == 1))
    return Tensor(Shape(tuple(call.sizes.known(sizes.get(each)) for each in output)), None)


@FUNCTIONS(
    "scaled_dot_product_attention",
    "query key value attn_mask=None dropout_p=0 is_causal=False scale=None enable_gqa=False",
)
def attention(call: Call) -> Value:
    query, key, value = (call.shape(name) for name in ("query", "key", "value"))
    for one, other, at, what in (
        (query, key, -1, "query and key differ in width"),
        (key, value, -2, "key and value differ in length"),
    ):
        if not call.sizes.equal(one.axis(at), other.axis(at)):
            raise Mismatch(f"`{call.name}`: {what}, {one} and {other}")
    grouped = call.get("enable_gqa")
    if query.rank is not None and query.rank == key.rank == value.rank and query.rank >= 2:
        heads = () if grouped is False else (query.parts[-3],) if query.rank > 2 else ()
        if grouped is not False and query.rank > 3:
            head: tuple[Part, ...] = query.parts[:-2]
        else:
            shapes = [Shape(each.parts[:-2]) for each in (query, key, value)]
            head = call.sizes.broadcast(*shapes).parts
            del heads
        mask = call.get("attn_mask")
        result = Shape((*head, query.parts[-2], value.parts[-1]))
        if isinstance(mask, Tensor) and mask.shape.rank is not None:
            whole = Shape((*head, query.parts[-2], key.parts[-2]))
            call.sizes.broadcast(whole, mask.shape)
        return Tensor(result, "float")
    return unknown("float")


# ---- functional forms of layers ----------------------------------------------


@FUNCTIONS("linear", "input weight bias=None")
def linear(call: Call) -> Value:
    shape, weight = call.shape("input"), call.shape("weight")
    refuse_ints(call, call.tensor("input"))
    if weight.rank != 2:
        return unknown("float")
    wanted = spelled(weight.axis(1))
    message = f"`linear` with a weight {weight} wants {wanted} features, but gets {shape}"
    call.sizes.wants(shape, -1, weight.axis(1), message, "make the two sizes equal.")
    return Tensor(shape.replaced(-1, [weight.axis(0)]) or ANY, "float")


@FUNCTIONS("layer_norm rms_norm", "input normalized_shape weight=None bias=None")
def layer_norm(call: Call) -> Value:
    shape, wanted = call.shape("input"), call.get("normalized_shape")
    if isinstance(wanted, Items):
        for at, size in enumerate(reversed(wanted.elements)):
            shown = ", ".join(str(size_of(each)) for each in wanted.elements)
            message = f"`{call.name}` normalises over [{shown}], but gets {shape}"
            call.sizes.wants(shape, -at - 1, size_of(size), message, "give it the last sizes.")
    return Tensor(shape, "float")


@FUNCTIONS("batch_norm instance_norm group_norm local_response_norm", "input *rest")
def norm(call: Call) -> Value:
    return Tensor(call.shape("input"), "float")


@FUNCTIONS("glu", "input dim=-1")
def glu(call: Call) -> Value:
    shape = call.shape("input")
    axis = call.axis(shape, call.get("dim"))
    if axis is None:
        return unknown("float")
    size = shape.axis(axis)
    if not call.sizes.divides(Dimension(2), size):
        raise Mismatch(f"`glu` halves axis {axis} of {shape}, which is odd")
    half = None if size is None else call.sizes.known(size // 2)
    return Tensor(shape.replaced(axis, [half]) or ANY, "float")


@FUNCTIONS("pad", "input pad mode=constant value=None")
def pad(call: Call) -> Value:
    tensor, amounts = call.tensor("input"), call.get("pad")
    shape = tensor.shape
    if not isinstance(amounts, Items):
        return Tensor(ANY, tensor.dtype)
    given = [size_of(each) for each in amounts.elements]
    if len(given) % 2:
        raise Mismatch("`pad` takes two amounts for an axis, before and after, the last axis first")
    parts = list(shape.parts)
    for at in range(len(given) // 2):
        if shape.has_axis(-at - 1) is False:
            raise Mismatch(f"`pad` is given amounts for {len(given) // 2} axes of {shape}")
        place = shape.place(-at - 1)
        if place is None:
            return Tensor(ANY, tensor.dtype)
        before, after, size = given[2 * at], given[2 * at + 1], shape.axis(-at - 1)
        if size is None or before is None or after is None:
            parts[place] = None
            continue
        parts[place] = call.sizes.known(size + before + after)
    return Tensor(Shape(tuple(parts)), tensor.dtype)


@FUNCTIONS("interpolate upsample", "input size=None scale_factor=None")
def interpolate(call: Call) -> Value:
    tensor = call.tensor("input")
    return Tensor(
        resized(call, tensor.shape, call.get("size"), call.get("scale_factor")), tensor.dtype
    )


@FUNCTIONS(
    "max_pool1d max_pool2d max_pool3d",
    "input kernel_size stride=None padding=0 dilation=1 ceil_mode=False return_indices=False",
)
def max_pool(call: Call) -> Value:
    return _pooled(call, per_axis(call.get("dilation"), _space(call)), call.get("ceil_mode"))


@FUNCTIONS(
    "avg_pool1d avg_pool2d avg_pool3d", "input kernel_size stride=None padding=0 ceil_mode=False"
)
def avg_pool(call: Call) -> Value:
    return _pooled(call, (ONE,) * _space(call), call.get("ceil_mode"))


def _space(call: Call) -> int:
    return int(call.name.rstrip("d")[-1])


def _pooled(call: Call, dilations: tuple[Axis, ...], ceil: Value) -> Value:
    tensor, count = call.tensor("input"), _space(call)
    shape = tensor.shape
    call.wants_rank(shape, count + 1, count + 2)
    kernels = per_axis(call.get("kernel_size"), count)
    given = call.get("stride")
    strides = kernels if given is None else per_axis(given, count)
    pads = per_axis(call.get("padding"), count)
    over = ceil if isinstance(ceil, bool) else None
    places = tuple(
        shrunk(
            call,
            shape,
            shape.axis(at - count),
            kernels[at],
            strides[at],
            pads[at],
            dilations[at],
            over,
        )
        for at in range(count)
    )
    return Tensor(with_space(shape, count, None, places), tensor.dtype)


@FUNCTIONS(
    "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d"
    " adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d",
    "input output_size",
)
def adaptive_pool(call: Call) -> Value:
    tensor, count, wanted = call.tensor("input"), _space(call), call.get("output_size")
    shape = tensor.shape
    call.wants_rank(shape, count + 1, count + 2)
    given = wanted.elements if isinstance(wanted, Items) else (wanted,) * count
    if len(given) != count:
        return Tensor(ANY, tensor.dtype)
    places = tuple(
        shape.axis(at - count) if each is None else size_of(each) for at, each in enumerate(given)
    )
    return Tensor(with_space(shape, count, None, places), tensor.dtype)


@FUNCTIONS("conv1d conv2d conv3d", "input weight bias=None stride=1 padding=0 dilation=1 groups=1")
def conv(call: Call) -> Value:
    tensor, weight, count = call.tensor("input"), call.shape("weight"), _space(call)
    refuse_ints(call, tensor)
    shape = tensor.shape
    call.wants_rank(shape, count + 1, count + 2)
    if weight.rank is None:
        return unknown("float")
    groups = size_of(call.get("groups"))
    depth = weight.axis(1)
    if (
        groups is not None
        and depth is not None
        and not call.sizes.equal(shape.axis(-count - 1), depth * groups)
    ):
        raise Mismatch(
            f"`{call.name}` with a weight {weight} wants {call.sizes.known(depth * groups)}"
            f" channels, but gets {shape}"
        )
    strides, dilations = (per_axis(call.get(name), count) for name in ("stride", "dilation"))
    padding = call.get("padding")
    if isinstance(padding, str):
        pads: tuple[Axis, ...] = (Dimension(0),) * count
    else:
        pads = per_axis(padding, count)
    sizes = tuple(shape.axis(at - count) for at in range(count))
    if padding == "same":
        places = sizes
    else:
        places = tuple(
            shrunk(
                call,
                shape,
                sizes[at],
                weight.axis(at - count),
                strides[at],
                pads[at],
                dilations[at],
            )
            for at in range(count)
        )
    return Tensor(with_space(shape, count, weight.axis(0), places), "float")


@FUNCTIONS("pixel_shuffle pixel_unshuffle", "input upscale_factor")
def pixel_shuffle(call: Call) -> Value:
    from netdsl.checking import layers

    name = "upscale_factor" if call.name == "pixel_shuffle" else "downscale_factor"
    settings = {name: call.get("upscale_factor")}
    return layers.pixel_shuffle(Call(call.name, call.sizes, call.given, settings))


@FUNCTIONS("cosine_similarity", "x1 x2 dim=1")
def cosine_similarity(call: Call) -> Value:
    shape = call.sizes.broadcast(call.shape("x1"), call.shape("x2"))
    axis = call.axis(shape, call.get("dim"))
    return Tensor((None if axis is None else shape.replaced(axis, [])) or ANY, "float")


@FUNCTIONS("cdist", "x1 x2")
def cdist(call: Call) -> Value:
    one, other = call.shape("x1"), call.shape("x2")
    if one.rank is None or other.rank is None or one.rank < 2 or other.rank < 2:
        return unknown("float")
    if not call.sizes.equal(one.axis(-1), other.axis(-1)):
        raise Mismatch(f"`cdist` of {one} and {other}: the points differ in width")
    head = call.sizes.broadcast(Shape(one.parts[:-2]), Shape(other.parts[:-2]))
    return Tensor(Shape((*head.parts, one.parts[-2], other.parts[-2])), "float")


@FUNCTIONS("cross_entropy nll_loss", "input target weight=None reduction=mean")
def cross_entropy(call: Call) -> Value:
    from netdsl.checking import layers

    settings = {"reduction": call.get("reduction")}
    return layers.cross_entropy(Call(call.name, call.sizes, call.given, settings))


@FUNCTIONS("mse_loss l1_loss smooth_l1_loss huber_loss", "input target reduction=mean")
def loss(call: Call) -> Value:
    shape = call.sizes.broadcast(call.shape("input"), call.shape("target"))
    reduction = call.get("reduction")
    if reduction == "none":
        return Tensor(shape, "float")
    return Tensor(Shape(()) if isinstance(reduction, str) else ANY, "float")


def subscripted(call: Call, shape: Shape, subscripts: list[Value]) -> Shape:
    """The shape after an index: `subscripts` are ints, None (a new axis), Ellipsis, slices as
    `Items` of kind `slice`, and tensors."""
    if any(isinstance(each, Tensor) for each in subscripts):
        return _by_tensors(call, shape, subscripts)
    used = sum(1 for each in subscripts if each is not None and each is not ...)
    if shape.rank is not None and used > shape.rank:
        raise Mismatch(f"{used} indices for {shape}", "give one for each axis at most.")
    if any(each is UNKNOWN for each in subscripts):
        return ANY
    parts: list[Part] = []
    rest = list(shape.parts)
    for at, each in enumerate(subscripts):
        if each is None:
            parts.append(ONE)
        elif each is ...:
            behind = sum(1 for other in subscripts[at + 1 :] if other is not None)
            if shape.rank is None and len(rest) - 1 < behind:
                return ANY
            keep = len(rest) - behind
            parts += rest[:keep]
            rest = rest[keep:]
        else:
            if not rest or isinstance(rest[0], Run):
                return ANY
            size = rest.pop(0)
            assert not isinstance(size, Run)
            if isinstance(each, Items):
                parts.append(_sliced(call, size, each))
            else:
                _in_range(call, shape, size, each)
    return Shape((*parts, *rest))


def _in_range(call: Call, shape: Shape, size: Axis, index: Value) -> None:
    at = as_int(index)
    if at is None or size is None:
        return
    if not call.sizes.at_least(size, at + 1 if at >= 0 else -at):
        raise Mismatch(f"index {at} is out of range for {call.sizes.known(size)} of {shape}")


def _sliced(call: Call, size: Axis, bounds: Items) -> Axis:
    """How much of an axis a slice takes."""
    lower, upper, step = bounds.elements
    if lower is None and upper is None and step is None:
        return size
    if size is None or (step is not None and as_int(step) is None):
        return None
    by = 1 if step is None else as_int(step)
    low = Dimension(0) if lower is None else size_of(lower)
    high = size if upper is None else size_of(upper)
    if low is None or high is None or by is None or by < 1:
        return None
    low, high = _clamped(call, low, size), _clamped(call, high, size)
    if low is None or high is None:
        return None
    length = call.sizes.known(high - low)
    if length is None or not _surely(call, length):
        number = call.sizes.number(length)
        return Dimension(0) if number is not None and number < 0 else None
    return call.sizes.known((length + (by - 1)) // by)


def _surely(call: Call, length: Dimension) -> bool:
    from netdsl.shapes.facts import Truth, less_equal

    return less_equal(0, length, call.sizes.facts) is Truth.ALWAYS


def _clamped(call: Call, bound: Dimension, size: Dimension) -> Axis:
    """A bound of a slice as it counts: from the end if negative, and inside the axis."""
    from netdsl.shapes.facts import Truth, less_equal

    facts = call.sizes.facts
    if less_equal(bound, -1, facts) is Truth.ALWAYS:
        bound = size + bound
        if less_equal(0, bound, facts) is Truth.ALWAYS:
            return call.sizes.known(bound)
        return Dimension(0) if less_equal(bound, 0, facts) is Truth.ALWAYS else None
    if less_equal(0, bound, facts) is not Truth.ALWAYS:
        return None
    if less_equal(bound, size, facts) is Truth.ALWAYS:
        return call.sizes.known(bound)
    return call.sizes.known(size) if less_equal(size, bound, facts) is Truth.ALWAYS else None


def _by_tensors(call: Call, shape: Shape, subscripts: list[Value]) -> Shape:
    """An index that holds tensors: understood where it is the only one, and first."""
    first = subscripts[0]
    alone = all(
        isinstance(each, Items) and each.elements == (None, None, None) for each in subscripts[1:]
    )
    if not isinstance(first, Tensor) or not alone or shape.rank is None or first.shape.rank is None:
        return ANY
    if first.dtype == "int":
        return Shape((*first.shape.parts, *shape.parts[1:]))
    if first.dtype == "bool":
        if first.shape.rank > shape.rank:
            raise Mismatch(f"a mask of shape {first.shape} cannot choose from {shape}")
        return Shape((None, *shape.parts[first.shape.rank :]))
    return ANY
