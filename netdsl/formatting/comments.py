"""Comments to the words of the output that they stand before.

The output has the words of the program in the same order, but for brackets that only group,
commas at the end and semicolons. So each comment finds its place by the words around it.
"""

from __future__ import annotations

from collections.abc import Sequence

from netdsl.formatting.doc import Leaf
from netdsl.formatting.words import BRACKETS, OPTIONAL, Comment, Word


def place(leaves: Sequence[Leaf], words: Sequence[Word]) -> None:
    """Gives the words of the output the comments, and the empty lines, before the words that
    they come from. Both end with a word that is empty."""
    at = 0
    waiting: list[Leaf] = []
    for leaf in leaves:
        waiting.append(leaf)
        if leaf.text in OPTIONAL:
            continue
        end = at
        while words[end].text in OPTIONAL:
            end += 1
        _match(waiting, words[at : end + 1], at)
        waiting, at = [], end + 1
    if at != len(words):
        raise AssertionError(f"{len(words) - at} words are left over")
    _move(leaves)


def _match(leaves: Sequence[Leaf], words: Sequence[Word], first: int) -> None:
    """The words from behind one that both have up to the next one: those that the output lacks
    hand on what stands before them."""
    number, at, blank = first, 0, 0
    comments: list[Comment] = []
    for word in words:
        comments += [each._replace(blank=max(each.blank, blank)) for each in word.comments]
        blank = word.blank if word.comments else max(blank, word.blank)
        last = len(leaves) - 1
        if number < first + len(words) - 1:
            same = (n for n in range(at, last) if _is(leaves[n], word, number))
            last = next(same, -1)
        while last > at and leaves[last - 1].text == "(" and leaves[last - 1].number < 0:
            last -= 1  # which nobody wrote: what stands before the word stands before it
        if last >= 0:
            leaves[last].comments, leaves[last].blank = comments, blank
            at, blank, comments = last + 1, 0, []
        number += 1


def _is(leaf: Leaf, word: Word, number: int) -> bool:
    """Whether a bracket, or a comma, is the one that was written."""
    return leaf.number == number if leaf.text in BRACKETS else leaf.text == word.text


def _move(leaves: Sequence[Leaf]) -> None:
    """Moves on each comment that cannot stand where it stood: before what clings to the word above,
    as a comma does, and where a line end would end a statement. Of several comments before a word
    only the first can stand beside the one above."""
    depth = 0
    before: Leaf | None = None
    moved: list[Comment] = []
    for leaf in leaves:
        leaf.comments = moved + leaf.comments
        moved = []
        ends = before is not None and before.may_end and not leaf.goes_on
        stays = leaf.starts or depth > 0 or not ends
        if leaf.text in (",", "{", "=") or leaf.clings or not stays:
            leaf.comments, moved = [], leaf.comments
        leaf.comments[1:] = [each._replace(own=True) for each in leaf.comments[1:]]
        if leaf.text in ("(", "["):
            depth += 1
        elif leaf.text in (")", "]"):
            depth -= 1
        before = leaf
