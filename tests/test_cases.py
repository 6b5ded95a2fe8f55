"""Every program of tests/cases and of examples/ against the text that is expected of it."""

from __future__ import annotations

import black
import pytest

from tests.golden import CASES, EXPECTED, Case, cases


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_output(case: Case) -> None:
    for path, text in case.files().items():
        expected = path.read_text(encoding="utf-8") if path.exists() else None
        assert text == expected, f"{path.name}: if this is meant, run python -m tests.update"


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_black_has_nothing_to_do(case: Case) -> None:
    found = case.outcome()
    assert found.fallbacks == 0
    if found.output is not None:
        assert black.format_str(found.output, mode=black.Mode()) == found.output


def test_nothing_is_expected_of_programs_that_are_gone() -> None:
    expected = {path for case in cases() for path in case.files()}
    assert {path for suffix in EXPECTED for path in CASES.rglob(suffix)} <= expected


def test_every_example_compiles() -> None:
    """An example may be wrong in no version that is released."""
    wrong = [case.id for case in cases() if case.outcome().output is None]
    assert [case for case in wrong if case.startswith("examples/")] == []
