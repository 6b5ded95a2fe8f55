"""The network of denoising diffusion probabilistic models (Ho et al., 2020,
https://arxiv.org/abs/2006.11239) for CIFAR-10."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def scaled(layer: nn.Conv2d | nn.Linear, zero: bool = False) -> nn.Module:
    """Weights as in the paper's code."""
    if zero:
        nn.init.zeros_(layer.weight)
    else:
        nn.init.xavier_uniform_(layer.weight)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer


def conv(inputs: int, outputs: int, kernel: int = 3, zero: bool = False) -> nn.Module:
    return scaled(nn.Conv2d(inputs, outputs, kernel, padding=(kernel - 1) // 2), zero)


def normalise(channels: int) -> nn.Module:
    return nn.GroupNorm(num_groups=32, num_channels=channels, eps=1e-6)


def timestep_embedding(timesteps: Tensor, size: int) -> Tensor:
    half = size // 2
    exponents = torch.arange(half, device=timesteps.device) * (-math.log(10000) / (half - 1))
    angles = torch.outer(timesteps.float(), torch.exp(exponents))
    return torch.cat((torch.sin(angles), torch.cos(angles)), dim=1)


class Residual(nn.Module):
    def __init__(self, inputs: int, outputs: int, time_size: int, dropout: float) -> None:
        super().__init__()
        self.norm1 = normalise(inputs)
        self.conv1 = conv(inputs, outputs)
        self.time = scaled(nn.Linear(time_size, outputs))
        self.norm2 = normalise(outputs)
        self.conv2 = conv(outputs, outputs, zero=True)
        self.dropout = nn.Dropout(dropout)
        self.shortcut = nn.Identity() if inputs == outputs else conv(inputs, outputs, kernel=1)

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        y = self.conv1(F.silu(self.norm1(x)))
        y = y + self.time(embedding).unsqueeze(-1).unsqueeze(-1)
        y = self.conv2(self.dropout(F.silu(self.norm2(y))))
        out: Tensor = y + self.shortcut(x)
        return out


class Attention(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = normalise(channels)
        self.q = conv(channels, channels, kernel=1)
        self.k = conv(channels, channels, kernel=1)
        self.v = conv(channels, channels, kernel=1)
        self.out = conv(channels, channels, kernel=1, zero=True)

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape

        def rows(y: Tensor) -> Tensor:
            return y.reshape(batch, channels, height * width).permute(0, 2, 1)

        y = self.norm(x)
        q, k, v = rows(self.q(y)), rows(self.k(y)), rows(self.v(y))
        y = F.scaled_dot_product_attention(q, k, v)
        y = y.permute(0, 2, 1).reshape(batch, channels, height, width)
        out: Tensor = x + self.out(y)
        return out


class Block(nn.Module):
    def __init__(
        self, inputs: int, outputs: int, time_size: int, dropout: float, attends: bool
    ) -> None:
        super().__init__()
        self.residual = Residual(inputs, outputs, time_size, dropout)
        if attends:
            self.attention = Attention(outputs)
        self.attends = attends

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        x = self.residual(x, embedding)
        if self.attends:
            x = self.attention(x)
        return x


class Level(nn.Module):
    """Blocks with these inputs, and what changes the size behind them."""

    def __init__(
        self,
        inputs: Sequence[int],
        outputs: int,
        time_size: int,
        dropout: float,
        attends: bool,
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            [Block(each, outputs, time_size, dropout, attends) for each in inputs]
        )

    def resample(self, name: str, *layers: nn.Module) -> None:
        self.add_module(name, nn.Sequential(*layers))


class DiffusionUNet(nn.Module):
    def __init__(
        self,
        channels: int = 3,
        widths: Sequence[int] = (128, 256, 256, 256),
        blocks: int = 2,
        attends: Sequence[int] = (1,),
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.size = widths[0]
        time_size = 4 * self.size
        common = time_size, dropout
        self.time = nn.Sequential(
            scaled(nn.Linear(self.size, time_size)),
            nn.SiLU(),
            scaled(nn.Linear(time_size, time_size)),
            nn.SiLU(),
        )
        self.first = conv(channels, self.size)

        self.down = nn.ModuleList()
        current, kept = self.size, [self.size]
        for number, width in enumerate(widths):
            level = Level([current] + [width] * (blocks - 1), width, *common, number in attends)
            kept += [width] * blocks
            if number < len(widths) - 1:
                level.resample(
                    "shrink",
                    nn.ZeroPad2d((0, 1, 0, 1)),
                    scaled(nn.Conv2d(width, width, kernel_size=3, stride=2)),
                )
                kept.append(width)
            self.down.append(level)
            current = width

        self.middle = nn.ModuleList(
            [
                Block(current, current, *common, attends=True),
                Block(current, current, *common, attends=False),
            ]
        )

        self.up = nn.ModuleList()
        for number, width in reversed(list(enumerate(widths))):
            inputs = []
            for _ in range(blocks + 1):
                inputs.append(current + kept.pop())
                current = width
            level = Level(inputs, width, *common, number in attends)
            if number > 0:
                level.resample(
                    "grow", nn.Upsample(scale_factor=2, mode="nearest"), conv(width, width)
                )
            self.up.append(level)

        self.norm = normalise(current)
        self.last = conv(current, channels, zero=True)

    def forward(self, x: Tensor, timesteps: Tensor) -> Tensor:
        embedding = self.time(timestep_embedding(timesteps, self.size))
        y = self.first(x)
        kept = [y]
        for level in self.down:
            for block in level.get_submodule("blocks").children():
                y = block(y, embedding)
                kept.append(y)
            if hasattr(level, "shrink"):
                y = level.get_submodule("shrink")(y)
                kept.append(y)
        for block in self.middle:
            y = block(y, embedding)
        for level in self.up:
            for block in level.get_submodule("blocks").children():
                y = block(torch.cat((y, kept.pop()), dim=1), embedding)
            if hasattr(level, "grow"):
                y = level.get_submodule("grow")(y)
        out: Tensor = self.last(F.silu(self.norm(y)))
        return out
