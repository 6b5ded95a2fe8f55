"""Hypothesis strategies for what happens to a text in an editor."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from hypothesis import strategies as st

Edit: TypeAlias = Callable[[str, int, int], str]
"""Changes a text, at places that two numbers choose."""

TYPED = (*"(){}[],=:~.+*#\"'\n; x0_", "\n\n", '"""', "  ", "else", "let a = 8\n", "relu", " -> ")


def _typed(text: str, one: int, other: int) -> str:
    at = one % (len(text) + 1)
    return text[:at] + TYPED[other % len(TYPED)] + text[at:]


def _deleted(text: str, one: int, other: int) -> str:
    at = one % (len(text) + 1)
    return text[:at] + text[at + 1 + other % 2 :]


def _by_lines(change: Callable[[list[str], int, int], None]) -> Edit:
    def edit(text: str, one: int, other: int) -> str:
        lines = text.splitlines(keepends=True) or [""]
        change(lines, one % len(lines), other % len(lines))
        return "".join(lines)

    return edit


def _dropped(lines: list[str], one: int, other: int) -> None:
    del lines[one]


def _doubled(lines: list[str], one: int, other: int) -> None:
    lines.insert(other, lines[one])


def _moved(lines: list[str], one: int, other: int) -> None:
    lines.insert(other, lines.pop(one))


def _commented(lines: list[str], one: int, other: int) -> None:
    lines[one] = "# " + lines[one]


def _noted(lines: list[str], one: int, other: int) -> None:
    lines.insert(one, "  # a note\n" if other % 2 else "\n")


def _renamed(text: str, one: int, other: int) -> str:
    """A definition has another name, where it stands or everywhere."""
    names = re.findall(r"^(?:let|module|def|record) (\w+)", text, re.MULTILINE)
    if not names:
        return text
    name = names[one % len(names)]
    return re.sub(rf"\b{re.escape(name)}\b", f"{name}_", text, count=other % 2)


def _resized(text: str, one: int, other: int) -> str:
    """A number is another one."""
    numbers = list(re.finditer(r"\b\d+\b", text))
    if not numbers:
        return text
    found = numbers[one % len(numbers)]
    return text[: found.start()] + ("8", "16", "3", "0", "_")[other % 5] + text[found.end() :]


EDITS: Sequence[Edit] = (
    _typed,
    _deleted,
    _by_lines(_dropped),
    _by_lines(_doubled),
    _by_lines(_moved),
    _by_lines(_commented),
    _by_lines(_noted),
    _by_lines(_noted),
    _renamed,
    _resized,
    _resized,
)


@st.composite
def texts_after_each_other(draw: st.DrawFn, text: str, most: int = 6) -> list[str]:
    """A text, and what becomes of it by one edit after the other, some of which are undone."""
    found = [text]
    places = st.integers(0, 2**16)
    for _ in range(draw(st.integers(1, most))):
        if len(found) > 1 and draw(st.integers(0, 4)) == 0:
            found.append(found[-2])
            continue
        edit = draw(st.sampled_from(EDITS))
        found.append(edit(found[-1], draw(places), draw(places)))
    return found
