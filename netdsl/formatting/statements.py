"""Statements to layouts: what stands on a line of its own, and blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from netdsl.emit.layout.width import width
from netdsl.formatting.columns import Head, padding
from netdsl.formatting.context import Context, in_brackets, word
from netdsl.formatting.doc import (
    Doc,
    Group,
    Hard,
    Indent,
    Leaf,
    Line,
    Value,
    first_leaf,
    flat_text,
    joined,
)
from netdsl.formatting.expressions import (
    EXPR,
    OR,
    POSTFIX,
    TEST,
    expr,
    hug_of,
    init_call,
    inits_,
    string,
    targets,
    value,
    values,
)
from netdsl.formatting.types import annotation, parameters, result, type_
from netdsl.formatting.written import Brackets
from netdsl.records import replace
from netdsl.syntax import tree
from netdsl.syntax.words import BODY_WORDS, DEF_WORDS, FILE_WORDS

_AnyStatement: TypeAlias = tree.FileStatement | tree.Declaration | tree.Statement
_Statements: TypeAlias = Sequence[_AnyStatement]

_SIMPLE_BLOCKS = (tree.For, tree.While, tree.If, tree.DeclFor, tree.DeclIf)
"""Statements whose block is one line if it can be, where nobody wrote it."""


def file(c: Context, node: tree.File) -> Doc:
    """A whole program, and its end."""
    end = Leaf("", starts=True)
    return (_statements(c, node.statements, FILE_WORDS, 2), Hard(2), end)


def _statements(c: Context, nodes: _Statements, words: frozenset[str], limit: int) -> Doc:
    """Statements, each on a line; `words` begin statements here, and so no expression may."""
    pads = _pads(c, nodes)
    docs = [statement(c, node, words, pad) for node, pad in zip(nodes, pads, strict=True)]
    found: list[Doc] = []
    for at, doc in enumerate(docs):
        leaf = first_leaf(doc)
        assert leaf is not None
        leaf.starts = True
        if at:
            # A line that begins so would go on with the line above.
            blank = 0 if c.written.known else _blanks(nodes[at - 1], nodes[at])
            found += [";" if leaf.goes_on else "", Hard(limit, blank)]
        found.append(doc)
    return tuple(found)


def _pads(c: Context, nodes: _Statements) -> list[int]:
    """How many blanks stand before the `=` of each child, or `let` without parameters."""
    heads: list[Head] = []
    for at, node in enumerate(nodes):
        head = _head(c, node)
        before = nodes[at - 1] if at else None
        follows = type(before) is type(node) and c.written.next_line(nodes[at - 1], node)
        if head is None:
            heads.append(Head(0, None, False))
        else:
            heads.append(Head(width(flat_text(head)), c.written.column(node), follows))
    return padding(heads)


def _head(c: Context, node: _AnyStatement) -> Doc | None:
    """What stands before the `=`, where that may be lined up."""
    match node:
        case tree.Child(name=tree.String() as name):
            return string(c, name)
        case tree.Child(name=tree.Name(id=name)):
            return Leaf(name)
        case tree.Let(name=name, parameters=None, annotation=None, doc=None):
            return (word("let"), " ", Leaf(name.id))
        case _:
            return None


def _blanks(above: _AnyStatement, below: _AnyStatement) -> int:
    """How many empty lines stand between two statements that nobody wrote."""
    tall = isinstance(above, tree.Module | tree.Def) or isinstance(below, tree.Module | tree.Def)
    return int(tall and not (_is_short(above) and _is_short(below)))


def _is_short(node: _AnyStatement) -> bool:
    """Whether a statement has no block of its own."""
    match node:
        case tree.Module(body=body):
            return body is None
        case tree.Def(one_line=one_line):
            return one_line
        case _:
            return True


# ---- blocks ---------------------------------------------------------------------


def _block(c: Context, nodes: _Statements, words: frozenset[str]) -> Doc:
    if not nodes:
        return (Leaf("{"), Line("", 1), Leaf("}"))
    inner = _statements(c, nodes, words, 1)
    return (Leaf("{"), Indent((Line(" ", 1), inner)), Line(" ", 1), Leaf("}"))


def _may_be_one_line(c: Context, nodes: _Statements, brackets: Brackets) -> bool:
    return len(nodes) < 2 and brackets.single


def _body(c: Context, nodes: _Statements, words: frozenset[str], end: int) -> Doc:
    """The block of a definition, which ends at a place."""
    short = c.written.known and _may_be_one_line(c, nodes, c.written.closed_by(end))
    return Group(_block(c, nodes, words), bool(nodes) and not short)


def _headed(c: Context, head: Doc, nodes: _Statements, words: frozenset[str], end: int) -> Doc:
    """A block with a head, such as that of a `for`."""
    short = _may_be_one_line(c, nodes, c.written.closed_by(end))
    return Group((head, " ", _block(c, nodes, words)), bool(nodes) and not short)


def _if(c: Context, node: tree.If | tree.DeclIf, words: frozenset[str]) -> Doc:
    """Branches, all of which are on one line, or none."""
    branches: list[tuple[tree.Expr | None, _Statements]] = [*node.branches]
    last = node.branches[-1][0]
    if node.otherwise or c.written.has_else(last.span.end, node.span.end):
        branches.append((None, node.otherwise))
    found: list[Doc] = []
    short = True
    for at, (condition, nodes) in enumerate(branches):
        if condition is None:
            found += [" ", word("else")]
        else:
            found += [" " if at else "", word("elif" if at else "if"), " "]
            found.append(expr(c, condition, TEST))
        if condition is None or at == len(branches) - 1:
            brackets = c.written.closed_by(node.span.end)
        else:
            brackets = c.written.opened_by("{", condition.span.end)
        found += [" ", _block(c, nodes, words)]
        short = short and _may_be_one_line(c, nodes, brackets)
    return Group(tuple(found), not short)


# ---- one statement --------------------------------------------------------------


def statement(c: Context, node: _AnyStatement, words: frozenset[str], pad: int) -> Doc:
    """A statement; `pad` blanks stand before the `=` of a child or a `let`."""
    head: Doc
    match node:
        case tree.Child(value=inner):
            return (_head(c, node) or (), " " * pad, Leaf("="), value(c, inner))
        case tree.Net(value=inner):
            return _expression(c, inner, expr(c, inner), words)
        case tree.ExprStatement(value=inner):
            return _expression(c, inner, values(c, inner), words)
        case tree.Assign(target=target, value=inner):
            return (_not_a_word(values(c, target), words), " ", Leaf("="), _values(c, inner))
        case tree.AnnotatedAssign(name=name, type=of, value=inner):
            head = (Leaf(name.id), Leaf(":"), " ", type_(c, of))
            return (_not_a_word(head, words), " ", Leaf("="), _values(c, inner))
        case tree.AugAssign(target=target, op=op, value=inner):
            left = _not_a_word(expr(c, target, TEST), words)
            return (left, " ", Leaf(op), Value(expr(c, inner, TEST), hug_of(c, inner)))
        case tree.Return(value=None):
            return word("return")
        case tree.Return(value=inner) if inner is not None:
            return (word("return"), " ", values(c, inner))
        case tree.Break():
            return word("break")
        case tree.Continue():
            return word("continue")
        case tree.Assert(condition=condition, message=None):
            return (word("assert"), " ", expr(c, condition, TEST))
        case tree.Assert(condition=condition, message=message) if message is not None:
            said = Indent((Line(" "), expr(c, message, TEST)))
            return Group((word("assert"), " ", expr(c, condition, TEST), Leaf(","), said))
        case tree.If():
            return _if(c, node, DEF_WORDS)
        case tree.DeclIf():
            return _if(c, node, BODY_WORDS)
        case tree.For(target=target, iterable=iterable, body=body):
            return _headed(c, _for(c, target, iterable), body, DEF_WORDS, node.span.end)
        case tree.DeclFor(target=target, iterable=iterable, body=body):
            return _headed(c, _for(c, target, iterable), body, BODY_WORDS, node.span.end)
        case tree.While(condition=condition, body=body):
            head = (word("while"), " ", expr(c, condition, TEST))
            return _headed(c, head, body, DEF_WORDS, node.span.end)
        case tree.Def():
            return _def(replace(c, tensor=True), node)
        case tree.Module():
            return _module(c, node)
        case tree.Let():
            return _let(c, node, pad)
        case _:
            return _declaration(c, node)


def _values(c: Context, node: tree.Expr) -> Value:
    return Value(values(c, node), hug_of(c, node))


def _for(c: Context, target: tree.Expr, iterable: tree.Expr) -> Doc:
    return (word("for"), " ", targets(c, target), " ", word("in"), " ", expr(c, iterable, OR))


def _expression(c: Context, node: tree.Expr, doc: Doc, words: frozenset[str]) -> Doc:
    """An expression that is a statement, which does not begin with a sign. What is called
    without brackets has none of its own, either: all of it goes into some."""
    leaf = first_leaf(doc)
    first = "" if leaf is None else leaf.text
    bare = isinstance(node, tree.Initialised) or (isinstance(node, tree.Call) and node.juxtaposed)
    whole = first in ("+", "-") or (bare and first in words)
    return in_brackets(c, node, doc) if whole else _not_a_word(doc, words)


def _not_a_word(doc: Doc, words: frozenset[str]) -> Doc:
    """What begins with a name that would begin another statement has it in brackets."""
    leaf = first_leaf(doc)
    if leaf is not None and leaf.text in words and not leaf.keyword:
        leaf.text = f"({leaf.text})"
    return doc


def _doc(c: Context, node: tree.String | None) -> Doc:
    return () if node is None else (" ", string(c, node))


def _def(c: Context, node: tree.Def) -> Doc:
    name = Leaf(node.name.id)
    head: Doc = (
        (word("def"), " ", name, parameters(c, node.parameters, node.name.span.end)),
        (result(c, node.result), _doc(c, node.doc)),
    )
    if not node.one_line:
        return (head, " ", _body(c, node.body, DEF_WORDS, node.span.end))
    (returned,) = node.body
    if not isinstance(returned, tree.Return) or returned.value is None:
        raise ValueError("a `def` on one line has a value")
    inner = returned.value
    apart = c.written.ends_line(inner)
    return (head, " ", Leaf("="), Value(values(c, inner), hug_of(c, inner), apart))


def _module(c: Context, node: tree.Module) -> Doc:
    name = Leaf(node.name.id)
    head: Doc = (
        (word("module"), " ", name, parameters(c, node.parameters, node.name.span.end)),
        (annotation(c, node.annotation), _doc(c, node.doc)),
    )
    base: Doc = ()
    if node.base is not None:
        apart = c.written.ends_line(node.base)
        base = (" ", Leaf("="), value(c, node.base, apart=apart))
    if node.body is None:
        return (head, base)
    return (head, base, " ", _body(c, node.body, BODY_WORDS, node.span.end))


def _let(c: Context, node: tree.Let, pad: int) -> Doc:
    name = Leaf(node.name.id)
    head: Doc = (
        (word("let"), " ", name, parameters(c, node.parameters, node.name.span.end)),
        (annotation(c, node.annotation), _doc(c, node.doc)),
    )
    apart = c.written.ends_line(node.value)
    return (head, " " * pad, Leaf("="), value(c, node.value, apart=apart))


def _declaration(c: Context, node: _AnyStatement) -> Doc:
    """What is short, and begins with a word of its own."""
    tensor = replace(c, tensor=True)
    head: Doc
    match node:
        case tree.LetUnpack(names=names, value=inner):
            left = joined([Leaf(each.id) for each in names], " ", comma=",")
            right = Value(values(c, inner, EXPR), hug_of(c, inner))
            return (word("let"), " ", left, " ", Leaf("="), right)
        case tree.ParamDecl(name=name, type=of, init=init, value=inner):
            head = (word("param"), " ", Leaf(name.id), _typed(c, of))
            if init is not None:
                scheme = (Line(" "), Leaf("~"), " ", init_call(c, init))
                return Group((head, Indent(scheme)))
            if inner is None:
                raise ValueError("a `param` has a value or a scheme")
            return (head, " ", Leaf("="), Value(expr(tensor, inner, TEST), hug_of(c, inner)))
        case tree.BufferDecl(name=name, type=of, value=inner, saved=saved):
            kind = word("buffer" if saved else "const")
            right = Value(expr(tensor, inner, TEST), hug_of(c, inner))
            return (kind, " ", Leaf(name.id), _typed(c, of), " ", Leaf("="), right)
        case tree.Share(name=name, value=inner):
            return (word("share"), " ", Leaf(name.id), " ", Leaf("="), value(c, inner))
        case tree.Tie(target=target, source=source):
            sides = (_path(c, target), " ", Leaf("="), Value(_path(c, source), "never"))
            return (word("tie"), " ", sides)
        case tree.Freeze(paths=paths):
            return (word("freeze"), " ", _some([_path(c, each) for each in paths]))
        case tree.InitRule(clauses=clauses):
            return (word("init"), " ", _some([_init_clause(c, each) for each in clauses]))
        case tree.Import(path=path, names=names):
            given = [_as(Leaf(name.id), alias) for name, alias in names]
            return (word("from"), " ", string(c, path), " ", word("import"), " ", _some(given))
        case tree.Record(name=name, parameters=given, doc=doc):
            fields = parameters(c, given, name.span.end)
            return (word("record"), " ", Leaf(name.id), fields, _doc(c, doc))
        case tree.Extern(kind=kind, path=path, alias=alias):
            fields = parameters(c, node.parameters, path.span.end)
            types = (annotation(c, node.annotation), result(c, node.result))
            head = (word("extern"), " ", word(kind), " ", expr(c, path, POSTFIX), fields, types)
            return _as(head, alias)
        case _:
            raise ValueError(f"{type(node).__name__} is no statement of a program")


def _typed(c: Context, node: tree.TypeExpr | None) -> Doc:
    return () if node is None else (Leaf(":"), " ", type_(c, node))


def _init_clause(c: Context, node: tree.InitClause) -> Doc:
    paths = joined([_path(c, each) for each in node.paths], " ", comma=",")
    return Group((paths, Line(" "), Leaf("~"), " ", inits_(c, node.inits)))


def _path(c: Context, node: tree.Expr) -> Doc:
    return expr(c, node, POSTFIX)


def _some(docs: Sequence[Doc]) -> Doc:
    """What is listed without brackets."""
    return Group(Indent(joined(docs, Line(" "), comma=",")))


def _as(doc: Doc, alias: tree.Name | None) -> Doc:
    return doc if alias is None else (doc, " ", word("as"), " ", Leaf(alias.id))
