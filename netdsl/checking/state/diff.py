"""What changes from the state of one network to that of another one, and what carries over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from netdsl.checking.state import State
from netdsl.checking.state.matching import Doubt, Matching
from netdsl.checking.state.parts import Part, Saved
from netdsl.records import Frozen

_T = TypeVar("_T")


class Reshaped(Frozen):
    """A tensor whose sizes change; its values do not carry over."""

    old: Saved
    new: Saved


class Moved(Frozen):
    """A module of which it is not known what it holds: whatever that is carries over, from one
    path to the other."""

    kind: str
    old: str
    new: str


class Diff(Frozen):
    """What changes between the states of two networks. `str` of it is a text for people."""

    old: State
    new: State
    mapping: Mapping[str, str]
    """For each new key that gets a value, the old key that has it, in the new order."""
    reshaped: tuple[Reshaped, ...]
    assumed: tuple[str, ...]
    """The new keys whose value is likely, but not certain: only their order tells them from
    others like them, or not all sizes are known."""
    doubts: tuple[Doubt, ...]
    """What was not carried over, since it could be more than one thing."""
    foreign: tuple[Moved, ...]

    @property
    def same(self) -> bool:
        """Whether the old weights load strictly into the new network as they are."""
        keys = [{each.key: each.shape for each in state.tensors} for state in (self.old, self.new)]
        kept = all(new == old for new, old in self.mapping.items()) and not self.missing
        there = all(each.old == each.new for each in self.foreign) and not self.untold
        return kept and there and keys[0] == keys[1]

    @property
    def kept(self) -> tuple[str, ...]:
        """The keys that stay, with their sizes."""
        return tuple(new for new, old in self.mapping.items() if new == old)

    @property
    def renamed(self) -> Mapping[str, str]:
        """For each new key whose value had another one, that old key."""
        return {new: old for new, old in self.mapping.items() if new != old}

    @property
    def added(self) -> tuple[Saved, ...]:
        """The new tensors that were not there before."""
        known = {*self.mapping, *(each.new.key for each in self.reshaped)}
        return tuple(each for each in self.new.tensors if each.key not in known)

    @property
    def removed(self) -> tuple[Saved, ...]:
        """The old tensors that go nowhere."""
        known = {*self.mapping.values(), *(each.old.key for each in self.reshaped)}
        return tuple(each for each in self.old.tensors if each.key not in known)

    @property
    def missing(self) -> tuple[str, ...]:
        """The new keys that get no value, for which a strict load would ask."""
        return tuple(each.key for each in self.new.tensors if each.key not in self.mapping)

    @property
    def untold(self) -> tuple[Part, ...]:
        """The modules, old and new, of which it is known neither what they hold, nor that it
        carries over."""
        known = [{each.old for each in self.foreign}, {each.new for each in self.foreign}]
        states = zip((self.old, self.new), known, strict=True)
        return tuple(each for state, paths in states for each in state.untold
                     if each.path not in paths)  # fmt: skip

    def apply(self, state_dict: Mapping[str, _T]) -> dict[str, _T]:
        """A state_dict of the old network, as one of the new one: what carries over under its
        new keys, and nothing for the keys in `missing`. The values are handed on as they are.

        Raises:
            ValueError: it is no state_dict of the old network.
        """
        known = {each.key for each in self.old.tensors}
        _refuse("lacks", [each.key for each in self.old.tensors if each.key not in state_dict])
        strange = [key for key in state_dict if key not in known]
        places = [each.path for each in self.old.untold]
        _refuse("also has", [key for key in strange if not any(_below(key, at) for at in places)])
        found = {new: state_dict[old] for new, old in self.mapping.items()}
        for each in self.foreign:
            found |= {
                _at(key, each.old, each.new): state_dict[key]
                for key in strange
                if _below(key, each.old)
            }
        return found

    def to_json(self) -> dict[str, object]:
        """All of it as data that `json` can write."""
        return {
            "version": 1,
            "old": self.old.to_json(),
            "new": self.new.to_json(),
            "same": self.same,
            "mapping": dict(self.mapping),
            "kept": list(self.kept),
            "renamed": dict(self.renamed),
            "reshaped": [
                {
                    "old": each.old.key,
                    "new": each.new.key,
                    "old_shape": each.old.to_json()["shape"],
                    "new_shape": each.new.to_json()["shape"],
                }
                for each in self.reshaped
            ],
            "added": [each.key for each in self.added],
            "removed": [each.key for each in self.removed],
            "missing": list(self.missing),
            "assumed": list(self.assumed),
            "doubts": [{"old": list(each.old), "new": list(each.new)} for each in self.doubts],
            "foreign": [
                {"class": each.kind, "old": each.old, "new": each.new} for each in self.foreign
            ],
            "untold": [{"class": each.kind, "path": each.path} for each in self.untold],
        }

    def text(self) -> str:
        """What changes, for people to read: what repeats is folded."""
        from netdsl.checking.state.text import as_text

        return as_text(self)

    def __str__(self) -> str:
        return self.text()


def diff_of(old: State, new: State) -> Diff:
    """What changes from one state to another, and what of it carries over."""
    found = Matching().networks(old.root, new.root)
    mapping: dict[str, str] = {}
    reshaped: dict[str, Reshaped] = {}
    assumed = set(found.by_order)
    for one, other in found.tensors:
        fits = _fits(one.shape, other.shape)
        if fits is False:
            reshaped[other.key] = Reshaped(one, other)
            continue
        mapping[other.key] = one.key
        if fits is None:
            assumed.add(other.key)
    _tie(mapping, reshaped, old, new)
    keys = [each.key for each in new.tensors]
    return Diff(
        old,
        new,
        {key: mapping[key] for key in keys if key in mapping},
        tuple(reshaped[key] for key in keys if key in reshaped),
        tuple(key for key in keys if key in assumed and key in mapping),
        tuple(found.doubts),
        tuple(Moved(one.kind, one.path, other.path) for one, other in found.foreign),
    )


def _fits(old: tuple[int | None, ...] | None, new: tuple[int | None, ...] | None) -> bool | None:
    """Whether two tensors have the same sizes; None if that is not known."""
    if old is None or new is None:
        return None
    if len(old) != len(new):
        return False
    both = list(zip(old, new, strict=True))
    if any(None not in each and each[0] != each[1] for each in both):
        return False
    return None if any(None in each for each in both) else True


def _tie(mapping: dict[str, str], reshaped: dict[str, Reshaped], old: State, new: State) -> None:
    """What is one tensor in the new network has one value: that of its first key, or else of the
    first that has one."""
    first = {each.key: each.tied or each.key for each in old.tensors}
    for each in new.tensors:
        if each.tied is not None and each.key in mapping:
            mapping.setdefault(each.tied, mapping[each.key])
    for each in new.tensors:
        if each.tied is None or each.tied not in mapping:
            continue
        source = mapping[each.tied]
        if each.key not in mapping or first[mapping[each.key]] != first[source]:
            mapping[each.key] = source
    for key in mapping:
        reshaped.pop(key, None)


def _refuse(what: str, keys: Iterable[str]) -> None:
    found = list(keys)
    if found:
        shown = ", ".join(found[:3]) + (f", and {len(found) - 3} more" if found[3:] else "")
        raise ValueError(f"this is no state_dict of the old network: it {what} {shown}")


def _below(key: str, path: str) -> bool:
    return not path or key.startswith(f"{path}.")


def _at(key: str, old: str, new: str) -> str:
    """A key below one path, below another one."""
    rest = key if not old else key[len(old) + 1 :]
    return f"{new}.{rest}" if new else rest
