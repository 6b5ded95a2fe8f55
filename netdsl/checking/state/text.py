"""What changes between two networks, as text: what repeats is folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from netdsl.checking.state.digests import tensors_of
from netdsl.checking.state.folding import Columns, folded
from netdsl.checking.state.parts import Part, Saved

if TYPE_CHECKING:
    from netdsl.checking.state.diff import Diff


def as_text(diff: Diff) -> str:
    """A line for what changes in one way, and the counts."""
    lines = [_line(*each) for each in _changes(diff)]
    return "\n".join([*lines, *([""] if lines else []), *_counts(diff)])


def _line(word: str, *columns: str) -> str:
    return "  ".join([f"{word:<9}", *filter(None, columns)])


def _changes(diff: Diff) -> Iterator[Columns]:
    yield from _renamed(diff)
    kept = [(key,) for key in diff.assumed if diff.mapping[key] == key]
    for (key,), members in folded(kept):
        yield "likely", key, _times(len(members)), "not all sizes are known"
    shapes = [
        (each.old.key, each.new.key, _shape(each.old), _shape(each.new)) for each in diff.reshaped
    ]
    for (old, new, before, after), members in folded(shapes):
        keys = old if old == new else f"{old} -> {new}"
        yield "reshaped", keys, f"{before} -> {after}", _times(len(members))
    yield from _alone("removed", diff.old.root, diff.removed)
    yield from _alone("added", diff.new.root, diff.added)
    for doubt in diff.doubts:
        old, new = (
            ", ".join(key for (key,), _ in folded([(key,) for key in keys]))
            for keys in (doubt.old, doubt.new)
        )
        yield "unclear", f"{old} -> {new}", "not carried over: there is more than one way"
    for moved in diff.foreign:
        at = moved.old if moved.old == moved.new else f"{moved.old} -> {moved.new}"
        yield "unknown", at or _ALL, f"what {moved.kind} holds is not known; it carries over"
    for part in diff.untold:
        yield "unknown", part.path or _ALL, f"what {part.kind} holds is not known"


_ALL = "all"
_LIKELY = "by their order alone"


def _renamed(diff: Diff) -> Iterator[Columns]:
    """A line for each module that was renamed, or moved, with all its tensors."""
    groups: dict[Columns, int] = {}
    for new, old in diff.renamed.items():
        key = (*_heads(old, new), _LIKELY if new in diff.assumed else "")
        groups[key] = groups.get(key, 0) + 1
    for (old, new, note), members in folded(list(groups)):
        total = sum(groups[each] for each in members)
        yield "renamed", f"{old or _ALL} -> {new or _ALL}", _times(total), note


def _alone(word: str, root: Part, tensors: Sequence[Saved]) -> Iterator[Columns]:
    """A line for each tensor that is in one of the networks only, or for a whole module."""
    rows = list(_whole(root, {each.key for each in tensors}))
    for (key, shape, _), members in folded(rows):
        yield word, key, shape, _times(sum(int(count) for *_, count in members))


def _whole(part: Part, keys: set[str]) -> Iterator[Columns]:
    """The tensors with some keys; a module that holds others as one, if all of it is there."""
    below = [each.key for each in tensors_of(part)]
    if part.path and any(each.tensors for each in part.parts) and keys.issuperset(below):
        yield f"{part.path}.*", "", str(len(below))
        return
    yield from ((each.key, _shape(each), "1") for each in part.tensors if each.key in keys)
    for each in part.parts:
        yield from _whole(each, keys)


def _heads(old: str, new: str) -> tuple[str, str]:
    """Two keys without the names at their end that they share."""
    one, other = old.split("."), new.split(".")
    pairs = zip(reversed(one), reversed(other), strict=False)
    same = len(list(takewhile(lambda each: each[0] == each[1], pairs)))
    return ".".join(one[: len(one) - same]), ".".join(other[: len(other) - same])


def _counts(diff: Diff) -> Iterator[str]:
    if diff.same:
        yield f"nothing changes: all {len(diff.kept)} tensors stay as they are"
        return
    yield (
        f"{len(diff.mapping)} of {len(diff.new.tensors)} tensors get their value from"
        f" {len(diff.old.tensors)} old ones: {len(diff.kept)} stay, {len(diff.renamed)} are renamed"
    )
    if diff.missing:
        yield f"{len(diff.missing)} get none"


def _shape(tensor: Saved) -> str:
    if tensor.shape is None:
        return "[?]"
    return "[" + ", ".join("?" if each is None else str(each) for each in tensor.shape) + "]"


def _times(count: int) -> str:
    return f"({count} tensors)" if count > 1 else ""
