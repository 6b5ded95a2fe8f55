"""Programs from the command line: `python -m tests.soundness [COUNT] [SEED] [JOBS]`."""

from __future__ import annotations

import sys
import time

from tests.soundness import Tally, follow_all


def main() -> None:
    numbers = [int(each) for each in sys.argv[1:]]
    count, first, jobs = [*numbers, *(1000, 0, 0)[len(numbers) :]]
    tally, start = Tally(), time.monotonic()
    for found in follow_all(range(first, first + count), tally, jobs or None):
        print(found, flush=True)
    print("\n".join(tally.report()))
    print(f"{time.monotonic() - start:.0f} seconds")


if __name__ == "__main__":
    main()
