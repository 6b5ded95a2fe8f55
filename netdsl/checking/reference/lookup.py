"""What a name means, wherever it is from."""

from __future__ import annotations

from netdsl import torchlib
from netdsl.analysis.names import CONTAINER_WORDS, OTHER_NAMES, similar
from netdsl.checking.reference.pages import Page, page
from netdsl.checking.reference.words import Word, combinators, prelude_names, word

_CLASSES = {short: name for name, short in CONTAINER_WORDS.items()}


def looked_up(name: str) -> Page | Word | None:
    """A layer of torch, or else what else is called so: the order of build time."""
    found = None if name in combinators() else torchlib.layer(_CLASSES.get(name, name))
    return word(name) if found is None else page(found)


def missing(name: str) -> str:
    """That nothing is called so, and what is called nearly so."""
    known = (
        *torchlib.layer_names(),
        *_CLASSES,
        *combinators(),
        *prelude_names(),
        *torchlib.scheme_names(),
        *torchlib.function_names(),
    )
    near = OTHER_NAMES.get(name.replace("_", "").lower()) or similar(name, known)
    if near is None:
        return f"there is no layer {name}: 'netdsl layers' lists all"
    kind = "something" if isinstance(looked_up(near), Word) else "a layer"
    return f"there is no layer {name}: {kind} with a similar name exists: {near}"
