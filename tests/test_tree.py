"""Trees as other tools use them: walked, changed and built."""

from __future__ import annotations

import copy
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import netdsl
from netdsl.diagnostics import Diagnostics
from netdsl.source import Source
from netdsl.syntax import tree, visit
from netdsl.syntax.parse import parse
from netdsl.syntax.visit import expression, item, make, number
from tests.generated import ROOT

PROGRAM = """module Block(d, p=0.1) "A block." {
  fc = linear d (4 * d)
  if p > 0 { drop = dropout p } elif p < 0 { drop = relu } else { drop = identity }
  def forward(x: [B, d]) -> {out: [B, d]?, rest: list[tensor]} {
    y, z = fc(x), x[..., 1:, None]
    y[0] += -1.5e3 if z is not None and 0 < d <= 8 else 2
    return {"out": y, "rest": [z, *[y for _ in range(3) if d]]}
  }
}
let net: [B, 8] -> [B, 32] = seq(a = linear 8 32 ~ normal(std=0.02) bias=zeros, relu)
"""


def statement(text: str) -> tree.Node:
    (found,) = netdsl.parse(text).statements
    return found


def texts() -> list[Any]:
    """Every program of the repository that can be read."""
    folders = (ROOT / "examples", ROOT / "tests" / "cases", ROOT / "netdsl" / "prelude")
    found = sorted(path for folder in folders for path in folder.rglob("*.nd"))
    assert len(found) > 100
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in found]


@cache
def file_of(path: Path) -> tree.File | None:
    diagnostics = Diagnostics()
    file = parse(Source(path.read_text(encoding="utf-8"), path.name), diagnostics)
    return None if diagnostics.has_errors else file


# ---- equality and building ----------------------------------------------------


def test_trees_are_equal_that_say_the_same_in_other_places() -> None:
    one, other = netdsl.parse(PROGRAM), netdsl.parse(f"# a remark\n\n{PROGRAM}", name="other.nd")
    assert one == other and hash(one) == hash(other)
    assert one.statements[0].span != other.statements[0].span
    assert netdsl.parse("linear 4 8") == netdsl.parse("linear(4, (8))")
    assert netdsl.parse("linear 4 8") != netdsl.parse("linear 8 4")


def test_a_tree_built_by_hand_equals_the_one_that_is_read() -> None:
    name = make(tree.Name, "linear")
    built = make(tree.Call, name, (item(number(4)), item(number(0.5)), item(number(-1), "k")))
    assert built == expression("linear 4 0.5 k=-1")
    assert all(each.span == visit.NOWHERE for each in visit.walk(built))
    assert built.span.text == "" and make(tree.Attribute, name, "eps").name_span.text == ""


def test_a_node_keeps_its_place_when_its_fields_are_replaced() -> None:
    found = expression("linear 4 8")
    assert isinstance(found, tree.Call)
    wider = replace(found, items=found.items[:1])
    assert wider == expression("linear 4") and wider.span is found.span


@pytest.mark.parametrize("value", [0, 7, 10**90, 0.5, 1e-9, 1.5e300, -3, -0.25])
def test_a_number_is_written_as_programs_have_it(value: float) -> None:
    found = number(value)
    text = found.text if isinstance(found, tree.Number) else f"-{found.operand.text}"  # type: ignore[union-attr]
    assert expression(text) == found
    assert type(eval(text)) is type(value) and eval(text) == value


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_what_no_program_can_say_is_no_number(value: float) -> None:
    with pytest.raises(ValueError, match="no number"):
        number(value)


@pytest.mark.parametrize("text", ["linear (", "relu\nlet b = 2", "", "def f() = 1", "relu; relu"])
def test_a_text_that_is_not_one_expression_is_refused(text: str) -> None:
    with pytest.raises(netdsl.CompileError):
        expression(text)


# ---- walking ------------------------------------------------------------------


def test_a_walk_meets_every_node_from_above_in_the_order_of_fields() -> None:
    found = expression("f(a, b=[c, *d])[e : g](h.i if j else {k: l})")
    names = [each.id for each in visit.walk(found) if isinstance(each, tree.Name)]
    assert names == ["f", "a", "b", "c", "d", "e", "g", "j", "h", "k", "l"]
    assert next(visit.walk(found)) is found


def test_a_path_leads_to_its_node_and_through_its_parents() -> None:
    file = netdsl.parse(PROGRAM)
    seen = list(visit.paths(file))
    assert [node for _, node in seen] == list(visit.walk(file))
    for path, node in seen:
        assert visit.at(file, path) is node
        above = visit.parents(file, path)
        assert len(above) == 0 if node is file else above[0] is file
        if above:
            assert any(node is each for each in _children(above[-1]))
    (drop,) = (path for path, node in seen if node == statement_of("drop = identity"))
    assert visit.shown(drop) == "statements[0].body[1].otherwise[0]"


def statement_of(text: str) -> tree.Node:
    module = statement(f"module M {{ {text} }}")
    assert isinstance(module, tree.Module) and module.body
    return module.body[0]


def _children(node: tree.Node) -> list[tree.Node]:
    """The nodes right below one."""
    waiting = [getattr(node, each.name) for each in fields(node) if each.name != "span"]
    found = []
    while waiting:
        here = waiting.pop()
        if isinstance(here, tree.Node):
            found.append(here)
        elif isinstance(here, tuple):
            waiting += here
    return found


@pytest.mark.parametrize(
    "path", [("nothing",), ("statements", 9), ("statements",), (0,), ("span",)]
)
def test_a_path_that_leads_to_no_node_says_so(path: visit.Path) -> None:
    with pytest.raises(LookupError, match="leads to no"):
        visit.at(netdsl.parse(PROGRAM), path)


def test_a_visitor_has_a_method_for_some_nodes_and_goes_on_below_if_told() -> None:
    class Calls(visit.Visitor):
        def __init__(self) -> None:
            self.called: list[str] = []

        def visit_Call(self, node: tree.Call) -> None:
            assert isinstance(node.func, tree.Name)
            self.called.append(node.func.id)
            if node.func.id != "skip":
                self.below(node)

    calls = Calls()
    calls.visit(netdsl.parse("seq(linear 1 2, skip(relu(3)), [tanh(4)])"))
    assert calls.called == ["seq", "linear", "skip", "tanh"]


@pytest.mark.parametrize("base", [visit.Visitor, visit.Transformer])
def test_a_method_for_a_node_that_there_is_not_is_a_mistake(base: type) -> None:
    with pytest.raises(TypeError, match="no node called Calls"):
        type("Wrong", (base,), {"visit_Calls": lambda self, node: node})


# ---- changing -----------------------------------------------------------------


class Double(visit.Transformer):
    def visit_Number(self, node: tree.Number) -> tree.Node:
        return number(2 * node.value)


def test_a_transformer_makes_another_tree_and_keeps_what_it_does_not_change() -> None:
    file = netdsl.parse("let a = f(1, [x])\nlet b = seq(relu)")
    before = copy.deepcopy(file)
    changed = Double().change(file)
    assert changed == netdsl.parse("let a = f(2, [x])\nlet b = seq(relu)") and file == before
    assert changed.statements[1] is file.statements[1]
    assert changed.statements[0].span is file.statements[0].span
    assert visit.Transformer().change(file) is file


class Edit(visit.Transformer):
    """What stands where a name does: by the name."""

    def __init__(self, **by_name: visit.Change) -> None:
        self.by_name = by_name

    def visit_Item(self, node: tree.Item) -> visit.Change:
        if isinstance(node.value, tree.Name) and node.value.id in self.by_name:
            return self.by_name[node.value.id]
        return self.below(node)

    def visit_Name(self, node: tree.Name) -> visit.Change:
        return self.by_name.get(node.id, node)


def test_in_a_list_a_node_becomes_none_or_several() -> None:
    twice = (item(expression("p")), item(expression("q")))
    found = Edit(a=None, b=twice).change(expression("seq(a, b, [c, a], relu)"))
    assert found == expression("seq(p, q, [c], relu)")


def test_what_may_be_absent_becomes_absent() -> None:
    assert Edit(a=None).change(expression("x[a:b]")) == expression("x[:b]")


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("f(x=a + b)", None),
        ("f(x=a + b)", (expression("c"), expression("d"))),
        ("[k if a else c]", None),
        ("0 < a < 2", None),
    ],
)
def test_what_has_to_be_there_cannot_be_gone(text: str, change: visit.Change) -> None:
    with pytest.raises(ValueError, match="holds one node, and cannot become"):
        Edit(a=change).change(expression(text))


def test_the_root_stays_a_node_of_its_kind() -> None:
    with pytest.raises(ValueError, match="Name cannot become nothing"):
        Edit(a=None).change(expression("a"))


def test_one_node_is_replaced_and_not_its_equals() -> None:
    file = netdsl.parse("seq(linear 8 8, linear 8 8)")
    eights = [each for each in visit.walk(file) if each == number(8)]
    assert len(eights) == 4
    changed = visit.replace(file, eights[2], number(16))
    assert changed == netdsl.parse("seq(linear 8 8, linear 16 8)")
    with pytest.raises(LookupError, match="is not in the tree"):
        visit.replace(file, number(8), number(9))


@pytest.mark.parametrize("path", texts())
def test_every_node_of_every_program_can_be_replaced(path: Path) -> None:
    """By a copy of it: the tree says the same, and every field's type is understood."""
    file = file_of(path)
    if file is None:
        with pytest.raises(netdsl.CompileError):
            netdsl.parse(path.read_text(encoding="utf-8"))
        return

    class Anew(visit.Transformer):
        def visit(self, node: tree.Node) -> visit.Change:
            below = self.below(node)
            return replace(node) if below is node else below

    changed = Anew().change(file)
    assert changed == file
    assert {id(each) for each in visit.walk(changed)}.isdisjoint(map(id, visit.walk(file)))
