"""One file while it is resolved: its definitions in an order in which Python can run them,
and what names stand for.

A definition is resolved when it is first needed, so that whatever it uses is known by then
and stands before it. The order in which definitions are asked for follows who mentions whom,
which keeps that from nesting deeply.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.buildtime import BuildTime
from netdsl.analysis.functions import DefResolver
from netdsl.analysis.learn import Learnt
from netdsl.analysis.lets import resolve_function, resolve_unpack, resolve_value
from netdsl.analysis.linked import Linked
from netdsl.analysis.members import Members
from netdsl.analysis.modules import resolve_module
from netdsl.analysis.names import check_identifier, similar
from netdsl.analysis.outside import dotted, extern_binding, record_binding
from netdsl.analysis.scope import Binding, Scope
from netdsl.analysis.unused import contents_of, warn_of_unused_definitions, warn_of_unused_members
from netdsl.analysis.view import Asked, View
from netdsl.analysis.walk import walk
from netdsl.analysis.words import Words, only_spliced, words_in
from netdsl.diagnostics import Diagnostics, Label
from netdsl.records import Frozen, replace
from netdsl.source import Span
from netdsl.syntax import tree

StatementT = TypeVar("StatementT", tree.Module, tree.Def, tree.Let, tree.Record)
PRELUDE = "<prelude>"
"""The place of the prelude among the files of a program."""

Whole = tree.Let | tree.LetUnpack | tree.Module | tree.Def | tree.Record | tree.Net
Named = Whole | tree.Extern


class File:
    """A file of a program. `files` are those that it imports from, by the path that it
    writes; `outer` is the prelude."""

    def __init__(
        self,
        place: str,
        file: tree.File,
        linked: Linked,
        files: Mapping[str, File],
        outer: File | None,
    ) -> None:
        self.place = place
        self.file = file
        self.linked = linked
        self.diagnostics = linked.diagnostics
        self.outer = outer
        self.statements: dict[str, Named] = {}
        self.imported: dict[str, tuple[File | None, tree.Name, tree.Name]] = {}
        """What is imported, by its name here: from which file, what, and the name itself.
        None stands for what is not there."""
        self.asserts: list[tree.Assert] = []
        self.bindings: dict[str, Binding] = {}
        self.used: set[str] = set()
        """The imported names that something asked for."""
        self.in_progress: list[str] = []
        self._collect(files)

    @cached_property
    def spliced(self) -> frozenset[str]:
        return only_spliced(self._words.values())

    @cached_property
    def all_members(self) -> frozenset[str]:
        return frozenset().union(*(each.members for each in self._words.values()))

    @cached_property
    def _words(self) -> dict[int, Words]:
        """The names in each statement, by its identity."""
        once = self.linked.memory.once
        return {id(each): once(words_in, each) for each in self.file.statements}

    # ---- what there is -------------------------------------------------------

    def _collect(self, files: Mapping[str, File]) -> None:
        for statement in self.file.statements:
            if isinstance(statement, tree.Import):
                other = files[statement.path.value]
                for name, alias in statement.names:
                    if self._claim(alias or name, statement):
                        self._import(other, name, alias or name)
                continue
            if isinstance(statement, tree.Assert):
                self.asserts.append(statement)
                continue
            for name in _names_of(statement):
                if self._claim(name, statement):
                    self.statements[name.id] = statement

    def _claim(self, name: tree.Name, statement: Named | tree.Import) -> bool:
        """Whether a name is free; says where it was taken."""
        if name.id != "_":
            check_identifier(name.id, name.span, self.diagnostics)
        first = self._first(name.id)
        if first is None:
            return True
        network = isinstance(statement, tree.Net) or isinstance(
            self.statements.get(name.id), tree.Net
        )
        self.diagnostics.error(
            "duplicate-definition",
            (
                "a file has one network, but two are here"
                if network
                else f"`{name.id}` is defined twice"
            ),
            name.span,
            labels=[Label(first, "the first is here")],
            hint=(
                "name one of them: `let other = …`."
                if network
                else "give each definition a name of its own."
            ),
        )
        return False

    def _first(self, name: str) -> Span | None:
        if name in self.imported:
            return self.imported[name][2].span
        return _label_span(self.statements[name]) if name in self.statements else None

    def origins(self) -> dict[str, tuple[str, str]]:
        """The names of imports: in which file, and what each is called there."""
        return {
            local: (other.place, name.id)
            for local, (other, name, _) in self.imported.items()
            if other is not None
        }

    def _import(self, other: File, name: tree.Name, local: tree.Name) -> None:
        self.imported[local.id] = other, name, local
        if name.id in other.statements:
            return
        self.imported[local.id] = None, name, local
        if name.id in other.imported:
            path = other.imported[name.id][0]
            hint = f"import it from `{path.place}`." if path is not None else None
            message = f"`{name.id}` is only imported in `{other.place}`, not defined there"
        else:
            near = similar(name.id, other.statements)
            known = ", ".join(f"`{each}`" for each in list(other.statements)[:8])
            message = f"`{other.place}` defines no `{name.id}`"
            hint = f"it defines `{near}`." if near else f"it defines {known or 'nothing'}."
        self.diagnostics.error("import-unknown-name", message, name.span, hint=hint)

    def resolve_all(self) -> None:
        """Every definition of the file."""
        for name in self._order():
            self.find(name)

    def assertions(self) -> tuple[tree.Assert, ...]:
        """What the file asserts of its definitions, resolved."""
        if not self.asserts:
            return ()
        from netdsl.analysis.assertions import Assertions  # few programs state any

        phase = Assertions(View(self, self.diagnostics), Scope(), Learnt())
        return tuple(phase.resolve(each) for each in self.asserts)

    def warn_of_unused(self) -> None:
        """What is imported or defined, and never asked for."""
        modules = [
            each
            for each in self.linked.definitions
            if isinstance(each, ir.ModuleDef) and self.linked.places[each.name] == self.place
        ]
        words = self._words.values() if modules else ()
        attributes = frozenset().union(*(each.attributes for each in words))
        for each in modules:
            contents = self.linked.memory.once(contents_of, each)
            members = self.linked.members[each.name]
            warn_of_unused_members(each, contents, members, attributes, self.diagnostics)
        asserted = [node.id for node in walk(tuple(self.asserts)) if isinstance(node, tree.Name)]
        warn_of_unused_definitions(self.statements, self._mentioned, asserted, self.diagnostics)
        for local, (other, _, name) in self.imported.items():
            if other is not None and local not in self.used:
                self.diagnostics.warning(
                    "unused-import",
                    f"`{local}` is imported and never used",
                    name.span,
                    hint="leave it out of the import.",
                )

    @cached_property
    def _mentioned(self) -> dict[str, list[str]]:
        """Which of the file's definitions each of them names."""
        if len(self.statements) < 2:
            return {name: [] for name in self.statements}
        return {
            name: [
                each
                for each in self._words[id(statement)].names
                if each in self.statements and each != name
            ]
            for name, statement in self.statements.items()
        }

    def _order(self) -> list[str]:
        """Names of definitions, those that are mentioned before those that mention them."""
        mentioned = self._mentioned
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

    def find(
        self, name: str, span: Span | None = None, found: Diagnostics | None = None
    ) -> Binding | None:
        """What a name stands for: its definition is resolved if it is not yet. That it is being
        resolved is said to whoever asks."""
        if name in self.bindings:
            return self.bindings[name]
        if name in self.imported:
            return self._find_imported(name)
        if name not in self.statements:
            return self.outer.find(name, span, found) if self.outer is not None else None
        if name in self.in_progress:
            self._recursion(name, span, self.diagnostics if found is None else found)
            return Binding("local", name, types.UNKNOWN, _label_span(self.statements[name]))
        self.in_progress.append(name)
        self._resolve(self.statements[name])
        self.in_progress.pop()
        return self.bindings.get(name)

    def may_be_value(self, name: str) -> bool:
        """Whether a definition, if there is one, may be a value, as far as its form tells: of
        others a shape says nothing, whose names may be theirs."""
        match self.statements.get(name):
            case None | tree.Let(parameters=None) | tree.LetUnpack():
                return True
            case _:
                return False

    def _find_imported(self, local: str) -> Binding:
        other, name, alias = self.imported[local]
        self.used.add(local)
        found = None if other is None else other.find(name.id)
        if found is None:
            return Binding("local", local, types.UNKNOWN, alias.span)
        return found

    def _recursion(self, name: str, span: Span | None, found: Diagnostics) -> None:
        path = [*self.in_progress[self.in_progress.index(name) :], name]
        found.error(
            "recursive-definition",
            f"`{name}` contains itself: {' → '.join(path)}",
            span or _label_span(self.statements[name]),
            hint=(
                f"choose another name: here `{name}` hides torch's layer."
                if torchlib.layer(name) is not None
                else "a definition can use only what is finished without it."
            ),
        )

    def _resolve(self, statement: Named) -> None:
        written = [name.id for name in _names_of(statement)]
        called = _Renamed(written, [self.linked.name_of(self.place, name) for name in written])
        if isinstance(statement, tree.Extern):
            self._resolve_extern(called, statement, View(self, self.diagnostics))
            return
        found = self._known(statement, called)
        if found.members is not None:
            self.linked.members[found.bindings[0].name] = found.members
        self._add(called, found.definition, *found.bindings)

    def _known(self, statement: Whole, called: _Renamed) -> _Resolved:
        """What became of a statement. If that is known, with nothing to say of it, and all that
        it asked for is answered as it was, it is the same again."""
        memory, key = self.linked.memory, (id(statement), *called.new)
        before: _Remembered | None = memory.recall(key)
        if before is not None and View(self, Diagnostics()).answers(before.asked):
            return before.resolved
        found = Diagnostics()
        view = View(self, found, {} if memory.keeps else None)
        resolved = _resolved(statement, called, view)
        self.diagnostics.also(found)
        if view.asked is not None and not found.said:
            asked = tuple(view.asked.values())
            memory.keep(key, _Remembered(statement, asked, resolved))
        return resolved

    def _resolve_extern(self, called: _Renamed, statement: tree.Extern, view: View) -> None:
        definition, binding = extern_binding(statement, called.new[0], view)
        known = self.linked.extern(definition)
        if known is None:
            self._add(called, definition, binding)
        else:
            self.bindings[called.old[0]] = replace(binding, name=known.name)

    def _add(self, called: _Renamed, definition: ir.Definition, *bindings: Binding) -> None:
        for binding in bindings:
            self.bindings[called.written(binding.name)] = binding
        self.linked.add(self.place, definition, bindings)


class _Resolved(Frozen):
    """What became of a statement; `members` of a module."""

    definition: ir.Definition
    bindings: tuple[Binding, ...]
    members: Members | None = None


class _Remembered(Frozen):
    """What became of a statement, and what it asked for."""

    statement: Whole
    asked: tuple[Asked, ...]
    resolved: _Resolved


def _resolved(statement: Whole, called: _Renamed, view: View) -> _Resolved:
    match statement:
        case tree.Module():
            module = resolve_module(called.statement(statement), view)
            return _Resolved(module.definition, (module.binding,), module.members)
        case tree.Def():
            return _resolved_def(called, called.statement(statement), view)
        case tree.Record():
            record, binding = record_binding(called.statement(statement), view)
            return _Resolved(record, (binding,))
        case tree.Let(parameters=None):
            let = resolve_value(called.statement(statement), _outside(view), in_body=False)
        case tree.Let():
            let = resolve_function(called.statement(statement), view, Scope())
        case tree.LetUnpack():
            let = resolve_unpack(called.unpacking(statement), _outside(view))
        case tree.Net(value):
            name = tree.Name(called.new[0], span=value.span)
            network = tree.Let(name, None, None, None, value, span=value.span)
            let = resolve_value(network, _outside(view), in_body=False, network=True)
    return _Resolved(let.definition, let.bindings)


def _outside(view: View) -> BuildTime:
    return BuildTime(view, Scope(), Learnt())


def _resolved_def(called: _Renamed, statement: tree.Def, view: View) -> _Resolved:
    resolver = DefResolver(statement, view)
    name = statement.name
    target = resolver.target()
    binding = Binding("def", name.id, types.FunctionType(), name.span, target)
    view.declares(called.old[0], binding)
    function = resolver.resolve()
    if statement.result is None:
        target = replace(target, result=function.type)
    return _Resolved(function, (replace(binding, target=target),))


class _Renamed:
    """The names of one statement: as written, and as the output has them."""

    def __init__(self, old: list[str], new: list[str]) -> None:
        self.old = old
        self.new = new

    def written(self, name: str) -> str:
        return self.old[self.new.index(name)]

    def statement(self, node: StatementT) -> StatementT:
        return replace(node, name=tree.Name(self.new[0], span=node.name.span))

    def unpacking(self, node: tree.LetUnpack) -> tree.LetUnpack:
        called = dict(zip(self.old, self.new, strict=True))
        names = [tree.Name(called.get(name.id, name.id), span=name.span) for name in node.names]
        return replace(node, names=tuple(names))


def _names_of(statement: Named) -> list[tree.Name]:
    match statement:
        case tree.LetUnpack(names=names):
            return [name for name in names if name.id != "_"]
        case tree.Net():
            return [tree.Name("net", span=statement.span)]
        case tree.Extern(path=path, alias=alias):
            return [alias or tree.Name(dotted(path)[-1], span=path.span)]
        case _:
            return [statement.name]


def _label_span(statement: Named) -> Span:
    return _names_of(statement)[0].span
