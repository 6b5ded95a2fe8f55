"""What rules ask of sizes: equal, divisible, broadcast together. What holds for no sizes at all
is a `Mismatch`; what holds for some is taken as a fact from there on; what is not known is let
be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netdsl import limits
from netdsl.shapes.dimension import Dimension, Size
from netdsl.shapes.facts import NO_FACTS, Facts, divides, equal, less_equal
from netdsl.shapes.questions import Truth
from netdsl.shapes.shape import ANY, Axis, Part, Run, Shape, spelled


class Mismatch(Exception):
    """Sizes that cannot meet: what is wrong, and what to do about it."""

    def __init__(self, message: str, hint: str | None = None, code: str = "shape-mismatch") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or "change one of the sizes, or put something between that does."
        self.code = code


def refuse_too_large(sizes: Iterable[Axis]) -> None:
    """
    Raises:
        Mismatch: a size is larger than one can be.
    """
    largest = limits.current().dimension
    for size in sizes:
        if size is not None and size.constant > largest and not size.terms:
            raise Mismatch(
                f"a size of {size.constant:,} is larger than {largest:,}",
                "make it smaller.",
                "bad-value",
            )


class Sizes:
    """What is known of sizes at one point of the program."""

    def __init__(self, facts: Facts = NO_FACTS) -> None:
        self.facts = facts

    def known(self, size: Axis) -> Axis:
        """The size, with what is known put in."""
        return None if size is None else self.facts.resolve(size)

    def resolved(self, size: Size) -> Dimension:
        """As `known`, of a size that there is."""
        return self.facts.resolve(size)

    def number(self, size: Axis) -> int | None:
        """The size, if it is a number."""
        found = self.known(size)
        return None if found is None else found.as_int()

    # ---- questions -----------------------------------------------------------

    def equal(self, one: Axis, other: Axis) -> bool:
        """Whether two sizes can be equal; if they can, they are from here on."""
        if one is None or other is None:
            return True
        if not one.terms and not other.terms:
            return one.constant == other.constant
        match equal(one, other, self.facts):
            case Truth.ALWAYS:
                return True
            case Truth.NEVER:
                return False
        return self._assume(self.facts.assume_equal(one, other))

    def surely_equal(self, one: Axis, other: Axis) -> bool:
        """Whether two sizes are equal whatever the symbols stand for."""
        if one is None or other is None:
            return False
        return equal(one, other, self.facts) is Truth.ALWAYS

    def never_equal(self, one: Axis, other: Axis | int) -> bool:
        if one is None or other is None:
            return False
        if isinstance(other, int) and not one.terms:
            return one.constant != other
        return equal(one, other, self.facts) is Truth.NEVER

    def divides(self, factor: Axis, size: Axis) -> bool:
        """Whether a size can be a multiple; if it can, it is from here on."""
        if factor is None or size is None:
            return True
        if not factor.terms and factor.constant and not size.terms:
            return size.constant % factor.constant == 0
        match divides(factor, size, self.facts):
            case Truth.ALWAYS:
                return True
            case Truth.NEVER:
                return False
        return self._assume(self.facts.assume_divides(factor, size))

    def at_least(self, size: Axis, least: Size) -> bool:
        """Whether a size can be that large; if it can, it is from here on."""
        if size is None:
            return True
        if not size.terms and isinstance(least, int):
            return size.constant >= least
        match less_equal(least, size, self.facts):
            case Truth.ALWAYS:
                return True
            case Truth.NEVER:
                return False
        return self._assume(self.facts.assume_less_equal(least, size))

    def _assume(self, facts: Facts | None) -> bool:
        if facts is None:
            return False
        self.facts = facts
        return True

    def leave(self, before: Facts) -> None:
        """Forgets what was taken for granted since then, in a branch or a loop: all but the sizes
        that are to be worked out and were found there."""
        inside, self.facts = self.facts, before
        if inside is before:
            return
        for symbol in inside.solved:
            if symbol.flexible and symbol not in before.solved:
                self.equal(Dimension.of(symbol), inside.resolve(Dimension.of(symbol)))

    # ---- shapes --------------------------------------------------------------

    def meet(self, one: Axis, other: Axis) -> Axis:
        """A size that is known from two sides, which are equal already."""
        if one is None or other is None:
            return other if one is None else one
        return self.known(one)

    def same_shape(self, one: Shape, other: Shape) -> bool:
        """Whether two shapes can be equal; if they can, their sizes are from here on."""
        if one.rank is not None and other.rank is not None:
            return one.rank == other.rank and all(
                self.equal(a, b) for a, b in zip(one.axes, other.axes, strict=True)
            )
        fixed, free = (one, other) if one.rank is not None else (other, one)
        if fixed.rank is not None and fixed.rank < free.least_rank:
            return False
        return self._ends_meet(fixed, free)

    def _ends_meet(self, one: Shape, other: Shape) -> bool:
        """The axes before and behind a run, as far as both shapes have them."""
        before = min(_before(one), _before(other))
        behind = min(_behind(one), _behind(other))
        return all(self.equal(one.axis(at), other.axis(at)) for at in range(before)) and all(
            self.equal(one.axis(-at - 1), other.axis(-at - 1)) for at in range(behind)
        )

    def broadcast(self, *shapes: Shape) -> Shape:
        """The shape of an operation on tensors element by element.

        Raises:
            Mismatch: two sizes differ, and neither is 1.
        """
        result = shapes[0]
        for shape in shapes[1:]:
            result = self._broadcast(result, shape)
        return result

    def _broadcast(self, one: Shape, other: Shape) -> Shape:
        if one == other and (one.rank is not None or _named_run(one)):
            return one
        if one.rank is None or other.rank is None:
            if one.rank == 0 or other.rank == 0:
                return other if one.rank == 0 else one
            if _named_run(one) and _ends_inside(other, one):
                return self._aligned(one, other)
            if _named_run(other) and _ends_inside(one, other):
                return self._aligned(other, one)
            behind = min(_behind(one), _behind(other))
            axes = [
                self._broadcast_axis(one, other, one.axis(-at - 1), other.axis(-at - 1))
                for at in reversed(range(behind))
            ]
            return Shape((*ANY.parts, *axes))
        longer, shorter = (one, other) if one.rank >= other.rank else (other, one)
        return self._aligned(longer, shorter)

    def _aligned(self, longer: Shape, shorter: Shape) -> Shape:
        """The longer shape, with the axes of the shorter one at its end."""
        size = shorter.least_rank
        head = longer.parts[: len(longer.parts) - size]
        pairs = zip(longer.parts[len(longer.parts) - size :], shorter.parts, strict=True)
        tail: list[Part] = []
        for a, b in pairs:
            assert not isinstance(a, Run) and not isinstance(b, Run)
            tail.append(self._broadcast_axis(longer, shorter, a, b))
        return Shape((*head, *tail))

    def _broadcast_axis(self, one: Shape, other: Shape, a: Axis, b: Axis) -> Axis:
        if a is None or b is None:
            known = b if a is None else a
            return (
                None
                if known is None or self.number(known) == 1
                else known if (self.never_equal(known, 1)) else None
            )
        if self.surely_equal(a, b):
            return self.known(a)
        if self.number(a) == 1:
            return self.known(b)
        if self.number(b) == 1:
            return self.known(a)
        if self.never_equal(a, b) and self.never_equal(a, 1) and self.never_equal(b, 1):
            raise Mismatch(
                f"{one} and {other} do not go together: {spelled(self.known(a))} beside"
                f" {spelled(self.known(b))}",
                "sizes beside each other, counted from the last, are equal, or one of them is 1.",
            )
        if self.never_equal(a, 1) and self.never_equal(b, 1):
            self.equal(a, b)
            return self.known(a)
        if self.never_equal(a, 1):
            return self.known(a)
        if self.never_equal(b, 1):
            return self.known(b)
        return None

    def fits(self, shape: Shape, axis: int, size: Axis) -> bool:
        """Whether an axis of a shape can have a size; if it can, it has from here on."""
        return shape.has_axis(axis) is not False and self.equal(shape.axis(axis), size)


def _before(shape: Shape) -> int:
    return len(shape.parts) if shape.run_at is None else shape.run_at


def _behind(shape: Shape) -> int:
    return len(shape.parts) if shape.run_at is None else len(shape.parts) - shape.run_at - 1


def _named_run(shape: Shape) -> bool:
    run = shape.run_at
    return run is not None and bool(getattr(shape.parts[run], "name", None))


def _ends_inside(short: Shape, long: Shape) -> bool:
    """Whether a shape of known rank lies wholly in what stands behind the other's run."""
    return short.rank is not None and short.rank <= _behind(long)


def positive(size: Dimension | None) -> bool | None:
    """Whether a plain number is above 0."""
    number = None if size is None else size.as_int()
    return None if number is None else number > 0


def pair_up(values: Sequence[Axis], count: int) -> tuple[Axis, ...]:
    """A size for each of some axes: one size stands for all."""
    return tuple(values) if len(values) == count else tuple(values) * count
