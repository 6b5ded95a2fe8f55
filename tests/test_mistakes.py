"""What is said of texts that cannot be read, and that none takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from netdsl import diagnostics as diagnostics_module
from netdsl import limits
from netdsl.diagnostics import Diagnostics
from netdsl.source import Source
from netdsl.syntax import grammar, tree
from netdsl.syntax.parse import parse
from tests.reading import complaints, read
from tests.strategies import BROKEN

CODES = frozenset(
    {
        "bad-escape", "declaration-in-def", "foreign-operator", "indented-declaration",
        "juxtaposed-at-tensor-time", "juxtaposed-operator", "keyword-as-name", "lambda",
        "malformed-number", "missing-comma", "missing-let", "name-too-long", "nested-too-deeply",
        "number-too-large", "number-too-long", "operator-line", "python-block", "python-class",
        "python-def", "python-import", "self-assignment", "source-too-long",
        "statement-outside-def", "string-prefix", "unclosed-bracket", "unexpected-character",
        "unexpected-end", "unexpected-symbol", "unexpected-word", "unnamed-child",
        "unopened-bracket", "unterminated-string", "walrus",
    }
)  # fmt: skip
"""Every code that this stage reports."""


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_a_page_that_shows_it(code: str) -> None:
    page = diagnostics_module.explanation(code)
    assert page is not None
    assert page.startswith("# ")
    blocks = [part.split("```")[0] for part in page.split("```nd\n")[1:]]
    if code == "source-too-long":
        assert blocks == []
        return
    wrong, right = blocks
    assert {each.code for each in complaints(wrong)} == {code}
    read(right)


MISTAKES = [
    ("let a = seq(b\nlet c = d", [(1, 12, "unclosed-bracket")]),
    ("module M {\n  a = seq(b\n  def f(x) = x\n}\nlet c = 3 4", [(2, 10, "unclosed-bracket"), (5, 11, "unexpected-word")]),
    ("module M {\n  def f(x) {\n    return x\n  }\n\nmodule N { a = }", [(1, 10, "unclosed-bracket"), (6, 16, "unexpected-symbol")]),
    ("module M {\n  def f(x) {\n    return x\n}\nlet c = 3 4", [(2, 12, "unclosed-bracket"), (5, 11, "unexpected-word")]),
    ("module M {\n  a = b }\n  c = d\n}", [(2, 9, "unopened-bracket")]),
    ("let a = f(b]\nlet c = 3 4", [(1, 10, "unclosed-bracket"), (2, 11, "unexpected-word")]),
    ("let a = f([b], c])", [(1, 17, "unopened-bracket")]),
    ("let a = f(b))\nlet c = [1 2]", [(1, 13, "unopened-bracket"), (2, 12, "missing-comma")]),
    ("let a = f(", [(1, 10, "unclosed-bracket")]),
    ("let a =", [(1, 8, "unexpected-end")]),
    ("let a\nlet b = c", [(1, 6, "unexpected-end")]),
    ("let a = 4d; let b = 0x10\nlet c = 007", [(1, 9, "malformed-number"), (1, 21, "malformed-number"), (2, 9, "malformed-number")]),
    ("let a = linear 4*d d\nlet b = linear 40 -1\nlet c = linear -1 40", [(1, 17, "juxtaposed-operator"), (2, 19, "juxtaposed-operator"), (3, 16, "juxtaposed-operator")]),
    ("let a = $b + 'c", [(1, 9, "unexpected-character"), (1, 14, "unterminated-string")]),
    ("let a = \"\"\"b\nlet c = ?", [(1, 9, "unterminated-string")]),
    ("let a\xa0= b", [(1, 6, "unexpected-character")]),
    ("# \0\nlet a = 'b\ud800'", [(1, 3, "unexpected-character"), (2, 11, "unexpected-character")]),
    ("class N(M):\n    def f(self):\n        return 1\n\n    x = 3\nlet a = 3 4", [(1, 1, "python-class"), (6, 11, "unexpected-word")]),
    ("module M {\n  init = a\n  self.b = c\n  d e\n  return a\n  f = g\n}", [(2, 3, "keyword-as-name"), (3, 3, "self-assignment"), (4, 3, "unnamed-child"), (5, 3, "statement-outside-def")]),
    ("def f(x) {\n  let y = x\n  relu x\n  if x = 1 { }\n  z = x ? 1 : 2\n  for i in x:\n    z = 1\n  g(lambda x: x)\n  y = z\n}", [(2, 3, "declaration-in-def"), (3, 8, "juxtaposed-at-tensor-time"), (4, 8, "unexpected-symbol"), (5, 9, "foreign-operator"), (6, 13, "python-block"), (8, 5, "lambda")]),
    ("let in = 1\nlet f(if) = 1\nlet a = b.for", [(1, 5, "keyword-as-name"), (2, 7, "keyword-as-name"), (3, 11, "keyword-as-name")]),
    ("+ a", [(1, 1, "operator-line")]),
    ("import torch", [(1, 1, "python-import")]),
    ("let a = 1.real\nlet b = 1__0", [(1, 9, "malformed-number"), (2, 9, "malformed-number")]),
    ("let a = '\\q \\777 \\ud800 \\N{no such}'", [(1, 10, "bad-escape"), (1, 13, "bad-escape"), (1, 18, "bad-escape"), (1, 25, "bad-escape")]),
    ("let a = 1e999", [(1, 9, "number-too-large")]),
    ("module M {\n  a = b\n    c = d\n}", [(3, 5, "indented-declaration")]),
    ("let a = b\n  (c, d)", [(2, 3, "indented-declaration")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MISTAKES)
def test_each_mistake_is_named_once(text: str, expected: list[tuple[int, int, str]]) -> None:
    found = [(*each.span.source.position(each.span.start), each.code) for each in complaints(text)]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("let 3 = a", "expected a name after `let`, but found `3`", None),
        ("let a =", "expected a layer or a value after `=`, but the file ends", None),
        ("def f(x) { y = }", "expected a value after `=`, but found `}`", None),
        ("let a = f(b, )\nf(, b)", "expected an argument or `)` after `(`, but found `,`", None),
        ("let f(a b) = c", "a comma is missing between `a` and `b`", "write `a, b`."),
        ("module M\n", "expected `(`, `:`, `=`, `{` or a string after `M`, but the line ends", None),
        ("x += 3", "`+=` stands outside a `def`",
         "a `let` keeps its value; put what computes on tensors into a `def`, such as `def forward(x) { … }`."),
        ("let a = b,\n", "expected a new line or the end of the file after `b`, but found `,`",
         "end the statement with a new line or `;`."),
        ("def f(x)\nlet y = 1", "expected `->`, `=`, `{` or a string after `)`, but the line ends",
         "write what it computes: `= …`, or `{ … }`."),
        ("def f(x) { if x = 1 { } }", "expected `{` after `x`, but found `=`",
         "write `==` to compare."),
        ("linear 4 * d d", "`*` stands among arguments that have no brackets",
         "put the argument in brackets, `(4 * d)`, or write the call with brackets."),
        ("linear 4 -1", "`-` stands among arguments that have no brackets",
         "put the negative number in brackets, `(-1)`, or call the layer."),
        ("let a = 0x1F", "`0x1F` is no number", "write it in decimal, `31`."),
        ("let a = 4d", "`4d` is no number",
         "write `4 * d` for a product; no letter may touch a number."),
        ("let a = b – c", "`–` (U+2013) is no character of this language", "write `-`."),
        ('let a = “b”', "`“` is a typographic quotation mark, which begins no string",
         'write straight quotation marks, `"`.'),
        ("module M { init = a }",
         "`init` begins a statement of its own here, so it cannot be assigned to",
         'put the name in quotation marks, `"init" = …`.'),
    ],
)  # fmt: skip
def test_messages(text: str, message: str, hint: str | None) -> None:
    (found,) = complaints(text)
    assert (found.message, found.hint) == (message, hint)


def test_an_unclosed_bracket_shows_what_proves_it() -> None:
    (found,) = complaints("let a = seq(b,\nlet c = d")
    assert found.span.text == "("
    (label,) = found.labels
    assert label.span.text == "let"
    assert label.message == "a `)` is missing before this `let`"


def test_terminals_are_never_named() -> None:
    """Whatever word is wrong, a message speaks the language's words, not the parser's."""
    words = ["a", "1", "'b'", "(", ")", "[", "]", "{", "}", ",", ":", "=", "->", "?", "~", "*"]
    starts = ["", "let", "let a", "let f(", "def f(x)", "module M", "module M {", "record", "f(",
              "from", "extern", "def f(x) {", "def f(x) { for", "module M { param a", "a[", "[a for",
              "module M { tie a", "let f(x:", "f({", "let a = b ~"]  # fmt: skip
    for start in starts:
        for word in words:
            for each in complaints(f"{start} {word} {word} {word}"):
                shown = f"{each.message} {each.hint}"
                for terminal in grammar.parser().terminals:
                    bare = terminal.name.strip("_")
                    assert f" {bare} " not in shown.replace(",", " ").replace(".", " ")


def test_errors_are_reported_up_to_a_limit() -> None:
    assert len(complaints("let a = 3 4\n" * 100)) == limits.DEFAULT.syntax_errors
    assert len(complaints(")" * 100)) == limits.DEFAULT.syntax_errors
    assert len(complaints("let a = 4d\n" * 100)) == limits.DEFAULT.syntax_errors


def test_what_stands_beside_an_error_is_still_read() -> None:
    file = parse(Source("let a = 1\nlet b = = 2\nlet c = 3"), Diagnostics())
    assert file is not None
    assert [each.name.id for each in file.statements if isinstance(each, tree.Let)] == ["a", "c"]


@pytest.mark.parametrize(
    "text",
    [
        "let a = " + "(" * limits.DEFAULT.nesting * 2 + "1" + ")" * limits.DEFAULT.nesting * 2,
        "let a = " + "[" * limits.DEFAULT.nesting * 2,
        "let a = " + "b + " * limits.DEFAULT.nesting + "b",
        "let a = " + "-" * limits.DEFAULT.nesting + "b",
        "let a = " + "not " * limits.DEFAULT.nesting + "b",
        "let a = b" + ".c" * limits.DEFAULT.nesting,
        "let a = b" + "(c)" * limits.DEFAULT.nesting,
        "let a = " + "b if c else " * limits.DEFAULT.nesting + "d",
        "module M { " + "if a { " * limits.DEFAULT.nesting + "}" * limits.DEFAULT.nesting + "}",
        "let a = b\n" * 3 + "let c = " + "-" * 100_000 + "b",
        "let f(x: "
        + "([a]? | " * limits.DEFAULT.nesting
        + "[a]"
        + ")" * limits.DEFAULT.nesting
        + ") = x",
    ],
)
def test_depth_is_bounded(text: str) -> None:
    assert [each.code for each in complaints(text)] == ["nested-too-deeply"]


def test_width_is_not() -> None:
    """Long lists, long comparisons and many statements are not deep."""
    wide = 20 * limits.DEFAULT.nesting
    read("let a = [" + "b," * wide + "]")
    read("let a = f(" + "b c, " * wide + "d)")
    read("let a = b" + " < b" * wide)
    read("let a = b\n" * wide)


def test_sizes_are_bounded() -> None:
    def codes(text: str) -> list[str]:
        return [each.code for each in complaints(text)]

    assert codes(" " * (limits.DEFAULT.source + 1)) == ["source-too-long"]
    assert codes(f"let a = {'1' * (limits.DEFAULT.number + 1)}") == ["number-too-long"]
    assert codes(f"let a = 0.{'1' * limits.DEFAULT.number}") == ["number-too-long"]
    assert codes(f"let {'a' * (limits.DEFAULT.name + 1)} = 1") == ["name-too-long"]
    assert codes(f"let a = b.{'a' * (limits.DEFAULT.name + 1)}") == ["name-too-long"]
    read(f"let {'a' * limits.DEFAULT.name} = {'1' * limits.DEFAULT.number}")


@given(BROKEN)
@settings(deadline=None)
def test_no_text_raises(text: str) -> None:
    """Every text is read or complained about, and every complaint stands inside it."""
    source = Source(text)
    diagnostics = Diagnostics()
    file = parse(source, diagnostics)
    assert file is not None or diagnostics.has_errors
    for each in diagnostics.sorted():
        assert 0 <= each.span.start <= each.span.end <= len(source.text)
        assert each.code in CODES


HOSTILE = [
    "#", "#\n", "\n", " \n", "\t", '"', "'", '"""', '\\"', "'''a", "(", "[", "{", "}", ")", "1_",
    "1_1_1_", "0", "9.", "..", "a.", "-", "not ", "not\n", "is #\n", "a+", "a<", "a if b else ",
    "a and ", "$", "“", "\u3000", "(\n", "{\n", "module M {\n", "let x = (\nlet ", "seq(for x in y {",
    "1e", "\0", "\ud800", "?", "x=", "a:=",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_takes_long(piece: str) -> None:
    """Time grows with the text and no faster: with its square it would be hours, whatever else the
    machine does."""
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    complaints(text)
    assert time.process_time() - started < 60
