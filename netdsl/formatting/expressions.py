"""Expressions to layouts, with the brackets that they need, and those that were written for
the reader."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from netdsl.formatting import house
from netdsl.formatting.context import Context, bracketed, in_brackets, word
from netdsl.formatting.doc import Choice, Doc, Group, Hug, Indent, Leaf, Line, Tight, Value, joined
from netdsl.formatting.written import Brackets
from netdsl.records import NamedTuple
from netdsl.syntax import tree

EXPR, MADE, BARE, TEST, OR, AND, NOT, COMPARE = range(8)
BITS_OR, BITS_AND, SUM, TERM, FACTOR, POWER, POSTFIX = range(8, 15)
"""How tightly an expression holds together: the rules of the grammar from `expr` to `postfix`."""

_LEFT = {
    "or": OR, "and": AND, "|": BITS_OR, "&": BITS_AND, "+": SUM, "-": SUM,
    "*": TERM, "/": TERM, "//": TERM, "%": TERM, "@": TERM,
}  # fmt: skip
"""Operators that are read from the left, and their rules."""

_SIMPLE = (tree.Name, tree.Number, tree.Constant, tree.String)


class _Laid(NamedTuple):
    """An expression laid out: its rule, and how else it can be had without brackets around it."""

    doc: Doc
    rule: int
    tight: Doc | None = None


def expr(c: Context, node: tree.Expr, rule: int = EXPR) -> Doc:
    """An expression where a rule of the grammar wants it."""
    return _fitted(c, node, _laid(c, node), rule)


def _fitted(c: Context, node: tree.Expr, laid: _Laid, rule: int) -> Doc:
    if c.written.commented(node):
        return in_brackets(c, node, laid.doc)
    if _allowed(laid.rule, rule):
        return laid.doc
    if laid.tight is None:
        return in_brackets(c, node, laid.doc)
    if isinstance(node, tree.Call) and node.juxtaposed:  # in brackets, as long as it has no own
        return Choice((Leaf("("), laid.doc, Leaf(")")), laid.tight)
    return laid.tight


def _allowed(found: int, wanted: int) -> bool:
    """A choice is an expression of its own rule, or any; all others may be tighter."""
    return wanted in (EXPR, TEST) if found == TEST else found >= wanted


def operand(c: Context, node: tree.Expr, rule: int) -> Doc:
    """What an operator works on: brackets that were written round another operation stay."""
    kept = isinstance(node, tree.Binary | tree.Compare | tree.Logical | tree.Unary | tree.Ternary)
    if kept and c.written.around(node) is not None:
        return in_brackets(c, node, _laid(c, node).doc)
    return expr(c, node, rule)


def _laid(c: Context, node: tree.Expr) -> _Laid:
    match node:
        case tree.Name(id=name):
            return _Laid(Leaf(name), POSTFIX)
        case tree.Number(text=text):
            return _Laid(Leaf(text), POSTFIX)
        case tree.String():
            return _Laid(string(c, node), POSTFIX)
        case tree.Constant(value=value):
            return _Laid(Leaf("..." if value is ... else str(value)), POSTFIX)
        case tree.List(items=items):
            brackets = c.written.closed_by(node.span.end)
            return _Laid(_list_of(c, "[", items, "]", brackets), POSTFIX)
        case tree.Tuple():
            return _Laid(tuple_(c, node), POSTFIX)
        case tree.Dict(pairs=pairs):
            return _Laid(_dict(c, node, pairs), POWER)
        case tree.Attribute(value=value, name=name):
            loose = isinstance(value, tree.Number) or value == _ELLIPSIS
            base = in_brackets(c, value, _laid(c, value).doc) if loose else expr(c, value, POSTFIX)
            return _Laid((base, Leaf("."), Leaf(name)), POSTFIX)
        case tree.Index():
            return _Laid((_touched(c, node.value), _subscripts(c, node)), POSTFIX)
        case tree.Call():
            return _call(c, node)
        case tree.Unary(op="not", operand=inner):
            return _Laid((word("not"), " ", operand(c, inner, NOT)), NOT)
        case tree.Unary(op=op, operand=inner):
            rule = POWER if isinstance(inner, tree.Unary) else FACTOR
            return _Laid((Leaf(op), operand(c, inner, rule)), FACTOR)
        case tree.Binary(op="**", left=left, right=right):
            power = _chain(operand(c, left, POSTFIX), [("**", operand(c, right, FACTOR))])
            return _Laid(power, POWER)
        case tree.Binary(op=op) | tree.Logical(op=op):
            return _Laid(_operation(c, node, _LEFT[op]), _LEFT[op])
        case tree.Compare(first=first, rest=rest):
            compared = [(op, operand(c, each, BITS_OR)) for op, each in rest]
            return _Laid(_chain(operand(c, first, BITS_OR), compared), COMPARE)
        case tree.Ternary():
            return _ternary(c, node)
        case tree.Initialised(layer=layer, inits=inits):
            return _Laid(
                Group(
                    (expr(c, layer, BARE), Indent((Line(" "), Leaf("~"), " ", inits_(c, inits))))
                ),
                MADE,
            )
        case _:
            raise ValueError(f"{type(node).__name__} is nothing that a program says")


_ELLIPSIS = tree.Constant(..., span=None)  # type: ignore[arg-type]


# ---- literals -------------------------------------------------------------------


def string(c: Context, node: tree.String) -> Leaf:
    """A string, in double quotes where that needs no other backslashes than were written."""
    text = c.written.string(node)
    if text is None:
        return Leaf('"' + "".join(map(_escaped, node.value)) + '"')
    quote = text[:3] if text[:3] in ("'''", '"""') else text[0]
    inner = text[len(quote) : -len(quote)]
    if '"' not in inner and "\\'" not in inner:
        quote = quote.replace("'", '"')
    return Leaf(quote + inner + quote)


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character == " " or unicodedata.category(character)[0] not in "CZ":
        return character
    point = ord(character)
    return (
        f"\\x{point:02x}"
        if point < 256
        else f"\\u{point:04x}" if point < 65536 else f"\\U{point:08x}"
    )


# ---- brackets -------------------------------------------------------------------


def _list_of(
    c: Context,
    opening: str,
    items: tuple[tree.ItemLike, ...],
    closing: str,
    brackets: Brackets,
    *,
    apart: bool = False,
    clings: bool = False,
) -> Doc:
    """Items in brackets. A single one that repeats needs no comma."""
    docs = [item(c, each, apart=apart) for each in items]
    alone = len(items) == 1 and isinstance(items[0], tree.Item) and bool(items[0].clauses)
    return bracketed(
        opening,
        docs,
        closing,
        brackets,
        c.written.rows(items),
        comma=brackets.open or not alone,
        blank=" " if opening == "{" else "",
        clings=clings,
        dense=all(map(_is_number, items)),
    )


def _is_number(item: tree.ItemLike) -> bool:
    value = item.value if isinstance(item, tree.Item) and not item.name else None
    value = value.operand if isinstance(value, tree.Unary) else value
    return isinstance(value, tree.Number)


def tuple_(c: Context, node: tree.Tuple) -> Doc:
    """A tuple in brackets."""
    elements = [element(c, each, EXPR) for each in node.elements]
    brackets = c.written.closed_by(node.span.end, node.span.start)
    if len(elements) == 1:
        return bracketed("(", [(elements[0], Leaf(","))], ")", brackets, comma=False)
    return bracketed("(", elements, ")", brackets, c.written.rows(node.elements))


def element(c: Context, node: tree.Expr | tree.Splice, rule: int) -> Doc:
    if isinstance(node, tree.Splice):
        return (Leaf("*"), expr(c, node.value, OR))
    return expr(c, node, rule)


def values(c: Context, node: tree.Expr, rule: int = TEST) -> Doc:
    """What may be a tuple without brackets: one without a comment, and with more than one
    element."""
    if not isinstance(node, tree.Tuple) or len(node.elements) < 2:
        return expr(c, node, rule)
    splices = any(isinstance(each, tree.Splice) for each in node.elements)
    if c.written.commented(node) or (splices and rule == EXPR):
        return expr(c, node, rule)
    bracketed_ = tuple_(c, node)
    bare = joined((element(c, each, rule) for each in node.elements), " ", comma=",")
    return Choice(bare, bracketed_)


def _dict(c: Context, node: tree.Dict, pairs: tuple[tree.Pair | tree.Spread, ...]) -> Doc:
    docs: list[Doc] = []
    for pair in pairs:
        if isinstance(pair, tree.Spread):
            docs.append((Leaf("**"), expr(c, pair.value, TEST)))
        else:
            docs.append((expr(c, pair.key, TEST), Leaf(":"), " ", expr(c, pair.value, TEST)))
    return bracketed("{", docs, "}", c.written.closed_by(node.span.end), c.written.rows(pairs))


def _subscripts(c: Context, node: tree.Index) -> Doc:
    docs = [_subscript(c, each) for each in node.subscripts]
    if node.trailing:
        docs[-1] = (docs[-1], Leaf(","))
    return bracketed("[", docs, "]", Brackets(), comma=False, clings=True)


def _subscript(c: Context, node: tree.Expr | tree.Slice) -> Doc:
    if not isinstance(node, tree.Slice):
        return expr(c, node, TEST)
    parts = [node.lower, node.upper, *([] if node.step is None else [node.step])]
    if node.step is None:
        c.written.spare(node)
    apart = not all(each is None or _is_simple(each) for each in parts)
    found: list[Doc] = []
    for at, part in enumerate(parts):
        if at:
            before = " " if apart and parts[at - 1] is not None else ""
            found += [before, Leaf(":"), " " if apart and part is not None else ""]
        if part is not None:
            found.append(expr(c, part, TEST))
    return tuple(found)


def _is_simple(node: tree.Expr) -> bool:
    inner = node.operand if isinstance(node, tree.Unary) and node.op != "not" else node
    return isinstance(inner, _SIMPLE)


# ---- operators ------------------------------------------------------------------


def _operation(c: Context, node: tree.Binary | tree.Logical, rule: int) -> Doc:
    """Operators of one rule that follow each other, as one chain."""
    pairs: list[tuple[str, Doc]] = []
    here: tree.Expr = node
    operations: list[Any] = []
    while isinstance(here, tree.Binary | tree.Logical) and _LEFT.get(here.op) == rule:
        if here is not node and c.written.around(here) is not None:
            break
        operations.append(here)
        here = here.left
    first = operand(c, here, rule)
    for each in reversed(operations):
        pairs.append((each.op, operand(c, each.right, rule + 1)))
    return _chain(first, pairs)


def _chain(first: Doc, rest: Sequence[tuple[str, Doc]]) -> Doc:
    """Lines are broken behind operators: a line that begins with one is no line of its own."""
    tail: list[Doc] = []
    for op, doc in rest:
        words = op.split()
        leaves = [Leaf(each, keyword=each.isalpha(), clings=True) for each in words]
        tail += [" ", *joined(leaves, " "), Line(" "), doc]
    return Group((first, Indent(tuple(tail))))


def _ternary(c: Context, node: tree.Ternary) -> _Laid:
    first, others, rule = _choices(c, node)
    return _Laid(Group((first, Indent(others))), rule)


def _choices(c: Context, node: tree.Ternary) -> tuple[Doc, tuple[Doc, ...], int]:
    """What is chosen first, what else may be, each on a line if they are broken, and the rule that
    all of it follows."""
    then, otherwise = _laid(c, node.then), node.otherwise
    grouped = isinstance(node.then, tree.Ternary)
    first = (
        in_brackets(c, node.then, then.doc) if grouped else _fitted(c, node.then, then, MADE),
        " ",
        Tight((word("if"), " ", operand(c, node.condition, OR))),
    )
    if isinstance(otherwise, tree.Ternary) and not c.written.commented(otherwise):
        last, more, rule = _choices(c, otherwise)
    else:
        laid = _laid(c, otherwise)
        last, more, rule = _fitted(c, otherwise, laid, EXPR), (), laid.rule
    loose = (then.rule < OR or rule < TEST) and not grouped
    return first, (Line(" "), word("else"), " ", last, *more), EXPR if loose else TEST


# ---- calls ----------------------------------------------------------------------


def _touched(c: Context, value: tree.Expr) -> Doc:
    """What a bracket touches, which does not touch the dot of a number or of `...`."""
    dotted = value == _ELLIPSIS or (isinstance(value, tree.Number) and value.text.endswith("."))
    return in_brackets(c, value, _laid(c, value).doc) if dotted else expr(c, value, POSTFIX)


def _call(c: Context, node: tree.Call) -> _Laid:
    func = _touched(c, node.func)
    name = node.func.id if isinstance(node.func, tree.Name) else ""
    apart = name in house.GATHERING and not c.tensor
    brackets = Brackets() if node.juxtaposed else c.written.closed_by(node.span.end)
    bare = node.juxtaposed if c.tensor else house.stands_bare(node, c.house)
    if not bare or brackets.open:
        items = _list_of(c, "(", node.items, ")", brackets, apart=apart, clings=True)
        return _Laid((func, items), POSTFIX)
    given = [each for each in node.items if isinstance(each, tree.Item)]
    laid = [_laid(c, each.value) for each in given]  # once: calls may nest deeply
    pairs = list(zip(given, laid, strict=True))
    docs = [_named(c, each, apart, inner) for each, inner in pairs]
    rows = c.written.rows(given)
    call = (func, bracketed("(", docs, ")", brackets, rows, clings=True))
    return _Laid(Choice((func, *(_bare(c, *pair) for pair in pairs)), call), BARE, call)


def _bare(c: Context, node: tree.Item, laid: _Laid) -> Doc:
    """An argument of a call without brackets, and the blank before it."""
    value = node.value
    if not isinstance(node.name, tree.Name):
        return (" ", _fitted(c, value, laid, POSTFIX))
    signed = isinstance(value, tree.Unary) and value.op == "-" and _is_tight(value.operand)
    inner = laid.doc if signed else _fitted(c, value, laid, POSTFIX)
    return (" ", node.name.id, "=", inner)


def _is_tight(node: tree.Expr) -> bool:
    """Whether an expression is read before its sign is, in any case."""
    tight = isinstance(node, tree.Name | tree.Number | tree.Attribute | tree.Index)
    return tight or (isinstance(node, tree.Call) and not node.juxtaposed)


# ---- items ----------------------------------------------------------------------


def item(c: Context, node: tree.ItemLike, *, apart: bool) -> Doc:
    """An argument of a call, or an element of a list; `apart` has blanks around its `=`."""
    match node:
        case tree.Splice(value=value):
            return (Leaf("*"), expr(c, value, TEST))
        case tree.Spread(value=value):
            return (Leaf("**"), expr(c, value, TEST))
        case tree.Item(clauses=()):
            return _named(c, node, apart)
        case tree.Item(clauses=clauses):
            repeated = [clause_ for each in clauses for clause_ in clause(c, each)]
            return Group((_named(c, node, apart), *((Line(" "), each) for each in repeated)))
        case tree.ForItems(target=target, iterable=iterable, items=items):
            head = (
                word("for"),
                " ",
                targets(c, target),
                " ",
                word("in"),
                " ",
                expr(c, iterable, OR),
            )
            brackets = c.written.closed_by(node.span.end)
            return (head, " ", _list_of(c, "{", items, "}", brackets, apart=apart))
        case tree.IfItems():
            return _if_items(c, node, apart)
        case _:
            raise ValueError(f"{type(node).__name__} is no item")


def _named(c: Context, node: tree.Item, apart: bool, laid: _Laid | None = None) -> Doc:
    laid = laid or _laid(c, node.value)
    match node.name:
        case None:
            return _fitted(c, node.value, laid, EXPR)
        case tree.Name(id=name) if not apart:
            return (Leaf(name), Leaf("="), _fitted(c, node.value, laid, TEST))
        case name:
            head = string(c, name) if isinstance(name, tree.String) else Leaf(name.id)
            inner = _fitted(c, node.value, laid, EXPR)
            return (head, " ", Leaf("="), Value(inner, hug_of(c, node.value)))


def _if_items(c: Context, node: tree.IfItems, apart: bool) -> Doc:
    found: list[Doc] = []
    branches: list[tuple[tree.Expr | None, tuple[tree.ItemLike, ...]]] = [*node.branches]
    if node.otherwise:
        branches.append((None, node.otherwise))
    for at, (condition, items) in enumerate(branches):
        if condition is None:
            found += [" ", word("else"), " "]
        else:
            found += [" " if at else "", word("elif" if at else "if"), " "]
            found += [expr(c, condition, TEST), " "]
        if at == len(branches) - 1 or condition is None:
            brackets = c.written.closed_by(node.span.end)
        else:
            brackets = c.written.opened_by("{", condition.span.end)
        found.append(_list_of(c, "{", items, "}", brackets, apart=apart))
    return tuple(found)


def clause(c: Context, node: tree.Clause) -> list[Doc]:
    """`for … in …`, and each `if …` behind it."""
    head = (
        word("for"),
        " ",
        targets(c, node.target),
        " ",
        word("in"),
        " ",
        expr(c, node.iterable, OR),
    )
    return [head, *((word("if"), " ", expr(c, each, OR)) for each in node.conditions)]


def targets(c: Context, node: tree.Expr, *, inner: bool = False) -> Doc:
    """What a `for` counts with: names, and names in brackets."""
    match node:
        case tree.Name(id=name):
            return Leaf(name)
        case tree.Tuple(elements=elements):
            docs = [targets(c, each, inner=True) for each in elements]  # type: ignore[arg-type]
            bare = joined(docs, " ", comma=",")
            return in_brackets(c, node, bare) if inner else bare
        case _:
            raise ValueError(f"{type(node).__name__} is nothing that a `for` counts with")


# ---- values and schemes ---------------------------------------------------------


def value(c: Context, node: tree.Expr, *, apart: bool = False) -> Value:
    """What stands behind the `=` of a child, a definition or a named item."""
    return Value(expr(c, node), hug_of(c, node), apart)


def hug_of(c: Context, node: tree.Expr) -> Hug:
    if c.written.commented(node):
        return "last"
    match node:
        case tree.Initialised():
            return "first"
        case tree.Call(items=(tree.Item(clauses=(_, *_)),)):
            return "first"
        case tree.List(items=(tree.Item(clauses=(_, *_)),)):
            return "first"
        case tree.Call() | tree.List() | tree.Dict() | tree.Tuple() | tree.Index():
            return "last"
        case tree.Attribute(value=inner):
            return hug_of(c, inner)
        case _:
            return "never"


def inits_(c: Context, node: tree.Inits) -> Doc:
    found: list[Doc] = [] if node.weight is None else [init_call(c, node.weight)]
    found += [(Leaf(each.name), Leaf("="), init_call(c, each.call)) for each in node.keywords]
    return joined(found, " ")


def init_call(c: Context, node: tree.InitCall) -> Doc:
    scheme = expr(c, node.scheme, POSTFIX)
    if node.items is None:
        return scheme
    brackets = c.written.closed_by(node.span.end)
    return (scheme, _list_of(c, "(", node.items, ")", brackets, clings=True))
