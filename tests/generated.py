"""Generated source as a module, and how two modules are compared."""

from __future__ import annotations

import itertools
import sys
import types
from pathlib import Path
from typing import Any

import torch
from torch import nn

import netdsl
from netdsl.analysis.imports import Read
from netdsl.files import Folder

ROOT = Path(__file__).parent.parent
_numbers = itertools.count()


def load(text: str, name: str = "program.nd", read: Read | None = None) -> Any:
    """The module that a program compiles to, imported."""
    module = types.ModuleType(f"generated_{next(_numbers)}")
    sys.modules[module.__name__] = module
    source = netdsl.compile(text, name=name, read=read).source
    exec(compile(source, f"<{name}>", "exec"), module.__dict__)
    return module


def example(name: str) -> Any:
    """A program of the examples, imported."""
    folder = ROOT / "examples"
    return load((folder / name).read_text(encoding="utf-8"), name, Folder(folder).read)


def fill(module: nn.Module, seed: int = 0) -> None:
    """Fills every parameter and buffer with seeded noise, so that nothing can hide."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in module.state_dict().items():
        if tensor.is_floating_point():
            noise = torch.randn(tensor.shape, generator=generator) * 0.05
            tensor.copy_(noise.abs() + 0.5 if "var" in name else noise)


def describe(module: nn.Module) -> list[tuple[str, torch.Size, torch.dtype, bool]]:
    """Keys in order, with shape, dtype, and whether it is a parameter."""
    parameters = dict(module.named_parameters(remove_duplicate=False))
    return [
        (name, tensor.shape, tensor.dtype, name in parameters)
        for name, tensor in module.state_dict().items()
    ]


def assert_same(ours: nn.Module, reference: nn.Module, *inputs: torch.Tensor) -> None:
    """The same keys in order, a strict load, and bit-equal results in eval and in train:
    outputs, gradients, buffers."""
    assert describe(ours) == describe(reference)
    fill(reference)
    ours.load_state_dict(reference.state_dict(), strict=True)
    ours.eval()
    reference.eval()
    with torch.no_grad():
        assert torch.equal(ours(*inputs), reference(*inputs))
    results = []
    for module in (ours.train(), reference.train()):
        torch.manual_seed(1)
        output = module(*inputs)
        output.square().mean().backward()
        results.append(output)
    assert torch.equal(*results)
    for (name, one), (_, other) in zip(
        ours.named_parameters(), reference.named_parameters(), strict=True
    ):
        assert (one.grad is None) == (other.grad is None), name
        if one.grad is not None:
            assert torch.equal(one.grad, other.grad), name
    for (name, one), (_, other) in zip(
        ours.named_buffers(), reference.named_buffers(), strict=True
    ):
        assert torch.equal(one, other), name
