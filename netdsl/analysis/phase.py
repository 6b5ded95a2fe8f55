"""What the two phases share: operators, comprehensions, what is learnt of parameters.

A phase turns expressions of the tree into expressions of the program. It knows what a name
means to it and what can be called; everything else about an expression is the same in both.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.accepting import accepts
from netdsl.analysis.learn import Learnt
from netdsl.analysis.names import check_identifier
from netdsl.analysis.presence import NOTHING, Present, present_if
from netdsl.analysis.python_rules import check_identity, check_index
from netdsl.analysis.scope import Binding, Scope
from netdsl.analysis.surroundings import Files
from netdsl.analysis.targets import Argument, Target, TargetParameter, match_arguments
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.syntax import tree


class Phase(ABC):
    """Resolves expressions in one scope."""

    def __init__(self, files: Files, scope: Scope, learnt: Learnt) -> None:
        self.files = files
        self.diagnostics = files.diagnostics
        self.scope = scope
        self.learnt = learnt
        self.present: Present = NOTHING
        self.implied: Mapping[str, Iterable[str]] = {}
        """Which children are there where a parameter of the module is true."""

    @contextmanager
    def assuming(self, condition: ir.Expr, outcome: bool) -> Iterator[None]:
        """Where a condition is known to be true, or false: what it says is not None is not."""
        before = self.present
        self.present |= present_if(condition, outcome, self.implied)
        yield
        self.present = before

    # ---- what a phase says for itself ----------------------------------------

    @abstractmethod
    def name(self, node: tree.Name) -> ir.Expr:
        """What a name means."""

    @abstractmethod
    def call(self, node: tree.Call) -> ir.Expr:
        """What a call means."""

    @abstractmethod
    def attribute(self, node: tree.Attribute) -> ir.Expr:
        """What an attribute means."""

    @abstractmethod
    def sequence(self, node: tree.List) -> ir.Expr:
        """What a list means."""

    @abstractmethod
    def initialised(self, node: tree.Initialised) -> ir.Expr:
        """What `layer ~ scheme` means."""

    # ---- expressions ---------------------------------------------------------

    def expr(self, node: tree.Expr) -> ir.Expr:
        """The expression, with its names bound."""
        span = node.span
        match node:
            case tree.Name():
                return self.name(node)
            case tree.Number() | tree.String() | tree.Constant():
                return node
            case tree.Call():
                return self.call(node)
            case tree.Attribute():
                return self.attribute(node)
            case tree.List():
                return self.sequence(node)
            case tree.Initialised():
                return self.initialised(node)
            case tree.Binary(op, left, right):
                return self._binary(tree.Binary(op, self.expr(left), self.expr(right), span=span))
            case tree.Unary(op, operand):
                return tree.Unary(op, self.expr(operand), span=span)
            case tree.Compare(first, rest):
                resolved = tuple((op, self.expr(operand)) for op, operand in rest)
                return self._compare(tree.Compare(self.expr(first), resolved, span=span))
            case tree.Logical(op, left, right):
                return tree.Logical(op, self.expr(left), self.expr(right), span=span)
            case tree.Ternary(condition, then, otherwise):
                asked = self.expr(condition)
                with self.assuming(asked, True):
                    one = self.expr(then)
                with self.assuming(asked, False):
                    other = self.expr(otherwise)
                return tree.Ternary(asked, one, other, span=span)
            case tree.Index(value, subscripts, trailing):
                return self.index(
                    tree.Index(
                        self.expr(value),
                        tuple(self._subscript(each) for each in subscripts),
                        trailing,
                        span=span,
                    )
                )
            case tree.Tuple(elements):
                return tree.Tuple(tuple(self._element(each) for each in elements), span=span)
            case tree.Dict(pairs):
                return tree.Dict(tuple(self._pair(pair) for pair in pairs), span=span)
            case tree.Resolved():
                raise AssertionError(node)

    def index(self, node: tree.Index) -> ir.Expr:
        """An index, after its parts are resolved."""
        check_index(node, self.diagnostics)
        return node

    def value(self, node: tree.Expr, wanted: Type, what: str) -> ir.Expr:
        """An expression whose value must be of a type."""
        resolved = self.expr(node)
        self.expect(resolved, wanted, what)
        return resolved

    def asserted(self, node: tree.Expr) -> ir.Expr:
        """What is asserted; a tuple is what comes of brackets around the message as well."""
        resolved = self.expr(node)
        if isinstance(resolved, tree.Tuple) and resolved.elements:
            self.diagnostics.error(
                "wrong-type",
                "a tuple is asserted, which always holds",
                node.span,
                hint='write `assert condition, "message"`, without brackets.',
            )
        return resolved

    def type_of(self, expr: ir.Expr) -> Type:
        """What kind of value an expression has here."""
        return type_of(expr)

    def expect(self, expr: ir.Expr, wanted: Type, what: str) -> bool:
        """Says so if the expression cannot be of the type; learns of names whose type is not
        known yet that they must be."""
        have = self.type_of(expr)
        if accepts(wanted, have):
            self.learnt.learn(expr, wanted, self.scope)
            return True
        wish, given = types.describe(wanted), types.describe(have)
        if given in wish:
            wish, given = types.detailed(wanted), types.detailed(have)
        whole = wanted == types.INT and isinstance(expr, tree.Binary) and expr.op == "/"
        self.diagnostics.error(
            "wrong-type",
            f"{what} is {wish}, not {given}",
            expr.span,
            hint=_wrong_type_hint(expr, wanted, whole, wish),
        )
        return False

    def goes_over(self, value: ir.Expr, *, loop: bool = False) -> None:
        """Says so if there is nothing in a value to go over."""
        of = type_of(value)
        single = isinstance(of, types.Scalar) and of != types.STR
        recipe = isinstance(value, ir.Recipe) and value.target is not None
        if single or recipe or isinstance(of, types.FunctionType):
            self.diagnostics.error(
                "wrong-type",
                f"there is nothing to go over in {types.describe(of)}",
                value.span,
                hint=(
                    f"count with `range({value.span.text})`."
                    if loop and of == types.INT
                    else "give a list or a tuple."
                ),
            )

    def _subscript(self, node: tree.Expr | tree.Slice) -> tree.Expr | tree.Slice:
        if isinstance(node, tree.Slice):
            parts = [part and self.expr(part) for part in (node.lower, node.upper, node.step)]
            return tree.Slice(*parts, span=node.span)
        return self.expr(node)

    def _element(self, node: tree.Expr | tree.Splice) -> tree.Expr | tree.Splice:
        if isinstance(node, tree.Splice):
            return tree.Splice(self.expr(node.value), span=node.span)
        return self.expr(node)

    def _pair(self, node: tree.Pair | tree.Spread) -> tree.Pair | tree.Spread:
        if isinstance(node, tree.Spread):
            return tree.Spread(self.expr(node.value), span=node.span)
        key, value = self.expr(node.key), self.expr(node.value)
        return tree.Pair(key, value, span=node.span)

    def _binary(self, node: tree.Binary) -> tree.Binary:
        self.learnt.from_arithmetic(node, self.scope)
        left, right = type_of(node.left), type_of(node.right)
        if _never_add(node.op, left, right):
            self.diagnostics.error(
                "wrong-operand",
                f"`{node.op}` cannot join {types.describe(left)} and {types.describe(right)}",
                node.span,
                hint=(
                    "apply the child first: `child(x)`."
                    if types.is_instance(left) or types.is_instance(right)
                    else "both sides of an operator must be values of a kind that it knows."
                ),
            )
        return node

    def _compare(self, node: tree.Compare) -> tree.Compare:
        check_identity(node, self.diagnostics)
        for op, operand in node.rest:
            if type_of(operand) == types.INT:
                self.learnt.learn(node.first, types.INT, self.scope, sure=False)
            if op in ("is", "is not", "==", "!=") and operand == tree.Constant(
                None, span=operand.span
            ):
                self.learnt.nullable(node.first)
        return node

    # ---- loops and comprehensions --------------------------------------------

    def clauses(self, clauses: Sequence[tree.Clause]) -> tuple[tree.Clause, ...]:
        """The clauses of a comprehension, in a scope of their own that stays open: the caller
        opens and closes it."""
        resolved = []
        for clause in clauses:
            iterable = self.iterable(clause.iterable)
            target = self.bind_target(clause.target, iterable)
            conditions = tuple(self.expr(condition) for condition in clause.conditions)
            resolved.append(tree.Clause(target, iterable, conditions, span=clause.span))
        return tuple(resolved)

    def iterable(self, node: tree.Expr, *, loop: bool = True) -> ir.Expr:
        """What a loop or a splice runs over: read once, so that an iterator will do."""
        value = self.expr(node)
        self.goes_over(value, loop=loop)
        return unlisted(value)

    def open_scope(self) -> None:
        self.scope = Scope(parent=self.scope)

    def close_scope(self) -> None:
        assert self.scope.parent is not None
        self.scope = self.scope.parent

    def bind_target(self, target: tree.Expr, iterable: ir.Expr) -> ir.Expr:
        """Binds the variables of a loop to what iterating gives."""
        return self._bind(target, types.element_of(type_of(iterable)), iterable)

    def _bind(self, target: tree.Expr, of: Type, iterable: ir.Expr | None) -> ir.Expr:
        if isinstance(target, tree.Name):
            return self.bind_local(target, of, iterable)
        assert isinstance(target, tree.Tuple)
        elements = of.elements if isinstance(of, types.TupleOf) else None
        parts = []
        for at, element in enumerate(target.elements):
            assert not isinstance(element, tree.Splice)
            if elements is not None:
                inner = elements[at] if at < len(elements) else types.UNKNOWN
            else:
                inner = types.element_of(of)
            source = _component(iterable, at)
            parts.append(self._bind(element, inner, source))
        return tree.Tuple(tuple(parts), span=target.span)

    def bind_local(self, target: tree.Name, of: Type, iterable: ir.Expr | None = None) -> ir.Ref:
        """Binds one local variable, and gives the reference to it."""
        binding = Binding("local", target.id, of, target.span, value=iterable)
        if target.id != "_" and check_identifier(target.id, target.span, self.diagnostics):
            self.scope.names[target.id] = binding
        self.files.chosen(target.id)
        return binding.ref(target.span)

    # ---- arguments -----------------------------------------------------------

    def arguments(self, items: Sequence[tree.ItemLike]) -> list[Argument[tree.Item]] | None:
        """The items of a call that is no combinator, as arguments; None if one of them is a
        group, which only lists of layers may have."""
        found: list[Argument[tree.Item]] = []
        for item in items:
            match item:
                case tree.Splice(value):
                    found.append(Argument(_as_item(value), item.span, star="*"))
                case tree.Spread(value):
                    found.append(Argument(_as_item(value), item.span, star="**"))
                case tree.Item(name=None):
                    found.append(Argument(item, item.span))
                case tree.Item(name=tree.Name(id=name)):
                    found.append(Argument(item, item.span, name=name))
                case _:
                    self.diagnostics.error(
                        "items-in-call",
                        "only lists of layers (`seq`, `list`, `dict`, the combinators, `[…]`)"
                        " have named strings and groups of items",
                        item.span,
                        hint="give plain arguments: `value` or `name=value`.",
                    )
                    return None
        return found

    def match(
        self, target: Target, items: Sequence[tree.ItemLike]
    ) -> tuple[list[tuple[Argument[tree.Item], TargetParameter | None]], Target] | None:
        """The arguments of a call, each with the parameter it meets."""
        arguments = self.arguments(items)
        if arguments is None:
            return None
        paired, filled = match_arguments(target, arguments, self.diagnostics)
        return list(zip(arguments, paired, strict=True)), filled

    def generator(self, item: tree.Item, alone: bool) -> ir.Expr:
        """`element for …` as an argument: Python's generator where it stands alone."""
        self.open_scope()
        clauses = self.clauses(item.clauses)
        element = self.expr(item.value)
        self.close_scope()
        if not alone:
            self.diagnostics.error(
                "generator-not-alone",
                "an argument that repeats itself must be the call's only one",
                item.span,
                hint="put it into a list: `[… for … in …]`.",
            )
        return ir.Generator(element, clauses, span=item.span)


def unlisted(value: ir.Expr) -> ir.Expr:
    """The value where it is read once and to its end: an iterator will do."""
    if isinstance(value, ir.Call) and value.listed:
        return ir.Call(value.func, value.args, value.type, span=value.span)
    return value


def _as_item(value: tree.Expr) -> tree.Item:
    return tree.Item(None, value, span=value.span)


def _component(iterable: ir.Expr | None, at: int) -> ir.Expr | None:
    """Where the `at`-th variable of a loop comes from: `enumerate(xs)` and `zip(xs, ys)`."""
    match iterable:
        case ir.Call(func=ir.Ref(kind="builtin", name="enumerate"), args=(first, *_)) if at == 1:
            return first.value
        case ir.Call(func=ir.Ref(kind="builtin", name="zip"), args=args) if at < len(args):
            return args[at].value
        case _:
            return None


def _wrong_type_hint(expr: ir.Expr, wanted: Type, whole: bool, wish: str) -> str:
    record = isinstance(types.without_none(wanted), types.RecordType)
    if record and isinstance(expr, ir.Ref) and expr.kind == "record":
        return f"make one of it: `{expr.name}(…)`."
    if isinstance(expr, tree.String) and types.without_none(wanted) == types.DTYPE:
        return f"write it without quotation marks: `{expr.value}`."
    return "divide with `//`, which gives an int." if whole else f"give {wish}."


def _never_add(op: str, left: Type, right: Type) -> bool:
    """Whether an operator has no meaning for values of these types."""
    sides = (left, right)
    if any(
        each == types.NONE
        or types.is_layer(each)
        or isinstance(each, types.FunctionType | types.Instance)
        for each in sides
    ):
        return True
    if op == "@" and any(each in (types.INT, types.FLOAT, types.BOOL) for each in sides):
        return True
    if types.UNKNOWN in sides:
        return False
    if any(isinstance(each, _COLLECTIONS) for each in sides):
        return not _collections_join(op, left, right)
    other = right if left == types.STR else left
    return (
        types.STR in sides
        and op in ("+", "-", "/", "//", "**", "@")
        and isinstance(other, types.Scalar | types.Tensor)
        and (other != types.STR or op != "+")
    )


_COLLECTIONS = types.ListOf | types.TupleOf | types.DictOf


def _collections_join(op: str, left: Type, right: Type) -> bool:
    if any(isinstance(each, types.Either) for each in (left, right)):
        return True
    if op == "*":
        return left in (types.INT, types.BOOL) or right in (types.INT, types.BOOL)
    both = isinstance(left, _COLLECTIONS) and isinstance(right, _COLLECTIONS)
    text = left == types.STR and op == "%"
    return text or (both and op in ("+", "|"))
