"""What runs on tensors, and the shapes that it states."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from tests.tricky.comparing import seeded


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


def check_layer_parts(out: Any) -> None:
    ours, x, y = out.Translator(8), torch.randn(2, 3, 8), torch.randn(2, 5, 8)
    memory = ours.both.encoder(x)
    z = ours.both.decoder(y, memory)
    assert torch.equal(ours.both(x, y), z)
    for layer in ours.many:
        z = layer.norm3(z + layer.linear2(layer.linear1(z).relu()))
    assert torch.equal(ours(x, y), ours.one.norm1(z) + ours.one.self_attn.out_proj(z))


def check_inferred_in_branches(out: Any) -> None:
    ours, x = out.net(), torch.randn(2, 5, 8)
    y = x
    for _ in range(5):
        y = ours.norm(y + ours.each(y))
    while y.norm() > 1:
        y = ours.gate(y) / 2
    shared = ours.extra(y)[..., :8]
    assert torch.equal(ours(x)[0], ours.fc(shared.mean(1)))
    assert torch.equal(ours(x)[1], ours.aux(shared.sum(1)))
    other = ours.extra(ours.other(y))[..., :8]
    assert torch.equal(ours.eval()(x), ours.fc(other.mean(1)))
