"""The Transformer that translates (Vaswani et al., 2017, https://arxiv.org/abs/1706.03762), of
torch's own encoder and decoder; one table of embeddings serves both languages and the scores."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def sinusoids(longest: int, width: int) -> Tensor:
    """Each pair of columns turns at a pace of its own."""
    table = torch.zeros(longest, width)
    position = torch.arange(longest).unsqueeze(1)
    pace = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
    table[:, 0::2] = torch.sin(position * pace)
    table[:, 1::2] = torch.cos(position * pace)
    return table


class Embedding(nn.Module):
    positions: Tensor

    def __init__(self, vocab: int, width: int, p: float, longest: int, pad: int) -> None:
        super().__init__()
        self.scale = math.sqrt(width)
        self.tokens = nn.Embedding(vocab, width, padding_idx=pad)
        nn.init.normal_(self.tokens.weight, std=width**-0.5)
        self.dropout = nn.Dropout(p)
        self.register_buffer("positions", sinusoids(longest, width), persistent=False)

    def forward(self, ids: Tensor) -> Tensor:
        embedded = self.tokens(ids) * self.scale + self.positions[: ids.size(1)]
        y: Tensor = self.dropout(embedded)
        return y


class Transformer(nn.Module):
    def __init__(
        self,
        vocab: int,
        width: int = 512,
        depth: int = 6,
        heads: int = 8,
        hidden: int = 2048,
        p: float = 0.1,
        longest: int = 1024,
        pad: int = 0,
    ) -> None:
        super().__init__()
        self.pad = pad
        self.embed = Embedding(vocab, width, p, longest, pad)
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(width, heads, hidden, p, batch_first=True),
            num_layers=depth,
            enable_nested_tensor=False,
        )
        self.decoder = nn.TransformerDecoder(
            nn.TransformerDecoderLayer(width, heads, hidden, p, batch_first=True),
            num_layers=depth,
        )
        for stack in (self.encoder, self.decoder):
            for weight in stack.parameters():
                if weight.dim() > 1:
                    nn.init.xavier_uniform_(weight)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        unread = source == self.pad
        memory = self.encoder(self.embed(source), src_key_padding_mask=unread)
        length = target.size(1)
        later = torch.ones(length, length, dtype=torch.bool, device=target.device).triu(1)
        y = self.decoder(
            self.embed(target),
            memory,
            tgt_mask=later,
            tgt_key_padding_mask=target == self.pad,
            memory_key_padding_mask=unread,
            tgt_is_causal=True,
        )
        return F.linear(y, self.embed.tokens.weight)
