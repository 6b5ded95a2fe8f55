"""How far a command is: a bar on a terminal's standard error, and nothing elsewhere."""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    from types import TracebackType

_WIDTH = 30
_PAUSE = 0.1
"""Seconds between two pictures, which nobody could tell apart otherwise."""


class Progress:
    """`with Progress("checked") as progress:`, and `progress.step()` after each job. When it is
    over nothing is left of it on the screen."""

    def __init__(self, done: str) -> None:
        self._word = done
        self._total = 0
        self._steps = 0
        self._drawn = 0.0
        self._shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def expect(self, jobs: int) -> None:
        """So many jobs are still to come."""
        self._total += jobs

    def step(self) -> None:
        self._steps += 1
        now = time.monotonic()
        if self._shown and self._total > 1 and now - self._drawn >= _PAUSE:
            self._drawn = now
            full = _WIDTH * self._steps // self._total
            bar = "#" * full + "." * (_WIDTH - full)
            self._say(f"\r[{bar}] {self._steps} of {self._total} {self._word}\x1b[K")

    def _say(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            return  # nobody sees it

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._drawn:
            self._say("\r\x1b[K")
