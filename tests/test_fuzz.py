"""A few thousand texts by chance. `python -m tests.fuzz` tries as many as one likes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.judge import Tally
from tests.fuzz.mutations import ODD, WORDS, broken
from tests.fuzz.programs import GRAMMAR, NEARLY, WRITTEN

TEXTS, PARTS = 1200, 4
WORDS_IN_NO_ORDER = st.lists(st.sampled_from([*WORDS, *ODD, "\n", " "]), max_size=40).map("".join)


@pytest.mark.parametrize("part", range(PARTS))
def test_broken_texts_are_refused_in_words_or_keep_what_is_promised(part: int) -> None:
    tally = Tally()
    for seed in range(part, TEXTS, PARTS):
        assert tally.add(broken(seed)) == []
    assert tally.compiled


@given(st.binary(max_size=200))
def test_bytes_are(data: bytes) -> None:
    assert Tally().add(data.decode("utf-8", "replace")) == []
    assert Tally().add(data.decode("latin-1")) == []


@given(WORDS_IN_NO_ORDER)
def test_words_in_no_order_are(text: str) -> None:
    assert Tally().add(text) == []


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.one_of(WRITTEN, NEARLY, GRAMMAR))
def test_programs_are(text: str) -> None:
    assert Tally().add(text, execute=True) == []


def test_what_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge that finds nothing proves nothing."""
    assert Tally().add('let a = "text"', execute=True) == []
    monkeypatch.setattr("tests.fuzz.judge.format_module", lambda source: source + "\n")
    assert "black would lay the output out in another way" in Tally().add('let a = "text"')
    monkeypatch.setattr("netdsl.syntax.parse._read", lambda *_: 1 // 0)
    (found,) = Tally().add("seq(relu)")
    assert found.startswith("ZeroDivisionError")
