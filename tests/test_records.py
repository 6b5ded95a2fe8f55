"""Records do what dataclasses do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from functools import cached_property
from typing import Any

import pytest

from netdsl.records import Frozen, Mutable, field, field_types, replace


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
