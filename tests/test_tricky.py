"""Valid programs that are easy to get wrong: each is run beside what it is meant to compute."""

from __future__ import annotations

import itertools
import math
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import netdsl
from tests import vision
from tests.generated import load

vision.cure()  # one program imports torchvision

FOLDER = Path(__file__).parent / "cases" / "tricky"
Check = Callable[[Any], None]


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.nd").read_text(encoding="utf-8")


def seeded(make: Callable[[], Any]) -> Any:
    """What a function makes from one seed, so that the order of initialisation counts."""
    torch.manual_seed(5)
    return make()


def assert_same_state(ours: nn.Module, theirs: nn.Module) -> None:
    """The same keys in the same order, with the same values."""
    one, other = ours.state_dict(), theirs.state_dict()
    assert list(one) == list(other)
    for key in one:
        assert torch.equal(one[key], other[key]), key


def assert_same(
    ours: Callable[[], nn.Module], theirs: Callable[[], nn.Module], *inputs: Tensor
) -> None:
    """Both make the same parameters from one seed and then the same of the inputs."""
    one, other = seeded(ours), seeded(theirs)
    assert_same_state(one, other)
    assert torch.equal(seeded(lambda: one(*inputs)), seeded(lambda: other(*inputs)))


def keys(module: nn.Module) -> list[str]:
    return list(module.state_dict())


def linears(*sizes: int) -> list[nn.Linear]:
    """Linear layers from each size to the next."""
    return [nn.Linear(i, o) for i, o in itertools.pairwise(sizes)]


def check_newlines(out: Any) -> None:
    assert (out.a, out.b, out.c) == (1, 2, 3)
    assert (out.bits, out.rest, out.grown) == (10, 2, 1.5)
    assert (out.small, out.large, out.both, out.either) == (True, False, True, False)
    assert (out.inside, out.same, out.chosen, out.negated) == (True, True, 10, True)
    assert (out.from_dict, out.indexed) == ({"a": 1, "b": -2}, 1)
    assert (out.first, out.second) == (1, 2)
    x = torch.tensor([[1.0, -2.0], [-3.0, 4.0]])
    assert torch.equal(out.power(x, x), torch.relu(x @ x))
    layer = seeded(lambda: out.scheme(3))
    assert layer.weight.shape == (4, 3) and not layer.bias.any()
    plain = seeded(lambda: nn.Linear(3, 4))
    nn.init.xavier_uniform_(plain.weight)
    assert torch.equal(layer.weight, plain.weight)
    for n in (2, 1, 0):
        lines = out.Lines(2, n)
        y = lines.fc(x) * (2 if n > 1 else 3)
        for each in lines.many:
            y = each(y)
        assert len(lines.many) == n and torch.equal(lines(x), y.relu())
    assert not out.Lines(2).b.weight.any() and out.Lines(2).a.weight.any()
    assert isinstance(out.Lines(2, 1).b, nn.Identity) and isinstance(out.Lines(2, 0).b, nn.ReLU)


def check_brackets(out: Any) -> None:
    assert out.touching == [4, 8] and out.apart == [4, 8]
    assert out.list_argument == [[4, 8, 16], [5]]
    assert out.of_a_call == [1, 1]
    assert (out.negative, out.power) == ([-1, -2], [8, -4])

    def theirs() -> nn.Module:
        return nn.Sequential(
            nn.Conv2d(4, 8, 3, padding=1),
            nn.Conv2d(8, 16, 1),
            nn.Conv2d(16, 8, 3, padding=1),
            nn.Conv2d(8, 8, (1, 3), padding=(0, 1)),
            nn.Conv2d(8, 4, 1),
            nn.Flatten(),
            nn.Linear(64, 8),
            nn.Linear(8, 4, bias=False),
            nn.Linear(4, 6, bias=False),
            nn.Softmax(dim=-1),
        )

    assert_same_state(seeded(out.net), seeded(theirs))
    shapes = [layer.kernel_size for layer in out.net() if isinstance(layer, nn.Conv2d)]
    assert shapes == [(3, 3), (1, 1), (3, 3), (1, 3), (1, 1)]
    x = torch.randn(2, 4, 4, 4)
    ours, reference = seeded(out.net)[0], seeded(theirs)[0]
    assert torch.equal(ours(x), reference(x))


def check_negative(out: Any) -> None:
    assert out.plain == [1, -2, -3] and out.reached == [-1, -5, -4]
    assert out.brackets == [-1, -2, -2] and out.chosen == [2, -1, 0]
    ours, x = out.Softly(3), torch.randn(4, 3)
    wanted = [F.elu(-x, -0.5), F.hardtanh(-x, -2.0, 5.0), F.softmax(-x, -2)]
    assert all(torch.equal(one, other) for one, other in zip(ours(x), wanted, strict=True))
    assert torch.equal(ours.low, torch.full((3,), -0.5))


def check_soft_words(out: Any) -> None:
    assert (out.init, out.share, out.tie, out.freeze) == (0.25, 7, 5, 6)
    assert out.act().weight.item() == 0.125
    ours, x = out.Words(3, 2), torch.randn(4, 3)
    assert [name for name, _ in ours.named_children()] == ["init", "freeze", "let", "tie"]
    assert "buffer" not in ours.state_dict() and ours.freeze.weight.item() == 0.25
    y = torch.relu(ours.freeze(ours.init(x))) * 3 + 1
    assert torch.equal(ours(x), ours.let(y) * 2)
    assert out.Words.__doc__.startswith("Its children are called like words")
    assert out.net(3)(x).shape == (4, 2)


def check_clashes(out: Any) -> None:
    assert out.listed == [3, 4, 5]
    ours, x = out.Module(4, 3), torch.randn(2, 4)
    y = ours.print(ours.linear(x))
    wanted = ours.range(y) + torch.cos(y).sum() * math.pi + ours.linear.bias.sum()
    assert torch.equal(ours(x), wanted)

    def theirs() -> nn.Module:
        return nn.Sequential(nn.Sequential(nn.Linear(3, 3), nn.ReLU()), nn.Module())

    assert_same_state(seeded(out.Sequential)[0], seeded(theirs)[0])
    assert keys(out.Sequential())[2:] == [
        f"1.{name}" for name in ("linear.weight", "linear.bias", "range.weight", "range.bias")
    ]


def check_spellings(out: Any) -> None:
    assert [type(layer) for layer in out.norms()] == [nn.BatchNorm2d] * 5
    assert [type(layer) for layer in out.convs()] == [nn.Conv2d] * 3 + [nn.ConvTranspose1d] * 2
    kinds = [type(layer) for layer in out.many()]
    assert kinds == [
        *[nn.Sequential] * 3,
        *[nn.ModuleList] * 2,
        *[nn.ModuleDict] * 2,
        *[nn.MultiheadAttention] * 3,
        *[nn.LSTM] * 2,
        *[nn.GRUCell] * 2,
        *[nn.LogSoftmax] * 2,
        *[nn.AdaptiveAvgPool2d] * 2,
        nn.Dropout2d,
        nn.Bilinear,
        *[nn.PReLU] * 2,
    ]
    assert [type(layer) for layer in out.many()[0]] == [nn.ReLU] * 4 + [nn.ReLU6] * 2
    assert list(out.many()[5]) == ["a"] and out.many()[6]["b"].negative_slope == 0.1


def check_partials(out: Any) -> None:
    def holder(eps: float, act: Callable[[], nn.Module], d: int) -> nn.Module:
        module = nn.Module()
        module.a = nn.LayerNorm(d, eps=eps)
        module.b = act()
        module.c = nn.Sequential(act(), nn.LayerNorm(d, eps=eps), nn.LayerNorm(d, eps=eps), act())
        return module

    def theirs() -> nn.Sequential:
        return nn.Sequential(
            nn.LayerNorm(4, eps=1e-6),
            nn.LayerNorm(8, eps=1e-6, bias=False),
            nn.LayerNorm([2, 4], eps=1e-6, bias=False),
            nn.Conv2d(1, 2, 3, padding=1),
            nn.Conv2d(2, 3, 3, padding=1, bias=False),
            nn.Conv2d(1, 2, 3, padding=1),
            nn.Linear(4, 6),
            nn.Linear(4, 7, False),
            nn.Linear(4, 9, bias=False),
            nn.LeakyReLU(0.5),
            nn.LeakyReLU(),
            nn.Linear(4, 5),
            nn.Linear(4, 5, bias=False),
            nn.ModuleList([nn.LayerNorm(4, eps=1e-6), nn.LayerNorm(8, eps=1e-6)]),
            nn.ModuleList([nn.BatchNorm1d(8, affine=False), nn.BatchNorm1d(16, affine=False)]),
            nn.BatchNorm1d(4),
            nn.LayerNorm(2, eps=0.1),
            nn.LayerNorm(3, eps=0.1),
            holder(1e-3, nn.GELU, 4),
            holder(1e-6, nn.LeakyReLU, 8),
        )

    ours, reference = seeded(out.net), seeded(theirs)
    assert_same_state(ours, reference)
    assert [repr(layer) for layer in ours[:-2]] == [repr(layer) for layer in reference[:-2]]
    for one, other in zip(ours[-2:], reference[-2:], strict=True):
        assert [repr(each) for each in one.children()] == [repr(each) for each in other.children()]


def check_recipes(out: Any) -> None:
    ours = seeded(out.Recipes)
    assert len({id(layer) for layer in (ours.one, ours.two, ours.first, ours.net[3])}) == 4
    assert ours.net[0] is ours.net[2] is ours.first is ours.again[1]
    assert ours.net[4] is ours.one and ours.again[0] is ours.net is ours.again[2]
    assert ours.net[5][0] is not ours.net[5][1] and ours.net[6] is not ours.net[8]
    assert ours.two.weight is ours.one.weight and ours.two.bias is not ours.one.bias
    assert ours.net[3].bias is ours.two.bias
    first = seeded(lambda: linears(*[3] * 9))
    built = [ours.first, ours.one, ours.two, ours.net[3], *ours.net[5], ours.net[6], ours.net[8]]
    for one, other in zip(built, first, strict=True):
        if one is not ours.two:
            assert torch.equal(one.weight, other.weight)
    x = torch.randn(2, 3)
    assert torch.equal(ours(x), ours.net(x) + ours.two(ours.one(x)))
    net = out.net()
    assert net[0] is not net[2] and net[3].first is not net[4].first


def check_instances(out: Any) -> None:
    net = seeded(out.net)
    reference = seeded(lambda: linears(4, 4, 4))
    for one, other in zip(net[0].blocks, reference, strict=True):
        assert torch.equal(one.weight, other.weight)
    assert [layer.bias for layer in net[1].blocks] == [None, None]
    both = net[2]
    assert both.a.inner is both.b.inner is both.c.inner[0] and both.d.inner is both.a
    assert both.e[2].inner is both.c.inner and (both.a.scale, both.b.scale) == (2, 3)
    assert isinstance(both.e[0], nn.Tanh) and both.e[0] is not both.e[1]
    assert isinstance(net[3].e[0], nn.ELU) and net[3].e[0].alpha == 0.5
    x, core = torch.randn(2, 4), both.a.inner
    once = core(core(x) * 2) * 3
    y = torch.tanh(torch.tanh(core(once) * 2 * 2 + torch.tanh(core(x)) * 2))
    assert torch.equal(both(x), torch.tanh(core(y)) * 2)


def check_splices(out: Any) -> None:
    def linear() -> nn.Linear:
        return nn.Linear(4, 4)

    def theirs() -> nn.Sequential:
        items = [("first", linear()), ("1", linear()), ("2", nn.ReLU()), ("3", nn.ReLU())]
        items.append(("middle", nn.Sequential(nn.Tanh(), linear(), nn.Tanh(), linear())))
        items += [("5", nn.Tanh()), ("6", linear()), ("7", linear()), ("8", nn.Identity())]
        items += [("9", linear()), ("10", nn.ReLU()), ("11", nn.Tanh()), ("12", linear())]
        items += [("13", linear()), ("14", linear()), ("15", linear()), ("16", nn.Sigmoid())]
        items.append(("last", nn.Linear(4, 2)))
        return nn.Sequential(OrderedDict(items))

    assert_same(out.net, theirs, torch.randn(3, 4))
    assert [name for name, _ in out.net().named_children()] == [
        name for name, _ in theirs().named_children()
    ]
    modules = list(out.net().modules())
    assert len(modules) == len({id(module) for module in modules})
    lists = out.lists()
    assert keys(lists) == [f"{i}.{name}" for i in (0, 2, 3) for name in ("weight", "bias")]
    assert isinstance(lists[4], nn.ReLU) and lists[0] is not lists[3]


def check_computed_names(out: Any) -> None:
    names = ["x_stem", "x3", "a", "a_act", "b", "b_act", "plain", "with space", "6"]
    assert [name for name, _ in out.net().named_children()] == names
    assert [name for name, _ in out.net("y", 1).named_children()][:2] == ["y_stem", "y1"]
    assert [name for name, _ in out.net("y", 1).named_children()][-1] == "1"
    assert keys(out.net().b) == [f"layer{i}.{name}" for i in (1, 2) for name in ("weight", "bias")]
    assert list(out.heads(["p", "q"])) == ["head_p", "head_q"]
    with pytest.raises(ValueError, match="head_p"):
        out.heads(["p", "p"])
    named, x = out.Named(3, "u"), torch.randn(2, 2)
    children = ["u0", "u_norm0", "u1", "u_norm1", "u2", "u_norm2", "fixed_u", "body"]
    assert [name for name, _ in named.named_children()] == children
    branches = [named.body.branch0, named.body.branch1, named.body.branch2]
    assert torch.equal(named(x), torch.cat([branch(x) for branch in branches], 1))


def check_relu(out: Any) -> None:
    ours = seeded(lambda: out.Named(3))
    assert ours.relu.inplace and not ours.other.inplace
    assert torch.equal(ours.linear.weight, torch.full((3, 3), 2.0))
    assert [name for name, _ in ours.named_children()] == [
        "relu", "linear", "softmax", "norm", "Conv2d", "cat", "other",
    ]  # fmt: skip
    x = torch.randn(4, 3)
    functional = torch.sigmoid(F.relu6(x)) + torch.softmax(x, -1).norm()
    y = torch.relu(F.linear(x, ours.linear.weight, ours.linear.bias)) + functional
    wanted = F.layer_norm(y, [3]) + ours.cat[0](y) + torch.relu(x)
    assert torch.equal(ours(x), wanted.softmax(-1))


def check_nests(out: Any) -> None:
    net = seeded(out.net)
    assert [name for name, _ in net.named_children()] == ["0", "1", "2", "inner", "4", "last"]
    assert type(net[0]).__name__ == "Conv" and type(net[2].body).__name__ == "Body"
    assert type(net.inner) is out.Wide and type(net.last) is out.Many
    assert [name for name, _ in out.conv(1, 2).named_children()] == ["conv", "act"]
    x = torch.randn(3, 1, 2, 2)
    h = torch.relu(net[0].conv(x)).reshape(3, 8)
    deep = net[2]
    y = deep.body.net[0](deep.norm(h))
    y = y + torch.tanh(deep.body.net[1].net[0](y))
    y = y + (y + deep.body.net[2].branches[1].net(y))
    h = h + y
    wide = net.inner.branches
    h = torch.cat([wide[0](h), h, wide[2].branches[0](h) + wide[2].branches[1](h)], -1)
    h = net[4].net[0].net[0].net[0](h)
    a, b, (c, d) = net(x)
    assert torch.equal(a, net.last.a(h)) and torch.equal(b, torch.cat([h, net.last.b.y(h)], 1))
    assert torch.equal(c, h) and torch.equal(d, h + h)
    orders = [name for name in keys(net) if name.endswith("weight")]
    assert len(orders) == 11 and orders[0] == "0.conv.weight" and orders[-1] == "last.b.y.weight"


def check_groups(out: Any) -> None:
    def kinds(module: nn.Module) -> str:
        return " ".join(type(layer).__name__ for layer in module.children())

    assert kinds(out.net()) == ("Linear ReLU Linear ReLU Linear GELU Linear ReLU Sigmoid Sigmoid")
    assert kinds(out.net(0, "b")) == "Tanh"
    assert kinds(out.net(3, "c", True)) == (
        "Identity Sigmoid ELU Linear ReLU Linear GELU Linear ReLU Tanh Tanh" " Identity Hardswish"
    )
    assert kinds(out.net(1, "c", True)) == "Identity Sigmoid ELU Linear ReLU"
    x = torch.randn(2, 4)
    for skip in (True, False):
        ours = out.branches([1, 2], skip)
        parts = [layer(x) for layer in ours.branches]
        assert torch.equal(ours(x), torch.cat(parts, 1)) and len(parts) == 2 + skip
    assert out.values(4) == [0, 0, 2, 0, 3, 6]
    assert list(out.named(3)) == ["a0", "start", "a1", "b1", "a2", "b2"]
    body = out.Body(["k", "l"])
    y = body.parts.deep(x) + body.parts.p_k(x) + body.parts.p_l(x)
    assert torch.equal(body(x), y + body.rest.net(y)) and len(body.rest.net) == 4
    body = out.Body(["k"], False)
    y = body.parts.p_k(x)
    assert body.parts.deep is None and torch.equal(body(x), y + body.rest.net(y))


def check_generators(out: Any) -> None:
    assert (out.total, out.biggest, out.ok) == (28, 32, True)
    assert out.pairs == [(4, 8), (8, 16)] and out.order == [-16, -8, -4]
    assert out.steps == [4, 12, 28] and out.flat == [2, 3, 6]
    assert out.nested == [[], [0], [0, 2], [0, 3, 6]] and out.deep == [13, 26]
    assert out.texts == ["0:a", "1:b"] and out.text == 18.33
    assert_same(out.net, lambda: nn.Sequential(*linears(4, 8, 16)), torch.randn(2, 4))
    ours, x = out.Sums(4, 3), torch.randn(2, 4)
    a, b, c = (part(x) for part in ours.parts)
    z = torch.stack([b * 1, c * 2]).sum(0)
    assert torch.equal(ours(x), 0 + a + b + c + z + 2 + 5)
    assert torch.equal(out.Sums(101, 2)(torch.ones(1, 101)), torch.ones(1, 101))


def check_inline_names(out: Any) -> None:
    def names(module: nn.Module) -> list[str]:
        return [type(layer).__name__ for layer in module.children()]

    net = seeded(out.net)
    assert type(net[0]) is out.Block and type(net[0].block) is not out.Block
    classes = {type(module) for module in net.modules()}
    own = [each for each in classes if each.__module__ == out.__name__]
    assert len({each.__name__ for each in own}) == len(own) == 13
    assert type(net[0].block) is not type(net[1].block)
    assert names(net[4]) == ["MyHead", "MyHead2", "Residual"]
    assert type(net[2]) is type(net[5]) and type(net[3]).__name__ == "Nn"
    x = torch.randn(3, 2)
    assert torch.equal(net[0](x), net[0].conv.net(x + net[0].block.net(x)))
    y = net[1].Tensor.net(x + net[1].block.net(x))
    assert torch.equal(net[1](x), torch.cat([y, y], 1))
    z = torch.cat([y, y], 1)
    assert torch.equal(net[5](z), net[5].branches[0](z) + z)


def check_lets(out: Any) -> None:
    assert (out.first, out.a, out.b, out.c, out.d) == (42, 1, 2, 1, (2, 3))
    assert isinstance(out.pick("a"), nn.Linear) and isinstance(out.pick("b", 1), nn.Tanh)
    assert isinstance(out.pick(kind="c", n=3), nn.Identity)
    assert out.sizes(3, scale=1.5) == [0, 1, 3] and out.sizes(2, extra=1) == [1, 2]
    assert out.nothing() and not out.nothing(0)
    assert out.made.__doc__ == "A layer with a docstring."
    assert [type(layer) for layer in out.made(2)] == [nn.Linear, nn.Linear, nn.Tanh, nn.Identity]
    assert out.some(False) is None and out.some(True).in_features == 2
    assert out.table(2) == {"k": 2, "list": [2, 2], "more": (2, -2)}
    assert out.greet("x") == 'hello {name}\t"multi\nline'
    x = torch.randn(2, 3)
    ours = out.Uses()
    y = x + ours.extra(x[:, :2]).sum()
    assert torch.equal(ours(x), ours.two(ours.one(y)) * 3 + 42)
    ours = out.Uses(False)
    assert ours.extra is None and torch.equal(ours(x), ours.two(ours.one(x)) * 3 + 42)


def check_module_bases(out: Any) -> None:
    bases = [out.Plain, out.Renamed, out.Chain, out.Parts, out.Pair, out.Doubled, out.Nested]
    torches = [nn.Conv2d, nn.Linear, nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.Sequential]
    assert [each.__bases__[0] for each in bases] == [*torches, nn.Module]
    assert out.Third.__bases__ == (out.Renamed,) and out.Scaled.__bases__ == (out.Plain,)
    assert out.Renamed.__doc__ == "A linear layer."
    assert keys(out.Chain(2)) == ["0.weight", "0.bias", "head.weight", "head.bias"]
    assert not any(name.endswith("bias") for name in keys(out.Plain(1, 2)))
    x = torch.randn(3, 4)
    parts = out.Parts(4, 2)
    assert torch.equal(parts(x), parts[1](parts[0](x)) + parts[0](parts[1](parts[0](x))) + 2)
    pair = out.Pair(4)
    y = pair["right"](pair["left"](x) + 4) + 5
    assert torch.equal(pair(x), y + pair["left"](y) + 1)
    assert keys(pair) == ["left.weight", "left.bias", "right.weight", "right.bias"]
    doubled = out.Doubled(4)
    assert keys(doubled) == ["0.weight", "0.bias", "scale.weight", "scale.bias"]
    assert torch.equal(doubled(x), torch.tanh(doubled[0](x)) * 2 + doubled.scale.weight)
    nested = out.Nested(4)
    assert torch.equal(nested(x), torch.tanh(nested.net[0](x)) * 3)
    scaled, image = out.Scaled(2), torch.randn(1, 2, 3, 4)
    assert torch.equal(scaled(image), scaled.spare(image.sum(3, keepdim=True)) * 2.0)
    assert keys(scaled) == ["weight", "gain", "spare.weight", "spare.bias"]
    assert [type(layer) for layer in out.net()] == [
        out.Plain, out.Scaled, nn.Flatten, out.Third, out.Chain,
    ]  # fmt: skip


def check_torch_bases(out: Any) -> None:
    norm, x = out.LayerNorm2d(3), torch.randn(2, 3, 4, 5)
    nn.init.normal_(norm.weight)
    wanted = F.layer_norm(x.permute(0, 2, 3, 1), [3], norm.weight, norm.bias, 1e-5)
    assert torch.equal(norm(x), wanted.permute(0, 3, 1, 2)) and isinstance(norm, nn.LayerNorm)
    conv = seeded(lambda: out.Standardised(3, 6))
    assert_same_state(conv, seeded(lambda: nn.Conv2d(3, 6, 3, padding=1)))
    assert out.Standardised.__doc__ == "With weights of mean 0 and deviation 1."
    m, s = (f((1, 2, 3), keepdim=True) for f in (conv.weight.mean, conv.weight.std))
    weight = (conv.weight - m) / (s + torch.tensor(1e-5))
    assert torch.equal(conv(x), F.conv2d(x, weight, conv.bias, (1, 1), (1, 1)))
    noisy, y = out.Noisy(3), torch.randn(2, 3)
    assert keys(noisy) == ["weight", "noise", "inner.weight", "inner.bias"]
    assert not noisy.inner.weight.any() and noisy.bias is None
    noisy.noise.fill_(1.0)
    assert torch.equal(noisy(y), F.linear(y, noisy.weight + 0.5))
    assert torch.equal(noisy.eval()(y), F.linear(y, noisy.weight))


def check_records(out: Any) -> None:
    assert out.small == out.Size(4, 2, 1.5) and out.hidden == 6
    assert out.config == out.Config(out.small, 2, [1, 2], "small", nn.ReLU)
    assert out.Config(out.small, 1).dims is not out.Config(out.small, 1).dims
    with pytest.raises(AttributeError):
        out.small.d = 3
    assert out.Size.__doc__ == "Sizes." and out.Config.__doc__ == "All of it."
    net, x = out.net(), torch.randn(3, 4)
    assert [len(net[0]), net[2].out_features] == [2, 6]
    block = net[0][0]
    assert block.gain.shape == (2, 4) and isinstance(net[1].act, nn.Tanh)
    y = block.out(torch.relu(block.fc(x)))
    assert torch.equal(block(x), y * block.gain.sum(0) / 1.5 + 5)
    y = net[1].out(torch.tanh(net[1].fc(x)))
    assert torch.equal(net[1](x), y * net[1].gain.sum(0) / 1.5 + 0)


def check_attributes(out: Any) -> None:
    assert (out.Thin.expansion, out.Fat.expansion, out.Fat.twice, out.sum_of) == (1, 4, 8, 9)
    assert not hasattr(out.Fat, "o")
    x = torch.randn(2, 3)
    fat = out.fat(3)
    assert [(b.fc.in_features, b.fc.out_features) for b in fat.blocks] == [(3, 12)] + [(12, 12)] * 2
    y = x
    for block in fat.blocks:
        y = block.fc(y) + 8 - 4
    assert torch.equal(fat(x), fat.head(y) * 4)
    assert [block.fc.in_features for block in out.thin().blocks] == [2, 2]


def check_keyword_only(out: Any) -> None:
    assert (out.total, out.options) == (8 + 4 + 4, out.Options(4, p=0.25, on=True))
    wrongs: list[Callable[[], Any]] = [
        lambda: out.conv(1, 2, 3),
        lambda: out.Options(1, 2),
        lambda: out.Block(1, nn.ReLU),
    ]
    for wrong in wrongs:
        with pytest.raises(TypeError):
            wrong()
    net = out.net()
    assert net[0].kernel_size == (1, 1) and net[1].stride == (2, 2)
    a, b, x = net[4], net[5], torch.randn(2, 4)
    assert a.norm is None and torch.equal(a(x, scale=3.0), torch.tanh(a.fc(x)) * 3.0 * 2.0)
    y = F.layer_norm(torch.relu(b.fc(x)) * 1.0, [4]) * 2.0 + 1.0
    assert torch.equal(b(x), y)


def check_class_scope(out: Any) -> None:
    scoped = out.Scoped
    assert (scoped.e, scoped.xs, scoped.best, scoped.last) == (2, [0, 2, 4], 4, 4)
    assert scoped.pairs == [(0, 2), (0, 4), (2, 4)]
    ours, x = scoped(), torch.randn(3, 2)
    assert ours.fc.out_features == 6 and len(ours.many) == 1
    assert torch.equal(ours(x), ours.fc(x) * 4 + 8 + 1)


def check_inits(out: Any) -> None:
    ours = seeded(lambda: out.Rules(4))

    def theirs() -> dict[str, Tensor]:
        first = nn.Linear(4, 4)
        nn.init.xavier_uniform_(first.weight, gain=0.5)
        norm = nn.LayerNorm(4, bias=False)
        blocks = [[nn.Linear(4, 4), nn.Linear(4, 4, bias=False)] for _ in range(2)]
        inner = nn.Linear(4, 4)
        last = nn.Conv1d(4, 4, 1)
        raw = torch.empty(4).uniform_(-1.0, 1.0)
        heads = [nn.Linear(4, 1) for _ in range(2)]
        for layer in (first, *blocks[0], *blocks[1], inner, last, *heads):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        nn.init.constant_(norm.weight, 2)
        nn.init.constant_(blocks[0][1].weight, 2)
        nn.init.constant_(blocks[1][0].bias, 3)
        nn.init.orthogonal_(last.weight)
        nn.init.constant_(last.bias, 2)
        nn.init.eye_(inner.weight)
        state = {"raw": raw}
        named = {"first": first, "norm": norm, "inner.fc": inner, "last": last}
        named |= {f"blocks.{i}.{2 * k}": blocks[i][k] for i in range(2) for k in range(2)}
        named |= {f"head{i}": head for i, head in enumerate(heads)}
        for name, layer in named.items():
            state |= {f"{name}.{key}": value for key, value in layer.state_dict().items()}
        return state

    wanted, state = seeded(theirs), ours.state_dict()
    assert sorted(state) == sorted(wanted)
    for key in wanted:
        assert torch.equal(state[key], wanted[key]), key
    assert torch.equal(out.Inner(2).fc.weight, torch.full((2, 2), 7.0))


def check_bodies(out: Any) -> None:
    x = torch.randn(2, 3)
    a, b, c = out.Body(3), out.Body(3, "b", 2), out.Body(3, "c", 3, deep=True)
    assert torch.equal(a(x), a.back(torch.relu(a.fc(x)))) and a.fc.out_features == 6
    assert torch.equal(b(x), torch.tanh(x)) and torch.equal(b.gain, torch.full((3,), 2.0))
    assert torch.equal(c(x), F.gelu(c.fc(x)) + 1) and c.back is None
    names = [name for name, _ in c.named_children()]
    assert names == [
        "act",
        "fc",
        "conv1",
        "deep1_0",
        "conv2",
        "deep2_0",
        "deep2_1",
        "left",
        "right",
    ]
    assert c.conv2.kernel_size == (5,) and b.fc is None and not hasattr(b, "conv2")
    with pytest.raises(AssertionError, match="d must be positive"):
        out.Body(0)
    with pytest.raises(AssertionError):
        out.Body(1, "d")


def check_params(out: Any) -> None:
    ours = seeded(lambda: out.State(3))
    assert [name for name, _ in ours.named_parameters()] == [
        "a", "b", "c", "e", "cls", "scale", "x1.weight", "x1.bias",
    ]  # fmt: skip
    assert [name for name, _ in ours.named_buffers()] == [
        "table", "steps", "seen", "table2", "mask", "positions",
    ]  # fmt: skip
    saved = {name for name in ours.state_dict() if name in dict(ours.named_buffers())}
    assert saved == {"steps", "seen", "table2"}
    torch.manual_seed(5)
    c, cls = torch.rand(3), nn.init.trunc_normal_(torch.empty(1, 1, 5), std=0.02)
    core = nn.Linear(3, 3)
    assert torch.equal(ours.c, c) and torch.equal(ours.cls, cls)
    assert torch.equal(ours.x1.weight, core.weight) and torch.equal(ours.e, torch.zeros(1))
    free = [name for name, each in ours.named_parameters() if each.requires_grad]
    assert free == ["b", "c", "e", "cls", "scale"] and ours.mask.dtype == torch.bool
    x = torch.randn(2, 3)
    table = torch.arange(6).view(2, 3).float()
    y = core(x) * torch.ones(3) + torch.full((3,), 1.0) + c
    wanted = y.masked_fill(torch.tensor([False, True, True]), 0.0) + table[1] + table[0] * 2
    assert torch.equal(ours(x), wanted) and torch.equal(ours(x), wanted)
    assert ours.steps.item() == 2 and ours.seen.tolist() == [0, 2, 4]
    assert out.State(3, affine=False).scale is None


def check_optional(out: Any) -> None:
    outer, x = seeded(lambda: out.Outer(4)), torch.randn(3, 4)
    plain, full = outer.plain, outer.full
    assert (plain.norm, plain.skip, plain.inner, full.act) == (None,) * 4
    assert isinstance(plain.act, nn.ReLU) and isinstance(full.norm, nn.LayerNorm)
    assert [type(layer) for layer in plain.net] == [nn.Linear, nn.ReLU]
    assert [type(layer) for layer in full.net] == [nn.Linear, nn.LayerNorm]
    y = torch.relu(plain.fc(x))
    a, b = outer(x)
    assert torch.equal(a, full.inner(F.layer_norm(full.fc(y), [4])))
    assert torch.equal(b, full.skip(y) + 1) and outer.extra is None
    masked, none = full(x, mask=torch.tensor([True, False, False]))
    assert none is None and torch.equal(masked[0], full.inner.bias)


def check_freezes(out: Any) -> None:
    ours = out.Frozen(2)
    free = [name for name, each in ours.named_parameters() if each.requires_grad]
    assert free == ["free", "b.1.weight", "b.1.bias", "b.2.0.weight", "b.2.0.bias",
                    "b.2.1.bias", "c.bias", "c2.bias"]  # fmt: skip
    assert ours.c.weight is ours.c2.weight
    for layer in (ours.a, ours.b[0], ours.b[2][1], ours.c, ours.c2):
        assert torch.equal(layer.weight, torch.full((2, 2), 0.5)) and not layer.bias.any()


def check_statements(out: Any) -> None:
    assert [out.collatz(n) for n in (1, 6, 7)] == [0, 8, 16]
    x = torch.zeros(2)
    assert out.nothing(x) is None and x.tolist() == [1, 1]
    found, total, d, negative, chain, both = out.walk([1, 2, 3, 4, 5, 6])
    assert found == [7, 7, 7] and (negative, chain, both) == (-4, True, True)
    assert d == {"a": 3, "b": [7, 7]} and total == 1.0
    x = torch.tensor([[0.5, 2.0], [-3.0, 0.25]])
    y = x.clone()
    y[0] = 0
    y[:, 1] += 2
    y[x > 1] = -1.0
    y[:, -1] = x[:, 0]
    y = y.masked_fill((x > 0) & (x <= 1) | (x < -1), 5)
    y[0, 0] *= 2
    assert torch.equal(out.tensors(x), (y + 1) ** 2 % 5 // 1)
    assert torch.equal(x, torch.tensor([[0.5, 2.0], [-3.0, 0.25]]))


def check_phases(out: Any) -> None:
    ours, x = out.Phases(3), torch.randn(2, 3)
    assert out.Phases.n == 3 and out.gate is nn.ReLU
    y = F.linear(torch.relu(x), ours.fc.weight, ours.fc.bias)
    y = torch.softmax(y, -1) + sum([y * 0, y * 1, y * 2])
    y = ours.norm(y) + F.layer_norm(y, [3]) + ours.norm(y)
    z = y.t()
    first = torch.softmax(ours.net[1](torch.relu(x)), -1).t()
    relus = F.relu6(F.relu6(z) + F.relu(z))
    ours.eval()
    assert torch.equal(ours(x), first + z * z + torch.relu(z) - relus + z)
    ours.train()
    trained = first + z * z + torch.relu(z) - relus
    assert torch.equal(seeded(lambda: ours(x)), trained + seeded(lambda: F.dropout(z, 0.5)))


def check_dimensions(out: Any) -> None:
    x = torch.randn(2, 3, 4)
    assert torch.equal(out.mean(x, 1), x[:, 1:].sum(1) / 2)
    assert out.sizes(x, torch.zeros(5), torch.zeros(4, 7)) == (4, 5, 7)
    ours, lengths = out.Dims(4), torch.tensor([1, 3])
    y, first, count = ours(x, lengths)
    h = ours.fc(x).view(2, 3, 2, 4).transpose(1, 2) + 0 + 1 + 2
    mask = torch.tensor([[True, False, False], [True, True, True]])[:, None, :, None]
    assert torch.equal(y, h * mask) and torch.equal(first, h[:, :, :1]) and count == 6
    assert torch.equal(ours.last(x), x[..., 2, :])


def check_annotated(out: Any) -> None:
    ours, x = out.Noted(2), torch.randn(3, 5, 2)
    for n, sign in ((1, 1), (15, -1)):
        found = ours(x, 2.0, n)
        y = ours.fc(x) * 2.0
        a, b = y[..., :2], y[..., 2:]
        assert torch.equal(found["y"], a + sign * b) and found["n"] == 8
        assert all(torch.equal(*each) for each in zip(found["parts"], (a, b), strict=True))


def check_results(out: Any) -> None:
    x = torch.randn(3, 4)
    ours = out.Results(4)
    y = ours.fc(x)
    a, b = y[:, 0], y[:, 1]
    assert torch.equal(out.either(y), a) and torch.equal(out.either(y, both=True)[1], b)
    assert out.maybe(y, False) is None and out.maybe(y) is y
    assert out.starred(1, 2, 3) == [1, 2, 3, 3, 2, 1] and out.single(5) == (5,)
    assert ours(x) is None
    assert torch.equal(ours(x, True), torch.stack([b + a, b - a + b], 1) + y)
    found = ours(x, wanted=["b", "a"])
    assert torch.equal(found["y"], y)
    assert [part.shape[1] for part in found["parts"]] == [2, 1]


def check_star_shapes(out: Any) -> None:
    x = torch.randn(2, 3, 4)
    assert torch.equal(out.flat(x), x.view(6, 4))
    assert torch.equal(out.back(x.view(6, 4), torch.zeros(2, 3, 9)), x)
    assert torch.equal(out.heads(x, 2), x.view(2, 3, 2, 2))
    assert torch.equal(out.joined(x, x + 1), torch.cat([x, x + 1]))
    assert out.pairs(torch.zeros(2, 3)) == ((2, 3, 1), (2, 3, 1, 3, 1), [2, 3, 1, 0])
    assert torch.equal(out.call(x, [1, 0, 2]), x.permute(2, 0, 1))


def check_lists_of(out: Any) -> None:
    ours, x = out.Slices(3), torch.randn(2, 3)
    assert "odd name.weight" in ours.state_dict()
    net, many, named = ours.net, ours.many, ours.named
    a = torch.relu(net[0](x)) + net.head(x)
    for each in (many[1], many[2], many[3]):
        a = each(a)
    a = a + many[2](x)
    a = a + many[0](x)
    a = a + named["k0"](x) * 0
    a = a + named["k2"](x) * 2
    b = named["k1"](x) + net.head(a) + net[2](a) + many[3](x)
    b = b + net[0](x) - many[0](x)
    b = b + torch.relu(x) - many[1](x)
    b = b + net[2](x) - many[2](x)
    first, second, third, size, names = ours(x)
    assert torch.equal(first, a[:, :1]) and torch.equal(second, b[:, None, ::2])
    assert torch.equal(third, x[-1, 0:3:2]) and (size, names) == (5, ["k0", "k1", "k2"])


def check_patterns(out: Any) -> None:
    x = torch.randn(2, 3, 12)
    assert torch.equal(out.heads(x, 4), x.view(2, 3, 4, 3).permute(0, 2, 1, 3))
    assert torch.equal(out.back(out.heads(x, 4)), x)
    q, k, v = x.split(4, -1)
    assert torch.equal(out.parts(x), q * 1 + k * 2 + v * 3)
    y = torch.randn(2, 3)
    assert out.ones(y).shape == (2, 1, 3, 1) and torch.equal(out.gone(out.ones(y)), y.t())
    z = torch.randn(2, 3, 4, 5)
    assert torch.equal(out.dots(z), z.permute(3, 0, 1, 2))
    assert torch.equal(out.front(z), z.permute(1, 2, 3, 0))
    assert torch.equal(out.whole(x), x.permute(2, 0, 1).reshape(-1)) and out.same(y) is y
    patches, image = out.Patches(2, 5), torch.randn(3, 2, 4, 6)
    cut = F.unfold(image, 2, stride=2).view(3, 2, 4, 6).permute(0, 3, 2, 1).reshape(3, 6, 8)
    assert torch.equal(patches.split(image), cut)
    wanted = patches.fc(cut).transpose(1, 2).reshape(3, 5, 2, 3)
    assert torch.equal(patches(image), wanted)
    last = F.layer_norm(z.permute(0, 2, 3, 1), [3]).permute(0, 3, 1, 2)
    assert torch.equal(out.channels_last(3)(z), last)


def check_modes(out: Any) -> None:
    ours, x = out.Modes(3), torch.randn(4, 3)

    def wanted() -> Tensor:
        y = F.batch_norm(x, None, None, training=True, momentum=0.1) + 1
        return F.dropout(ours.fc(F.dropout(y, 0.5)), 0.5)

    assert torch.equal(seeded(lambda: ours(x)), seeded(wanted))
    ours.eval()
    assert torch.equal(ours(x), ours.fc(ours.bn(x) * 2))
    assert not ours.plain(x, True).any() and torch.equal(ours.plain(x, False), x)
    wrapper = out.Wrapper(3).eval()
    assert wrapper.inner.p == 0.25 and torch.equal(wrapper(x), wrapper.inner(x) * 3)
    wrapper.inner.train()
    assert (
        torch.equal(seeded(lambda: wrapper(x)), seeded(lambda: wrapper.inner(x)) * 2)
        and not wrapper.training
    )


def check_precedence(out: Any) -> None:
    ours, x = out.Wins(3, 10), torch.randn(2, 3)
    y = ours.fc(x) * 10 + 5 + 7
    y = y + x * 10 + x * 10
    twice = y * 2
    assert torch.equal(ours(x), ours.tanh(twice + 1) + twice.max() + ours.fc(x))
    assert (out.scale, out.width) == (100, 7) and torch.equal(out.helper(x), x + 1)
    sizes = out.Sizes(3)
    assert isinstance(sizes.n, nn.Linear) and sizes.n.out_features == 4
    assert torch.equal(sizes(x), (sizes.n(x).sum() + 1).expand(3))


def check_prelude(out: Any) -> None:
    def by_hand(module: Any, x: Tensor) -> Tensor:
        x = module.linear(x)
        x = module.linear(F.relu(torch.mm(x, module.rand_weight) + 1))
        while x.norm() > 1:
            x = x / 2
        if x.norm() < 0.8:
            x = x * 10
        return x.sum()

    net, x = seeded(out.net), torch.randn(2, 40)
    torch.manual_seed(5)
    first, second = linears(40, 30, 20)
    weight, last = torch.rand(20, 20), nn.Linear(20, 20)
    assert torch.equal(net[0].net[0].weight, first.weight)
    assert torch.equal(net[1].weight, second.weight)
    assert torch.equal(net[2].rand_weight, weight) and torch.equal(
        net[2].linear.weight, last.weight
    )
    assert keys(net)[-2:] == ["2.linear.weight", "2.linear.bias"] and len(keys(net)) == 6
    assert torch.equal(net(x), by_hand(net[2], second(torch.relu(first(x)))))
    assert isinstance(out.Fancy(3), nn.Linear)
    ours, y = out.Uses(3), torch.randn(2, 3)
    assert type(ours.plain) is out.Fancy and type(ours.fancy) is type(net[2])
    assert torch.equal(ours(y), by_hand(ours.fancy, ours.plain(y)))
    assert [each.linear.in_features for each in out.twice(4)] == [4, 5]


def check_documents(out: Any) -> None:
    assert out.R.__doc__ == 'A record "quoted".' and out.layer.__doc__ == "A layer: it's fine."
    assert (
        out.wide.__doc__.startswith("Four to eight.\n") and "[B, 4] -> [B, 8]" in out.wide.__doc__
    )
    assert out.f.__doc__.startswith('One "def".\n') and "x: [*S] -> [*S]" in out.f.__doc__
    assert out.g.__doc__.startswith("Back\\slash and end\\")
    assert out.M.__doc__.startswith("Several\n") and '"""three""" quotes.' in out.M.__doc__
    assert "[B, d] -> [B, d]" in out.M.__doc__
    assert out.M.forward.__doc__.startswith("Says what it does.")
    assert out.M.other.__doc__.startswith("Other.") and "y: int[B]?" in out.M.other.__doc__
    assert out.N.__doc__.strip() == 'Ends in a quote"' and issubclass(out.N, nn.ReLU)


def check_ties(out: Any) -> None:
    ours = seeded(lambda: out.Ties(5, 3))
    blocks = ours.blocks
    assert ours.head.weight is ours.embed.weight and blocks[0][1].weight is ours.gain
    assert blocks[2][0].weight is blocks[1][0].weight is blocks[0][0].weight
    assert blocks[2][1].bias is blocks[1][1].bias is blocks[0][1].bias
    assert blocks[1][1].weight is not blocks[2][1].weight
    assert len(list(ours.parameters())) == 9 and len(keys(ours)) == 15
    torch.manual_seed(5)
    nn.Embedding(5, 3, padding_idx=0)
    nn.Linear(3, 5, bias=False)
    linears(3, 3, 3, 3)
    gain = torch.randn(3)
    assert torch.equal(ours.gain, gain)
    assert torch.equal(ours.embed.weight, nn.init.normal_(torch.empty(5, 3), std=0.02))
    other = out.Ties(5, 3)
    other.load_state_dict(ours.state_dict())
    ids = torch.tensor([[1, 2], [3, 4]])
    x = ours.embed(ids)
    for block in blocks:
        x = F.layer_norm(block[0](x), [3], block[1].weight, block[1].bias)
    assert torch.equal(other(ids), F.linear(x, ours.embed.weight))
    assert other.head.weight is other.embed.weight


def check_expressions(out: Any) -> None:
    assert out.powers == [-4, 0.5, 512, 4, True, -2, 2, 2, 2]
    assert out.chains == [True, False, False, True, 3]
    assert out.logic == ["a", 0, True, True, 3]
    assert out.numbers == [1000, 1000.0, 0.0015, 0.5, 5.0, 0, 0, 1e-10, 0.1 + 0.2]
    assert out.texts == [
        "it's", 'a "b"', "tab\tnew\nline", "A\xe9", "abb", 'x"y', "#no comment", "{n}", "\\",
    ]  # fmt: skip
    assert out.slices == [[2, 3, 4], [4, 3, 2, 1], [3, 4], [1, 3], "b", 2]
    assert out.tuples == [(), (1,), (1, 2), 2, 2] and out.isnt == [True] * 4
    assert out.nested == 2 and out.calls == [2, 4, 5, 1, 2, 5, 1.5, 3, False]
    assert out.functions == [2, 3, 3.0, [3, 2, 1], [0, 1, 2, 2, 1, 0]]
    x, y = torch.randn(2, 2), torch.randn(2, 2)
    a, b, c, d, e, f, g = out.tensors(x, y)
    assert torch.equal(a, -(x**2) + (x <= 0) * 1 - ((x @ y.t()) @ y))
    assert b is y and c is True and (f, g) == (0.0, "c")
    assert torch.equal(d, (((x > 0) == (y > 0)) & (x < 1)) | (y != y))
    assert torch.equal(e[0], torch.stack([x, x], 1)[:, ::2, :-1])
    assert torch.equal(e[1], x[1]) and torch.equal(e[2], x[1, :1])


def check_shadows(out: Any) -> None:
    assert (out.x, out.i, out.nested) == (5, [0, 1, 2, 5], [[], [1], [2, 3]])
    assert out.pick(1) == [1, 2, 5] and out.pick(1, 2) == [1, 2, 2]
    ours, x = out.Shadow(3), torch.randn(4, 2)
    assert (out.Shadow.i, out.Shadow.sizes) == (7, [0, 1, 2])
    shapes = {name: (each.in_features, each.out_features) for name, each in ours.named_children()
              if isinstance(each, nn.Linear)}  # fmt: skip
    assert shapes == {"a0": (2, 1), "a1": (2, 2), "a2": (2, 3), "last": (2, 3), "square": (3, 3)}
    found, n, k, sizes, i = ours(x, 2)
    first, second = (layer(x) for layer in ours.layers)
    assert torch.equal(found[0], second * 2) and torch.equal(found[1], second)
    assert torch.equal(n, second * 2) and (k, sizes, i) == (9, [1, 2], 7)
    assert torch.equal(ours(x)[0][0], first * 2)


def check_kinds(out: Any) -> None:
    ours = out.Kinds(2)
    for block in ours.blocks:
        assert block[0].weight.unique().tolist() == [2] and block[0].bias.unique().tolist() == [1]
        assert block[1].gain.tolist() == [1, 1]
    one, zero = torch.ones(2), torch.zeros(2)
    assert torch.equal(ours.blocks[0][2].weight, torch.stack([one, zero]))
    assert ours.blocks[1][2].weight.abs().max() < 1
    assert not ours.rnn.bias_ih_l0.any() and ours.rnn.bias_hh_l0.any()
    assert torch.equal(ours.rnn.weight_hh_l0[:2], torch.stack([one * 3, zero]))
    square = ours.rnn.weight_ih_l0.t() @ ours.rnn.weight_ih_l0
    assert torch.allclose(square, torch.eye(2), atol=1e-5)
    assert ours.prelu.weight.item() == 0.5 and ours.norm.weight is None
    assert ours.free.weight.tolist() == [4, 4] and ours.free.bias.tolist() == [5, 5]
    x = torch.randn(3, 2)
    y = x
    for block in ours.blocks:
        y = block[2](block[0](y) * 1)
    z, (h, c) = ours.rnn(y)
    z, weights = ours.attention(z, z, z)
    z = F.batch_norm(F.prelu(z, torch.tensor([0.5])), None, None, training=True)
    wanted = F.layer_norm(z, [2], one * 4, one * 5) + h + c + weights.sum()
    assert torch.equal(ours(x), wanted)
    check_walk(out)


def check_walk(out: Any) -> None:
    torch.manual_seed(0)
    ours = out.Walk(2)
    torch.manual_seed(0)
    theirs = out.Walk(2)  # whose weights are drawn again, by hand
    torch.manual_seed(0)
    unruled = [(nn.Linear(2, 2), nn.Linear(2, 2), nn.Conv1d(2, 2, 1)) for _ in range(2)]
    assert len(unruled) == 2  # what torch draws when layers are built
    for block in theirs.blocks:
        nn.init.normal_(block[0].weight)
        nn.init.uniform_(block[1].gain)
        nn.init.xavier_normal_(nn.init.normal_(block[2].weight))
    nn.init.ones_(theirs.blocks[0][0].weight)
    for block in theirs.blocks:
        nn.init.uniform_(block[3].weight)
    for block in theirs.blocks:
        nn.init.normal_(block[1].gain)
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(one, other)
    assert not any(block[at].bias.any() for block in ours.blocks for at in (0, 2))


def check_outside(out: Any) -> None:
    depth = out.StochasticDepth
    assert depth.__module__.startswith("torchvision.ops")
    assert out.width == 40 and out.Drop.__bases__ == (depth,) and out.Drop.scale == 2
    drop, x = out.Drop(0.0), torch.randn(3, 8)
    assert (drop.p, drop.mode) == (0.0, "row") and torch.equal(drop.more(x), x * 2)
    uses = out.net()[0]
    assert [type(each) for each in uses.net] == [depth, nn.Linear, depth, out.Drop]
    assert [each.p for each in uses.many] == [0.0, 0.1, 0.2] and uses.net[2].mode == "batch"
    assert torch.equal(uses(x), uses.net[1](x)) and uses.net[1].out_features == 40


CHECKS: dict[str, Check] = {
    "newlines": check_newlines,
    "brackets": check_brackets,
    "negative": check_negative,
    "soft_words": check_soft_words,
    "clashes": check_clashes,
    "spellings": check_spellings,
    "partials": check_partials,
    "recipes": check_recipes,
    "instances": check_instances,
    "splices": check_splices,
    "computed_names": check_computed_names,
    "relu": check_relu,
    "nests": check_nests,
    "groups": check_groups,
    "generators": check_generators,
    "inline_names": check_inline_names,
    "lets": check_lets,
    "module_bases": check_module_bases,
    "torch_bases": check_torch_bases,
    "records": check_records,
    "attributes": check_attributes,
    "keyword_only": check_keyword_only,
    "class_scope": check_class_scope,
    "inits": check_inits,
    "bodies": check_bodies,
    "params": check_params,
    "optional": check_optional,
    "freezes": check_freezes,
    "statements": check_statements,
    "phases": check_phases,
    "dimensions": check_dimensions,
    "annotated": check_annotated,
    "results": check_results,
    "star_shapes": check_star_shapes,
    "lists_of": check_lists_of,
    "patterns": check_patterns,
    "modes": check_modes,
    "precedence": check_precedence,
    "prelude": check_prelude,
    "documents": check_documents,
    "ties": check_ties,
    "expressions": check_expressions,
    "shadows": check_shadows,
    "kinds": check_kinds,
    "outside": check_outside,
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_tricky_program_runs_as_intended(name: str) -> None:
    torch.manual_seed(0)
    CHECKS[name](load(text_of(name), f"{name}.nd"))


@pytest.mark.parametrize("name", CHECKS)
def test_a_tricky_program_means_the_same_with_carriage_returns_and_a_byte_order_mark(
    name: str,
) -> None:
    text = text_of(name)
    plain = netdsl.compile(text, name="program.nd").source.splitlines()
    other = "\ufeff" + text.replace("\n", "\r\n")
    marked = netdsl.compile(other, name="program.nd").source.splitlines()
    assert plain[2:] == marked[2:]


def test_every_tricky_program_has_a_check() -> None:
    assert sorted(CHECKS) == sorted(path.stem for path in FOLDER.glob("*.nd"))
