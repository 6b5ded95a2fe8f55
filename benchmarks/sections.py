"""What is measured, a function a section of the table; each goal stands beside its row."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import netdsl as package
from benchmarks import descent, programs
from benchmarks.measuring import (
    ROOT,
    Case,
    Once,
    Times,
    environment,
    in_turn,
    left,
    netdsl,
    process,
    repeated,
)
from benchmarks.table import Row, row

BARE = "bare python"
FLOOR = "`import lark, jinja2`"


def commands() -> Iterator[Row]:
    """Fresh processes."""
    with tempfile.TemporaryDirectory() as folder:
        cache = str(Path(folder) / "cache")
        shutil.copytree(ROOT / "examples", Path(folder) / "examples")
        python: list[str | Path] = [sys.executable]
        cases = {
            BARE: process([*python, "-c", "pass"]),
            "bare python again": process([*python, "-c", "pass"]),
            FLOOR: process([*python, "-c", "import lark, jinja2"]),
            "`netdsl --version`": process(netdsl("--version")),
            "`netdsl --help`": process(netdsl("--help")),
        }
        for name in programs.EXAMPLES:
            lines = programs.example(name).count("\n")
            command = netdsl("compile", Path(folder) / "examples" / name, "--stdout")
            cases[f"compile {name}, {lines} lines"] = process(command)
            cases[f"compile {name}, cache warm"] = process(command, NETDSL_CACHE=cache)
        found = in_turn(cases, 15, 45)
    section = "Fresh processes"
    yield row(section, found, "bare python again", BARE)
    yield row(section, found, FLOOR, BARE)
    yield row(section, found, "`netdsl --version`", BARE, 2.5)
    yield row(section, found, "`netdsl --help`", BARE, 2.5)
    for name in cases:
        if name.endswith("lines"):
            yield row(section, found, name, FLOOR, 1.5)
    for name in cases:
        if name.endswith("warm"):
            yield row(section, found, name, BARE, 2.0)


def shapes() -> Iterator[Row]:
    """What working out sizes adds, in a fresh process."""
    script = (
        "import netdsl; from netdsl.files import Folder; from pathlib import Path;"
        "text = Path('examples/resnet.nd').read_text(); netdsl.{call}"
    )
    command = [sys.executable, "-c"]
    found = in_turn(
        {
            "check resnet.nd": process([*command, script.format(call="check(text)")]),
            "compile it without sizes": process(
                [*command, script.format(call="compile(text, check_shapes=False)")]
            ),
        },
        15,
        15,
    )
    yield row("Fresh processes", found, "check resnet.nd", "compile it without sizes", 1.5)


def one_line() -> Iterator[Row]:
    """A line that was never seen, in a process that compiled before."""
    from netdsl.diagnostics import Diagnostics
    from netdsl.source import Source
    from netdsl.syntax.building import building
    from netdsl.syntax.grammar import parser
    from netdsl.syntax.parse import parse

    source, lark = Source(programs.LINE), parser()

    def by_lark() -> object:
        with building(source, Diagnostics()):
            return lark.parse(source.text)

    found = in_turn(
        {
            "Lark's parse": repeated(by_lark),
            "Lark's parse again": repeated(by_lark),
            "parser by hand, of a subset": repeated(lambda: descent.parse(source.text)),
            "our parse": repeated(lambda: parse(source, Diagnostics())),
            "checked": repeated(lambda: package.check(source.text)),
            "checked source": repeated(lambda: package.compile(source.text)),
        },
        25,
        15,
    )
    section = f"In one process: `{programs.LINE}`"
    for name in ("Lark's parse again", "parser by hand, of a subset", "our parse", "checked"):
        yield row(section, found, name, "Lark's parse")
    yield row(section, found, "checked source", "Lark's parse", 3.0)


def building() -> Iterator[Row]:
    """The same network from its text to a module, by every tool that is there."""
    section = "Text to live module: two convolutions, ReLU, pooling"
    printed, missing = _printed(peers(), "benchmarks.building")
    for tool, reason in missing.items():
        print(f"{tool} is not measured: {reason}", file=sys.stderr)
    found = {tool: Times([Once(*run) for run in runs]) for tool, runs in printed.items()}
    others = [tool for tool in found if tool not in ("by_hand", "netdsl")]
    yield row(section, found, "netdsl", "by_hand", 3.0)
    for tool in others:
        yield row(section, found, tool, "by_hand")
    for tool in others:
        yield row(section, found, "netdsl", tool, 1.0)


def peers() -> str:
    """The Python that has the other tools, if `make bench` made one."""
    own = ROOT / ".venv" / "peers" / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def _printed(python: str, module: str, *arguments: str) -> Any:
    command = [python, "-m", module, *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=left(),
    )
    return json.loads(done.stdout.splitlines()[-1])


def _left_out(what: str, error: subprocess.SubprocessError) -> None:
    """Says what is not in the table, and why."""
    said = str(getattr(error, "stderr", None) or error).strip().splitlines()
    reason = "no time is left" if isinstance(error, subprocess.TimeoutExpired) else said[-1]
    print(f"{what} is not measured: {reason}", file=sys.stderr)


def sizes() -> Iterator[Row]:
    """Long programs."""
    section = "Long programs"

    def case(kind: str, count: int, *how: str) -> Case:
        command = sys.executable, "benchmarks.scale", kind, str(count), *how
        return lambda: Once(*_printed(*command))

    checked, again = "1,000 lines checked", "checked again after a change in one definition"
    cases = {
        "1,000 lines": case("blocks", 1_000),
        "10,000 lines": case("blocks", 10_000),
        checked: case("blocks", 1_000, "check"),
        again: case("blocks", 1_000, "again"),
        "check of 500 layers": case("layers", 500),
        "check of 5,000 layers": case("layers", 5_000),
    }
    found = in_turn(cases, 3, 30)
    yield _each(row(section, found, "10,000 lines", "1,000 lines", 1.3), 10, "a line")
    less, more = (
        _printed(sys.executable, "benchmarks.scale", "blocks", count, "memory")
        for count in ("1000", "10000")
    )
    yield Row(section, "10,000 lines: memory a line", "1,000 lines", more / less / 10, 1.3)
    yield row(section, found, again, checked)
    layers = row(section, found, "check of 5,000 layers", "check of 500 layers")
    yield _each(layers, 10, "a layer")
    seconds = found["check of 5,000 layers"].median
    yield Row(section, "check of 5,000 layers", "10 seconds", seconds / 10, 1.0)


def _each(found: Row, times: int, what: str) -> Row:
    return found._replace(what=f"{found.what}: {what}", ratio=found.ratio / times)


def jobs() -> Iterator[Row]:
    """A thousand files."""
    if left() < 120:
        print("a thousand files are not measured: no time is left", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1_000):
            program = f"# {number}\n" + programs.blocks(10)
            (Path(folder) / f"net{number}.nd").write_text(program, encoding="utf-8")
        out = Path(folder) / "out"
        cases = {
            name: process(netdsl("compile", folder, "-o", f"{out}/", "--force", "-j", count))
            for name, count in {"one process": "1", "`-j 2`": "2"}.items()
        }
        found = in_turn(cases, 3, 60)
    pairs = zip(found["one process"].runs, found["`-j 2`"].runs, strict=True)
    faster = statistics.median(one.clock / two.clock for one, two in pairs)
    clock = 1000 * found["`-j 2`"].clock
    yield Row(
        "A thousand files, by the clock", "`-j 2`", "one process", faster, 1.8, True, clock=clock
    )


def eager() -> Iterator[Row]:
    """Generated networks beside those that they are written after."""
    return _running("eager")


def compiled() -> Iterator[Row]:
    """The same, by torch.compile."""
    return _running("compiled")


def _running(how: str) -> Iterator[Row]:
    section = "Generated networks as they run"
    for name in ("resnet50", "vit_b_16", "gpt2"):
        try:
            of, *times = _printed(sys.executable, "benchmarks.running", name, how)
        except subprocess.SubprocessError as error:
            _left_out(f"{name}, {how},", error)
            continue
        least, median, most, clock = (1000 * each for each in times)
        what = f"{name}, {how}"
        yield Row(section, what, "its reference", of, 1.05, False, least, median, most, clock)


SECTIONS: dict[str, Callable[[], Iterator[Row]]] = {
    each.__name__: each
    for each in (commands, shapes, one_line, sizes, building, eager, jobs, compiled)
}
