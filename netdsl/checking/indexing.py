"""What collections hold: their elements in order, by index and by key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netdsl import limits
from netdsl.checking.alone import none_there
from netdsl.checking.products import subscripted
from netdsl.checking.rules import Call
from netdsl.checking.sizes import Mismatch, Sizes
from netdsl.checking.values import (
    UNKNOWN,
    Items,
    Module,
    Named,
    Repeated,
    Tensor,
    Value,
    as_int,
    is_number,
    lineage,
)
from netdsl.shapes.shape import Run, Shape
from netdsl.syntax import tree


def elements_of(value: Value, sizes: Sizes) -> Sequence[Value] | Repeated | None:
    """What iterating over a value gives."""
    match value:
        case Items(elements):
            return None if any(isinstance(x, Run) for x in elements) else elements
        case Repeated():
            return value
        case Module(items=items, repeated=repeated) if items is not None or repeated is not None:
            if repeated is not None:
                return Repeated(repeated)
            assert items is not None
            return list(items.values()) if value.cls.torch != "ModuleDict" else list(items)
        case Tensor(shape):
            count = None if shape.rank is None or not shape.rank else sizes.number(shape.axis(0))
            part = Tensor(Shape(shape.parts[1:]), value.dtype) if shape.rank else UNKNOWN
            if count is None or count > limits.current().items:
                return Repeated(part)
            return [part] * count
        case Named(values, True):
            return list(values)
        case Module() if _has_no_items(value):
            raise Mismatch(
                f"a `{value.cls.name}` is no container: it has no items",
                "go over a child that is a `seq`, a `list` or a `dict`, or over `self.children()`.",
                "wrong-type",
            )
        case _:
            if is_number(value):
                raise _number_without_items()
            return None


def _number_without_items() -> Mismatch:
    hint = "ask a tensor or a list for them; what counts is `range(n)`."
    return Mismatch("a number has no items", hint, "wrong-type")


_WITH_ITEMS = frozenset(
    {"Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"}
)


def _has_no_items(module: Module) -> bool:
    """Whether a module surely is no container."""
    first = list(lineage(module))[-1]
    if first.combined is not None:
        return True
    if first.cls.torch:
        return first.cls.torch not in _WITH_ITEMS
    return first.cls.definition is not None and first.cls.definition.base is None


def unpacked(value: Value, targets: Sequence[object], sizes: Sizes) -> list[Value]:
    """A value for each target of an assignment to several.

    Raises:
        Mismatch: there are more or fewer values than targets.
    """
    count = len(targets)
    starred = [at for at, each in enumerate(targets) if isinstance(each, tree.Splice)]
    found = elements_of(value, sizes)
    if found is None or isinstance(found, Repeated):
        element = found.element if isinstance(found, Repeated) else UNKNOWN
        return [UNKNOWN if at in starred else element for at in range(count)]
    if starred:
        at, rest = starred[0], len(found) - count + 1
        if rest < 0:
            raise Mismatch(f"{count - 1} names at least stand for {len(found)} values")
        middle = Items(tuple(found[at : at + rest]), "list")
        return [*found[:at], middle, *found[at + rest :]]
    if len(found) != count:
        raise Mismatch(
            f"{count} names stand for {len(found)} values",
            "give as many names as there are values.",
        )
    return list(found)


def indexed(value: Value, found: list[Value], sizes: Sizes) -> Value:
    """What an index, or several, takes out of a value.

    Raises:
        Mismatch: there is nothing there.
    """
    if isinstance(value, Tensor):
        call = Call("index", sizes, {})
        return Tensor(subscripted(call, value.shape, found), value.dtype)
    if is_number(value):
        raise _number_without_items()
    if value is None:
        raise none_there("items")
    if len(found) != 1:
        return UNKNOWN
    index = found[0]
    match value:
        case Items(elements, kind):
            return element_at(elements, kind, index)
        case Repeated(element):
            return value if isinstance(index, Items) else element
        case Named(values, complete) if isinstance(index, str):
            if index not in values and complete:
                raise missing_item(index, values)
            return values.get(index, UNKNOWN)
        case Module(items=items) if items is not None:
            if isinstance(index, str):
                if index not in items:
                    raise missing_item(index, items)
                return items[index]
            found = element_at(tuple(items.values()), "list", index)
            return _sliced(value, found) if isinstance(found, Items) else found
        case Module(repeated=repeated) if repeated is not None:
            return UNKNOWN if isinstance(index, Items) else repeated
        case Module() if _has_no_items(value):
            raise Mismatch(
                f"a `{value.cls.name}` is no container: it has no items",
                "reach a child by its name, `self.child`; children that are counted go into a"
                " `list`.",
                "wrong-type",
            )
        case _:
            return UNKNOWN


def _sliced(whole: Module, part: Items) -> Value:
    """A slice of a container, which is one of its kind."""
    if whole.cls.definition is not None or whole.combined is not None:
        return UNKNOWN
    found = Module(whole.cls, whole.span)
    found.items = {str(at): each for at, each in enumerate(part.elements)}
    return found


def element_at(elements: tuple[Value, ...], kind: str, index: Value) -> Value:
    """The element of a list or a tuple, or those of a slice.

    Raises:
        Mismatch: there is none.
    """
    run = next((at for at, each in enumerate(elements) if isinstance(each, Run)), None)
    if isinstance(index, Items) and index.kind == "slice":
        bounds = [None if each is None else as_int(each) for each in index.elements]
        if any(
            each is None and of is not None for each, of in zip(bounds, index.elements, strict=True)
        ):
            return UNKNOWN
        lower, upper, step = bounds
        if run is not None and not _keeps_run(run, len(elements), lower, upper, step):
            return UNKNOWN
        return Items(elements[slice(lower, upper, step)], kind)
    at = as_int(index)
    if at is None:
        return UNKNOWN
    if run is not None:
        inside = (at <= -1 and at + len(elements) > run) or 0 <= at < run
        return elements[at] if inside else UNKNOWN
    if not -len(elements) <= at < len(elements):
        count = len(elements)
        raise Mismatch(
            f"index {at} is out of range: there {'is' if count == 1 else 'are'} {count}",
            f"the last has index {count - 1}." if count else "there is nothing to take.",
            "bad-value",
        )
    return elements[at]


def _keeps_run(
    run: int, count: int, lower: int | None, upper: int | None, step: int | None
) -> bool:
    """Whether a slice of sizes takes all of a run, or none of it."""
    if step not in (None, 1):
        return False
    begins = lower is None or 0 <= lower <= run or (lower < 0 and lower + count > run)
    ends = upper is None or (upper < 0 and upper + count > run) or 0 <= upper <= run
    return begins and ends


def missing_item(name: str, among: Iterable[str]) -> Mismatch:
    """What is said of a key that is not there."""
    known = ", ".join(f"`{each}`" for each in list(among)[:8])
    message = f"there is no `{name}`"
    return Mismatch(message, f"there is: {known}." if known else None, "bad-value")
