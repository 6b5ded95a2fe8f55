"""The files of a program as one whole: every name under which the output has something is
settled here, and what only the whole can tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netdsl.analysis import program as ir
from netdsl.analysis.callers import annotate
from netdsl.analysis.endless import refuse_endless
from netdsl.analysis.file import PRELUDE, File
from netdsl.analysis.imports import Unit
from netdsl.analysis.linked import Linked
from netdsl.analysis.switches import settled_rule
from netdsl.analysis.walk import transform, walk
from netdsl.diagnostics import Diagnostics
from netdsl.memory import NOTHING, Memory
from netdsl.records import replace
from netdsl.syntax import tree


def resolve(
    units: Sequence[Unit],
    prelude: tree.File,
    diagnostics: Diagnostics,
    memory: Memory = NOTHING,
) -> ir.Program:
    """The program that files mean: the last of them, and whatever it uses of the others, which
    stand before those that import them. What is wrong is reported; where there are errors,
    the program is not fit to be written out."""
    linked = Linked(diagnostics, memory)
    library = File(PRELUDE, prelude, linked, {}, None)
    files: dict[str, File] = {}
    for unit in units:
        reached = {path: files[place] for path, place in unit.imports.items()}
        files[unit.place] = File(unit.place, unit.tree, linked, reached, library)
    own = files[units[-1].place]
    linked.reserve(own.place, [*own.statements, *own.imported], own.origins())
    own.resolve_all()
    used = list(linked.definitions)
    chosen = frozenset(linked.chosen)
    asserts: list[tree.Assert] = []
    for file in files.values():
        if file is not own:
            file.resolve_all()
        asserts += file.assertions()
    left_out = {name for each in linked.definitions[len(used) :] for name in _names(each)}
    asserts = [each for each in asserts if not _mentions(each, left_out)]
    if not diagnostics.has_errors:
        for file in files.values():
            file.warn_of_unused()
    _refuse_extensions(linked)
    rank = {place: at for at, place in enumerate([PRELUDE, *files])}
    used.sort(key=lambda each: rank[linked.places[_names(each)[0]]])
    foreign = any(isinstance(each, ir.ExternDef) for each in used)
    annotated = annotate([_settle(each, linked, foreign) for each in used])
    refuse_endless(annotated, diagnostics)
    memory.settle()
    names = frozenset(own.statements) | own.imported.keys() | chosen | linked.places.keys()
    return ir.Program(
        own.place,
        annotated,
        names,
        frozenset(own.statements),
        tuple(_elsewhere(own, linked)),
        tuple(asserts),
    )


def _mentions(node: tree.Assert, names: set[str]) -> bool:
    """Whether an assertion is about what another file has for itself: it is held there."""
    return any(isinstance(each, ir.Ref) and each.name in names for each in walk(node))


def _refuse_extensions(linked: Linked) -> None:
    """A let without parameters is a function without parameters in the module of its file."""
    finished = {
        each.name
        for each in linked.definitions
        if isinstance(each, ir.LetFunction) and not each.parameters
    }
    for name, place, span in linked.extensions:
        if name in finished and linked.places[name] not in (place, PRELUDE):
            linked.diagnostics.error(
                "extended-elsewhere",
                f"`{name}` is finished in `{linked.places[name]}`, and takes no more arguments",
                span,
                hint="let it take them there: give it parameters, and hand those on.",
            )


def _elsewhere(own: File, linked: Linked) -> Iterator[ir.Elsewhere]:
    """The definitions of other files, and what they are called there and here."""
    local = {origin: name for name, origin in own.origins().items()}
    for (place, written), name in linked.names.items():
        if place not in (own.place, PRELUDE):
            yield ir.Elsewhere(name, place, written, local.get((place, written), name))


def _settle(definition: ir.Definition, linked: Linked, foreign: bool) -> ir.Definition:
    """What only the whole program tells: which recipes are extended, and which parameters a
    rule may find to be None."""

    if not foreign and isinstance(definition, ir.ModuleDef) and definition.rules:
        module = definition
        definition = transform(module, lambda node: settled_rule(node, module, linked.given))
    match definition:
        case ir.LetFunction(name=name, parameters=()) if name in linked.extended:
            return replace(definition, extended=True)
        case _:
            return definition


def _names(definition: ir.Definition) -> tuple[str, ...]:
    if isinstance(definition, ir.LetValue):
        return tuple(name for name in definition.names if name != "_") or definition.names
    return (definition.name,)
