"""Samples of a rule: all the ways to write it, and the same with less known of the sizes."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from netdsl import torchlib
from tests.samples.drawing import SAMPLES, Draw, Given
from tests.samples.judging import PYTHON, Sample


@cache
def spellings(name: str) -> tuple[str, ...]:
    """How a rule's function is called: `{}` stands for the arguments, `{0}` and `{1}` for the
    first and the rest."""
    found = []
    if torchlib.function(name) is not None and name not in PYTHON:
        found.append(f"{name}({{}})")
    for each in torchlib.function_names():
        if each.endswith(f".{name}"):
            found.append(f"{each}({{}})")
    if torchlib.method(name) is not None:
        found.append("x.{name}({rest})".replace("{name}", name))
    return tuple(found)


def samples_of(name: str) -> list[Sample]:
    """Samples for the rule of that name, the same every time."""
    maker, count = SAMPLES.makers[name]
    draw = Draw(name)
    found: dict[str, Sample] = {}
    for at in range(count):
        made = maker(name, draw)
        forms = [each for each in spellings(name) if "{rest}" not in each or _on_x(made)]
        if forms:
            sample = _written(forms[at % len(forms)], made)
            found.setdefault(str(sample), sample)
    return list(found.values())


def _on_x(made: Given) -> bool:
    return made.args == "x" or made.args.startswith("x, ")


def _written(form: str, made: Given) -> Sample:
    text = form.replace("{}", made.args).replace("{rest}", made.args[3:])
    return Sample(text, made.inputs or ("[2]",))


def blurred(sample: Sample, draw: Draw, tag: int) -> Sample:
    """The same, of inputs of which less is known: names in the place of sizes, or any axes at
    the front. A `tag` of its own keeps its names apart from those of others."""
    by_value, symbols = draw.chance(0.5), dict[str, int]()
    runs = draw.chance(0.25)

    def named(at: int, place: int, size: int) -> str:
        if size < 1 or draw.chance(0.35):
            return str(size)
        name = f"D{size}_{tag}" if by_value else f"A{at}_{place}_{tag}"
        symbols[name] = size
        return name

    types = []
    for at, type_ in enumerate(sample.inputs):
        kind, inner = re.fullmatch(r"(\w*)\[(.*)\]", type_).groups()  # type: ignore[union-attr]
        sizes = [int(each) for each in inner.split(",") if each.strip()]
        shown = [named(at, place, size) for place, size in enumerate(sizes)]
        if runs and draw.chance(0.7):
            cut = draw.random.randint(0, len(sizes))
            shown = [f"*S{at}_{tag}", *shown[cut:]]
        types.append(f"{kind}[{', '.join(shown)}]")
    return replace(sample, inputs=tuple(types), symbols=symbols)
