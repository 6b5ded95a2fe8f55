"""Networks that are given two things of different kinds, held against transformers'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from tests import vision
from tests.parity.compare import Inputs
from tests.parity.language import OTHER_DRAWS, TOO_LARGE, Build, sizes, transformers
from tests.parity.table import Row

END = 30
"""The word that ends a text, in the small network."""


def clip(text: Mapping[str, int], picture: Mapping[str, int], d: int) -> Build:
    """A CLIP, of towers that are told as transformers tells them."""

    def build() -> nn.Module:
        vision.cure()
        from transformers import CLIPConfig, CLIPModel

        config = CLIPConfig(
            text_config={"bos_token_id": None, "pad_token_id": None, **text},
            vision_config=dict(picture),
            projection_dim=d,
            attn_implementation="sdpa",
        )
        module: nn.Module = CLIPModel(config)
        return module

    return build


def tower(d: int, depth: int, num_heads: int, **settings: int) -> Mapping[str, int]:
    return {
        "hidden_size": d,
        "intermediate_size": 4 * d,
        "num_hidden_layers": depth,
        "num_attention_heads": num_heads,
        **settings,
    }


def captions(vocab: int, length: int, end: int, side: int, count: int = 3) -> Callable[[], Inputs]:
    """Texts that end at various places, and a picture fewer."""

    def draw() -> Inputs:
        generator = torch.Generator().manual_seed(0)
        ids = torch.randint(1, end, (count, length), generator=generator)
        ids[range(count), [length - 1 - at for at in range(count)]] = end
        return ids, torch.randn(max(1, count - 1), 3, side, side, generator=generator)

    return draw


def together(model: nn.Module, ids: Tensor, x: Tensor) -> Any:
    return model(input_ids=ids, pixel_values=x).logits_per_image


def whisper(
    d: int, depth: int, num_heads: int, vocab: int = 51865, mels: int = 80, frames: int = 1500
) -> Build:
    return transformers(
        "WhisperForConditionalGeneration",
        "WhisperConfig",
        d_model=d,
        encoder_layers=depth,
        decoder_layers=depth,
        encoder_attention_heads=num_heads,
        decoder_attention_heads=num_heads,
        encoder_ffn_dim=4 * d,
        decoder_ffn_dim=4 * d,
        vocab_size=vocab,
        num_mel_bins=mels,
        max_source_positions=frames,
        decoder_start_token_id=1,
        dropout=0.0 if frames == 1500 else 0.1,
    )


def spoken(vocab: int, words: int, mels: int = 80, frames: int = 1500) -> Callable[[], Inputs]:
    """The spectrum of a sound, and words of what was said."""

    def draw() -> Inputs:
        generator = torch.Generator().manual_seed(0)
        sound = torch.randn(2, mels, 2 * frames, generator=generator)
        return sound, torch.randint(1, vocab, (2, words), generator=generator)

    return draw


def written(model: nn.Module, sound: Tensor, ids: Tensor) -> Any:
    return model(input_features=sound, decoder_input_ids=ids).logits


def towers(text: tuple[int, ...], picture: tuple[int, ...]) -> dict[str, Callable[[Any], Any]]:
    return {
        "text": lambda program: program.Tower(*text),
        "vision": lambda program: program.Tower(*picture),
    }


CLIP: dict[str, Any] = {"reference_call": together}
WHISPER: dict[str, Any] = {"reference_call": written}

ROWS = [
    Row(
        "zoo/clip.nd",
        "CLIP",
        clip(
            tower(16, 2, 2, vocab_size=31, max_position_embeddings=9, eos_token_id=END),
            tower(24, 1, 3, image_size=16, patch_size=8),
            12,
        ),
        captions(31, 7, END, 16),
        {"d": 12, "patch": 8, "image": 16, "vocab": 31, "words": 9, "end": END},
        towers((16, 2, 2), (24, 1, 3)),
        **CLIP,
        **OTHER_DRAWS,
    ),
    Row(
        "zoo/whisper.nd",
        "Whisper",
        whisper(16, 2, 2, 31, 5, 8),
        spoken(31, 6, 5, 8),
        classes=sizes(16, 2, 2, vocab=31, mels=5, frames=8, p=0.1),
        **WHISPER,
        **OTHER_DRAWS,
    ),
    # Every entry at its published size.
    Row(
        "zoo/clip.nd",
        "clip_vit_base_patch32",
        clip(
            tower(512, 12, 8, eos_token_id=49407),
            tower(768, 12, 12, image_size=224, patch_size=32),
            512,
        ),
        captions(49408, 77, 49407, 224, 2),
        full=True,
        **CLIP,
        **OTHER_DRAWS,
    ),
    Row(
        "zoo/clip.nd",
        "clip_vit_large_patch14",
        clip(
            tower(768, 12, 12, eos_token_id=49407),
            tower(1024, 24, 16, image_size=224, patch_size=14),
            768,
        ),
        captions(49408, 77, 49407, 224, 2),
        **CLIP,
        **TOO_LARGE,
    ),
    Row(
        "zoo/whisper.nd",
        "whisper_tiny",
        whisper(384, 4, 6),
        spoken(51865, 12),
        full=True,
        **WHISPER,
        **OTHER_DRAWS,
    ),
    Row(
        "zoo/whisper.nd",
        "whisper_small",
        whisper(768, 12, 12),
        spoken(51865, 12),
        **WHISPER,
        **TOO_LARGE,
    ),
    Row(
        "zoo/whisper.nd",
        "whisper_large_v3",
        whisper(1280, 32, 20, 51866, 128),
        spoken(51866, 12, 128),
        **WHISPER,
        **TOO_LARGE,
    ),
]
