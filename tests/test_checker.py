"""A checker says of each text what `netdsl.check` says of it, whatever it checked before, and works
out no more than it has to."""

from __future__ import annotations

import gc
import re
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import netdsl
from netdsl.analysis import file as analysis_file
from netdsl.analysis.walk import walk
from netdsl.checking import check
from netdsl.checking.check import Entry
from netdsl.diagnostics import Diagnostic, Diagnostics
from netdsl.report import render_text
from netdsl.source import Source, Span
from netdsl.syntax import pieces
from netdsl.syntax.parse import parse
from tests.edits import texts_after_each_other
from tests.generated import ROOT

PROGRAMS = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for folder in ("examples", "tests/cases")
    for path in sorted((ROOT / folder).rglob("*.nd"))
}
CHEAP = [text for name, text in PROGRAMS.items() if "zoo" not in name and len(text) < 4000]
LONGER = [text for text in CHEAP if len(re.findall(r"^(?:let|module|def|record) ", text, re.M)) > 2]


def told(found: Sequence[Diagnostic]) -> list[tuple[object, ...]]:
    """All that findings say, without the identity of sources."""

    def place(span: Span) -> tuple[object, ...]:
        return span.source.name, span.source.text, span.start, span.end

    return [
        (
            each.code,
            each.severity,
            each.message,
            each.hint,
            place(each.span),
            [(place(label.span), label.message) for label in each.labels],
        )
        for each in found
    ]


def hold(
    texts: Sequence[str],
    files: Sequence[Mapping[str, str]] = ({},),
    limits: netdsl.Limits | None = None,
) -> None:
    """Checks one text after the other, each with its files beside it."""
    here: dict[str, str] = {}

    def read(place: str) -> Source:
        if place not in here:
            raise FileNotFoundError("no such file")
        return Source(here[place], place)

    checker = netdsl.Checker(read=read, limits=limits)
    for at, text in enumerate(texts):
        here = dict(files[at % len(files)])
        found = checker.check(text, name="net.nd")
        wanted = netdsl.check(text, name="net.nd", read=read, limits=limits)
        assert told(found) == told(wanted)
        assert render_text(found) == render_text(wanted)


LIMITS = st.sampled_from([None, None, None, netdsl.Limits(steps=400), netdsl.Limits(nodes=300)])


def texts_of(programs: Sequence[str]) -> st.SearchStrategy[list[str]]:
    return st.sampled_from(programs).flatmap(texts_after_each_other)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(texts_of(LONGER), LIMITS)
def test_what_is_said_of_longer_programs(texts: list[str], limits: netdsl.Limits | None) -> None:
    hold(texts, limits=limits)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(texts_of(CHEAP), LIMITS)
def test_what_is_said_of_programs(texts: list[str], limits: netdsl.Limits | None) -> None:
    hold(texts, limits=limits)


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(texts_of(LONGER), st.data())
def test_what_is_said_of_programs_beside_each_other(texts: list[str], data: st.DataObject) -> None:
    """One checker goes from one program to another and back."""
    others = data.draw(texts_of(LONGER))
    hold([each for pair in zip(texts, others, strict=False) for each in pair])


MISTAKES = [text for name, text in PROGRAMS.items() if name.startswith("tests/cases/errors/syntax")]
BELOW = [
    "let two = seq(relu)",
    "module Two(d) = seq(linear d d)",
    "module Two {\n  a = linear 4 4\n  def forward(x) {\n    return a(x)\n  }\n}",
    "record Two(a=1)",
    "extern def torch.two(x: int) -> [*S]",
    'from "two.nd" import Two',
    "assert True",
    "relu",
]


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(MISTAKES), st.lists(st.sampled_from(BELOW), max_size=3))
def test_what_is_said_of_mistakes_among_other_statements(text: str, below: list[str]) -> None:
    hold(["\n".join(["let first = 4", text.strip("\n"), *below]), "\n".join([*below, text])])


@given(st.sampled_from(LONGER), st.integers(0, 4000), st.sampled_from(BELOW))
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_what_is_said_of_what_is_half_written(text: str, at: int, below: str) -> None:
    """A statement ends where the cursor is, and others stand around it."""
    head = text[: at % len(text)]
    hold([head + "\n" + below, head + "\n" + below + "\nlet last = 4\n"])


@pytest.mark.full
def test_what_is_said_of_thousands_of_edits() -> None:
    @settings(
        max_examples=3000,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(texts_of(CHEAP) | texts_of(LONGER), LIMITS)
    def run(texts: list[str], limits: netdsl.Limits | None) -> None:
        hold(texts, limits=limits)

    run()


# ---- several files -----------------------------------------------------------

BLOCKS = """let width = 8
module Block(d) {
  fc = linear d d
  def forward(x: [B, d]) -> [B, d] = relu(fc(x))
}
module Wide(d) = seq(linear d (2 * d), Block (2 * d))
let unused = 3
"""
NET = """from "blocks.nd" import Block, Wide, width
module Head(d, n) = seq(Block d, linear d n)
let net: [B, 8] -> [B, 2] = seq(Wide width, Head (2 * width) 2)
"""


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(texts_after_each_other(NET, 4), texts_after_each_other(BLOCKS, 4))
def test_what_is_said_when_files_that_are_imported_change(
    nets: list[str], blocks: list[str]
) -> None:
    files = [{"blocks.nd": each} for each in blocks]
    hold(nets, files)
    hold([NET] * len(files), files)
    hold([NET, NET, NET], [*files[:1], {}, *files[:1]])


def test_findings_in_imported_files_stand_where_these_are_now() -> None:
    wrong = BLOCKS.replace("linear d d", "linear d (d + 1)")
    below = "# more\n\nlet more = 5\n" + wrong
    hold([NET, NET, NET], [{"blocks.nd": each} for each in (BLOCKS, wrong, below)])


# ---- what changes elsewhere --------------------------------------------------

DEPENDING = """let width = 8
record Config(d=8, n=2)
def scaled(x: [*S, d]) -> [*S, d] = x * width
module Block(d, act=relu) {
  fc = linear d d
  act = act
  def forward(x: [B, d]) -> [B, d] = scaled(act(fc(x)))
}
module Pair(c: Config) {
  a = Block c.d
  b = linear _ c.n
  def forward(x: [B, c.d]) = b(a(x))
}
let sizes = [width, 2 * width]
let net: [B, 8] -> [B, 2] = Pair(Config(d=width, n=2))
let other: [B, 16] -> [B, 16] = Block(sizes[1])
assert params(net) == 90
"""


@pytest.mark.parametrize(
    "change",
    [
        ("width = 8", "width = 9"),
        ("d=8, n=2)\n", "d=8, n: int = 2, p=0.5)\n"),
        ("* width\n", "* width * 2\n"),
        ("-> [*S, d] = x * width", "-> [*S, 2 * d] = cat([x, x], -1)"),
        ("fc = linear d d", "fc = linear d (d + 1)"),
        ("linear _ c.n", "linear 7 c.n"),
        ("linear _ c.n", "linear _ _"),
        ("2 * width]", "3 * width]"),
        ("sizes[1]", "sizes[0]"),
        ("act=relu", "act=silu"),
        ("let sizes", "let other_sizes"),
        ("def scaled", "def rescaled"),
        ("params(net) == 90", "params(net) == 91"),
        ("record Config", "\n\n# a record\nrecord Config"),
    ],
)
def test_what_a_change_means_for_what_depends_on_it(change: tuple[str, str]) -> None:
    assert change[0] in DEPENDING and netdsl.check(DEPENDING) == ()
    other = DEPENDING.replace(*change)
    hold([DEPENDING, other, DEPENDING, other + "\n", "\n" + other])


def test_what_is_followed_before_decides_nothing_about_what_comes_after() -> None:
    """One network less: those behind it are told of with the places of their own sizes."""
    same = "module Same { def forward(x: [B, d]) -> [B, d] = x }\n"
    lets = [f"let n{at}: [B, {at}] -> [B, 4] = seq(Same, Same, linear 4 4)\n" for at in (4, 5, 5)]
    hold([same + "".join(lets), same + "".join(lets[1:]), same + lets[2] + lets[0]])


@pytest.mark.parametrize("steps", range(20, 400, 20))
def test_the_same_number_of_steps_is_followed(steps: int) -> None:
    changed = DEPENDING.replace("sizes[1]", "sizes[0] * 2")
    hold([DEPENDING, changed, DEPENDING], limits=netdsl.Limits(steps=steps))


# ---- pieces ------------------------------------------------------------------


def places(root: object, whole: pieces.Pieces) -> Iterator[tuple[object, ...]]:
    for node in walk(root):
        span = whole.whole(node.span)
        yield type(node), span.source, span.start, span.end


def test_a_program_in_pieces_has_the_same_tree() -> None:
    whole = []
    for name, text in PROGRAMS.items():
        source, reader = Source(text, name), pieces.Pieces()
        found = [Diagnostics(), Diagnostics()]
        tree, cut = parse(source, found[0]), reader.parse(source, found[1])
        assert len(found[0].sorted()) == len(found[1].sorted()), name
        if tree is None or cut is None or found[0].has_errors:
            continue
        assert tree == cut, name
        assert list(places(tree, reader)) == list(places(cut, reader)), name
        if any(each.span.source is source for each in cut.statements):
            whole.append(name)
    assert len(whole) < 5, whole


@pytest.mark.parametrize(
    "text",
    [
        "let a = 1\n+ 2",
        "let a = linear 4 8\nelse",
        "let a = 4 if True\nelse 5\nseq(linear a 4)",
        "let a = [\n1,\n2]\nlet b = a",
        'let a = """\nlet b = 4\n"""\nseq(relu)',
        'let a = "\nlet b = 4\n"\nseq(relu)',
        "module M {\nfc = linear 4 4\ndef forward(x) = fc(x)\n}\nlet net = M",
        "let a = 1; let b = 2\nlet c = 3;\n;let d = 4",
        "let a = 4 # let b\n# let c = (\nlet d = 5 # )\n",
        "let a = 1\\\nlet b = 2",
        "let a =\nlinear 4 4\nlet b = a",
        "seq(relu)\n  seq(tanh)\n",
        "let a = 1\n\n\n  let b = 2\nlet c = 3",
        "let a = f\n(4)\nlet b = 2",
        "let a = 4\nin = 4",
        "in\nlet a = 4",
        "",
        "\n# nothing\n",
        "let a = 1\r\nlet b = 2\rlet c = a",
        "let ä = 1\nÄ(4)",
        "let a = 4\x0c\nlet b = 5\x00",
    ],
)
def test_how_statements_end_is_told_alike(text: str) -> None:
    hold([text, "let before = 1\n" + text, text + "\nlet after = 1", text])


# ---- what is worked out ------------------------------------------------------


class Counted:
    """What was read, resolved and followed."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.resolved: list[str] = []
        self.followed: list[str] = []


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    found = Counted()
    read, resolved, follow = pieces.faultless, analysis_file._resolved, Entry.follow
    with monkeypatch.context() as patched:
        patched.setattr(
            pieces, "faultless", lambda source: (found.read.append(source.text), read(source))[1]
        )
        patched.setattr(
            analysis_file,
            "_resolved",
            lambda node, called, view: (
                found.resolved.append(called.new[0]),
                resolved(node, called, view),
            )[1],
        )
        patched.setattr(
            Entry,
            "follow",
            lambda entry: (found.followed.append(entry.definition.name), follow(entry))[1],
        )
        yield found


BLOCK = """module Block{at}(d) {{
  fc = linear d d
  def forward(x: [B, d]) -> [B, d] = relu(fc(x))
}}
let net{at}: [B, 8] -> [B, 8] = seq(Block{at} 8, relu)

"""
MANY = "".join(BLOCK.format(at=at) for at in range(200))


def test_a_change_in_one_of_many_concerns_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    checker = netdsl.Checker()
    with counting(monkeypatch) as found:
        assert checker.check(MANY) == ()
    assert len(found.read) == len(found.resolved) == len(found.followed) == 400
    head = "module Block100(d) {\n"
    other = MANY.replace(head, head + "  other = linear d d\n")
    with counting(monkeypatch) as found:
        assert [each.code for each in checker.check(other)] == ["unused-child"]
    assert len(found.read) == 1
    assert found.resolved == found.followed == ["Block100", "net100"]
    with counting(monkeypatch) as found:
        assert [each.code for each in checker.check("# moved\n\n" + other)] == ["unused-child"]
    assert not found.read and not found.resolved and not found.followed
    wrong = other.replace("let net7: [B, 8]", "let net7: [B, 9]")
    with counting(monkeypatch) as found:
        assert [each.code for each in checker.check(wrong)][:1] == ["shape-mismatch"]
    assert found.resolved == ["net7"] and found.followed == ["net7"]


def test_a_note_in_a_definition_is_followed_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    checker = netdsl.Checker()
    checker.check(MANY)
    noted = MANY.replace("module Block7(d) {\n", "module Block7(d) {\n  # a note\n\n")
    with counting(monkeypatch) as found:
        assert checker.check(noted) == ()
    assert len(found.read) == 1 and not found.followed


def test_what_asserts_and_lists_lead_to_decides_whether_they_are_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held: list[str] = []
    hold_one = check._held
    monkeypatch.setattr(
        check, "_held", lambda node, runner: (held.append(node.span.text), hold_one(node, runner))
    )
    text = """let block(d) = seq(linear d d, relu)
let kinds = [(block, 8), (block, 16)]
let first = kinds[0][0](8)
let second = linear 8 _
let net: [B, 8] -> [B, 4] = seq(first, second, linear 4 4)
assert params(first) == 72
assert params(net) == 128
"""
    checker = netdsl.Checker()
    assert checker.check(text) == () and len(held) == 2
    with counting(monkeypatch) as found:
        assert checker.check(text + "\n# more\n") == () and len(held) == 2
    assert not found.followed
    wider = text.replace("linear 4 4", "linear 4 4 bias=False").replace("128", "124")
    assert checker.check(wider) == () and held[2:] == ["assert params(net) == 124"]
    other = checker.check(wider.replace("seq(linear d d", "seq(linear d d bias=False"))
    assert [each.code for each in other] == ["assertion-fails"] * 2 and len(held) == 5


def test_what_is_broken_is_read_with_what_stands_below(monkeypatch: pytest.MonkeyPatch) -> None:
    checker, read = netdsl.Checker(), []
    checker.check(MANY)
    monkeypatch.setattr(
        pieces, "parse", lambda source, found: (read.append(source), parse(source, found))[1]
    )
    broken = MANY.replace("module Block7(d) {\n", "module Block7(d) {\n  other = = 4\n")
    assert [each.code for each in checker.check(broken)] == ["missing-let"]
    assert [each.text.count("module") for each in read] == [1]


def test_what_does_not_parse_is_forgotten_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    checker = netdsl.Checker()
    checker.check(MANY)
    assert checker.check(MANY + "let net = seq(")[0].code == "unclosed-bracket"
    assert checker.check(MANY + "let net = seq(lienar)")[0].code == "unknown-name"
    with counting(monkeypatch) as found:
        assert checker.check(MANY + "let net = seq(relu)") == ()
    assert (len(found.read), found.resolved, found.followed) == (1, ["net"], ["net"])


def test_what_the_last_text_did_not_use_is_forgotten() -> None:
    kept: list[weakref.ref[Source]] = []
    checker = netdsl.Checker()
    for at in range(5):
        checker.check(f"let width = {at + 1}\nlet net: [B, 4] = linear 4 width\n")
        kept += [weakref.ref(each) for each in checker._pieces._starts]
    checker.check("seq(relu)")
    gc.collect()
    assert len(kept) == 10 and not any(each() for each in kept)


def test_a_file_that_is_no_longer_imported_is_forgotten() -> None:
    def read(place: str) -> Source:
        return Source(BLOCKS, place)

    checker = netdsl.Checker(read=read)
    checker.check(NET, name="net.nd")
    assert checker._pieces._files.keys() == {"net.nd", "blocks.nd"}
    checker.check("seq(relu)", name="net.nd")
    assert checker._pieces._files.keys() == {"net.nd"}


def test_examples_are_checked_one_after_the_other() -> None:
    """One checker for all of them, as one that goes from file to file."""
    texts = [Path(ROOT / name).read_text(encoding="utf-8") for name in PROGRAMS if "zoo" in name]
    hold([*texts[:3], *texts[:3]])
