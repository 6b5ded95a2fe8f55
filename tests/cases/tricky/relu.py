import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Named(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.relu = nn.ReLU(inplace=True)
        self.linear = nn.Linear(d, d)
        self.softmax = nn.Softmax(dim=-1)
        self.norm = nn.LayerNorm(d)
        self.Conv2d = nn.Conv2d(1, 1, 1)
        self.cat = nn.ModuleList([nn.Linear(d, d), nn.Identity()])
        act = nn.ReLU
        self.other = act()
        nn.init.constant_(self.linear.weight, 2)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        y = self.relu(self.linear(x)) + self.functional(x)
        return self.softmax(self.norm(y) + self.cat[0](y) + self.other(x))

    def functional(self, x: Tensor) -> Tensor:
        """x: [B, d] -> [B, d]."""
        return torch.sigmoid(F.relu6(x)) + x.softmax(-1).norm()
