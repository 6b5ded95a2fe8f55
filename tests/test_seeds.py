"""The networks of examples/seeds.nd and d2l.nd beside modules that were written by hand."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.generated import example


class MLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(784, 256)
        self.act = nn.ReLU()
        self.output = nn.Linear(256, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.output(self.act(self.hidden(x)))


def mlp(num_inputs: int, num_hiddens: int, num_outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(num_inputs, num_hiddens), nn.ReLU(), nn.Linear(num_hiddens, num_outputs)
    )


class MyModule(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linears = nn.ModuleList([nn.Linear(10, 10) for _ in range(10)])

    def forward(self, x: Tensor) -> Tensor:
        for i, layer in enumerate(self.linears):
            x = self.linears[i // 2](x) + layer(x)
        return x


class FancyMLP(nn.Module):
    def __init__(self, n: int) -> None:
        super().__init__()
        self.register_buffer("rand_weight", torch.rand(n, n), persistent=False)
        self.linear = nn.Linear(n, n)

    def forward(self, x: Tensor) -> Tensor:
        x = self.linear(x)
        x = F.relu(torch.mm(x, self.rand_weight) + 1)
        x = self.linear(x)
        while x.norm() > 1:
            x = x / 2
        if x.norm() < 0.8:
            x = x * 10
        return x.sum()


class NestMLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(40, 30), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


def chimera() -> nn.Sequential:
    return nn.Sequential(NestMLP(), nn.Linear(30, 20), FancyMLP(20))


SYSTEMS: list[tuple[str, tuple[Any, ...], Callable[..., nn.Module], tuple[int, ...]]] = [
    ("MLP", (), MLP, (2, 784)),
    ("mlp", (20, 64, 10), mlp, (2, 20)),
    ("MyModule", (), MyModule, (2, 10)),
    ("FancyMLP", (20,), FancyMLP, (2, 20)),
    ("NestMLP", (), NestMLP, (2, 40)),
    ("net", (), chimera, (2, 40)),
]


@pytest.mark.parametrize(("entry", "arguments", "written", "shape"), SYSTEMS)
def test_a_system_computes_what_the_one_by_hand_does(
    entry: str,
    arguments: tuple[Any, ...],
    written: Callable[..., nn.Module],
    shape: tuple[int, ...],
) -> None:
    seeds = example("seeds.nd")
    torch.manual_seed(3)
    ours = getattr(seeds, entry)(*arguments)
    torch.manual_seed(3)
    theirs = written(*arguments)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(one, other)
    x = torch.randn(shape)
    results = [module(x) for module in (ours, theirs)]
    assert torch.equal(*results)
    for result in results:
        result.sum().backward()
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert one.grad is not None and other.grad is not None
        assert torch.equal(one.grad, other.grad)


def test_module_dict() -> None:
    heads = example("seeds.nd").heads()
    assert isinstance(heads, nn.ModuleDict)
    assert list(heads.state_dict()) == [
        "cls.weight",
        "cls.bias",
        "box.0.weight",
        "box.0.bias",
        "box.2.weight",
        "box.2.bias",
    ]


def test_nested_blocks_have_names() -> None:
    keys = list(example("d2l.nd").rgnet().state_dict())
    assert keys[:2] == ["0.block 0.0.weight", "0.block 0.0.bias"]
    assert keys[-2:] == ["1.weight", "1.bias"] and len(keys) == 18


def test_initialisation() -> None:
    torch.manual_seed(0)
    ours = example("d2l.nd").Initialised()
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 10))
    for layer in (net[0], net[2]):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    nn.init.constant_(net[2].weight, 42)
    for one, other in zip(ours.parameters(), net.parameters(), strict=True):
        assert torch.equal(one, other)


def test_sizes_that_were_left_open() -> None:
    torch.manual_seed(0)
    ours = example("d2l.nd").sized()
    torch.manual_seed(0)
    reference = nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 10))
    x = torch.randn(2, 20)
    assert torch.equal(ours(x), reference(x))


def test_tied_parameters_are_one() -> None:
    tied = example("d2l.nd").Tied()
    assert tied.net[2] is tied.net[4]
    assert len(list(tied.parameters())) == 6


def test_custom_layers_save_and_load() -> None:
    module = example("d2l.nd")
    torch.manual_seed(0)
    ours = module.net()
    torch.manual_seed(0)
    weight = torch.randn(64, 8)
    assert torch.equal(ours[0].weight, weight)
    assert torch.equal(ours[1](torch.tensor([1.0, 2.0, 3.0])), torch.tensor([-1.0, 0.0, 1.0]))
    file = io.BytesIO()
    torch.save(ours.state_dict(), file)
    file.seek(0)
    other = module.net()
    other.load_state_dict(torch.load(file))
    x = torch.randn(2, 64)
    assert torch.equal(ours(x), other(x))
