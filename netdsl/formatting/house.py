"""The house style of names and calls: layers of torch in snake_case, scalars without brackets.

What a name means is not asked of the compiler, since a program that is formatted need not be right.
It is told by the file alone, and only where there is no doubt: a name of torch is one that nothing
in the file, and nothing in the prelude, is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from netdsl import prelude, torchlib
from netdsl.analysis.names import BUILD_FUNCTIONS, COMBINATORS, CONTAINERS
from netdsl.records import Frozen, replace
from netdsl.syntax import tree, visit
from netdsl.syntax.words import BODY_WORDS, DEF_WORDS, FILE_WORDS

GATHERING = frozenset(CONTAINERS) | COMBINATORS
"""What is made of a list of layers, whose names stand apart from their `=`."""

_KEPT = frozenset(["container", "module", "sequential", "module_list", "module_dict"])
"""Classes that have names of their own here, or are of no use."""

_WORDS = FILE_WORDS | BODY_WORDS | DEF_WORDS


class House(Frozen):
    """What a file's names are: `layers` make layers, `taken` are all that it gives a meaning,
    `seen` those of them that build time sees: a child is not, unless `self.` stands before it."""

    layers: frozenset[str]
    taken: frozenset[str]
    seen: frozenset[str]

    def spelling(self, name: str) -> str:
        """A name as the house spells it."""
        if name in self.taken or name in _prelude_names():
            return name
        found = torchlib.layer(name)
        if found is None or found.snake in _KEPT:
            return name
        snake = found.snake
        return name if snake in self.taken or snake in _prelude_names() else snake

    def makes_layer(self, func: tree.Expr) -> bool:
        """Whether what is called so is a layer, beyond doubt."""
        if not isinstance(func, tree.Name) or func.id in _WORDS:
            return False
        name = func.id
        if name in self.seen:
            return name in self.layers
        known = name in GATHERING or name in BUILD_FUNCTIONS or name in _prelude_names()
        found = None if known else torchlib.layer(name)
        return found is not None and found.snake not in _KEPT


def house_of(root: tree.Node) -> House:
    taken: list[str] = []
    children: list[str] = []
    made: dict[str, tree.Expr | None] = {}
    for node in visit.walk(root):
        (children if isinstance(node, tree.Child) else taken).extend(_names_of(node))
        match node:
            case tree.Module(name=name) | tree.Parameter(
                name=name, type=tree.NamedType(name="layer")
            ):
                made[name.id] = None
            case tree.Let(name=name, value=value):
                made[name.id] = value
    once = {name for name in made if taken.count(name) == 1}
    seen = frozenset(taken)
    house = House(frozenset(), seen.union(children), seen)
    layers: set[str] = set()
    while True:
        more = {name for name in once - layers if _is_layer(made[name], house)}
        if not more:
            return house
        layers |= more
        house = House(frozenset(layers), house.taken, seen)


def _is_layer(value: tree.Expr | None, house: House) -> bool:
    match value:
        case None | tree.Initialised():
            return True
        case tree.Ternary(then=then, otherwise=otherwise):
            inner = [each for each in (then, otherwise) if not isinstance(each, tree.Constant)]
            return bool(inner) and all(_is_layer(each, house) for each in inner)
        case tree.Call(func=tree.Name(id=name)) if name in GATHERING and name not in house.seen:
            return True
        case tree.Call(func=func):
            return house.makes_layer(func)
        case _:
            return False


def _names_of(node: tree.Node) -> Iterator[str]:
    """The names to which a node gives a meaning."""
    match node:
        case (
            tree.Module(name=tree.Name(id=name))
            | tree.Let(name=tree.Name(id=name))
            | tree.Def(name=tree.Name(id=name))
            | tree.Record(name=tree.Name(id=name))
            | tree.Share(name=tree.Name(id=name))
            | tree.ParamDecl(name=tree.Name(id=name))
            | tree.BufferDecl(name=tree.Name(id=name))
            | tree.Child(name=tree.Name(id=name))
            | tree.Child(name=tree.String(value=name))
            | tree.Parameter(name=tree.Name(id=name))
            | tree.VariadicParameter(name=tree.Name(id=name))
            | tree.AnyDims(name=name)
        ):
            yield name
        case tree.LetUnpack(names=names):
            yield from (each.id for each in names)
        case tree.Import(names=pairs):
            yield from ((alias or name).id for name, alias in pairs)
        case tree.Extern(path=path, alias=alias):
            if alias is not None:
                yield alias.id
            elif isinstance(path, tree.Attribute):
                yield path.name
        case tree.Clause(target=target) | tree.ForItems(target=target):
            yield from _names_in(target)
        case tree.DeclFor(target=target) | tree.For(target=target) | tree.Assign(target=target):
            yield from _names_in(target)
        case tree.NamedType(dims=dims) if dims:
            yield from (each.id for each in dims if isinstance(each, tree.Name))


def _names_in(target: tree.Expr) -> Iterator[str]:
    return (each.id for each in visit.walk(target) if isinstance(each, tree.Name))


@cache
def _prelude_names() -> frozenset[str]:
    return frozenset(
        each.name.id
        for each in prelude.load().statements
        if isinstance(each, tree.Let | tree.Module | tree.Def | tree.Record)
    )


class _Respelt(visit.Transformer):
    """Spells the names that stand for torch's layers. Tensor time has none."""

    def __init__(self, house: House) -> None:
        self.house = house

    def visit_Name(self, node: tree.Name) -> tree.Name:
        spelling = self.house.spelling(node.id)
        return node if spelling == node.id else replace(node, id=spelling)

    def visit_Item(self, node: tree.Item) -> tree.Item:
        if node.name is None:
            return self.below(node)
        inner = self.below(replace(node, name=None))
        return replace(inner, name=node.name)

    def visit_Def(self, node: tree.Def) -> tree.Def:
        return node

    def visit_ParamDecl(self, node: tree.ParamDecl) -> tree.ParamDecl:
        return node

    def visit_BufferDecl(self, node: tree.BufferDecl) -> tree.BufferDecl:
        return node

    def visit_Inits(self, node: tree.Inits) -> tree.Inits:
        return node

    def visit_Import(self, node: tree.Import) -> tree.Import:
        return node

    def visit_Extern(self, node: tree.Extern) -> tree.Extern:
        return node


def respelt(root: visit.NodeT, house: House) -> visit.NodeT:
    """A tree with the layers of torch as the house spells them."""
    return _Respelt(house).change(root)


# ---- calls ----------------------------------------------------------------------


def stands_bare(call: tree.Call, house: House) -> bool:
    """Whether a call is written without brackets: scalars are, layers are not."""
    if not call.items or not _is_dotted(call.func):
        return False
    if not all(_can_stand_bare(each) for each in call.items):
        return False
    if call.juxtaposed:
        return not any(_is_layer_argument(each, house) for each in call.items)
    return house.makes_layer(call.func) and all(map(_is_scalar_item, call.items))


def _is_dotted(func: tree.Expr) -> bool:
    while isinstance(func, tree.Attribute):
        func = func.value
    return isinstance(func, tree.Name)


def _can_stand_bare(item: tree.ItemLike) -> bool:
    if not isinstance(item, tree.Item) or item.clauses:
        return False
    return item.name is None or isinstance(item.name, tree.Name)


def _is_layer_argument(item: tree.ItemLike, house: House) -> bool:
    """Whether an argument without a name is a layer with arguments of its own."""
    if not isinstance(item, tree.Item) or item.name is not None:
        return False
    return isinstance(item.value, tree.Initialised | tree.Call) and _is_layer(item.value, house)


def _is_scalar_item(item: tree.ItemLike) -> bool:
    """Whether an argument is a scalar; one with a sign needs brackets, unless it has a name."""
    if not isinstance(item, tree.Item) or item.clauses:
        return False
    signed = isinstance(item.value, tree.Unary) and item.name is None
    return not signed and _is_scalar(item.value)


def _is_scalar(value: tree.Expr | tree.Slice) -> bool:
    match value:
        case tree.Name() | tree.Number() | tree.String() | tree.Constant():
            return True
        case tree.Attribute(value=inner) | tree.Unary(op="-", operand=inner):
            return _is_scalar(inner)
        case tree.Binary(left=left, right=right):
            return _is_scalar(left) and _is_scalar(right)
        case tree.Index(value=inner, subscripts=subscripts):
            return _is_scalar(inner) and all(_is_scalar(each) for each in subscripts)
        case tree.List(items=items):
            return all(map(_is_scalar_item, items))
        case tree.Call(func=func, items=items):
            name = func.id if isinstance(func, tree.Name) else ""
            return name in BUILD_FUNCTIONS and all(map(_is_scalar_item, items))
        case _:
            return False
