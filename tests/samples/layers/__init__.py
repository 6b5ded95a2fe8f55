"""Samples of the rules of layers, by family. Importing this adds them all."""

from __future__ import annotations

from netdsl import torchlib
from tests.samples.drawing import INPUTS, LAYER_SAMPLES, Draw
from tests.samples.judging import Sample
from tests.samples.layers import arranged, attention, losses, plain, recurrent, windowed

FAMILIES = (plain, windowed, arranged, recurrent, attention, losses)


def samples_of(name: str) -> list[Sample]:
    """Samples for the rule of a layer's class, the same every time."""
    maker, count = LAYER_SAMPLES.makers[name]
    layer = torchlib.layer(name)
    assert layer is not None, name
    draw = Draw(name)
    found: dict[str, Sample] = {}
    for _ in range(count):
        made = maker(name, draw)
        applied = made.call or f"layer({', '.join(INPUTS[: len(made.inputs)])})"
        sample = Sample(applied, made.inputs, layer=f"{layer.snake}({made.args})")
        found.setdefault(str(sample), sample)
    return list(found.values())


__all__ = ["FAMILIES", "samples_of"]
