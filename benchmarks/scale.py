"""What a program of so many lines takes, in a process of its own: `python -m benchmarks.scale
KIND COUNT` prints seconds by the clock, seconds of the processor, and bytes."""

from __future__ import annotations

import json
import resource
import sys
import time

import netdsl
from benchmarks import programs

KINDS = {"blocks": programs.blocks, "layers": programs.layers}


def peak() -> int:
    """The most memory that this process had, in bytes."""
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found if sys.platform == "darwin" else 1024 * found


def main(kind: str, count: str) -> None:
    netdsl.compile(programs.blocks(10))  # what is loaded once
    text = KINDS[kind](int(count))
    do = netdsl.check if kind == "layers" else netdsl.compile
    before, clock, processor = peak(), time.perf_counter(), time.process_time()
    do(text)
    used = time.process_time() - processor
    print(json.dumps([time.perf_counter() - clock, used, peak() - before]))


if __name__ == "__main__":
    main(*sys.argv[1:])
