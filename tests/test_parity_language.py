"""Language models against transformers, a U-Net and a mixture of experts against modules written
by hand: the same keys, the same weights, the same numbers to the last bit.

transformers is built with `attn_implementation="sdpa"`, which is what the programs spell; its
eager attention multiplies in another order, and differs from both in the last bits.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn

from tests import vision
from tests.generated import ROOT, assert_same, describe, example, fill, load
from tests.reference import moe, unet

vision.cure()  # transformers imports torchvision

compiled = functools.cache(example)  # no test changes a program

VOCABULARY, TOKENS, WIDTH, HEADS = 50, 7, 32, 4


class Pair(NamedTuple):
    """A program's module, what it is to equal, and what both are called with."""

    ours: nn.Module
    theirs: nn.Module
    inputs: tuple[Tensor, ...]


class Called(nn.Module):
    """A module that is called in another way, or that returns more than one tensor. Both sides of
    a pair are wrapped, so that their keys stay comparable: each begins with `module.`."""

    def __init__(self, module: nn.Module, call: Callable[..., Tensor]) -> None:
        super().__init__()
        self.module = module
        self.call = call

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.call(self.module, *inputs)


def noise(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def gpt2_config(**changes: Any) -> Any:
    from transformers import GPT2Config

    return GPT2Config(use_cache=False, attn_implementation="sdpa", **changes)


def gpt2_model(config: Any) -> nn.Module:
    from transformers import GPT2LMHeadModel

    model: nn.Module = GPT2LMHeadModel(config)
    return model


def llama_config(theta: float = 10000.0, **changes: Any) -> Any:
    from transformers import LlamaConfig

    return LlamaConfig(
        rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": theta},
        attn_implementation="sdpa",
        **changes,
    )


def llama_layer(config: Any) -> nn.Module:
    from transformers.models.llama.modeling_llama import LlamaDecoderLayer

    layer: nn.Module = LlamaDecoderLayer(config, 0)
    return layer


def llama_rotary(config: Any) -> nn.Module:
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

    rotary: nn.Module = LlamaRotaryEmbedding(config)
    return rotary


def llama_positions(config: Any) -> tuple[Tensor, Tensor]:
    cos, sin = llama_rotary(config)(noise(1, TOKENS, WIDTH), torch.arange(TOKENS)[None])
    return cos, sin


def gpt2(program: Any) -> Pair:
    """The whole language model, with dropout in each place that has one."""
    config = gpt2_config(
        vocab_size=VOCABULARY,
        n_positions=16,
        n_embd=24,
        n_layer=2,
        n_head=3,
        resid_pdrop=0.1,
        embd_pdrop=0.1,
        attn_pdrop=0.1,
        bos_token_id=None,
        eos_token_id=None,
    )
    ours = program.GPT2(vocab=VOCABULARY, context=16, depth=2, num_heads=3, d=24, p=0.1)
    ids = torch.randint(VOCABULARY, (2, 9), generator=torch.Generator().manual_seed(0))
    return Pair(
        Called(ours, lambda model, ids: model(ids)),
        Called(gpt2_model(config), lambda model, ids: model(ids).logits),
        (ids,),
    )


def llama(program: Any, kv_heads: int = 2) -> Pair:
    """A decoder layer, each side with the rotary positions that it computes itself."""
    config = llama_config(
        hidden_size=WIDTH,
        intermediate_size=48,
        num_attention_heads=HEADS,
        num_key_value_heads=kv_heads,
    )
    ours, theirs = program.Rotary(WIDTH // HEADS)(TOKENS), llama_positions(config)
    return Pair(
        Called(program.DecoderLayer(WIDTH, HEADS, kv_heads, 48), lambda layer, x: layer(x, *ours)),
        Called(llama_layer(config), lambda layer, x: layer(x, position_embeddings=theirs)),
        (noise(2, TOKENS, WIDTH),),
    )


def llama_without_groups(program: Any) -> Pair:
    return llama(program, kv_heads=HEADS)


def whole_unet(program: Any) -> Pair:
    """At a size that halves with a remainder, so that two of the four steps up pad."""
    return Pair(program.UNet(3, 2), unet.UNet(3, 2), (noise(2, 3, 20, 28),))


def unet_step(program: Any) -> Pair:
    """One step up, with a remainder in one direction."""
    return Pair(program.Up(16, 8), unet.Up(16, 8), (noise(2, 16, 3, 5), noise(2, 8, 7, 10)))


def experts(program: Any) -> Pair:
    """Both results, the tokens and the gate's logits, so that both have gradients."""

    def both(module: nn.Module, x: Tensor) -> Tensor:
        return torch.cat([result.flatten() for result in module(x)])

    return Pair(
        Called(program.SparseMoE(8, 12, num_experts=4, top_k=2), both),
        Called(moe.SparseMoE(8, 12, experts=4, chosen=2), both),
        (noise(2, 5, 8),),
    )


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """On tensors this small, threads that wait for each other cost more than they bring."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


PAIRS: dict[Callable[[Any], Pair], str] = {
    gpt2: "gpt2.nd",
    llama: "llama.nd",
    llama_without_groups: "llama.nd",
    whole_unet: "unet.nd",
    unet_step: "unet.nd",
    experts: "moe.nd",
}


@pytest.mark.parametrize("pair", PAIRS)
def test_a_network_equals_its_reference(pair: Callable[[Any], Pair]) -> None:
    ours, theirs, inputs = pair(compiled(PAIRS[pair]))
    assert_same(ours, theirs, *inputs)


@pytest.mark.parametrize("pair", [llama, llama_without_groups, unet_step, experts])
def test_gradients_that_reach_the_inputs_are_the_same(pair: Callable[[Any], Pair]) -> None:
    ours, theirs, inputs = pair(compiled(PAIRS[pair]))
    gradients = []
    for module in (ours, theirs):
        fill(module)
        given = [each.clone().requires_grad_() for each in inputs]
        gradients.append(torch.autograd.grad(module(*given).square().mean(), given))
    for one, other in zip(*gradients, strict=True):
        assert one.abs().sum() > 0
        assert torch.equal(one, other)


def test_gpt2s_head_is_its_embedding_on_both_sides() -> None:
    for side in gpt2(compiled("gpt2.nd"))[:2]:
        assert side.module.lm_head.weight is side.module.transformer.wte.weight


def test_gpt2s_dropout_follows_the_seed() -> None:
    ours, theirs, inputs = gpt2(compiled("gpt2.nd"))
    outputs = {}
    for name, module, seed in (("ours", ours, 1), ("theirs", theirs, 1), ("other", ours, 2)):
        fill(module)
        torch.manual_seed(seed)
        outputs[name] = module.train()(*inputs)
    assert torch.equal(outputs["ours"], outputs["theirs"])
    assert not torch.equal(outputs["ours"], outputs["other"])


def test_gpt2s_defaults_are_those_of_the_published_model() -> None:
    config = gpt2_config()
    parameters = inspect.signature(compiled("gpt2.nd").GPT2).parameters
    assert {name: each.default for name, each in parameters.items()} == {
        "vocab": config.vocab_size,
        "context": config.n_positions,
        "depth": config.n_layer,
        "num_heads": config.n_head,
        "d": config.n_embd,
        "p": config.resid_pdrop,
        "eps": config.layer_norm_epsilon,
    }
    assert config.resid_pdrop == config.embd_pdrop == config.attn_pdrop


PUBLISHED: list[tuple[str, str, Callable[[], nn.Module]]] = [
    ("gpt2.nd", "gpt2", lambda: gpt2_model(gpt2_config())),
    (
        "llama.nd",
        "llama2_7b",
        lambda: llama_layer(
            llama_config(hidden_size=4096, intermediate_size=11008, num_attention_heads=32)
        ),
    ),
    (
        "llama.nd",
        "llama3_8b",
        lambda: llama_layer(
            llama_config(
                hidden_size=4096,
                intermediate_size=14336,
                num_attention_heads=32,
                num_key_value_heads=8,
            )
        ),
    ),
    ("unet.nd", "unet", lambda: unet.UNet(3, 2)),
    ("moe.nd", "moe", lambda: moe.SparseMoE(4096, 14336, experts=8, chosen=2)),
]


@pytest.mark.parametrize(
    ("program", "entry", "reference"), PUBLISHED, ids=[entry for _, entry, _ in PUBLISHED]
)
def test_an_entry_has_the_keys_and_shapes_of_the_published_size(
    program: str, entry: str, reference: Callable[[], nn.Module]
) -> None:
    with torch.device("meta"):
        assert describe(getattr(compiled(program), entry)()) == describe(reference())


@pytest.mark.parametrize("theta", [10000.0, 500000.0])
def test_rotary_positions_equal_transformers(theta: float) -> None:
    """Neither side saves its frequencies; transformers holds an unsaved second copy of them."""
    config = llama_config(theta, hidden_size=WIDTH, num_attention_heads=HEADS)
    ours, theirs = compiled("llama.nd").Rotary(WIDTH // HEADS, theta), llama_rotary(config)
    for one, other in zip(ours(TOKENS), llama_positions(config), strict=True):
        assert torch.equal(one[None], other)
    assert list(ours.state_dict()) == list(theirs.state_dict()) == []
    assert [name for name, _ in ours.named_buffers()] == ["inv_freq"]
    assert [name for name, _ in theirs.named_buffers()] == ["inv_freq", "original_inv_freq"]
    assert torch.equal(ours.inv_freq, theirs.inv_freq)


def test_experts_compute_what_mixtrals_block_does() -> None:
    """Only close to it: transformers holds the weights of all experts in one tensor each, so its
    keys are others, and it sums in another order."""
    from transformers import MixtralConfig
    from transformers.models.mixtral.modeling_mixtral import MixtralSparseMoeBlock

    config = MixtralConfig(
        hidden_size=8,
        intermediate_size=12,
        num_local_experts=4,
        num_experts_per_tok=2,
        experts_implementation="eager",
    )
    ours, theirs = compiled("moe.nd").SparseMoE(8, 12, num_experts=4), MixtralSparseMoeBlock(config)
    for parameter in ours.parameters():  # large enough for the experts to differ
        nn.init.normal_(parameter, generator=torch.Generator().manual_seed(parameter.numel()))
    theirs.load_state_dict(
        {
            "gate.weight": ours.gate.weight,
            "experts.gate_up_proj": torch.stack(
                [torch.cat([each.w1.weight, each.w3.weight]) for each in ours.experts]
            ),
            "experts.down_proj": torch.stack([each.w2.weight for each in ours.experts]),
        },
        strict=True,
    )
    x = noise(2, 5, 8)
    torch.testing.assert_close(ours(x)[0], theirs(x))


NORMS = [f"{name} = rms_norm d eps=eps" for name in ("input_layernorm", "post_attention_layernorm")]


@pytest.mark.parametrize(
    ("pair", "old", "new"),
    [
        (gpt2, "ln_1 = layer_norm d eps=eps", "ln_1 = layer_norm d eps=1e-6"),
        (gpt2, "act = NewGELU()", 'act = gelu approximate="tanh"'),
        (gpt2, "x + mlp(ln_2(x))", "x + mlp(ln_1(x))"),
        (gpt2, "drop = dropout p", "drop = dropout (p / 2)"),
        (gpt2, "tie lm_head.weight = transformer.wte.weight", ""),
        (llama, NORMS[0], "input_layernorm = rms_norm d eps=1e-6"),
        (llama, "\n  ".join(NORMS), "\n  ".join(reversed(NORMS))),
        (llama, "silu(gate_proj(x)) * up_proj(x)", "silu(up_proj(x)) * gate_proj(x)"),
        (llama, "cat([-b, a], -1)", "cat([b, -a], -1)"),
        (llama, "is_causal=True, ", ""),
        (llama, "theta=10000.0", "theta=20000.0"),
        (unet_step, "cat([skip, x], 1)", "cat([x, skip], 1)"),
        (unet_step, "batch_norm2d o", "batch_norm2d o momentum=0.2"),
        (unet_step, "dy // 2, dy - dy // 2", "dy - dy // 2, dy // 2"),
        (experts, "silu(w1(x)) * w3(x)", "silu(w3(x)) * w1(x)"),
        (experts, "weight = weight / weight.sum(-1, keepdim=True)", ""),
        (experts, "softmax(logits, -1)", "sigmoid(logits)"),
    ],
)
def test_a_wrong_network_is_caught(pair: Callable[[Any], Pair], old: str, new: str) -> None:
    name = PAIRS[pair]
    text = (ROOT / "examples" / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    ours, theirs, inputs = pair(load(text.replace(old, new), name))
    with pytest.raises(AssertionError):
        assert_same(ours, theirs, *inputs)
