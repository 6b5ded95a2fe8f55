"""Regular expressions that the build compiled are those that Python would compile."""

from __future__ import annotations

import marshal
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from netdsl import patterns
from netdsl.patterns import compiled

TEXT = r"(?i)(?P<word>[a-zà-ÿ]+)|(?P<number>\d++)"


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for what is stored."""
    place = tmp_path / "patterns.bin"
    monkeypatch.setattr(patterns, "PREBUILT", str(place))
    monkeypatch.setattr(patterns, "_MADE", {})
    patterns._stored.cache_clear()
    yield place
    patterns._stored.cache_clear()


def kept(**changes: Any) -> bytes:
    found = {"python": patterns._python(), "numbers": patterns._numbers(TEXT), **changes}
    return marshal.dumps((found["python"], {TEXT: found["numbers"]}), 2)


def as_tuple(made: re.Pattern[str]) -> tuple[object, ...]:
    about = made.pattern, made.flags, made.groups, dict(made.groupindex)
    text = "Àb 12\nx3"
    return *about, [(each.lastgroup, each.span()) for each in made.finditer(text)]


def test_the_stored_patterns_are_those_of_a_compile() -> None:
    script = "import sys; from netdsl.patterns import made; sys.stdout.buffer.write(made())"
    made = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    assert Path(patterns.PREBUILT).read_bytes() == made, "run python -m netdsl.patterns"
    _, found = marshal.loads(made)
    assert len(found) > 20
    for text, numbers in found.items():
        assert numbers[1:] == patterns._numbers(text)[1:]
        again: Any = patterns._part_in_c().compile(text, *numbers)
        assert again == re.compile(text) and as_tuple(again) == as_tuple(re.compile(text))


def test_what_is_stored_is_taken(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored.write_bytes(kept())
    with monkeypatch.context() as patch:
        patch.delattr(patterns, "_by_re")
        made = compiled(TEXT)
    assert as_tuple(made) == as_tuple(re.compile(TEXT)) and compiled(TEXT) is made


@pytest.mark.parametrize(
    "data",
    [
        None,
        b"",
        b"no patterns",
        b"N",
        kept()[:-5],
        kept(python=("cpython-38", 0)),
        kept(numbers=()),
        kept(numbers=(32, [1, 2, 3], 2, {}, (None,))),
        kept(numbers=(32, ["x"], 2, {}, (None,))),
        kept(numbers="text"),
    ],
)
def test_what_does_not_fit_is_compiled_anew(data: bytes | None, stored: Path) -> None:
    if data is not None:
        stored.write_bytes(data)
    assert as_tuple(compiled(TEXT)) == as_tuple(re.compile(TEXT))
    assert compiled("b+").findall("abba") == ["bb"]
