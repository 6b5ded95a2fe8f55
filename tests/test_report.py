"""Findings as text for people, with a caret below every character that is meant, and as JSON
for programs."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import netdsl
from netdsl.diagnostics import Diagnostic, Label
from netdsl.report import LINE_COLUMNS, render_json, render_text, visible
from netdsl.source import Source, Span

STYLE = re.compile(r"\x1b\[[0-9;]*m")


def finding(text: str, meant: str, *labels: tuple[str, str], hint: str | None = None) -> Diagnostic:
    """A finding about the first place where a piece of text stands, with labels at others."""
    source = Source(text, "m.nd")
    return Diagnostic(
        "a-code",
        "it is wrong",
        _span(source, meant),
        tuple(Label(_span(source, piece), message) for piece, message in labels),
        hint,
    )


def _span(source: Source, piece: str) -> Span:
    start = source.text.index(piece)
    return Span(source, start, start + len(piece))


def block(*lines: str) -> str:
    return "\n".join(lines)


def said(program: str) -> str:
    """What is said of a wrong program."""
    return render_text(netdsl.check(program, name="m.nd"))


def codes(program: str) -> list[str]:
    return [found.code for found in netdsl.check(program)]


# ---- one finding ------------------------------------------------------------


def test_a_finding_shows_place_line_carets_and_hint() -> None:
    assert render_text([finding("let a = foo 1", "foo", hint="define it.")]) == block(
        "m.nd:1:9: error[a-code]: it is wrong",
        "  |",
        "1 | let a = foo 1",
        "  |         ^^^",
        "  = define it.",
    )


def test_without_a_hint_nothing_follows_the_carets() -> None:
    assert render_text([finding("foo", "foo")]).splitlines()[-1] == "  | ^^^"


def test_a_warning_says_so() -> None:
    source = Source("let a = 1", "m.nd")
    found = Diagnostic("a-code", "unused", Span(source, 4, 5), severity="warning")
    assert render_text([found]).startswith("m.nd:1:5: warning[a-code]: unused\n")


def test_nothing_found_is_no_text() -> None:
    assert render_text([]) == ""


def test_findings_stand_apart_in_the_order_in_which_they_are_given() -> None:
    one, other = finding("foo bar", "foo"), finding("foo bar", "bar")
    assert render_text([one, other]) == render_text([one]) + "\n\n" + render_text([other])


def test_a_label_points_with_dashes_at_a_second_place() -> None:
    text = "let a = 1\nlet b = 2\nlet c = a"
    assert render_text([finding(text, "a", ("c", "here too"))]) == block(
        "m.nd:1:5: error[a-code]: it is wrong",
        "  |",
        "1 | let a = 1",
        "  |     ^",
        "...",
        "3 | let c = a",
        "  |     - here too",
    )


def test_a_label_before_the_finding_is_shown_before_it() -> None:
    lines = render_text([finding("one\ntwo", "two", ("one", "the first"))]).splitlines()
    assert lines == [
        "m.nd:2:1: error[a-code]: it is wrong",
        "  |",
        "1 | one",
        "  | --- the first",
        "2 | two",
        "  | ^^^",
    ]


def test_two_marks_on_one_line_share_the_line() -> None:
    lines = render_text([finding("one two", "two", ("one", "the first"))]).splitlines()
    assert lines[2:] == ["1 | one two", "  | --- the first", "  |     ^^^"]


def test_a_label_in_another_file_names_that_file() -> None:
    here, there = Source("use it", "a.nd"), Source("\n\nlet it = 1", "b.nd")
    label = Label(Span(there, 6, 8), "it is this")
    found = Diagnostic("a-code", "it is wrong", Span(here, 4, 6), (label,), "do otherwise.")
    assert render_text([found]) == block(
        "a.nd:1:5: error[a-code]: it is wrong",
        "  |",
        "1 | use it",
        "  |     ^^",
        "  --> b.nd:3:5",
        "  |",
        "3 | let it = 1",
        "  |     -- it is this",
        "  = do otherwise.",
    )


def test_the_path_is_shown_where_it_is_known() -> None:
    source = Source("foo", "m.nd", "some/folder/m.nd")
    found = Diagnostic("a-code", "it is wrong", Span(source, 0, 3))
    assert render_text([found]).startswith("some/folder/m.nd:1:1: ")
    assert json.loads(render_json([found]))["diagnostics"][0]["file"] == "some/folder/m.nd"


def test_numbers_of_lines_are_right_aligned() -> None:
    text = "\n".join(f"line{number}" for number in range(1, 12))
    lines = render_text([finding(text, "line9", ("line10", "too"))]).splitlines()
    assert lines[1:] == ["   |", " 9 | line9", "   | ^^^^^", "10 | line10", "   | ------ too"]


# ---- places that are awkward ------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant", "shown", "below"),
    [
        ("\tlet a =\tfoo", "foo", "    let a =    foo", "               ^^^"),
        ("a\tb", "\t", "a    b", " ^^^^"),
        ("let 界 = foo", "foo", "let 界 = foo", "         ^^^"),
        ("let 界面 = foo", "界面", "let 界面 = foo", "    ^^^^"),
        ('"😀" + foo', "foo", '"😀" + foo', "       ^^^"),
        ('"👍🏽" + foo', "foo", '"👍🏽" + foo', "         ^^^"),
        ('"Ａ" + foo', "foo", '"Ａ" + foo', "       ^^^"),
        ('"a\u20dd" + foo', "foo", '"a\u20dd" + foo', "      ^^^"),
        ('"e\u0301e\u0301" + foo', "foo", '"e\u0301e\u0301" + foo', "       ^^^"),
        ("e\u0301 = 1", "\u0301", "e\u0301 = 1", "^"),
        ("e\u0301e\u0301 = 1", "e\u0301e\u0301", "e\u0301e\u0301 = 1", "^^"),
        ("ﬀ + foo", "foo", "ﬀ + foo", "    ^^^"),
        ("a\u200bb foo", "foo", r"a\u200bb foo", "         ^^^"),
        ("a\u200bb", "\u200b", r"a\u200bb", " ^^^^^^"),
        ("\u202efoo", "foo", r"\u202efoo", "      ^^^"),
        ("a\x1b[31mfoo", "foo", "a␛[31mfoo", "      ^^^"),
        ("\x7f\x00foo", "foo", "␡␀foo", "  ^^^"),
        ("let a = \r\nfoo", "foo", "foo", "^^^"),
        ("a\rfoo", "foo", "foo", "^^^"),
        ("a\x0bb\u2028foo", "foo", r"a␋b\u2028foo", "         ^^^"),
    ],
)  # fmt: skip
def test_carets_stand_below_what_is_meant(text: str, meant: str, shown: str, below: str) -> None:
    *_, line, carets = render_text([finding(text, meant)]).splitlines()
    assert line.partition(" | ")[2] == shown
    assert carets.removeprefix("  | ") == below


@pytest.mark.parametrize(
    ("text", "at", "place", "line", "below"),
    [
        ("", 0, "1:1", "1 |", "^"),
        ("let a =", 7, "1:8", "1 | let a =", "       ^"),
        ("let a =\n", 8, "2:1", "2 |", "^"),
        ("let a =\n", 7, "1:8", "1 | let a =", "       ^"),
        ("let a = 界", 9, "1:10", "1 | let a = 界", "          ^"),
        ("let a = e\u0301", 10, "1:11", "1 | let a = e\u0301", "         ^"),
    ],
)
def test_the_end_of_a_file_has_a_caret(
    text: str, at: int, place: str, line: str, below: str
) -> None:
    source = Source(text, "m.nd")
    lines = render_text([Diagnostic("a-code", "it ends", Span(source, at, at))]).splitlines()
    assert lines == [f"m.nd:{place}: error[a-code]: it ends", "  |", line, f"  | {below}"]


def test_of_several_lines_the_first_is_underlined_to_its_end() -> None:
    text = "let a = [1,\n  2,\n  3](4)\n"
    lines = render_text([finding(text, "[1,\n  2,\n  3](4)")]).splitlines()
    assert lines == [
        "m.nd:1:9: error[a-code]: it is wrong",
        "  |",
        "1 | let a = [1,",
        "  |         ^^^",
    ]


def test_of_a_long_line_the_part_round_the_place_is_shown() -> None:
    text = "seq(" + "linear 4 4, " * 1000 + "foo, " + "relu, " * 1000 + ")"
    head, _, line, carets = render_text([finding(text, "foo")]).splitlines()
    assert head.startswith("m.nd:1:12005: ")
    shown = line.removeprefix("1 | ")
    assert len(shown) <= LINE_COLUMNS and shown[0] == shown[-1] == "…"
    at = carets.index("^") - len("1 | ")
    assert shown[at : at + 3] == "foo" and carets.endswith(" ^^^")
    assert "linear 4 4, foo, relu, " in shown


def test_of_a_long_line_both_ends_can_be_shown() -> None:
    text = "foo" + "+ 1" * 100 + "bar"
    first, last = (render_text([finding(text, piece)]).splitlines() for piece in ("foo", "bar"))
    assert first[2].startswith("1 | foo+ 1") and first[2].endswith("…") and first[3] == "  | ^^^"
    assert last[2].startswith("1 | …") and last[2].endswith("+ 1bar")
    assert last[3].index("^") == last[2].index("bar")


def test_two_places_far_apart_on_one_line_are_both_shown() -> None:
    text = "foo" + " + 1" * 100 + "bar"
    lines = render_text([finding(text, "foo", ("bar", "and here"))]).splitlines()
    assert lines[2].startswith("1 | foo") and lines[4].endswith("bar")
    assert lines[5].index("---") == lines[4].index("bar")


def test_a_span_longer_than_what_is_shown_is_underlined_as_far_as_that() -> None:
    text = "x" * 5000
    _, _, line, carets = render_text([finding(text, text)]).splitlines()
    assert carets == "  | " + "^" * len(line.removeprefix("1 | "))
    assert len(line) <= len("1 | ") + LINE_COLUMNS


def test_characters_written_out_at_length_do_not_push_the_place_out_of_sight() -> None:
    text = "\U000e0001" * 80 + "foo" + "\U000e0001" * 80
    *_, line, carets = render_text([finding(text, "foo")]).splitlines()
    assert carets.index("^") == line.index("foo")
    assert len(line) <= len("1 | ") + LINE_COLUMNS


CHARACTERS = st.sampled_from("ab (\n\t\r\x1b\x00\x7f\x85\xa0é\u0301\u200b\u202e\u2028界😀\ud800")


@given(
    st.text(CHARACTERS | st.characters(), max_size=300), st.integers(0, 300), st.integers(0, 300)
)
@example("\u0301" * 200, 200, 0)
@example("\U000e0001" * 200, 150, 3)
@example("界" * 200, 100, 100)
def test_every_place_of_every_text_can_be_shown(text: str, at: int, length: int) -> None:
    source = Source(text, "m.nd")
    start = at % (len(source.text) + 1)
    end = min(start + length, len(source.text))
    found = Diagnostic("a-code", "wrong", Span(source, start, end), hint=text)
    plain = render_text([found])
    assert STYLE.sub("", render_text([found], color=True)) == plain
    assert all(character.isprintable() for character in plain.replace("\n", ""))
    head, _, line, carets, _ = plain.split("\n")
    place = source.position(start)
    assert head == f"m.nd:{place.line}:{place.column}: error[a-code]: wrong"
    assert re.fullmatch(r" +\| *\^+", carets)
    gutter = len(f"{place.line} | ")
    shown = _columns(line[gutter:])
    assert len(shown) <= LINE_COLUMNS
    meant = source.text[start : start + 1]
    if meant.strip(" \t\n") and _columns(meant):
        assert shown[carets.index("^") - gutter] == visible(meant)[0]


def _columns(shown: str) -> list[str]:
    """What stands in each column of a terminal."""
    columns: list[str] = []
    for character in shown:
        if unicodedata.category(character) in ("Mn", "Me"):
            continue
        columns += [character] * (1 + (unicodedata.east_asian_width(character) in "WF"))
    return columns


# ---- nothing of a program is obeyed -----------------------------------------


def test_messages_hints_and_names_cannot_act_on_the_terminal() -> None:
    evil = "\x1b]0;title\x07\n\x1b[2J\u202eerror"
    source = Source("foo", evil, evil)
    span = Span(source, 0, 3)
    found = Diagnostic("a-code", evil, span, (Label(span, evil),), evil)
    text = render_text([found])
    assert len(text.split("\n")) == 6
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", text)


def test_visible_text_is_one_printable_line() -> None:
    assert visible("a\tb\nc\x1b\x7f\xa0é界") == r"a    b␊c␛␡\xa0é界"


def test_colours_are_there_only_when_asked_for() -> None:
    found = finding("one two", "two", ("one", "first"), hint="a hint")
    assert "\x1b" not in render_text([found])
    coloured = render_text([found], color=True)
    assert STYLE.sub("", coloured) == render_text([found])
    assert "\x1b[1;31m^^^\x1b[0m" in coloured


# ---- whole programs ---------------------------------------------------------


def test_one_run_finds_several_errors_and_sorts_them() -> None:
    program = "let a = foo 1\nlet b = linear 2\nmodule M { x = bar }\nseq(lienar 3 4, a, b)\n"
    found = netdsl.check(program)
    places = [each.span.source.position(each.span.start) for each in found]
    assert len(found) >= 3 and places == sorted(places)
    assert {1, 3, 4} <= {place.line for place in places}


@pytest.mark.parametrize(
    "program",
    [
        "seq(linear 3 4",
        "let a = foo 1\nlet b = a\nlet c = seq(a, b)\nseq(c, b, a)",
        "let a(n) = foo n\nseq(a 1, a 2, a 3)",
        "module M(d) { x = foo d; def forward(y: [B]) -> [B] = x(x(y)) }\nM 4",
        "def f(x) = foo(x)\ndef g(x) = f(f(x))",
        'let a = "abc',
        "seq(linear 3 4, relu",
        "let a = 1 +",
    ],
)
def test_one_mistake_is_one_finding(program: str) -> None:
    assert len(codes(program)) == 1


def test_the_text_of_an_uncaught_error_is_the_rendered_one() -> None:
    with pytest.raises(netdsl.CompileError) as caught:
        netdsl.compile("let a = foo 1", name="m.nd")
    assert str(caught.value) == said("let a = foo 1")
    assert str(caught.value).startswith("m.nd:1:9: error[unknown-name]: ")


def test_an_unclosed_bracket_shows_both_ends() -> None:
    lines = said("seq(linear 3 4,\n  relu\n").splitlines()
    assert lines[0].startswith("m.nd:1:4: error[unclosed-bracket]: ")
    assert lines[2:6] == [
        "1 | seq(linear 3 4,",
        "  |    ^",
        "2 |   relu",
        "  |       - the file ends here",
    ]


# ---- JSON -------------------------------------------------------------------


def test_json_holds_every_part_of_a_finding() -> None:
    found = finding("let a\nlet 界 = foo", "foo", ("a\nlet", "from here"), hint="so.")
    assert json.loads(render_json([found])) == {
        "diagnostics": [
            {
                "code": "a-code",
                "severity": "error",
                "message": "it is wrong",
                "hint": "so.",
                "file": "m.nd",
                "start": {"line": 2, "column": 9},
                "end": {"line": 2, "column": 12},
                "labels": [
                    {
                        "message": "from here",
                        "file": "m.nd",
                        "start": {"line": 1, "column": 5},
                        "end": {"line": 2, "column": 4},
                    }
                ],
            }
        ]
    }


def test_json_of_nothing_is_an_empty_list() -> None:
    assert json.loads(render_json([])) == {"diagnostics": []}


def test_json_is_ascii_whatever_the_program_says() -> None:
    found = finding("let 界 = \x1b😀", "界 = \x1b😀", hint="\u202e\ud800")
    text = render_json([found])
    assert text.isascii()
    assert json.loads(text)["diagnostics"][0]["hint"] == "\u202e\ud800"


@given(st.text(CHARACTERS, max_size=40), st.data())
def test_places_in_json_lead_back_to_what_is_meant(text: str, data: st.DataObject) -> None:
    source = Source(text, "m.nd")
    start = data.draw(st.integers(0, len(source.text)))
    end = data.draw(st.integers(start, len(source.text)))
    found = Diagnostic("a-code", "wrong", Span(source, start, end))
    (shown,) = json.loads(render_json([found]))["diagnostics"]
    lines = source.text.split("\n")
    offsets = [
        sum(len(line) + 1 for line in lines[: place["line"] - 1]) + place["column"] - 1
        for place in (shown["start"], shown["end"])
    ]
    assert offsets == [start, end]
