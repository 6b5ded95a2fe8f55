"""What stands in the body of a module."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.tricky.comparing import keys, linears, seeded


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
    two, one = out.Several(4), out.Several(4, fused=True)
    assert torch.equal(two(x), x + two.a(x) + two.b(x) + sum([two.b(x), two.a(x)]))
    assert torch.equal(two.either(x), two.b(x)) and torch.equal(one.either(x), one(x))
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


def check_filled(out: Any) -> None:
    zeroed = out.Zeroed(2, 3)
    assert not zeroed.weight.any() and not zeroed.bias.any() and zeroed.gain.all()
    assert [each.requires_grad for each in (zeroed.weight, zeroed.bias)] == [True, False]
    assert not zeroed(torch.randn(1, 2, 4, 4)).any()
    assert out.Plain(2, 3).bias is None and (out.Plain(2, 3, True).bias == 3).all()
    assert (out.Plain(2, 3).weight == 2).all()
    bare, full = out.bare(), out.full()
    for ours in (bare, full):
        filled = [ours.fc.weight, ours.inner.fc.bias, ours.items.first.bias, ours.items[1].weight]
        assert all((each == 1).all() for each in filled) and (ours.inner.scale == 5).all()
        assert not (ours.inner.fc.weight == 1).any() and not (ours.items[1].bias == 1).any()
        assert not ours.items.first.weight.requires_grad and ours.items.first.bias.requires_grad
        assert ours(torch.randn(2, 4)).shape == (2, 4)
    assert bare.more is None and bare.norm is None and bare.shift is None
    assert (bare.less.weight == 9).all() and not bare.less.bias.requires_grad
    assert full.less is None and (full.norm.weight == 6).all() and (full.norm.bias == 7).all()
    assert torch.equal(full.more.weight, torch.eye(4)) and full.more.bias is full.fc.bias
    assert (full.fc.bias == 4).all() and (full.shift == 8).all()
    frozen = [full.more.weight, full.more.bias, full.shift, full.norm.weight]
    assert not any(each.requires_grad for each in frozen)


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


def check_no_param(out: Any) -> None:
    plain, whole = out.plain(), out.whole()
    assert list(plain.state_dict()) == ["weight"]
    assert list(whole.state_dict()) == ["weight", "bias", "other", "seen"]
    assert isinstance(whole.bias, nn.Parameter) and plain.bias is None and plain.seen is None
    with torch.no_grad():
        for each in whole.parameters():
            each.fill_(2.0)
    x = torch.randn(3, 4)
    assert torch.equal(plain(x), x * 1)
    assert torch.equal(whole(x), x * 2 + 2 + 6 - 0)


def check_rounds(out: Any) -> None:
    x = torch.randn(2, 3)
    assert torch.equal(out.doubled(x, 3), torch.cat([x] * 4, 1))
    assert torch.equal(out.stopped(x, 3), torch.cat([x] * 2, 1))
    assert torch.equal(out.skipped(x, 2), torch.cat([x] * 2))
    assert torch.equal(out.grown(x, 3), torch.cat([x] * 7, 1))
    y = torch.randn(2, 1, 3)
    assert torch.equal(out.steps(y, 1), torch.tanh(y))


def check_usual_names(out: Any) -> None:
    step, x, w = out.Step(3, 4), torch.randn(2, 3), torch.randn(5, 6)
    assert list(step.state_dict()) == ["torch", "nn.F.weight", "nn.F.bias"]
    assert torch.equal(step(x, w), torch.relu(step.nn.F(x)))
    counted, y = out.Counted(3), x
    for _ in range(2):
        y = counted.range(y) + counted.math["nn"](y) / 2**0.5
    assert torch.equal(counted(x), y)


def check_of_modules(out: Any) -> None:
    ours = out.Outer(3, rate=0.5)
    wanted = (ours.slow.fc.weight + ours.fast.fc.weight) / 2
    with torch.no_grad():
        ours.follow()
    assert torch.equal(ours.slow.fc.weight, wanted)
    assert ours.count() == 12 + 1 and ours.names() == ["fc.weight", "fc.bias"]
