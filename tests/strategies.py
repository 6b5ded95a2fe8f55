"""Hypothesis strategies for programs: text that is well-formed, whatever it means."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = st.sampled_from(
    ["a", "b", "x", "conv1", "relu", "linear", "seq", "init", "let", "param", "größe", "_", "d_in"]
)
NUMBERS = st.sampled_from(["0", "1", "42", "1_000", "0.5", ".5", "1.", "1e-5", "2.5E3"])
STRINGS = st.sampled_from(['"a"', "'b c'", '"{i + 1}"', r'"\n\x41"', '"""two\nlines"""', "''"])
CONSTANTS = st.sampled_from(["True", "False", "None", "..."])

_BINARY = st.sampled_from(["+", "-", "*", "/", "//", "%", "@", "**", "|", "&", "and", "or"])
_COMPARE = st.sampled_from(["==", "!=", "<", "<=", "in", "not in", "is", "is not"])
_UNARY = st.sampled_from(["-", "+", "~", "not "])

_ATOMS = NAMES | NUMBERS | STRINGS | CONSTANTS


def _bigger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions one level up. Every operand is in brackets, so that precedence never
    makes a text mean another tree or none."""
    grouped = inner.map(lambda text: f"({text})")
    operand = NAMES | NUMBERS.map(lambda text: f"({text})") | grouped
    items = st.lists(_items(inner), max_size=3).map(", ".join)
    return st.one_of(
        grouped,
        items.map(lambda text: f"[{text}]"),
        st.builds("{}({})".format, operand, items),
        st.builds("{}[{}]".format, operand, _subscripts(operand)),
        st.builds("{}.{}".format, operand, NAMES),
        st.builds("{} {} {}".format, operand, _BINARY, operand),
        st.builds("{} {} {} {} {}".format, operand, _COMPARE, operand, _COMPARE, operand),
        st.builds("({}{})".format, _UNARY, operand),
        st.builds("({} if {} else {})".format, operand, operand, operand),
        st.builds("({}, *{})".format, inner, operand),
        st.builds("({} ~ {} bias={}(std={}))".format, operand, NAMES, NAMES, NUMBERS),
        st.builds("({} {} {}={})".format, NAMES, operand, NAMES, operand),
        st.builds("({{{}: {}, **{}}})".format, operand, operand, operand),
    )


def _subscripts(operand: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    slices = st.builds("{}:{}:{}".format, operand | st.just(""), operand, operand | st.just(""))
    return st.lists(operand | slices | st.just(":"), min_size=1, max_size=3).map(", ".join)


def _items(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    grouped = inner.map(lambda text: f"({text})")
    return st.one_of(
        inner,
        st.builds("{} = {}".format, NAMES | STRINGS, inner),
        st.builds("*{}".format, grouped),
        st.builds("{} for {} in {} if {}".format, inner, NAMES, grouped, grouped),
        st.builds("for {}, {} in {} {{ {} }}".format, NAMES, NAMES, grouped, inner),
        st.builds("if {} {{ {} }} else {{ {}, }}".format, grouped, inner, inner),
    )


EXPRESSIONS = st.recursive(_ATOMS, _bigger, max_leaves=12)

_SHAPES = st.sampled_from(
    ["[B, T]", "[*S, 2 * d]?", "int[B]", "list[int]", "{a: [B], b: [B]?}", "([B], [])", "[B] | [T]"]
)


def _statements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Statements of a `def`; `inner` makes its blocks."""
    return st.one_of(
        st.builds("{} = ({})".format, NAMES, EXPRESSIONS),
        st.builds("y, z = {}, ({})".format, NAMES, EXPRESSIONS),
        st.builds("y: {} = ({})".format, _SHAPES, EXPRESSIONS),
        st.builds("y[0] += ({})".format, EXPRESSIONS),
        st.builds("return ({})".format, EXPRESSIONS),
        st.builds("assert ({}), {}".format, EXPRESSIONS, STRINGS),
        st.builds("for i in ({}) {{ {} }}".format, EXPRESSIONS, inner),
        st.builds("if ({}) {{ {} }} elif b {{ break }} else {{ }}".format, EXPRESSIONS, inner),
    )


_BLOCKS = st.recursive(
    st.just("continue"),
    lambda inner: st.lists(_statements(inner), max_size=3).map("; ".join),
    max_leaves=4,
)

_DECLARATIONS = st.one_of(
    st.builds('"{}" = ({})'.format, NAMES, EXPRESSIONS),
    st.builds("param w: {} ~ normal(std={})".format, _SHAPES, NUMBERS),
    st.builds("buffer b = ({})".format, EXPRESSIONS),
    st.builds("share s = ({})".format, EXPRESSIONS),
    st.builds("tie {}.w = {}[0].w".format, NAMES, NAMES),
    st.builds("freeze {}, a.b".format, NAMES),
    st.builds("init {} ~ {} bias=zeros".format, NAMES, NAMES),
    st.builds("def f(x: {}) -> {} {{ {} }}".format, _SHAPES, _SHAPES, _BLOCKS),
    st.builds("def f(x, *, k=1) = ({})".format, EXPRESSIONS),
    st.builds("if ({}) {{ a = b }} else {{ a = None }}".format, EXPRESSIONS),
)

FILE_STATEMENTS = st.one_of(
    st.builds("let {} = ({})".format, NAMES, EXPRESSIONS),
    st.builds("let f(a, b: int = ({})): {} -> {} = a".format, EXPRESSIONS, _SHAPES, _SHAPES),
    st.builds("let a, b = ({})".format, EXPRESSIONS),
    st.builds("record R(d=({})) {}".format, EXPRESSIONS, STRINGS),
    st.builds("module M(d, *rest) {} = ({})".format, STRINGS, EXPRESSIONS),
    st.lists(_DECLARATIONS, max_size=3).map(lambda found: f"module M {{ {'; '.join(found)} }}"),
    st.just('from "other.nd" import A as B, C'),
    st.builds("extern module a.b(p: int): {} as q".format, _SHAPES),
    st.builds("({})".format, EXPRESSIONS),
)

PROGRAMS = st.lists(FILE_STATEMENTS, max_size=4).map("\n".join)

BROKEN = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="()[]{}:;,=~+-*.\"'#ab1 \n", max_size=200),
    st.lists(
        NAMES | NUMBERS | STRINGS | st.sampled_from(list("()[]{}:;,=~*-+.\n")), max_size=60
    ).map(" ".join),
)
"""Text that is hardly ever a program."""
