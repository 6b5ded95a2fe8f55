"""The Fourier neural operator in two dimensions (Li et al., 2020, https://arxiv.org/abs/2010.08895), as it
is set up for the Navier-Stokes equation: its four layers are written out."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class SpectralConv2d(nn.Module):
    def __init__(self, inputs: int, outputs: int, modes1: int, modes2: int) -> None:
        super().__init__()
        self.outputs, self.modes1, self.modes2 = outputs, modes1, modes2
        scale = 1 / (inputs * outputs)
        shape = (inputs, outputs, modes1, modes2)
        self.weights1 = nn.Parameter(scale * torch.rand(*shape, dtype=torch.cfloat))
        self.weights2 = nn.Parameter(scale * torch.rand(*shape, dtype=torch.cfloat))

    def forward(self, x: Tensor) -> Tensor:
        batch, _, height, width = x.shape
        x_ft = torch.fft.rfft2(x)
        out_ft = torch.zeros(batch, self.outputs, height, width // 2 + 1, dtype=torch.cfloat)
        first = x_ft[:, :, : self.modes1, : self.modes2]
        out_ft[:, :, : self.modes1, : self.modes2] = torch.einsum(
            "bixy,ioxy->boxy", first, self.weights1
        )
        last = x_ft[:, :, -self.modes1 :, : self.modes2]
        out_ft[:, :, -self.modes1 :, : self.modes2] = torch.einsum(
            "bixy,ioxy->boxy", last, self.weights2
        )
        return torch.fft.irfft2(out_ft, s=(height, width))


class MLP(nn.Module):
    def __init__(self, inputs: int, outputs: int, hidden: int) -> None:
        super().__init__()
        self.mlp1 = nn.Conv2d(inputs, hidden, 1)
        self.mlp2 = nn.Conv2d(hidden, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.gelu(self.mlp1(x))
        out: Tensor = self.mlp2(x)
        return out


class FNO2d(nn.Module):
    def __init__(self, modes: int = 12, width: int = 20, steps: int = 10) -> None:
        super().__init__()
        self.p = nn.Linear(steps + 2, width)
        self.conv0 = SpectralConv2d(width, width, modes, modes)
        self.conv1 = SpectralConv2d(width, width, modes, modes)
        self.conv2 = SpectralConv2d(width, width, modes, modes)
        self.conv3 = SpectralConv2d(width, width, modes, modes)
        self.mlp0 = MLP(width, width, width)
        self.mlp1 = MLP(width, width, width)
        self.mlp2 = MLP(width, width, width)
        self.mlp3 = MLP(width, width, width)
        self.w0 = nn.Conv2d(width, width, 1)
        self.w1 = nn.Conv2d(width, width, 1)
        self.w2 = nn.Conv2d(width, width, 1)
        self.w3 = nn.Conv2d(width, width, 1)
        self.norm = nn.InstanceNorm2d(width)
        self.q = MLP(width, 1, width * 4)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.cat((x, self.grid(x)), dim=-1)
        x = self.p(x).permute(0, 3, 1, 2)
        x = functional.gelu(self.mlp0(self.norm(self.conv0(self.norm(x)))) + self.w0(x))
        x = functional.gelu(self.mlp1(self.norm(self.conv1(self.norm(x)))) + self.w1(x))
        x = functional.gelu(self.mlp2(self.norm(self.conv2(self.norm(x)))) + self.w2(x))
        x = self.mlp3(self.norm(self.conv3(self.norm(x)))) + self.w3(x)
        out: Tensor = self.q(x).permute(0, 2, 3, 1)
        return out

    def grid(self, x: Tensor) -> Tensor:
        batch, height, width = x.shape[:3]
        rows = torch.linspace(0, 1, height).reshape(1, height, 1, 1)
        columns = torch.linspace(0, 1, width).reshape(1, 1, width, 1)
        return torch.cat(
            (rows.repeat(batch, 1, width, 1), columns.repeat(batch, height, 1, 1)), dim=-1
        )
