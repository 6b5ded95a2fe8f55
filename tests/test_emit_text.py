"""Text of a program stays text in what is generated; the header tells what was changed below it."""

from __future__ import annotations

import ast

import black
import pytest
import torch

from netdsl.analysis import types
from netdsl.emit.header import edited, has_header, source_hash, split_header, with_header
from tests.emit_programs import (
    MODE,
    RANGE,
    K,
    X,
    child,
    clause,
    computed,
    function,
    item,
    layer,
    let,
    module,
    output,
    parameter,
    ret,
    run,
    seq,
    text,
)

# ---- hostile text ------------------------------------------------------------

HOSTILE = [
    '"""',
    "\\",
    "'",
    '"',
    "\n",
    "{x}",
    "\\N{DASH}",
    "\x00",
    "\ud800",
    "# x",
    '"""\nimport os\n"""',
]


@pytest.mark.parametrize("attack", HOSTILE)
def test_text_of_the_program_stays_text(attack: str) -> None:
    method = function("forward", ret(text(attack)), parameters=[X], of=types.STR)
    definition = module("M", child(attack, layer("ReLU")), methods=[method], doc=attack)
    whole = output(definition)
    made = run(whole).M()
    assert list(made._modules) == [attack]
    assert made(torch.ones(1)) == attack
    assert len(ast.parse(whole).body) == whole.count("\nfrom ") + whole.startswith("from ") + 1


def test_computed_names_keep_their_text() -> None:
    name = computed('a"{}\\', K, "'")
    container = seq(item(layer("ReLU"), name, clause(K, RANGE)))
    made = run(output(let("f", container, parameter("n"), of=types.MODULE))).f(1)
    assert list(made._modules) == ["a\"{}\\0'"]


# ---- the header --------------------------------------------------------------


def test_the_header_knows_what_was_changed() -> None:
    whole = with_header("x = 1\n", "a.nd", "let x = 1", options={"style": "auto"})
    split = split_header(whole)
    assert split is not None
    assert split.text == "x = 1\n"
    assert split.source_hash == source_hash("let x = 1", options={"style": "auto"})
    assert split.source_hash != source_hash("let x = 1", options={"style": "black"})
    assert split.source_hash != source_hash("let x = 1", imports={"style": "auto"})
    assert has_header(whole) and not edited(whole)
    assert edited(whole + "y = 2\n")
    assert not edited(whole.replace("\n", "\r\n"))
    assert not has_header("x = 1\n") and not edited("x = 1\n")
    assert black.format_str(whole, mode=MODE) == whole


@pytest.mark.parametrize("name", ["a\nimport os", "\r", '"""', "\x0c", "a\u2028b", "#" * 200])
def test_a_file_name_stays_in_its_comment(name: str) -> None:
    whole = with_header("x = 1\n", name, "")
    assert len(ast.parse(whole).body) == 1
    assert has_header(whole) and not edited(whole)
