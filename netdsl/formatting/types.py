"""Types, shapes and parameters to layouts."""

from __future__ import annotations

from collections.abc import Sequence

from netdsl.formatting.context import Context, bracketed, in_brackets
from netdsl.formatting.doc import Doc, Leaf, joined, unbroken
from netdsl.formatting.expressions import BITS_OR, TEST, expr
from netdsl.formatting.written import Brackets
from netdsl.syntax import tree


def type_(c: Context, node: tree.TypeExpr) -> Doc:
    match node:
        case tree.NamedType(name=name, dims=dims):
            head: Doc = () if name is None else Leaf(name)
            if dims is None:
                return head
            return (head, _listed(c, "[", [_dim(c, each) for each in dims], "]", None))
        case tree.OptionalType(inner=inner):
            return (_tight(c, inner, (tree.UnionType, tree.OptionalType)), Leaf("?"))
        case tree.TupleType(elements=elements):
            return _listed(c, "(", [type_(c, each) for each in elements], ")", node)
        case tree.DictType(fields=fields):
            pairs = [(Leaf(name), Leaf(":"), " ", type_(c, each)) for name, each in fields]
            return _listed(c, "{", pairs, "}", node)
        case tree.UnionType(options=options):
            docs = [_tight(c, each, (tree.UnionType,)) for each in options]
            first, *others = docs
            return (first, *((" ", Leaf("|"), " ", each) for each in others))


def _listed(
    c: Context, opening: str, docs: Sequence[Doc], closing: str, node: tree.TypeExpr | None
) -> Doc:
    """What a type lists: on one line, whatever its length, unless it was written open, as `node`
    may be. A header that is too long is broken at its parameters."""
    brackets = Brackets() if node is None else c.written.closed_by(node.span.end)
    if brackets.open:
        return bracketed(opening, docs, closing, brackets)
    opens, closes = Leaf(opening, number=brackets.opening), Leaf(closing, number=brackets.closing)
    return (opens, *joined(docs, " ", comma=","), closes)


def _tight(c: Context, node: tree.TypeExpr, loose: tuple[type[tree.Node], ...]) -> Doc:
    found = type_(c, node)
    return in_brackets(c, node, found) if isinstance(node, loose) else found


def _dim(c: Context, node: tree.Expr | tree.AnyDims) -> Doc:
    if isinstance(node, tree.AnyDims):
        return (Leaf("*"), Leaf(node.name))
    return unbroken(expr(c, node, BITS_OR))


def annotation(c: Context, node: tree.Annotation | None) -> Doc:
    """`: input -> result`, with what stands before it."""
    if node is None:
        return ()
    return (Leaf(":"), " ", type_(c, node.input), result(c, node.result))


def result(c: Context, node: tree.TypeExpr | None) -> Doc:
    return () if node is None else (" ", Leaf("->"), " ", type_(c, node))


def parameters(c: Context, nodes: tuple[tree.ParameterLike, ...] | None, after: int) -> Doc:
    """Parameters in brackets, the first that follow a place; nothing for None."""
    if nodes is None:
        return ()
    docs = [parameter(c, each) for each in nodes]
    brackets, rows = c.written.opened_by("(", after), c.written.rows(nodes)
    return bracketed("(", docs, ")", brackets, rows, dense=True)


def parameter(c: Context, node: tree.ParameterLike) -> Doc:
    match node:
        case tree.KeywordOnlyMarker():
            return Leaf("*")
        case tree.VariadicParameter(name=name):
            return (Leaf("*"), Leaf(name.id))
        case tree.Parameter(name=name, type=None, default=None):
            return Leaf(name.id)
        case tree.Parameter(name=name, type=None, default=default) if default is not None:
            return (Leaf(name.id), Leaf("="), expr(c, default, TEST))
        case tree.Parameter(name=name, type=of, default=default):
            assert of is not None
            head = (Leaf(name.id), Leaf(":"), " ", type_(c, of))
            return head if default is None else (head, " ", Leaf("="), " ", expr(c, default))
