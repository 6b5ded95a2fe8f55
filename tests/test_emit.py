"""Emission: programs made by hand, and the Python that they become, side by side."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.syntax import tree
from tests.emit_programs import (
    AT,
    RANGE,
    K,
    X,
    args,
    assign,
    below_imports,
    builtin,
    call,
    child,
    clause,
    compare,
    computed,
    expect,
    function,
    i,
    item,
    layer,
    let,
    local,
    module,
    n,
    num,
    o,
    op,
    output,
    par,
    parameter,
    recipe,
    ref,
    ret,
    run,
    seq,
    text,
    value,
    x,
)

# ---- expressions -------------------------------------------------------------


EXPRESSIONS: list[tuple[Any, str]] = [
    (op("*", op("+", i, 1), o), "(i + 1) * o"),
    (op("+", i, op("*", o, 2)), "i + o * 2"),
    (op("-", i, op("-", o, n)), "i - (o - n)"),
    (op("-", op("-", i, o), n), "i - o - n"),
    (op("**", i, 2), "i**2"),
    (op("**", op("+", i, 1), 2), "(i + 1) ** 2"),
    (op("**", i, tree.Unary("-", num(0.5), span=AT)), "i**-0.5"),
    (op("**", i, tree.Unary("+", n, span=AT)), "i**+n"),
    (op("**", op("**", i, 2), 3), "(i**2) ** 3"),
    (tree.Unary("-", op("**", i, 2), span=AT), "-(i**2)"),
    (op("**", tree.Unary("-", i, span=AT), 2), "(-i) ** 2"),
    (op("**", call(ref("math", "sqrt"), i), 2), "math.sqrt(i) ** 2"),
    (tree.Unary("not", compare(i, "==", o), span=AT), "not i == o"),
    (compare(compare(i, "<", o), "==", True), "(i < o) == True"),
    (
        tree.Logical(
            "and", tree.Logical("or", i, o, span=AT), tree.Unary("not", n, span=AT), span=AT
        ),
        "(i or o) and not n",
    ),
    (tree.Ternary(i, o, tree.Ternary(n, i, o, span=AT), span=AT), "o if i else i if n else o"),
    (tree.Ternary(i, tree.Ternary(n, i, o, span=AT), o, span=AT), "(i if n else o) if i else o"),
    (op("+", tree.Ternary(i, o, n, span=AT), 1), "(o if i else n) + 1"),
    (tree.Tuple((i,), span=AT), "(i,)"),
    (tree.Tuple((), span=AT), "()"),
    (
        tree.Dict((tree.Pair(text("a"), i, span=AT), tree.Spread(o, span=AT)), span=AT),
        '{"a": i, **o}',
    ),
    (tree.Attribute(num(1), "real", span=AT), "(1).real"),
    (ir.Call(ref("builtin", "zip"), args([i, o]), types.UNKNOWN, True, span=AT), "list(zip(i, o))"),
    (
        ir.Call(
            ref("builtin", "sum"),
            args([ir.Generator(op("*", local("c"), n), (clause(local("c"), i),), span=AT)]),
            types.INT,
            span=AT,
        ),
        "sum(c * n for c in i)",
    ),
    (
        ir.Generator(
            local("c"),
            (clause(local("b"), i), clause(local("c"), par("c"), compare(local("c"), ">", 0))),
            span=AT,
        ),
        "(c_ for b in i for c_ in c if c_ > 0)",
    ),
]


@pytest.mark.parametrize(("expression", "wanted"), EXPRESSIONS)
def test_expressions_have_the_brackets_they_need(expression: Any, wanted: str) -> None:
    parameters = [parameter(name) for name in ("i", "o", "n", "c")]
    found = output(let("f", expression, *parameters, of=types.INT))
    assert found.rstrip("\n").endswith(f"    return {wanted}")


@pytest.mark.parametrize(
    ("lower", "upper", "step", "wanted"),
    [
        (None, None, None, "x[:]"),
        (num(1), None, None, "x[1:]"),
        (None, tree.Unary("-", num(1), span=AT), None, "x[:-1]"),
        (num(1), tree.List((tree.Item(None, num(2), (), span=AT),), span=AT), None, "x[1:[2]]"),
        (op("+", local("k"), 1), None, None, "x[k + 1 :]"),
        (None, op("+", local("k"), 1), None, "x[: k + 1]"),
        (local("k"), ref("stored", "n"), None, "x[k : self.n]"),
        (None, None, op("+", local("k"), 1), "x[:: k + 1]"),
        (None, ref("stored", "n"), num(2), "x[: self.n : 2]"),
        (None, None, num(2), "x[::2]"),
    ],
)
def test_slices_are_spaced_as_black_does(lower: Any, upper: Any, step: Any, wanted: str) -> None:
    slice_ = tree.Slice(lower, upper, step, span=AT)
    method = function("forward", ret(tree.Index(x, (slice_,), span=AT)), parameters=[X])
    assert f"return {wanted}\n" in output(module("M", methods=[method]))


# ---- imports and names -------------------------------------------------------


def test_imports_are_only_those_used_in_the_order_of_isort() -> None:
    extern = ir.ExternDef("Probe", "d2l.ext", "Probe", "module", (), None, span=AT)
    other = ir.ExternDef("make", "torchvision.utils", "_make", "let", (), None, span=AT)
    method = function(
        "forward",
        ret(call(ref("torch", "F.relu"), call(ref("torch", "torch.abs"), x))),
        parameters=[X],
    )
    found = output(
        extern,
        other,
        module("M", methods=[method]),
        value("a", ref("math", "pi")),
        value("b", call(ref("extern", "make"))),
        value("c", call(ref("extern", "Probe"))),
    )
    assert found.startswith(
        "import math\n"
        "\n"
        "import torch\n"
        "import torch.nn.functional as F\n"
        "from d2l.ext import Probe\n"
        "from torch import Tensor, nn\n"
        "from torchvision.utils import _make as make\n"
    )


def test_a_program_without_anything_is_empty() -> None:
    assert output() == ""


def test_what_the_program_names_keeps_its_name() -> None:
    method = function(
        "forward",
        assign(local("F"), call(ref("torch", "F.relu"), x)),
        ret(tree.Tuple((local("F"), builtin("len", "x")), span=AT)),
        parameters=[X],
        of=types.UNKNOWN,
    )
    found = output(value("nn", 3), module("len", methods=[method]), names=["F", "nn", "len", "x"])
    expect(
        found,
        """
nn = 3


class len(nn_.Module):
    def forward(self, x: Tensor) -> Any:
        F = F_.relu(x)
        return F, builtins.len(x)
""",
    )
    assert found.startswith(
        "import builtins\nfrom typing import Any\n\n"
        "import torch.nn.functional as F_\nfrom torch import Tensor\nfrom torch import nn as nn_\n"
    )


def test_a_local_does_not_hide_what_the_function_uses() -> None:
    rotate = function("rotate", ret(x), parameters=[X], method=False)
    user = function(
        "turn",
        assign(local("rotate"), call(ref("def", "rotate"), x)),
        ret(local("rotate")),
        parameters=[X],
        method=False,
    )
    expect(
        output(rotate, user, names=["rotate", "turn", "x"]),
        """
def rotate(x: Tensor) -> Tensor:
    return x


def turn(x: Tensor) -> Tensor:
    rotate_ = rotate(x)
    return rotate_
""",
    )


def test_a_loop_in_a_body_does_not_change_an_outer_name() -> None:
    numbers = builtin("range", 3)
    loop = ir.BodyFor(
        local("i"),
        numbers,
        (child(computed("l", local("i")), layer("Linear", local("i"), 2)),),
        span=AT,
    )
    after = child("last", layer("Linear", "i", "i"))
    expect(
        output(module("M", loop, after, parameters=[parameter("i")]), names=["i", "M"]),
        """
class M(nn.Module):
    def __init__(self, i: int) -> None:
        super().__init__()
        for i_ in range(3):
            self.add_module(f"l{i_}", nn.Linear(i_, 2))
        self.last = nn.Linear(i, i)
""",
    )


def test_attributes_that_modules_have_are_stored_under_another_name() -> None:
    method = function("forward", ret(op("*", x, ref("stored", "half"))), parameters=[X])
    found = output(module("M", parameters=[parameter("half")], methods=[method], stored=["half"]))
    assert "self._half = half\n" in found
    assert "return x * self._half\n" in found


def test_a_module_that_is_passed_in_is_not_registered_again() -> None:
    shared = parameter("shared", types.MODULE)
    method = function("forward", ret(call(ref("stored", "shared"), x)), parameters=[X])
    text_ = output(module("M", parameters=[shared], methods=[method], stored=["shared"]))
    made = run(text_).M(torch.nn.Linear(2, 2))
    assert list(made.state_dict()) == []
    assert made(torch.ones(1, 2)).shape == (1, 2)


# ---- containers --------------------------------------------------------------


def container_text(container: Any) -> str:
    parameters = [parameter("n"), parameter("flag", types.BOOL)]
    return below_imports(output(let("f", container, *parameters, of=types.MODULE)))


CONTAINERS: list[tuple[str, Any, str]] = [
    (
        "plain",
        seq(item(layer("ReLU")), item(layer("GELU"))),
        "return nn.Sequential(nn.ReLU(), nn.GELU())",
    ),
    ("empty", seq(), "return nn.Sequential()"),
    (
        "repeats",
        seq(item(layer("Linear", K, K), None, clause(K, RANGE))),
        "return nn.Sequential(*(nn.Linear(k, k) for k in range(n)))",
    ),
    (
        "list",
        ir.Container("list", (item(layer("Linear", K, K), None, clause(K, RANGE)),), span=AT),
        "return nn.ModuleList(nn.Linear(k, k) for k in range(n))",
    ),
    (
        "named",
        seq(item(layer("ReLU"), "a"), item(layer("GELU"))),
        'return nn.Sequential(OrderedDict([("a", nn.ReLU()), ("1", nn.GELU())]))',
    ),
    (
        "dict",
        ir.Container("dict", (item(layer("ReLU"), "a b"),), span=AT),
        'return nn.ModuleDict({"a b": nn.ReLU()})',
    ),
    (
        "computed dict",
        ir.Container(
            "dict", (item(layer("ReLU"), computed("d", op("+", K, 1)), clause(K, RANGE)),), span=AT
        ),
        'return nn.ModuleDict({f"d{k + 1}": nn.ReLU() for k in range(n)})',
    ),
    (
        "computed",
        seq(item(layer("ReLU"), computed("b ", K), clause(K, RANGE))),
        'return nn.Sequential(OrderedDict((f"b {k}", nn.ReLU()) for k in range(n)))',
    ),
    (
        "splice",
        seq(ir.LayerSplice(ir.BuildEach(ref("let", "acts"), span=AT), span=AT)),
        "return nn.Sequential(*(layer() for layer in acts))",
    ),
    (
        "group",
        seq(
            ir.LayerFor(K, RANGE, (item(layer("ReLU")), item(layer("Linear", K, K))), span=AT),
            ir.LayerIf(((par("flag"), (item(layer("Tanh")),)),), (item(layer("GELU")),), span=AT),
        ),
        """
    layers: list[nn.Module] = []
    for k in range(n):
        layers += [nn.ReLU(), nn.Linear(k, k)]
    if flag:
        layers.append(nn.Tanh())
    else:
        layers.append(nn.GELU())
    return nn.Sequential(*layers)""",
    ),
    (
        "named group",
        seq(
            item(layer("ReLU"), "a"),
            ir.LayerFor(K, RANGE, (item(layer("Linear", K, K), computed("l", K)),), span=AT),
            item(layer("GELU")),
        ),
        """
    layers = OrderedDict[str, nn.Module]()
    layers["a"] = nn.ReLU()
    for k in range(n):
        layers[f"l{k}"] = nn.Linear(k, k)
    layers[str(len(layers))] = nn.GELU()
    return nn.Sequential(layers)""",
    ),
    (
        "inner group",
        seq(
            item(
                seq(
                    ir.LayerFor(K, RANGE, (item(layer("ReLU")), item(layer("GELU"))), span=AT),
                    ir.LayerIf(((par("flag"), (item(layer("Tanh")),)),), (), span=AT),
                )
            )
        ),
        """
    return nn.Sequential(
        nn.Sequential(
            *(layer for k in range(n) for layer in (nn.ReLU(), nn.GELU())),
            *([nn.Tanh()] if flag else []),
        )
    )""",
    ),
]


@pytest.mark.parametrize(
    ("container", "wanted"), [case[1:] for case in CONTAINERS], ids=[case[0] for case in CONTAINERS]
)
def test_containers(container: Any, wanted: str) -> None:
    found = container_text(container)
    assert found.endswith(wanted.strip("\n"))


def test_positions_that_only_running_tells() -> None:
    inner = seq(
        item(layer("ReLU"), "a"),
        item(layer("Tanh"), None, clause(K, RANGE)),
        item(layer("GELU")),
    )
    text_ = output(let("f", seq(item(inner)), parameter("n"), of=types.MODULE))
    made = run(text_).f(2)
    assert list(made[0]._modules) == ["a", "1", "2", "3"]


@pytest.mark.parametrize("kind", ["seq", "dict"])
def test_a_computed_name_never_overwrites(kind: str) -> None:
    items = (item(layer("ReLU"), computed("l", op("%", K, 2)), clause(K, RANGE)),)
    container = ir.Container(kind, items, span=AT)  # type: ignore[arg-type]
    made = run(output(let("f", container, parameter("n"), of=types.MODULE)))
    assert len(made.f(2)) == 2
    with pytest.raises(ValueError, match="two layers are called l0"):
        made.f(3)


def test_computed_children_never_overwrite() -> None:
    loop = ir.BodyFor(K, RANGE, (child(computed("l", K), layer("ReLU")),), span=AT)
    fixed = child("l1", layer("GELU"))
    made = run(output(module("M", loop, fixed, parameters=[parameter("n")])))
    assert [*made.M(1)._modules] == ["l0", "l1"]
    with pytest.raises(ValueError, match="two layers are called l1"):
        made.M(2)


# ---- recipes -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (recipe("ReLU"), "a = nn.ReLU"),
        (recipe("LayerNorm", eps=0.5), "a = partial(nn.LayerNorm, eps=0.5)"),
        (
            ir.Deferred(seq(item(layer("ReLU"))), span=AT),
            "a = lambda: nn.Sequential(nn.ReLU())",
        ),
        (
            ir.LayerList(
                (
                    item(
                        ir.Deferred(seq(item(layer("Linear", K, K))), span=AT),
                        None,
                        clause(K, builtin("range", 2)),
                    ),
                ),
                False,
                span=AT,
            ),
            "a = [lambda k=k: nn.Sequential(nn.Linear(k, k)) for k in range(2)]",
        ),
    ],
)
def test_recipes(given: ir.Expr, wanted: str) -> None:
    assert below_imports(output(value("a", given))) == wanted


def test_a_recipe_with_an_instance_builds_one_each_time() -> None:
    encoder = recipe("TransformerEncoder", layer("TransformerEncoderLayer", 8, 2))
    made = run(output(value("encoder", encoder)))
    first, second = made.encoder(1), made.encoder(1)
    assert first.layers[0] is not second.layers[0]


def test_an_extended_let_is_the_recipe_itself() -> None:
    norm = let("norm", layer("LayerNorm", eps=0.5), extended=True)
    user = let("user", call(ref("function", "norm"), 3, of=types.MODULE), of=types.MODULE)
    found = output(norm, user, names=["norm", "user"])
    assert "norm = partial(nn.LayerNorm, eps=0.5)\n" in found
    assert run(found).user().eps == 0.5
