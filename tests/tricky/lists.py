"""Lists of layers: splices, groups, repeats, and the names of items."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest
import torch
from torch import nn

from tests.tricky.comparing import assert_same, keys, linears, seeded


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
    written = ["norm", "q_proj", "q", "k_proj", "k", "v_proj", "v", "x", "y", "q2", "u2"]
    assert [name for name, _ in out.Written(3).named_children()] == written
    with pytest.raises(ValueError, match="two layers are called norm"):
        out.Meeting(3)
    assert [name for name, _ in out.net("y", 1).named_children()][:2] == ["y_stem", "y1"]
    assert [name for name, _ in out.net("y", 1).named_children()][-1] == "1"
    assert keys(out.net().b) == [f"layer{i}.{name}" for i in (1, 2) for name in ("weight", "bias")]
    assert [name for name, _ in out.staged(-2, 2).named_children()] == ["g-1-0", "g-1-1"]
    assert list(out.heads(["p", "q"])) == ["head_p", "head_q"]
    with pytest.raises(ValueError, match="head_p"):
        out.heads(["p", "p"])
    named, x = out.Named(3, "u"), torch.randn(2, 2)
    children = ["u0", "u_norm0", "u1", "u_norm1", "u2", "u_norm2", "fixed_u", "body"]
    assert [name for name, _ in named.named_children()] == children
    branches = [named.body.branch0, named.body.branch1, named.body.branch2]
    assert torch.equal(named(x), torch.cat([branch(x) for branch in branches], 1))


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
