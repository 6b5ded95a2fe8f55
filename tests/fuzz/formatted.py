"""What is promised of the formatter: layout changes, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterator

import netdsl
from netdsl.analysis.imports import Read
from netdsl.emit.header import split_header
from netdsl.formatting.house import house_of, respelt
from netdsl.formatting.words import Words
from netdsl.source import Source


def trouble(text: str, read: Read | None = None, *, output: bool | str = True) -> Iterator[str]:
    """What goes wrong when a program is formatted. Without `output` it is not compiled; what it
    compiles to, below the header, may be known."""
    try:
        formatted = netdsl.format(text)
    except netdsl.CompileError:
        return
    except Exception as error:
        yield f"formatting: {type(error).__name__}: {str(error)[:200]}"
        return
    before, after = netdsl.parse(text), netdsl.parse(formatted)
    if respelt(before, house_of(before)) != after:
        yield "formatting changes the tree"
    if comments_of(text) != comments_of(formatted):
        yield "formatting loses or moves comments"
    if netdsl.format(formatted) != formatted:
        yield "formatting twice is another layout"
    tall_string = '"""' in text or "'''" in text
    if not tall_string and any(line != line.rstrip() for line in formatted.split("\n")):
        yield "formatting leaves blanks at the end of a line"
    bare = netdsl.format(before)
    if bare != formatted:
        if netdsl.parse(bare) != after:
            yield "the text of the tree has another tree"
        if netdsl.format(bare) != bare:
            yield "the text of the tree has another layout when it is formatted"
    if isinstance(output, str):
        expected: str | None = output
    else:
        expected = _output(text, read) if output else None
    if expected is not None and _output(formatted, read) != expected:
        yield "formatting changes the output"


def comments_of(text: str) -> list[str]:
    """The comments of a program in their order."""
    return Words(Source(text).text).comments


def _output(text: str, read: Read | None) -> str | None:
    """The output below its header; None for a program that is wrong, whose findings may see how it
    is laid out."""
    try:
        return body_of(netdsl.compile(text, name="fuzz.nd", read=read).source)
    except netdsl.CompileError:
        return None


def body_of(source: str) -> str:
    """An output without its header, which knows the text that it was made from."""
    split = split_header(source)
    assert split is not None
    return split.text


def commented(chance: random.Random, text: str) -> str:
    """A program with comments in some of the gaps between its words, where it remains one."""
    words = Words(Source(text).text)
    for number in range(chance.randrange(1, 6)):
        at = words.all[chance.randrange(len(words.all))].start
        before, after = words.text[:at], words.text[at:]
        comment = f"# remark {number}\n"
        tried = before + chance.choice(("", " ", "\n", "\n\n  ")) + comment + after
        try:
            same = netdsl.parse(tried) == netdsl.parse(words.text)
        except netdsl.CompileError:
            continue
        if same:
            words = Words(tried)
    return words.text
