"""What kinds of value a program can name, and how Python's annotations spell them.

The types are few, since they decide only what the language leaves implicit: whether an
expression is a recipe that is still to be built, and how a parameter is annotated. UNKNOWN
is a type: it silences, never blames.
"""

from __future__ import annotations

from typing import TypeAlias

from netdsl.records import Frozen


class Scalar(Frozen):
    """`int`, `float`, `bool`, `str` or `None`; also `dtype` and `device` at tensor time."""

    name: str


class ListOf(Frozen):
    """A list whose elements share a type."""

    element: Type


class TupleOf(Frozen):
    """A tuple; `elements` is None if its length is not known."""

    elements: tuple[Type, ...] | None


class DictOf(Frozen):
    """A dict with string keys."""

    value: Type


class Layer(Frozen):
    """A recipe: something that makes a new module each time it is built.

    `attributes` says that the program reads an attribute of it (`block.expansion`), so that
    it must be a class.
    """

    attributes: bool = False


class Instance(Frozen):
    """A module that exists: `cls` names its class if known (`Linear` of torch.nn has
    `torch=True`), else None."""

    cls: str | None = None
    torch: bool = False


class Tensor(Frozen):
    """A tensor; `dtype` is `float`, `int`, `bool`, `any` or a torch name."""

    dtype: str = "float"


class RecordType(Frozen):
    """A value of one of the program's records."""

    name: str


class FunctionType(Frozen):
    """A build-time function that makes values, or a `def`: called, never built."""


class Either(Frozen):
    """One of several types; `X?` is Either((X, NONE))."""

    options: tuple[Type, ...]


class Unknown(Frozen):
    """Nothing is known."""


Type: TypeAlias = (
    Scalar
    | ListOf
    | TupleOf
    | DictOf
    | Layer
    | Instance
    | Tensor
    | RecordType
    | FunctionType
    | Either
    | Unknown
)

INT = Scalar("int")
FLOAT = Scalar("float")
BOOL = Scalar("bool")
STR = Scalar("str")
NONE = Scalar("None")
DTYPE = Scalar("dtype")
DEVICE = Scalar("device")
ELLIPSIS = Scalar("...")
LAYER = Layer()
MODULE = Instance()
TENSOR = Tensor()
UNKNOWN = Unknown()


def optional(inner: Type) -> Type:
    """`inner`, or None."""
    return either(inner, NONE)


def either(*types: Type) -> Type:
    """The smallest type that covers all of them.

    >>> either(INT, FLOAT) == FLOAT, either(INT, NONE) == Either((INT, NONE))
    (True, True)
    """
    options: list[Type] = []
    for each in types:
        options.extend(each.options if isinstance(each, Either) else (each,))
    if UNKNOWN in options:
        return UNKNOWN
    unique = list(dict.fromkeys(options))
    if FLOAT in unique:
        unique = [option for option in unique if option not in (INT, BOOL)]
    if Layer(attributes=True) in unique:
        unique = [option for option in unique if option != LAYER]
    if sum(isinstance(option, ListOf) for option in unique) > 1:
        lists = [option for option in unique if isinstance(option, ListOf)]
        merged = ListOf(either(*(option.element for option in lists)))
        unique = [option for option in unique if not isinstance(option, ListOf)] + [merged]
    if len(unique) == 1:
        return unique[0]
    if NONE in unique:
        unique.sort(key=lambda option: option == NONE)
    return Either(tuple(unique))


def without_none(type_: Type) -> Type:
    """What is left of a type after `is not None`."""
    if isinstance(type_, Either):
        rest = tuple(option for option in type_.options if option != NONE)
        return rest[0] if len(rest) == 1 else Either(rest)
    return type_


def is_layer(type_: Type) -> bool:
    """Whether every value of the type is a recipe, or None."""
    if isinstance(type_, Either):
        rest = [option for option in type_.options if option != NONE]
        return bool(rest) and all(isinstance(option, Layer) for option in rest)
    return isinstance(type_, Layer)


def is_instance(type_: Type) -> bool:
    """Whether every value of the type is a module that exists, or None."""
    if isinstance(type_, Either):
        rest = [option for option in type_.options if option != NONE]
        return bool(rest) and all(isinstance(option, Instance) for option in rest)
    return isinstance(type_, Instance)


def element_of(type_: Type) -> Type:
    """What iterating over a value of the type gives."""
    match type_:
        case ListOf(element):
            return element
        case TupleOf(elements) if elements:
            return either(*elements)
        case Tensor():
            return type_
        case Scalar("str") | DictOf() | Instance("ModuleDict", True):
            return STR
        case _:
            return UNKNOWN


def detailed(type_: Type) -> str:
    """The type in words that tell it from others of its kind.

    >>> detailed(TupleOf((INT, INT))), detailed(ListOf(STR))
    ('a tuple of 2 ints', 'a list of strings')
    >>> detailed(ListOf(TupleOf((INT, FLOAT)))), detailed(ListOf(ListOf(INT)))
    ('a list of (int, float)', 'a list of lists of ints')
    """
    match type_:
        case ListOf(Scalar() | Tensor() | Layer() as element):
            return f"a list of {_bare(element)}s"
        case ListOf(TupleOf(elements)) if elements is not None:
            return f"a list of ({', '.join(map(_bare, elements))})"
        case ListOf(ListOf() as element):
            kind, _, rest = _bare(element).partition(" ")
            return f"a list of {kind}s {rest}".rstrip()
        case TupleOf(elements) if elements is not None:
            same = len(set(elements)) == 1 and isinstance(elements[0], Scalar)
            kind = f" {_bare(elements[0])}s" if same else ""
            return f"a tuple of {len(elements)}{kind}"
        case Either(options):
            return " or ".join(detailed(option) for option in options)
        case _:
            return describe(type_)


def _bare(type_: Type) -> str:
    """The words for a type without their article."""
    article, _, kind = detailed(type_).partition(" ")
    return kind or article


def describe(type_: Type) -> str:
    """The type in the words of messages: `an int`, `a layer`, `a list of ints`."""
    match type_:
        case Scalar("None"):
            return "None"
        case Scalar("int"):
            return "an int"
        case Scalar("str"):
            return "a string"
        case Scalar("..."):
            return "`...`"
        case Scalar(name):
            return f"a {name}"
        case ListOf():
            return "a list"
        case TupleOf():
            return "a tuple"
        case DictOf():
            return "a dict"
        case Layer():
            return "a layer"
        case Instance():
            return "a module that exists already"
        case Tensor():
            return "a tensor"
        case RecordType(name):
            return f"a {name}"
        case FunctionType():
            return "a function"
        case Either(options):
            return " or ".join(describe(option) for option in options)
        case Unknown():
            return "anything"
