"""What a program of so many lines takes, in a process of its own: `python -m benchmarks.scale
KIND COUNT` prints seconds by the clock and of the processor; with `memory` behind it, bytes, which
are counted in another run since counting takes time; with `again`, what it takes to check the
program once more after a change in one definition."""

from __future__ import annotations

import json
import sys
import time
import tracemalloc

import netdsl
from benchmarks import programs

KINDS = {"blocks": programs.blocks, "layers": programs.layers}


def main(kind: str, count: str, how: str = "") -> None:
    netdsl.compile(programs.blocks(10))  # what is loaded once
    text = KINDS[kind](int(count))
    do = netdsl.check if kind == "layers" or how in ("check", "again") else netdsl.compile
    if how == "again":
        do = netdsl.Checker().check
        do(text)
        text = programs.changed(text)
    if how == "memory":
        tracemalloc.start()
        do(text)
        print(json.dumps(tracemalloc.get_traced_memory()[1]))
        return
    clock, processor = time.perf_counter(), time.process_time()
    do(text)
    used = time.process_time() - processor
    print(json.dumps([time.perf_counter() - clock, used]))


if __name__ == "__main__":
    main(*sys.argv[1:])
