import torch
from torch import Tensor, nn


class Unit(nn.Linear):
    def __init__(self, d: int) -> None:
        super().__init__(d, d)


class Scale(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.zeros(d))

    def forward(self, x: Tensor) -> Tensor:
        """x: [*S, d] -> [*S, d]."""
        return x * self.gain


def rows(w: Tensor, to: float = 1.0) -> None:
    w[0] = to
    w[1:].zero_()


class Kinds(nn.Module):
    def __init__(self, d: int, n: int = 2) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.Sequential(Unit(d), Scale(d), nn.Linear(d, d, bias=False))
            for _ in range(n)
        )
        self.rnn = nn.LSTM(d, d)
        self.attention = nn.MultiheadAttention(d, 1)
        self.prelu = nn.PReLU()
        self.norm = nn.BatchNorm1d(d, affine=False)
        self.free = nn.LayerNorm(d)
        for module in self.modules():
            if isinstance(module, Unit):
                nn.init.constant_(module.weight, 2)
                if module.bias is not None:
                    nn.init.ones_(module.bias)
        for module in self.modules():
            if isinstance(module, Scale):
                nn.init.ones_(module.gain)
            elif isinstance(module, nn.LSTM):
                nn.init.orthogonal_(module.weight_ih_l0)
                if module.bias_ih_l0 is not None:
                    nn.init.zeros_(module.bias_ih_l0)
                with torch.no_grad():
                    rows(module.weight_hh_l0, to=3.0)
        for module in self.modules():
            if isinstance(module, nn.MultiheadAttention):
                if module.in_proj_weight is not None:
                    nn.init.xavier_uniform_(module.in_proj_weight)
        nn.init.constant_(self.prelu.weight, 0.5)
        for module in self.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.LayerNorm)):
                if module.weight is not None:
                    nn.init.constant_(module.weight, 4)
                if module.bias is not None:
                    nn.init.constant_(module.bias, 5)
        with torch.no_grad():
            rows(self.blocks[0][2].weight)

    def forward(self, x: Tensor) -> Tensor:
        """x: [T, d] -> [T, d]."""
        for block in self.blocks:
            x = block(x)
        y, (h, c) = self.rnn(x)
        z, weights = self.attention(y, y, y)
        return self.free(self.norm(self.prelu(z))) + h + c + weights.sum()


class Walk(nn.Module):
    def __init__(self, d: int, n: int = 2) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(d, d), Scale(d), Unit(d), nn.Conv1d(d, d, 1))
            for _ in range(n)
        )
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, Scale):
                nn.init.uniform_(module.gain)
            if isinstance(module, Unit):
                nn.init.xavier_normal_(module.weight)
        nn.init.ones_(self.blocks[0][0].weight)
        for module in self.modules():
            if isinstance(module, nn.Conv1d):
                nn.init.uniform_(module.weight)
            elif isinstance(module, nn.LayerNorm):
                if module.weight is not None:
                    nn.init.zeros_(module.weight)
        for module in self.modules():
            if isinstance(module, Scale):
                nn.init.normal_(module.gain)
