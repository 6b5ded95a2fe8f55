"""Rules of torch's functions and of tensors' methods that change shapes.

Sources: https://docs.pytorch.org/docs/stable/torch.html
"""

from __future__ import annotations

from collections.abc import Callable

from netdsl.checking.rules import FUNCTIONS, Call, size_of, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value, as_int, joined
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Part, Run, Shape, product_of

ONE = Dimension(1)

# ---- element by element ------------------------------------------------------

SAME = (
    "relu relu_ relu6 gelu silu mish elu elu_ celu selu leaky_relu sigmoid tanh softplus"
    " softsign logsigmoid hardsigmoid hardswish hardtanh hardshrink softshrink tanhshrink"
    " threshold dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout"
    " contiguous clone detach clamp clip clamp_min clamp_max exp exp_ expm1 log log1p log2 log10"
    " sqrt rsqrt sin cos tan asin acos atan sinh cosh abs neg negative reciprocal square sign"
    " floor ceil round trunc frac erf erfc erfinv fill_ zero_ normal_ uniform_ flip fliplr"
    " flipud roll tril triu zeros_like ones_like full_like rand_like randn_like empty_like"
    " nan_to_num to_dense cumsum cumprod logcumsumexp sigmoid_ tanh_ clamp_ mul_ add_ sub_ div_"
    " masked_fill_ index_fill positive masked_fill bernoulli exp2 sinc logit detach_"
)


@FUNCTIONS(SAME)
def same(call: Call) -> Value:
    """What works element by element gives the shape it gets."""
    return call.tensor("input")


@FUNCTIONS("softmax log_softmax softmin gumbel_softmax", "input dim=None")
def softmax(call: Call) -> Value:
    call.axis(call.shape("input"), call.get("dim"))
    return Tensor(call.shape("input"), "float")


@FUNCTIONS("normalize", "input p=2 dim=1")
def normalize(call: Call) -> Value:
    call.axis(call.shape("input"), call.get("dim"))
    return call.tensor("input")


DTYPES = {
    "float": "float", "double": "float", "half": "float", "bfloat16": "float", "int": "int",
    "long": "int", "short": "int", "bool": "bool",
}  # fmt: skip


def _converter(dtype: str) -> None:
    def rule(call: Call) -> Value:
        return Tensor(call.shape("input"), dtype)

    names = " ".join(name for name, each in DTYPES.items() if each == dtype)
    FUNCTIONS(names)(rule)


for _dtype in ("float", "int", "bool"):
    _converter(_dtype)


@FUNCTIONS("to type_as type", "input *rest")
def to(call: Call) -> Value:
    return Tensor(call.shape("input"), None)


@FUNCTIONS("isnan isinf isfinite logical_not", "input")
def asks(call: Call) -> Value:
    return Tensor(call.shape("input"), "bool")


@FUNCTIONS(
    "add sub subtract mul multiply div divide true_divide maximum minimum pow fmod remainder atan2"
    " hypot lerp xlogy floor_divide",
    "input other",
)
def arithmetic(call: Call) -> Value:
    return combined(call, call.get("input"), call.get("other"))


def combined(call: Call, one: Value, other: Value, dtype: str | None = None) -> Value:
    """An operation on two tensors, or on a tensor and a number."""
    tensors = [each for each in (one, other) if isinstance(each, Tensor)]
    if one is UNKNOWN or other is UNKNOWN:
        return Tensor(ANY, dtype) if tensors else UNKNOWN
    shape = call.sizes.broadcast(*(each.shape for each in tensors))
    if dtype is None:
        kinds = {each.dtype for each in tensors}
        floats = any(isinstance(each, float) for each in (one, other))
        dtype = "float" if floats or "float" in kinds else kinds.pop() if len(kinds) == 1 else None
    return Tensor(shape, dtype)


@FUNCTIONS("eq ne lt le gt ge logical_and logical_or logical_xor isclose", "input other")
def compares(call: Call) -> Value:
    return combined(call, call.get("input"), call.get("other"), "bool")


@FUNCTIONS("where", "condition input=None other=None")
def where(call: Call) -> Value:
    condition = call.tensor("condition")
    one, other = call.get("input"), call.get("other")
    if one is None and other is None:
        rank = condition.shape.rank
        if rank is None:
            return UNKNOWN
        return Items(tuple(Tensor(Shape((None,)), "int") for _ in range(rank)), "tuple")
    if UNKNOWN in (one, other):
        return unknown()
    tensors = [each.shape for each in (condition, one, other) if isinstance(each, Tensor)]
    return Tensor(call.sizes.broadcast(*tensors), None)


# ---- reductions --------------------------------------------------------------


def reduced(call: Call, shape: Shape, dim: Value, keep: Value) -> Shape:
    """The shape without some axes, or with ones in their places; all of them if `dim` is
    None."""
    if dim is UNKNOWN or not isinstance(keep, bool):
        return ANY
    if dim is None:
        return (
            Shape(()) if not keep else Shape((ONE,) * shape.rank) if shape.rank is not None else ANY
        )
    wanted = dim.elements if isinstance(dim, Items) else (dim,)
    axes = [call.axis(shape, each) for each in wanted]
    if None in axes:
        return ANY
    if not axes:
        return reduced(call, shape, None, keep)
    places = [shape.place(each) for each in axes if each is not None]
    if None in places:
        return ANY
    if len(set(places)) < len(places):
        raise Mismatch(f"`{call.name}` is given one axis of {shape} twice")
    parts: list[Part] = []
    for at, part in enumerate(shape.parts):
        if at not in places:
            parts.append(part)
        elif keep:
            parts.append(ONE)
    return Shape(tuple(parts))


@FUNCTIONS(
    "sum mean prod std var nansum nanmean logsumexp amax amin norm count_nonzero",
    "input dim=None keepdim=False",
)
def reduction(call: Call) -> Value:
    tensor = call.tensor("input")
    dim, keep = call.get("dim"), call.get("keepdim")
    if call.name == "norm":
        return unknown("float")
    if call.name in ("std", "var") and isinstance(dim, bool):
        return unknown("float")
    kept = tensor.dtype if call.name in ("sum", "prod", "amax", "amin") else "float"
    if kept == "bool":
        kept = "int"
    if call.name == "mean" and tensor.dtype in ("int", "bool"):
        raise Mismatch(
            f"`mean` computes on floats, but gets a tensor of {tensor.dtype}s",
            "convert it first: `x.float()`.",
            "wrong-dtype",
        )
    return Tensor(reduced(call, tensor.shape, dim, keep), kept)


@FUNCTIONS("all any", "input dim=None keepdim=False")
def truth(call: Call) -> Value:
    return Tensor(reduced(call, call.shape("input"), call.get("dim"), call.get("keepdim")), "bool")


@FUNCTIONS("argmax argmin", "input dim=None keepdim=False")
def arg(call: Call) -> Value:
    return Tensor(reduced(call, call.shape("input"), call.get("dim"), call.get("keepdim")), "int")


@FUNCTIONS("max min median mode", "input dim=None keepdim=False")
def extreme(call: Call) -> Value:
    tensor, dim = call.tensor("input"), call.get("dim")
    if dim is None:
        return Tensor(Shape(()), tensor.dtype)
    if isinstance(dim, Tensor):
        return combined(call, tensor, dim)
    if as_int(dim) is None:
        return UNKNOWN
    shape = reduced(call, tensor.shape, dim, call.get("keepdim"))
    return Items((Tensor(shape, tensor.dtype), Tensor(shape, "int")), "values")


@FUNCTIONS("topk", "input k dim=-1")
def topk(call: Call) -> Value:
    tensor, k = call.tensor("input"), size_of(call.get("k"))
    axis = call.axis(tensor.shape, call.get("dim"))
    if axis is None:
        return UNKNOWN
    size = tensor.shape.axis(axis)
    if size is not None and k is not None and not call.sizes.at_least(size - k, 0):
        raise Mismatch(f"`topk` takes {call.sizes.known(k)} of axis {axis} of {tensor.shape}")
    shape = tensor.shape.replaced(axis, [k]) or ANY
    return Items((Tensor(shape, tensor.dtype), Tensor(shape, "int")), "values")


@FUNCTIONS("sort", "input dim=-1")
def sort(call: Call) -> Value:
    tensor = call.tensor("input")
    call.axis(tensor.shape, call.get("dim"))
    return Items((tensor, Tensor(tensor.shape, "int")), "values")


@FUNCTIONS("argsort", "input dim=-1")
def argsort(call: Call) -> Value:
    call.axis(call.shape("input"), call.get("dim"))
    return Tensor(call.shape("input"), "int")


# ---- views -------------------------------------------------------------------


@FUNCTIONS("view reshape", "input *shape")
def view(call: Call) -> Value:
    tensor = call.tensor("input")
    wanted = call.get("shape")
    if not isinstance(wanted, Items):
        return Tensor(ANY, tensor.dtype)
    return Tensor(viewed(call, tensor.shape, wanted), tensor.dtype)


def viewed(call: Call, shape: Shape, wanted: Items) -> Shape:
    """The shape after a view: as many elements, of which one size may be -1."""
    parts: list[Part] = []
    for each in wanted.elements:
        parts.append(each if isinstance(each, Run) else size_of(each))
    if any(isinstance(part, Run) for part in parts):
        return _viewed_behind_run(call, shape, parts)
    left = [at for at, part in enumerate(parts) if part is not None and part == -1]
    if len(left) > 1:
        raise Mismatch(f"`{call.name}` can work out one size, but -1 is given {len(left)} times")
    total = shape.size()
    given = product_of(part for at, part in enumerate(parts) if at not in left)
    if total is None or given is None:
        return Shape(tuple(None if at in left else part for at, part in enumerate(parts)))
    shown = f"[{', '.join(map(str, parts))}]"
    if not left:
        if not call.sizes.equal(total, given):
            raise Mismatch(
                f"`{call.name}` of {shape} to {shown} would change the number of elements:"
                f" {call.sizes.known(total)} to {call.sizes.known(given)}",
                "the products of the sizes are equal.",
            )
        return Shape(tuple(map(_known(call), parts)))
    if not call.sizes.divides(given, total):
        raise Mismatch(
            f"`{call.name}` of {shape} to {shown}: {call.sizes.known(given)} does not divide"
            f" {call.sizes.known(total)}",
            "what stands beside -1 divides the number of elements.",
        )
    parts[left[0]] = quotient(call, total, given)
    return Shape(tuple(map(_known(call), parts)))


def _viewed_behind_run(call: Call, shape: Shape, parts: list[Part]) -> Shape:
    """A view that keeps leading axes as they are."""
    run = next(part for part in parts if isinstance(part, Run))
    if run in shape.parts and shape.parts[0] == run and parts[0] == run:
        rest = viewed(call, Shape(shape.parts[1:]), Items(tuple(parts[1:])))
        return Shape((run, *rest.parts))
    return Shape(tuple(None if part == -1 else part for part in parts))


def quotient(call: Call, total: Dimension, given: Dimension) -> Axis:
    """What is left for -1."""
    from netdsl.shapes.facts import divide_exactly

    found = divide_exactly(call.sizes.known(total), call.sizes.known(given), call.sizes.facts)  # type: ignore[arg-type]
    if found is not None:
        return found
    try:
        return call.sizes.known(total // given)
    except ArithmeticError:
        return None


def _known(call: Call) -> Callable[[Part], Part]:
    def known(part: Part) -> Part:
        return part if isinstance(part, Run) else call.sizes.known(part)

    return known


@FUNCTIONS("flatten", "input start_dim=0 end_dim=-1")
def flatten(call: Call) -> Value:
    tensor = call.tensor("input")
    return Tensor(
        flattened(call, tensor.shape, call.get("start_dim"), call.get("end_dim")), tensor.dtype
    )


def flattened(call: Call, shape: Shape, start: Value, end: Value) -> Shape:
    first, last = call.axis(shape, start), call.axis(shape, end)
    if first is None or last is None:
        return ANY
    if shape.rank == 0:
        return Shape((ONE,))
    begin, finish = shape.place(first), shape.place(last)
    if begin is None or finish is None:
        if begin is not None and last == -1:
            return Shape((*shape.parts[:begin], None))
        return Shape((Run(), None)) if last == -1 else ANY
    if begin > finish:
        raise Mismatch(f"`{call.name}` begins at axis {first} of {shape}, behind its end, {last}")
    if any(isinstance(part, Run) for part in shape.parts[begin : finish + 1]):
        return Shape((*shape.parts[:begin], None, *shape.parts[finish + 1 :]))
    merged = product_of(shape.parts[begin : finish + 1])
    merged = call.sizes.known(merged)
    return Shape((*shape.parts[:begin], merged, *shape.parts[finish + 1 :]))


@FUNCTIONS("unflatten", "input dim sizes")
def unflatten(call: Call) -> Value:
    tensor = call.tensor("input")
    return Tensor(unflattened(call, tensor.shape, call.get("dim"), call.get("sizes")), tensor.dtype)


def unflattened(call: Call, shape: Shape, dim: Value, sizes: Value) -> Shape:
    axis = call.axis(shape, dim)
    if axis is None or not isinstance(sizes, Items):
        return ANY
    inner = viewed(call, Shape((shape.axis(axis),)), sizes)
    return shape.replaced(axis, inner.parts) or ANY


@FUNCTIONS("transpose swapaxes swapdims", "input dim0 dim1")
def transpose(call: Call) -> Value:
    tensor = call.tensor("input")
    shape = tensor.shape
    one, other = call.axis(shape, call.get("dim0")), call.axis(shape, call.get("dim1"))
    if one is None or other is None:
        return Tensor(ANY, tensor.dtype)
    first, second = shape.place(one), shape.place(other)
    if first is None or second is None:
        return Tensor(ANY, tensor.dtype)
    parts = list(shape.parts)
    parts[first], parts[second] = parts[second], parts[first]
    return Tensor(Shape(tuple(parts)), tensor.dtype)


@FUNCTIONS("t")
def t(call: Call) -> Value:
    shape = call.shape("input")
    if shape.rank is None:
        return unknown(call.tensor("input").dtype)
    if shape.rank > 2:
        raise Mismatch(f"`t` wants 2 axes at most, but gets {shape}", "use `transpose(-2, -1)`.")
    return Tensor(Shape(tuple(reversed(shape.parts))), call.tensor("input").dtype)


@FUNCTIONS("permute", "input *dims")
def permute(call: Call) -> Value:
    tensor, order = call.tensor("input"), call.get("dims")
    if not isinstance(order, Items):
        return Tensor(ANY, tensor.dtype)
    shape = tensor.shape
    axes = [call.axis(shape, each) for each in order.elements]
    if shape.rank is None:
        if shape.least_rank > len(axes):
            raise Mismatch(f"`permute` puts {len(axes)} axes in order, but gets {shape}")
        return Tensor(Shape((None,) * len(axes)), tensor.dtype)
    if len(axes) != shape.rank:
        raise Mismatch(
            f"`permute` puts {len(axes)} axes in order, but gets {shape}",
            "name every axis once.",
        )
    if None in axes:
        return Tensor(Shape((None,) * len(axes)), tensor.dtype)
    places = [shape.place(each) for each in axes if each is not None]
    if len(set(places)) < len(places):
        raise Mismatch(f"`permute` is given one axis of {shape} twice", "name every axis once.")
    return Tensor(
        Shape(tuple(shape.parts[each] for each in places if each is not None)), tensor.dtype
    )


@FUNCTIONS("movedim moveaxis", "input source destination")
def movedim(call: Call) -> Value:
    tensor = call.tensor("input")
    shape = tensor.shape
    source, target = call.get("source"), call.get("destination")
    froms = source.elements if isinstance(source, Items) else (source,)
    tos = target.elements if isinstance(target, Items) else (target,)
    pairs = [(call.axis(shape, a), call.axis(shape, b)) for a, b in zip(froms, tos, strict=False)]
    if shape.rank is None or len(froms) != len(tos) or any(None in pair for pair in pairs):
        return Tensor(ANY, tensor.dtype)
    rank = shape.rank
    placed: dict[int, Part] = {}
    taken = set()
    for a, b in pairs:
        assert a is not None and b is not None
        placed[b % rank] = shape.parts[a % rank]
        taken.add(a % rank)
    rest = iter(part for at, part in enumerate(shape.parts) if at not in taken)
    return Tensor(
        Shape(tuple(placed[at] if at in placed else next(rest) for at in range(rank))), tensor.dtype
    )


@FUNCTIONS("unsqueeze", "input dim")
def unsqueeze(call: Call) -> Value:
    tensor = call.tensor("input")
    shape, axis = tensor.shape, call.axis(tensor.shape, call.get("dim"), extra=1)
    if axis is None:
        return Tensor(ANY, tensor.dtype)
    if shape.rank is not None:
        at = axis if axis >= 0 else axis + shape.rank + 1
        return Tensor(Shape((*shape.parts[:at], ONE, *shape.parts[at:])), tensor.dtype)
    run = shape.run_at
    assert run is not None
    if 0 <= axis <= run:
        return Tensor(Shape((*shape.parts[:axis], ONE, *shape.parts[axis:])), tensor.dtype)
    at = axis + len(shape.parts) + 1
    if axis < 0 and at > run:
        return Tensor(Shape((*shape.parts[:at], ONE, *shape.parts[at:])), tensor.dtype)
    return Tensor(ANY, tensor.dtype)


@FUNCTIONS("squeeze", "input dim=None")
def squeeze(call: Call) -> Value:
    tensor, dim = call.tensor("input"), call.get("dim")
    shape = tensor.shape
    if dim is None:
        if shape.rank is None or any(call.sizes.number(each) is None for each in shape.axes):
            return Tensor(ANY, tensor.dtype)
        kept = tuple(each for each in shape.axes if call.sizes.number(each) != 1)
        return Tensor(Shape(kept), tensor.dtype)
    axis = call.axis(shape, dim)
    if axis is None:
        return Tensor(ANY, tensor.dtype)
    size = shape.axis(axis)
    if call.sizes.number(size) == 1:
        return Tensor(shape.replaced(axis, []) or ANY, tensor.dtype)
    return tensor if call.sizes.never_equal(size, ONE) else Tensor(ANY, tensor.dtype)


@FUNCTIONS("expand", "input *sizes")
def expand(call: Call) -> Value:
    tensor, wanted = call.tensor("input"), call.get("sizes")
    if not isinstance(wanted, Items):
        return Tensor(ANY, tensor.dtype)
    shape = tensor.shape
    sizes = [each if isinstance(each, Run) else size_of(each) for each in wanted.elements]
    if shape.rank is None or any(isinstance(each, Run) for each in sizes):
        return Tensor(Shape(tuple(None if each == -1 else each for each in sizes)), tensor.dtype)
    if len(sizes) < shape.rank:
        raise Mismatch(f"`expand` gives {len(sizes)} sizes for {shape}", "give one for each axis.")
    new = len(sizes) - shape.rank
    parts: list[Part] = list(sizes[:new])
    for each, own in zip(sizes[new:], shape.axes, strict=True):
        assert not isinstance(each, Run)
        if each is not None and each == -1:
            parts.append(own)
            continue
        if call.sizes.never_equal(own, ONE) and not call.sizes.equal(own, each):
            raise Mismatch(
                f"`expand` makes ones larger, and nothing else: {shape} has {own} where {each}"
                " is wanted"
            )
        parts.append(each)
    return Tensor(Shape(tuple(parts)), tensor.dtype)


@FUNCTIONS("expand_as", "input other")
def expand_as(call: Call) -> Value:
    return Tensor(call.shape("other"), call.tensor("input").dtype)


@FUNCTIONS("view_as reshape_as", "input other")
def view_as(call: Call) -> Value:
    one, other = call.shape("input"), call.shape("other")
    if not call.sizes.equal(one.size(), other.size()):
        raise Mismatch(f"{one} and {other} have other numbers of elements")
    return Tensor(other, call.tensor("input").dtype)


@FUNCTIONS("repeat", "input *repeats")
def repeat(call: Call) -> Value:
    tensor, times = call.tensor("input"), call.get("repeats")
    shape = tensor.shape
    if not isinstance(times, Items) or shape.rank is None:
        return Tensor(ANY, tensor.dtype)
    factors = [size_of(each) for each in times.elements]
    if len(factors) < shape.rank:
        raise Mismatch(
            f"`repeat` gives {len(factors)} numbers for {shape}", "give one for each axis."
        )
    sizes = (ONE,) * (len(factors) - shape.rank) + shape.axes
    parts = tuple(
        None if size is None or factor is None else size * factor
        for size, factor in zip(sizes, factors, strict=True)
    )
    return Tensor(Shape(parts), tensor.dtype)


@FUNCTIONS("repeat_interleave", "input repeats dim=None")
def repeat_interleave(call: Call) -> Value:
    tensor, times = call.tensor("input"), size_of(call.get("repeats"))
    axis = call.axis(tensor.shape, call.get("dim"))
    if axis is None:
        return Tensor(ANY, tensor.dtype)
    size = tensor.shape.axis(axis)
    grown = None if size is None or times is None else size * times
    return Tensor(tensor.shape.replaced(axis, [grown]) or ANY, tensor.dtype)


@FUNCTIONS("narrow", "input dim start length")
def narrow(call: Call) -> Value:
    tensor = call.tensor("input")
    axis = call.axis(tensor.shape, call.get("dim"))
    length = size_of(call.get("length"))
    return Tensor(
        (None if axis is None else tensor.shape.replaced(axis, [length])) or ANY, tensor.dtype
    )


@FUNCTIONS("select", "input dim index")
def select(call: Call) -> Value:
    tensor = call.tensor("input")
    axis = call.axis(tensor.shape, call.get("dim"))
    return Tensor((None if axis is None else tensor.shape.replaced(axis, [])) or ANY, tensor.dtype)


# ---- parts and wholes --------------------------------------------------------


@FUNCTIONS("chunk", "input chunks dim=0")
def chunk(call: Call) -> Value:
    tensor, count = call.tensor("input"), call.number("chunks")
    axis = call.axis(tensor.shape, call.get("dim"))
    if count is None or axis is None:
        return UNKNOWN
    size = tensor.shape.axis(axis)
    if size is None or call.sizes.number(size) is None:
        each = None if size is None else call.sizes.known(_up(size, count))
        surely = size is not None and call.sizes.divides(Dimension(count), size)
        parts = tuple(
            Tensor(tensor.shape.replaced(axis, [each if surely else None]) or ANY, tensor.dtype)
            for _ in range(count)
        )
        return Items(parts, "tuple")
    total = call.sizes.number(size)
    assert total is not None
    step = -(-total // count)
    found = [min(step, total - at) for at in range(0, total, step)] if step else [0] * count
    return Items(
        tuple(
            Tensor(tensor.shape.replaced(axis, [Dimension(each)]) or ANY, tensor.dtype)
            for each in found
        ),
        "tuple",
    )


def _up(size: Dimension, count: int) -> Dimension:
    return (size + (count - 1)) // count


@FUNCTIONS("split", "input split_size dim=0")
def split(call: Call) -> Value:
    tensor, wanted = call.tensor("input"), call.get("split_size")
    axis = call.axis(tensor.shape, call.get("dim"))
    if axis is None:
        return UNKNOWN
    size = tensor.shape.axis(axis)
    if isinstance(wanted, Items):
        sizes = [size_of(each) for each in wanted.elements]
        known = [each for each in sizes if each is not None]
        if len(known) == len(sizes):
            total = sum(known, Dimension(0))
            if not call.sizes.equal(total, size):
                raise Mismatch(
                    f"`split` takes {call.sizes.known(total)} of axis {axis} of {tensor.shape}",
                    "the sizes of the parts add up to the size of the axis.",
                )
        parts = tuple(
            Tensor(tensor.shape.replaced(axis, [each]) or ANY, tensor.dtype) for each in sizes
        )
        return Items(parts, "tuple")
    step, total_ = call.sizes.number(size_of(wanted)), call.sizes.number(size)
    if step is None or total_ is None or step < 1:
        return UNKNOWN
    numbers = [min(step, total_ - at) for at in range(0, total_, step)]
    return Items(
        tuple(
            Tensor(tensor.shape.replaced(axis, [Dimension(each)]) or ANY, tensor.dtype)
            for each in numbers
        ),
        "tuple",
    )


@FUNCTIONS("unbind", "input dim=0")
def unbind(call: Call) -> Value:
    tensor = call.tensor("input")
    axis = call.axis(tensor.shape, call.get("dim"))
    count = None if axis is None else call.sizes.number(tensor.shape.axis(axis))
    if axis is None or count is None:
        return UNKNOWN
    part = Tensor(tensor.shape.replaced(axis, []) or ANY, tensor.dtype)
    return Items((part,) * count, "tuple")


@FUNCTIONS("cat concat concatenate", "tensors dim=0")
def cat(call: Call) -> Value:
    found = call.get("tensors")
    if not isinstance(found, Items) or not all(isinstance(each, Tensor) for each in found.elements):
        return unknown()
    shapes = [each.shape for each in found.elements]
    if not shapes:
        raise Mismatch("`cat` has nothing to join")
    dtype = _one_dtype(found)
    ranks = {shape.rank for shape in shapes if shape.rank is not None}
    if len(ranks) > 1:
        raise Mismatch(
            f"`cat` joins {_listed(shapes)}, whose numbers of axes differ",
            "add or flatten axes first.",
        )
    axis = call.axis(shapes[0], call.get("dim"))
    if axis is None:
        return unknown(dtype)
    joined_ = next((shape for shape in shapes if shape.rank is not None), shapes[0])
    at = joined_.place(axis)
    if at is None:
        return unknown(dtype)
    parts = list(joined_.parts)
    for shape in shapes:
        for here, part in enumerate(joined_.parts):
            if here == at or isinstance(part, Run) or shape.rank != joined_.rank:
                continue
            other = shape.parts[here]
            if isinstance(other, Run):
                continue
            if not call.sizes.equal(part, other):
                raise Mismatch(
                    f"`cat` along axis {axis} joins {_listed(shapes)}, which differ in axis {here}:"
                    f" {call.sizes.known(part)} and {call.sizes.known(other)}",
                    "all axes but the one along which they are joined are equal.",
                )
            parts[here] = call.sizes.meet(part, other)
    sizes = [shape.axis(axis) for shape in shapes]
    known = [each for each in sizes if each is not None]
    total = sum(known, Dimension(0)) if len(known) == len(sizes) else None
    parts[at] = call.sizes.known(total)
    return Tensor(Shape(tuple(parts)), dtype)


def _listed(shapes: list[Shape]) -> str:
    shown = [str(shape) for shape in shapes]
    return ", ".join(shown[:-1]) + f" and {shown[-1]}" if len(shown) > 1 else shown[0]


def _one_dtype(found: Items) -> str | None:
    dtypes = {each.dtype for each in found.elements}
    return dtypes.pop() if len(dtypes) == 1 else None


@FUNCTIONS("stack", "tensors dim=0")
def stack(call: Call) -> Value:
    found = call.get("tensors")
    if not isinstance(found, Items) or not all(isinstance(each, Tensor) for each in found.elements):
        return unknown()
    shapes = [each.shape for each in found.elements]
    if not shapes:
        raise Mismatch("`stack` has nothing to join")
    for shape in shapes[1:]:
        if not call.sizes.same_shape(shapes[0], shape):
            raise Mismatch(f"`stack` joins {_listed(shapes)}, which differ", "give all one shape.")
    first = next((shape for shape in shapes if shape.rank is not None), shapes[0])
    axis = call.axis(first, call.get("dim"), extra=1)
    if first.rank is None or axis is None:
        return unknown(_one_dtype(found))
    at = axis if axis >= 0 else axis + first.rank + 1
    parts = (*first.parts[:at], Dimension(len(shapes)), *first.parts[at:])
    return Tensor(Shape(parts), _one_dtype(found))


# ---- indexing by tensors -----------------------------------------------------


@FUNCTIONS("gather", "input dim index")
def gather(call: Call) -> Value:
    one, index = call.shape("input"), call.shape("index")
    if one.rank is not None and index.rank is not None and one.rank != index.rank:
        raise Mismatch(f"`gather` wants an index of as many axes as {one}, but gets {index}")
    return Tensor(index, call.tensor("input").dtype)


@FUNCTIONS("index_select", "input dim index")
def index_select(call: Call) -> Value:
    tensor, index = call.tensor("input"), call.shape("index")
    axis = call.axis(tensor.shape, call.get("dim"))
    size = index.axis(0) if index.rank == 1 else None
    return Tensor(
        (None if axis is None else tensor.shape.replaced(axis, [size])) or ANY, tensor.dtype
    )


@FUNCTIONS(
    "scatter scatter_ scatter_add scatter_add_ index_add index_add_ index_copy",
    "input dim index src=None",
)
def scatter(call: Call) -> Value:
    call.axis(call.shape("input"), call.get("dim"))
    return call.tensor("input")


@FUNCTIONS("one_hot", "input num_classes=-1")
def one_hot(call: Call) -> Value:
    count = call.number("num_classes")
    size = size_of(call.get("num_classes")) if count is None or count > 0 else None
    return Tensor(Shape((*call.shape("input").parts, size)), "int")


@FUNCTIONS("embedding", "input weight")
def embedding(call: Call) -> Value:
    weight = call.shape("weight")
    width = weight.axis(1) if weight.rank == 2 else None
    return Tensor(Shape((*call.shape("input").parts, width)), "float")


# ---- made from sizes ---------------------------------------------------------


@FUNCTIONS("zeros ones rand randn empty", "*size")
def filled(call: Call) -> Value:
    return _of_sizes(call.get("size"), "float" if "dtype" not in call.given else None)


@FUNCTIONS("full", "size fill_value")
def full(call: Call) -> Value:
    return _of_sizes(call.get("size"), None)


@FUNCTIONS("new_zeros new_ones new_empty", "input *size")
def new_filled(call: Call) -> Value:
    return _of_sizes(call.get("size"), call.tensor("input").dtype)


@FUNCTIONS("new_full", "input size fill_value")
def new_full(call: Call) -> Value:
    return _of_sizes(call.get("size"), call.tensor("input").dtype)


@FUNCTIONS("randint", "low high=None size=None")
def randint(call: Call) -> Value:
    size = call.get("size")
    return _of_sizes(call.get("high") if size is None else size, "int")


def _of_sizes(size: Value, dtype: str | None) -> Tensor:
    if isinstance(size, Dimension):
        return Tensor(Shape((size,)), dtype)
    if not isinstance(size, Items):
        return Tensor(ANY, dtype)
    parts = tuple(each if isinstance(each, Run) else size_of(each) for each in size.elements)
    return Tensor(Shape(parts) if sum(isinstance(p, Run) for p in parts) < 2 else ANY, dtype)


@FUNCTIONS("arange", "start end=None step=1")
def arange(call: Call) -> Value:
    start, end, step = call.get("start"), call.get("end"), call.get("step")
    if end is None:
        start, end = Dimension(0), start
    low, high, by = size_of(start), size_of(end), size_of(step)
    if low is None or high is None or by is None:
        return Tensor(Shape((None,)), None)
    plain = "dtype" not in call.given
    if call.sizes.number(by) == 0:
        raise Mismatch("`arange` never gets on with a step of 0")
    if call.sizes.number(by) is None:
        return Tensor(Shape((None,)), "int" if plain else None)
    length = call.sizes.known(-(-(high - low) // by))
    return Tensor(Shape((length,)), "int" if plain else None)


@FUNCTIONS("linspace logspace", "start end steps")
def linspace(call: Call) -> Value:
    return Tensor(Shape((size_of(call.get("steps")),)), "float")


@FUNCTIONS("eye", "n m=None")
def eye(call: Call) -> Value:
    rows, columns = size_of(call.get("n")), call.get("m")
    return Tensor(Shape((rows, rows if columns is None else size_of(columns))), "float")


@FUNCTIONS("meshgrid", "*tensors")
def meshgrid(call: Call) -> Value:
    found = call.get("tensors")
    if not isinstance(found, Items) or call.given.get("indexing") == "xy":
        return UNKNOWN
    if not all(isinstance(each, Tensor) and each.shape.rank in (0, 1) for each in found.elements):
        return UNKNOWN
    parts = tuple(each.shape.parts[0] if each.shape.rank else ONE for each in found.elements)
    return Items(tuple(Tensor(Shape(parts), each.dtype) for each in found.elements), "tuple")


@FUNCTIONS("outer ger", "input vec2")
def outer(call: Call) -> Value:
    one, other = call.shape("input"), call.shape("vec2")
    for shape in (one, other):
        call.wants_rank(shape, 1)
    if one.rank is None or other.rank is None:
        return Tensor(Shape((None, None)), None)
    return Tensor(Shape((*one.parts, *other.parts)), None)


@FUNCTIONS("diagonal diag", "input")
def diagonal(call: Call) -> Value:
    return unknown(call.tensor("input").dtype)


def first_of(values: list[Value]) -> Value:
    """What several branches give."""
    result = values[0]
    for each in values[1:]:
        result = joined(result, each)
    return result
