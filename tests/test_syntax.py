"""Text to tree: what is read, what is said of what cannot be read, and how long it takes."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings

from netdsl import diagnostics as diagnostics_module
from netdsl import limits
from netdsl.diagnostics import Diagnostic, Diagnostics
from netdsl.source import Source, Span
from netdsl.syntax import grammar, tree
from netdsl.syntax.parse import parse
from tests.strategies import BROKEN, EXPRESSIONS, PROGRAMS

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.nd"))

AT = Span(Source(""), 0, 0)


def read(text: str) -> tree.File:
    """The tree of a text that has neither errors nor warnings."""
    diagnostics = Diagnostics()
    file = parse(Source(text), diagnostics)
    assert diagnostics.sorted() == ()
    assert file is not None
    return file


def complaints(text: str) -> tuple[Diagnostic, ...]:
    diagnostics = Diagnostics()
    parse(Source(text), diagnostics)
    return diagnostics.sorted()


def value(text: str) -> tree.Expr:
    """The tree of an expression."""
    (statement,) = read(f"let x = {text}").statements
    assert isinstance(statement, tree.Let)
    return statement.value


def body(text: str) -> tuple[tree.Declaration, ...]:
    """The declarations of a module's body."""
    (statement,) = read(f"module M {{\n{text}\n}}").statements
    assert isinstance(statement, tree.Module)
    assert statement.body is not None
    return statement.body


def block(text: str) -> tuple[tree.Statement, ...]:
    """The statements of a `def`."""
    (statement,) = read(f"def f() {{\n{text}\n}}").statements
    assert isinstance(statement, tree.Def)
    return statement.body


def name(text: str) -> tree.Name:
    return tree.Name(text, span=AT)


def number(given: float, text: str = "") -> tree.Number:
    return tree.Number(given, text or str(given), span=AT)


def string(text: str) -> tree.String:
    return tree.String(text, span=AT)


def item(given: tree.Expr, called: str | None = None) -> tree.Item:
    return tree.Item(name(called) if called else None, given, span=AT)


def binary(left: tree.Expr, op: str, right: tree.Expr) -> tree.Binary:
    return tree.Binary(op, left, right, span=AT)  # type: ignore[arg-type]


def call(func: tree.Expr, *items: tree.ItemLike) -> tree.Call:
    return tree.Call(func, items, span=AT)


A, B, C, D = (name(letter) for letter in "abcd")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", A),
        ("(a)", A),
        ("1_000", number(1000, "1_000")),
        (".5e-1", number(0.05, ".5e-1")),
        ("...", tree.Constant(..., span=AT)),
        ('"a\\tb\\x41\\u00e9\\N{bullet}\\\nc"', string("a\tbAé•c")),
        ("'''a\n\"b'''", string('a\n"b')),
        ("\ufb01t", name("fit")),
        ("a + b * c", binary(A, "+", binary(B, "*", C))),
        ("a - b - c", binary(binary(A, "-", B), "-", C)),
        ("-a ** b", tree.Unary("-", binary(A, "**", B), span=AT)),
        ("not a and b", tree.Logical("and", tree.Unary("not", A, span=AT), B, span=AT)),
        ("a < b not in c is not d", tree.Compare(A, (("<", B), ("not in", C), ("is not", D)), span=AT)),
        ("(a < b) < c", tree.Compare(tree.Compare(A, (("<", B),), span=AT), (("<", C),), span=AT)),
        ("a if b else c", tree.Ternary(B, A, C, span=AT)),
        ("(a, *b)", tree.Tuple((A, tree.Splice(B, span=AT)), span=AT)),
        ("()", tree.Tuple((), span=AT)),
        ("a.b.c", tree.Attribute(tree.Attribute(A, "b", span=AT), "c", span=AT)),
        ("a(b, c=d)", call(A, item(B), item(D, "c"))),
        ("a b c=d", call(A, item(B), item(D, "c"))),
        ("a b(c) [d] (a + b)", call(A, item(call(B, item(C))), item(tree.List((item(D),), span=AT)),
                                    item(binary(A, "+", B)))),
        ("a b=-1", call(A, item(tree.Unary("-", number(1), span=AT), "b"))),
        ("a[b, :c]", tree.Index(A, (B, tree.Slice(None, C, None, span=AT)), span=AT)),
        ("a[b,]", tree.Index(A, (B,), trailing=True, span=AT)),
        ("({a: b, **c})", tree.Dict((tree.Pair(A, B, span=AT), tree.Spread(C, span=AT)), span=AT)),
        (
            "a b ~ c d=a(b)",
            tree.Initialised(
                call(A, item(B)),
                tree.Inits(
                    tree.InitCall(C, None, span=AT),
                    (tree.InitKeyword("d", tree.InitCall(A, (item(B),), span=AT), span=AT),),
                    span=AT,
                ),
                span=AT,
            ),
        ),
        (
            '["a{b}" = c for b in d if a if b]',
            tree.List(
                (tree.Item(string("a{b}"), C, (tree.Clause(B, D, (A, B), span=AT),), span=AT),),
                span=AT,
            ),
        ),
        (
            "a(for b, (c, _) in d { *a }, if a { b } elif c { d } else { a })",
            call(
                A,
                tree.ForItems(
                    tree.Tuple((B, tree.Tuple((C, name("_")), span=AT)), span=AT),
                    D,
                    (tree.Splice(A, span=AT),),
                    span=AT,
                ),
                tree.IfItems(((A, (item(B),)), (C, (item(D),))), (item(A),), span=AT),
            ),
        ),
    ],
)  # fmt: skip
def test_expressions(text: str, expected: tree.Expr) -> None:
    assert value(text) == expected


def tensor(*dims: tree.Expr) -> tree.NamedType:
    return tree.NamedType(None, dims, span=AT)


def test_file_statements() -> None:
    file = read(
        'from "o.nd" import a as b, c\n'
        "extern module a.b(c: int): [] -> [] as d\n"
        "extern def a.b() -> [a] as d; extern let a.b(*c)\n"
        'record a(b=1) "doc"\n'
        'let a(*, b: list[int]? = c) "doc" = d\n'
        "let a, b = c\n"
        "module a(b): {c: [*d]} = a { b = c }\n"
        "def a(b: [c] | ([], [d])) = b, c\n"
        "a b"
    )
    optional = tree.OptionalType(tree.NamedType("list", (name("int"),), span=AT), span=AT)
    path = tree.Attribute(A, "b", span=AT)
    union = tree.UnionType(
        (tensor(C), tree.TupleType((tensor(), tensor(D)), span=AT)), span=AT
    )  # fmt: skip
    starred = tree.NamedType(None, (tree.AnyDims("d", span=AT),), span=AT)
    assert file.statements == (
        tree.Import(string("o.nd"), ((A, B), (C, None)), span=AT),
        tree.Extern(
            "module", path, (tree.Parameter(C, tree.NamedType("int", None, span=AT), None, span=AT),),
            tree.Annotation(tensor(), tensor(), span=AT), None, D, span=AT,
        ),
        tree.Extern("def", path, (), None, tensor(A), D, span=AT),
        tree.Extern("let", path, (tree.VariadicParameter(C, span=AT),), None, None, None, span=AT),
        tree.Record(A, (tree.Parameter(B, None, number(1), span=AT),), string("doc"), span=AT),
        tree.Let(
            A, (tree.KeywordOnlyMarker(span=AT), tree.Parameter(B, optional, C, span=AT)), None,
            string("doc"), D, span=AT,
        ),
        tree.LetUnpack((A, B), C, span=AT),
        tree.Module(
            A, (tree.Parameter(B, None, None, span=AT),),
            tree.Annotation(tree.DictType((("c", starred),), span=AT), None, span=AT), None, A,
            (tree.Child(B, C, span=AT),), span=AT,
        ),
        tree.Def(
            A, (tree.Parameter(B, union, None, span=AT),), None, None,
            (tree.Return(tree.Tuple((B, C), span=AT), span=AT),), one_line=True, span=AT,
        ),
        tree.Net(call(A, item(B)), span=AT),
    )  # fmt: skip


def test_declarations() -> None:
    found = body(
        '"init" = a; a = b\n'
        "param a: [b] ~ c(d); param a = b\n"
        "buffer a: [b] = c; const a = b\n"
        "share a = b; tie a.b = c[0].d\n"
        "init a, b.c ~ d, c ~ d; freeze a\n"
        'let a = b; assert a, "b"\n'
        "for a in b { c = d }\n"
        "if a { } elif b { c = d } else { c = a }\n"
        "def a() { }"
    )
    indexed = tree.Index(C, (number(0),), span=AT)
    scheme = tree.InitCall(C, (item(D),), span=AT)
    plain = tree.Inits(tree.InitCall(D, None, span=AT), (), span=AT)
    child = tree.Child(C, D, span=AT)
    assert found == (
        tree.Child(string("init"), A, span=AT),
        tree.Child(A, B, span=AT),
        tree.ParamDecl(A, tensor(B), scheme, None, span=AT),
        tree.ParamDecl(A, None, None, B, span=AT),
        tree.BufferDecl(A, tensor(B), C, saved=True, span=AT),
        tree.BufferDecl(A, None, B, saved=False, span=AT),
        tree.Share(A, B, span=AT),
        tree.Tie(tree.Attribute(A, "b", span=AT), tree.Attribute(indexed, "d", span=AT), span=AT),
        tree.InitRule(
            (
                tree.InitClause((A, tree.Attribute(B, "c", span=AT)), plain, span=AT),
                tree.InitClause((C,), plain, span=AT),
            ),
            span=AT,
        ),
        tree.Freeze((A,), span=AT),
        tree.Let(A, None, None, None, B, span=AT),
        tree.Assert(A, string("b"), span=AT),
        tree.DeclFor(A, B, (child,), span=AT),
        tree.DeclIf(((A, ()), (B, (child,))), (tree.Child(C, A, span=AT),), span=AT),
        tree.Def(A, (), None, None, (), span=AT),
    )


def test_statements() -> None:
    found = block(
        "a, b = c, d; a[b] = c; a: [b] = c; a //= b\n"
        "a(b); return; return a, b\n"
        "assert a; break; continue\n"
        "for a, b in c { a = b }; while a { }\n"
        "if a { b = c } else { }"
    )
    assign = tree.Assign(A, B, span=AT)
    assert found == (
        tree.Assign(tree.Tuple((A, B), span=AT), tree.Tuple((C, D), span=AT), span=AT),
        tree.Assign(tree.Index(A, (B,), span=AT), C, span=AT),
        tree.AnnotatedAssign(A, tensor(B), C, span=AT),
        tree.AugAssign(A, "//=", B, span=AT),
        tree.ExprStatement(call(A, item(B)), span=AT),
        tree.Return(None, span=AT),
        tree.Return(tree.Tuple((A, B), span=AT), span=AT),
        tree.Assert(A, None, span=AT),
        tree.Break(span=AT),
        tree.Continue(span=AT),
        tree.For(tree.Tuple((A, B), span=AT), C, (assign,), span=AT),
        tree.While(A, (), span=AT),
        tree.If(((A, (tree.Assign(B, C, span=AT),)),), (), span=AT),
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("let a = 1\nlet b = 2", 2),
        ("let a = 1;let b = 2;;", 2),
        ("let a =\n\n  1", 1),
        ("let a = 1 +\n# why\n 1", 1),
        ("let a = seq(\nb\n,\nc)", 1),
        ("let a = b if c\nelse d", 1),
        ("let a = b\n# why\n  ~ c", 1),
        ("let a = b\n  .c", 1),
        ("let a = [1\n]\nlet as_ = 1\nlet in_ = 2", 3),
        ("\n\n# only\n\n", 0),
        ("", 0),
        ("let a = 1\r\nlet b = 2\rlet c = 3", 3),
        ("\ufefflet a = 1", 1),
        ("module M\n{\n}\nmodule N {}", 2),
    ],
)
def test_lines(text: str, count: int) -> None:
    assert len(read(text).statements) == count


def test_one_line_and_many_lines_are_the_same_program() -> None:
    lines = "module M {\n  a = b c\n  def f(x) {\n    y = x\n    return y\n  }\n}\nM"
    line = "module M { a = b c; def f(x) { y = x; return y }; }; M"
    assert read(lines) == read(line)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("let x = f(a)[b].c", ["f(a)[b].c", "f(a)[b]", "f(a)", "f", "a", "b"]),
        ("let x = (a + b).c", ["(a + b).c", "a + b", "a", "b"]),
        ("let x = (a) * (b)", ["(a) * (b)", "a", "b"]),
        ("let x = f (a) [b]", ["f (a) [b]", "f", "a", "[b]", "b"]),
        ("let x = (a, b,)", ["(a, b,)", "a", "b"]),
    ],
)
def test_spans(text: str, spans: list[str]) -> None:
    (statement,) = read(text).statements
    assert isinstance(statement, tree.Let)
    found = [node.span.text for node in expressions(statement.value)]
    assert sorted(found) == sorted(spans)
    assert statement.span.text == text


def test_the_name_of_an_attribute_has_its_own_span() -> None:
    attribute = value("(a).\ufb01t")
    assert isinstance(attribute, tree.Attribute)
    assert attribute.name == "fit"
    assert attribute.name_span.text == "\ufb01t"


def below(node: object) -> list[tree.Node]:
    """Every node under another, itself included."""
    if isinstance(node, tuple):
        return [found for each in node for found in below(each)]
    if not isinstance(node, tree.Node):
        return []
    fields = [getattr(node, each) for each in node.__dataclass_fields__ if each != "span"]
    return [node, *below(tuple(fields))]


def expressions(node: tree.Node) -> list[tree.Expr]:
    return [each for each in below(node) if isinstance(each, get_args(tree.Expr))]


@given(PROGRAMS)
@settings(deadline=None)
def test_well_formed_programs_are_read(text: str) -> None:
    """Whatever it means, every expression's text means the same when it stands alone."""
    found = complaints(text)
    assert [each.code for each in found] == []
    for expression in expressions(read(text)):
        if not in_a_path(expression):
            assert value(f"({expression.span.text})") == expression


def in_a_path(expression: tree.Expr) -> bool:
    """Whether a text is an ellipsis, whose dots mean something else after a number."""
    return isinstance(expression, tree.Constant) and expression.value is ...


@given(EXPRESSIONS)
@settings(deadline=None)
def test_brackets_and_comments_change_nothing(text: str) -> None:
    assert value(f"(  # why\n  ({text})\n)") == value(text)


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


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    file = read(text)
    for expression in expressions(file):
        assert value(f"({expression.span.text})") == expression


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_that_is_cut_off_is_an_error(path: Path) -> None:
    """Cut in the middle of its last line of code, nothing is quietly shorter."""
    text = path.read_text(encoding="utf-8").rstrip()
    cut = text[: text.rindex("=") + 1] if "=" in text else text[:-1]
    assert any(each.severity == "error" for each in complaints(cut))


def test_threads_do_not_disturb_each_other() -> None:
    texts = [f"let a{k} = f(b{k}, ({k} + c)) # {k}\n" * 50 for k in range(8)]
    alone = [read(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            assert list(pool.map(read, texts)) == alone


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
