"""Rules of matrix products and attention.

Sources: https://docs.pytorch.org/docs/stable/torch.html#blas-and-lapack-operations
"""

from __future__ import annotations

from netdsl.checking.functions.dtypes import alike, only
from netdsl.checking.functions.subscripts import subscripted as subscripted
from netdsl.checking.rules import FUNCTIONS, Call, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Items, Tensor, Value
from netdsl.shapes.shape import ANY, Shape, spelled


@FUNCTIONS("matmul", "input other")
def matmul(call: Call) -> Value:
    return product(call, call.tensor("input"), call.tensor("other"))


def product(call: Call, one: Tensor, other: Tensor) -> Tensor:
    """`one @ other`."""
    return Tensor(_product(call, one, other), one.dtype or other.dtype)


def _product(call: Call, one: Tensor, other: Tensor) -> Shape:
    alike(call, one, other)
    only(call, one, "float", "int")
    return multiplied(call, one.shape, other.shape)


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
    one, other = call.tensor("input"), call.tensor("mat2")
    call.wants_rank(one.shape, 2)
    call.wants_rank(other.shape, 2)
    return Tensor(_product(call, one, other), one.dtype)


@FUNCTIONS("bmm", "input mat2")
def bmm(call: Call) -> Value:
    one, other = call.tensor("input"), call.tensor("mat2")
    return Tensor(_batched(call, one, other), one.dtype)


def _batched(call: Call, one: Tensor, other: Tensor) -> Shape:
    call.wants_rank(one.shape, 3)
    call.wants_rank(other.shape, 3)
    if not call.sizes.equal(one.shape.axis(0), other.shape.axis(0)):
        raise Mismatch(f"`{call.name}` of {one} and {other}: the batches differ")
    return _product(call, one, other)


@FUNCTIONS("mv", "input vec")
def mv(call: Call) -> Value:
    one, other = call.tensor("input"), call.tensor("vec")
    call.wants_rank(one.shape, 2)
    call.wants_rank(other.shape, 1)
    return Tensor(_product(call, one, other), one.dtype)


@FUNCTIONS("dot vdot", "input other")
def dot(call: Call) -> Value:
    one, other = call.tensor("input"), call.tensor("other")
    call.wants_rank(one.shape, 1)
    call.wants_rank(other.shape, 1)
    alike(call, one, other)
    if not call.sizes.equal(one.shape.axis(0), other.shape.axis(0)):
        raise Mismatch(f"`{call.name}` of {one} and {other}: the lengths differ")
    return Tensor(Shape(()), one.dtype)


@FUNCTIONS("inner", "input other")
def inner(call: Call) -> Value:
    one, other = call.shape("input"), call.shape("other")
    if one.rank is None or other.rank is None:
        return unknown()
    if one.rank == 0 or other.rank == 0:
        return Tensor(other if one.rank == 0 else one, None)
    alike(call, call.tensor("input"), call.tensor("other"))
    if not call.sizes.equal(one.axis(-1), other.axis(-1)):
        raise Mismatch(f"`inner` of {one} and {other}: the last sizes differ")
    return Tensor(Shape((*one.parts[:-1], *other.parts[:-1])), None)


@FUNCTIONS("addmm", "input mat1 mat2")
def addmm(call: Call) -> Value:
    one, other = call.tensor("mat1"), call.tensor("mat2")
    call.wants_rank(one.shape, 2)
    call.wants_rank(other.shape, 2)
    return _added_to(call, _product(call, one, other))


@FUNCTIONS("baddbmm", "input batch1 batch2")
def baddbmm(call: Call) -> Value:
    return _added_to(call, _batched(call, call.tensor("batch1"), call.tensor("batch2")))


@FUNCTIONS("addbmm", "input batch1 batch2")
def addbmm(call: Call) -> Value:
    product = _batched(call, call.tensor("batch1"), call.tensor("batch2"))
    return _added_to(call, Shape(product.parts[1:]) if product.rank else ANY)


@FUNCTIONS("addmv", "input mat vec")
def addmv(call: Call) -> Value:
    matrix, vector = call.tensor("mat"), call.tensor("vec")
    call.wants_rank(matrix.shape, 2)
    call.wants_rank(vector.shape, 1)
    return _added_to(call, _product(call, matrix, vector))


def _added_to(call: Call, product: Shape) -> Tensor:
    """A product, to which the first argument is broadcast."""
    added = call.tensor("input")
    if added.shape.rank is not None and product.rank is not None:
        for at, (one, whole) in enumerate(
            zip(reversed(added.shape.axes), reversed(product.axes), strict=False)
        ):
            if call.sizes.never_equal(one, 1) and not call.sizes.equal(one, whole):
                raise Mismatch(f"`{call.name}` adds {added} to {product}: axis {-at - 1} differs")
        if added.shape.rank > product.rank:
            raise Mismatch(f"`{call.name}` adds {added} to {product}, which has fewer axes")
    return Tensor(product, added.dtype)


@FUNCTIONS("chain_matmul multi_dot", "*matrices")
def chain(call: Call) -> Value:
    found = call.get("matrices")
    if not isinstance(found, Items) or not all(isinstance(x, Tensor) for x in found.elements):
        return unknown()
    if not found.elements:
        raise Mismatch(f"`{call.name}` is given no matrices")
    result = found.elements[0]
    for each in found.elements[1:]:
        result = Tensor(_product(call, result, each), result.dtype)
    return result


# ---- attention -----------------------------------------------------------------


@FUNCTIONS(
    "scaled_dot_product_attention",
    "query key value attn_mask=None dropout_p=0 is_causal=False scale=None enable_gqa=False",
)
def attention(call: Call) -> Value:
    query, key, value = (call.tensor(name) for name in ("query", "key", "value"))
    for each in (query, key, value):
        only(call, each, "float")
        if each.shape.rank is not None and each.shape.rank < 2:
            raise Mismatch(f"`{call.name}` wants 2 axes at least, but gets {each}")
    for one, other, at, what in (
        (query.shape, key.shape, -1, "query and key differ in width"),
        (key.shape, value.shape, -2, "key and value differ in length"),
    ):
        if not call.sizes.equal(one.axis(at), other.axis(at)):
            raise Mismatch(f"`{call.name}`: {what}, {one} and {other}")
    shapes = [each.shape for each in (query, key, value)]
    if any(shape.least_rank < 2 for shape in shapes):
        return unknown("float")
    head = _heads(call, shapes)
    width, length = value.shape.axis(-1), query.shape.axis(-2)
    _masked(call, Shape((*head.parts, length, key.shape.axis(-2))))
    return Tensor(Shape((*head.parts, length, width)), "float")


def _heads(call: Call, shapes: list[Shape]) -> Shape:
    """What stands before length and width; with `enable_gqa`, a multiple of heads asks."""
    heads = [Shape(shape.parts[:-2]) for shape in shapes]
    grouped = call.get("enable_gqa")
    if grouped is False:
        return call.sizes.broadcast(*heads)
    asked = heads[0].axis(-1)
    if grouped is True:
        for each in heads[1:]:
            if not call.sizes.divides(each.axis(-1), asked):
                raise Mismatch(
                    f"`{call.name}`: {spelled(asked)} heads ask {spelled(each.axis(-1))}",
                    "the heads of the query are a multiple of the others.",
                )
    return heads[0] if shapes[0].least_rank > 3 else ANY


def _masked(call: Call, whole: Shape) -> None:
    """
    Raises:
        Mismatch: the mask is of a wrong kind, or cannot be broadcast.
    """
    mask = call.get("attn_mask")
    if not isinstance(mask, Tensor):
        return
    only(call, mask, "float", "bool")
    if mask.shape.rank is None or whole.rank is None:
        return
    for own, other in zip(reversed(mask.shape.axes), reversed(whole.axes), strict=False):
        if call.sizes.never_equal(own, 1) and not call.sizes.equal(own, other):
            raise Mismatch(
                f"`{call.name}` compares as {whole}, but its mask is {mask}",
                "a mask is [length of the query, length of the key], or has heads and a batch"
                " before them.",
            )
