"""Samples of losses."""

from __future__ import annotations

from tests.samples.drawing import LAYER_SAMPLES, Draw, Given, given, typed


def _reduction(r: Draw) -> str:
    return r.one("", "", 'reduction="none"', 'reduction="sum"')


@LAYER_SAMPLES(
    "L1Loss MSELoss SmoothL1Loss HuberLoss BCELoss BCEWithLogitsLoss KLDivLoss PoissonNLLLoss"
    " SoftMarginLoss HingeEmbeddingLoss",
    32,
)
def of_two(name: str, r: Draw) -> Given:
    shape = r.wide(1, 3)
    other = r.like(shape, 0.25) if r.chance(0.4) else r.same(shape)
    return given(_reduction(r), typed(shape), typed(other))


@LAYER_SAMPLES("CrossEntropyLoss NLLLoss", 48)
def classes(name: str, r: Draw) -> Given:
    batch, count, rest = r.one(2, 3), r.one(3, 4), r.wide(0, 2)
    if r.chance(0.15):
        return given(_reduction(r), typed([count]), typed([], r.one("int", "")))
    target, kind = r.same([batch, *rest]), r.one("int", "int", "int", "")
    if name == "CrossEntropyLoss" and r.chance(0.2):
        target, kind = r.same([batch, count, *rest]), ""
    return given(_reduction(r), typed([batch, count, *rest]), typed(target, kind))


@LAYER_SAMPLES("GaussianNLLLoss", 32)
def gaussian(name: str, r: Draw) -> Given:
    shape = r.wide(1, 3)
    variance = r.one(shape, [*shape[:-1], 1], shape[:-1], r.same(shape, 0.6))
    return given(_reduction(r), typed(shape), typed(r.same(shape)), typed(variance))


@LAYER_SAMPLES("CosineEmbeddingLoss", 32)
def cosine(name: str, r: Draw) -> Given:
    shape = r.one(r.wide(2, 2), r.wide(2, 2), r.wide(1, 1), r.wide(3, 3))
    target = r.same(shape[:-1])
    return given(_reduction(r), typed(shape), typed(r.same(shape)), typed(target))


@LAYER_SAMPLES("MarginRankingLoss TripletMarginLoss", 32)
def of_three(name: str, r: Draw) -> Given:
    shape = r.wide(1, 3)
    return given(_reduction(r), typed(shape), typed(r.same(shape)), typed(r.same(shape)))
