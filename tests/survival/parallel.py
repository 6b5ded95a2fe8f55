"""A step of training by two processes, each of which sees half of a batch, comes to the weights
that one process comes to."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor
from torch.multiprocessing.spawn import spawn
from torch.nn.parallel import DistributedDataParallel

from tests.parity.compare import same
from tests.parity.table import compiled

PROCESSES = 2
BOUND = 1e-5
"""How far, as a share of the largest number, sums in another order may be off."""
State = dict[str, Tensor]


def network() -> nn.Module:
    """One without statistics of a batch and without dropout, for which halves and the whole come
    to the same gradients."""
    torch.manual_seed(0)
    module: nn.Module = compiled("zoo/vit.nd").ViT(
        d=32, depth=2, num_heads=4, classes=10, patch=8, image=32
    )
    return module.train()


def batch() -> Tensor:
    return torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def replicated(module: nn.Module) -> nn.Module:
    return DistributedDataParallel(module)


def sharded(module: nn.Module) -> nn.Module:
    """Each block is cut in two, and put together while it computes; so is what is around them."""
    mesh = init_device_mesh("cpu", (PROCESSES,))
    for each in [*module.get_submodule("blocks").children(), module]:
        fully_shard(each, mesh=mesh)
    assert all(isinstance(each, DTensor) for each in module.parameters()), "not sharded"
    return module


PARALLEL: dict[str, tuple[str, Callable[[nn.Module], nn.Module]]] = {
    "DDP": ("`DistributedDataParallel`", replicated),
    "FSDP2": ("`fully_shard` on each block and on the network", sharded),
}


def step(module: nn.Module, given: Tensor) -> State:
    """The gradients of one step of training, and the weights after it, as of one process."""
    optimizer = torch.optim.AdamW(module.parameters(), lr=1e-2, eps=1e-3)
    loss: Tensor = module(given).square().mean()
    torch.autograd.backward(loss)
    optimizer.step()
    named = {name.removeprefix("module."): each for name, each in module.named_parameters()}
    gradients = {f"{name}, gradient": whole(each.grad) for name, each in named.items()}
    return gradients | {name: whole(each) for name, each in named.items()}


def whole(tensor: Tensor | None) -> Tensor:
    assert tensor is not None, "no gradient"
    return (tensor.full_tensor() if isinstance(tensor, DTensor) else tensor).detach()


def train(rank: int, folder: str) -> None:
    """What each of the processes does: both kinds, since it is starting that takes time."""
    torch.set_num_threads(1)
    distributed.init_process_group(
        "gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=PROCESSES
    )
    try:
        for name, (_, parallel) in PARALLEL.items():
            state = step(parallel(network()), batch().chunk(PROCESSES)[rank])
            torch.save(state, Path(folder) / f"{name}{rank}.pt")
    finally:
        distributed.destroy_process_group()


@functools.cache
def trained() -> dict[str, list[State]]:
    """By kind, the state that each of the processes comes to."""
    with tempfile.TemporaryDirectory() as folder:
        start: Any = spawn
        start(train, (folder,), nprocs=PROCESSES)
        return {
            name: [torch.load(Path(folder) / f"{name}{rank}.pt") for rank in range(PROCESSES)]
            for name in PARALLEL
        }


def training_together(name: str) -> None:
    """Every process ends where one alone does."""
    expected = step(network(), batch())
    half = step(network(), batch().chunk(PROCESSES)[0])
    assert any(not torch.allclose(half[key], each) for key, each in expected.items())
    for rank, state in enumerate(trained()[name]):
        same(f"process {rank}", iter(state.items()), iter(expected.items()), BOUND)
