"""Files: definitions in an order in which Python can run them, and what names stand for.

A definition is resolved when it is first needed, so that whatever it uses is known by then
and stands before it. The order in which definitions are asked for follows who mentions whom,
which keeps that from nesting deeply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.build import BuildTime
from netdsl.analysis.functions import DefResolver
from netdsl.analysis.inits import Presence, torch_presence
from netdsl.analysis.learn import Learnt
from netdsl.analysis.lets import resolve_function, resolve_unpack, resolve_value
from netdsl.analysis.members import Members
from netdsl.analysis.modules import resolve_module
from netdsl.analysis.names import check_identifier
from netdsl.analysis.outside import extern_binding, record_binding
from netdsl.analysis.scope import Binding, Scope
from netdsl.analysis.types import Type
from netdsl.analysis.walk import transform, walk
from netdsl.diagnostics import Diagnostics, Label
from netdsl.source import Span
from netdsl.syntax import tree

Named = tree.Let | tree.LetUnpack | tree.Module | tree.Def | tree.Record | tree.Extern | tree.Net


def resolve(file: tree.File, prelude: tree.File, diagnostics: Diagnostics) -> ir.Program:
    """The program that a file means. What is wrong with it is reported; where there are
    errors, the program is not fit to be written out."""
    library = File(prelude, diagnostics, None)
    own = File(file, diagnostics, library)
    library.taken = frozenset(own.statements)
    own.resolve_all()
    definitions = (*library.definitions, *own.definitions)
    return ir.Program(
        file.span.source.name,
        tuple(_settle(each, own, library) for each in definitions),
        frozenset(own.names | library.names),
    )


class File:
    """One file while it is resolved."""

    def __init__(self, file: tree.File, diagnostics: Diagnostics, outer: File | None) -> None:
        self.file = file
        self.diagnostics = diagnostics
        self.outer = outer
        self.taken: frozenset[str] = frozenset()
        self.names: set[str] = set()
        self.definitions: list[ir.Definition] = []
        self.bindings: dict[str, Binding] = {}
        self.members: dict[str, Members] = {}
        self.defined: dict[str, ir.Definition] = {}
        self.in_progress: list[str] = []
        self.extended: set[str] = set()
        self.given: set[str] = set()
        self.statements: dict[str, Named] = {}
        self._collect()
        self.spliced = _only_spliced(file)
        self.all_members = frozenset(_member_names(file))

    # ---- what there is -------------------------------------------------------

    def _collect(self) -> None:
        for statement in self.file.statements:
            if isinstance(statement, tree.Import):
                self.diagnostics.error(
                    "import-not-supported",
                    f"this version cannot read other files: `{statement.path.value}`",
                    statement.span,
                    hint="put the definitions into this file.",
                )
                for name, alias in statement.names:
                    bound = alias or name
                    self.bindings[bound.id] = Binding("local", bound.id, types.UNKNOWN, bound.span)
                continue
            for name in _names_of(statement):
                self._claim(name, statement)

    def _claim(self, name: tree.Name, statement: Named) -> None:
        if name.id != "_":
            check_identifier(name.id, name.span, self.diagnostics)
        if name.id in self.statements:
            network = isinstance(statement, tree.Net) or isinstance(
                self.statements[name.id], tree.Net
            )
            self.diagnostics.error(
                "duplicate-definition",
                (
                    "a file has one network, but two are here"
                    if network
                    else f"`{name.id}` is defined twice"
                ),
                name.span,
                labels=[Label(_label_span(self.statements[name.id]), "the first is here")],
                hint=(
                    "name one of them: `let other = …`."
                    if network
                    else "give each definition a name of its own."
                ),
            )
            return
        self.statements[name.id] = statement
        self.names.add(name.id)

    def resolve_all(self) -> None:
        """Every definition of the file."""
        for name in self._order():
            self.find(name)

    def _order(self) -> list[str]:
        """Names of definitions, those that are mentioned before those that mention them."""
        mentioned = {
            name: [
                node.id
                for node in walk(statement)
                if isinstance(node, tree.Name) and node.id in self.statements and node.id != name
            ]
            for name, statement in self.statements.items()
        }
        order: dict[str, None] = {}
        started: set[str] = set()
        for first in self.statements:
            stack: list[tuple[str, Iterator[str]]] = []
            if first not in started:
                started.add(first)
                stack.append((first, iter(mentioned[first])))
            while stack:
                name, rest = stack[-1]
                following = next((each for each in rest if each not in started), None)
                if following is None:
                    order[name] = None
                    stack.pop()
                else:
                    started.add(following)
                    stack.append((following, iter(mentioned[following])))
        return list(order)

    # ---- finding -------------------------------------------------------------

    def find(self, name: str, span: Span | None = None) -> Binding | None:
        """What a name stands for: its definition is resolved if it is not yet."""
        if name in self.bindings:
            return self.bindings[name]
        if name not in self.statements:
            return self.outer.find(name, span) if self.outer is not None else None
        if name in self.in_progress:
            self._recursion(name, span)
            return Binding("local", name, types.UNKNOWN, _label_span(self.statements[name]))
        self.in_progress.append(name)
        self._resolve(self.statements[name])
        self.in_progress.pop()
        return self.bindings.get(name)

    def _recursion(self, name: str, span: Span | None) -> None:
        path = [*self.in_progress[self.in_progress.index(name) :], name]
        self.diagnostics.error(
            "recursive-definition",
            f"`{name}` contains itself: {' → '.join(path)}",
            span or _label_span(self.statements[name]),
            hint="a definition can use only what is finished without it.",
        )

    def _resolve(self, statement: Named) -> None:
        view = View(self, self.diagnostics)
        match statement:
            case tree.Module():
                resolved = resolve_module(statement, view)
                self.members[statement.name.id] = resolved.members
                self._add(resolved.definition, resolved.binding)
            case tree.Def():
                self._resolve_def(statement, view)
            case tree.Let(parameters=None):
                let = resolve_value(statement, BuildTime(view, Scope(), Learnt()), in_body=False)
                self._add(let.definition, *let.bindings)
            case tree.Let():
                let = resolve_function(statement, view, Scope())
                self._add(let.definition, *let.bindings)
            case tree.LetUnpack():
                let = resolve_unpack(statement, BuildTime(view, Scope(), Learnt()))
                self._add(let.definition, *let.bindings)
            case tree.Record():
                self._add(*record_binding(statement, view))
            case tree.Extern():
                self._add(*extern_binding(statement, view))
            case tree.Net(value):
                network = tree.Let(
                    tree.Name("net", span=value.span), None, None, None, value, span=value.span
                )
                phase = BuildTime(view, Scope(), Learnt())
                let = resolve_value(network, phase, in_body=False, network=True)
                self._add(let.definition, *let.bindings)

    def _resolve_def(self, statement: tree.Def, view: View) -> None:
        resolver = DefResolver(statement, view)
        name = statement.name
        target = resolver.target()
        self.bindings[name.id] = Binding("def", name.id, types.FunctionType(), name.span, target)
        function = resolver.resolve()
        if statement.result is None:
            target = replace(target, result=function.type)
        binding = Binding("def", name.id, types.FunctionType(), name.span, target)
        self._add(function, binding)

    def _add(self, definition: ir.Definition, *bindings: Binding) -> None:
        name = self._free_name(bindings[0].name) if len(bindings) == 1 else None
        if name is not None and name != bindings[0].name:
            old = bindings[0].name
            assert not isinstance(definition, ir.LetValue)
            definition = replace(definition, name=name)
            self.names.add(name)
            self.bindings[old] = replace(bindings[0], name=name)
        else:
            for binding in bindings:
                self.bindings[binding.name] = binding
        self.definitions.append(definition)

    def _free_name(self, name: str) -> str:
        """A name for a definition of the prelude that the program's own names leave free."""
        if name not in self.taken:
            return name
        number = 2
        while f"{name}{number}" in self.taken:
            number += 1
        return f"{name}{number}"

    def find_presence(self, module: str) -> Callable[[str], Presence]:
        """Which parameters a module has: its own, or those of the torch layer it derives
        from."""
        members = self.members.get(module)
        if members is None:
            if self.outer is not None:
                return self.outer.find_presence(module)
            return lambda parameter: "unknown"

        def presence(parameter: str) -> Presence:
            assert members is not None
            if parameter in members.tensors:
                of = members.children.get(parameter, types.TENSOR)
                return "always" if types.without_none(of) == of else "optional"
            if members.base != "Module":
                return torch_presence(members.base)(parameter)
            return None

        return presence


class View:
    """What the phases see of a file, and where their diagnostics go."""

    def __init__(self, file: File, diagnostics: Diagnostics) -> None:
        self._file = file
        self.diagnostics = diagnostics

    def quiet(self) -> View:
        return View(self._file, Diagnostics())

    def find(self, name: str, span: Span) -> Binding | None:
        return self._file.find(name, span)

    def find_value(self, name: str) -> Binding | None:
        found = self._file.find(name)
        return found if found is not None and found.kind == "let" else None

    def all_names(self) -> list[str]:
        outer = self._file.outer
        return [*self._file.statements, *(outer.statements if outer is not None else ())]

    def chosen(self, name: str) -> None:
        self._file.names.add(name)

    def member_names(self) -> frozenset[str]:
        return self._file.all_members

    def attribute(self, binding: Binding, name: str) -> Type | None:
        members = self._file.members.get(binding.name)
        if members is None or name not in members.lets:
            return None
        let = members.lets[name]
        return let.type if let.kind == "class" else None

    def fields(self, record: str) -> dict[str, Type]:
        binding = self._file.find(record)
        if binding is None or binding.target is None or binding.target.parameters is None:
            return {}
        return {each.name: each.type for each in binding.target.parameters}

    def forward_type(self, module: str) -> Type:
        members = self._file.members.get(module)
        forward = members.methods.get("forward") if members is not None else None
        return forward.result if forward is not None else types.UNKNOWN

    def presence(self, module: str) -> Callable[[str], Presence]:
        return self._file.find_presence(module)

    def only_spliced(self, name: str) -> bool:
        return name in self._file.spliced

    def extends(self, name: str) -> None:
        self._file.extended.add(name)

    def gives(self, argument: str) -> None:
        self._file.given.add(argument)


def _names_of(statement: tree.FileStatement) -> list[tree.Name]:
    match statement:
        case tree.LetUnpack(names=names):
            return [name for name in names if name.id != "_"]
        case tree.Net():
            return [tree.Name("net", span=statement.span)]
        case tree.Extern(path=path, alias=alias):
            if alias is not None:
                return [alias]
            last = path.name if isinstance(path, tree.Attribute) else path
            return [tree.Name(last, span=path.span) if isinstance(last, str) else last]  # type: ignore[list-item]
        case tree.Import():
            return [alias or name for name, alias in statement.names]
        case _:
            return [statement.name]


def _label_span(statement: Named) -> Span:
    return _names_of(statement)[0].span


def _member_names(file: tree.File) -> Iterator[str]:
    for node in walk(file):
        match node:
            case tree.Child(name=tree.Name(id=name)) | tree.Item(name=tree.Name(id=name)):
                yield name
            case tree.ParamDecl(name=name_node) | tree.BufferDecl(name=name_node):
                yield name_node.id
            case tree.Def(name=name_node):
                yield name_node.id
            case _:
                pass


def _only_spliced(file: tree.File) -> frozenset[str]:
    """The names whose every use is a splice, `*name` or `*name(…)`."""
    spliced: dict[str, int] = {}
    used: dict[str, int] = {}
    for node in walk(file):
        match node:
            case tree.Splice(tree.Name(id=name)) | tree.Splice(tree.Call(tree.Name(id=name))):
                spliced[name] = spliced.get(name, 0) + 1
            case tree.Name(id=name):
                used[name] = used.get(name, 0) + 1
            case _:
                pass
    definitions = {
        node.name.id for node in walk(file) if isinstance(node, tree.Let) and node.name.id in used
    }
    return frozenset(name for name in definitions if used[name] - 1 <= spliced.get(name, 0))


_SWITCHES = frozenset({"bias", "affine", "elementwise_affine"})
"""The arguments of torch's layers that leave a parameter out."""


def _settle(definition: ir.Definition, own: File, library: File) -> ir.Definition:
    """What only the whole program tells: which recipes are extended, and which parameters a
    rule may find to be None."""
    extended = own.extended | library.extended
    switched = _SWITCHES & (own.given | library.given)
    foreign = any(isinstance(each, ir.ExternDef) for each in own.definitions)

    def always_there(node: tree.Node) -> tree.Node | None:
        if not isinstance(node, ir.KindRule) or foreign:
            return None
        if any(_takes(each, switched) for each in node.classes):
            return None
        inits = tuple(replace(init, optional=False) for init in node.inits)
        return ir.KindRule(node.classes, inits, span=node.span)

    definition = transform(definition, always_there)
    match definition:
        case ir.LetFunction(name=name, parameters=()) if name in extended:
            return replace(definition, extended=True)
        case _:
            return definition


def _takes(kind: ir.Ref, switched: frozenset[str]) -> bool:
    """Whether a class has one of the switches that the program uses; it may, if it is not
    one of torch's."""
    found = torchlib.layer(kind.name) if kind.kind == "layer" else None
    if found is None:
        return True
    return any(each.name in switched for each in found.signature.parameters)
