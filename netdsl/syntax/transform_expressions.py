"""The rules of expressions, and of what stands in lists and calls, to nodes."""

from __future__ import annotations

from typing import Any

from netdsl.syntax import tree
from netdsl.syntax.building import (
    current,
    identifier,
    make_name,
    make_name_or_string,
    make_string,
    nodes_in,
    over,
    span_of,
)
from netdsl.syntax.literals import BadNumber, number_value
from netdsl.syntax.token import is_token

_COMPARISONS = {"IN": "in", "NOT_IN": "not in", "IS": "is", "IS_NOT": "is not"}

_CONSTANTS = {"TRUE": True, "FALSE": False, "NONE": None, "ELLIPSIS": ...}


class ExpressionBuilder:
    """The rules that both phases have."""

    # ---- initialisation -----------------------------------------------------

    def inits(self, parts: list[Any]) -> tree.Inits:
        weight = parts[0] if type(parts[0]) is tree.InitCall else None
        keywords = tuple(parts[1:] if weight else parts)
        return tree.Inits(weight, keywords, span=over(parts))

    def init_call(self, parts: list[Any]) -> tree.InitCall:
        scheme, opening, items, _ = parts
        given = None if opening is None else items or ()
        return tree.InitCall(scheme, given, span=over(parts))

    def init_kw(self, parts: list[Any]) -> tree.InitKeyword:
        return tree.InitKeyword(identifier(parts[0]), parts[2], span=over(parts))

    # ---- expressions --------------------------------------------------------

    def initialised(self, parts: list[Any]) -> tree.Initialised:
        return tree.Initialised(parts[0], parts[2], span=over(parts))

    def apply(self, parts: list[Any]) -> tree.Call:
        items = tuple(
            [
                part if type(part) is tree.Item else tree.Item(None, part, span=over([part]))
                for part in parts[1:]
            ]
        )
        return tree.Call(parts[0], items, juxtaposed=True, span=over(parts))

    def kwarg(self, parts: list[Any]) -> tree.Item:
        return tree.Item(make_name(parts[0]), parts[2], span=over(parts))

    def group(self, parts: list[Any]) -> Any:
        value = parts[1]
        current.outer[id(value)] = (value, parts[0].start_pos, parts[2].end_pos)
        return value

    target_group = group

    def tuple_(self, parts: list[Any]) -> tree.Tuple:
        return tree.Tuple(nodes_in(parts), span=over(parts))

    def star(self, parts: list[Any]) -> tree.Splice:
        return tree.Splice(parts[1], span=over(parts))

    splice = star

    def spread(self, parts: list[Any]) -> tree.Spread:
        return tree.Spread(parts[1], span=over(parts))

    def ternary(self, parts: list[Any]) -> tree.Ternary:
        then, _, condition, _, otherwise = parts
        return tree.Ternary(condition, then, otherwise, span=over(parts))

    def logical(self, parts: list[Any]) -> tree.Logical:
        left, operator, right = parts
        return tree.Logical(str(operator), left, right, span=over(parts))  # type: ignore[arg-type]

    def unary(self, parts: list[Any]) -> tree.Unary:
        operator, operand = parts
        return tree.Unary(str(operator), operand, span=over(parts))  # type: ignore[arg-type]

    def binary(self, parts: list[Any]) -> tree.Binary:
        left, operator, right = parts
        return tree.Binary(str(operator), left, right, span=over(parts))  # type: ignore[arg-type]

    def compare(self, parts: list[Any]) -> tree.Compare:
        operators = [_COMPARISONS.get(token.type) or str(token) for token in parts[1::2]]
        rest = tuple(zip(operators, parts[2::2], strict=True))
        return tree.Compare(parts[0], rest, span=over(parts))

    def call(self, parts: list[Any]) -> tree.Call:
        return tree.Call(parts[0], parts[2] or (), span=over(parts))

    def index(self, parts: list[Any]) -> tree.Index:
        subscripts, trailing = parts[2]
        return tree.Index(parts[0], subscripts, trailing, span=over(parts))

    def subscripts(self, parts: list[Any]) -> Any:
        return nodes_in(parts), is_token(parts[-1])

    def slice_(self, parts: list[Any]) -> tree.Slice:
        lower, first, upper, second, step = parts
        present = [part for part in (lower, first, upper, second, step) if part is not None]
        return tree.Slice(lower, upper, step, span=over(present))

    def attribute(self, parts: list[Any]) -> tree.Attribute:
        return tree.Attribute(parts[0], identifier(parts[2]), span=over(parts))

    def number(self, parts: list[Any]) -> tree.Number:
        token = parts[0]
        text = str(token)
        plain = text.isdecimal() and len(text) <= current.limits.number
        value = int(text) if plain else number_value(text)
        span = span_of(token.start_pos, token.end_pos)
        if isinstance(value, BadNumber):
            current.diagnostics.error(value.code, value.message, span, hint=value.hint)
            return tree.Number(0, "0", span=span)
        return tree.Number(value, text, span=span)

    def string(self, parts: list[Any]) -> tree.String:
        return make_string(parts[0])

    def constant(self, parts: list[Any]) -> tree.Constant:
        return tree.Constant(_CONSTANTS[parts[0].type], span=over(parts))

    def list_(self, parts: list[Any]) -> tree.List:
        return tree.List(parts[1] or (), span=over(parts))

    def dict_(self, parts: list[Any]) -> tree.Dict:
        return tree.Dict(nodes_in(parts), span=over(parts))

    def pair(self, parts: list[Any]) -> tree.Pair:
        return tree.Pair(parts[0], parts[2], span=over(parts))

    # ---- items --------------------------------------------------------------

    def items(self, parts: list[Any]) -> Any:
        return nodes_in(parts)

    def item(self, parts: list[Any]) -> tree.Item:
        return tree.Item(None, parts[0], tuple(parts[1:]), span=over(parts))

    def named_item(self, parts: list[Any]) -> tree.Item:
        return tree.Item(
            make_name_or_string(parts[0]), parts[2], tuple(parts[3:]), span=over(parts)
        )

    def comp(self, parts: list[Any]) -> tree.Clause:
        return tree.Clause(parts[1], parts[3], tuple(parts[5::2]), span=over(parts))

    def item_for(self, parts: list[Any]) -> tree.ForItems:
        _, target, _, iterable, _, items, _ = parts
        return tree.ForItems(target, iterable, items, span=over(parts))

    def item_if(self, parts: list[Any]) -> tree.IfItems:
        branches = []
        otherwise: Any = ()
        for at in range(0, len(parts), 5):
            keyword = parts[at]
            if keyword is None:
                break
            if keyword.type == "ELSE":
                otherwise = parts[at + 2]
            else:
                branches.append((parts[at + 1], parts[at + 3]))
        return tree.IfItems(tuple(branches), otherwise, span=over(parts))
