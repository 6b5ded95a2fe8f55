"""What modules have in common: numbers that are equal where modules are alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from netdsl.checking.state.parts import Part, Saved
from netdsl.records import Mutable, field


def all_parts(part: Part) -> Iterator[Part]:
    """A module and all below it, the outer ones first."""
    yield part
    for each in part.parts:
        yield from all_parts(each)


def tensors_of(part: Part) -> Iterator[Saved]:
    """All the tensors of a module, in torch's order."""
    for each in all_parts(part):
        yield from each.tensors


class Digests(Mutable):
    """Works out each of them once; the modules are kept by those that ask."""

    numbers: dict[Hashable, int] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    found: dict[tuple[int, bool], int] = field(default_factory=dict)

    def count(self, part: Part) -> int:
        """How many tensors it has, with those below it."""
        if id(part) not in self.counts:
            self.counts[id(part)] = len(part.tensors) + sum(map(self.count, part.parts))
        return self.counts[id(part)]

    def holding(self, parts: Iterable[Part]) -> list[Part]:
        """The modules that have tensors, or may."""
        return [
            each
            for each in parts
            if self.count(each) or not all(inner.told for inner in all_parts(each))
        ]

    def exact(self, part: Part) -> int:
        """All that it has, by name."""
        return self._digest(part, True)

    def structure(self, part: Part) -> int:
        """All that it has, whatever the modules below it are called."""
        return self._digest(part, False)

    def _digest(self, part: Part, named: bool) -> int:
        if (id(part), named) not in self.found:
            tensors = tuple((each.name, each.kind, each.shape) for each in part.tensors)
            parts = tuple(
                (each.name if named else "", self._digest(each, named))
                for each in self.holding(part.parts)
            )
            kind = "" if part.told and (part.parts or part.own) else part.kind
            whole = tensors, parts, kind
            self.found[id(part), named] = self.numbers.setdefault(whole, len(self.numbers))
        return self.found[id(part), named]
