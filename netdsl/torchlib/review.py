"""The review of torch's names: which of them a program may use, and why not the others.

The files in `names/` are written by hand and are the boundary of what programs can do. A
name that nobody has reviewed is not there, so that nothing can use it.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache

from netdsl.records import Frozen
from netdsl.torchlib.table import text_beside

PREFIXED = frozenset({"linalg", "fft", "special", "init"})
"""The modules whose names are reviewed with their module before them, in one file."""


class Review(Frozen):
    """Names that are allowed, and the reason against each that is refused."""

    allowed: frozenset[str]
    reasons: dict[str, str]


@cache
def review(file: str) -> Review:
    """What `names/FILE.toml` says: `torch`, `functional`, `tensor` or `namespaces`.

    >>> "cat" in review("torch").allowed, review("torch").reasons["load"]
    (True, 'it reads or writes files, or loads code')
    """
    groups = tomllib.loads(text_beside("names", f"{file}.toml"))
    allowed = [name for group in groups["allowed"] for name in _names(group)]
    refused = [(name, group["reason"]) for group in groups["refused"] for name in _names(group)]
    counts = Counter([*allowed, *(name for name, _ in refused)])
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        raise ValueError(f"{file}.toml classifies twice: {', '.join(twice)}")
    return Review(frozenset(allowed), dict(refused))


def _names(group: dict[str, str]) -> list[str]:
    prefix = f"{group['prefix']}." if "prefix" in group else ""
    return [f"{prefix}{name}" for name in group["names"].split()]
