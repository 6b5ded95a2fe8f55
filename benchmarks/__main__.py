"""`python -m benchmarks [SECTION…]`: measures, prints the table and, if all of it was measured,
writes it into docs/performance.md and docs/performance.json.

There are two tables, of a quiet machine and of one that does other things: which one a run belongs
to is told by the load when it begins.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measuring import ROOT
from benchmarks.sections import SECTIONS
from benchmarks.table import Row, as_markdown

PAGE = ROOT / "docs" / "performance.md"
DATA = ROOT / "docs" / "performance.json"


def main(names: list[str]) -> None:
    unknown = set(names) - SECTIONS.keys()
    if unknown:
        raise SystemExit(
            f"no section {', '.join(sorted(unknown))}; there are: {', '.join(SECTIONS)}"
        )
    load = os.getloadavg()[0]
    start = time.monotonic()
    rows: list[Row] = []
    for name in names or SECTIONS:
        began = time.monotonic()
        try:
            for each in SECTIONS[name]():
                rows.append(each)
        except subprocess.TimeoutExpired:
            print(f"{name}: no time is left for the rest", file=sys.stderr)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(as_markdown(rows))
    if not names:
        write(rows, load, time.monotonic() - start)


def write(rows: list[Row], load: float, seconds: float) -> None:
    """Puts the rows in the place of those of the last run on such a machine."""
    processors = os.cpu_count() or 1
    kind = "quiet" if load < processors / 4 else "loaded"
    machine = (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()},"
        f" {processors} processors, load {load:.1f} when it began, {seconds:.0f} s in all."
    )
    data = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {}
    data[kind] = {"machine": machine, "rows": [each._asdict() for each in rows]}
    DATA.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    put(PAGE, kind, f"{machine}\n\n{as_markdown(rows)}")


def put(page: Path, name: str, text: str) -> None:
    """Replaces what stands between the markers of that name."""
    begin, end = f"<!-- {name}: written by make bench -->", f"<!-- end of {name} -->"
    whole = page.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    changed, count = pattern.subn(lambda _: f"{begin}\n{text}{end}", whole)
    if count != 1:
        raise SystemExit(f"{page} has no place for what is {name}")
    page.write_text(changed, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
