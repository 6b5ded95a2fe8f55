"""Comments beside lines that are laid out already."""

from __future__ import annotations

from collections.abc import Sequence


def attached(laid_out: str, shape: str | None, elements: Sequence[str | None], width: int) -> str:
    """A logical line with its comments, as far as they fit.

    >>> print(attached("x = f(x)", "[B, 4]", (), 88))
    x = f(x)  # [B, 4]
    """
    lines = laid_out.split("\n")
    if len(lines) == 1:
        return _with(laid_out, shape, width)
    if not any(elements):
        return laid_out
    for at, note in zip(last_lines(lines, len(elements)), elements, strict=False):
        if lines[at].lstrip()[0] not in ")]}":
            lines[at] = _with(lines[at], note, width)
    return "\n".join(lines)


def last_lines(lines: Sequence[str], elements: int) -> list[int]:
    """On which of its lines the elements of a call, or of the list that is its only argument,
    end; empty if they have no lines of their own.

    >>> last_lines(["x = f(", "    a,", "    g(", "        b,", "    ),", ")"], 2)
    [1, 4]
    >>> last_lines(["x = f(", "    [", "        a,", "        b,", "    ]", ")"], 2)
    [2, 3]
    """
    margin = " " * (len(lines[0]) - len(lines[0].lstrip()) + 4)
    if len(lines) > 1 and lines[1] in (f"{margin}[", f"{margin}{{"):
        margin += "    "
    ends = [
        at
        for at, line in enumerate(lines)
        if line.startswith(margin) and line[len(margin)] != " " and line.endswith(",")
    ]
    return ends if len(ends) == elements else []


def _with(line: str, note: str | None, width: int) -> str:
    longer = f"{line}  # {note}"
    return longer if note is not None and len(longer) <= width else line
