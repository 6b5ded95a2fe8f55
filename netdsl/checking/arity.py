"""How many inputs there are, and whether each is a tensor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netdsl.analysis import program as ir
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import Items, Maybe, Module, Named, Record, Tensor, Value
from netdsl.records import NamedTuple
from netdsl.shapes.dimension import Dimension


def wrong_count(name: str, wanted: Sequence[str], count: int, hint: str | None = None) -> Mismatch:
    """What is said of a module that gets more or fewer inputs than it takes."""
    several = f"{len(wanted)} inputs, {', '.join(wanted)}," if len(wanted) != 1 else "1 input,"
    return Mismatch(
        f"`{name}` takes {several} but gets {count}",
        hint or "give it as many; a `module` of its own can take several and hand them on.",
        "not-callable",
    )


def refuse_count(name: str, forward: object, given: Sequence[tuple[str | None, Value]]) -> None:
    """
    Raises:
        Mismatch: a `forward` does not take that many inputs.
    """
    assert isinstance(forward, ir.Function)
    if any(each.kind == "variadic" for each in forward.parameters):
        return
    required = [each.name for each in forward.parameters if each.default is None]
    if not len(required) <= len(given) <= len(forward.parameters):
        names = required if len(given) < len(required) else [p.name for p in forward.parameters]
        raise wrong_count(name, names, len(given))


def what_it_is(value: Value) -> str | None:
    """What a value is that surely is no tensor, and no collection of them either."""
    match value:
        case Module():
            return f"a module, a `{value.cls.name}`"
        case Maybe(module):
            return f"a module, a `{module.cls.name}`"
        case None:
            return "None"
        case bool():
            return "a bool"
        case Dimension() | float():
            return "a number"
        case str():
            return "a string"
        case Record(name):
            return f"a record, a `{name}`"
        case _:
            return None


def refuse_collection(name: str, value: Value) -> None:
    """
    Raises:
        Mismatch: a layer that takes a tensor gets a tuple, a list or a dict, or a single value
            of another kind.
    """
    other = what_it_is(value)
    if other is not None:
        raise Mismatch(
            f"`{name}` takes a tensor, but gets {other}",
            "give it an input of the `def`, or what a layer or a function gives.",
            "wrong-type",
        )
    if isinstance(value, Items | Named):
        kind = "a dict" if isinstance(value, Named) else f"a {value.kind}"
        shown = f" {_shown(value)}" if isinstance(value, Items) else ""
        raise Mismatch(
            f"`{name}` takes a tensor, but gets {kind}{shown}",
            "take it apart first, in a `def`: `y, _ = lstm(x)`.",
            "wrong-type",
        )


def _shown(value: Value) -> str:
    match value:
        case Tensor(shape):
            return str(shape)
        case Items(elements, "list"):
            return f"[{', '.join(map(_shown, elements))}]"
        case Items(elements):
            return f"({', '.join(map(_shown, elements))})"
        case _:
            return "?"


def refuse_holder(module: Module) -> None:
    """
    Raises:
        Mismatch: a list or a dict of modules is applied.
    """
    base = module.cls.definition.base if module.cls.definition is not None else None
    kind = getattr(base, "kind", "")
    held = kind if kind in ("list", "dict") else _HOLDERS.get(module.cls.torch)
    if held is None:
        return
    raise Mismatch(
        f"a {held} of modules cannot be called as a whole",
        "`seq(…)` applies layers one after the other; what a list or a dict holds is applied in a"
        " `def`.",
        "not-callable",
    )


_HOLDERS = {"ModuleList": "list", "ModuleDict": "dict"}


class Takes(NamedTuple):
    """What a layer or a function of build time takes."""

    names: tuple[str, ...]
    positional: tuple[str, ...]
    required: tuple[str, ...]
    any_number: bool
    any_name: bool


def takes(parameters: Iterable[tuple[str, str, bool]]) -> Takes:
    """What parameters take, each given by its name, its kind and whether it is required."""
    found = list(parameters)
    kinds = {kind for _, kind, _ in found}
    return Takes(
        tuple([name for name, _, _ in found]),
        tuple([name for name, kind, _ in found if kind in ("normal", "positional")]),
        tuple([name for name, _, required in found if required]),
        "variadic" in kinds,
        "keywords" in kinds,
    )


def refuse_arguments(label: str, wanted: Takes, given: Sequence[tuple[str | None, Value]]) -> None:
    """Arguments that meet parameters only here: those of a layer that is itself a parameter.

    Raises:
        Mismatch: some are missing, or too many.
    """
    positional = wanted.positional
    named = [name for name, _ in given if name is not None]
    count = len(given) - len(named)
    if count > len(positional) and not wanted.any_number:
        raise Mismatch(
            f"`{label}` takes {len(positional)} arguments by position, but {count} are given",
            f"`{label}` takes: {', '.join(positional)}." if positional else "give none.",
            "too-many-arguments",
        )
    filled = [*positional[:count], *named]
    if len(set(filled)) < len(filled):
        twice = next(name for name in filled if filled.count(name) > 1)
        raise Mismatch(
            f"`{label}` is given `{twice}` twice", "give each argument once.", "repeated-argument"
        )
    missing = [name for name in wanted.required if name not in filled]
    if missing:
        listed = ", ".join(f"`{name}`" for name in missing)
        raise Mismatch(f"`{label}` still needs {listed}", f"give {listed}.", "missing-argument")
    for name in () if wanted.any_name else named:
        if name not in wanted.names:
            known = ", ".join(wanted.names)
            raise Mismatch(
                f"`{label}` has no argument `{name}`",
                f"`{label}` takes: {known}." if known else "give none.",
                "unknown-keyword",
            )
