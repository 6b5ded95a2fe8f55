"""What there is to know of a name, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from netdsl import torchlib
from netdsl.analysis.names import CONTAINER_WORDS

if TYPE_CHECKING:
    from netdsl.checking.reference.pages import Page
    from netdsl.checking.reference.relations import Relation
    from netdsl.checking.reference.words import Word


def page_text(page: Page) -> str:
    """A layer."""
    short = CONTAINER_WORDS.get(page.cls)
    called = f"{short}, {page.name}" if short else page.name
    lines = [f"{called}: torch.nn.{page.cls} ({page.family})"]
    lines += _part("arguments", _arguments(page.signature))
    lines += _part("shapes", _relations(page.shapes))
    lines += _part("shapes with other settings", _relations(page.general))
    lines += _part("holds", _held(page))
    lines += _part("example", [page.example])
    lines += _part("at tensor time", page.function)
    if page.documentation is not None:
        lines += _part("documentation", [page.documentation])
    return "\n".join(lines)


def word_text(word: Word) -> str:
    """Anything else."""
    lines = [f"{word.name}: {word.kind}", *filter(None, [word.says])]
    lines += _part("written", word.spelt)
    if word.example is not None:
        lines += _part("example" if word.kind == "combinator" else "definition", [word.example])
    return "\n".join(lines)


def _part(title: str, lines: Iterable[str]) -> list[str]:
    found = [f"  {line}" for text in lines for line in text.splitlines()]
    return ["", title, *found] if found else []


def _arguments(signature: torchlib.Signature) -> Iterator[str]:
    for each in signature.parameters:
        stars = {"variadic": "*", "keywords": "**"}.get(each.kind, "")
        default = "" if each.default is None else f" = {each.default}"
        named = "  (by name)" if each.kind == "keyword" else ""
        yield f"{stars}{each.name}: {each.type}{default}{named}"


def _relations(relations: Sequence[Relation]) -> Iterator[str]:
    """A relation a line; several inputs with their names."""
    for each in relations:
        if len(each.inputs) == 1:
            yield str(each)
        else:
            inputs = ", ".join(f"{given.name} {given}" for given in each.inputs)
            yield f"{inputs} -> {str(each).rpartition(' -> ')[2]}"


def _held(page: Page) -> Iterator[str]:
    for each in page.tensors:
        yield f"{each.name}: {each.kind} {each.shape}"
    if page.optional:
        yield f"with other settings: {', '.join(page.optional)}"
    for name, cls in page.parts:
        yield f"{name}: {cls}"
