"""Numbers of a program that may be changed on purpose.

A program is drawn with right sizes. Those that may be wrong are written between marks, `‹8›` for
sizes and `«-1»` for axes, so that a broken program is a right one with one or two other numbers.
"""

from __future__ import annotations

import random
import re

_MARK = re.compile(r"‹(-?\d+)›|«(-?\d+)»")
_STEP = re.compile(r"^    x = .*\bx\b.*\n", re.MULTILINE)


def size(number: int) -> str:
    return f"‹{number}›"


def axis(number: int) -> str:
    return f"«{number}»"


def sizes(numbers: list[int]) -> str:
    """Several sizes, with commas between them."""
    return ", ".join(map(size, numbers))


def plain(text: str) -> str:
    """The text as it was drawn.

    >>> plain("x.sum(«-1») + ones(‹3›)")
    'x.sum(-1) + ones(3)'
    """
    return _MARK.sub(lambda found: found[1] or found[2], text)


def broken(text: str, chosen: random.Random) -> str:
    """The text with one or two other numbers or, seldom, without one of its steps."""
    if chosen.random() < 0.1:
        steps = list(_STEP.finditer(text))
        if steps:
            left_out = chosen.choice(steps)
            return plain(text[: left_out.start()] + text[left_out.end() :])
    count = len(_MARK.findall(text))
    changed = set(chosen.sample(range(count), min(count, chosen.choice((1, 1, 2)))))
    places = iter(range(count))

    def spelled(found: re.Match[str]) -> str:
        at = next(places)
        if at not in changed:
            return found[1] or found[2]
        other = (
            _other_size(int(found[1]), chosen) if found[1] else _other_axis(int(found[2]), chosen)
        )
        return str(other) if other >= 0 else f"({other})"

    return _MARK.sub(spelled, text)


def _other_size(number: int, chosen: random.Random) -> int:
    """Sizes are mostly at least one: what is less is refused for its own reasons."""
    found = [number - 1, number + 1, number + 2, 2 * number, number // 2, number + 3, 1]
    least = 1 if number > 0 and chosen.random() < 0.9 else -2
    return chosen.choice([each for each in found if each != number and each >= least] or [7])


def _other_axis(number: int, chosen: random.Random) -> int:
    found = [number - 1, number + 1, number + 2, number - 3, -number - 1, 0]
    return chosen.choice([each for each in found if each != number])
