"""Operators, indices and slices of tensors give what torch gives, on expressions drawn at random."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from netdsl.checking.functions import subscripts
from netdsl.checking.sizes import Sizes
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Shape
from tests.samples.drawing import Draw, typed
from tests.samples.forms import blurred
from tests.samples.judging import Checked, Sample, check_all, compared, run

SEEDS = range(8)
EACH = 40


def index(r: Draw) -> Sample:
    """`x[...]` by ints, slices, new axes, masks, lists and tensors of indices."""
    shape = [r.one(2, 3, 4, 5) for _ in range(r.random.randint(1, 4))]
    other, mask = r.one([3], [2], [1], [], [2, 3]), shape[: r.random.randint(1, len(shape))]
    if r.chance(0.1):
        mask = r.same(mask, 1)
    plain = r.chance(0.6)
    count = r.random.randint(1, len(shape) + (1 if r.chance(0.06) else 0))
    parts, dots = [], False
    for _ in range(count):
        low, high = r.one("", "0", "1", "-2", "9", "-9"), r.one("", "1", "2", "-1", "9", "-9")
        step = r.one("", "", "", ":2", ":3", ":-1") if r.chance(0.3) else ""
        part = r.one(str(r.one(0, 1, -1, -2, 4)), f"{low}:{high}{step}", ":", f"{low}:{high}")
        if r.chance(0.12):
            part = "None"
        if r.chance(0.1) and not dots:
            part, dots = "...", True
        if not plain and r.chance(0.4):
            part = r.one("y", "y", "z", "[0, 1]", "[0, -1]", "y", "(0, 1)", "w")
        parts.append(part)
    kinds = typed(other, "int"), typed(mask, "bool"), typed([2])
    text = f"x[{', '.join(parts)}]"
    return Sample(text, (typed(shape, r.kind()), *kinds))


OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "&", "|", "==", "!=", "<", "<=", ">", ">="]


def operator(r: Draw) -> Sample:
    """Operators on tensors, and on tensors and numbers."""
    shape = r.shape()
    op, kinds = r.one(*OPERATORS), ("", "", "", "int", "bool")
    number = r.one("2", "0.5", "3", "1.0")
    text = r.one(f"x {op} y", f"x {op} y", f"x {op} y", f"x {op} {number}", f"{number} {op} x")
    if r.chance(0.15):
        text = r.one("-x", "~x", "~(x > 0)", "+x", f"-(x {op} y)", f"x {op} y {op} x")
    return Sample(text, (typed(shape, r.one(*kinds)), typed(r.like(shape), r.one(*kinds))))


def product(r: Draw) -> Sample:
    """`x @ y` of all ranks."""
    a, b, inner = r.one(1, 2, 3), r.one(1, 2, 4), r.one(1, 2, 3, 4)
    other, head = r.off(inner, 1), r.shape(0, 2)
    first = r.one([inner], [a, inner], [*head, a, inner], [*head, a, inner])
    second = r.one([other], [other, b], [*r.like(head), other, b], [*r.like(head), other, b])
    kind = "int" if r.chance(0.05) else ""
    text = r.one("x @ y", "x @ y", "x @ y.mT", "x.mT @ y", "(x @ y) @ (x @ y).mT")
    return Sample(text, (typed(first, kind), typed(second)))


def attribute(r: Draw) -> Sample:
    """Views that are attributes, and sizes as arguments."""
    shape = r.shape()
    text = r.one(
        "x.T", "x.mT", "x.mH", "x.H", "x.data", "x.real", "zeros(x.shape)", "zeros(x.size())",
        "zeros(x.shape[0])", "zeros(x.size(-1), 2)", "zeros(x.shape[-1], len(x))",
        "zeros(x.shape[1:])", "zeros(*x.shape[:-1], 2)", "x.reshape(x.numel())", "zeros(x.dim())",
        "zeros(x.ndim, 2)", "x.view(x.shape)", "x.reshape(-1, x.shape[-1])",
        "x.flatten()[:x.shape[0]]", "ones(x.shape[0] // 2, x.shape[-1] * 2)",
    )  # fmt: skip
    return Sample(text, (typed(shape, r.kind()),))


def part(r: Draw) -> Sample:
    """What a tuple of results is taken apart into, by its places and its names."""
    shape = r.wide(1)
    dim = r.axis(shape, wrong=0.05)
    text = r.one(
        f"x.max({dim}).values", f"x.max({dim}).indices", f"x.max({dim})[0]", f"x.sort({dim})[1]",
        f"x.topk(1, {dim}).values", f"x.topk(1, {dim})[-1]", f"x.min({dim})[2]",
        f"x.chunk(2, {dim})[0]", f"x.split(1, {dim})[-1]", f"x.unbind({dim})[0]",
        f"x.unbind({dim})[5]", f"cat(x.split(1, {dim}), {dim})", f"stack(x.unbind({dim}))",
        f"stack([t * 2 for t in x.unbind({dim})], {dim})", "cat([x[:1], x[1:]])",
        f"var_mean(x, {dim})[1]", f"cat([*x.split(1, {dim}), x], {dim})", "stack([x, x])[0][..., 0]",
    )  # fmt: skip
    return Sample(text, (typed(shape),))


MAKERS = {each.__name__: each for each in (index, operator, product, attribute, part)}

ACCEPTED = {
    "ZeroDivisionError": "a tensor of ints may hold a zero, by which it divides",
    "out of bounds": "an index that a tensor holds may be out of range",
    "on a bool tensor": "signs do not look at dtypes",
    "operator.invert": "signs do not look at dtypes",
    "only supported on matrices": "attributes do not look at numbers of axes",
    "ambiguous": "a chain of comparisons asks whether a tensor is true",
    "same dtype": "`@` does not look at dtypes",
    "expected scalar type": "`@` does not look at dtypes",
}
"""What torch says of some of what it refuses and the check accepts, and why."""

OPEN = ("z", " < ", " <= ", " > ", " >= ", " == ", " != ", ".H")
"""What stands in expressions of unknown shape: masks, chains of comparisons, `.H`."""


@dataclass
class Judged:
    """One expression, what torch makes of it, and what the check says."""

    sample: Sample
    raised: str | None
    result: object
    said: Checked

    def findings(self) -> Iterator[str]:
        if self.raised is not None:
            if not self.said.refused and not any(each in self.raised for each in ACCEPTED):
                yield f"accepts {self.sample}: {self.raised}"
            return
        if self.said.refused:
            yield f"refuses {self.sample}: {self.said.refused}"
            return
        difference = compared(self.said.predicted, self.result, self.sample.symbols)
        blurred_ = self.sample.symbols or any("*" in each for each in self.sample.inputs)
        if difference.wrong:
            yield f"of {self.sample}: {difference.wrong}"
        elif difference.open and not blurred_ and not any(x in self.sample.text for x in OPEN):
            yield f"says too little of {self.sample}: {self.said.predicted}"


def judged(kind: str, seed: int) -> list[Judged]:
    """Expressions of one kind; those that run, also with less known of their inputs."""
    r = Draw(f"{kind} {seed}")
    samples = [MAKERS[kind](r) for _ in range(EACH)]
    outcomes = [run(sample) for sample in samples]
    for at, (sample, outcome) in enumerate(list(zip(samples, outcomes, strict=True))):
        if outcome[0] is None:
            samples.append(blurred(sample, r, at))
            outcomes.append(outcome)
    whole = zip(samples, outcomes, check_all(samples), strict=True)
    return [Judged(sample, *outcome, said) for sample, outcome, said in whole]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", MAKERS)
def test_the_check_and_torch_agree(kind: str, seed: int) -> None:
    found = [text for each in judged(kind, seed) for text in each.findings()]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("kind", MAKERS)
def test_some_expressions_run_and_some_are_refused(kind: str) -> None:
    counted = Counter(each.said.refused is None for seed in (0, 1) for each in judged(kind, seed))
    assert counted[True] > EACH and counted[False] > 1


@pytest.mark.parametrize(
    ("kind", "place", "name"), [("index", subscripts, "sliced"), ("operator", Sizes, "broadcast")]
)
def test_a_wrong_shape_is_caught(
    kind: str, place: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slices that are one too long, and operators that add an axis."""
    right = getattr(place, name)

    def wrong(*args: Any) -> Any:
        result = right(*args)
        if isinstance(result, Shape):
            return Shape((*result.parts, Dimension(1)))
        return None if result is None else result + 1

    monkeypatch.setattr(place, name, wrong)
    assert any(text for each in judged(kind, 0) for text in each.findings())
