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
"""Programs between two reports: hypothesis remembers those of one batch. For each of them there are
ten broken texts."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--bytes", type=int, default=0, metavar="N", help="broken texts")
    parser.add_argument("--programs", type=int, default=0, metavar="N", help="programs")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--report", type=Path, help="where counts and findings go while it runs")
    parser.add_argument("--sum", type=Path, nargs="+", metavar="REPORT", help="adds reports up")
    options = parser.parse_args()
    if options.sum:
        return summed(options.sum)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    print(f"seed {options.seed}", flush=True)
    texts, programs = Tally(), Tally()
    begun = time.process_time()
    for batch in range(max(-(-options.bytes // (10 * BATCH)), -(-options.programs // BATCH))):
        first = batch * 10 * BATCH
        for at in range(first, min(first + 10 * BATCH, options.bytes)):
            texts.add(broken(options.seed + at))
        count = min(BATCH, options.programs - batch * BATCH)
        if count > 0:
            some_programs(programs, count, options.seed + batch)
        took = time.process_time() - begun
        print(f"{took:.0f} s: {_line(texts)}; {_line(programs)}", flush=True)
        if options.report is not None:
            report = {"seed": options.seed, "seconds": round(took)}
            report |= {"texts": _report(texts), "programs": _report(programs)}
            options.report.write_text(json.dumps(report, indent=1))
    for name, tally in (("texts", texts), ("programs", programs)):
        print(f"\n{name}: {_line(tally)}")
        for what, count in collections.Counter(each for each, _ in tally.failures).most_common():
            print(f"  {count} x {what}")
        for seconds, text in sorted(tally.slowest, reverse=True):
            print(f"  {seconds:.2f} s  {len(text)} characters  {text[:60]!r}")
    return 1 if texts.failures or programs.failures else 0


def summed(paths: list[Path]) -> int:
    """Says what some runs come to."""
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    for kind in ("texts", "programs"):
        total: collections.Counter[str] = collections.Counter()
        for report in reports:
            total.update(report[kind]["counts"])
        print(f"{kind}: {', '.join(f'{count} {what}' for what, count in total.items())}")
    print(f"seeds: {', '.join(str(report['seed']) for report in reports)}")
    return 0


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


def _counts(tally: Tally) -> dict[str, int]:
    return {
        "tried": tally.texts,
        "repeated": tally.repeated,
        "compiled": tally.compiled,
        "imported": tally.imported,
        "failures": len(tally.failures),
    }


def _line(tally: Tally) -> str:
    return ", ".join(f"{count} {what}" for what, count in _counts(tally).items())


def _report(tally: Tally) -> dict[str, object]:
    """Counts, and of each kind of failure the shortest text."""
    shortest: dict[str, str] = {}
    for what, text in tally.failures:
        if what not in shortest or len(text) < len(shortest[what]):
            shortest[what] = text
    return {
        "counts": _counts(tally),
        "failures": shortest,
        "slowest": sorted(tally.slowest, reverse=True),
        "largest": sorted(tally.largest, reverse=True),
    }


if __name__ == "__main__":
    raise SystemExit(main())
