"""Programs in the house's layout, and trees as text.

Layout alone changes: the tree is the same but for how layers of torch are spelt, and each comment
stays between the words that it stood between. A text that is formatted is formatted.
"""

from __future__ import annotations

from netdsl.diagnostics import CompileError
from netdsl.formatting import comments, statements
from netdsl.formatting.context import Context
from netdsl.formatting.doc import leaves
from netdsl.formatting.house import house_of, respelt
from netdsl.formatting.render import render
from netdsl.formatting.words import Words
from netdsl.formatting.written import Nowhere, Written
from netdsl.limits import DEFAULT, Limits
from netdsl.source import Source
from netdsl.syntax import tree, tree_json
from netdsl.syntax.parse import parsed


def format_source(source: Source, limits: Limits = DEFAULT) -> str:
    """The text of a program as the house has it.

    Raises:
        CompileError: it is no program.

    >>> print(format_source(Source("let  net=seq(Conv2d(3,8,3),ReLU)  # small")), end="")
    let net = seq(conv2d 3 8 3, relu)  # small
    """
    file = parsed(source, limits)
    house = house_of(file)
    spelt = respelt(file, house)
    written = Written(source)
    layout = statements.file(Context(written, house), spelt)
    comments.place(list(leaves(layout)), written.words.all)
    text = render(layout)
    # Whoever formats a file trusts that nothing is lost: better no text than another program.
    if parsed(Source(text, "<formatted>"), limits) != spelt:
        raise AssertionError("the formatted program has another tree")
    if Words(text).comments != written.words.comments:
        raise AssertionError("the formatted program has other comments")
    return text


def to_text(file: tree.File, limits: Limits = DEFAULT) -> str:
    """The text of a tree, whoever made it.

    Raises:
        ValueError: there is no program with this tree.
    """
    tree_json.from_json(tree_json.to_json(file))  # which says what is wrong with it, and where
    house = house_of(file)
    spelt = respelt(file, house)
    text = render(statements.file(Context(Nowhere(), house), spelt))
    try:
        again = parsed(Source(text, "<tree>"), limits)
    except CompileError as error:
        raise ValueError(f"no program has this tree: {error.diagnostics[0].message}") from None
    if again != spelt:
        raise ValueError("no program has this tree: its text is read as another one")
    return text
