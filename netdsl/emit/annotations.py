"""Types as Python's annotations spell them, and shapes as the language does."""

from __future__ import annotations

from netdsl.analysis import types
from netdsl.analysis.types import Type
from netdsl.emit.place import Output


def annotation(of: Type, out: Output) -> str:
    """The annotation for a value of a type.

    What the output does not define (yet) is annotated with what it surely is.
    """
    names = out.names
    match of:
        case types.Scalar("None"):
            return "None"
        case types.Scalar("dtype" | "device" as name):
            return f"{names.imported('torch')}.{name}"
        case types.ELLIPSIS:
            return names.imported("Any")
        case types.Scalar(name):
            return names.builtin(name)
        case types.ListOf(element):
            return f"{names.builtin('list')}[{annotation(element, out)}]"
        case types.TupleOf(None):
            return f"{names.builtin('tuple')}[{names.imported('Any')}, ...]"
        case types.TupleOf(()):
            return f"{names.builtin('tuple')}[()]"
        case types.TupleOf(elements):
            inner = ", ".join(annotation(each, out) for each in elements or ())
            return f"{names.builtin('tuple')}[{inner}]"
        case types.DictOf(value):
            text = names.builtin("str")
            return f"{names.builtin('dict')}[{text}, {annotation(value, out)}]"
        case types.Layer(attributes=True):
            return f"{names.builtin('type')}[{names.imported('nn')}.Module]"
        case types.Layer():
            return f"{names.imported('Callable')}[..., {names.imported('nn')}.Module]"
        case types.Instance(cls, torch):
            return _instance(cls, torch, out)
        case types.Tensor():
            return names.imported("Tensor")
        case types.RecordType(name):
            return names.file_level(name) if name in out.written else names.imported("Any")
        case types.FunctionType():
            return f"{names.imported('Callable')}[..., {names.imported('Any')}]"
        case types.Either(options):
            return _either(options, out)
        case types.Unknown():
            return names.imported("Any")


def _either(options: tuple[Type, ...], out: Output) -> str:
    """`X | Y`; one that covers another stands for both."""
    if types.UNKNOWN in options:
        return out.names.imported("Any")
    instances = [each for each in options if isinstance(each, types.Instance)]
    module = annotation(types.MODULE, out) if instances else ""
    any_module = any(annotation(each, out) == module for each in instances)
    found = dict.fromkeys(
        module if any_module and each in instances else annotation(each, out) for each in options
    )
    return " | ".join(found)


def _instance(cls: str | None, torch: bool, out: Output) -> str:
    if cls is not None and torch:
        return f"{out.names.imported('nn')}.{cls}"
    if cls is not None and cls in out.written:
        return out.names.file_level(cls)
    return f"{out.names.imported('nn')}.Module"
