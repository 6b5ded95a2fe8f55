"""What a program writes after a colon: types, and shapes with their names."""

from __future__ import annotations

from collections.abc import Iterator

from netdsl.analysis import types
from netdsl.analysis.names import similar
from netdsl.analysis.surroundings import Files
from netdsl.analysis.types import Type
from netdsl.analysis.walk import walk
from netdsl.source import Span
from netdsl.syntax import tree
from netdsl.syntax.words import PYTHON_TYPES

_SCALARS: dict[str, Type] = {
    "int": types.INT,
    "float": types.FLOAT,
    "bool": types.BOOL,
    "str": types.STR,
    "layer": types.LAYER,
    "module": types.MODULE,
    "tensor": types.TENSOR,
}
_DTYPES = frozenset({"int", "bool", "any", "float", "tensor"})


def resolve_type(node: tree.TypeExpr, files: Files) -> Type:
    """The type that an annotation spells. A shape is a tensor."""
    match node:
        case tree.OptionalType(inner):
            return types.optional(resolve_type(inner, files))
        case tree.UnionType(options):
            return types.either(*(resolve_type(option, files) for option in options))
        case tree.TupleType(elements):
            return types.TupleOf(tuple(resolve_type(element, files) for element in elements))
        case tree.DictType(fields):
            found = [types.without_none(resolve_type(field, files)) for _, field in fields]
            return types.DictOf(types.either(*found))
        case tree.NamedType(name=None, dims=dims):
            _check_sizes(dims or (), files)
            return types.TENSOR
        case tree.NamedType(name="list", dims=dims) if dims is not None:
            return types.ListOf(_element(dims, node.span, files))
        case tree.NamedType(name=str(name), dims=None):
            return _named(name, node, files)
        case tree.NamedType(name=str(name), dims=dims):
            _check_sizes(dims or (), files)
            if name not in _DTYPES:
                _unknown(name, node, sorted(_DTYPES | {"list"}), files)
                return types.UNKNOWN
            return types.Tensor(name)
        case _:
            raise AssertionError(node)


def check_signature(annotation: tree.Annotation | None, files: Files) -> tree.Annotation | None:
    """What follows the colon of a `let` or `module`; says so if it is no shape, and forgets it
    then."""
    if annotation is None:
        return None
    mark = files.diagnostics.mark()
    for each in (annotation.input, annotation.result):
        if each is not None:
            _check_shapes(each, files)
    return None if files.diagnostics.errors_since(mark) else annotation


def _check_shapes(node: tree.TypeExpr, files: Files) -> None:
    match node:
        case tree.OptionalType(inner):
            _check_shapes(inner, files)
        case tree.UnionType(parts) | tree.TupleType(parts):
            for part in parts:
                _check_shapes(part, files)
        case tree.DictType(fields):
            for _, field in fields:
                _check_shapes(field, files)
        case tree.NamedType(name, dims) if dims is None or name == "list":
            if name != "tensor" and not _lists_tensors(node):
                files.diagnostics.error(
                    "unknown-type",
                    f"`{node.span.text}` is no shape: what follows the colon of a `let` or a"
                    " `module` is the shape of what its layer takes",
                    node.span,
                    hint="leave it out, or write a shape such as `[B, 3, H, W]`.",
                )
        case _:
            resolve_type(node, files)


def _check_sizes(dims: tuple[tree.Node, ...], files: Files) -> None:
    """Says which sizes of a shape are no ints."""
    for dim in dims:
        match dim:
            case tree.Number(float()):
                what = "a float"
            case tree.String():
                what = "a string"
            case tree.Constant():
                what = dim.span.text
            case _:
                continue
        files.diagnostics.error(
            "wrong-type",
            f"a size is an int, not {what}",
            dim.span,
            hint="write an int, a name, or what is computed of them; `_` is any size.",
        )


def _lists_tensors(node: tree.NamedType) -> bool:
    """Whether an annotation is `list[tensor]`."""
    match node.dims:
        case (tree.Name("tensor"),):
            return node.name == "list"
        case _:
            return False


def _element(dims: tuple[tree.Node, ...], span: Span, files: Files) -> Type:
    """What stands in the brackets of `list[…]`, which the grammar reads as dimensions."""
    if len(dims) == 1:
        match dims[0]:
            case tree.Name(id=name) as node:
                return _named(name, tree.NamedType(name, None, span=node.span), files)
            case tree.Index(tree.Name(id="list"), subscripts):
                return types.ListOf(_element(subscripts, dims[0].span, files))
            case tree.Tuple(elements) as node:
                return types.TupleOf(tuple(_element((e,), node.span, files) for e in elements))
    files.diagnostics.error(
        "unknown-type",
        (
            f"`{dims[0].span.text}` is no type of what a list holds"
            if len(dims) == 1
            else "a list is of one type: `list[int]`"
        ),
        dims[0].span if dims else span,
        hint="name one of the types int, float, bool, str, layer, module, tensor, a list or a tuple"
        " of them, or a record.",
    )
    return types.UNKNOWN


def _named(name: str, node: tree.NamedType, files: Files) -> Type:
    if name in _SCALARS:
        return _SCALARS[name]
    binding = files.find(name, node.span)
    if binding is not None and binding.kind == "record":
        return types.RecordType(binding.name)
    _unknown(name, node, [*_SCALARS, "list", *files.all_names()], files)
    return types.UNKNOWN


def _unknown(name: str, node: tree.Node, known: list[str], files: Files) -> None:
    near = similar(name, known)
    files.diagnostics.error(
        "unknown-type",
        f"no type is called `{name}`",
        node.span,
        hint=_of_python(node)
        or PYTHON_TYPES.get(name)
        or (
            f"a type with a similar name exists: `{near}`."
            if near
            else "the types are int, float, bool, str, layer, module, tensor, list[…], records and"
            " shapes such as `[B, 3]`."
        ),
    )


_GENERIC = {"Optional": "`{0}?`", "List": "`list[{0}]`", "Sequence": "`list[{0}]`"}
"""Types of Python's that hold another, and how they are written here."""


def _of_python(node: tree.Node) -> str | None:
    """What to write for `Optional[float]`."""
    name, bracket, inner = node.span.text.partition("[")
    form = _GENERIC.get(name.strip())
    return f"write {form.format(inner.rstrip(']'))}." if form and bracket else None


def shape_of(node: tree.TypeExpr | None) -> tree.NamedType | None:
    """The shape of a tensor, if the annotation is one (also with `?`)."""
    if isinstance(node, tree.OptionalType):
        return shape_of(node.inner)
    if isinstance(node, tree.NamedType) and node.dims is not None and node.name != "list":
        return node
    return None


def has_shape(node: tree.TypeExpr) -> bool:
    """Whether dimensions stand anywhere in the annotation."""
    match node:
        case tree.OptionalType(inner):
            return has_shape(inner)
        case tree.UnionType(parts) | tree.TupleType(parts):
            return any(has_shape(part) for part in parts)
        case tree.DictType(fields):
            return any(has_shape(field) for _, field in fields)
        case tree.NamedType():
            return shape_of(node) is not None


def named_sizes(node: tree.TypeExpr) -> Iterator[str]:
    """The names that stand alone as sizes, anywhere in the annotation."""
    for each in walk(node):
        if isinstance(each, tree.NamedType) and each.name != "list":
            for dim in each.dims or ():
                if isinstance(dim, tree.Name):
                    yield dim.id
                elif isinstance(dim, tree.AnyDims):
                    yield dim.name
