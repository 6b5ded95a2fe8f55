"""Lists and dicts that change in place. Here they are values that never change: one that does
becomes another value, and whatever holds it, under any name, holds that one from there on."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

from netdsl.checking.values import UNKNOWN, Items, Named, Repeated, Value

Change = tuple[Value, Value]
"""A list or a dict, and what has become of it."""


def follow(change: Change, variables: MutableMapping[str, Value]) -> None:
    """Puts what a list or a dict has become into its place in all variables."""
    known: dict[int, Value] = {id(change[0]): change[1]}
    for name, value in variables.items():
        if isinstance(value, Items | Named | Repeated):
            variables[name] = _followed(value, known)


def _followed(value: Value, known: dict[int, Value]) -> Value:
    """A value in whose depth everything that is known to have changed has done so. What is held
    in two places stays one."""
    if not isinstance(value, Items | Named | Repeated):
        return value
    if id(value) in known:
        return known[id(value)]
    result: Value = value
    if isinstance(value, Items):
        elements = tuple(_followed(each, known) for each in value.elements)
        if any(a is not b for a, b in zip(elements, value.elements, strict=True)):
            result = Items(elements, value.kind)
    elif isinstance(value, Repeated):
        if _followed(value.element, known) is not value.element:
            result = Repeated(UNKNOWN)  # one of them has changed, or all
    else:
        values = {key: _followed(each, known) for key, each in value.values.items()}
        if any(each is not value.values[key] for key, each in values.items()):
            result = Named(values, value.complete)
    known[id(value)] = result
    return result


def can_change(value: Value) -> bool:
    return isinstance(value, Named | Repeated) or (
        isinstance(value, Items) and value.kind == "list"
    )


def changeable(value: Value) -> Iterator[Value]:
    """The lists and dicts in a value, itself among them."""
    if can_change(value):
        yield value
    match value:
        case Items(elements):
            for each in elements:
                yield from changeable(each)
        case Named(values):
            for each in values.values():
                yield from changeable(each)
        case Repeated(element):
            yield from changeable(element)


def fresh(value: Value) -> Value:
    """An equal value that shares no list and no dict with this one."""
    match value:
        case Items(elements, kind):
            return Items(tuple(map(fresh, elements)), kind)
        case Named(values, complete):
            return Named({key: fresh(each) for key, each in values.items()}, complete)
        case Repeated(element):
            return Repeated(fresh(element))
        case _:
            return value
