"""`module`: its header, what it derives from, its body and its methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netdsl import torchlib
from netdsl.analysis import items, types
from netdsl.analysis import program as ir
from netdsl.analysis.annotations import check_signature
from netdsl.analysis.body import Body, resolve_methods
from netdsl.analysis.buildtime import BuildTime
from netdsl.analysis.inits import torch_parameters
from netdsl.analysis.item_groups import ungrouped
from netdsl.analysis.learn import Learnt
from netdsl.analysis.members import Members
from netdsl.analysis.names import COMBINATORS, CONTAINERS
from netdsl.analysis.parameters import (
    Declared,
    as_targets,
    declare,
    finished,
    needed_type,
    open_names,
    taught_layers,
)
from netdsl.analysis.scope import Binding, Scope
from netdsl.analysis.surroundings import Files
from netdsl.analysis.targets import Target
from netdsl.analysis.type_of import type_of
from netdsl.analysis.walk import declarations, transform
from netdsl.diagnostics import Label
from netdsl.records import Frozen
from netdsl.source import Span
from netdsl.syntax import tree

_BASES = {"seq": "Sequential", "list": "ModuleList", "dict": "ModuleDict"}


class ResolvedModule(Frozen):
    """A module, and how the rest of the program sees it."""

    definition: ir.ModuleDef
    binding: Binding
    members: Members


def resolve_module(node: tree.Module, files: Files) -> ResolvedModule:
    """A module. As with a let, a first reading teaches which parameters are recipes."""
    first = _Reading(node, files.quiet(), Learnt())
    first.definition()
    second = _Reading(node, files, taught_layers(first.learnt))
    return second.definition()


class _Reading:
    """One reading of a module."""

    def __init__(self, node: tree.Module, files: Files, taught: Learnt) -> None:
        self.node = node
        self.files = files
        outside = BuildTime(files, Scope(), Learnt())
        self.declared: list[Declared] = declare(node.parameters or (), outside)
        self.learnt = Learnt(open_names(self.declared))
        self.learnt.also(taught)
        self.members = Members(node.name.id)
        self.scope = Scope()
        for each in self.declared:
            binding = each.binding(needed_type(each, self.learnt))
            self.scope.names[each.name] = binding
            self.members.parameters[each.name] = binding

    def definition(self) -> ResolvedModule:
        node, members = self.node, self.members
        check_signature(node.annotation, self.files)
        base = None if node.base is None else self._base(node.base)
        own = frozenset(name for name, _ in _declared_names(node.body or ()))
        body = Body(self.files, Scope(parent=self.scope), self.learnt, members, own)
        self._declare_items(base, body)
        declarations, rules = body.declarations(node.body or ())
        methods = resolve_methods(node.body or (), self.files, members, self.learnt)
        self._refuse_overwritten(base)
        self._refuse_hidden()
        stored = tuple(each.name for each in self.declared if each.name in members.read)
        definition = ir.ModuleDef(
            node.name.id,
            tuple(finished(each, self.learnt) for each in self.declared),
            None if node.doc is None else node.doc.value,
            node.annotation,
            base,
            tuple(_store(each, members) for each in _without_rules_lets(declarations, members)),
            tuple(_store(each, members) for each in rules),
            methods,
            stored,
            span=node.span,
        )
        target = Target(
            node.name.id,
            as_targets(self.declared, self.learnt),
            "layer",
            types.Instance(node.name.id),
            definition=node.name.id,
        )
        binding = Binding("module", node.name.id, types.LAYER, node.name.span, target)
        return ResolvedModule(definition, binding, members)

    # ---- what it derives from ------------------------------------------------

    def _base(self, node: tree.Expr) -> ir.Container | ir.Combined | ir.Call | None:
        phase = BuildTime(self.files, self.scope, self.learnt)
        if isinstance(node, tree.Call) and isinstance(node.func, tree.Name):
            name = node.func.id
            if self.files.find(name, node.span) is None and name not in self.scope.names:
                if name in CONTAINERS:
                    self.members.base = _BASES[CONTAINERS[name]]
                    return items.container_items(phase, node, CONTAINERS[name])
                if name in COMBINATORS:
                    return items.combined(phase, node, name)
        built = phase.layer(node)
        match built:
            case ir.Call(func=ir.Ref(kind="layer", name=name)):
                self.members.base = name
                return built
            case ir.Call(func=ir.Ref(kind="module" | "extern", name=name), type=of) if (
                of != types.MODULE
            ):
                parent = self.files.members_of(name)
                if parent is not None:
                    self.members.derive(parent)
                return built
        self.files.diagnostics.error(
            "bad-base",
            "a module is made of `seq`, `list`, `dict` or a combinator, or derives from one layer",
            node.span,
            hint=(
                "fill its parameters by a rule in the body: `init weight ~ …`."
                if isinstance(built, ir.Initialised)
                else "name the layer as a child, and apply it in `def forward`."
            ),
        )
        return None

    def _refuse_overwritten(self, base: ir.Container | ir.Combined | ir.Call | None) -> None:
        """What `self` keeps for the methods of a base is not replaced by another value."""
        members = self.members
        handed: set[str | None] = set()
        if isinstance(base, ir.Call) and isinstance(base.func, ir.Ref):
            parent = self.files.members_of(base.func.name)
            names = iter(parent.parameters if parent is not None else ())
            for each in base.args:
                name = each.name or next(names, None)
                if isinstance(each.value, ir.Ref) and (each.value.kind, each.value.name) == (
                    "parameter",
                    name,
                ):
                    handed.add(name)
        declared = {**members.kept, **dict(_declared_names(self.node.body or ()))}
        for name, span in declared.items():
            if name in members.inherited and name not in handed:
                self.files.diagnostics.error(
                    "duplicate-name",
                    f"`{name}` stands for something else in a module that this one derives from,"
                    " whose methods use it",
                    span,
                    hint="call it something else here, or hand the parameter on as it is.",
                    labels=[Label(members.inherited[name], "it is this one there")],
                )

    def _refuse_hidden(self) -> None:
        """What `self` keeps for methods hides nothing that a container has, and no child."""
        members = self.members
        for name, span in members.kept.items():
            kept = torchlib.kept_name(name)
            held = kept in torchlib.reserved_names(members.base)
            if held or (kept != name and kept in (*members.children, *members.methods)):
                owner = f"`{members.base}`" if held else "module"
                self.files.diagnostics.error(
                    "reserved-name",
                    f"`{name}` is kept for the `def`s as `{kept}`, and this {owner} has an"
                    " attribute of that name",
                    span,
                    hint=f"choose another name, such as `{name}_`.",
                )

    def _declare_items(self, base: ir.Container | ir.Combined | ir.Call | None, body: Body) -> None:
        """The items of a module that is a combinator are children like any other, and so are those
        of the module that it derives from."""
        if not isinstance(base, ir.Container | ir.Combined):
            inherited = {**torch_parameters(self.members.base), **self.members.children}
            for name, of in inherited.items():
                body.scope.names[f"self.{name}"] = Binding("child", name, of, self.node.name.span)
            return
        unnamed = False
        for item in ungrouped(base.items):
            if isinstance(item, ir.LayerSplice):
                unnamed = True
            elif isinstance(item.name, str):
                if item.name.isidentifier():
                    self.members.children[item.name] = type_of(item.value)
                    body.declared[item.name] = item.span
                    body.scope.names[f"self.{item.name}"] = Binding(
                        "child", item.name, type_of(item.value), item.span
                    )
            elif isinstance(item.name, ir.Text):
                self.members.add_computed(item.name.parts)
            else:
                unnamed = True
        if isinstance(base, ir.Combined) and unnamed:
            own = "net" if base.kind in ("nest", "residual") else "branches"
            cls = "Sequential" if own == "net" else "ModuleList"
            self.members.children[own] = types.Instance(cls, torch=True)


def _without_rules_lets(
    declarations: Sequence[ir.Declaration], members: Members
) -> Iterator[ir.Declaration]:
    """Declarations without the loops that only compute what rules use, which have loops of
    their own."""
    for each in declarations:
        if isinstance(each, ir.BodyFor) and all(
            isinstance(inner, ir.LetValue) and not members.read.intersection(inner.names)
            for inner in each.body
        ):
            continue
        yield each


def _store(node, members: Members):  # type: ignore[no-untyped-def]
    """Lets that methods read live on self: so do all references to them."""
    names = {
        name for name in members.read if name in members.lets and members.lets[name].kind == "let"
    }

    def change(each: tree.Node) -> tree.Node | None:
        if isinstance(each, ir.LetValue) and each.class_level:
            return each
        if isinstance(each, ir.Ref) and each.kind == "let" and each.name in names:
            return ir.Ref("stored", each.name, each.type, span=each.span)
        return None

    if not names:
        return node
    changed = transform(node, change)
    return _mark_stored(changed, names)


def _mark_stored(node, names: set[str]):  # type: ignore[no-untyped-def]
    def mark(each: tree.Node) -> tree.Node | None:
        if isinstance(each, ir.LetValue) and any(name in names for name in each.names):
            return ir.LetValue(
                each.names, each.value, each.type, each.class_level, True, span=each.span
            )
        return None

    return transform(node, mark)


def _declared_names(nodes: Sequence[tree.Declaration]) -> Iterator[tuple[str, Span]]:
    """The children, tensors and methods of a body, and where they are declared."""
    for node in declarations(nodes):
        match node:
            case tree.Child(name=tree.Name(id=name)) | tree.Child(name=tree.String(value=name)):
                yield name, node.name.span
            case tree.ParamDecl() | tree.BufferDecl() | tree.Def():
                yield node.name.id, node.name.span
