"""What `import netdsl` costs: `python -m benchmarks.imports [RUNS]`.

Fresh processes do nothing, import netdsl, and compile a line, in turn; printed are the medians,
the spread of the runs, and how many times as long as nothing each takes. What an import brings
along is told by `python -X importtime -c "import netdsl"`, and held by tests/test_api.py.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

SCRIPTS = {
    "nothing": "pass",
    "import netdsl": "import netdsl",
    "a tree": "import netdsl.syntax.tree",
    "netdsl.parse": "import netdsl; netdsl.parse('seq(linear 4 8, relu)')",
    "netdsl.compile": "import netdsl; netdsl.compile('seq(linear 4 8, relu)')",
}


def seconds(script: str) -> float:
    """One run of a fresh process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", script], check=True)
    return time.perf_counter() - start


def main(runs: str = "25") -> None:
    found: dict[str, list[float]] = {name: [] for name in SCRIPTS}
    for _ in range(int(runs)):
        for name, script in SCRIPTS.items():
            found[name].append(seconds(script))
    least = statistics.median(found["nothing"])
    for name, times in found.items():
        low, middle, high = min(times), statistics.median(times), max(times)
        spread = f"({1000 * low:.0f} to {1000 * high:.0f})"
        print(f"{name:<15} {1000 * middle:6.1f} ms  {spread:<14} × {middle / least:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
