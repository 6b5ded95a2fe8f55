"""Language models against transformers, and networks against modules written by hand: the same
keys, the same weights, the same numbers to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests import vision
from tests.generated import assert_same, describe, example, fill
from tests.reference import moe, unet

vision.cure()  # transformers imports torchvision


class Wrapped(nn.Module):
    """A module called in another way, or of whose results some are left out; its keys are those
    of the module."""

    def __init__(self, module: nn.Module, call: Callable[..., Any]) -> None:
        super().__init__()
        self.module = module
        self.call = call

    def forward(self, *inputs: Tensor) -> Tensor:
        result: Tensor = self.call(self.module, *inputs)
        return result


def wrapped(module: nn.Module) -> nn.Module:
    return Wrapped(module, lambda each, *inputs: each(*inputs))


def gpt2(dropout: float = 0.1) -> nn.Module:
    """`attention mask` none, so that both use the fused causal attention."""
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(
        vocab_size=50,
        n_positions=16,
        n_embd=24,
        n_layer=2,
        n_head=3,
        resid_pdrop=dropout,
        embd_pdrop=dropout,
        attn_pdrop=dropout,
        use_cache=False,
        attn_implementation="sdpa",
    )
    model: nn.Module = GPT2LMHeadModel(config)
    return model


def test_gpt2_equals_transformers() -> None:
    ours = example("gpt2.nd").GPT2(vocab=50, context=16, depth=2, num_heads=3, d=24, p=0.1)
    theirs = gpt2()
    assert ours.lm_head.weight is ours.transformer.wte.weight
    ids = torch.randint(0, 50, (2, 9), generator=torch.Generator().manual_seed(0))
    reference = Wrapped(theirs, lambda model, ids: model(ids).logits)
    assert describe(ours) == describe(theirs)
    assert_same(wrapped(ours), reference, ids)


def llama(**changes: Any) -> tuple[nn.Module, nn.Module]:
    """A decoder layer and the rotary embedding of the same configuration."""
    from transformers import LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaDecoderLayer, LlamaRotaryEmbedding

    config = LlamaConfig(
        hidden_size=32,
        intermediate_size=48,
        num_attention_heads=4,
        num_key_value_heads=2,
        num_hidden_layers=1,
        rms_norm_eps=1e-5,
        attn_implementation="sdpa",
        **changes,
    )
    return LlamaDecoderLayer(config, 0), LlamaRotaryEmbedding(config)


def test_a_llama_layer_equals_transformers() -> None:
    program = example("llama.nd")
    ours, theirs = program.DecoderLayer(32, 4, 2, 48), llama()[0]
    cos, sin = program.Rotary(8)(7)
    x = torch.randn(2, 7, 32, generator=torch.Generator().manual_seed(0))
    positions = cos[None], sin[None]
    reference = Wrapped(theirs, lambda layer, x: layer(x, position_embeddings=positions))
    assert describe(ours) == describe(theirs)
    assert_same(Wrapped(ours, lambda layer, x: layer(x, cos, sin)), reference, x)


def test_rotary_positions_equal_transformers() -> None:
    cos, sin = example("llama.nd").Rotary(8)(7)
    positions = torch.arange(7)[None]
    for ours, theirs in zip((cos, sin), llama()[1](torch.zeros(1, 7, 32), positions), strict=True):
        assert torch.equal(ours, theirs[0])


def test_unet_equals_one_written_by_hand() -> None:
    x = torch.randn(2, 3, 36, 44, generator=torch.Generator().manual_seed(0))
    assert_same(example("unet.nd").UNet(3, 2), unet.UNet(3, 2), x)


def test_a_mixture_of_experts_equals_one_written_by_hand() -> None:
    ours = example("moe.nd").SparseMoE(8, 12, num_experts=4, top_k=2)
    theirs = moe.SparseMoE(8, 12, 4, 2)
    x = torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(0))
    assert describe(ours) == describe(theirs)
    both = [Wrapped(each, lambda each, x: each(x)[0]) for each in (ours, theirs)]
    assert_same(*both, x)
    logits = [each.eval()(x)[1] for each in (ours, theirs)]
    assert torch.equal(*logits)


@pytest.mark.parametrize(
    "change", [{"rms_norm_eps": 1e-6}, {"num_key_value_heads": 4}, {"hidden_act": "gelu"}]
)
def test_another_llama_is_told_apart(change: dict[str, Any]) -> None:
    from transformers import LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaDecoderLayer

    known = {"num_key_value_heads": 2, "rms_norm_eps": 1e-5, **change}
    config = LlamaConfig(
        hidden_size=32, intermediate_size=48, num_attention_heads=4, num_hidden_layers=1, **known
    )
    config._attn_implementation = "sdpa"
    program = example("llama.nd")
    cos, sin = program.Rotary(8)(7)
    positions = cos[None], sin[None]
    ours = Wrapped(program.DecoderLayer(32, 4, 2, 48), lambda layer, x: layer(x, cos, sin))
    theirs = Wrapped(
        LlamaDecoderLayer(config, 0), lambda layer, x: layer(x, position_embeddings=positions)
    )
    with pytest.raises(AssertionError):
        assert_same(ours, theirs, torch.randn(2, 7, 32))


def test_dropout_at_another_rate_is_told_apart() -> None:
    ours = example("gpt2.nd").GPT2(vocab=50, context=16, depth=2, num_heads=3, d=24, p=0.1)
    theirs = Wrapped(gpt2(dropout=0.2), lambda model, ids: model(ids).logits)
    fill(ours)
    with pytest.raises(AssertionError):
        assert_same(wrapped(ours), theirs, torch.randint(0, 50, (2, 9)))
