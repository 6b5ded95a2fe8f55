"""Emission of modules: combinators, bodies, methods, records."""

from __future__ import annotations

import pytest
import torch

from netdsl.analysis import program as ir
from netdsl.analysis import rearrange, types
from netdsl.syntax import tree
from tests.emit_programs import (
    AT,
    RANGE,
    K,
    X,
    args,
    assign,
    builtin,
    call,
    child,
    clause,
    combined,
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
    ref,
    ret,
    run,
    scheme,
    seq,
    shape,
    text,
    value,
    x,
)

# ---- combinators -------------------------------------------------------------


def test_nest_with_names() -> None:
    nest = combined("nest", item(layer("Linear", i, o), "fc"), item(layer("ReLU"), "act"))
    expect(
        output(
            let("block", nest, parameter("i"), parameter("o"), of=types.MODULE),
            names=["block", "i", "o", "fc", "act"],
        ),
        '''
class Block(nn.Module):
    """The layers, one after the other."""

    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.fc = nn.Linear(i, o)
        self.act = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc(x)
        return self.act(x)


def block(i: int, o: int) -> Block:
    return Block(i, o)
''',
    )


@pytest.mark.parametrize(
    ("node", "wanted"),
    [
        (combined("residual", item(layer("ReLU"))), "return x + self.net(x)"),
        (
            combined("residual", item(layer("ReLU"), "a"), item(layer("GELU"), "b")),
            "y = self.a(x)\n        return x + self.b(y)",
        ),
        (
            combined("add", item(layer("ReLU"), "a"), item(layer("GELU"))),
            "return self.a(x) + self.branches[0](x)",
        ),
        (
            combined("concat", item(layer("ReLU"), "a"), dim=num(2)),
            "return torch.cat([self.a(x)], dim=2)",
        ),
        (combined("parallel", item(layer("ReLU"), "a")), "return (self.a(x),)"),
        (
            combined("parallel", item(layer("ReLU"), "a"), item(layer("Tanh"), "b 2")),
            'return self.a(x), self.get_submodule("b 2")(x)',
        ),
        (
            combined("add", item(layer("ReLU"), None, clause(K, builtin("range", 3)))),
            (
                "y, *others = [branch(x) for branch in self.branches]\n"
                "        for other in others:\n            y = y + other\n        return y"
            ),
        ),
        (
            combined("nest", item(layer("ReLU"), computed("l", K), clause(K, builtin("range", 3)))),
            "for layer in self._modules.values():\n            x = layer(x)\n        return x",
        ),
        (
            combined(
                "residual",
                ir.LayerIf(((par("flag"), (item(layer("ReLU"), "a"),)),), (), span=AT),
            ),
            "y = x\n        if self.a is not None:\n            y = self.a(y)\n        return x + y",
        ),
    ],
)
def test_forwards_of_combinators(node: ir.Combined, wanted: str) -> None:
    found = output(let("f", seq(item(node)), parameter("flag", types.BOOL), of=types.MODULE))
    assert f"        {wanted}\n" in found
    net = run(found).f(True)
    result = net(torch.ones(2, 3, 4))
    assert isinstance(result, torch.Tensor | tuple)


def test_equal_combinators_share_a_class_and_names_stay_free() -> None:
    def one(size: int) -> ir.LayerItem:
        return item(combined("nest", item(layer("Linear", size, size))))

    found = output(let("f", seq(one(2), one(2), one(3)), of=types.MODULE), names=["f", "Nest"])
    assert "nn.Sequential(Nest2(), Nest2(), Nest3())" in found
    assert found.count("class ") == 2


def test_a_module_that_is_a_combinator_goes_on_from_it() -> None:
    items = (item(layer("Linear", 2, 2), computed("l", K), clause(K, RANGE)),)
    node = module(
        "M",
        child("head", layer("Linear", 2, 5)),
        parameters=[parameter("n")],
        base=combined("nest", *items),
    )
    made = run(output(node)).M(2)
    assert [*made._modules] == ["l0", "l1", "head"]
    assert made(torch.ones(1, 2)).shape == (1, 2)


def test_rearrange_as_a_layer() -> None:
    lowered = (rearrange.Unflatten(1, ("h", -1)), rearrange.Transpose(1, 2))
    node = ir.Rearranged("b (h e) -> b e h", lowered, (("h", n),), span=AT)
    expect(
        output(let("f", seq(item(node)), parameter("n"), of=types.MODULE), names=["f", "n"]),
        '''
class Rearrange(nn.Module):
    """b (h e) -> b e h."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.h = n

    def forward(self, x: Tensor) -> Tensor:
        return x.unflatten(1, (self.h, -1)).transpose(1, 2)


def f(n: int) -> nn.Module:
    return nn.Sequential(Rearrange(n))
''',
    )


# ---- modules -----------------------------------------------------------------


def test_a_module_with_everything() -> None:
    weight = ir.ParameterDecl("weight", (i, o), scheme("", "normal_", std=0.02), None, span=AT)
    bias = ir.ParameterDecl("bias", (o,), scheme("", "zeros_"), None, span=AT)
    scale = ir.ParameterDecl("scale", (), scheme("", "ones_"), None, span=AT)
    noise = ir.BufferDecl("noise", call(ref("torch", "torch.rand"), o), False, span=AT)
    shared = ir.ShareDecl("s", layer("Linear", o, o), span=AT)
    s = ref("share", "s", types.Instance("Linear", torch=True))
    head = child("head", seq(item(s), item(layer("ReLU")), item(s)))
    inits = (scheme("weight", "xavier_uniform_"), scheme("bias", "zeros_", optional=True))
    final = child("last", ir.Initialised(layer("Linear", o, o, bias=False), inits, span=AT))
    aux = ir.BodyIf(((par("flag"), (child("aux", layer("ReLU")),)),), (), ((), ("aux",)), span=AT)
    last = ref("child", "last", types.Instance("Linear", torch=True))
    weight_of_last = ir.Field(last, "weight", types.TENSOR, span=AT)
    first = tree.Index(ref("child", "head"), (num(0),), span=AT)
    tie = ir.TieDecl(weight_of_last, ir.Field(first, "weight", types.TENSOR, span=AT), span=AT)
    freeze = ir.FreezeDecl(first, False, span=AT)
    kinds = ir.KindRule(
        (ref("layer", "Conv2d"), ref("layer", "Linear")), (scheme("weight", "ones_"),), span=AT
    )
    path = ir.PathRule(last, (scheme("weight", "constant_", val=3),), span=AT)
    own = ir.PathRule(ref("child", "weight"), (scheme("", "zeros_"),), span=AT)
    forward = function(
        "forward",
        ret(op("*", ref("stored", "i"), op("@", x, ref("child", "weight")))),
        parameters=[X],
        result=shape("B", "o"),
    )
    definition = module(
        "M",
        value("expansion", 4, class_level=True),
        weight,
        bias,
        scale,
        noise,
        shared,
        head,
        final,
        aux,
        tie,
        freeze,
        parameters=[parameter("i"), parameter("o"), parameter("flag", types.BOOL, False)],
        rules=[kinds, path, own],
        methods=[forward],
        stored=["i"],
        doc="All there is.",
    )
    found = output(definition, names=["M", "i", "o", "flag", "x", "s"])
    expect(
        found,
        '''
class M(nn.Module):
    """All there is."""

    expansion = 4
    noise: Tensor

    def __init__(self, i: int, o: int, flag: bool = False) -> None:
        super().__init__()
        self.i = i
        self.weight = nn.Parameter(torch.empty(i, o))
        nn.init.normal_(self.weight, std=0.02)
        self.bias = nn.Parameter(torch.zeros(o))
        self.scale = nn.Parameter(torch.ones(()))
        self.register_buffer("noise", torch.rand(o), persistent=False)
        s = nn.Linear(o, o)
        self.head = nn.Sequential(s, nn.ReLU(), s)
        self.last = nn.Linear(o, o, bias=False)
        nn.init.xavier_uniform_(self.last.weight)
        if self.last.bias is not None:
            nn.init.zeros_(self.last.bias)
        if flag:
            self.aux = nn.ReLU()
        else:
            self.aux = None
        self.last.weight = self.head[0].weight
        self.head[0].requires_grad_(False)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.ones_(module.weight)
        nn.init.constant_(self.last.weight, val=3)
        nn.init.zeros_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """-> [B, o]."""
        return self.i * (x @ self.weight)
''',
    )
    made = run(found).M(2, 3)
    assert made(torch.ones(1, 2)).shape == (1, 3)


def test_rules_share_a_loop_only_if_they_cannot_meet() -> None:
    def rule(name: str, with_: str) -> ir.KindRule:
        return ir.KindRule((ref("layer", name),), (scheme("weight", with_),), span=AT)

    def loops(*rules: ir.KindRule, tie: bool = False) -> int:
        to = ir.Field(ref("child", "a"), "weight", types.TENSOR, span=AT)
        body = [ir.TieDecl(to, to, span=AT)] if tie else []
        return output(module("M", *body, rules=rules)).count("for module in")

    assert loops(rule("Conv2d", "normal_"), rule("Linear", "zeros_")) == 1
    assert loops(rule("Conv2d", "normal_"), rule("Linear", "normal_")) == 2
    assert loops(rule("Conv2d", "normal_"), rule("LazyConv2d", "zeros_")) == 2
    assert loops(rule("Conv2d", "normal_"), rule("Linear", "zeros_"), tie=True) == 2


def test_initialised_layers_inside_expressions() -> None:
    inits = (scheme("weight", "normal_", std=0.5), scheme("bias", "zeros_"))
    made = ir.Initialised(layer("Linear", 3, 3), inits, span=AT)
    found = output(let("f", seq(item(made)), of=types.MODULE))
    assert "weight=partial(nn.init.normal_, std=0.5)" in found
    assert run(found).f()[0].bias.abs().sum() == 0


def test_class_attributes_are_seen_in_comprehensions() -> None:
    size = ref("class", "size", types.INT)
    doubled = tree.List(
        (tree.Item(None, op("*", K, size), (clause(K, builtin("range", size)),), span=AT),),
        span=AT,
    )
    found = output(
        module(
            "M",
            value("size", op("+", 1, 2), class_level=True),
            value("sizes", doubled, class_level=True),
        )
    )
    assert "    sizes = [k * size for size in [size] for k in range(size)]\n" in found
    assert run(found).M.sizes == [0, 3, 6]


def test_literal_class_attributes_stand_in_comprehensions() -> None:
    item_ = tree.Item(None, ref("class", "size"), (clause(K, builtin("range", 2)),), span=AT)
    found = output(
        module(
            "M",
            value("size", 3, class_level=True),
            value("sizes", tree.List((item_,), span=AT), class_level=True),
        )
    )
    assert "    sizes = [3 for k in range(2)]\n" in found


def test_branches_with_and_without_computed_names_run_in_order() -> None:
    node = combined(
        "parallel",
        item(layer("Linear", 2, 3)),
        item(layer("Linear", 2, 4), computed("l", n)),
        item(layer("Linear", 2, 5)),
    )
    made = run(output(let("f", node, parameter("n"), of=types.MODULE))).f(7)
    assert [*made._modules] == ["branches", "l7"]
    assert [each.shape[1] for each in made(torch.ones(1, 2))] == [3, 4, 5]


def test_a_dimension_that_the_program_names_is_not_the_tensor() -> None:
    node = combined("concat", item(layer("ReLU")), item(layer("ReLU")), dim=ref("let", "x"))
    found = output(value("x", 1), let("f", seq(item(node)), of=types.MODULE), names=["x", "f"])
    assert run(found).f()(torch.ones(2, 3)).shape == (2, 6)


def test_keywords_of_python_are_handed_over_all_the_same() -> None:
    built = ir.Call(
        par("act", types.LAYER), args((), **{"class": 3, "n": 4}), types.MODULE, span=AT
    )
    found = output(let("f", built, parameter("act", types.LAYER), of=types.MODULE))
    assert 'return act(**{"class": 3}, n=4)' in found


def test_subclasses_of_torch_layers_and_containers() -> None:
    norm = module("Norm", parameters=[parameter("c")], base=layer("LayerNorm", "c", eps=0.5))
    rows = module(
        "Rows",
        parameters=[parameter("n")],
        base=ir.Container("list", (item(layer("ReLU"), None, clause(K, RANGE)),), span=AT),
    )
    expect(
        output(norm, rows, names=["Norm", "Rows", "c", "n"]),
        """
class Norm(nn.LayerNorm):
    def __init__(self, c: int) -> None:
        super().__init__(c, eps=0.5)


class Rows(nn.ModuleList):
    def __init__(self, n: int) -> None:
        super().__init__(nn.ReLU() for k in range(n))
""",
    )


def test_records() -> None:
    record = ir.RecordDef(
        "Config",
        (
            parameter("d", default=768),
            parameter("sizes", types.ListOf(types.INT), tree.List((), span=AT)),
            parameter("p", types.FLOAT, 0.5, kind="keyword"),
        ),
        "Sizes.",
        span=AT,
    )
    expect(
        output(record),
        '''
@dataclass(frozen=True)
class Config:
    """Sizes."""

    d: int = 768
    sizes: list[int] = field(default_factory=lambda: [])
    _: KW_ONLY
    p: float = 0.5
''',
    )


# ---- tensor time -------------------------------------------------------------


def dim(name: str, axis: int, rank: int | None = 4, *, run: bool = False) -> ir.DimBinding:
    return ir.DimBinding(name, "x", axis, rank, run, span=AT)


@pytest.mark.parametrize(
    ("dims", "wanted"),
    [
        ([dim("B", 0)], "B = x.shape[0]"),
        ([dim("B", 0), dim("T", 1)], "B, T = x.shape[:2]"),
        ([dim("H", 2), dim("W", 3)], "H, W = x.shape[2:]"),
        ([dim("B", 0, 2), dim("T", 1, 2)], "B, T = x.shape"),
        ([dim("B", 0), dim("T", 2)], "B, _, T = x.shape[:3]"),
        ([dim("T", 1), dim("H", 2)], "T, H = x.shape[1:3]"),
        ([dim("E", -1, None)], "E = x.shape[-1]"),
        ([dim("T", -2, None), dim("E", -1, None)], "T, E = x.shape[-2:]"),
        ([dim("T", -3, None), dim("E", -2, None)], "T, E = x.shape[-3:-1]"),
        ([dim("S", -1, None, run=True)], "S = x.shape[:-1]"),
        ([dim("S", 0, None, run=True)], "S = x.shape"),
    ],
)
def test_dimensions_are_bound_on_entry(dims: list[ir.DimBinding], wanted: str) -> None:
    used = tree.Tuple(tuple(ref("dim", each.name) for each in dims), span=AT)
    found = output(function("f", ret(used), parameters=[X], dims=dims, method=False))
    assert f"    {wanted}\n" in found
    tensor = torch.ones(*(2, 3, 5, 7)[: dims[0].rank or 4])
    assert run(found).f(tensor) is not None


def test_statements_stand_as_they_were_written() -> None:
    y = local("y", types.TENSOR)
    body = (
        assign(
            tree.Tuple((y, local("_")), span=AT),
            call(ir.Field(x, "chunk", types.UNKNOWN, span=AT), 2),
        ),
        tree.AugAssign(y, "*=", num(2), span=AT),
        tree.For(
            K,
            builtin("range", 3),
            (
                tree.If(
                    ((compare(K, "==", 1), (tree.Continue(span=AT),)),),
                    (tree.Break(span=AT),),
                    span=AT,
                ),
            ),
            span=AT,
        ),
        tree.While(compare(y, "is", None), (), span=AT),
        tree.Assert(ref("training", "training"), text('only "there"'), span=AT),
        assign(tree.Index(y, (num(0),), span=AT), x),
        tree.ExprStatement(call(ref("method", "other"), y), span=AT),
        ret(tree.Tuple((x, y), span=AT)),
    )
    expect(
        output(module("M", methods=[function("forward", *body, parameters=[X], of=types.UNKNOWN)])),
        """
class M(nn.Module):
    def forward(self, x: Tensor) -> Any:
        y, _ = x.chunk(2)
        y *= 2
        for k in range(3):
            if k == 1:
                continue
            else:
                break
        while y is None:
            pass
        assert self.training, 'only "there"'
        y[0] = x
        self.other(y)
        return x, y
""",
    )


def test_rearrange_is_torch_calls() -> None:
    lowered = (
        rearrange.Unflatten(2, (3, "h", -1)),
        rearrange.Permute((2, 0, 3, 1, 4)),
        rearrange.Flatten(2, -1),
        rearrange.Squeeze(0),
        rearrange.Unsqueeze(1),
        rearrange.MoveDim((0, 1), (1, 0)),
    )
    node = ir.Rearrange(x, lowered, (("h", ref("stored", "heads")),), span=AT)
    found = output(module("M", methods=[function("forward", ret(node), parameters=[X])]))
    assert ".unflatten(2, (3, self.heads, -1))" in found
    assert ".movedim((0, 1), (1, 0))" in found
