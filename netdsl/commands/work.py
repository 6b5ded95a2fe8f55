"""Jobs, one after another or, by `workers`, many at once: what is needed for that alone is not
loaded for one program."""

from __future__ import annotations

from netdsl.records import NamedTuple

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from netdsl.commands.arguments import Options


class Work(NamedTuple):
    """What is done with each job. Processes are sent it, so its parts are known by name."""

    do: Callable[[Options, Any], Any]
    lost: Callable[[Any, str], Any]
    """What comes of a job if the process that did it died, and of what."""
    warm: Callable[[], object]
    """Loads what every job needs."""


def every(
    work: Work,
    options: Options,
    jobs: Sequence[Any],
    count: int,
    tick: Callable[[], None],
) -> list[Any]:
    """What comes of each job, done by `count` processes; `tick` is called after each."""
    count = min(count, len(jobs))
    if count > 1:
        from netdsl.commands.workers import at_once

        answers = at_once(work, options, jobs, count, tick)
        if answers is not None:
            return answers
    found = []
    for job in jobs:
        found.append(work.do(options, job))
        tick()
    return found
