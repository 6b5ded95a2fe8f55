"""Which tensor of one network is which of another one, by the names and the structure of both."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from netdsl.checking.state.aligning import aligned
from netdsl.checking.state.digests import Digests, all_parts
from netdsl.checking.state.parts import Part, Saved
from netdsl.records import Frozen, Mutable, field

_T = TypeVar("_T", Part, Saved)
Key = Callable[[_T], Hashable]


class Doubt(Frozen):
    """What is alike, but not as often in one network as in the other: keys of tensors, or paths
    of modules, of the old network and of the new one."""

    old: tuple[str, ...]
    new: tuple[str, ...]


class Matching(Mutable):
    """Pairs of what is the same in an old and in a new network.

    What is called alike is the same, but for the items of a container that have positions for
    names: these keep their order. Of what is left, modules of one structure are the same: those
    that lie beside each other first, then those that lie anywhere.
    """

    tensors: list[tuple[Saved, Saved]] = field(default_factory=list)
    foreign: list[tuple[Part, Part]] = field(default_factory=list)
    """Modules of which it is not known what they have."""
    by_order: set[str] = field(default_factory=set)
    """New keys that only their place among others like them tells apart."""
    doubts: list[Doubt] = field(default_factory=list)
    digests: Digests = field(default_factory=Digests)
    modules_left: tuple[list[Part], list[Part]] = field(default_factory=lambda: ([], []))
    tensors_left: tuple[list[Saved], list[Saved]] = field(default_factory=lambda: ([], []))
    """Those that modules of the program have themselves."""

    def networks(self, old: Part, new: Part) -> Matching:
        """Matches two networks."""
        whole = self._whole(old, new)
        self._pair(*whole)
        for root, same, parts, tensors in zip(
            (old, new), whole, self.modules_left, self.tensors_left, strict=True
        ):
            if same is not root:
                left, loose = _opened([root], {id(same)})
                parts += left
                tensors += loose
        for key in (self.digests.exact, self.digests.structure):
            parts = [each for part in self.modules_left[0] for each in all_parts(part)]
            for size in sorted(set(map(self.digests.count, parts)), reverse=True):
                self._moved(size, key)
        self._moved_tensors()
        self._doubt()
        return self

    def _whole(self, old: Part, new: Part) -> tuple[Part, Part]:
        """The two networks, or the one and that part of the other one which is all of it."""
        one, other = self.digests.structure(old), self.digests.structure(new)
        if one == other:
            return old, new
        around = [each for each in all_parts(new) if self.digests.structure(each) == one]
        inside = [each for each in all_parts(old) if self.digests.structure(each) == other]
        if len(around) == 1:
            return old, around[0]
        return (inside[0], new) if len(inside) == 1 else (old, new)

    # ---- modules that are the same -------------------------------------------

    def _pair(self, old: Part, new: Part, ordered: bool = False) -> None:
        if not old.told and not new.told and old.kind == new.kind:
            self.foreign.append((old, new))
        self._own_tensors(old, new, ordered)
        sides = self.digests.holding(old.parts), self.digests.holding(new.parts)
        pairs = _called_alike(*sides, self.digests.structure)
        for one, other in pairs:
            self._pair(one, other, ordered)
        self._beside(*_unpaired(sides, pairs))

    def _own_tensors(self, old: Part, new: Part, ordered: bool) -> None:
        """The tensors of one name; those of the program's own modules may have been renamed."""
        sides = list(old.tensors), list(new.tensors)
        pairs = list(_alone(*sides, lambda each: each.name))
        left = _unpaired(sides, pairs)
        if old.own and new.own:
            renamed = list(_alone(*left, _form))
            pairs += renamed
            left = _unpaired(left, renamed)
        for one, other in pairs:
            self._tensor(one, other, ordered)
        for part, tensors, rest in zip((old, new), left, self.tensors_left, strict=True):
            rest += tensors if part.own else []

    def _tensor(self, old: Saved, new: Saved, ordered: bool = False) -> None:
        self.tensors.append((old, new))
        if ordered:
            self.by_order.add(new.key)

    def _beside(self, old: Sequence[Part], new: Sequence[Part]) -> None:
        """Modules in one place that are not called alike."""
        for key in (self.digests.exact, self.digests.structure):
            old, new = self._grouped(old, new, key)
        pairs = list(_alone(old, new, lambda each: each.kind if each.own else None))
        for one, other in pairs:
            self._pair(one, other)
        for rest, left in zip(self.modules_left, _unpaired((old, new), pairs), strict=True):
            rest += left

    def _grouped(
        self, old: Sequence[Part], new: Sequence[Part], key: Key[Part]
    ) -> tuple[list[Part], list[Part]]:
        """Pairs modules that have a key in common, the outer ones first, and gives those that
        are left."""
        done: set[int] = set()
        for olds, news in _groups(old, new, key):
            open_ones = [[each for each in parts if id(each) not in done] for parts in (olds, news)]
            for one, other, ordered in _one_to_one(*open_ones):
                self._pair(one, other, ordered)
                done |= {id(each) for part in (one, other) for each in all_parts(part)}
        left_old = [each for each in old if id(each) not in done]
        return left_old, [each for each in new if id(each) not in done]

    # ---- what moved ----------------------------------------------------------

    def _moved(self, size: int, key: Key[Part]) -> None:
        """Pairs modules that hold so many tensors, whatever holds them."""
        sides = [
            [each for part in parts for each in all_parts(part) if self.digests.count(each) == size]
            for parts in self.modules_left
        ]
        left = self._grouped(sides[0], sides[1], key)
        for parts, tensors, before, after in zip(
            self.modules_left, self.tensors_left, sides, left, strict=True
        ):
            gone = {id(each) for each in before} - {id(each) for each in after}
            if gone:
                parts[:], loose = _opened(parts, gone)
                tensors += loose

    def _doubt(self) -> None:
        """Tells of modules that are alike, and not as many; not of what is in them."""
        old, new = ([each for part in parts for each in all_parts(part)]
                    for parts in self.modules_left)  # fmt: skip
        told: set[int] = set()
        for olds, news in _groups(old, new, self.digests.structure):
            olds, news = (
                [each for each in parts if id(each) not in told] for parts in (olds, news)
            )
            told |= {id(below) for part in (*olds, *news) for below in all_parts(part)}
            if olds and news and self.digests.count(olds[0]):
                self.doubts.append(Doubt(_paths(olds), _paths(news)))

    def _moved_tensors(self) -> None:
        """Pairs what the program's own modules have themselves."""
        old, new = (
            [*tensors, *(each for part in parts for each in _own_below(part))]
            for parts, tensors in zip(self.modules_left, self.tensors_left, strict=True)
        )
        pairs = list(_alone(old, new, lambda each: (each.name, _form(each))))
        for one, other in pairs:
            self._tensor(one, other)
        for olds, news in _groups(*_unpaired((old, new), pairs), _form):
            keys = [tuple(each.key for each in side) for side in (olds, news)]
            self.doubts.append(Doubt(*keys))


# ---- pairs -------------------------------------------------------------------


def _called_alike(
    old: Sequence[Part], new: Sequence[Part], key: Key[Part]
) -> list[tuple[Part, Part]]:
    """The modules that two modules hold under one name, or in one order."""
    named = [[each for each in parts if not each.name.isdecimal()] for parts in (old, new)]
    numbered = [[each for each in parts if each.name.isdecimal()] for parts in (old, new)]
    pairs = list(_alone(named[0], named[1], lambda each: each.name))
    pairs += aligned(numbered[0], numbered[1], key)
    return [(one, other) for one, other in pairs if _have_to_do(one, other)]


def _have_to_do(old: Part, new: Part) -> bool:
    """Whether anything of one module can be in another one: a container of layers that takes the
    place of a layer has nothing of it."""
    names = {each.name for each in old.tensors} & {each.name for each in new.tensors}
    return bool(names) or bool(old.parts and new.parts) or not (old.told or new.told)


def _one_to_one(old: Sequence[Part], new: Sequence[Part]) -> Iterator[tuple[Part, Part, bool]]:
    """Pairs of modules that are all alike: those of one name; then the only one that is left, or
    as many that lie beside each other, in their order, and whether that alone tells."""
    named = [[each for each in side if not each.name.isdecimal()] for side in (old, new)]
    pairs = list(_alone(named[0], named[1], lambda each: each.name))
    yield from ((one, other, False) for one, other in pairs)
    rest = _unpaired((old, new), pairs)
    together = all(len({each.path.rpartition(".")[0] for each in side}) == 1 for side in rest)
    if len(rest[0]) == len(rest[1]) and together:
        for one, other in zip(*rest, strict=True):
            yield one, other, len(rest[0]) > 1


def _groups(
    old: Sequence[_T], new: Sequence[_T], key: Key[_T]
) -> Iterator[tuple[list[_T], list[_T]]]:
    """The old and the new ones that have a key in common."""
    olds: dict[Hashable, list[_T]] = {}
    news: dict[Hashable, list[_T]] = {}
    for each in old:
        olds.setdefault(key(each), []).append(each)
    for each in new:
        news.setdefault(key(each), []).append(each)
    yield from ((olds[each], news[each]) for each in olds if each in news and each is not None)


def _alone(old: Sequence[_T], new: Sequence[_T], key: Key[_T]) -> Iterator[tuple[_T, _T]]:
    """The pairs that alone have a key."""
    for olds, news in _groups(old, new, key):
        if len(olds) == len(news) == 1:
            yield olds[0], news[0]


def _unpaired(
    sides: tuple[Sequence[_T], Sequence[_T]], pairs: Sequence[tuple[_T, _T]]
) -> tuple[list[_T], list[_T]]:
    done = {id(each) for pair in pairs for each in pair}
    old, new = sides
    return [each for each in old if id(each) not in done], [
        each for each in new if id(each) not in done
    ]


def _opened(parts: Sequence[Part], gone: set[int]) -> tuple[list[Part], list[Saved]]:
    """What is left of some modules when others are taken out: modules, and the tensors of those
    that are no more whole."""
    left: list[Part] = []
    loose: list[Saved] = []
    for part in parts:
        if id(part) in gone:
            continue
        if not any(id(each) in gone for each in all_parts(part)):
            left.append(part)
            continue
        inner, more = _opened(part.parts, gone)
        left += inner
        loose += [*(part.tensors if part.own else ()), *more]
    return left, loose


def _own_below(part: Part) -> Iterator[Saved]:
    for each in all_parts(part):
        if each.own:
            yield from each.tensors


def _form(tensor: Saved) -> Hashable:
    return tensor.shape, tensor.kind


def _paths(parts: Sequence[Part]) -> tuple[str, ...]:
    return tuple(each.path for each in parts)
