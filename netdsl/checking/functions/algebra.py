"""Rules of linear algebra on matrices and batches of them."""

from __future__ import annotations

from netdsl.checking.functions.dtypes import only
from netdsl.checking.rules import FUNCTIONS, Call, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Items, Tensor, Value, as_int
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Shape


def _matrix(call: Call, name: str, square: bool = False) -> Shape:
    """
    Raises:
        Mismatch: the argument is no matrix, or not a square one.
    """
    shape = call.shape(name)
    only(call, call.tensor(name), "float")
    if shape.rank is not None and shape.rank < 2:
        raise Mismatch(f"`{call.name}` wants matrices, but gets {shape}")
    if square and not call.sizes.equal(shape.axis(-1), shape.axis(-2)):
        raise Mismatch(f"`{call.name}` wants square matrices, but gets {shape}")
    return shape


def _head(shape: Shape, *tail: Axis) -> Shape:
    """The batch of matrices, with other axes at the end."""
    return Shape((*shape.parts[:-2], *tail)) if shape.least_rank >= 2 else ANY


@FUNCTIONS("inverse inv matrix_exp cholesky pinverse pinv")
def inverse(call: Call) -> Value:
    shape = _matrix(call, "input", square="pin" not in call.name)
    if "pin" in call.name:
        return Tensor(_head(shape, shape.axis(-1), shape.axis(-2)), "float")
    return Tensor(shape, "float")


@FUNCTIONS("matrix_power", "input n")
def matrix_power(call: Call) -> Value:
    return Tensor(_matrix(call, "input", square=True), "float")


@FUNCTIONS("det logdet")
def determinant(call: Call) -> Value:
    return Tensor(_head(_matrix(call, "input", square=True)), "float")


@FUNCTIONS("slogdet")
def slogdet(call: Call) -> Value:
    result = Tensor(_head(_matrix(call, "input", square=True)), "float")
    return Items((result, result), "tuple")


@FUNCTIONS("svd", "input *rest")
def svd(call: Call) -> Value:
    """torch's and torch.linalg's have other arguments, and the last part another shape."""
    shape = _matrix(call, "input")
    return Items((unknown("float"), Tensor(_head(shape, None), "float"), unknown("float")), "tuple")


@FUNCTIONS("svdvals", "A")
def svdvals(call: Call) -> Value:
    shape = _matrix(call, "A")
    rows, columns = call.sizes.number(shape.axis(-2)), call.sizes.number(shape.axis(-1))
    least = None if rows is None or columns is None else Dimension(min(rows, columns))
    return Tensor(_head(shape, least), "float")


@FUNCTIONS("eigh", "A")
def eigh(call: Call) -> Value:
    shape = _matrix(call, "A", square=True)
    return Items((Tensor(_head(shape, shape.axis(-1)), "float"), Tensor(shape, "float")), "tuple")


@FUNCTIONS("eigvalsh", "A")
def eigvalsh(call: Call) -> Value:
    shape = _matrix(call, "A", square=True)
    return Tensor(_head(shape, shape.axis(-1)), "float")


@FUNCTIONS("cross", "input other dim=None")
def cross(call: Call) -> Value:
    one, other = call.shape("input"), call.shape("other")
    shape = call.sizes.broadcast(one, other)
    dim = call.get("dim")
    if dim is None:  # torch's looks for an axis of 3, that of torch.linalg takes the last
        if shape.rank is not None and all(call.sizes.never_equal(x, 3) for x in shape.axes):
            raise Mismatch(f"`cross` wants an axis of 3, but gets {one} and {other}")
        return Tensor(shape, None)
    axis = call.axis(shape, dim)
    three = Dimension(3)
    for each in (one, other):
        at = axis if axis is None or shape.rank is None else (axis % shape.rank) - shape.rank
        if at is not None and at < 0 and not call.sizes.equal(each.axis(at), three):
            raise Mismatch(f"`cross` wants 3 in axis {axis}, but gets {one} and {other}")
    return Tensor(shape, None)


@FUNCTIONS("kron", "input other")
def kron(call: Call) -> Value:
    one, other = call.shape("input"), call.shape("other")
    if one.rank is None or other.rank is None:
        return unknown()
    rank = max(one.rank, other.rank)
    ahead = (Dimension(1),)
    first = ahead * (rank - one.rank) + one.axes
    second = ahead * (rank - other.rank) + other.axes
    parts = tuple(
        None if a is None or b is None else call.sizes.known(a * b)
        for a, b in zip(first, second, strict=True)
    )
    return Tensor(Shape(parts), None)


@FUNCTIONS("tensordot", "a b dims=2")
def tensordot(call: Call) -> Value:
    one, other, dims = call.shape("a"), call.shape("b"), call.get("dims")
    if one.rank is None or other.rank is None:
        return unknown()
    count = as_int(dims)
    if count is not None:
        if count < 0 or count > min(one.rank, other.rank):
            raise Mismatch(f"`tensordot` sums over {count} axes of {one} and {other}")
        left, right = list(range(one.rank - count, one.rank)), list(range(count))
    elif isinstance(dims, Items) and len(dims.elements) == 2:
        pair = [each.elements if isinstance(each, Items) else (each,) for each in dims.elements]
        axes = [
            [call.axis(shape, each) for each in wanted]
            for shape, wanted in zip((one, other), pair, strict=True)
        ]
        if any(None in each for each in axes):
            return unknown()
        left = [each % one.rank for each in axes[0] if each is not None]
        right = [each % other.rank for each in axes[1] if each is not None]
        if len(set(left)) < len(left) or len(set(right)) < len(right):
            raise Mismatch("`tensordot` is given one axis twice", "name each axis once.")
        if len(left) != len(right):
            raise Mismatch(f"`tensordot` sums over {len(left)} axes beside {len(right)}")
    else:
        return unknown()
    for a, b in zip(left, right, strict=True):
        sizes = one.axes[a], other.axes[b]
        single = any(call.sizes.number(each) == 1 for each in sizes)
        if not single and not call.sizes.equal(*sizes):
            raise Mismatch(f"`tensordot` of {one} and {other}: axis {a} meets axis {b}")
    kept = [each for at, each in enumerate(one.axes) if at not in left]
    kept += [each for at, each in enumerate(other.axes) if at not in right]
    return Tensor(Shape(tuple(kept)), None)


@FUNCTIONS("outer ger", "input vec2")
def outer(call: Call) -> Value:
    one, other = call.shape("input"), call.shape("vec2")
    for shape in (one, other):
        call.wants_rank(shape, 1)
    return Tensor(Shape((one.axis(0), other.axis(0))), None)


@FUNCTIONS("addr", "input vec1 vec2")
def addr(call: Call) -> Value:
    one, other = (call.wants_rank(call.shape(name), 1) for name in ("vec1", "vec2"))
    product = Shape((one.axis(0), other.axis(0)))
    whole = call.sizes.broadcast(product, call.shape("input"))
    if not call.sizes.same_shape(product, whole):
        raise Mismatch(f"`addr` adds {call.shape('input')} to {product}")
    return Tensor(product, None)


@FUNCTIONS("vecdot", "x y dim=-1")
def vecdot(call: Call) -> Value:
    shape = call.sizes.broadcast(call.shape("x"), call.shape("y"))
    if call.shape("x").rank == 0 or call.shape("y").rank == 0:
        raise Mismatch("`vecdot` wants tensors with axes")
    if call.shape("x").rank == call.shape("y").rank == 1:
        if not call.sizes.equal(call.shape("x").axis(0), call.shape("y").axis(0)):
            raise Mismatch(f"`vecdot` of {call.shape('x')} and {call.shape('y')}: the sizes differ")
        return Tensor(Shape(()), None)
    axis = call.axis(shape, call.get("dim"))
    return Tensor((None if axis is None else shape.replaced(axis, [])) or ANY, None)


@FUNCTIONS("matrix_norm", "A ord=fro dim=None keepdim=False")
def matrix_norm(call: Call) -> Value:
    shape, keep = _matrix(call, "A"), call.get("keepdim")
    if call.get("dim") is not None or not isinstance(keep, bool):
        return unknown("float")
    one = Dimension(1)
    return Tensor(_head(shape, one, one) if keep else _head(shape), "float")


@FUNCTIONS("qr", "A mode=reduced")
def qr(call: Call) -> Value:
    """`Q` and `R`, of as many columns as there are rows and columns at least."""
    shape = _matrix(call, "A")
    if call.get("mode") != "reduced" or "some" in call.given:
        return Items((unknown("float"), unknown("float")), "tuple")
    rows, columns = shape.axis(-2), shape.axis(-1)
    numbers = call.sizes.number(rows), call.sizes.number(columns)
    known = [each for each in numbers if each is not None]
    least = Dimension(min(known)) if len(known) == 2 else None
    left, right = _head(shape, rows, least), _head(shape, least, columns)
    return Items((Tensor(left, "float"), Tensor(right, "float")), "tuple")


@FUNCTIONS("diagflat", "input offset=0")
def diagflat(call: Call) -> Value:
    tensor, offset = call.tensor("input"), call.number("offset")
    size = tensor.shape.size()
    grown = None if size is None or offset is None else call.sizes.known(size + abs(offset))
    return Tensor(Shape((grown, grown)), tensor.dtype)


@FUNCTIONS("cov corrcoef")
def cov(call: Call) -> Value:
    shape = call.wants_rank(call.shape("input"), 0, 1, 2)
    if shape.rank is None:
        return unknown()
    size = shape.axes[0] if shape.rank == 2 else None
    return Tensor(Shape((size, size)) if shape.rank == 2 else Shape(()), None)
