"""How a program is written: lines, brackets, words, numbers, operators, documentation."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from tests.tricky.comparing import assert_same_state, seeded


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
