"""What a phase asks of the file it stands in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from netdsl.analysis.inits import Presence
from netdsl.analysis.members import Members
from netdsl.analysis.scope import Binding
from netdsl.analysis.types import Type
from netdsl.diagnostics import Diagnostics
from netdsl.source import Span


class Files(Protocol):
    """What a phase asks of the file it stands in."""

    diagnostics: Diagnostics

    def find(self, name: str, span: Span) -> Binding | None:
        """What a name of the file, or of the prelude, stands for."""

    def all_names(self) -> list[str]:
        """The names that `find` knows."""

    def chosen(self, name: str) -> None:
        """The program chose this name: the output's own give way to it."""

    def definition(self, name: str) -> Binding | None:
        """What the program has under the name that the output gives it."""

    def attribute(self, module: str, name: str) -> Type | None:
        """The type of a class attribute of a module."""

    def find_value(self, name: str) -> Binding | None:
        """A value of the file: what a bare name in a shape can be."""

    def member_names(self) -> frozenset[str]:
        """The names of children, params, buffers and methods of any module."""

    def forward_type(self, module: str) -> Type:
        """What applying a module of the program gives."""

    def fields(self, record: str) -> dict[str, Type]:
        """The fields of a record."""

    def presence(self, module: str) -> Callable[[str], Presence]:
        """Which parameters a module of the program has."""

    def members_of(self, module: str) -> Members | None:
        """What a module of the program has."""

    def quiet(self) -> Files:
        """The same file, for a reading whose diagnostics nobody sees."""

    def only_spliced(self, name: str) -> bool:
        """Whether a list of layers of that name is only ever spliced, and never handed on."""

    def gives(self, layer: str | None, argument: str | int | None) -> None:
        """The program gives this argument to a layer; see `switches`."""

    def extends(self, name: str, span: Span | None = None) -> None:
        """A let without parameters is given more arguments, there, or is handed on unbuilt."""
