"""Networks of language, held against transformers', and against modules written by hand.

transformers computes attention by torch's own function (`sdpa`), as the programs do, keeps no keys
and values of earlier tokens, and goes through a mixture's experts one by one (`eager`).
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from tests import vision
from tests.parity.compare import Inputs
from tests.parity.table import Row, noise, tokens
from tests.reference import transformer

Build = Callable[[], nn.Module]


def transformers(model: str, config: str, **settings: Any) -> Build:
    """A model of transformers', without weights; imported late, since it takes seconds."""

    def build() -> nn.Module:
        vision.cure()
        library = importlib.import_module("transformers")
        tokens = dict.fromkeys(("bos_token_id", "eos_token_id", "pad_token_id"))
        usual = {"use_cache": False, "attn_implementation": "sdpa", **tokens}
        made = getattr(library, config)(**usual | settings)
        module: nn.Module = getattr(library, model)(made)
        return module

    return build


def logits(model: nn.Module, *inputs: Tensor) -> Any:
    return model(*inputs).logits


def gpt2(d: int, depth: int, num_heads: int, vocab: int = 50257, context: int = 1024) -> Build:
    return transformers(
        "GPT2LMHeadModel",
        "GPT2Config",
        n_embd=d,
        n_layer=depth,
        n_head=num_heads,
        vocab_size=vocab,
        n_positions=context,
    )


def llama(
    d: int,
    hidden: int,
    depth: int,
    num_heads: int,
    num_kv_heads: int,
    vocab: int = 32000,
    theta: float = 10000.0,
    family: str = "Llama",
    **settings: Any,
) -> Build:
    return transformers(
        f"{family}ForCausalLM",
        f"{family}Config",
        hidden_size=d,
        intermediate_size=hidden,
        num_hidden_layers=depth,
        num_attention_heads=num_heads,
        num_key_value_heads=num_kv_heads,
        vocab_size=vocab,
        rope_parameters={"rope_type": "default", "rope_theta": theta},
        rms_norm_eps=1e-5,
        **settings,
    )


mixtral = functools.partial(llama, family="Mixtral", theta=1e6, experts_implementation="eager")


def mamba(d: int, depth: int, vocab: int = 50280, state: int = 16) -> Build:
    return transformers(
        "MambaForCausalLM",
        "MambaConfig",
        hidden_size=d,
        num_hidden_layers=depth,
        vocab_size=vocab,
        state_size=state,
        attn_implementation="eager",  # there is no attention
    )


def gemma2(
    d: int,
    hidden: int,
    depth: int,
    num_heads: int,
    num_kv_heads: int,
    e: int,
    scale: int,
    window: int = 4096,
    vocab: int = 256000,
) -> Build:
    return transformers(
        "Gemma2ForCausalLM",
        "Gemma2Config",
        hidden_size=d,
        intermediate_size=hidden,
        num_hidden_layers=depth,
        num_attention_heads=num_heads,
        num_key_value_heads=num_kv_heads,
        head_dim=e,
        query_pre_attn_scalar=scale,
        sliding_window=window,
        vocab_size=vocab,
        attn_implementation="eager",  # which alone caps what attention scores
        pad_token_id=0,
    )


def encodec(d: int, code: int, strides: list[int], size: int, bandwidth: float) -> Build:
    """Of so many thousand bits a second."""
    return transformers(
        "EncodecModel",
        "EncodecConfig",
        num_filters=d,
        hidden_size=code,
        upsampling_ratios=strides,
        codebook_size=size,
        target_bandwidths=[bandwidth],
        attn_implementation="eager",  # there is no attention
    )


def coded(model: Any, sound: Tensor) -> tuple[Tensor, ...]:
    """What is heard in a sound, its codes, and the sound that they stand for."""
    heard = model.encoder(sound)
    codes = model.quantizer.encode(heard)
    return heard, codes, model.decoder(model.quantizer.decode(codes))


def sizes(*given: int, **named: Any) -> dict[str, Callable[[Any], Any]]:
    """The record that a decoder takes."""
    return {"c": lambda program: program.Sizes(*given, **named)}


def sentences(vocabulary: int, source: int, target: int) -> Callable[[], Inputs]:
    """Two sentences in each language; of each two, the second is padded with zeros."""

    def draw() -> Inputs:
        generator = torch.Generator().manual_seed(0)
        both = [torch.randint(1, vocabulary, (2, n), generator=generator) for n in (source, target)]
        for each in both:
            each[1, -2:] = 0
        return both

    return draw


TOO_LARGE: dict[str, Any] = {
    "full": True,
    "meta": True,
    "because": "its weights fill gigabytes: keys, shapes, dtypes, kinds and ties are compared, without "
    "numbers; a small network of the same program is equal to the last bit",
}
OTHER_DRAWS: dict[str, Any] = {
    "initial": False,
    "because": "transformers fills its layers on one walk, some of them twice: the schemes are the "
    "same, and the numbers are drawn in another order",
}
WORDS = tokens(31, 2, 9)
CODED: dict[str, Any] = {
    "call": coded,
    "reference_call": coded,
    "initial": False,
    "because": "transformers gives the weights of recurrent layers and the biases of convolutions other "
    "schemes than torch does",
}

ROWS = [
    Row(
        "zoo/gpt2.nd",
        "GPT2",
        gpt2(24, 2, 3, 31, 16),
        WORDS,
        {"d": 24, "depth": 2, "num_heads": 3, "vocab": 31, "context": 16},
        reference_call=logits,
    ),
    Row(
        "zoo/llama.nd",
        "CausalLM",
        llama(24, 40, 2, 6, 2, 31, 500000.0),
        WORDS,
        classes=sizes(24, 40, 2, 6, 2, 31, 500000.0),
        reference_call=logits,
    ),
    Row(
        "zoo/mixtral.nd",
        "Mixtral",
        mixtral(24, 40, 2, 4, 4, 31, num_local_experts=3, num_experts_per_tok=2),
        WORDS,
        {"num_experts": 3, "top_k": 2},
        sizes(24, 40, 2, 4, 4, 31, 1e6),
        reference_call=logits,
    ),
    Row(
        "zoo/gemma2.nd",
        "Gemma2",
        gemma2(24, 40, 3, 4, 2, 8, 6, window=4, vocab=31),
        WORDS,
        classes=sizes(24, 40, 3, 4, 2, 8, scale=6, window=4, vocab=31),
        reference_call=logits,
        **OTHER_DRAWS,
    ),
    Row(
        "zoo/encodec.nd",
        "Encodec",
        encodec(8, 6, [4, 2], 16, 36.0),
        noise(2, 1, 61),
        {"d": 8, "code": 6, "strides": [4, 2], "size": 16, "n": 3},
        **CODED,
    ),
    Row(
        "zoo/mamba.nd",
        "CausalLM",
        mamba(24, 2, 31, 4),
        WORDS,
        classes=sizes(24, 2, 31, 4),
        reference_call=logits,
        **OTHER_DRAWS,
    ),
    Row(
        "zoo/transformer.nd",
        "Transformer",
        lambda: transformer.Transformer(31, 24, 2, 3, 40, longest=16),
        sentences(31, 7, 9),
        {"vocab": 31, "d": 24, "depth": 2, "num_heads": 3, "hidden": 40, "longest": 16},
    ),
]

# Every entry at its published size.
ROWS += [
    Row(
        "zoo/gpt2.nd",
        "gpt2",
        gpt2(768, 12, 12),
        tokens(50257, 2, 32),
        reference_call=logits,
        full=True,
    ),
    Row(
        "zoo/mamba.nd",
        "mamba_130m",
        mamba(768, 24),
        tokens(50280, 2, 16),
        reference_call=logits,
        full=True,
        **OTHER_DRAWS,
    ),
    Row(
        "zoo/encodec.nd",
        "encodec_24khz",
        encodec(32, 128, [8, 5, 4, 2], 1024, 24.0),
        noise(1, 1, 4800),
        full=True,
        **CODED,
    ),
    Row(
        "zoo/transformer.nd",
        "transformer_base",
        lambda: transformer.Transformer(37000),
        sentences(37000, 30, 20),
        full=True,
    ),
    Row(
        "zoo/transformer.nd",
        "transformer_big",
        lambda: transformer.Transformer(37000, 1024, 6, 16, 4096, 0.3),
        sentences(37000, 30, 20),
        full=True,
    ),
]
LARGE: list[tuple[str, str, Build]] = [
    ("gpt2", "gpt2_medium", gpt2(1024, 24, 16)),
    ("gpt2", "gpt2_large", gpt2(1280, 36, 20)),
    ("gpt2", "gpt2_xl", gpt2(1600, 48, 25)),
    ("llama", "llama2_7b", llama(4096, 11008, 32, 32, 32)),
    ("llama", "llama2_13b", llama(5120, 13824, 40, 40, 40)),
    ("llama", "llama2_70b", llama(8192, 28672, 80, 64, 8)),
    ("llama", "llama3_8b", llama(4096, 14336, 32, 32, 8, 128256, 500000.0)),
    ("llama", "llama3_70b", llama(8192, 28672, 80, 64, 8, 128256, 500000.0)),
    ("gemma2", "gemma2_2b", gemma2(2304, 9216, 26, 8, 4, 256, 256)),
    ("gemma2", "gemma2_9b", gemma2(3584, 14336, 42, 16, 8, 256, 256)),
    ("gemma2", "gemma2_27b", gemma2(4608, 36864, 46, 32, 16, 128, 144)),
    ("mixtral", "mixtral_8x7b", mixtral(4096, 14336, 32, 32, 8)),
    ("mixtral", "mixtral_8x22b", mixtral(6144, 16384, 56, 48, 8)),
]
ROWS += [
    Row(f"zoo/{program}.nd", entry, reference, tokens(32000, 1, 1024), **TOO_LARGE)
    for program, entry, reference in LARGE
]
ROWS += [  # which goes through a text step by step, and so is given a short one
    Row("zoo/mamba.nd", entry, mamba(d, 48), tokens(50280, 1, 16), **TOO_LARGE)
    for entry, d in (("mamba_370m", 1024), ("mamba_1b4", 2048))
]
