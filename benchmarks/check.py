"""What working out sizes costs: `python -m benchmarks.check [PROGRAM] [RUNS]`.

A fresh process compiles the program with sizes worked out and without, in turn; printed are the
medians, their ratio, and the spread of the runs.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

SCRIPT = """
import sys, netdsl
from netdsl.files import Folder
from pathlib import Path
path = Path(sys.argv[1])
read = Folder(path.parent).read
netdsl.compile(path.read_text(), name=path.name, read=read, check_shapes={shapes})
assert "torch" not in sys.modules
"""


def seconds(program: str, shapes: bool) -> float:
    """One run of a fresh process."""
    start = time.perf_counter()
    script = SCRIPT.format(shapes=shapes)
    subprocess.run([sys.executable, "-c", script, program], check=True)
    return time.perf_counter() - start


def main(program: str = "examples/resnet.nd", runs: str = "15") -> None:
    with_sizes, without = [], []
    for _ in range(int(runs)):
        with_sizes.append(seconds(program, True))
        without.append(seconds(program, False))
    for name, found in (("sizes worked out", with_sizes), ("not", without)):
        low, middle, high = min(found), statistics.median(found), max(found)
        print(f"{name:<17} {1000 * middle:6.0f} ms  ({1000 * low:.0f} to {1000 * high:.0f})")
    ratio = statistics.median(with_sizes) / statistics.median(without)
    print(f"{'ratio':<17} {ratio:6.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
