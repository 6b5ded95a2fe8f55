"""Methods of tensors, lists and dicts."""

from __future__ import annotations

from collections.abc import Sequence

from netdsl import limits, torchlib
from netdsl.analysis import program as ir
from netdsl.checking.alone import none_there
from netdsl.checking.arity import (
    what_it_is,
)
from netdsl.checking.builder import Given
from netdsl.checking.frame import Frame
from netdsl.checking.indexing import element_at
from netdsl.checking.library import Library
from netdsl.checking.mutation import can_change
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import (
    UNKNOWN,
    Class,
    Closure,
    Items,
    Named,
    Recipe,
    Record,
    Repeated,
    Tensor,
    Value,
    as_int,
    is_number,
    joined,
    joined_all,
)
from netdsl.shapes.dimension import Dimension


class Methods(Library):
    """Follows calls of what a value has."""

    def method_call(
        self, receiver: Value, func: ir.Field, given: Given | None, node: ir.Call, frame: Frame
    ) -> Value:
        if given is None:
            return UNKNOWN
        positional = [value for name, value in given if name is None]
        named = {name: value for name, value in given if name is not None}
        self._refuse_method(receiver, func.name)
        match receiver:
            case Tensor():
                if func.name in ("size", "dim", "numel", "ndimension"):
                    return self._asked(receiver, func.name, positional)
                self.refuse_others(func.name, given, node, method=True)
                return self.function(func.name, [receiver, *positional], named, node.span)
            case None:
                raise none_there(f"`{func.name}`")
            case Items():
                return self._list_method(func.name, receiver, positional, frame)
            case Repeated():
                return self._open_list_method(func.name, receiver, positional, frame)
            case Named(values, complete) if func.name in ("items", "keys", "values") and complete:
                if func.name == "items":
                    return Items(tuple(Items(pair, "tuple") for pair in values.items()), "list")
                return Items(tuple(values if func.name == "keys" else values.values()), "list")
            case str() if func.name in _OF_TEXT and not named:
                return _of_text(receiver, func.name, positional)
            case Class() | Recipe() | Closure() | Record():
                return self.build_call(self.field(receiver, func.name, node.span), given, node.span)
            case _:
                return UNKNOWN

    def _refuse_method(self, receiver: Value, name: str) -> None:
        """
        Raises:
            Mismatch: the value surely has no such method.
        """
        if isinstance(receiver, Tensor):
            if torchlib.method(name) is not None or torchlib.attribute(name) is not None:
                return
            if torchlib.python_method(name) and receiver.shape.rank is None:
                return  # a parameter of which nothing is said may be a list
            owner = "a tensor"
        elif (
            torchlib.method(name) is None
            or torchlib.python_method(name)
            or (isinstance(receiver, Items) and receiver.kind == "size")
        ):
            return
        elif isinstance(receiver, Items | Named):
            owner = "a dict" if isinstance(receiver, Named) else f"{len(receiver.elements)} values"
        elif is_number(receiver) or isinstance(receiver, str):
            owner = str(what_it_is(receiver))
        else:
            return
        raise Mismatch(
            f"{owner} {'have' if owner.endswith('s') else 'has'} no method `{name}`",
            "see to what stands before the dot.",
            "unknown-attribute",
        )

    def _asked(self, tensor: Tensor, name: str, values: Sequence[Value]) -> Value:
        shape = tensor.shape
        if name == "size":
            sizes = self._tensor_field(shape, tensor.dtype, "shape")
            return element_at(sizes.elements, "size", values[0]) if values else sizes
        if name == "numel":
            return shape.size() or UNKNOWN
        return UNKNOWN if shape.rank is None else Dimension(shape.rank)

    def _list_method(self, name: str, given: Items, values: Sequence[Value], frame: Frame) -> Value:
        """What a method of a list gives, and what becomes of the list."""
        if not can_change(given):
            return UNKNOWN
        elements, kind = given.elements, given.kind
        match name, list(values):
            case "append", [value]:
                changed: Value = Items((*elements, value), kind)
            case "extend", [Items(more)]:
                changed = Items((*elements, *more), kind)
            case "pop", [] if elements:
                frame.changed((given, Items(elements[:-1], kind)))
                return elements[-1]
            case "pop", [at] if _place(at, len(elements)) is not None:
                place = _place(at, len(elements))
                assert place is not None
                rest = (*elements[:place], *elements[place + 1 :])
                frame.changed((given, Items(rest, kind)))
                return elements[place]
            case "insert", [at, value] if (number := as_int(at)) is not None:
                changed = Items((*elements[:number], value, *elements[number:]), kind)
            case "reverse", []:
                changed = Items(elements[::-1], kind)
            case "copy", []:
                return Items(elements, kind)
            case _:
                changed = UNKNOWN
        frame.changed((given, changed))
        return None if changed is not UNKNOWN else UNKNOWN

    def _open_list_method(
        self, name: str, given: Repeated, values: Sequence[Value], frame: Frame
    ) -> Value:
        """The same of a list of which it is not known how long it is."""
        match name, list(values):
            case "append", [value]:
                changed: Value = Repeated(joined(given.element, value))
            case "extend", [Repeated(element)]:
                changed = Repeated(joined(given.element, element))
            case "extend", [Items(more)]:
                changed = Repeated(joined_all([given.element, *more]))
            case "insert", [_, value]:
                changed = Repeated(joined(given.element, value))
            case "pop", _:
                return given.element
            case "reverse", []:
                return None
            case "copy", []:
                return Repeated(given.element)
            case _:
                changed = UNKNOWN
        frame.changed((given, changed))
        return None if changed is not UNKNOWN else UNKNOWN


_OF_TEXT = ("startswith", "endswith", "removeprefix", "removesuffix", "replace", "lower", "upper")
"""Methods of texts that are followed."""


def _of_text(text: str, name: str, values: Sequence[Value]) -> Value:
    if not all(isinstance(each, str) for each in values):
        return UNKNOWN
    try:
        found = getattr(text, name)(*values)
    except TypeError:  # other arguments than it takes
        return UNKNOWN
    short = isinstance(found, bool) or len(found) <= limits.current().items
    return found if short else UNKNOWN


def _place(at: Value, length: int) -> int | None:
    """Where an index points to, counted from the front; None if that is not known, or nowhere."""
    number = as_int(at)
    return None if number is None or not -length <= number < length else number % length
