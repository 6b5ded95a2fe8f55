"""Published checkpoints whose keys are not those of the zoo's programs are loaded through a map."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.parity.compare import fill
from tests.parity.language import ROWS
from tests.parity.table import compiled

ROW = next(row for row in ROWS if row.entry == "Mixtral")
keys: Any = importlib.import_module("zoo.mixtral_keys")  # examples/ is on the path of the tests


def published(folder: Path) -> tuple[Any, dict[str, Tensor]]:
    """transformers' network, and the checkpoint that it saves: in the published form."""
    from safetensors.torch import load_file

    theirs: Any = ROW.reference()
    fill(theirs)
    theirs.save_pretrained(folder)
    return theirs.eval(), load_file(folder / "model.safetensors")


def test_a_published_checkpoint_of_mixtral_fits_through_its_map(tmp_path: Path) -> None:
    theirs, checkpoint = published(tmp_path)
    assert "model.layers.1.block_sparse_moe.experts.2.w3.weight" in checkpoint
    ours = ROW.build(compiled(ROW.program)).eval()
    with pytest.raises(RuntimeError, match="Missing key"):
        ours.load_state_dict(checkpoint, strict=True)
    ours.load_state_dict(keys.from_published(checkpoint), strict=True)
    (ids,) = ROW.inputs()
    assert torch.equal(ours(ids), theirs(ids).logits)


def test_the_map_of_mixtrals_keys_leads_back(tmp_path: Path) -> None:
    _, checkpoint = published(tmp_path)
    state = ROW.build(compiled(ROW.program)).state_dict()
    assert keys.from_published(checkpoint).keys() == state.keys()
    back = keys.to_published(keys.from_published(checkpoint))
    assert back.keys() == checkpoint.keys()
    assert all(torch.equal(back[key], checkpoint[key]) for key in back)


def test_a_block_of_a_published_checkpoint_is_the_sparse_block_of_the_examples(
    tmp_path: Path,
) -> None:
    """`examples/moe.nd` holds w1, w2 and w3 itself; it adds experts up in another order."""
    theirs, checkpoint = published(tmp_path)
    prefix = "model.layers.1.block_sparse_moe."
    block = compiled("moe.nd").SparseMoE(24, 40, num_experts=3, top_k=2)
    held = {key.removeprefix(prefix): each for key, each in checkpoint.items() if prefix in key}
    block.load_state_dict(held, strict=True)
    x = torch.randn(2, 9, 24, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(block(x)[0], theirs.model.layers[1].mlp(x))
