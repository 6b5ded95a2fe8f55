"""Recipes, instances and what is built of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.tricky.comparing import assert_same_state, keys, linears, seeded


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
    _walk(out)


def _walk(out: Any) -> None:
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


def check_switches(out: Any) -> None:
    given, norms = out.given(), out.norms()
    assert given.first.bias is None and given.second.bias is not None
    assert keys(norms)[:2] == ["batch.weight", "batch.bias"], "no weights of another kind"
    for name, each in [*given.named_parameters(), *norms.named_parameters()]:
        filled = 0.0 if name in ("second.bias", "batch.bias", "plain.weight") else 1.0
        assert torch.equal(each, torch.full_like(each, filled)), name
    assert norms(torch.randn(2, 4, 3)).shape == (2, 4, 3)


def check_wrapping(out: Any) -> None:
    plain, whole, x = out.plain(), out.whole(), torch.randn(2, 4, 5)
    assert [*plain.wrapped.state_dict()] == [
        "bias",
        "parametrizations.weight.original0",
        "parametrizations.weight.original1",
    ]
    assert plain.body[0].weight is not plain.body[2].weight
    assert plain.body[4].parametrizations.weight.original0.shape == (1, 5)
    assert torch.equal(plain(x), plain.wrapped(x) + plain.body(x))
    assert torch.equal(whole(x), whole.last(whole.wrapped(x) + whole.body(x)))
    assert whole.last.bias is None and isinstance(whole.body[1], nn.Tanh)
