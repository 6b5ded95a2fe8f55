"""Programs laid out: nothing changes but the layout, and trees that nobody wrote have a text."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

import netdsl
from netdsl.files import Folder
from netdsl.limits import Limits
from netdsl.syntax import tree, visit
from netdsl.syntax.visit import expression, item, make, number
from tests.fuzz.formatted import commented, trouble
from tests.fuzz.programs import WRITTEN
from tests.golden import CASES, EXAMPLES, ROOT
from tests.strategies import PROGRAMS
from tests.test_docs import of_kind


def formatted(text: str) -> str:
    found = netdsl.format(text)
    assert list(trouble(text)) == []
    return found


def programs(*folders: Path) -> list[object]:
    """Every program below some folders that is one, read as a text."""
    found = sorted(path for folder in folders for path in folder.rglob("*.nd"))
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in found if parses(path)]


def parses(path: Path) -> bool:
    try:
        netdsl.parse(path.read_text(encoding="utf-8"))
    except netdsl.CompileError:
        return False
    return True


RIGHT = [path for path in (ROOT / "tests").iterdir() if path.name not in ("cases", "errors")]
RIGHT += [path for path in CASES.iterdir() if path.name != "errors"]


# ---- nothing but the layout ---------------------------------------------------


@pytest.mark.parametrize("path", programs(EXAMPLES, ROOT / "netdsl", *RIGHT))
def test_every_program_remains_what_it_is_with_comments_anywhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert list(trouble(text, Folder(path.parent).read)) == []
    text = commented(random.Random(path.name), text)
    assert list(trouble(text, output=False)) == []


@pytest.mark.parametrize("path", programs(CASES / "errors"))
def test_every_program_that_is_wrong_remains_what_it_is(path: Path) -> None:
    assert list(trouble(path.read_text(encoding="utf-8"), output=False)) == []


@pytest.mark.parametrize("block", of_kind("nd"))
def test_the_programs_of_the_pages_remain_what_they_are(block: object) -> None:
    assert list(trouble(block.text, output=False)) == []  # type: ignore[attr-defined]


@given(PROGRAMS, st.integers(0, 1 << 30))
@settings(max_examples=80, suppress_health_check=list(HealthCheck))
def test_whatever_the_grammar_allows_can_be_laid_out(text: str, chance: int) -> None:
    assert list(trouble(text, output=False)) == []
    text = commented(random.Random(chance), text)
    assert list(trouble(text, output=False)) == []


@given(WRITTEN, st.integers(0, 1 << 30))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_generated_programs_remain_what_they_are(text: str, chance: int) -> None:
    assert list(trouble(text)) == []
    assert list(trouble(commented(random.Random(chance), text), output=False)) == []


@pytest.mark.full
@pytest.mark.parametrize("part", range(20))
def test_ten_thousand_generated_programs_remain_what_they_are(part: int) -> None:
    tried = 0

    @seed(part)
    @settings(
        max_examples=500, database=None, derandomize=False, suppress_health_check=list(HealthCheck)
    )
    @given(WRITTEN if part % 2 else PROGRAMS)
    def each(text: str) -> None:
        nonlocal tried
        tried += 1
        assert list(trouble(text)) == []
        assert list(trouble(commented(random.Random(text), text), output=False)) == []

    each()
    assert tried >= 500


def test_comments_stay_between_the_words_that_they_stood_between() -> None:
    text = """\
# first

# second
let a = linear 4 8 # third
module M( # fourth
  d, # fifth
  # sixth
) { # seventh
  # eighth
  fc = linear(d, # ninth
    # tenth
    d) # eleventh
  if d > 1 { # twelfth
    act = relu
    # thirteenth
  } # fourteenth
  # fifteenth
  else { act = tanh } # sixteenth

  # seventeenth
}
# last"""
    assert formatted(text) == """\
# first

# second
let a = linear 4 8  # third
module M(  # fourth
  d,  # fifth
  # sixth
) {  # seventh
  # eighth
  fc = linear(
    d,  # ninth
    # tenth
    d,
  )  # eleventh
  if d > 1 {  # twelfth
    act = relu
    # thirteenth
  }  # fourteenth
  # fifteenth
  else {
    act = tanh
  }  # sixteenth

  # seventeenth
}
# last
"""


def test_a_comment_before_a_tuple_without_brackets_stays_before_it() -> None:
    text = "def f(x)\n# one\n{\n  a, b = x, x\n  return a\n}\n"
    assert formatted(text) == "def f(x) {\n  # one\n  a, b = x, x\n  return a\n}\n"


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "# alone", "\n\n# alone\n\n\n\n# two", "relu", "\ufeffrelu\r\n", "seq(relu);;\n;"],
)
def test_what_is_short_ends_in_a_newline_or_is_empty(text: str) -> None:
    try:
        found = netdsl.format(text)
    except netdsl.CompileError:
        assert text.strip() == "" or text.startswith("#")
        return
    assert found == "" or (found.endswith("\n") and not found.endswith("\n\n"))
    assert not found.startswith("\n")


def test_a_deep_program_can_be_laid_out() -> None:
    text = f"let a = {'(1 + ' * 90}1{')' * 90}\nlet b = {'[' * 90}1{']' * 90}\n"
    assert list(trouble(text, output=False)) == []
    for opening in ("seq(", "f (", "f x=(", "linear(", "f(a, (", "[a, ", "-("):
        text = f"let a = {opening * 40}relu{opening.count('[') * 40 * ']'}{opening.count('(') * 40 * ')'}"
        assert list(trouble(text, output=False)) == []


def test_what_is_no_program_is_refused_with_its_findings() -> None:
    with pytest.raises(netdsl.CompileError) as caught:
        netdsl.format("seq(", name="broken.nd")
    assert [each.code for each in caught.value.diagnostics] == ["unclosed-bracket"]
    assert "broken.nd:1:4" in str(caught.value)
    with pytest.raises(netdsl.CompileError) as caught:
        netdsl.format("seq(relu, relu)", limits=Limits(source=4))
    assert [each.code for each in caught.value.diagnostics] == ["source-too-long"]


# ---- the style of the house -----------------------------------------------------

STYLE = [
    ("calls of layers", "seq(linear(4,8), linear ( 8 ) 4)", "seq(linear 4 8, linear 8 4)"),
    ("products", "linear(4*d, 1, k=-1)", "linear (4 * d) 1 k=-1"),
    ("other operations", "linear(4 * d, d, bias=not x)", "linear(4 * d, d, bias=not x)"),
    ("signs", "softmax(- 1)", "softmax(-1)"),
    ("no arguments", "seq(relu(), Tanh())", "seq(relu(), tanh())"),
    ("layers in calls", "f (linear 4 8) 3", "f(linear 4 8, 3)"),
    ("layers by name", "f 3 act=(prelu 0.1)", "f 3 act=(prelu 0.1)"),
    ("values", "let a = max(1, 2)", "let a = max(1, 2)"),
    ("names of layers", "seq(BatchNorm2d 8, conv2D 8 8 1, ReLU)", "seq(batch_norm2d 8, conv2d 8 8 1, relu)"),
    ("containers", "Sequential(relu)", "Sequential(relu)"),
    ("quotes", "dict('a' = relu, 'b\"' = relu)", "dict(\"a\" = relu, 'b\"' = relu)"),
    ("equals of items", "dict(a=relu, b =tanh)", "dict(a = relu, b = tanh)"),
    ("brackets for the reader", "let a = ((2)) + (3 * (4))", "let a = 2 + (3 * 4)"),
    ("slices", "let a = b[ 1 :n + 1 , : - 1,::2 ]", "let a = b[1 : n + 1, :-1, ::2]"),
    ("a tuple of one", "let a = (1 ,)", "let a = (1,)"),
    ("tuples", "def f(x) { a,b = (x, 1); return (a, b) }", "def f(x) {\n  a, b = x, 1\n  return a, b\n}"),
    ("one line", "def f(x) { x.add_(1); }", "def f(x) { x.add_(1) }"),
    ("types", "let a(b:int=1 ,c=2):( [B,2] )->[B]|[ ]? = b", "let a(b: int = 1, c=2): [B, 2] -> [B] | []? = b"),
    ("rules", "module M{init  linear,conv2d~zeros bias = ones}", "module M { init linear, conv2d ~ zeros bias=ones }"),
    ("files", "from 'a.nd' import A as B,C", 'from "a.nd" import A as B, C'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"), [each[1:] for each in STYLE], ids=[each[0] for each in STYLE]
)
def test_the_style_of_the_house(text: str, wanted: str) -> None:
    assert formatted(text) == f"{wanted}\n"


@pytest.mark.parametrize(
    "text",
    [
        "module Conv2d(d) = seq(linear d d)\nseq(Conv2d 4)\n",
        "let conv2d(d) = linear d d\nseq(Conv2d 1 1 1, conv2d 4)\n",
        "let f(ReLU: layer) = seq(ReLU, ReLU())\n",
        'from "a.nd" import Linear\nseq(Linear 4)\n',
        "module M {\n  relu = tanh\n  Tanh = relu\n}\n",
        "def f(x) = ReLU(x)\n",
        "let a(GELU) = seq(GELU(), gelu)\n",
        "seq(f(ReLU=1))\n",
    ],
)
def test_what_a_program_names_itself_keeps_its_name(text: str) -> None:
    assert formatted(text) == text


def test_what_was_open_stays_open_on_the_rows_on_which_it_was_written() -> None:
    text = "let a = [\n  1, 2,\n  3,\n]\nlet b = [\n  1, 2,\n  3]\nlet c = f(1, 2,)\n"
    assert formatted(text) == "let a = [\n  1, 2,\n  3,\n]\nlet b = [1, 2, 3]\nlet c = f(1, 2)\n"


def test_neighbours_stay_in_the_column_in_which_they_were_written() -> None:
    text = """\
module M {
  conv  = conv1
  n     = 1   # one
  pool  = 2   # two
  other = 3    # three
  downsample = 4
  a = 5

  b  = 6
}
"""
    assert formatted(text) == """\
module M {
  conv  = conv1
  n     = 1  # one
  pool  = 2  # two
  other = 3  # three
  downsample = 4
  a = 5

  b = 6
}
"""


def test_empty_lines_stay_as_far_as_there_are_not_too_many() -> None:
    text = "\nlet a = 1\n\n\n\nlet b = 2\nmodule M {\n\n  c = relu\n\n\n  d = relu\n\n}\n\n"
    wanted = "let a = 1\n\n\nlet b = 2\nmodule M {\n  c = relu\n\n  d = relu\n}\n"
    assert formatted(text) == wanted


def test_no_line_is_longer_than_need_be() -> None:
    for path in (EXAMPLES / "resnet.nd", EXAMPLES / "misc.nd", EXAMPLES / "zoo" / "resnet.nd"):
        text = netdsl.format(path.read_text(encoding="utf-8"))
        assert max(map(len, text.split("\n"))) <= 100
    words = ", ".join(f"argument_{k}" for k in range(12))
    assert formatted(f"let a = f({words})\n").startswith(
        "let a = f(\n  argument_0,\n  argument_1,\n"
    )


# ---- trees that nobody wrote -----------------------------------------------------


def file(*statements: tree.FileStatement) -> tree.File:
    return make(tree.File, statements)


def test_a_tree_that_was_built_has_a_text() -> None:
    layer = make(tree.Call, make(tree.Name, "linear"), (item(number(4)), item(number(8))))
    network = make(tree.Call, make(tree.Name, "seq"), (item(layer), item(make(tree.Name, "ReLU"))))
    let = make(tree.Let, make(tree.Name, "net"), None, None, None, network)
    assert netdsl.format(file(let)) == "let net = seq(linear 4 8, relu)\n"


def test_it_does_not_matter_where_a_tree_stood() -> None:
    class Displaced(visit.Transformer):
        """Stands nowhere, and has brackets for all its calls."""

        def visit(self, node: tree.Node) -> visit.Change:
            found = super().visit(node)
            assert isinstance(found, tree.Node)
            bare = {"juxtaposed": False} if isinstance(found, tree.Call) else {}
            return replace(found, span=visit.NOWHERE, **bare)

    found = netdsl.parse((EXAMPLES / "resnet.nd").read_text(encoding="utf-8"))
    text = netdsl.format(Displaced().change(found))
    assert "conv1 = conv3x3 i width stride\n" in text
    assert netdsl.format(text) == text and netdsl.parse(text) == found
    assert netdsl.format(found) == netdsl.format(netdsl.parse(text))


def test_what_was_changed_is_written_anew() -> None:
    found = netdsl.parse('dict("a" = linear 8 64, b = relu)')
    changed = visit.replace(found, first_string(found), make(tree.String, 'say "a"\n'))
    assert netdsl.format(changed) == 'dict("say \\"a\\"\\n" = linear 8 64, b = relu)\n'
    kept = replace(first_string(found), value="b\tc")  # with the place of the other one
    assert netdsl.format(visit.replace(found, first_string(found), kept)) == (
        'dict("b\\tc" = linear 8 64, b = relu)\n'
    )


def first_string(root: tree.Node) -> tree.String:
    return next(each for each in visit.walk(root) if isinstance(each, tree.String))


def test_brackets_are_written_where_a_tree_needs_them() -> None:
    for text in ("(a + b) * c", "-(a ** b)", "(-a) ** b", "(f a) if b else (c if d else e)", "(1).real",
                 "({})[0]", "a - (b - c)", "not (a == b)", "(not a) == b", "(a if b else c)(d)",
                 "f((a if b else c) ~ zeros)", "[*(a or b)]", "(a ~ zeros).b", "f a=(-b)[0]"):  # fmt: skip
        found = file(make(tree.Let, make(tree.Name, "x"), None, None, None, expression(text)))
        assert netdsl.parse(netdsl.format(found)) == found, text


@pytest.mark.parametrize(
    "node",
    [
        make(tree.Name, "two words"),
        make(tree.Name, "if"),
        make(tree.Binary, "^", number(1), number(2)),
        make(tree.Call, make(tree.Constant, None), (make(tree.Item, None, number(1)), number(2))),
        make(tree.Call, make(tree.Name, "f"), (make(tree.Item, make(tree.String, "a{"), 3),)),
        make(tree.Resolved),
    ],
)
def test_a_tree_that_no_program_has_is_refused(node: tree.Expr) -> None:
    with pytest.raises(ValueError):
        netdsl.format(file(make(tree.Let, make(tree.Name, "x"), None, None, None, node)))


def test_definitions_that_nobody_wrote_stand_apart() -> None:
    found = netdsl.parse("let a = 1; let b = 2; module M(d) { fc = linear d d; let e = 3;"
                         " def f(x) { y = x; if y { return y }; return x } }; def g(x) = x; seq(M 4)")  # fmt: skip
    assert netdsl.format(found) == """\
let a = 1
let b = 2

module M(d) {
  fc = linear d d
  let e = 3

  def f(x) {
    y = x
    if y { return y }
    return x
  }
}

def g(x) = x
seq(M 4)
"""
