"""Layout against black itself, and literals against the text that they stand for."""

from __future__ import annotations

import ast

import black
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netdsl.emit.layout import calls, lay_out, lay_out_or_black
from netdsl.emit.literals import comment, docstring, fstring, number, quote

PY = {black.TargetVersion.PY311}
MODE = black.Mode(target_versions=PY)
WIDE = black.Mode(target_versions=PY, line_length=100_000)

_NAMES = st.sampled_from(["x", "self.block", "nn.Linear", "hidden_channels", "torch.cat", "d"])
_LEAVES = _NAMES | st.sampled_from(["1", "0.02", '"text"', "'say \"hi\"'", 'f"layer {i}"', "None"])


def _joined(
    inner: st.SearchStrategy[str], by: str, least: int, most: int
) -> st.SearchStrategy[str]:
    return st.lists(inner, min_size=least, max_size=most).map(by.join)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arguments = _joined(inner | inner.map("k={}".format), ", ", 0, 4)
    return st.one_of(
        st.builds("{}({})".format, _NAMES, arguments),
        st.builds("{}({}).view({}).t()".format, _NAMES, inner, inner),
        st.builds("{}[{}, 1:]".format, _NAMES, inner),
        _joined(inner, ", ", 2, 4).map("[{}]".format),
        _joined(inner, ", ", 2, 4).map("({})".format),
        st.builds("{{{}: {}}}".format, inner, inner),
        st.builds("[{} for i in {}]".format, inner, inner.map("f({})".format)),
        _joined(inner, " + ", 2, 4).map("({})".format),
        _joined(inner, " and ", 2, 3).map("({})".format),
        st.builds("g({} if {} else {}, 1)".format, inner, inner, inner),
        st.builds("h(lambda x, y: {})".format, inner),
        st.builds("({} ** {})".format, inner, inner),
    )


EXPRESSIONS = st.recursive(_LEAVES, _grown, max_leaves=12)
STATEMENTS = st.one_of(
    st.builds("{} = {}".format, _NAMES, EXPRESSIONS),
    st.builds("x, y = {}".format, EXPRESSIONS),
    st.builds("x += {}".format, EXPRESSIONS),
    st.builds("x: dict[str, int] = {}".format, EXPRESSIONS),
    st.builds("return {}".format, EXPRESSIONS),
    st.builds("return {} == {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("assert {}, {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("if {}:".format, EXPRESSIONS),
    st.builds("for i, j in {}:".format, EXPRESSIONS),
    st.builds("def f(self, a: int | None = {}, *, b: Tensor) -> Tensor:".format, EXPRESSIONS),
    _joined(st.sampled_from(["OrderedDict", "accumulate", "long_helper as h"]), ", ", 1, 8).map(
        "from package.of.things import {}".format
    ),
)


def _called(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arguments = _joined(inner | inner.map("k={}".format), ", ", 1, 5)
    return st.builds("{}({})".format, _NAMES, arguments)


_ARGUMENTS = st.recursive(
    _LEAVES | st.sampled_from(["x if y else z", "2 * d", "x.size(1)", "()", "-1"]),
    lambda inner: (
        _called(inner)
        | _joined(inner, ", ", 1, 5).map("[{}]".format)
        | _joined(inner, ", ", 2, 3).map("({})".format)
    ),
    max_leaves=12,
)
CALLS = st.builds(
    "{}{}".format, st.sampled_from(["", "return ", "self.layers = "]), _called(_ARGUMENTS)
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(STATEMENTS, st.integers(0, 6))
def test_lay_out_is_black(statement: str, depth: int) -> None:
    _check_layout(statement, depth)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(CALLS, st.integers(0, 6))
def test_calls_are_laid_out_as_by_black(statement: str, depth: int) -> None:
    _check_layout(statement, depth)


def _check_layout(statement: str, depth: int) -> None:
    body = "\n    pass" if statement.endswith(":") else ""
    canonical = black.format_str(statement + body + "\n", mode=WIDE).split("\n")[0]
    indent = 4 * depth
    blocks = [" " * (4 * at) + "if x:" for at in range(depth)]
    shifted = [" " * indent + each for each in (canonical + body).split("\n")]
    expected = black.format_str("\n".join([*blocks, *shifted]) + "\n", mode=MODE)
    lines = [each for each in expected.split("\n") if each][depth:]
    assert lay_out(canonical, indent) == "\n".join(lines[:-1] if body else lines)


def test_one_call_needs_no_look_at_its_leaves() -> None:
    line = 'return nn.Sequential(OrderedDict([("first", nn.Linear(d, d)), ("act", nn.ReLU())]))'
    found = calls.cut(line, 4, 60)
    assert found is not None and "\n".join(found) == lay_out(line, 4, 60)
    assert calls.cut("x = first(1) + second(2, 3)", 0, 20) is None


@pytest.mark.parametrize("line", ["x = yield_from", "x = 1", "f(a)"])
def test_short_lines_stay(line: str) -> None:
    assert lay_out_or_black(line, 8) == (" " * 8 + line, False)


def test_unknown_constructs_fall_back_and_are_counted() -> None:
    text, by_black = lay_out_or_black("x = (" + "yield " + "a" * 90 + ")", 0)
    assert by_black
    ast.parse(text)


TEXT = st.text(st.characters() | st.sampled_from("\"'\\{}\n\t#N"), max_size=60)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(TEXT)
def test_quote(text: str) -> None:
    literal = quote(text)
    assert ast.literal_eval(literal) == text
    assert black.format_str(f"x = {literal}\n", mode=WIDE) == f"x = {literal}\n"


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(TEXT | st.sampled_from([("expr", "x"), ("expr", 'd["k"]')]), max_size=4))
def test_fstring(parts: list[str | tuple[str, str]]) -> None:
    values = {"x": 7, "d": {"k": "v"}}
    expected = "".join(p if isinstance(p, str) else str(eval(p[1], values)) for p in parts)
    assert eval(fstring(parts), values) == expected  # type: ignore[arg-type]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(TEXT | st.lists(TEXT, max_size=4).map('"""'.join), st.sampled_from([4, 8]))
def test_docstring(text: str, indent: int) -> None:
    literal = docstring(text, indent)
    assert bool(literal) == bool(text.strip()) or not literal
    if not literal:
        return
    head = "def f():\n" if indent == 4 else "class A:\n    def f():\n"
    module = head + literal + "\n"
    tree = ast.parse(module)
    function = tree.body[0] if indent == 4 else tree.body[0].body[0]  # type: ignore[attr-defined]
    assert isinstance(function, ast.FunctionDef) and len(function.body) == 1
    found = ast.get_docstring(function) or ""
    assert "".join(found.split()) == "".join(text.split())
    assert black.format_str(module, mode=MODE) == module


@settings(max_examples=200, deadline=None, derandomize=True)
@given(TEXT | st.sampled_from(["fmt: off", "coding=utf-7", "encoding: x", "type: ignore", "\x0c"]))
def test_comment(text: str) -> None:
    line = comment(text)
    assert ast.dump(ast.parse(line + "\nx = 1")) == ast.dump(ast.parse("\nx = 1"))
    assert black.format_str(f"{line}\nx  =  1\n", mode=MODE) == f"{line}\nx = 1\n"


@pytest.mark.parametrize("text", ["1E+5", "1.", ".5", "0XfF", "1_000", "10J", "0B1", "1e-07"])
def test_number(text: str) -> None:
    assert ast.literal_eval(number(text)) == ast.literal_eval(text)
    assert black.format_str(f"x = {number(text)}\n", mode=MODE) == f"x = {number(text)}\n"
