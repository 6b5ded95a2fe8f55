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
    margin = " " * (len(lines[0]) - len(lines[0].lstrip()) + 4)
    ends = [
        at
        for at, line in enumerate(lines)
        if line.startswith(margin) and line[len(margin)] != " " and line.endswith(",")
    ]
    if len(ends) != len(elements):
        return laid_out
    for at, note in zip(ends, elements, strict=True):
        if lines[at].lstrip()[0] not in ")]}":
            lines[at] = _with(lines[at], note, width)
    return "\n".join(lines)


def _with(line: str, note: str | None, width: int) -> str:
    longer = f"{line}  # {note}"
    return longer if note is not None and len(longer) <= width else line
