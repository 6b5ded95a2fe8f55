"""What a command line says, read from the table and by argparse."""

from __future__ import annotations

import argparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdsl.cli import COMMANDS, _command
from netdsl.commands.arguments import Argument, Options, add_to, read

VALUES = ["a.nd", "b.nd", "-", "", "auto", "black", "json", "text", "3", "x=1,2", "two words"]
ODD = ["-x", "--", "--help", "-h", "--version", "-j2", "--style=black", "--sty", "-3", "--no-check"]


def by_argparse(arguments: tuple[Argument, ...], words: list[str]) -> dict[str, object] | None:
    parser = argparse.ArgumentParser(prog="netdsl")
    inner = parser.add_subparsers(dest="command").add_parser("of")
    add_to(inner, arguments)
    try:
        said = vars(parser.parse_args(["of", *words], Options()))
    except SystemExit:
        return None
    assert said.pop("command") == "of"
    return said


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, list[str], bool]:
    """A command, words for it, and whether they are said as the table has it."""
    name = draw(st.sampled_from(sorted(COMMANDS)))
    arguments: tuple[Argument, ...] = _command(name).ARGUMENTS
    places, options, regular = [], [], True
    for each in arguments:
        word = st.sampled_from(each.choices) if each.choices else st.sampled_from(["3", "0", "-"])
        if each.kind == "rest":
            regular = False
        elif each.placed:
            most = {"maybe": 1, "many": 3}.get(each.kind, 1)
            files = st.lists(st.sampled_from(VALUES), min_size=each.kind != "maybe", max_size=most)
            places += draw(files)
        for said, value in each.words():
            for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
                numbers = each.attribute in ("jobs", "depth")
                given = draw(st.just("3") if numbers else word)
                options.append([said] if value is not None else [said, given])
    options = draw(st.permutations(options))
    at = draw(st.integers(0, len(options)))
    groups = [*options[:at], places, *options[at:]]
    return name, [word for group in groups for word in group], regular


@given(lines())
def test_what_is_said_as_the_table_has_it_needs_no_argparse(
    line: tuple[str, list[str], bool],
) -> None:
    name, words, regular = line
    arguments = _command(name).ARGUMENTS
    found = read(arguments, words)
    assert (found is not None) == regular
    if found is not None:
        assert found == by_argparse(arguments, words)


@given(lines(), st.data())
def test_whatever_is_read_is_what_argparse_reads(
    line: tuple[str, list[str], bool], data: st.DataObject
) -> None:
    name, words, _ = line
    arguments = _command(name).ARGUMENTS
    others = [word for each in arguments for word, _ in each.words()]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(words)))
        words[at : at + data.draw(st.integers(0, 1))] = data.draw(
            st.lists(st.sampled_from([*VALUES, *ODD, *others]), max_size=1)
        )
    found = read(arguments, words)
    if found is not None:
        assert found == by_argparse(arguments, words)


@pytest.mark.parametrize("name", COMMANDS)
def test_words_that_may_mean_more_are_left_to_argparse(name: str) -> None:
    for word in ODD:
        assert read(_command(name).ARGUMENTS, ["a.nd", word]) is None
