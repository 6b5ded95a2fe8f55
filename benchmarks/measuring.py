"""Times of what is run in turn, so that whatever else the machine does falls on all alike.

Two times are taken: by the clock, and of the processor. On a machine that does other things as well
the second one tells more; ratios are made of it.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent

BUDGET = 440.0
"""How many seconds all measuring together may take; what is then still to do is left out."""

_BEGAN = time.monotonic()


def left() -> float:
    """How many seconds there still are."""
    return max(0.0, _BEGAN + BUDGET - time.monotonic())


class Once(NamedTuple):
    """One run, in seconds."""

    clock: float
    processor: float


class Times(NamedTuple):
    """All runs of one case."""

    runs: list[Once]

    @property
    def median(self) -> float:
        return statistics.median(each.processor for each in self.runs)

    @property
    def spread(self) -> tuple[float, float, float]:
        """The least, the median and the most, of the processor's time."""
        found = [each.processor for each in self.runs]
        return min(found), statistics.median(found), max(found)

    @property
    def clock(self) -> float:
        return statistics.median(each.clock for each in self.runs)


Case = Callable[[], Once]


def in_turn(cases: Mapping[str, Case], rounds: int, seconds: float) -> dict[str, Times]:
    """Each case once in every round. There are fewer rounds, but two, if the time is over."""
    found: dict[str, list[Once]] = {name: [] for name in cases}
    ends = time.monotonic() + min(seconds, left())
    for number in range(rounds):
        if number >= 2 and time.monotonic() > ends:
            break
        for name, case in cases.items():
            found[name].append(case())
    return {name: Times(runs) for name, runs in found.items()}


def ratio(one: Times, other: Times) -> float:
    """How many times the other one: the median of the ratios of the rounds, since what stands
    beside each other in time has the same machine."""
    pairs = zip(one.runs, other.runs, strict=True)
    return statistics.median(a.processor / max(b.processor, 1e-9) for a, b in pairs)


# ---- processes --------------------------------------------------------------


def environment(**changes: str) -> dict[str, str]:
    """The environment of what is measured: Python as it is when nobody sets it otherwise."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "NETDSL_CACHE": "", **changes}


def process(command: Sequence[str | Path], cwd: Path = ROOT, **changes: str) -> Case:
    """A fresh process."""
    arguments = [str(part) for part in command]
    surroundings = environment(**changes)

    def run() -> Once:
        start = time.perf_counter()
        child = subprocess.Popen(
            arguments, cwd=cwd, env=surroundings, stdout=subprocess.DEVNULL, stderr=sys.stderr
        )
        _, status, used = os.wait4(child.pid, 0)
        clock = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"{' '.join(arguments)}: exit code {child.returncode}")
        return Once(clock, used.ru_utime + used.ru_stime)

    run()  # writes what Python compiles, and what the system reads ahead
    return run


def netdsl(*arguments: str | Path) -> list[str | Path]:
    """The command, as it is installed beside this Python."""
    return [Path(sys.executable).parent / "netdsl", *arguments]


# ---- within this process ----------------------------------------------------


def repeated(do: Callable[[], object], least: float = 0.02) -> Case:
    """What is done over and over until that takes long enough to be measured; the time of one."""
    do()
    count, start = 0, time.process_time()
    while time.process_time() - start < least:
        do()
        count += 1

    def run() -> Once:
        gc.collect()
        gc.disable()
        try:
            clock, processor = time.perf_counter(), time.process_time()
            for _ in range(count):
                do()
            ended = time.process_time()
            return Once((time.perf_counter() - clock) / count, (ended - processor) / count)
        finally:
            gc.enable()

    return run
