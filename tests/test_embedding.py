"""What embeds the compiler: a search that is written from the documentation alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import netdsl
from tests.generated import ROOT

SEARCH = ROOT / "examples" / "embedding" / "search.py"


def test_a_search_finds_builds_and_trains_a_network() -> None:
    done = subprocess.run(
        [sys.executable, str(SEARCH)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = re.fullmatch(
        r"(?P<within>\d+) networks within the budget, (?P<wrong>\d+) wrong programs thrown away\n"
        r"the best has (?P<parameters>[\d,]+) parameters:\n\n(?P<program>.+)\n\n"
        r"loss: (?P<before>[\d.]+) before training, (?P<after>[\d.]+) after\n",
        done.stdout,
        re.S,
    )
    assert found is not None, done.stdout
    assert int(found["within"]) > 1 and int(found["wrong"]) > 0
    best = netdsl.summary(found["program"], "net")
    assert f"{best.parameters:,}" == found["parameters"]
    assert float(found["after"]) < float(found["before"])


def test_it_uses_nothing_that_is_not_documented() -> None:
    told = "".join((ROOT / "docs" / page).read_text("utf-8") for page in ("api.md", "tree.md"))
    used = set(re.findall(r"\b(netdsl|visit|dataclasses)\.(\w+)", SEARCH.read_text("utf-8")))
    assert len(used) >= 8
    for module, name in used:
        assert re.search(rf"`({module}\.)?{name}\b", told) or f"{module}.{name}(" in told, name
