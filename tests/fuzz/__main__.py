"""Tries as many texts as are wanted, and says what was found.

python -m tests.fuzz --bytes 1000000 --programs 100000
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import resource
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.judge import Tally
from tests.fuzz.mutations import broken
from tests.fuzz.programs import ANY

MEMORY = 4 << 30
BATCH = 500
"""Programs between two reports: hypothesis remembers those of one batch."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--bytes", type=int, default=0, metavar="N", help="broken texts")
    parser.add_argument("--programs", type=int, default=0, metavar="N", help="programs")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--report", type=Path, help="where findings go while it runs")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    print(f"seed {options.seed}", flush=True)
    texts, programs = Tally(), Tally()
    begun = time.time()
    for batch in range(max(-(-options.bytes // (10 * BATCH)), -(-options.programs // BATCH))):
        first = batch * 10 * BATCH
        for at in range(first, min(first + 10 * BATCH, options.bytes)):
            texts.add(broken(options.seed + at))
        count = min(BATCH, options.programs - batch * BATCH)
        if count > 0:
            some_programs(programs, count, options.seed + batch)
        print(f"{time.time() - begun:.0f} s: {_line(texts)}; {_line(programs)}", flush=True)
        if options.report is not None:
            report = {"texts": _report(texts), "programs": _report(programs)}
            options.report.write_text(json.dumps(report, indent=1))
    for name, tally in (("texts", texts), ("programs", programs)):
        print(f"\n{name}: {_line(tally)}")
        for what, count in collections.Counter(each for each, _ in tally.failures).most_common():
            print(f"  {count} x {what}")
        for seconds, text in sorted(tally.slowest, reverse=True):
            print(f"  {seconds:.2f} s  {len(text)} characters  {text[:60]!r}")
    return 1 if texts.failures or programs.failures else 0


def some_programs(tally: Tally, count: int, chance: int) -> None:
    """Tries so many programs."""

    @seed(chance)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )
    @given(ANY)
    def tried(text: str) -> None:
        tally.add(text, execute=True)

    tried()


def _line(tally: Tally) -> str:
    return (
        f"{tally.texts} tried, {tally.compiled} compiled, {tally.imported} imported,"
        f" {len(tally.failures)} failures"
    )


def _report(tally: Tally) -> dict[str, object]:
    """Counts, and of each kind of failure the shortest text."""
    shortest: dict[str, str] = {}
    for what, text in tally.failures:
        if what not in shortest or len(text) < len(shortest[what]):
            shortest[what] = text
    return {
        "counts": _line(tally),
        "failures": shortest,
        "slowest": sorted(tally.slowest, reverse=True),
        "largest": sorted(tally.largest, reverse=True),
    }


if __name__ == "__main__":
    raise SystemExit(main())
