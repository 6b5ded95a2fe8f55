"""Samples of losses."""

from __future__ import annotations

from tests.samples.drawing import SAMPLES, Draw, Given, given, typed

REDUCTIONS = ("", "", ', reduction="none"', ', reduction="sum"', ', reduction="total"')


@SAMPLES(
    "mse_loss l1_loss smooth_l1_loss huber_loss kl_div poisson_nll_loss soft_margin_loss"
    " hinge_embedding_loss",
    24,
)
def broadcast(name: str, r: Draw) -> Given:
    shape = r.shape()
    other = r.like(shape, 0.2) if r.chance(0.4) else shape
    return given(f"x, y{r.one(*REDUCTIONS)}", typed(shape), typed(other))


@SAMPLES("binary_cross_entropy binary_cross_entropy_with_logits", 30)
def same_sizes(name: str, r: Draw) -> Given:
    shape = r.shape()
    more = r.one("", "", ", weight=z", ", z")
    if name.endswith("logits"):
        more = r.one(more, ", pos_weight=z")
    types = [typed(shape, r.one("", "", "", "", "", "int")), typed(r.same(shape))]
    return given(f"x, y{more}{r.one(*REDUCTIONS)}", *types, typed(r.like(shape)))


@SAMPLES("cross_entropy nll_loss", 50)
def classified(name: str, r: Draw) -> Given:
    shape = r.wide(0 if r.chance(0.05) else 1)
    rest = shape[:1] + shape[2:] if len(shape) > 1 else []
    target = typed(r.same(rest), "int" if r.chance(0.9) else r.one("", "bool"))
    if r.chance(0.3):
        target = typed(r.same(shape))
    weight = [r.off(shape[min(1, len(shape) - 1)], 1)] if shape else [2]
    more = r.one("", "", ", weight=z", ", z")
    if name == "cross_entropy":
        more += r.one("", ", label_smoothing=0.1")
    return given(f"x, y{more}{r.one(*REDUCTIONS)}", typed(shape), target, typed(weight))


@SAMPLES("cosine_embedding_loss", 14)
def cosine_embedding_loss(name: str, r: Draw) -> Given:
    return given(f"x, x, y{r.one(*REDUCTIONS)}", "[4, 3]", typed(r.one([4], [4], [3])))


@SAMPLES("margin_ranking_loss", 16)
def margin_ranking_loss(name: str, r: Draw) -> Given:
    shape = r.shape(1)
    types = [typed(shape), typed(r.same(shape)), typed(r.same(shape))]
    return given(f"x, y, z{r.one(*REDUCTIONS)}", *types)


@SAMPLES("triplet_margin_loss", 16)
def triplet_margin_loss(name: str, r: Draw) -> Given:
    shape = r.shape(1)
    types = [typed(shape), typed(r.same(shape)), typed(r.same(shape))]
    return given(f"x, y, z{r.one(*REDUCTIONS)}", *types)


@SAMPLES("gaussian_nll_loss", 16)
def gaussian_nll_loss(name: str, r: Draw) -> Given:
    shape = r.shape(1)
    return given(f"x, y, z{r.one(*REDUCTIONS)}", typed(shape), typed(r.same(shape)), typed(shape))
