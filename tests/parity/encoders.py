"""Networks that read texts in both directions, held against transformers'."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from tests import vision
from tests.parity.compare import Inputs
from tests.parity.table import Row


def transformers(name: str, **sizes: Any) -> Callable[[], nn.Module]:
    """A model of transformers, made of its configuration; imported late, since it takes long."""

    def build() -> nn.Module:
        vision.cure()
        library = importlib.import_module("transformers")
        configuration = getattr(library, f"{name}Config")(**sizes)
        module: nn.Module = getattr(library, f"{name}Model")(configuration)
        return module

    return build


def texts(words: int, *lengths: int) -> Callable[[], tuple[Tensor, ...]]:
    """Words by their numbers, one text a row of each length."""

    def draw() -> tuple[Tensor, ...]:
        generator = torch.Generator().manual_seed(0)
        return tuple(torch.randint(1, words, (2, each), generator=generator) for each in lengths)

    return draw


def masked(words: int, length: int) -> Callable[[], Inputs]:
    """Two texts of one length, of which some is not there, in two parts."""

    def draw() -> Inputs:
        (ids,) = texts(words, length)()
        there = torch.arange(length) < torch.tensor([[length], [length - 3]])
        return ids, there, (torch.arange(length) > length // 2).long().expand(2, -1)

    return draw


def bert(module: nn.Module, ids: Tensor, there: Tensor, types: Tensor) -> dict[str, Tensor]:
    found = module(ids, attention_mask=there.long(), token_type_ids=types)
    return {"x": found.last_hidden_state, "pooled": found.pooler_output}


def t5(module: nn.Module, ids: Tensor, out: Tensor) -> Tensor:
    found: Tensor = module(ids, decoder_input_ids=out, use_cache=False).last_hidden_state
    return found


def sized(**sizes: Any) -> Mapping[str, Callable[[Any], Any]]:
    return {"c": lambda program: program.Config(**sizes)}


OTHER_DRAWS: dict[str, Any] = {
    "initial": False,
    "because": "transformers fills its layers by sizes that it finds in them, on one walk",
}

ROWS = [
    Row(
        "zoo/bert.nd",
        "Bert",
        transformers(
            "Bert",
            vocab_size=50,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=64,
            max_position_embeddings=20,
        ),
        masked(50, 9),
        classes=sized(vocab=50, d=32, depth=2, num_heads=4, hidden=64, positions=20),
        reference_call=bert,
    ),
    Row(
        "zoo/t5.nd",
        "T5",
        transformers(
            "T5",
            vocab_size=50,
            d_model=32,
            d_kv=8,
            d_ff=64,
            num_layers=2,
            num_heads=4,
            attn_implementation="eager",
        ),
        texts(50, 9, 7),
        classes=sized(vocab=50, d=32, e=8, hidden=64, depth=2, num_heads=4),
        reference_call=t5,
        **OTHER_DRAWS,
    ),
    # Every entry at its published size.
    Row(
        "zoo/bert.nd",
        "bert_base",
        transformers("Bert"),
        masked(30522, 40),
        full=True,
        reference_call=bert,
    ),
    Row(
        "zoo/bert.nd",
        "bert_large",
        transformers(
            "Bert",
            hidden_size=1024,
            num_hidden_layers=24,
            num_attention_heads=16,
            intermediate_size=4096,
        ),
        masked(30522, 40),
        full=True,
        reference_call=bert,
    ),
    Row(
        "zoo/t5.nd",
        "t5_small",
        transformers("T5", attn_implementation="eager"),
        texts(32128, 40, 30),
        full=True,
        reference_call=t5,
        **OTHER_DRAWS,
    ),
    Row(
        "zoo/t5.nd",
        "t5_base",
        transformers(
            "T5", d_model=768, d_ff=3072, num_layers=12, num_heads=12, attn_implementation="eager"
        ),
        texts(32128, 40, 30),
        full=True,
        reference_call=t5,
        **OTHER_DRAWS,
    ),
]
