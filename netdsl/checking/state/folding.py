"""Rows that differ in numbers alone, as one: `blocks.{0..11}.fc`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Columns = tuple[str, ...]

_MOST = 8
"""How many numbers are shown one by one."""


def folded(rows: Sequence[Columns]) -> Iterator[tuple[Columns, list[Columns]]]:
    """The rows, those together that differ only in the numbers in their names and are in the same
    order in every column, with the rows that each stands for.

    >>> [row for row, _ in folded([("a.0", "b.1"), ("a.1", "b.2"), ("a.2", "b.3"), ("c", "d")])]
    [('a.{0..2}', 'b.{1..3}'), ('c', 'd')]
    """
    groups: dict[Columns, list[Columns]] = {}
    for row in rows:
        pattern = tuple(".".join(map(_plain, each.split("."))) for each in row)
        groups.setdefault(pattern, []).append(row)
    for members in groups.values():
        columns = list(zip(*members, strict=True))
        if any(_numbers(column) != sorted(_numbers(column)) for column in columns):
            yield from ((each, [each]) for each in members)
            continue
        yield tuple(_together([each.split(".") for each in column]) for column in columns), members


def _plain(word: str) -> str:
    return "#" if word.isdecimal() else word


def _numbers(column: Sequence[str]) -> list[list[int]]:
    return [[int(word) for word in each.split(".") if word.isdecimal()] for each in column]


def _together(names: Sequence[list[str]]) -> str:
    return ".".join(_span(list(dict.fromkeys(words))) for words in zip(*names, strict=True))


def _span(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    numbers = sorted(map(int, words))
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{{{numbers[0]}..{numbers[-1]}}}"
    shown = [str(each) for each in numbers]
    if len(shown) > _MOST:
        shown = [*shown[:3], "…", shown[-1]]
    return "{" + ",".join(shown) + "}"
