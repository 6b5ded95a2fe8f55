"""Definitions, their names, and what they derive from."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from tests.tricky.comparing import assert_same_state, keys, seeded


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


def check_names_that_are_kept(out: Any) -> None:
    assert (out.width, out.rest) == (4, 2)
    net, x = out.net(), torch.randn(2, 4)
    assert torch.equal(net(x), net.fc(x) * 4 + 2 - 4)
    assert len(list(net.parameters())) == 2 and net.half().fc.weight.dtype == torch.float16


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


def check_overriding_bases(out: Any) -> None:
    x = torch.randn(3, 5)
    twice, wider = out.twice(), out.wider()
    assert torch.equal(twice(x), torch.cat([twice.fc(x)] * 2, 1) * 4)
    assert wider(x).shape == (3, 12) and keys(wider) == ["fc.weight", "fc.bias"]
    y = torch.randn(3, 6)
    half = out.half()
    assert torch.equal(half(y), half.fc(y) * 4)
    assert [each.shape for each in half.split(y)] == [(3, 3), (3, 3)]
    z = torch.randn(3, 4)
    longer = out.longer()
    assert torch.equal(longer(z), longer.head(longer[0](z)))
    kept = out.inherited()
    assert torch.equal(kept(z), z + kept.blocks[2].bias) and kept.again[0] is kept.fc
    assert kept.blocks[2].weight is kept.fc.weight
    frozen = [name for name, each in kept.named_parameters() if not each.requires_grad]
    assert frozen == ["gain", "blocks.1.weight", "blocks.1.bias"]
    inner = out.inner()
    assert torch.equal(inner(z), inner.deep(torch.relu(inner.a.deep(z))))
    assert torch.equal(out.held()(z), 2 * torch.relu(z))


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
    assert [str(each) for each in out.rows()] == [
        str(each) for each in (nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 5))
    ]
    net, x = out.net(), torch.randn(3, 4)
    assert [len(net[0]), net[2].out_features] == [2, 6]
    block = net[0][0]
    assert block.gain.shape == (2, 4) and isinstance(net[1].act, nn.Tanh)
    y = block.out(torch.relu(block.fc(x)))
    assert torch.equal(block(x), y * block.gain.sum(0) / 1.5 + 5)
    y = net[1].out(torch.tanh(net[1].fc(x)))
    assert torch.equal(net[1](x), y * net[1].gain.sum(0) / 1.5 + 0)


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


def check_namesakes(out: Any) -> None:
    ours, ids = out.net(), torch.tensor([1, 5])
    assert [type(each).__module__ == out.__name__ for each in ours] == [True] * 4 + [False]
    x = ours[1].out(ours[1].fc(ours[0].tokens.weight[ids] + 1))
    x = F.layer_norm(torch.cat([x.relu(), (-x).relu()], 1), [8])
    assert torch.equal(ours(ids), ours[4](x))
    assert [each.out_features for each in out.other()[0] if hasattr(each, "weight")] == [5, 6]


def check_without_imports(out: Any) -> None:
    assert out.is_missing() and not out.is_missing(3)


def check_names_of_sizes(out: Any) -> None:
    layer, x = out.B(2), torch.randn(5, 2)
    assert torch.equal(layer(x), F.linear(x, layer.weight) + 5)
    assert out.N()(torch.ones(2, 3)).shape == (2, 4)
    assert out.f(torch.ones(2, 3)).shape == (6,)


def check_kept_settings(out: Any) -> None:
    x = torch.randn(2, 3, 8)
    causal = out.causal()
    padded = F.conv1d(F.pad(x, (4, 0)), causal.weight, causal.bias, dilation=2)
    assert torch.equal(causal(x), padded)
    assert out.whole()(torch.randn(2, 3, 9, 8)).shape == (2, 3, 5, 5)
