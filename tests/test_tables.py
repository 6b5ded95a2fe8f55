"""The stored tables of the parser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from netdsl.syntax import grammar
from tests.reading import body, read


def test_stored_tables_make_the_same_parser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "module M(a) { b = linear a 3 ~ zeros; def f(x: [B]) = b(x)[0] }"
    monkeypatch.setattr(grammar, "TABLES", tmp_path / "tables.bin")
    trees = []
    for stored in (None, grammar.table_bytes(), b"", b"not tables", grammar.table_bytes()[:999]):
        if stored is not None:
            grammar.TABLES.write_bytes(stored)
        grammar.parser.cache_clear()
        trees.append(read(text))
    grammar.parser.cache_clear()
    assert all(each == trees[0] for each in trees)


def test_tables_are_the_same_in_every_run() -> None:
    program = (
        "import hashlib; from netdsl.syntax.grammar import table_bytes;"
        "print(hashlib.sha256(table_bytes()).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout


def test_tables_of_another_grammar_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grammar, "TABLES", tmp_path / "tables.bin")
    text = grammar.grammar_text()
    monkeypatch.setattr(grammar, "grammar_text", lambda: text.replace('"freeze"', '"thaw"'))
    grammar.TABLES.write_bytes(grammar.table_bytes())
    monkeypatch.setattr(grammar, "grammar_text", lambda: text)
    grammar.parser.cache_clear()
    body("freeze a")
    grammar.parser.cache_clear()


def test_parsing_needs_nothing_heavy() -> None:
    program = (
        "import sys; import netdsl.syntax.parse; "
        "print([name for name in ('black', 'jinja2', 'torch') if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
