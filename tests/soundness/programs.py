"""One program for a seed."""

from __future__ import annotations

import random
import re
from contextlib import suppress
from functools import cache

from tests.soundness import (  # noqa: F401  steps register
    attention,
    blocks,
    branches,
    chains,
    reshaping,
    windows,
)
from tests.soundness.maker import Dropped, Maker, Program
from tests.soundness.marks import broken, plain
from tests.soundness.outcome import Text
from tests.soundness.probes import RULES, ask
from tests.soundness.recurrent import words
from tests.soundness.steps import STEPS, fitting

BROKEN = 0.7
"""The share of programs in which something is changed; some of them are right again."""


def some_step(m: Maker) -> None:
    """A step that fits `x`, if one is found."""
    for _ in range(10):
        name = m.random.choice(fitting(len(m.shape)))
        before = m.saved()
        try:
            STEPS[name][1](m)
        except Dropped:
            m.restore(before)
            continue
        m.kinds.append(name)
        return


def fits(m: Maker) -> bool:
    """Whether more steps can follow."""
    return 1 <= len(m.shape) <= 5 and min(m.shape) > 0 and max(m.shape) < 200


def chain(m: Maker) -> None:
    """Any steps, one after the other."""
    sizes = [m.pick(4, 6, 8, 9, 12) for _ in range(m.pick(1, 2, 2, 3, 3, 4))]
    m.became([m.pick(2, 3), *(sizes if len(sizes) < 3 else [min(each, 8) for each in sizes])])
    m.given(m.shape, name="x")
    for _ in range(m.pick(1, 2, 2, 3, 3, 4)):
        if not fits(m):
            break
        some_step(m)
    m.results.append("x")


def sentence(m: Maker) -> None:
    """Words, and what is made of them."""
    words(m)
    m.kinds.append("words")
    for _ in range(m.pick(1, 2, 3)):
        if fits(m):
            some_step(m)
    m.results.append("x")


ASKED = 3
"""How many rules a program of calls asks."""


def probes(m: Maker, number: int) -> None:
    """Calls of single rules, side by side; every rule has its turn."""
    for at in range(ASKED * number, ASKED * (number + 1)):
        turn, place = divmod(at, len(RULES))
        with suppress(Dropped):
            ask(m, order(turn)[place])
    if not m.inputs:
        m.given(m.sizes(1, 2))
    if not m.results:
        m.results.append(m.inputs[0].name)


@cache
def order(turn: int) -> list[str]:
    """All rules, in another order each turn."""
    return random.Random(turn).sample(RULES, len(RULES))


def draw(seed: int) -> tuple[Program, random.Random]:
    """A program with marks, and what goes on drawing. Every other one is of calls."""
    chosen = random.Random(seed)
    m = Maker(chosen)
    if seed % 2:
        probes(m, seed // 2)
        m.kinds.append("probes")
    elif m.chance(0.2):
        sentence(m)
        m.kinds.append("sentence")
    else:
        chain(m)
        m.kinds.append("chain")
    return m.program(), chosen


def make(seed: int) -> tuple[Text, Program]:
    """One program, the same for the same seed."""
    program, chosen = draw(seed)
    program.broken = chosen.random() < BROKEN
    state = chosen.getstate()

    def shown(concrete: bool) -> str:
        chosen.setstate(state)
        text = program.definitions + program.header(concrete)
        return broken(text, chosen) if program.broken else plain(text)

    text, concrete = shown(False), shown(True)
    return Text(text, concrete, program.symbols, lazy(text)), program


_OPEN = re.compile(r"\b(linear|(?:conv|batch_norm|instance_norm)[123]d) _")


def lazy(text: str) -> str:
    """Without the sizes that are left open: torch's lazy layers work them out."""
    return _OPEN.sub(lambda found: f"lazy_{found[1]}", text)
