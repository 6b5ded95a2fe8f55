import torch
from torch import Tensor, nn


class Ties(nn.Module):
    def __init__(self, vocab: int, d: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocab, d, padding_idx=0)
        self.head = nn.Linear(d, vocab, bias=False)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(d, d), nn.LayerNorm(d)) for _ in range(3)
        )
        self.gain = nn.Parameter(torch.empty(d))
        nn.init.normal_(self.gain)
        self.head.weight = self.embed.weight
        for i in range(1, 3):
            self.blocks[i][0].weight = self.blocks[0][0].weight
            self.blocks[i][1].bias = self.blocks[i - 1][1].bias
        self.blocks[0][1].weight = self.gain
        for module in self.modules():
            if isinstance(module, nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)

    def forward(self, ids: Tensor) -> Tensor:
        """ids: int[B, T] -> [B, T, vocab]."""
        x = self.embed(ids)  # [B, T, d]
        for block in self.blocks:
            x = block(x)
        return self.head(x)
