"""Which items of a numbered list are which, when some were put in, or taken out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise

from netdsl.checking.state.parts import Part

_MOST = 1_000_000
"""Of longer lists, items in the same place are taken for the same."""


def aligned(
    old: Sequence[Part], new: Sequence[Part], key: Callable[[Part], Hashable]
) -> list[tuple[Part, Part]]:
    """Pairs in order: as many of the same structure as there can be, of these as many of one name
    as there can be, and between them those that are as many, or have one name."""
    keys = [key(each) for each in old], [key(each) for each in new]
    if keys[0] == keys[1] or len(old) * len(new) > _MOST:
        return list(zip(old, new, strict=False))
    names = [each.name for each in old], [each.name for each in new]
    anchors = [(-1, -1), *_common(keys, names), (len(old), len(new))]
    pairs: list[tuple[int, int]] = anchors[1:-1]
    for (a, b), (c, d) in pairwise(anchors):
        between = list(range(a + 1, c)), list(range(b + 1, d))
        if len(between[0]) == len(between[1]):
            pairs += [
                (one, other)
                for one, other in zip(*between, strict=True)
                if old[one].kind == new[other].kind or names[0][one] == names[1][other]
            ]
        else:
            there = {names[1][at]: at for at in between[1]}
            pairs += [(at, there[names[0][at]]) for at in between[0] if names[0][at] in there]
    return [(old[one], new[other]) for one, other in sorted(pairs)]


def _common(
    keys: tuple[list[Hashable], list[Hashable]], names: tuple[list[str], list[str]]
) -> list[tuple[int, int]]:
    """The longest common subsequence of two lists, with as many equal names as there can be."""
    old, new = keys
    best = [[(0, 0)] * (len(new) + 1) for _ in range(len(old) + 1)]
    for at in reversed(range(len(old))):
        for to in reversed(range(len(new))):
            found = max(best[at + 1][to], best[at][to + 1])
            if old[at] == new[to]:
                count, same = best[at + 1][to + 1]
                found = max(found, (count + 1, same + (names[0][at] == names[1][to])))
            best[at][to] = found
    pairs: list[tuple[int, int]] = []
    at = to = 0
    while at < len(old) and to < len(new):
        count, same = best[at + 1][to + 1]
        taken = (count + 1, same + (names[0][at] == names[1][to]))
        if old[at] == new[to] and best[at][to] == taken:
            pairs.append((at, to))
            at, to = at + 1, to + 1
        elif best[at][to] == best[at + 1][to]:
            at += 1
        else:
            to += 1
    return pairs
