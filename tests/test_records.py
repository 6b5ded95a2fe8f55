"""Records do what dataclasses do."""

from __future__ import annotations

import copy
import dataclasses
import marshal
import pickle
import subprocess
import sys
import typing
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from netdsl import forms, prebuilt
from netdsl.records import Frozen, Mutable, NamedTuple, field, field_types, replace


class Place(Frozen):
    line: int
    column: int = 1
    file: str = field(default="<string>", compare=False, kw_only=True)


class Named(Place):
    name: str = "x"
    uses: list[int] = field(default_factory=list)


class Square(Frozen, slots=False):
    side: int

    def __post_init__(self) -> None:
        if self.side < 0:
            raise ValueError("below zero")

    @cached_property
    def area(self) -> int:
        return self.side**2


class Counter(Mutable):
    count: int = 0
    seen: list[str] = field(default_factory=list)


class Nothing(Frozen):
    pass


@dataclasses.dataclass(frozen=True, slots=True)
class Model:
    line: int
    column: int = 1
    file: str = dataclasses.field(default="<string>", compare=False, kw_only=True)


@pytest.mark.parametrize("cls", [Place, Model])
def test_fields_as_those_of_a_dataclass(cls: Any) -> None:
    one = cls(3, file="a")
    assert (one.line, one.column, one.file) == (3, 1, "a")
    assert one == cls(3, 1, file="b") != cls(4)
    assert hash(one) == hash(cls(3))
    assert one != (3, 1)
    assert cls.__match_args__ == ("line", "column")
    assert repr(one) == f"{cls.__name__}(line=3, column=1, file='a')"
    assert dataclasses.replace(one, line=5) == cls(5)
    assert [each.name for each in dataclasses.fields(cls)] == ["line", "column", "file"]
    assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one
    assert not hasattr(one, "__dict__")
    wrong: Any
    for wrong in (cls, lambda: cls(1, 2, "c"), lambda: cls(1, place=2)):
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(AttributeError):
        one.line = 4
    with pytest.raises(AttributeError):
        del one.line


def test_a_derived_record_has_the_fields_of_its_base_first() -> None:
    one = Named(1, 2, "n")
    assert list(field_types(Named)) == ["line", "column", "file", "name", "uses"]
    assert one == Named(1, 2, "n", []) and one != Place(1, 2)
    assert one.uses is not Named(1).uses
    assert replace(one, name="m") == Named(1, 2, "m")


def test_a_record_with_a_dict_can_hold_what_is_worked_out() -> None:
    one = Square(3)
    assert one.area == one.area == 9
    with pytest.raises(AttributeError):
        one.side = 4  # type: ignore[misc]
    with pytest.raises(ValueError):
        Square(-1)


def test_what_changes_equals_itself_alone() -> None:
    one, other = Counter(), Counter()
    one.count += 1
    one.seen.append("a")
    assert (one.count, other.count, other.seen) == (1, 0, [])
    assert one != Counter(1, ["a"]) and one == one


def test_records_without_fields() -> None:
    assert Nothing() == Nothing() and hash(Nothing()) == hash(Nothing())


class Pair(NamedTuple):
    """Two things."""

    one: int
    other: str = "x"

    @property
    def both(self) -> str:
        return f"{self.one}{self.other}"


class Theirs(typing.NamedTuple):
    one: int
    other: str = "x"


class Derived(Pair):
    pass


@pytest.mark.parametrize("cls", [Pair, Theirs])
def test_tuples_with_names_as_those_of_typing(cls: Any) -> None:
    pair = cls(1)
    assert pair == (1, "x") == cls(one=1, other="x") and tuple(pair) == (pair.one, pair.other)
    assert (cls._fields, cls._field_defaults) == (("one", "other"), {"other": "x"})
    assert cls.__match_args__ == ("one", "other")
    assert pair._replace(other="y") == cls(1, "y") == cls._make([1, "y"])
    assert pair._asdict() == {"one": 1, "other": "x"}
    assert repr(pair) == f"{cls.__name__}(one=1, other='x')"
    assert pickle.loads(pickle.dumps(pair)) == copy.deepcopy(pair) == pair
    assert isinstance(pickle.loads(pickle.dumps(pair)), cls) and not hasattr(pair, "__dict__")
    wrong: Any
    for wrong in (cls, lambda: cls(1, "x", 2), lambda: cls(1, third=2)):
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(AttributeError):
        pair.one = 2


def test_a_tuple_with_names_has_what_its_class_says_and_what_is_derived_from_it_too() -> None:
    assert Pair.__doc__ == "Two things." and Derived(2, "y").both == Pair(2, "y").both == "2y"
    assert Derived(2) == Pair(2) and repr(Derived(2)) == "Derived(one=2, other='x')"


@pytest.mark.parametrize("count", [0, 1, 7, 8, 12, 20])
def test_any_number_of_fields_will_do(count: int) -> None:
    names = [f"f{at}" for at in range(count)]
    for base in (NamedTuple, Frozen, Mutable):
        namespace = {"__annotations__": dict.fromkeys(names, "int"), "__module__": __name__}
        made: Any = type(base)("Made", (base,), namespace)
        one = made(*range(count))
        assert [getattr(one, name) for name in names] == [*range(count)]
        assert repr(one) == f"Made({', '.join(f'{name}={at}' for at, name in enumerate(names))})"
        with pytest.raises(TypeError, match=r"Made\.__(init|new)__\(\)"):
            made(*range(count + 1))


# ---- what the build compiled --------------------------------------------------


def test_the_stored_forms_are_those_of_the_records() -> None:
    script = "import sys; from netdsl.forms import made; sys.stdout.buffer.write(made())"
    made = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    assert Path(forms.PREBUILT).read_bytes() == made, "run python -m netdsl.forms"
    _, found = marshal.loads(made)
    assert len(found) > 10
    for source, code in found.items():
        assert code == compile(source, "<record>", "exec")


SOURCE = "def __init__(self, _0):\n _set0(self, 2 * _0)"


@pytest.mark.parametrize(
    ("data", "taken"),
    [
        (marshal.dumps((prebuilt.PYTHON, {SOURCE: compile("found = 1", "", "exec")}), 2), True),
        (marshal.dumps(("cpython-38", {SOURCE: compile("found = 1", "", "exec")}), 2), False),
        (marshal.dumps((prebuilt.PYTHON, {}), 2), False),
        (marshal.dumps((prebuilt.PYTHON, 3), 2), False),
        (b"", False),
        (b"no forms", False),
        (None, False),
    ],
)
def test_forms_that_are_not_stored_are_compiled(
    data: bytes | None, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "PREBUILT", str(tmp_path / "forms.bin"))
    monkeypatch.setattr(forms, "_STORED", [])
    monkeypatch.setattr(forms, "_ASKED", {})
    if data is not None:
        (tmp_path / "forms.bin").write_bytes(data)
    scope: dict[str, Any] = {}
    exec(forms.code_of(SOURCE), scope)
    assert ("found" in scope) is taken and ("__init__" in scope) is not taken
