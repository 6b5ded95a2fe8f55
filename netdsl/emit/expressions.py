"""Expressions as one line of Python, spaced and bracketed as black would."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import assert_never

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.type_of import type_of
from netdsl.emit.literals import Part, fstring, number, quote
from netdsl.emit.names import is_plain
from netdsl.emit.place import Place, free_refs, names_in_target
from netdsl.emit.rearranges import rearranging
from netdsl.patterns import compiled
from netdsl.syntax import tree


class Binds(IntEnum):
    """How tightly an expression holds together, loosest first."""

    TERNARY = 1
    OR = 2
    AND = 3
    NOT = 4
    COMPARE = 5
    BIT_OR = 6
    BIT_AND = 7
    SUM = 8
    PRODUCT = 9
    SIGN = 10
    POWER = 11
    ATOM = 12


_BINARY = {
    "|": Binds.BIT_OR,
    "&": Binds.BIT_AND,
    "+": Binds.SUM,
    "-": Binds.SUM,
    "*": Binds.PRODUCT,
    "/": Binds.PRODUCT,
    "//": Binds.PRODUCT,
    "%": Binds.PRODUCT,
    "@": Binds.PRODUCT,
}
_LOGICAL = {"or": Binds.OR, "and": Binds.AND}

_HUGGED = compiled(r"[-+~]?(?:[^\W\d]\w*(?:\.[^\W\d]\w*)*|[\d.][\w.]*(?:(?<=[eE])[+-]\d+)?)")
"""Operands that black lets `**` touch: names with their attributes, and numbers, with a sign."""


def write(expr: object, place: Place, at: int = Binds.TERNARY) -> str:
    """The expression (of `ir.Expr`), in brackets if it binds less tightly than its place
    needs."""
    text, binds = _write(expr, place)
    return f"({text})" if binds < at else text


def _write(expr: object, place: Place) -> tuple[str, int]:
    match expr:
        case ir.Ref():
            return reference(expr, place)
        case tree.Number(_, text):
            return number(text), Binds.SIGN if text.startswith("-") else Binds.ATOM
        case tree.String(value):
            return quote(value), Binds.ATOM
        case tree.Constant(value):
            return "..." if value is ... else str(value), Binds.ATOM
        case ir.Call(func, args, _, listed):
            text = f"{write(func, place, Binds.ATOM)}({arguments(args, place)})"
            if listed:
                text = f"{place.out.names.builtin('list')}({text})"
            return text, Binds.ATOM
        case ir.Field() | tree.Attribute():
            return _attribute(expr, place), Binds.ATOM
        case tree.Binary():
            return _binary(expr, place)
        case tree.Unary(sign, operand):
            return _unary(sign, operand, place)
        case tree.Compare(first, rest):
            parts = [write(first, place, Binds.COMPARE + 1)]
            for op, operand in rest:
                parts += [op, write(operand, place, Binds.COMPARE + 1)]
            return " ".join(parts), Binds.COMPARE
        case tree.Logical(word, left, right):
            own = _LOGICAL[word]
            return f"{write(left, place, own)} {word} {write(right, place, own + 1)}", own
        case tree.Ternary(condition, then, otherwise):
            return (
                f"{write(then, place, Binds.OR)} if {write(condition, place, Binds.OR)}"
                f" else {write(otherwise, place)}"
            ), Binds.TERNARY
        case tree.Tuple(elements):
            inner = ", ".join(_element(element, place) for element in elements)
            return f"({inner},)" if len(elements) == 1 else f"({inner})", Binds.ATOM
        case tree.List(items):
            return list_display(items, place), Binds.ATOM
        case tree.Dict(pairs):
            return "{" + ", ".join(_pair(pair, place) for pair in pairs) + "}", Binds.ATOM
        case tree.Index(value, subscripts, trailing):
            inner = ", ".join(_subscript(each, place) for each in subscripts)
            comma = "," if trailing and len(subscripts) == 1 else ""
            return f"{write(value, place, Binds.ATOM)}[{inner}{comma}]", Binds.ATOM
        case ir.Text((tree.Node() as part,)) if type_of(part) == types.STR:
            return write(part, place, Binds.ATOM), Binds.ATOM
        case ir.Text(parts):
            shown: list[Part] = [
                part if isinstance(part, str) else ("expr", write(part, place)) for part in parts
            ]
            return fstring(shown), Binds.ATOM
        case ir.Generator(element, clauses):
            return f"({generator(element, clauses, place)})", Binds.ATOM
        case ir.Rearrange(value, lowered, sizes, _):
            named = {name: write(size, place) for name, size in sizes}
            return write(value, place, Binds.ATOM) + rearranging(lowered, named), Binds.ATOM
        case tree.Name(name):
            return name, Binds.ATOM
        case tree.Call(func, items):
            inner = ", ".join(_plain_item(item, place) for item in items)
            return f"{write(func, place, Binds.ATOM)}({inner})", Binds.ATOM
        case tree.Item(None, value, ()):
            return _write(value, place)
        case _:
            return place.out.construct(expr, place)


# ---- names -------------------------------------------------------------------


def reference(ref: ir.Ref, place: Place) -> tuple[str, int]:
    """A name, as it is reached from here."""
    name, names = ref.name, place.out.names
    match ref.kind:
        case "parameter" | "local" | "dim" | "share":
            return place.variables.get(name, name), Binds.ATOM
        case "let" | "function":
            here = {} if place.where == "method" else place.variables
            return here.get(name) or names.file_level(name), Binds.ATOM
        case "class":
            return _class_attribute(ref, place)
        case "stored":
            return place.members.get(name) or f"self.{torchlib.kept_name(name)}", Binds.ATOM
        case "child" | "method":
            return place.members.get(name) or _own(name, place), Binds.ATOM
        case "self":
            return "self", Binds.ATOM
        case "training":
            return "self.training", Binds.ATOM
        case "module" | "def" | "record" | "extern":
            return names.file_level(name), Binds.ATOM
        case "layer":
            return f"{names.imported('nn')}.{name}", Binds.ATOM
        case "init":
            return f"{names.imported('nn')}.init.{name}", Binds.ATOM
        case "builtin":
            found = names.imported(name) if name == "accumulate" else names.builtin(name)
            return found, Binds.ATOM
        case "math":
            return f"{names.imported('math')}.{name}", Binds.ATOM
        case "torch":
            head, _, rest = name.partition(".")
            return f"{names.imported(head)}.{rest}", Binds.ATOM
        case _:
            assert_never(ref.kind)


def _own(name: str, place: Place) -> str:
    """A child, also one whose name Python does not read behind a dot."""
    if is_plain(name):
        return f"self.{name}"
    return f"{place.out.names.builtin('getattr')}(self, {quote(name)})"


def _class_attribute(ref: ir.Ref, place: Place) -> tuple[str, int]:
    """A class attribute is a plain name in the class's own body. Inside a comprehension there
    Python does not see it: a literal stands in its place, anything else is handed in."""
    if place.where != "class":
        return place.members.get(ref.name) or f"self.{torchlib.kept_name(ref.name)}", Binds.ATOM
    if place.hidden and is_literal(place.values.get(ref.name)):
        return _write(place.values[ref.name], place)
    return torchlib.kept_name(ref.name), Binds.ATOM


def is_literal(value: object) -> bool:
    return isinstance(value, tree.Number | tree.String | tree.Constant)


def handed_in(inside: object, place: Place) -> list[str]:
    """The class attributes that must be handed into a comprehension or lambda in the class's
    own body, since Python does not see them in there."""
    if place.where != "class" or place.hidden:
        return []
    found = [
        torchlib.kept_name(each.name)
        for each in free_refs(inside)
        if each.kind == "class" and not is_literal(place.values.get(each.name))
    ]
    return list(dict.fromkeys(found))


def _attribute(node: ir.Field | tree.Attribute, place: Place) -> str:
    value = write(node.value, place, Binds.ATOM)
    if isinstance(node.value, tree.Number):
        value = f"({value})"
    name = _field_name(node)
    if is_plain(name):
        return f"{value}.{name}"
    return f"{place.out.names.builtin('getattr')}({value}, {quote(name)})"


def _field_name(node: ir.Field | tree.Attribute) -> str:
    """An attribute of a class of the program is called as its class calls it."""
    match node.value:
        case ir.Ref(kind="module"):
            return torchlib.kept_name(node.name)
        case ir.Ref(type=of) if types.is_layer(of):
            return torchlib.kept_name(node.name)
        case _:
            return node.name


# ---- operators ---------------------------------------------------------------


def _binary(node: tree.Binary, place: Place) -> tuple[str, int]:
    if node.op == "**":
        left = write(node.left, place, Binds.ATOM)
        right = write(node.right, place, Binds.SIGN)
        if _HUGGED.fullmatch(left) and _HUGGED.fullmatch(right):
            return f"{left}**{right}", Binds.POWER
        return f"{left} ** {right}", Binds.POWER
    own = _BINARY[node.op]
    return f"{write(node.left, place, own)} {node.op} {write(node.right, place, own + 1)}", own


def _unary(op: str, operand: object, place: Place) -> tuple[str, int]:
    if op == "not":
        return f"not {write(operand, place, Binds.NOT)}", Binds.NOT
    power = isinstance(operand, tree.Binary) and operand.op == "**"
    return op + write(operand, place, Binds.ATOM if power else Binds.SIGN), Binds.SIGN


# ---- brackets ----------------------------------------------------------------


def arguments(args: Sequence[ir.Arg], place: Place) -> str:
    """What stands between the brackets of a call."""
    place = place.held_by(None)
    match args:
        case (ir.Arg(ir.Generator(element, clauses), None, ""),):
            return generator(element, clauses, place)
    return ", ".join(_argument(arg, place) for arg in args)


def _argument(arg: ir.Arg, place: Place) -> str:
    value = write(arg.value, place)
    if arg.name is None:
        return f"{arg.star}{value}"
    return f"{arg.name}={value}" if is_plain(arg.name) else f"**{{{quote(arg.name)}: {value}}}"


def _plain_item(item: tree.ItemLike, place: Place) -> str:
    match item:
        case tree.Item(tree.Name(name), value):
            return f"{name}={write(value, place)}"
        case tree.Splice(value):
            return f"*{write(value, place)}"
        case tree.Spread(value):
            return f"**{write(value, place)}"
        case _:
            return write(item, place)


def _element(element: object, place: Place) -> str:
    if isinstance(element, tree.Splice):
        return f"*{write(element.value, place, Binds.BIT_OR)}"
    return write(element, place)


def _pair(pair: tree.Pair | tree.Spread, place: Place) -> str:
    if isinstance(pair, tree.Spread):
        return f"**{write(pair.value, place, Binds.BIT_OR)}"
    return f"{write(pair.key, place)}: {write(pair.value, place)}"


def list_display(items: Sequence[tree.ItemLike], place: Place) -> str:
    """`[a, *b]`, or a comprehension."""
    match items:
        case (tree.Item(_, value, clauses),) if clauses:
            return f"[{generator(value, clauses, place)}]"
    parts = []
    for item in items:
        match item:
            case tree.Item(_, value, ()):
                parts.append(write(value, place))
            case tree.Item(_, value, clauses):
                parts.append(f"*({generator(value, clauses, place)})")
            case tree.Splice():
                parts.append(_element(item, place))
            case _:
                raise AssertionError(item)
    return f"[{', '.join(parts)}]"


def _subscript(each: object, place: Place) -> str:
    """A subscript. Around a slice's colon black has spaces unless both sides are simple."""
    if not isinstance(each, tree.Slice):
        return write(each, place)
    parts = [
        "" if part is None else write(part, place) for part in (each.lower, each.upper, each.step)
    ]
    if all(_is_simple(part) for part in (each.lower, each.upper, each.step)):
        return ":".join(parts if each.step is not None else parts[:2])
    lower, upper, step = parts
    text = f"{lower} :" if lower else ":"
    if upper:
        text += f" {upper}"
    if each.step is not None:
        text += f"{' ' if upper else ''}: {step}"
    return text


def _is_simple(part: object) -> bool:
    match part:
        case None | tree.Number() | tree.Constant() | tree.String() | tree.Name():
            return True
        case ir.Ref(kind):
            return kind in ("parameter", "local", "dim", "let", "share", "function")
        case tree.Unary(op, operand):
            return op != "not" and _is_simple(operand)
        case tree.Tuple(elements):
            return all(_is_simple(element) for element in elements)
        case tree.List(items):
            return all(isinstance(each, tree.Item) and _is_simple(each.value) for each in items)
        case _:
            return False


# ---- comprehensions ----------------------------------------------------------


def generator(element: object, clauses: Sequence[tree.Clause], place: Place) -> str:
    """`element for target in iterable if condition`, without brackets."""
    text, inner = loops(clauses, place, element)
    return f"{write(element, inner)} {text}"


def loops(clauses: Sequence[tree.Clause], place: Place, inside: object = ()) -> tuple[str, Place]:
    """The clauses of a comprehension, and the place inside it, where `inside` will stand.

    Python makes the variables of all clauses local to the whole comprehension (its first
    iterable apart), so that one which an earlier clause still means differently gets another
    name: `for b in b` in a second clause.
    """
    parts: list[str] = []
    inner = place
    later = (clauses[0].conditions, *clauses[1:], inside) if clauses else ()
    given = handed_in(later, place)
    if given:
        names = ", ".join(given)
        parts.append(f"for {names} in [{names if len(given) == 1 else f'({names})'}]")
        inner = inner.nested()
    for at, clause in enumerate(clauses):
        iterable = write(clause.iterable, inner, Binds.OR)
        clashing = _names_in(clauses[: at + 1]) if at else frozenset()
        called = {
            name: place.function.another(name) if name in clashing and name != "_" else name
            for name in names_in_target(clause.target)
        }
        inner = inner.nested().binding(called, looped=True)
        parts.append(f"for {target(clause.target, inner)} in {iterable}")
        parts += [f"if {write(each, inner, Binds.OR)}" for each in clause.conditions]
    return " ".join(parts), inner


def _names_in(clauses: Sequence[tree.Clause]) -> frozenset[str]:
    """The names that the iterables but the first read, and all conditions but the last's."""
    read: list[object] = [clause.iterable for clause in clauses[1:]]
    read += [condition for clause in clauses[:-1] for condition in clause.conditions]
    bound = {name for clause in clauses[:-1] for name in names_in_target(clause.target)}
    found = {ref.name for each in read for ref in free_refs(each)}
    return frozenset(found | bound)


def target(node: object, place: Place, *, nested: bool = False) -> str:
    """What a loop or an assignment binds: a tuple needs brackets only inside another."""
    if isinstance(node, tree.Splice):
        return f"*{target(node.value, place, nested=True)}"
    if not isinstance(node, tree.Tuple):
        return write(node, place)
    inner = ", ".join(target(element, place, nested=True) for element in node.elements)
    if len(node.elements) == 1:
        return f"({inner},)"
    return f"({inner})" if nested else inner
