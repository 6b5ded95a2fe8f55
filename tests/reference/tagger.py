"""A bidirectional LSTM that tags words (Huang et al., 2015, https://arxiv.org/abs/1508.01991)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def turn(batch: Tensor, lengths: list[int]) -> Tensor:
    """Each sentence back to front, and what pads it where it was."""
    return torch.stack(
        [
            torch.cat([rows[:length].flip(0), rows[length:]])
            for rows, length in zip(batch, lengths, strict=True)
        ]
    )


class Tagger(nn.Module):
    def __init__(
        self,
        words: int = 130_000,
        tags: int = 45,
        size: int = 50,
        hidden: int = 300,
        dropout: float = 0.5,
        padding: int = 0,
    ) -> None:
        super().__init__()
        self.padding = padding
        self.embed = nn.Embedding(words, size, padding_idx=padding)
        self.forth = nn.LSTM(size, hidden, batch_first=True)
        self.back = nn.LSTM(size, hidden, batch_first=True)
        self.out = nn.Linear(2 * hidden, tags)
        self.dropout = nn.Dropout(dropout)

    def forward(self, ids: Tensor) -> Tensor:
        lengths = ids.ne(self.padding).sum(dim=1).tolist()
        x = self.dropout(self.embed(ids))
        before = self.forth(x)[0]
        behind = turn(self.back(turn(x, lengths))[0], lengths)
        out: Tensor = self.out(self.dropout(torch.cat((before, behind), dim=-1)))
        return out


class PackedTagger(nn.Module):
    """The same by torch's own way for sentences of several lengths, whose sums are added up in
    another order. It takes the weights of a tagger."""

    def __init__(self, tagger: nn.Module) -> None:
        super().__init__()
        forth, back = tagger.get_submodule("forth"), tagger.get_submodule("back")
        assert isinstance(forth, nn.LSTM) and isinstance(back, nn.LSTM)
        self.embed, self.out = tagger.get_submodule("embed"), tagger.get_submodule("out")
        self.lstm = nn.LSTM(
            forth.input_size, forth.hidden_size, batch_first=True, bidirectional=True
        )
        reverse = {f"{name}_reverse": each for name, each in back.state_dict().items()}
        self.lstm.load_state_dict({**forth.state_dict(), **reverse})

    def forward(self, ids: Tensor) -> Tensor:
        lengths = ids.ne(0).sum(dim=1)
        packed = nn.utils.rnn.pack_padded_sequence(
            self.embed(ids), lengths, batch_first=True, enforce_sorted=False
        )
        x, _ = nn.utils.rnn.pad_packed_sequence(
            self.lstm(packed)[0], batch_first=True, total_length=ids.shape[1]
        )
        out: Tensor = self.out(x)
        return out
