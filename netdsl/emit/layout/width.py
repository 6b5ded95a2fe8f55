"""How wide text stands on a page, and how far in."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, east_asian_width

STEP = 4
"""How far a block, or what is in brackets, stands to the right of what holds it."""

# Wide since Unicode 16, which is younger than the oldest Python that this runs on.
_WIDE_SINCE = (
    range(0x2630, 0x2638),
    range(0x268A, 0x2690),
    range(0x4DC0, 0x4E00),
    range(0x1D300, 0x1D357),
    range(0x1D360, 0x1D377),
)
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def width(text: str) -> int:
    """The columns of a text: East Asian characters fill two, as black counts.

    >>> width("ab"), width("漢字")
    (2, 4)
    """
    return len(text) if text.isascii() else sum(map(_character, text))


@lru_cache(maxsize=4096)
def _character(character: str) -> int:
    point = ord(character)
    if point in _SKIN_TONES or category(character).startswith("M"):
        return 1
    wide = east_asian_width(character) in "WF" or any(point in wide for wide in _WIDE_SINCE)
    return 2 if wide else 1
