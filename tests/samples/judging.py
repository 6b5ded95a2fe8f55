"""Expressions, checked in a program and run by torch: do the two say the same?"""

from __future__ import annotations

import builtins
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import torch
import torch.nn.functional as F

from netdsl import torchlib
from netdsl.checking.check import check_sizes, results_of
from netdsl.checking.values import UNKNOWN, Items, Repeated, Tensor, Value
from netdsl.compiler import check_source
from netdsl.diagnostics import Diagnostics
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import Run, Shape
from netdsl.source import Source
from tests.samples.drawing import INPUTS

PYTHON = frozenset(
    ["sum", "min", "max", "abs", "round", "all", "any", "int", "float", "bool", "str"]
)


@dataclass(frozen=True)
class Sample:
    """An expression about inputs of some types. `symbols` are the sizes that names stand for,
    `layer` is what `layer` means in the expression."""

    text: str
    inputs: tuple[str, ...]
    symbols: Mapping[str, int] = field(default_factory=dict)
    layer: str = ""

    def __str__(self) -> str:
        named = ", ".join(f"{n}: {t}" for n, t in zip(INPUTS, self.inputs, strict=False))
        sizes = ", ".join(f"{name} = {size}" for name, size in self.symbols.items())
        text = self.text.replace("layer(", f"{self.layer}(", 1) if self.layer else self.text
        return f"{text} of {named}" + (f" with {sizes}" if sizes else "")


@dataclass(frozen=True)
class Checked:
    """What the check says: why it refuses, or what it predicts."""

    refused: str | None
    predicted: Value


def check_all(samples: Sequence[Sample]) -> list[Checked]:
    """What the check says of each of some expressions, which are statements of one method.

    No two samples may have a symbol in common: what is learnt of it holds for all of them.
    """
    source = Source(_program(samples), "samples.nd")
    understood = check_source(source, check_shapes=False)
    if understood.program is None:
        wrong = _by_sample(source, understood.diagnostics, len(samples))
        assert wrong.keys() & set(range(len(samples))), understood.diagnostics
        rest = [at for at in range(len(samples)) if at not in wrong]
        found = dict(zip(rest, check_all([samples[at] for at in rest]), strict=True))
        return [
            Checked(f"not understood: {wrong[at]}", UNKNOWN) if at in wrong else found[at]
            for at in range(len(samples))
        ]
    diagnostics = Diagnostics()
    check_sizes(understood.program, diagnostics)
    refused = _by_sample(source, diagnostics.sorted(), len(samples))
    results = results_of(understood.program)["entry"].elements
    return [Checked(refused.get(at), result) for at, result in enumerate(results)]


def _program(samples: Sequence[Sample]) -> str:
    """One line a sample, from the second one on, after the lines of their layers."""
    named = [
        (f"{name}_{at}", type_)
        for at, sample in enumerate(samples)
        for name, type_ in zip(INPUTS, sample.inputs, strict=False)
    ]
    inputs = ", ".join(f"{name}: {type_}" for name, type_ in named)
    lines = [
        re.sub(rf"\b(layer|[{INPUTS}])\b", rf"\1_{at}", f"    r_{at} = {sample.text}")
        for at, sample in enumerate(samples)
    ]
    results = "".join(f"r_{at}, " for at in range(len(samples)))
    types = ", ".join(type_ for _, type_ in named)
    types = types if len(named) == 1 else f"({types})"
    layers = [
        f"  layer_{at} = {sample.layer}" if sample.layer else ""
        for at, sample in enumerate(samples)
    ]
    header = f"def forward({inputs}) {{"
    closing = f"return ({results}) }} }}; let entry(): {types} = M"
    return "\n".join(["module M {", *layers, header, *lines, closing])


def _by_sample(source: Source, diagnostics: Sequence[object], count: int) -> dict[int, str]:
    found: dict[int, str] = {}
    for each in diagnostics:
        start = each.span.start  # type: ignore[attr-defined]
        line = source.text.count("\n", 0, start) - 1
        found.setdefault(line if line < count else line - count - 1, each.message)  # type: ignore[attr-defined]
    return found


# ---- torch -------------------------------------------------------------------


class _Names(dict[str, object]):
    """What names mean at tensor time."""

    def __missing__(self, name: str) -> object:
        return _meaning(name)


_LAYERS = {each.snake: getattr(torch.nn, each.name) for each in torchlib.layers()}


@cache
def _meaning(name: str) -> object:
    if name in PYTHON or name in ("range", "len"):
        return getattr(builtins, name)
    function = torchlib.function(name)
    if function is not None:
        found: object = {"F": F, "torch": torch}[function.qualified.partition(".")[0]]
        for part in function.qualified.split(".")[1:]:
            found = getattr(found, part)
        return found
    if name in torchlib.namespaces() or torchlib.value(name) is not None:
        return getattr(torch, name)
    raise NameError(name)


def made(type_: str) -> torch.Tensor:
    """A tensor of a type: floats from 0 to 1, ints that are 0 or 1."""
    kind, _, rest = type_.partition("[")
    sizes = [int(each) for each in rest.rstrip("]").split(",") if each.strip()]
    if kind == "int":
        return torch.randint(0, 2, sizes)
    return torch.rand(sizes) > 0.5 if kind == "bool" else torch.rand(sizes)


def run(sample: Sample) -> tuple[str | None, object]:
    """Why torch refuses an expression, or what it gives."""
    torch.manual_seed(0)
    names = _Names(zip(INPUTS, map(made, sample.inputs), strict=False))
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if sample.layer:
                names["layer"] = eval(sample.layer, {}, _LAYERS).eval()
            return None, eval(sample.text, {}, names)
    except (
        RuntimeError,
        ValueError,
        IndexError,
        TypeError,
        ArithmeticError,
        AssertionError,
    ) as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", None


# ---- the two -----------------------------------------------------------------


@dataclass
class Difference:
    """How a prediction and a result differ: `wrong` says where, `open` if something is not
    known."""

    wrong: str = ""
    open: bool = False


def compared(predicted: Value, result: object, symbols: Mapping[str, int]) -> Difference:
    """Holds what was predicted against what torch gives."""
    match predicted:
        case Tensor(shape, dtype):
            if not isinstance(result, torch.Tensor):
                return Difference(f"is {type(result).__name__}, not a tensor")
            found = _shapes(shape, list(result.shape), symbols)
            actual = class_of(result.dtype)
            if not found.wrong and dtype is not None and dtype != actual:
                return Difference(f"holds {actual}s, not {dtype}s")
            return found
        case Items(elements, kind):
            if not isinstance(result, tuple | list):
                return Difference(f"is {type(result).__name__}, not a {kind}")
            if len(result) != len(elements):
                return Difference(f"has {len(result)} parts, not {len(elements)}")
            if kind == "values" and not hasattr(result, "indices"):
                return Difference("has no `indices`")
            return _all([compared(a, b, symbols) for a, b in zip(elements, result, strict=True)])
        case Repeated(element):
            if not isinstance(result, tuple | list):
                return Difference(f"is {type(result).__name__}, not a list")
            found = _all([compared(element, each, symbols) for each in result])
            return Difference(found.wrong, open=True)
        case _ if predicted is UNKNOWN:
            return Difference(open=True)
        case None:
            return Difference("" if result is None else f"is {result}, not None")
        case Dimension():
            number = predicted.evaluate({each: symbols[each.name] for each in predicted.symbols()})
            return Difference("" if number == result else f"is {result}, not {predicted}")
        case _:
            return Difference(f"is {result}, which is not compared with {predicted}")


def _all(found: Sequence[Difference]) -> Difference:
    wrong = next((each.wrong for each in found if each.wrong), "")
    return Difference(wrong, any(each.open for each in found))


def _shapes(shape: Shape, actual: list[int], symbols: Mapping[str, int]) -> Difference:
    wrong = Difference(f"is {actual}, not {shape}")
    parts = list(shape.parts)
    run_at = shape.run_at
    if run_at is None:
        if len(parts) != len(actual):
            return wrong
        pairs = list(zip(parts, actual, strict=True))
    else:
        behind = len(parts) - run_at - 1
        if len(actual) < len(parts) - 1:
            return wrong
        pairs = list(zip(parts[:run_at], actual[:run_at], strict=True))
        pairs += zip(parts[run_at + 1 :], actual[len(actual) - behind :], strict=True)
    for part, size in pairs:
        if part is None or isinstance(part, Run):
            continue
        values = {symbol: symbols[symbol.name] for symbol in part.symbols()}
        if part.evaluate(values) != size:
            return wrong
    return Difference(open=run_at is not None or any(part is None for part, _ in pairs))


def class_of(dtype: torch.dtype) -> str:
    if dtype.is_complex:
        return "complex"
    return "bool" if dtype == torch.bool else "float" if dtype.is_floating_point else "int"
