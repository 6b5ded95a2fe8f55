"""The rule of `einsum`."""

from __future__ import annotations

from netdsl.checking.functions.dtypes import alike
from netdsl.checking.rules import FUNCTIONS, Call, unknown
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Items, Tensor, Value
from netdsl.shapes.shape import ANY, Axis, Part, Shape


@FUNCTIONS("einsum", "equation *operands")
def einsum(call: Call) -> Value:
    equation, operands = call.get("equation"), call.get("operands")
    if not isinstance(equation, str) or not isinstance(operands, Items):
        return unknown()
    inputs, arrow, output = equation.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(operands.elements):
        raise Mismatch(
            f"`einsum` {equation!r} is about {len(terms)} tensors, but gets"
            f" {len(operands.elements)}",
            "name the axes of each tensor between commas.",
        )
    if not all(isinstance(each, Tensor) for each in operands.elements):
        return unknown()
    sizes: dict[str, Axis] = {}
    heads: list[Shape] = []
    for term, tensor in zip(terms, operands.elements, strict=True):
        head = _lettered(call, equation, term, tensor.shape, sizes)
        heads += [] if head is None else [head]
    if not arrow:
        letters = inputs.replace(",", "").replace("...", "")
        once = "".join(sorted(each for each in set(letters) if letters.count(each) == 1))
        output = ("..." if "..." in inputs else "") + once
    missing = [each for each in output.replace("...", "") if each not in sizes]
    twice = [each for each in output.replace("...", "") if output.count(each) > 1]
    if missing or twice:
        raise Mismatch(
            f"`einsum` {equation!r} gives `{(missing or twice)[0]}`"
            f" {'twice' if twice and not missing else 'which no tensor has'}",
            "the result names axes of the inputs, each once.",
        )
    shared = [each for each in sizes if each not in output and inputs.count(each) > 1]
    if any(sum(each in term for term in terms) > 1 for each in shared):
        alike(call, *operands.elements)
    head = call.sizes.broadcast(*heads) if heads else Shape(())
    before, dots, behind = output.partition("...")
    parts: list[Part] = [call.sizes.known(sizes[each]) for each in before]
    parts += head.parts if dots else ()
    parts += [call.sizes.known(sizes[each]) for each in behind]
    kinds = {each.dtype for each in operands.elements}
    return Tensor(Shape(tuple(parts)), kinds.pop() if len(kinds) == 1 else None)


def _lettered(
    call: Call, equation: str, term: str, shape: Shape, sizes: dict[str, Axis]
) -> Shape | None:
    """Takes down the sizes of the axes that have letters; gives those that `...` stands for."""
    before, dots, behind = term.partition("...")
    letters = before + behind
    if "." in letters:
        raise Mismatch(f"`einsum` {equation!r} has a lone `.`", "write `...` for any axes.")
    fits = shape.least_rank <= len(letters) if shape.rank is None else shape.rank == len(letters)
    if dots:
        fits = shape.rank is None or shape.rank >= len(letters)
    if not fits:
        raise Mismatch(f"`einsum` calls the axes of {shape} `{term}`", "name each axis once.")
    for at, letter in enumerate(before):
        _meets(call, equation, letter, shape.axis(at), sizes)
    for at, letter in enumerate(reversed(behind)):
        _meets(call, equation, letter, shape.axis(-at - 1), sizes)
    if not dots:
        return None
    if shape.rank is None:
        return ANY
    return Shape(shape.parts[len(before) : shape.rank - len(behind)])


def _meets(call: Call, equation: str, letter: str, size: Axis, sizes: dict[str, Axis]) -> None:
    """
    Raises:
        Mismatch: a letter stands for two sizes.
    """
    known = sizes.get(letter)
    sizes.setdefault(letter, size)
    if known is None or size is None:
        sizes[letter] = known if size is None else size
        return
    if call.sizes.number(known) == 1 or call.sizes.number(size) == 1:
        sizes[letter] = size if call.sizes.number(known) == 1 else known
        return
    if not call.sizes.equal(known, size):
        raise Mismatch(
            f"`einsum` {equation!r}: `{letter}` is {call.sizes.known(known)} and"
            f" {call.sizes.known(size)}"
        )
    sizes[letter] = call.sizes.meet(known, size)
