"""Trees as JSON: written as the schema says, and read back; what is no tree is refused."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

import netdsl
from netdsl import limits
from netdsl.diagnostics import Diagnostics
from netdsl.source import Source
from netdsl.syntax import tree, visit
from netdsl.syntax.parse import parse
from netdsl.syntax.tree_json import from_json, schema, to_json
from netdsl.syntax.visit import expression, make
from tests.strategies import PROGRAMS
from tests.test_tree import file_of, texts


@cache
def validator() -> Any:
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def valid(file: tree.File, spans: bool = False) -> None:
    validator().validate(json.loads(json.dumps(to_json(file, spans=spans))))


def round_trip(file: tree.File, source: Source | None = None) -> None:
    data = json.loads(json.dumps(to_json(file, spans=source is not None)))
    back = from_json(data, source=source)
    assert back == file and _typed(back) == _typed(file)
    if source is not None:
        for one, other in zip(visit.walk(file), visit.walk(back), strict=True):
            assert one.span[1:] == other.span[1:] and other.span.source is source


def _typed(node: tree.Node) -> list[type]:
    """What equality overlooks: `1 == 1.0 == True`."""
    leaves = (tree.Number, tree.Constant)
    return [type(each.value) for each in visit.walk(node) if isinstance(each, leaves)]


EXAMPLES = [each for each in texts() if each.id.startswith(("examples", "netdsl"))]


@pytest.mark.parametrize("path", EXAMPLES)
def test_every_example_is_written_as_the_schema_says(path: Path) -> None:
    file = file_of(path)
    assert file is not None
    valid(file, spans=True)


@pytest.mark.parametrize("path", texts())
def test_every_program_is_written_and_read_back(path: Path) -> None:
    file = file_of(path)
    if file is None:
        with pytest.raises(netdsl.CompileError):
            netdsl.parse(path.read_text(encoding="utf-8"))
        return
    round_trip(file)
    round_trip(file, file.span.source)


@given(PROGRAMS)
def test_generated_programs_are_written_as_the_schema_says_and_read_back(text: str) -> None:
    diagnostics = Diagnostics()
    file = parse(Source(text), diagnostics)
    if file is not None and not diagnostics.has_errors:
        valid(file)
        round_trip(file)


def test_every_class_of_node_is_met_by_these_tests() -> None:
    files = [file_of(each.values[0]) for each in texts()]
    met = {type(node).__name__ for file in files if file for node in visit.walk(file)}
    assert met == set(visit.NODES)
    assert set(schema()["$defs"]) > set(visit.NODES)


def test_how_a_call_was_written_is_kept() -> None:
    for text, juxtaposed in (("linear 4 8", True), ("linear(4, 8)", False)):
        back = from_json(to_json(expression(text)))
        assert isinstance(back, tree.Call) and back.juxtaposed is juxtaposed


def changed(data: Any, path: visit.Path, value: Any) -> Any:
    """JSON with another value at a place."""
    whole = copy.deepcopy(data)
    here = whole
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return whole


CALL = ("statements", 0, "value")
BAD: list[tuple[str, visit.Path, Any, str]] = [
    ("f(1)", ("statements", 0, "node"), "Nett", "statements[0]: there is no node called 'Nett'"),
    ("f(1)", ("statements", 0, "node"), None, "statements[0]: there is no node called null"),
    ("f(1)", ("statements", 0), 7, "statements[0]: 7 is no node"),
    ("f(1)", ("statements",), {}, "statements: an object is no list"),
    ("f(1)", ("statements",), "abc", "statements: 'abc' is no list"),
    ("f(1)", ("node",), "Node", "the tree: there is no node called 'Node'"),
    ("f(1)", ("node",), "Resolved", "the tree: there is no node called 'Resolved'"),
    ("f(1)", ("more",), 1, "the tree: File has no 'more'"),
    ("f(1)", (*CALL, "func"), None, "statements[0].value.func: null is no node"),
    ("f(1)", (*CALL, "func", "id"), 3, "statements[0].value.func.id: 3 is no text"),
    ("f(1)", (*CALL, "func", "id"), "a b", "statements[0].value.func.id: 'a b' is no name"),
    ("f(1)", (*CALL, "func", "id"), "if", "statements[0].value.func.id: 'if' is no name"),
    ("f(1)", (*CALL, "func", "id"), "\ufb01", "is no name"),
    ("f(1)", (*CALL, "juxtaposed"), 1, "statements[0].value.juxtaposed: 1 is no truth value"),
    ("f(1)", (*CALL, "items", 0, "value", "text"), "2", "value.text: '2' is not 1"),
    ("f(1)", (*CALL, "items", 0, "value", "text"), "1 ", "value.text: '1 ' is no number"),
    ("f(1)", (*CALL, "items", 0, "value", "value"), True, "value.value: True is no number"),
    ("f(1)", (*CALL, "items", 0, "value", "value"), float("nan"), "'1' is not nan"),
    ("a + b", (*CALL, "op"), "^", "statements[0].value.op: '^' is none of +, -"),
    ("a + b", (*CALL, "op"), ["+"], "statements[0].value.op: a list is none of +, -"),
    ("a < b", (*CALL, "rest", 0, 0), "=", "statements[0].value.rest[0][0]: '=' is none of"),
    ("a < b", (*CALL, "rest", 0), ["<"], "statements[0].value.rest[0]: 1 elements, not 2"),
    ("f('a')", (*CALL, "items", 0, "value", "value"), "\ud800", "half a character"),
    ("f(1)", (*CALL, "items", 0, "node"), "Pair", "items[0]: a Pair cannot stand here"),
    ("f(None)", (*CALL, "items", 0, "value", "value"), "None", "'None' is no truth value"),
    ("def f(x) { x += 1 }", ("statements", 0, "body", 0, "op"), "=", "body[0].op: '=' is none of"),
    ("f(1)", ("span",), [4], "span: a list is no pair of offsets"),
    ("f(1)", ("span",), [4, 2], "span: a list is no place in the text"),
    ("f(1)", ("span",), ["0", 2], "span: a list is no pair of offsets"),
]  # fmt: skip
LOOSE = (
    "is no name",
    "is not 1",
    "'1' is not",
    "'1 ' is no number",
    "is none of ==",
    "half",
    "no place",
    "is none of %=",
)
"""What the schema cannot say: which texts are names, what a number means, how spans lie."""


@pytest.mark.parametrize(("text", "path", "value", "message"), BAD)
def test_bad_json_is_refused_with_the_place(
    text: str, path: visit.Path, value: Any, message: str
) -> None:
    data = changed(to_json(netdsl.parse(text)), path, value)
    with pytest.raises(ValueError) as caught:
        from_json(data)
    assert message in str(caught.value)
    if not any(each in str(caught.value) for each in LOOSE):
        assert not validator().is_valid(data)


@pytest.mark.parametrize("data", [None, 3, "File", [], {}, {"node": []}])
def test_json_that_is_no_tree_at_all_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="the tree: "):
        from_json(data)


def test_what_is_absent_has_its_default_or_is_said_to_lack() -> None:
    data = {"node": "Call", "func": {"node": "Name", "id": "f"}, "items": []}
    assert from_json(data) == expression("f()")
    del data["items"]
    with pytest.raises(ValueError, match="the tree: Call lacks 'items'"):
        from_json(data)


def test_json_that_is_deeper_than_programs_is_refused_and_not_followed() -> None:
    data: dict[str, Any] = {"node": "Name", "id": "x"}
    for _ in range(50 * limits.DEFAULT.nesting):
        data = {"node": "Unary", "op": "-", "operand": data}
    with pytest.raises(ValueError, match=f"deeper than {limits.DEFAULT.nesting} levels"):
        from_json(data)
    node: tree.Expr = make(tree.Name, "x")
    for _ in range(50 * limits.DEFAULT.nesting):
        node = make(tree.Unary, "-", node)
    with pytest.raises(ValueError, match=f"deeper than {limits.DEFAULT.nesting} levels"):
        to_json(node)


def test_the_deepest_program_that_is_read_is_written_and_read_back() -> None:
    text = "not " * (limits.DEFAULT.nesting - 2) + "x"
    file = netdsl.parse(f"let a = {text}")
    round_trip(file)
    with pytest.raises(netdsl.CompileError, match="nested-too-deeply"):
        netdsl.parse(f"let a = not {text}")


def test_another_tool_may_write_a_whole_number_for_a_float() -> None:
    data = {"node": "Number", "value": 1, "text": "1.0"}
    found = from_json(data)
    assert isinstance(found, tree.Number) and type(found.value) is float


def test_what_no_program_holds_is_not_written() -> None:
    resolved = tree.Resolved(span=visit.NOWHERE)
    with pytest.raises(ValueError, match=r"func: Resolved is no node"):
        to_json(make(tree.Call, resolved, ()))


def test_spans_that_lie_outside_of_the_text_are_refused() -> None:
    source = Source("relu")
    data = to_json(netdsl.parse("relu"), spans=True)
    assert from_json(data, source=source).span.text == "relu"
    with pytest.raises(ValueError, match="no place in the text"):
        from_json(data, source=Source("rel"))


def test_the_groups_of_the_schema_are_those_of_the_tree() -> None:
    definitions = schema()["$defs"]
    for group in ("Expr", "Statement", "Declaration", "FileStatement", "ItemLike", "TypeExpr"):
        names = {each["$ref"].rpartition("/")[2] for each in definitions[group]["anyOf"]}
        written = {each.__name__ for each in get_args(getattr(tree, group))}
        assert names == written - {"Resolved"}


def test_the_schema_is_the_same_each_time_and_plain_json() -> None:
    assert json.loads(json.dumps(schema())) == schema()
