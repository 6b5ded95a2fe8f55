"""What is found, as rows: what was measured, against what, and the goal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.measuring import Times, ratio


class Row(NamedTuple):
    """A ratio. `goal` is what it is to be at most, or at least where `more` is better; a row
    without a goal is there to be compared with. `least`, `median` and `most` are milliseconds of
    the processor, `clock` is milliseconds by the clock."""

    section: str
    what: str
    against: str
    ratio: float
    goal: float | None = None
    more: bool = False
    least: float | None = None
    median: float | None = None
    most: float | None = None
    clock: float | None = None

    @property
    def reached(self) -> bool | None:
        if self.goal is None:
            return None
        return self.ratio >= self.goal if self.more else self.ratio <= self.goal


def row(
    section: str,
    found: dict[str, Times],
    what: str,
    against: str,
    goal: float | None = None,
) -> Row:
    """One case against another of the same rounds."""
    least, median, most = (1000 * each for each in found[what].spread)
    of = ratio(found[what], found[against])
    clock = 1000 * found[what].clock
    return Row(section, what, against, of, goal, False, least, median, most, clock)


def as_markdown(rows: Sequence[Row]) -> str:
    """A table a section."""
    parts: list[str] = []
    for section in dict.fromkeys(each.section for each in rows):
        lines = [_line(each) for each in rows if each.section == section]
        parts.append("\n".join([f"**{section}**", "", _HEAD, "| --- " * 7 + "|", *lines]))
    return "\n\n".join(parts) + "\n"


_HEAD = "| | against | ratio | goal | | processor, ms | clock, ms |"


def _line(each: Row) -> str:
    sign = "≥" if each.more else "≤"
    goal = "" if each.goal is None else f"{sign} {each.goal:g}"
    mark = {None: "", True: "reached", False: "not reached"}[each.reached]
    spread = ""
    if each.median is not None and each.least is not None and each.most is not None:
        spread = f"{_ms(each.median)} ({_ms(each.least)} to {_ms(each.most)})"
    clock = "" if each.clock is None else _ms(each.clock)
    cells = [each.what, each.against, f"{each.ratio:.2f}", goal, mark, spread, clock]
    return f"| {' | '.join(cells)} |"


def _ms(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"
