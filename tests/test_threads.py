"""Threads do not meet: what sixteen of them do at once is what one does after the other.

Each trial is a fresh process, so that everything that is made once and kept is made while all of
them ask for it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.generated import ROOT

THREADS = 16
EXAMPLES = [
    path
    for path in sorted((ROOT / "examples").glob("*.nd"))
    if path.stem not in ("d2l", "seeds", "efficientnet")  # these want other packages
]
WRONG = [
    "seq(linear 4 8, linear 4 8)",
    "seq(lienar 4 8)",
    "module M(d) { fc = linear d",
    'from "nowhere.nd" import A\nseq(A)',
    "let f = lambda x: x",
    "(" * 300,
]

COMMON = """
import json, sys, threading
import netdsl
from pathlib import Path
from netdsl.files import Folder

def told(work):
    try:
        return work()
    except (netdsl.CompileError, ValueError) as error:
        return {"refused": str(error)}

def every(jobs, threads):
    found = [None] * len(jobs)
    if threads == 1:
        return [told(job) for job in jobs]
    begin = threading.Barrier(threads)
    def run(first):
        begin.wait()
        for at in range(first, len(jobs), threads):
            found[at] = told(jobs[at])
    started = [threading.Thread(target=run, args=(at,)) for at in range(threads)]
    for each in started:
        each.start()
    for each in started:
        each.join()
    return found

programs = json.loads(sys.stdin.read())
threads = int(sys.argv[1])
sys.setswitchinterval(1e-5)
"""

COMPILE = COMMON + """
def compiled(name, text):
    read = Folder(Path("examples")).read
    result = netdsl.compile(text, name=name, read=read)
    return result.source, result.entries, [str(each) for each in result.diagnostics]

def checked(name, text):
    found = netdsl.check(text, name=name)
    return [(each.code, each.message, each.hint, each.span[1:]) for each in found]

def as_tree(name, text):
    from netdsl.syntax.tree_json import to_json
    return to_json(netdsl.parse(text, name=name), spans=True)

def summed(name, text):
    return str(netdsl.summary(text, name=name))

works = (compiled, checked, as_tree, summed)
jobs = [lambda w=w, n=n, t=t: w(n, t) for n, t in programs for w in works]
jobs = jobs[::5] + jobs[1::5] + jobs[2::5] + jobs[3::5] + jobs[4::5]
print(json.dumps(every(jobs, threads)))
"""

LOAD = COMMON + """
def described(text):
    network = netdsl.load(text)
    return repr(network), type(network).__name__, list(network.state_dict())

print(json.dumps(every([lambda t=t: described(t) for _, t in programs], threads)))
"""


def done_by(script: str, threads: int, programs: list[tuple[str, str]]) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-c", script, str(threads)],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def compiled() -> list[tuple[str, str]]:
    read = [(path.name, path.read_text(encoding="utf-8")) for path in EXAMPLES]
    return read + [(f"wrong{at}.nd", text) for at, text in enumerate(WRONG)]


def loaded() -> list[tuple[str, str]]:
    """More networks than threads, with the same one several times, and with a wrong one."""
    sizes = [*range(1, 17), *[5] * 16]
    body = "module Net(d) {{ fc = linear d {n}; def forward(x: [B, d]) -> [B, {n}] = relu(fc(x)) }}"
    texts = [body.format(n=n) + f"\nlet net = Net {n + 1}" for n in sizes]
    return [("", text) for text in [*texts, "seq(linear 4)", "let f(n) = linear n n"]]


@pytest.mark.parametrize(
    ("script", "programs"),
    [pytest.param(COMPILE, compiled(), id="compile"), pytest.param(LOAD, loaded(), id="load")],
)
def test_threads_give_what_one_alone_gives(script: str, programs: list[tuple[str, str]]) -> None:
    assert len(programs) >= THREADS
    alone = done_by(script, 1, programs)
    assert done_by(script, THREADS, programs) == alone
    refused = [each for each in alone if isinstance(each, dict) and "refused" in each]
    assert 0 < len(refused) < len(alone) - THREADS


def test_programs_that_are_imported_at_once_are_compiled_whole(tmp_path: Path) -> None:
    (tmp_path / "blocks.nd").write_text("module Block(d) = seq(linear d d, relu)")
    for at in range(THREADS):
        text = f'from "blocks.nd" import Block\nseq(Block {at + 1})'
        (tmp_path / f"net{at}.nd").write_text(text)
    script = (
        "import netdsl.importer, importlib, threading\n"
        f"begin = threading.Barrier({THREADS})\n"
        "found = {}\n"
        "def run(at):\n"
        "    begin.wait()\n"
        "    found[at] = importlib.import_module(f'net{at}')\n"
        f"each = [threading.Thread(target=run, args=(at,)) for at in range({THREADS})]\n"
        "[one.start() for one in each], [one.join() for one in each]\n"
        "print([found[at].net()[0][0].in_features for at in range(len(each))])\n"
        "print(len({module.Block for module in found.values()}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout == f"{list(range(1, THREADS + 1))}\n1\n"
