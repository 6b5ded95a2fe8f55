"""The documentation is true: its programs compile without a finding, its wrong programs have the
findings that stand beside them, and the output, the commands and the lists that it shows are real.

A block of a page says in its first line what it is:

    nd          a program that compiles, to what a `python` block after it shows
    nd wrong    a file, or programs between empty lines; `# error[code]: message` says what is found in each
                (the message may be cut short)
    console     commands after `$`, with what they print
    python      output of the block before it, or a script that imports netdsl, or, if its last
                line is such as `# Net(8) on 2, 8`, a module by hand: what the `nd` block after
                it compiles to is the same on inputs of those shapes

A program whose first line is `# name.nd` is a file that the others of its page can import.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from torch import nn

import netdsl
from netdsl import limits, torchlib
from netdsl.analysis.names import BUILD_FUNCTIONS, TENSOR_FUNCTIONS
from netdsl.cli import main
from tests.generated import ROOT, assert_same, load

PAGES = {
    path.name: path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
}
BLOCK = re.compile(r"^```(?P<kind>[a-z]+(?: wrong)?)\n(?P<text>.*?)^```$", re.S | re.M)
FILE = re.compile(r"# (\S+\.nd)\n")
FINDING = re.compile(r"# (?:error|warning)\[(?P<code>[a-z-]+)\](?:: (?P<message>.+))?$", re.M)
TRIAL = re.compile(r"^# (?P<name>\w+)\((?P<arguments>.*)\) on (?P<shapes>[\d,; ]+)$", re.M)


class Block(NamedTuple):
    """A block of a page, the one before it, and where it stands."""

    page: str
    line: int
    kind: str
    text: str
    before: str | None

    @property
    def id(self) -> str:
        return f"{self.page}:{self.line}"


def _blocks() -> Iterator[Block]:
    for page, text in PAGES.items():
        before = None
        for found in BLOCK.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield Block(page, line, found["kind"], found["text"], before)
            before = found["text"]


BLOCKS = list(_blocks())


def of_kind(kind: str) -> list[Any]:
    """The blocks of a kind, as parameters of a test."""
    return [pytest.param(each, id=each.id) for each in BLOCKS if each.kind == kind]


def files(page: str) -> dict[str, str]:
    """The programs of a page that have a name."""
    return {
        named[1]: each.text
        for each in BLOCKS
        if each.page == page and each.kind[:2] == "nd" and (named := FILE.match(each.text))
    }


def reader(page: str) -> Callable[[str], netdsl.Source]:
    known = files(page)

    def read(place: str) -> netdsl.Source:
        if place not in known:
            raise FileNotFoundError(2, "No such file or directory")
        return netdsl.Source(known[place], place)

    return read


def test_every_block_is_of_a_known_kind() -> None:
    fences = sum(len(re.findall(r"^```", text, re.M)) for text in PAGES.values())
    assert fences == 2 * len(BLOCKS)
    known = {"nd", "nd wrong", "python", "console", "text", "sh", "toml", "yaml"}
    assert {each.kind for each in BLOCKS} <= known


@pytest.mark.parametrize("block", of_kind("nd"))
def test_a_program_compiles_without_a_finding(block: Block) -> None:
    result = netdsl.compile(block.text, read=reader(block.page))
    assert not result.diagnostics, [found.message for found in result.diagnostics]
    compile(result.source, block.id, "exec")


@pytest.mark.parametrize("block", of_kind("nd wrong"))
def test_a_wrong_program_has_the_findings_that_stand_beside_it(block: Block) -> None:
    whole = FILE.match(block.text)
    for program in [block.text] if whole else re.split(r"\n{2,}", block.text.strip("\n")):
        told = [(each["code"], each["message"]) for each in FINDING.finditer(program)]
        found = netdsl.check(program, read=reader(block.page))
        if not told:  # a command that is shown below says what is found
            assert whole and found
            continue
        assert [each.code for each in found] == [code for code, _ in told]
        for each, (_, message) in zip(found, told, strict=True):
            assert message is None or each.message.startswith(message), each.message


@pytest.mark.parametrize("block", of_kind("python"))
def test_the_python_that_is_shown_is_true(block: Block) -> None:
    trial = TRIAL.search(block.text)
    if "import netdsl" in block.text:
        exec(block.text, {"__name__": "documentation"})
    elif trial is not None:
        _translated(block, trial)
    else:
        assert block.before is not None
        source = netdsl.compile(block.before, read=reader(block.page)).source
        assert block.text.strip() in source


def _translated(block: Block, trial: re.Match[str]) -> None:
    """A module by hand and its translation have the same keys, and give the same."""
    theirs: dict[str, Any] = {"torch": torch, "nn": nn, "F": nn.functional}
    exec(block.text, theirs)
    program = BLOCKS[BLOCKS.index(block) + 1]
    assert program.kind == "nd"
    ours = vars(load(program.text))
    torch.manual_seed(0)
    inputs = [torch.randn(*map(int, each.split(","))) for each in trial["shapes"].split(";")]
    one, other = (eval(f"{trial['name']}({trial['arguments']})", of) for of in (ours, theirs))
    assert_same(one, other, *inputs)


@pytest.mark.parametrize("block", of_kind("console"))
def test_a_command_prints_what_is_shown(
    block: Block,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for place, text in files(block.page).items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text, encoding="utf-8")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    commands = re.split(r"^\$ ", block.text, flags=re.M)[1:]
    assert commands
    for each in commands:
        line, _, shown = each.partition("\n")
        name, *arguments = shlex.split(line)
        assert name == "netdsl"
        main(arguments)
        printed = capsys.readouterr()
        assert _same(shown, printed.out + printed.err), printed.out + printed.err


def _same(shown: str, printed: str) -> bool:
    """Whether both are the same; a line `…` stands for any lines."""
    parts = re.split(r"^…(?:\n|\Z)", shown.strip(), flags=re.M)
    pattern = r".*?".join(map(re.escape, parts))
    return re.fullmatch(pattern, printed.strip(), re.S) is not None


# ---- lists that are to be complete -------------------------------------------


def section(title: str, page: str = "language.md") -> str:
    """The text below a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", PAGES[page], re.S | re.M)
    assert found is not None, title
    return found[1]


def words_after(lead: str, text: str) -> set[str]:
    """The words of the code that follows a lead, up to the end of its paragraph."""
    _, found, rest = text.partition(lead)
    assert found, lead
    return {
        word
        for code in re.findall(r"`([^`]+)`", rest.partition("\n\n")[0])
        for word in code.split()
    }


def test_the_limits_are_those_of_the_compiler() -> None:
    bounds = {name: f"{int(getattr(limits.DEFAULT, name)):,}" for name in limits.Limits._fields}
    shown = re.findall(r"^\| `(\w+)` \| .+ \| ([\d,]+) \|", section("Limits"), re.M)
    assert [*bounds.items()] == shown


def test_the_functions_of_build_time_are_complete() -> None:
    assert words_after("Functions of build time:", PAGES["language.md"]) == BUILD_FUNCTIONS
    assert {"accumulate"} == BUILD_FUNCTIONS - TENSOR_FUNCTIONS


def test_the_schemes_are_complete() -> None:
    text = PAGES["language.md"]
    assert words_after("The schemes of torch:", text) == set(torchlib.scheme_names())


def test_the_table_of_contents_names_every_section() -> None:
    text = PAGES["language.md"]
    linked = re.findall(r"\]\(#([\w-]+)\)", text)
    titles = re.findall(r"^##+ (.+)$", re.sub(BLOCK, "", text), re.M)
    anchors = [re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in titles]
    assert len(anchors) == len(set(anchors))
    assert set(linked) <= set(anchors)
    sections = re.findall(r"^## (.+)$", re.sub(BLOCK, "", text), re.M)
    assert {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in sections} <= set(
        linked
    )
