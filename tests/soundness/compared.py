"""What was predicted beside what is."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from netdsl.checking import values
from netdsl.shapes.dimension import Dimension
from tests.soundness.tried import kind_of


class Compared:
    """Walks both; `wrong` says where they differ, `known` whether all sizes were predicted."""

    def __init__(self, symbols: dict[str, int]) -> None:
        self.symbols = symbols
        self.known = True
        self.wrong: list[str] = []

    def compare(self, predicted: values.Value, actual: Any, where: str) -> None:
        match predicted, actual:
            case values.Tensor(), Tensor():
                self._tensor(predicted, actual, where)
            case values.Items(elements), tuple() | list():
                if len(elements) != len(actual):
                    self._differ(f"{len(elements)} results", f"{len(actual)}", where)
                    return
                for at, (one, other) in enumerate(zip(elements, actual, strict=True)):
                    self.compare(one, other, f"{where}[{at}]")
            case values.Named(fields), dict():
                for name, other in actual.items():
                    self.compare(fields.get(name, values.UNKNOWN), other, f'{where}["{name}"]')
            case Dimension(), int():
                if predicted.as_int() not in (None, actual):
                    self._differ(predicted, actual, where)
            case (bool() | float() | None), _:
                if predicted != actual:
                    self._differ(predicted, actual, where)
            case values.UNKNOWN, _:
                self.known = self.known and not isinstance(actual, Tensor | tuple | list | dict)
            case values.Repeated(), _:
                self.known = False
            case _:
                self._differ(predicted, type(actual).__name__, where)

    def _differ(self, predicted: object, actual: object, where: str) -> None:
        self.wrong.append(f"{where} is predicted {predicted}, but is {actual}")

    def _tensor(self, predicted: values.Tensor, actual: Tensor, where: str) -> None:
        if predicted.dtype not in (None, kind_of(actual.dtype)):
            self._differ(predicted.dtype, kind_of(actual.dtype), where)
        shape = predicted.shape
        if shape.rank is None:
            self.known = False
            if shape.least_rank > actual.dim():
                self._differ(shape, list(actual.shape), where)
            return
        sizes = [None if each is None else self._number(each) for each in shape.axes]
        self.known = self.known and None not in sizes
        same = len(sizes) == actual.dim() and all(
            each in (None, size) for each, size in zip(sizes, actual.shape, strict=True)
        )
        if not same:
            self._differ(shape, list(actual.shape), where)

    def _number(self, size: Dimension) -> int | None:
        bound = {each: self.symbols.get(each.name) for each in size.symbols()}
        known = {each: number for each, number in bound.items() if number is not None}
        return size.evaluate(known) if len(known) == len(bound) else None
