"""Samples of one rule, held against torch: where do the two say other things?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from netdsl.checking.values import Items, Tensor, Value
from netdsl.shapes.shape import Shape
from tests.samples.drawing import Draw
from tests.samples.forms import blurred
from tests.samples.judging import Checked, Sample, check_all, compared, run


def findings(
    name: str,
    samples: Sequence[Sample],
    open_: Mapping[str, str],
    accepted: Mapping[str, tuple[str, str]],
    stricter: str = "",
) -> tuple[list[str], Counter[str]]:
    """What is wrong with a rule, and what became of its samples.

    `open_` are rules that may say too little, `accepted` those that accept some of what torch
    refuses: a part of what torch says then, and why. `stricter` is part of what is refused
    although torch may run it.
    """
    outcomes = [run(sample) for sample in samples]
    draw = Draw(f"less of {name}")
    ran = [at for at, (raised, _) in enumerate(outcomes) if raised is None]
    less = [(blurred(samples[at], draw, at), outcomes[at][1]) for at in ran[::3]]
    checked = check_all([*samples, *(sample for sample, _ in less)])
    found, counted = list[str](), Counter[str]()
    for sample, (raised, result), said in zip(samples, outcomes, checked, strict=False):
        if raised is not None:
            counted["refused" if said.refused else "accepted"] += 1
            if not said.refused and not (name in accepted and accepted[name][0] in raised):
                found.append(f"accepts {sample}: {raised}")
            continue
        if stricter and said.refused and stricter in said.refused:
            continue
        too_little = _judge(sample, result, said, found)
        counted.update({"runs": 1, "open": too_little})
        if too_little and name not in open_:
            found.append(f"says too little of {sample}: {said.predicted}")
    for (sample, result), said in zip(less, checked[len(samples) :], strict=True):
        _judge(sample, result, said, found)
    return found, counted


def _judge(sample: Sample, result: object, said: Checked, found: list[str]) -> bool:
    """Adds what is wrong about a sample that runs; gives whether too little is known of it."""
    if said.refused:
        found.append(f"refuses {sample}: {said.refused}")
        return False
    difference = compared(said.predicted, result, sample.symbols)
    if difference.wrong:
        found.append(f"of {sample}: {difference.wrong}")
    return difference.open and not difference.wrong


def longer(value: Value) -> Value:
    """A result that is wrong by one along its first axis."""
    if isinstance(value, Tensor) and value.shape.rank:
        first, *rest = value.shape.axes
        return replace(value, shape=Shape((None if first is None else first + 1, *rest)))
    if isinstance(value, Items):
        return replace(value, elements=tuple(map(longer, value.elements)))
    return value
