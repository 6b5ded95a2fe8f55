"""Where an expression stands: what its names are called there, and what it may use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal, TypeAlias

from netdsl.analysis import program as ir
from netdsl.analysis.types import Type
from netdsl.analysis.walk import walk
from netdsl.emit.code import ClassCode, Writer
from netdsl.emit.comments import without
from netdsl.emit.names import Names, Variables
from netdsl.records import Frozen, Mutable, field, field_types, replace
from netdsl.source import Span
from netdsl.syntax import tree

Where: TypeAlias = Literal["file", "class", "init", "method"]

FILE_KINDS = frozenset({"let", "function", "module", "def", "record", "extern"})
SELF_KINDS = frozenset({"class", "stored", "child"})

_NAMED = (ir.Parameter, ir.LetFunction, ir.ShareDecl)
"""What becomes one variable of a function."""


class Output(Mutable):
    """What one module of output collects while it is written."""

    names: Names
    writer: Writer
    definitions: frozenset[str]
    """Every name that is defined at file level."""
    separate_rules: bool
    """Whether parameters may be tied, so that rules of different kinds can meet in one."""
    plain: frozenset[str]
    """The program's classes that derive from nn.Module and from nothing else."""
    construct: Callable[[object, Place], tuple[str, int]]
    """Writes what `expressions` leaves to `constructs`, with its precedence."""
    notes: Mapping[Span, ir.Note] = field(default_factory=dict)
    """Shapes that a reader would like to see."""
    written: set[str] = field(default_factory=set)
    """The classes and records that stand in the output so far."""
    pending: list[str] = field(default_factory=list)
    """Classes and helpers that the next definition needs, as text."""
    combinators: dict[tuple[str, str], str] = field(default_factory=dict)
    """Classes of combinators, by the name that they asked for and what they say."""
    helpers: dict[str, str] = field(default_factory=dict)
    """What each helper function is called in this output."""

    def add_class(self, wanted: str, code: Callable[[str], ClassCode]) -> str:
        """A class before the definition that is being written; one that says the same under
        the same name is used again. Gives its name."""
        key = wanted, Writer().klass(without(code("_")))
        if key not in self.combinators:
            name = self.names.unique(wanted)
            self.combinators[key] = name
            self.pending.append(self.writer.klass(without(code(name))))
        return self.combinators[key]


class Place(Frozen, slots=False):
    """The surroundings of an expression.

    `variables` maps the program's local names to Python's; `types` are those of the parameters
    among them. Of a class that is being written,
    `members` says how `self.name` is reached where that is not its plain name; `values` are
    the class attributes, for where Python hides them (`hidden`: inside a comprehension or
    lambda in the class's own body). `looped` are the variables that change while a loop runs.
    `holder` is the child or definition that the expression is the value of.
    """

    out: Output
    where: Where
    function: Variables
    variables: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, Type] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, ir.Expr] = field(default_factory=dict)
    hidden: bool = False
    looped: frozenset[str] = frozenset()
    holder: str | None = None

    def bind(self, name: str, *, looped: bool = False) -> tuple[Place, str]:
        """The place after a variable of this function is bound, and what it is called."""
        called = self.function.named(name, lambda each: each in self.variables)
        return self.binding({name: called}, looped=looped), called

    def binding(self, called: Mapping[str, str], *, looped: bool = False) -> Place:
        """The place in which more variables are bound, under names that are settled."""
        changing = self.looped | frozenset(called.values()) if looped else self.looped
        known = {name: of for name, of in self.types.items() if name not in called}
        variables = {**self.variables, **called}
        return replace(self, variables=variables, types=known, looped=changing)

    def held_by(self, holder: str | None) -> Place:
        if holder == self.holder:
            return self
        return self._alone if holder is None else replace(self, holder=holder)

    @cached_property
    def _alone(self) -> Place:
        """The same for what is no child and no definition: the items of a list, arguments."""
        return replace(self, holder=None)

    def nested(self) -> Place:
        """Inside a comprehension or lambda."""
        return replace(self, hidden=True) if self.where == "class" else self

    def fresh(self, name: str) -> str:
        """A new variable of this function, which the program does not have."""
        return self.function.fresh(name)

    def own(self, name: str) -> str:
        """The variable that loops and comprehensions of this function share."""
        return self.function.own(name)


def variables_of(
    root: object, definitions: frozenset[str], outer: Variables | None = None
) -> Variables:
    """The variables of the function that is made of a definition or of its parts."""
    hidden: set[str] = set()
    used: set[str] = set(outer.used) if outer is not None else set()
    for node in walk(root):
        if isinstance(node, ir.Ref):
            used.add(node.name)
            if node.kind in FILE_KINDS and node.name in definitions:
                hidden.add(node.name)
        elif isinstance(node, _NAMED):
            used.add(node.name)
        elif isinstance(node, ir.LetValue):
            used.update(node.names)
    return Variables(hidden, used)


def names_in_target(target: ir.Expr | tree.Splice) -> Iterator[str]:
    """The variables that a target binds.

    They are Refs, alone or in tuples.
    """
    match target:
        case ir.Ref("local" | "parameter" | "dim", name):
            yield name
        case tree.Tuple(elements):
            for element in elements:
                yield from names_in_target(element)
        case tree.Splice(value):
            yield from names_in_target(value)


class Free(Frozen):
    """A name of the surroundings that an expression uses. `own` says that it is reached
    through self."""

    name: str
    own: bool
    type: Type = field(compare=False)
    ref: ir.Ref = field(compare=False)


def free_names(root: object, place: Place) -> tuple[Free, ...]:
    """The build-time names that an expression takes from its surroundings: variables in the
    order in which they were bound, then what is reached through self."""
    order = {name: at for at, name in enumerate(place.variables)}
    found: dict[Free, None] = {}
    for ref in free_refs(root):
        own = ref.kind in SELF_KINDS
        if own or ref.name in place.variables:
            known = ref.type if own else place.types.get(ref.name, ref.type)
            found.setdefault(Free(ref.name, own, known, ref))
    return tuple(sorted(found, key=lambda each: (each.own, 0 if each.own else order[each.name])))


def free_refs(node: object, bound: frozenset[str] = frozenset()) -> Iterator[ir.Ref]:
    """The references in an expression to what it does not bind itself."""
    match node:
        case ir.Ref(kind, name):
            if kind in SELF_KINDS or name not in bound:
                yield node
        case tree.Item(value=value, clauses=clauses):
            yield from _in_clauses(clauses, (value,), bound)
        case ir.LayerItem(name, value, clauses):
            yield from _in_clauses(clauses, (name, value), bound)
        case ir.Generator(element, clauses):
            yield from _in_clauses(clauses, (element,), bound)
        case tree.Clause(conditions=conditions, iterable=iterable):
            yield from free_refs((iterable, conditions), bound)
        case ir.LayerFor(target, iterable, items):
            yield from free_refs(iterable, bound)
            yield from free_refs(items, bound | set(names_in_target(target)))
        case tree.Node():
            for name in field_types(type(node)):
                if name != "span":
                    yield from free_refs(getattr(node, name), bound)
        case tuple():
            for each in node:
                yield from free_refs(each, bound)


def _in_clauses(
    clauses: Iterable[tree.Clause], inner: tuple[object, ...], bound: frozenset[str]
) -> Iterator[ir.Ref]:
    for clause in clauses:
        yield from free_refs(clause.iterable, bound)
        bound |= set(names_in_target(clause.target))
        yield from free_refs(clause.conditions, bound)
    yield from free_refs(inner, bound)
