"""Which types a parameter takes, and the types that torch's signatures spell."""

from __future__ import annotations

from functools import cache

from netdsl.analysis import types
from netdsl.analysis.types import Type


def accepts(wanted: Type, have: Type) -> bool:
    """Whether a value of type `have` can be what a parameter of type `wanted` takes. What is
    not known is accepted."""
    if wanted is have:
        return True
    match wanted, have:
        case (types.Unknown(), _) | (_, types.Unknown()):
            return True
        case _, types.Either(options):
            return any(accepts(wanted, option) for option in options)
        case types.Either(options), _:
            return any(accepts(option, have) for option in options)
        case types.Scalar("float"), types.Scalar("int" | "float" | "bool"):
            return True
        case types.Scalar("int"), types.Scalar("int" | "bool"):
            return True
        case types.DTYPE, types.FunctionType():  # `dtype=float`
            return True
        case types.Scalar(one), types.Scalar(other):
            return one == other
        case ((types.ListOf() | types.TupleOf()), (types.ListOf() | types.TupleOf())):
            return _accepts_elements(wanted, have)
        case types.Layer(), types.Layer():
            return True
        case types.Instance(), (types.Instance() | types.Layer()):
            return True
        case types.ListOf(types.Tensor()), types.Tensor():
            return False
        case types.Tensor(), types.Scalar(name):
            return name not in ("str", "None", "...")
        case _, types.Tensor():
            return True
        case types.RecordType(one), types.RecordType(other):
            return one == other
        case types.DictOf(), types.DictOf():
            return True
        case types.FunctionType(), types.FunctionType():
            return True
        case _:
            return False


def _accepts_elements(wanted: Type, have: Type) -> bool:
    if isinstance(wanted, types.TupleOf) and isinstance(have, types.TupleOf):
        if wanted.elements is None or have.elements is None:
            return True
        if len(wanted.elements) != len(have.elements):
            return False
        return all(
            accepts(one, other) for one, other in zip(wanted.elements, have.elements, strict=True)
        )
    return accepts(types.element_of(wanted), types.element_of(have))


@cache  # torch's signatures spell few types, many times
def from_text(text: str) -> Type:
    """The type that a recorded signature spells: `int | tuple[int, int]`, `float | None`.

    >>> from_text("bool | None")
    Either(options=(Scalar(name='bool'), Scalar(name='None')))
    """
    options = [_from_text(option.strip()) for option in _split_top(text, "|")]
    return types.either(*options)


_WORDS: dict[str, Type] = {
    "int": types.INT,
    "float": types.FLOAT,
    "bool": types.BOOL,
    "str": types.STR,
    "None": types.NONE,
    "Tensor": types.Tensor("any"),
    "Module": types.MODULE,
    "dtype": types.DTYPE,
}


def _from_text(text: str) -> Type:
    known = _WORDS.get(text)
    if known is not None:
        return known
    head, bracket, inner = text.partition("[")
    if bracket and inner.endswith("]"):
        parts = [part.strip() for part in _split_top(inner[:-1], ",")]
        if head in ("list", "Sequence", "Iterable"):
            return types.ListOf(from_text(parts[0]))
        if head == "tuple":
            if parts[-1] == "...":
                return types.ListOf(from_text(parts[0]))
            return types.TupleOf(tuple(from_text(part) for part in parts))
    return types.UNKNOWN


def _split_top(text: str, separator: str) -> list[str]:
    """Splits at separators that stand outside square brackets."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += (character == "[") - (character == "]")
        if character == separator and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]
