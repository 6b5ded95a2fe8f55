"""Patterns of `rearrange`: the steps against einops itself, and what is said of wrong ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

import einops
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from netdsl.analysis.pattern import MAXIMAL_AXES
from netdsl.analysis.rearrange import (
    Flatten,
    Lowered,
    MoveDim,
    PatternError,
    Permute,
    Squeeze,
    Transpose,
    Unflatten,
    Unsqueeze,
    lower,
)


def run(steps: Lowered, x: Tensor, sizes: Mapping[str, int]) -> Tensor:
    """Does to a tensor what the steps say."""
    for step in steps:
        match step:
            case Unflatten(axis, parts):
                x = x.unflatten(axis, [sizes[p] if isinstance(p, str) else p for p in parts])
            case Transpose(first, second):
                x = x.transpose(first, second)
            case Permute(order):
                x = x.permute(order)
            case MoveDim(source, destination):
                x = x.movedim(source, destination)
            case Flatten(start, end):
                x = x.flatten(start, end)
            case Squeeze(axis):
                x = x.squeeze(axis)
            case Unsqueeze(axis):
                x = x.unsqueeze(axis)
            case _:
                assert_never(step)
    return x


# ---- against einops ---------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """A pattern, a tensor that fits it, and the lengths that are given."""

    pattern: str
    shape: tuple[int, ...]
    sizes: dict[str, int]


def grouped(draw: st.DrawFn, names: list[str], ellipsis_inside: bool) -> list[list[str]]:
    """Neighbours put in brackets, and some `1`s and `()`s between them."""
    groups: list[list[str]] = []
    for name in names:
        alone = name == "..." and not ellipsis_inside
        before_alone = bool(groups) and groups[-1] == ["..."] and not ellipsis_inside
        if groups and not alone and not before_alone and draw(st.integers(0, 2)) == 0:
            groups[-1].append(name)
        else:
            groups.append([name])
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        groups.insert(draw(st.integers(0, len(groups))), [])
    return groups


def spelt(draw: st.DrawFn, groups: list[list[str]]) -> str:
    def word(group: list[str]) -> str:
        if not group:
            return draw(st.sampled_from(["1", "()", "(1)"]))
        return group[0] if len(group) == 1 else f"({' '.join(group)})"

    return " ".join(map(word, groups))


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    names = list("abcde")[: draw(st.integers(0, 5))]
    length = {name: draw(st.integers(1, 3)) for name in names}
    run_shape = draw(st.lists(st.integers(1, 3), max_size=2))
    row = list(names)
    if draw(st.booleans()):
        row.insert(draw(st.integers(0, len(row))), "...")
    left = grouped(draw, row, ellipsis_inside=False)
    right = grouped(draw, draw(st.permutations(row)), ellipsis_inside=True)
    shape: list[int] = []
    given_names: list[str] = []
    for group in left:
        if group == ["..."]:
            shape += run_shape
            continue
        size = 1
        for name in group:
            size *= length[name]
        shape.append(size)
        kept = draw(st.sampled_from(group)) if group else None
        given_names += [name for name in group if name != kept or draw(st.integers(0, 3)) == 0]
    return Sample(
        f"{spelt(draw, left)} -> {spelt(draw, right)}",
        tuple(shape),
        {name: length[name] for name in given_names},
    )


@given(samples())
def test_same_as_einops(sample: Sample) -> None:
    x = torch.arange(float(torch.Size(sample.shape).numel())).reshape(sample.shape)
    steps = lower(sample.pattern, sample.sizes)
    assert torch.equal(
        run(steps, x, sample.sizes), einops.rearrange(x, sample.pattern, **sample.sizes)
    )


@pytest.mark.parametrize(
    "pattern", ["b ... -> b (...)", "... b -> (...) b", "b ... c -> c (...) b"]
)
def test_brackets_round_all_other_axes(pattern: str) -> None:
    for run_shape in [(5,), (5, 6)]:
        x = torch.randn(2, *run_shape, *([3] if "c" in pattern else []))
        assert torch.equal(run(lower(pattern), x, {}), einops.rearrange(x, pattern))


@pytest.mark.parametrize(
    ("pattern", "sizes"),
    [("b (h w) -> b h w", {"h": 5}), ("b c -> c b", {"b": 3}), ("(a b) -> b a", {"a": 2, "b": 2})],
)
def test_lengths_that_do_not_fit_are_refused_when_run(pattern: str, sizes: dict[str, int]) -> None:
    x = torch.randn(2, 12) if "c" in pattern or "h" in pattern else torch.randn(12)
    with pytest.raises(einops.EinopsError):
        einops.rearrange(x, pattern, **sizes)
    with pytest.raises(RuntimeError):
        run(lower(pattern, sizes), x, sizes)


# ---- what a reader of the output sees ----------------------------------------


@pytest.mark.parametrize(
    ("pattern", "sizes", "steps"),
    [
        ("a b -> a b", [], ()),
        ("a (b) -> (a) b", [], ()),
        ("b h w c -> b c h w", [], (Permute((0, 3, 1, 2)),)),
        ("b t h e -> b h t e", [], (Transpose(1, 2),)),
        ("b d h w -> b (h w) d", [], (Flatten(2, -1), Transpose(1, 2))),
        ("b h t e -> b t (h e)", [], (Transpose(1, 2), Flatten(2, -1))),
        ("b t (h e) -> b h t e", ["h"], (Unflatten(2, ("h", -1)), Transpose(1, 2))),
        ("... a b -> ... b a", [], (Transpose(-2, -1),)),
        ("b ... c -> b c ...", [], (MoveDim((-1,), (1,)),)),
        ("... h w -> ... (h w)", [], (Flatten(-2, -1),)),
        ("b 1 h -> b h", [], (Squeeze(1),)),
        ("b h -> b 1 h", [], (Unsqueeze(1),)),
        ("b 1 h w -> b h w 1", [], (Permute((0, 2, 3, 1)),)),
        ("-> 1", [], (Unsqueeze(0),)),
    ],
)
def test_steps(pattern: str, sizes: list[str], steps: Lowered) -> None:
    assert lower(pattern, sizes) == steps


# ---- what is wrong ----------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "sizes", "message", "where"),
    [
        ("a b", [], "has no `->`", "a b"),
        ("a -> b -> c", [], "more than one `->`", "->"),
        ("a b -> a", [], "`b` stands on the left side only", "b"),
        ("a -> a b", [], "`b` stands on the right side only", "b"),
        ("a ... -> a", [], "`...` stands on the left side only", "..."),
        ("a a -> a", [], "`a` stands twice on the left side", "a"),
        ("a b -> a b (a b)", [], "`a` stands twice on the right side", "a"),
        ("... ... -> ...", [], "`...` stands twice", "..."),
        ("(a b -> a b", [], "`(` is never closed", "("),
        ("a b -> (a b", [], "`(` is never closed", "("),
        ("a) -> a", [], "`)` closes nothing", ")"),
        ("((a) b) -> a b", [], "do not nest", "("),
        ("_a -> _a", [], "`_a` is no name", "_a"),
        ("a_ -> a_", [], "`a_` is no name", "a_"),
        ("4d -> 4d", [], "`4d` is no name", "4d"),
        ("2 a -> a 2", [], "length `2` has no name", "2"),
        ("0 -> 0", [], "length `0` has no name", "0"),
        ("(a ...) -> a ...", [], "in brackets on the left", "..."),
        ("a.. -> a..", [], "`a..` is no name", "a.."),
        ("a, b -> b, a", [], "`,` has no meaning", ","),
        ("a\n-> a", [], "'\\n' has no meaning", "\n"),
        ("(a b) -> a b", [], "`a` and `b` cannot both be inferred", "(a b)"),
        ("(a b c) -> a b c", [], "`a`, `b`, `c` cannot all be inferred", "(a b c)"),
        ("a -> a", ["b"], "has no axis `b`", "a -> a"),
        ("... -> ...", ["b"], "has no axis `b`", "... -> ..."),
    ],
)
def test_wrong(pattern: str, sizes: list[str], message: str, where: str) -> None:
    with pytest.raises(PatternError) as caught:
        lower(pattern, sizes)
    assert message in caught.value.message
    assert pattern[caught.value.start : caught.value.end] == where
    assert caught.value.hint.endswith(".")


def test_more_axes_than_torch_moves() -> None:
    names = " ".join(f"a{k}" for k in range(MAXIMAL_AXES + 1))
    with pytest.raises(PatternError, match="more than 64 axes"):
        lower(f"{names} -> {names}")


@given(st.text(alphabet="ab12_(). ->\n.é", max_size=20), st.lists(st.sampled_from("ab")))
def test_any_text_is_read_or_refused(pattern: str, sizes: list[str]) -> None:
    try:
        lower(pattern, sizes)
    except PatternError as error:
        assert 0 <= error.start <= error.end <= len(pattern)
