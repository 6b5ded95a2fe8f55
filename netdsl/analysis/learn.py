"""What the uses of a name tell about its type, where the program does not say it.

A parameter without a type takes the one that its uses need: the argument of `linear` is an
int, what stands where a layer is wanted is a recipe. Arithmetic only suggests: `a + b` may
join lists as well, so what it says goes into annotations and never into a complaint.
"""

from __future__ import annotations

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.scope import Scope
from netdsl.analysis.type_of import type_of
from netdsl.analysis.types import Type
from netdsl.syntax import tree


class Learnt:
    """What is known so far of the parameters of one definition, by name. In a method `outer`
    is the same for the parameters of its module; `tensors` says that arithmetic suggests
    nothing, since it may be that of tensors."""

    def __init__(
        self,
        open_names: frozenset[str] = frozenset(),
        outer: Learnt | None = None,
        *,
        tensors: bool = False,
    ) -> None:
        self.open_names = open_names
        self.outer = outer
        self.tensors = tensors
        self.needed: dict[str, Type] = {}
        self.suggested: dict[str, Type] = {}
        self.may_be_none: set[str] = set()

    def learn(self, expr: object, wanted: Type, scope: Scope, *, sure: bool = True) -> None:
        """The value of `expr` must be of type `wanted`."""
        if isinstance(wanted, types.Unknown):
            return
        match expr:
            case tree.Number() | tree.String() | tree.Constant():
                pass  # most arguments, which teach nothing
            case ir.Ref(kind="parameter", name=name):
                self.note(name, wanted, sure=sure)
            case ir.Ref(kind="stored", name=name):
                if self.outer is not None:
                    self.outer.note(name, wanted, sure=sure)
            case ir.Ref(kind="local", name=name):
                binding = scope.find(name)
                if binding is not None and binding.value is not None:
                    self.learn(binding.value, types.ListOf(wanted), scope, sure=sure)
            case tree.Index(value, (tree.Slice(),)):
                self.learn(value, wanted, scope, sure=sure)
            case tree.Index(value, (_,)):
                self.learn(value, types.ListOf(wanted), scope, sure=sure)
            case tree.Ternary(_, then, otherwise) | tree.Logical(_, then, otherwise):
                self.learn(then, wanted, scope, sure=sure)
                self.learn(otherwise, wanted, scope, sure=sure)
            case tree.Unary("-" | "+", operand) if _is_number(wanted):
                self.learn(operand, number_of(wanted), scope, sure=sure)
            case tree.Binary(op, left, right) if op != "/" and _is_number(wanted):
                self.learn(left, number_of(wanted), scope, sure=sure)
                self.learn(right, number_of(wanted), scope, sure=sure)
            case ir.Call(func=ir.Ref(kind="builtin", name="max" | "min" | "abs"), args=args):
                for arg in args if len(args) > 1 else ():
                    self.learn(arg.value, number_of(wanted), scope, sure=sure)
            case _:
                pass

    def note(self, name: str, wanted: Type, *, sure: bool = True) -> None:
        """The parameter of that name must be (or seems to be) of type `wanted`."""
        wants_class = wanted == types.Layer(attributes=True)
        if wants_class or (name in self.open_names and (sure or not self.tensors)):
            into = self.needed if sure else self.suggested
            into[name] = meet(into.get(name, types.UNKNOWN), wanted)

    def also(self, other: Learnt) -> None:
        """Takes over what another reading of the same definition has learnt."""
        for name, of in other.needed.items():
            self.note(name, of)
        for name, of in other.suggested.items():
            self.note(name, of, sure=False)
        self.may_be_none |= other.may_be_none

    def from_arithmetic(self, node: tree.Binary, scope: Scope) -> None:
        """What an operator suggests about its operands: numbers, and ints of `//` and `%`."""
        operands = (node.left, node.right)
        known = [type_of(operand) for operand in operands]
        if any(not isinstance(of, types.Scalar | types.Unknown) for of in known):
            return
        whole = node.op in ("//", "%") and types.FLOAT not in known
        for operand in operands:
            suggestion = types.INT if whole else types.FLOAT
            self.learn(operand, suggestion, scope, sure=False)

    def nullable(self, expr: object) -> None:
        """The program asks whether the value of `expr` is None."""
        match expr:
            case ir.Ref(kind="parameter", name=name):
                self.may_be_none.add(name)
            case ir.Ref(kind="stored", name=name) if self.outer is not None:
                self.outer.may_be_none.add(name)
            case _:
                pass


def _is_number(of: Type) -> bool:
    return number_of(of) in (types.INT, types.FLOAT)


def number_of(of: Type) -> Type:
    """The number among several options: an operator never gives a tuple of sizes."""
    if isinstance(of, types.Either):
        found = [option for option in of.options if option in (types.INT, types.FLOAT)]
        return found[0] if found else types.UNKNOWN
    return of


def meet(one: Type, other: Type) -> Type:
    """The narrower of two types that must both hold; the first where they do not meet."""
    if one == types.UNKNOWN:
        return other
    if other == types.UNKNOWN or one == other:
        return one
    match one, other:
        case types.Either(options), types.Either(others):
            common = tuple(option for option in options if option in others)
            return types.either(*common) if common else one
        case (types.Either(options), narrow) | (narrow, types.Either(options)):
            return narrow if narrow in options else one
        case types.Scalar("float"), types.Scalar("int"):
            return other
        case types.Layer(), types.Layer():
            return one if one.attributes else other
        case types.ListOf(first), types.ListOf(second):
            return types.ListOf(meet(first, second))
        case _:
            return one
