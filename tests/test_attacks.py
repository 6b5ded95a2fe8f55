"""Programs that nobody means well with: what they ask for is bounded, and what they smuggle stays
what it is. `python -m tests.attacks` says what the costly ones cost at their full size."""

from __future__ import annotations

import pytest

import netdsl
from netdsl.limits import Limits
from tests.attacks import injected
from tests.attacks.costly import DOUBLING, LONG, NUMBERS, Attack
from tests.fuzz.judge import Tally
from tests.golden import ROOT

FEW = Limits(steps=3000, seconds=20)
"""What doubles is cut off early, so that it takes no time; at 250,000 steps it takes seconds."""


def ends(program: str, limits: Limits) -> None:
    """Compiles a program, or has it refused."""
    try:
        netdsl.compile(program, name="attack.nd", limits=limits)
    except netdsl.CompileError as error:
        assert str(error)


@pytest.mark.parametrize("attack", DOUBLING.values(), ids=DOUBLING)
def test_what_doubles_is_followed_only_so_far(attack: Attack) -> None:
    ends(attack(60), FEW)


@pytest.mark.parametrize("attack", NUMBERS.values(), ids=NUMBERS)
def test_a_number_of_things_is_not_counted_one_by_one(attack: Attack) -> None:
    for zeros in (12, 40, 90):
        ends(attack(zeros), FEW)


@pytest.mark.parametrize("attack", LONG.values(), ids=LONG)
def test_what_is_long_ends(attack: Attack) -> None:
    ends(attack(8), FEW)


@pytest.mark.parametrize("place", injected.PLACES_OF_TEXTS)
def test_a_text_stays_one(place: str) -> None:
    for text in injected.TEXTS:
        assert Tally().add(place.replace("@", text), execute=True) == []


@pytest.mark.parametrize("place", injected.PLACES_OF_NAMES)
def test_a_name_stays_one(place: str) -> None:
    for name in injected.NAMES:
        assert Tally().add(place.replace("@", name), execute=True) == []


@pytest.mark.parametrize(
    ("place", "names"),
    [
        *((place, injected.FUNCTIONS) for place in injected.PLACES_OF_FUNCTIONS),
        *((place, injected.METHODS) for place in injected.PLACES_OF_METHODS),
    ],
)
def test_what_does_more_than_compute_is_unknown(place: str, names: list[str]) -> None:
    for name in names:
        with pytest.raises(netdsl.CompileError):
            netdsl.compile(place.replace("@", name))


@pytest.mark.parametrize(
    "name", ["a\nimport os\n.nd", "a\rimport os", "a\u2028import os\x0c#", "\ud800.nd"]
)
@pytest.mark.parametrize("line_comments", [False, True])
def test_the_name_of_a_file_stays_in_its_comment(name: str, line_comments: bool) -> None:
    program = "module M { a = linear 2 2; def forward(x: [B, 2]) = a(x) }\nM"
    source = netdsl.compile(program, name=name, line_comments=line_comments).source
    assert "import os" not in map(str.strip, source.splitlines())


def test_the_page_tells_how_many_there_are() -> None:
    page = " ".join((ROOT / "docs" / "safety.md").read_text(encoding="utf-8").split())
    texts = len(injected.TEXTS) * len(injected.PLACES_OF_TEXTS)
    names = len(injected.NAMES) * len(injected.PLACES_OF_NAMES)
    calls = len(injected.FUNCTIONS) * len(injected.PLACES_OF_FUNCTIONS)
    calls += len(injected.METHODS) * len(injected.PLACES_OF_METHODS)
    assert (
        f"{len(DOUBLING)} that double with each line, {len(NUMBERS)} that count to a number,"
        f" {len(LONG)} that are long; and {texts:,} texts, {names:,} names and {calls:,} calls"
    ) in page
