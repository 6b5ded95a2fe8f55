import torch.nn.functional as F
from torch import Tensor, nn


class Translator(nn.Module):
    def __init__(self, d: int, n: int = 2) -> None:
        super().__init__()
        self.both = nn.Transformer(d, 2, n, n, 16, 0.0, batch_first=True)
        self.one = nn.TransformerEncoderLayer(d, 2, 16, 0.0, batch_first=True)
        self.many = nn.ModuleList(
            nn.TransformerDecoderLayer(d, 2, 16, 0.0, batch_first=True)
            for _ in range(n)
        )

    def encode(self, x: Tensor) -> Tensor:
        """x: [B, S, d] -> [B, S, d]."""
        return self.both.encoder(x)

    def decode(self, y: Tensor, memory: Tensor) -> Tensor:
        """y: [B, T, d], memory: [B, S, d] -> [B, T, d]."""
        y = self.both.decoder(y, memory)
        for layer in self.many:
            y = layer.norm3(y + layer.linear2(F.relu(layer.linear1(y))))
        return self.one.norm1(y) + self.one.self_attn.out_proj(y)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """x: [B, S, d], y: [B, T, d] -> [B, T, d]."""
        return self.decode(y, self.encode(x))
