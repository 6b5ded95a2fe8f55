"""The variational autoencoder (Kingma and Welling, 2013, https://arxiv.org/abs/1312.6114) with
one hidden layer on each side, for pictures of black and white."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class VAE(nn.Module):
    def __init__(self, pixels: int = 784, hidden: int = 500, latent: int = 20) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(pixels, hidden), nn.Tanh())
        self.mean = nn.Linear(hidden, latent)
        self.log_variance = nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.Tanh(), nn.Linear(hidden, pixels), nn.Sigmoid()
        )
        for parameter in self.parameters():
            nn.init.normal_(parameter, std=0.1)

    def reparametrise(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        if not self.training:
            return mean
        deviation = torch.exp(0.5 * log_variance)
        return mean + deviation * torch.randn_like(deviation)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        hidden = self.encoder(x)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        return self.decoder(self.reparametrise(mean, log_variance)), mean, log_variance

    def loss(self, x: Tensor, y: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
        reconstruction = nn.functional.binary_cross_entropy(y, x, reduction="sum")
        divergence = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
        return (divergence + reconstruction) / len(x)
