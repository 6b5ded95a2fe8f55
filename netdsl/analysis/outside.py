"""Records, and what comes from Python packages."""

from __future__ import annotations

import keyword
from typing import Literal

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.annotations import resolve_type
from netdsl.analysis.buildtime import BuildTime
from netdsl.analysis.learn import Learnt
from netdsl.analysis.parameters import as_targets, declare, finished
from netdsl.analysis.scope import Binding, Scope
from netdsl.analysis.surroundings import Files
from netdsl.analysis.targets import Target
from netdsl.records import replace
from netdsl.syntax import tree


def record_binding(node: tree.Record, files: Files) -> tuple[ir.RecordDef, Binding]:
    """`record Config(d=768)`: a frozen dataclass."""
    declared = declare(node.parameters, BuildTime(files, Scope(), Learnt()))
    name = node.name
    parameters = tuple(finished(each, Learnt()) for each in declared)
    definition = ir.RecordDef(
        name.id, parameters, None if node.doc is None else node.doc.value, span=node.span
    )
    shown = {each.name: each.type for each in parameters}
    fields = tuple(
        target if target.type != types.UNKNOWN else replace(target, type=shown[target.name])
        for target in as_targets(declared, Learnt())
    )
    target = Target(name.id, fields, "value", types.RecordType(name.id))
    return definition, Binding("record", name.id, types.FunctionType(), name.span, target)


def dotted(path: tree.Expr) -> list[str]:
    """The names of a path such as `package.module.Class`."""
    names: list[str] = []
    while isinstance(path, tree.Attribute):
        names.append(path.name)
        path = path.value
    assert isinstance(path, tree.Name)
    return [path.id, *reversed(names)]


def extern_binding(node: tree.Extern, name: str, files: Files) -> tuple[ir.ExternDef, Binding]:
    """`extern module package.Class(…)`: an import, under the name that the output has."""
    path = ".".join(dotted(node.path))
    package, _, attribute = path.rpartition(".")
    if not package or any(keyword.iskeyword(part) for part in path.split(".")):
        files.diagnostics.error(
            "bad-extern",
            f"`{path}` does not say which package it comes from",
            node.path.span,
            hint="write the whole path, such as `torchvision.ops.StochasticDepth`.",
        )
    declared = declare(node.parameters, BuildTime(files, Scope(), Learnt()), foreign=True)
    parameters = tuple(finished(each, Learnt()) for each in declared)
    definition = ir.ExternDef(
        name, package, attribute, node.kind, parameters, node.annotation, span=node.span
    )
    result = types.UNKNOWN if node.result is None else resolve_type(node.result, files)
    is_function = attribute[:1].islower()  # `weight_norm(layer)` gives a module, and is no class
    makes: Literal["layer", "value"] = "layer" if node.kind == "module" else "value"
    of = result if node.kind != "module" else types.MODULE if is_function else types.Instance(name)
    target = Target(name, as_targets(declared, Learnt()), makes, of, foreign=True)
    known = types.LAYER if node.kind == "module" else types.FunctionType()
    return definition, Binding("extern", name, known, node.path.span, target)
