"""What is recorded of torch, and what the build stores of it."""

from __future__ import annotations

import json
import marshal
from collections.abc import Iterator
from pathlib import Path

import pytest

from netdsl.torchlib import table as tables
from netdsl.torchlib.table import Table, table, table_text

FILES = sorted(path.stem for path in (Path(tables.HERE) / "data").glob("*.json"))
DATA = table_text({"a": [1, "é", None], "b": {"c": True}}).encode()


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for what is stored."""
    place = tmp_path / "data.bin"
    monkeypatch.setattr(tables, "PREBUILT", str(place))
    _forget()
    yield place
    _forget()


def _forget() -> None:
    tables._stored.cache_clear()
    tables.table.cache_clear()


def test_what_is_stored_is_what_is_recorded() -> None:
    stored = Path(tables.PREBUILT).read_bytes()
    assert stored == tables.made(), "run python -m netdsl.torchlib"
    assert [*marshal.loads(stored)[1]] == FILES


@pytest.mark.parametrize("name", FILES)
def test_a_table_is_the_same_stored_or_not(name: str, stored: Path) -> None:
    text = tables.text_beside("data", f"{name}.json")
    plain = {**table(name)}
    stored.write_bytes(tables.made())
    _forget()
    found = table(name)
    assert found._stored is not None and {**found} == plain == json.loads(text)
    assert [*found] == [*plain] and len(found) == len(plain) and "no such name" not in found


def test_what_is_stored_of_another_text_is_not_taken(
    stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored.write_bytes(tables.made())
    monkeypatch.setattr(tables, "_beside", lambda folder, file: DATA)
    assert {**table("layers")} == {"a": [1, "é", None], "b": {"c": True}}


@pytest.mark.parametrize("data", [b"", b"no tables", b"N", tables.made()[:-9]])
def test_what_is_damaged_is_read_anew(data: bytes, stored: Path) -> None:
    stored.write_bytes(data)
    assert "Linear" in table("layers") and table("layers")._stored is None


def test_an_entry_that_is_damaged_is_read_anew() -> None:
    found = Table(DATA, tables._Stored(b"", {"a": 0, "b": 1}, b"?"))
    assert found["a"] == [1, "é", None] and {**found} == {**Table(DATA)}
