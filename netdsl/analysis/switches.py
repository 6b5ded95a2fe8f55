"""Which parameters of torch's layers may be missing, as far as the arguments tell that a program
gives to layers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TypeAlias

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.type_of import type_of
from netdsl.analysis.walk import walk
from netdsl.records import replace
from netdsl.syntax import tree
from netdsl.torchlib import LayerClass

Given: TypeAlias = tuple[str | None, str | int | None]
"""A class of torch and an argument that a layer of it was given, by name. Of a layer whose class
is not known, None and a name or a position; None for arguments of which even that is not known."""

_SWITCHES = {
    "weight": frozenset({"affine", "elementwise_affine"}),
    "bias": frozenset({"affine", "elementwise_affine", "bias"}),
}
"""The arguments that leave a parameter out."""

_HOLDERS = ("MultiheadAttention", "Transformer", "AdaptiveLogSoftmax")
"""How the classes begin that hold layers of other classes, which they make without a bias on
occasion."""


def settled(
    inits: Sequence[ir.ParameterInit],
    layers: Sequence[str | None],
    given: Collection[Given],
    alone: str = "",
) -> tuple[ir.ParameterInit, ...]:
    """Schemes for the parameters of layers of some classes, with what is known of whether a
    parameter may be missing. `alone` is what a parameter is called that is filled by itself."""
    return tuple(
        replace(init, optional=init.optional and not _sure(init.parameter or alone, layers, given))
        for init in inits
    )


def settled_rule(
    node: tree.Node, module: ir.ModuleDef, given: Collection[Given]
) -> tree.Node | None:
    """A rule of a module, with what is known of what may be missing; None for anything else."""
    match node:
        case ir.KindRule(classes, inits):
            kinds = [each.name if each.kind == "layer" else None for each in classes]
            return replace(node, inits=settled(inits, kinds, given))
        case ir.PathRule(path, inits):
            alone, made = "", _maker(module, path)
            if inits and not inits[0].parameter:  # the path leads to a parameter
                match path:
                    case ir.Field(path, alone):
                        made = _maker(module, path)
                    case ir.Ref("child", alone):
                        made = module.base
            match made:
                case ir.Call(ir.Ref("layer", layer), args):
                    return replace(node, inits=settled(inits, [layer], _own(layer, args), alone))
            return replace(node, inits=settled(inits, [torch_class(path)], given, alone))
        case _:
            return None


def _maker(module: ir.ModuleDef, path: ir.Expr) -> ir.Expr | None:
    """What makes the layer that a path leads to, where it stands in the module's body."""
    match path:
        case ir.Ref("child", child):
            found = list(_children_called(module, child))
            return found[0] if len(found) == 1 else None
        case tree.Index(ir.Ref("child", child), (tree.Number(int(at)),)):
            for each in _children_called(module, child):
                if isinstance(each, ir.Container) and at < len(each.items):
                    plain = all(
                        isinstance(it, ir.LayerItem) and not it.clauses for it in each.items
                    )
                    return each.items[at].value if plain else None  # type: ignore[union-attr]
    return None


def _children_called(module: ir.ModuleDef, name: str) -> Iterator[ir.Expr]:
    for each in walk(module.body):
        if isinstance(each, ir.ChildDecl) and each.name == name:
            yield each.value


def torch_class(path: ir.Expr) -> str | None:
    """The class of torch.nn of what a path leads to, if that is known."""
    of = types.without_none(type_of(path))
    return of.cls if isinstance(of, types.Instance) and of.torch else None


def _own(layer: str, args: Sequence[ir.Arg]) -> list[Given]:
    """The arguments of one call of a layer."""
    found = torchlib.layer(layer)
    if found is None or any(each.star for each in args):
        return [(layer, None)]
    names = [each.name for each in found.signature.parameters]
    return [(layer, names[at] if each.name is None else each.name) for at, each in enumerate(args)]


def _sure(parameter: str, layers: Sequence[str | None], given: Collection[Given]) -> bool:
    return all(never_missing(each, parameter, given) for each in layers)


def never_missing(layer: str | None, parameter: str, given: Collection[Given]) -> bool:
    """Whether all layers of a class have a parameter that some may lack, if a program gives
    no other arguments.

    >>> never_missing("Conv2d", "bias", [("Conv2d", "padding"), ("BatchNorm2d", "affine")])
    True
    >>> never_missing("Conv2d", "bias", [("Conv2d", "bias")])
    False
    """
    found = None if layer is None else torchlib.layer(layer)
    if found is None:
        return False
    switches = _switches(found, parameter)
    return bool(switches) and not any(_switched(found, switches, each) for each in given)


def _switches(layer: LayerClass, parameter: str) -> dict[str, int]:
    """The arguments that leave a parameter out, with their positions; none if it is not these
    that decide, or if they leave it out by themselves."""
    names = _SWITCHES.get(parameter, frozenset())
    found = {
        each.name: at for at, each in enumerate(layer.signature.parameters) if each.name in names
    }
    defaults = {layer.signature.parameters[at].default for at in found.values()}
    return found if defaults == {"True"} else {}


def _switched(layer: LayerClass, switches: dict[str, int], given: Given) -> bool:
    """Whether an argument may have left a parameter out of a layer of this class."""
    of, argument = given
    if of is None:
        return argument is None or argument in switches or argument in switches.values()
    if of.startswith(_HOLDERS):
        return True
    other = torchlib.layer(of)
    kin = other is None or layer.name in (of, *other.ancestors)
    return kin and (argument is None or argument in switches)
