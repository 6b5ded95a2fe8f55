"""PointNet (Qi et al., 2017, https://arxiv.org/abs/1612.00593): what a cloud of points is, and
what each of them belongs to."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn


def shared(*widths: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise(widths):
        layers += [nn.Conv1d(before, after, kernel_size=1), nn.BatchNorm1d(after), nn.ReLU()]
    return layers


def dense(*widths: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise(widths):
        layers += [nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU()]
    return layers


class Transform(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.points = nn.Sequential(*shared(size, 64, 128, 1024))
        self.cloud = nn.Sequential(*dense(1024, 512, 256))
        self.matrix = nn.Linear(256, size * size)
        nn.init.zeros_(self.matrix.weight)
        self.matrix.bias.data = torch.eye(size).view(-1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.points(x)
        x = torch.amax(x, dim=2)
        x = self.matrix(self.cloud(x))
        return x.reshape(-1, self.size, self.size)


class Features(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.turn = Transform(3)
        self.local = nn.Sequential(*shared(3, 64, 64))
        self.turn_features = Transform(64)
        self.wide = nn.Sequential(*shared(64, 64, 128, 1024))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = torch.bmm(self.turn(x), x)
        x = self.local(x)
        matrix = self.turn_features(x)
        x = torch.bmm(matrix, x)
        return x, torch.amax(self.wide(x), dim=2), matrix


class Classifier(nn.Module):
    def __init__(self, classes: int = 40, dropout: float = 0.3) -> None:
        super().__init__()
        self.features = Features()
        self.head = nn.Sequential(
            *dense(1024, 512, 256), nn.Dropout(dropout), nn.Linear(256, classes)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        _, cloud, matrix = self.features(x)
        return self.head(cloud), matrix


class Segmenter(nn.Module):
    def __init__(self, classes: int = 13) -> None:
        super().__init__()
        self.features = Features()
        self.head = nn.Sequential(
            *shared(64 + 1024, 512, 256, 128, 128), nn.Conv1d(128, classes, kernel_size=1)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        points, cloud, matrix = self.features(x)
        everywhere = cloud.unsqueeze(2).expand(-1, -1, points.shape[2])
        return self.head(torch.cat((points, everywhere), dim=1)), matrix
