import torch.nn.functional as F
from torch import Tensor, nn


class Causal(nn.Conv1d):
    def __init__(self, i: int, o: int, k: int = 3, every: int = 1) -> None:
        super().__init__(i, o, k, dilation=every)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i, T] -> [B, o, T]."""
        behind = (self.kernel_size[0] - 1) * self.dilation[0]
        return F.conv1d(
            F.pad(x, (behind, 0)),
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            self.dilation,
        )


class Whole(nn.Module):
    def __init__(self, i: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(i, i, 3, stride=2)
        self.pool = nn.MaxPool1d(2)
        self.norm = nn.LayerNorm(4)
        self.edge = nn.ZeroPad1d(1)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, i, H, 8] -> [B, i, (H - 3) // 2 + 2, 5]."""
        y = self.conv(F.pad(x, (0, self.conv.kernel_size[1], 0, self.conv.stride[0])))
        return (
            F.layer_norm(y, [5])
            + sum(self.norm.normalized_shape)
            + self.pool.stride
            + sum(self.edge.padding)
        )


def causal() -> Causal:
    """[B, 3, 8] -> [B, 4, 8]."""
    return Causal(3, 4, every=2)


def whole() -> Whole:
    """[B, 3, 9, 8] -> [B, 3, 5, 5]."""
    return Whole(3)
