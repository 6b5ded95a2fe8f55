"""What the files of one program share: every definition under the name that it has in the
output, which no other definition there has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.inits import Presence, torch_presence
from netdsl.analysis.members import Members
from netdsl.analysis.scope import Binding
from netdsl.analysis.switches import Given
from netdsl.analysis.types import Type
from netdsl.diagnostics import Diagnostics
from netdsl.memory import NOTHING, Memory
from netdsl.records import Mutable, field
from netdsl.source import Span


class Linked(Mutable):
    """The definitions found so far. `places` says which file each comes from."""

    diagnostics: Diagnostics
    memory: Memory = NOTHING
    own: str = ""
    """The place of the file that the output is made for."""
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """What is called what: by file, and by the name that it has there."""
    taken: set[str] = field(default_factory=set)
    """Names that are given away."""
    definitions: list[ir.Definition] = field(default_factory=list)
    externs: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """What comes from packages, by its place there."""
    places: dict[str, str] = field(default_factory=dict)
    bindings: dict[str, Binding] = field(default_factory=dict)
    members: dict[str, Members] = field(default_factory=dict)
    chosen: set[str] = field(default_factory=set)
    """Every identifier that a program chose: the output's own names give way to these."""
    extended: set[str] = field(default_factory=set)
    extensions: list[tuple[str, str, Span]] = field(default_factory=list)
    """What is given more arguments, in which file, and where there."""
    given: set[Given] = field(default_factory=set)

    def reserve(
        self, own: str, names: Iterable[str], origins: Mapping[str, tuple[str, str]]
    ) -> None:
        """The program's own names stay what they are, and so do those of other files that it
        imports under the name that they have there."""
        self.own = own
        self.taken.update(names)
        for name, (place, written) in origins.items():
            if name == written:
                self.names[place, written] = name

    def name_of(self, place: str, name: str) -> str:
        """What the output calls a definition: as its file does or, if that name is taken,
        with the first number behind it that makes it a name of its own."""
        if place == self.own:
            return self.names.setdefault((place, name), name)
        if (place, name) not in self.names:
            found, number = name, 1
            while found in self.taken:
                number += 1
                found = f"{name}{number}"
            self.taken.add(found)
            self.names[place, name] = found
        return self.names[place, name]

    def add(self, place: str, definition: ir.Definition, bindings: Iterable[Binding]) -> None:
        """A definition whose names are settled."""
        self.definitions.append(definition)
        if isinstance(definition, ir.ExternDef):
            self.externs.setdefault(_imported(definition), definition.name)
        for binding in bindings:
            self.bindings[binding.name] = binding
            self.places[binding.name] = place

    def extern(self, definition: ir.ExternDef) -> Binding | None:
        """What was already imported from the same place in a package, if anything was."""
        other = self.externs.get(_imported(definition))
        return None if other is None else self.bindings[other]

    def fields(self, record: str) -> dict[str, Type]:
        binding = self.bindings.get(record)
        if binding is None or binding.target is None or binding.target.parameters is None:
            return {}
        return {each.name: each.type for each in binding.target.parameters}

    def attribute(self, module: str, name: str) -> Type | None:
        members = self.members.get(module)
        if members is None or name not in members.lets:
            return None
        let = members.lets[name]
        return let.type if let.kind == "class" else None

    def forward_type(self, module: str) -> Type:
        members = self.members.get(module)
        forward = members.methods.get("forward") if members is not None else None
        return forward.result if forward is not None else types.UNKNOWN

    def presence(self, module: str) -> Callable[[str], Presence]:
        """Which parameters a module has: its own, or those of the torch layer it derives
        from."""
        members = self.members.get(module)
        if members is None:
            return lambda parameter: "unknown"

        def presence(parameter: str) -> Presence:
            if parameter in members.tensors:
                of = members.children.get(parameter, types.TENSOR)
                return "always" if types.without_none(of) == of else "optional"
            if members.base != "Module":
                return torch_presence(members.base)(parameter)
            return None

        return presence


def _imported(definition: ir.ExternDef) -> tuple[str, str, str]:
    return definition.package, definition.attribute, definition.kind
