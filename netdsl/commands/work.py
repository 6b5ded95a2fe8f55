"""Jobs, one after another or, by `workers`, many at once: what is needed for that alone is not
loaded for one program."""

from __future__ import annotations

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    Job = TypeVar("Job")
    Answer = TypeVar("Answer")


def every(
    do: Callable[[Job], Answer],
    jobs: Sequence[Job],
    count: int,
    tick: Callable[[], None],
    *,
    lost: Callable[[Job, str], Answer],
    warm: Callable[[], object],
) -> list[Answer]:
    """What comes of each job, done by `count` processes; `tick` is called after each.

    Args:
        do, lost, warm: the parts of `workers.Work`.
    """
    count = min(count, len(jobs))
    if count > 1:
        from netdsl.commands.workers import Work, at_once

        answers = at_once(Work(do, lost, warm), jobs, count, tick)
        if answers is not None:
            return answers
    found = []
    for job in jobs:
        found.append(do(job))
        tick()
    return found
