"""The keys of Mixtral's published checkpoints, and those of `mixtral.nd`.

A published checkpoint holds three matrices of each expert; the program holds all experts of a layer
in two tensors, as transformers does since its fifth version:

| published | `mixtral.nd` |
| --- | --- |
| `model.layers.0.block_sparse_moe.gate.weight` | `model.layers.0.mlp.gate.weight` |
| `….block_sparse_moe.experts.3.w1.weight`, `….w3.weight` | `….mlp.experts.gate_up_proj[3]` |
| `….block_sparse_moe.experts.3.w2.weight` | `….mlp.experts.down_proj[3]` |

The rows of w1 stand above those of w3; all other keys are the same. So a checkpoint is loaded by
`network.load_state_dict(from_published(checkpoint))`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

EXPERT = re.compile(r"(.*)\.block_sparse_moe\.experts\.(\d+)\.(w[123])\.weight")
FUSED = re.compile(r"(.*)\.mlp\.experts\.(gate_up_proj|down_proj)")


def from_published(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state of the program's network, of that of a published checkpoint."""
    found: dict[str, Tensor] = {}
    experts: dict[str, dict[tuple[str, int], Tensor]] = {}
    for key, tensor in state.items():
        expert = EXPERT.fullmatch(key)
        if expert is None:
            found[key.replace(".block_sparse_moe.", ".mlp.")] = tensor
        else:
            layer, number, name = expert.groups()
            experts.setdefault(layer, {})[name, int(number)] = tensor
    for layer, held in experts.items():
        numbers = range(len(held) // 3)
        found[f"{layer}.mlp.experts.gate_up_proj"] = torch.stack(
            [torch.cat([held["w1", n], held["w3", n]]) for n in numbers]
        )
        found[f"{layer}.mlp.experts.down_proj"] = torch.stack([held["w2", n] for n in numbers])
    return found


def to_published(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state of a published checkpoint, of that of the program's network."""
    found: dict[str, Tensor] = {}
    for key, tensor in state.items():
        fused = FUSED.fullmatch(key)
        if fused is None:
            found[key.replace(".mlp.", ".block_sparse_moe.")] = tensor
            continue
        layer, name = fused.groups()
        for number, expert in enumerate(tensor):
            parts = {"w2": expert}
            if name == "gate_up_proj":
                parts = dict(zip(("w1", "w3"), expert.chunk(2), strict=True))
            for part, weight in parts.items():
                path = f"{layer}.block_sparse_moe.experts.{number}.{part}.weight"
                found[path] = weight.contiguous()
    return found
