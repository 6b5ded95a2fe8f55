"""Text to tree: what is read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings

from netdsl.source import Source, Span
from netdsl.syntax import tree
from tests.reading import block, body, complaints, expressions, read, value
from tests.strategies import EXPRESSIONS, PROGRAMS

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.nd"))

AT = Span(Source(""), 0, 0)


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
