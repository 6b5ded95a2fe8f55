"""Initialisation: schemes on parameters, a layer's own or a body's rules."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.emit.code import Code, Line, indented
from netdsl.emit.expressions import Binds, arguments, write
from netdsl.emit.helpers import helper
from netdsl.emit.place import Place
from netdsl.records import replace
from netdsl.syntax import tree

_NOT_RANDOM = frozenset({"zeros_", "ones_", "constant_", "eye_", "dirac_"})


# ---- one layer ---------------------------------------------------------------


def scheme_lines(layer: str, inits: Sequence[ir.ParameterInit], place: Place) -> list[Code]:
    """Statements that fill a layer's parameters; without a name, the layer is the parameter."""
    lines: list[Code] = []
    for init in inits:
        tensor = f"{layer}.{init.parameter}" if init.parameter else layer
        filled = _filling(tensor, init, place)
        if init.optional:
            filled = [Line(f"if {tensor} is not None:"), *indented(filled)]
        lines += filled
    return lines


def _filling(tensor: str, init: ir.ParameterInit, place: Place) -> list[Code]:
    """A scheme of torch needs no care; a def of the program runs without gradients."""
    call = Line(_applied(init, tensor, place))
    if _is_torch(init):
        return [call]
    return [Line(f"with {place.out.names.imported('torch')}.no_grad():"), *indented([call])]


def _applied(init: ir.ParameterInit, tensor: str, place: Place) -> str:
    given = ", ".join([tensor, *filter(None, [arguments(init.args, place)])])
    return f"{write(init.scheme, place, Binds.ATOM)}({given})"


def _is_torch(init: ir.ParameterInit) -> bool:
    return isinstance(init.scheme, ir.Ref) and init.scheme.kind == "init"


def initialised(node: ir.Initialised, place: Place) -> str:
    """A layer with its own initialisers, inside an expression."""
    call = helper("initialised", place.out)
    schemes = [f"{each.parameter}={_function(each, place)}" for each in node.inits]
    return f"{call}({', '.join([write(node.layer, place), *schemes])})"


def _function(init: ir.ParameterInit, place: Place) -> str:
    """A scheme as a function of the tensor alone."""
    scheme = write(init.scheme, place, Binds.ATOM)
    if not init.args:
        return scheme
    if all(arg.name is not None for arg in init.args):
        partial = place.out.names.imported("partial")
        return f"{partial}({scheme}, {arguments(init.args, place)})"
    tensor = place.own("tensor")
    return f"lambda {tensor}: {_applied(init, tensor, place.nested())}"


# ---- rules -------------------------------------------------------------------


def rule_lines(rules: Sequence[ir.Rule], place: Place) -> list[Code]:
    """Rules of kinds and of paths, one after the other; neighbours that cannot meet in one
    module share a loop."""
    lines: list[Code] = []
    at = 0
    while at < len(rules):
        rule = rules[at]
        if isinstance(rule, ir.KindRule):
            together = [rule]
            while at + 1 < len(rules) and _joins(together, rules[at + 1], place):
                at += 1
                together.append(rules[at])  # type: ignore[arg-type]
            lines += _kind_lines(together, place)
        elif isinstance(rule, ir.PathRule):
            lines += scheme_lines(write(rule.path, place, Binds.ATOM), rule.inits, place)
        at += 1
    return lines


def _kind_lines(rules: Sequence[ir.KindRule], place: Place) -> list[Code]:
    module = place.own("module")
    isinstance_ = place.out.names.builtin("isinstance")
    choices: list[Code] = []
    for at, rule in enumerate(rules):
        classes = [write(cls, place) for cls in rule.classes]
        kinds = classes[0] if len(classes) == 1 else f"({', '.join(classes)})"
        asked = "elif" if at and _apart(rules[: at + 1], place) else "if"
        choices.append(Line(f"{asked} {isinstance_}({module}, {kinds}):"))
        choices += indented(scheme_lines(module, rule.inits, place))
    return [Line(f"for {module} in self.modules():"), *indented(choices)]


def _joins(rules: Sequence[ir.KindRule], other: ir.Rule, place: Place) -> bool:
    """Whether a rule shares the loop of those before it: the program says so, or one loop does
    the same as two: no module is of two kinds, no parameter is of two modules, and random
    numbers are drawn by one rule."""
    if not isinstance(other, ir.KindRule):
        return False
    if other.joined:
        return True
    together = [*rules, other]
    if place.out.separate_rules or sum(_draws(rule) for rule in together) > 1:
        return False
    return _apart(together, place)


def _apart(rules: Sequence[ir.KindRule], place: Place) -> bool:
    """Whether no module is of the kinds of two rules."""
    return all(
        _disjoint(one, another, place.out.plain)
        for first, second in combinations(rules, 2)
        for one in first.classes
        for another in second.classes
    )


def _draws(rule: ir.KindRule) -> bool:
    return any(
        not _is_torch(init) or init.scheme.name not in _NOT_RANDOM  # type: ignore[union-attr]
        for init in rule.inits
    )


def _disjoint(one: ir.Ref, other: ir.Ref, plain: frozenset[str]) -> bool:
    """Whether no module is of both classes, as far as torch's own classes and those that
    derive from nn.Module alone tell."""
    if one.name == other.name or "extern" in (one.kind, other.kind):
        return False
    ours = [each.name for each in (one, other) if each.kind == "module"]
    if ours:
        return plain.issuperset(ours)
    first, second = torchlib.layer(one.name), torchlib.layer(other.name)
    if first is None or second is None:
        return False
    return one.name not in second.ancestors and other.name not in first.ancestors


# ---- params ------------------------------------------------------------------

_FILLED_WHEN_MADE = {"zeros_": "zeros", "ones_": "ones"}


def parameter_lines(node: ir.ParameterDecl, place: Place) -> list[Code]:
    """`param w: [i, o] ~ scheme`, `param w = value`."""
    names = place.out.names
    wrap, torch = f"{names.imported('nn')}.Parameter", names.imported("torch")
    path = f"self.{node.name}"
    if node.init is None:
        assert node.value is not None
        return [_given(node.name, node.value, place)]
    sizes = ", ".join(write(size, place) for size in node.shape) or "()"
    scheme = node.init.scheme
    made = (
        _FILLED_WHEN_MADE.get(scheme.name)
        if isinstance(scheme, ir.Ref) and scheme.kind == "init" and not node.init.args
        else None
    )
    if made is not None:
        return [Line(f"{path} = {wrap}({torch}.{made}({sizes}))")]
    return [
        Line(f"{path} = {wrap}({torch}.empty({sizes}))"),
        *scheme_lines(path, (replace(node.init, parameter=""),), place),
    ]


def _given(name: str, value: ir.Expr, place: Place) -> Line:
    """A param of a value, or of none on one side of a choice."""
    wrap = f"{place.out.names.imported('nn')}.Parameter"
    match value:
        case tree.Ternary(condition, then, otherwise) if _nothing(then) or _nothing(otherwise):
            one, other = (
                "None" if _nothing(each) else f"{wrap}({write(each, place)})"
                for each in (then, otherwise)
            )
            choice = f"{one} if {write(condition, place, Binds.OR)} else {other}"
            return Line(f"self.{name} = {choice}")
        case _ if _nothing(value):
            return Line(f"self.{name} = None")
        case _:
            return Line(f"self.{name} = {wrap}({write(value, place)})")


def _nothing(value: ir.Expr) -> bool:
    return isinstance(value, tree.Constant) and value.value is None
