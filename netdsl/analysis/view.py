"""What the phases see of a file, and what they asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from netdsl.analysis.inits import Presence
from netdsl.analysis.members import Members
from netdsl.analysis.scope import Binding
from netdsl.analysis.types import Type
from netdsl.diagnostics import Diagnostics
from netdsl.memory import same
from netdsl.source import Span

if TYPE_CHECKING:
    from netdsl.analysis.file import File

MethodT = TypeVar("MethodT", bound=Callable[..., Any])
Asked: TypeAlias = tuple[str, tuple[Any, ...], Any]
"""A method of a view, what it was given, and what it gave."""


def _noted(method: MethodT) -> MethodT:
    """A question that is noted with its answer, where that is wanted."""
    name = method.__name__

    @wraps(method)
    def asked(self: View, *question: Any) -> Any:
        answer = method(self, *question)
        if self.asked is not None:
            self.note(name, question, answer)
        return answer

    return cast(MethodT, asked)


class View:
    """A file for the phases, and where their diagnostics go.

    They ask nothing of a program but this, and tell it nothing in any other way. So whoever gets
    the same answers to the same questions has the same result; `asked` are those, if they are
    wanted.
    """

    def __init__(
        self, file: File, diagnostics: Diagnostics, asked: dict[Any, Asked] | None = None
    ) -> None:
        self._file = file
        self.diagnostics = diagnostics
        self.asked = asked

    def note(self, name: str, question: tuple[Any, ...], answer: object) -> None:
        """Each question once: where a name stands that is looked for makes no difference."""
        assert self.asked is not None
        key = name, question[:1] if name == "find" else question
        self.asked.setdefault(key, (name, question, answer))

    def answers(self, asked: Iterable[Asked]) -> bool:
        """Whether questions have the answers now that they had before."""
        return all(same(getattr(self, name)(*question), was) for name, question, was in asked)

    def quiet(self) -> View:
        return View(self._file, Diagnostics(), self.asked)

    @_noted
    def find(self, name: str, span: Span) -> Binding | None:
        return self._file.find(name, span, self.diagnostics)

    @_noted
    def find_value(self, name: str) -> Binding | None:
        found = self._file.find(name) if self._file.may_be_value(name) else None
        return found if found is not None and found.kind == "let" else None

    @_noted
    def all_names(self) -> list[str]:
        outer = self._file.outer
        prelude = outer.statements if outer is not None else ()
        return [*self._file.statements, *self._file.imported, *prelude]

    @_noted
    def definition(self, name: str) -> Binding | None:
        return self._file.linked.bindings.get(name)

    @_noted
    def declares(self, name: str, binding: Binding) -> None:
        """A definition of the file is known before it is whole."""
        self._file.bindings[name] = self._file.linked.bindings[binding.name] = binding

    @_noted
    def chosen(self, name: str) -> None:
        self._file.linked.chosen.add(name)

    @_noted
    def member_names(self) -> frozenset[str]:
        return self._file.all_members

    @_noted
    def attribute(self, module: str, name: str) -> Type | None:
        return self._file.linked.attribute(module, name)

    @_noted
    def fields(self, record: str) -> dict[str, Type]:
        return self._file.linked.fields(record)

    @_noted
    def forward_type(self, module: str) -> Type:
        return self._file.linked.forward_type(module)

    @_noted
    def members_of(self, module: str) -> Members | None:
        return self._file.linked.members.get(module)

    def presence(self, module: str) -> Callable[[str], Presence]:
        self.members_of(module)
        return self._file.linked.presence(module)

    @_noted
    def only_spliced(self, name: str) -> bool:
        return name in self._file.spliced

    @_noted
    def extends(self, name: str, span: Span | None = None) -> None:
        self._file.linked.extended.add(name)
        if span is not None:
            self._file.linked.extensions.append((name, self._file.place, span))

    @_noted
    def gives(self, layer: str | None, argument: str | int | None) -> None:
        self._file.linked.given.add((layer, argument))
