"""Networks of other kinds and what they equal, a row each: modules written by hand, since no library
has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tests.parity.compare import Inputs
from tests.parity.table import Row, noise
from tests.reference import dcgan, diffusion, fno, gcn, schnet, tagger, vae


def noisy(side: int) -> Callable[[], Inputs]:
    """Pictures, and how far each of them is on the way to noise."""
    return lambda: (*noise(2, 3, side, side)(), torch.tensor([3, 941]))


def graph(nodes: int, features: int) -> Callable[[], Inputs]:
    """What is known of nodes, and which of them are neighbours."""

    def draw() -> tuple[Tensor, Tensor]:
        generator = torch.Generator().manual_seed(0)
        edges = (torch.rand(nodes, nodes, generator=generator) < 4 / nodes).float().triu(1)
        return torch.rand(nodes, features, generator=generator), edges + edges.mT

    return draw


def molecules(*atoms: int, cutoff: float = 10.0) -> Callable[[], Inputs]:
    """Atoms by their numbers, where they are, and the pairs of them within reach; of several
    molecules also which atom is of which, and how many there are."""

    def draw() -> Inputs:
        generator = torch.Generator().manual_seed(0)
        of = torch.repeat_interleave(torch.arange(len(atoms)), torch.tensor(atoms))
        z = torch.randint(1, 10, of.shape, generator=generator)
        at = 3 * torch.randn(len(of), 3, generator=generator)
        near = (torch.cdist(at, at) < cutoff) & (of[:, None] == of)
        edges = near.fill_diagonal_(False).nonzero().T
        return (z, at, edges) if len(atoms) == 1 else (z, at, edges, of, len(atoms))

    return draw


def sentences(words: int, *lengths: int) -> Callable[[], Inputs]:
    """Words by their numbers, padded to the longest sentence."""

    def draw() -> tuple[Tensor]:
        generator = torch.Generator().manual_seed(0)
        ids = torch.randint(1, words, (len(lengths), max(lengths)), generator=generator)
        for row, length in zip(ids, lengths, strict=True):
            row[length:] = 0
        return (ids,)

    return draw


def pictures(pixels: int) -> Callable[[], Inputs]:
    """Of black and white."""
    return lambda: (torch.rand(4, pixels, generator=torch.Generator().manual_seed(0)).round(),)


def with_loss(module: Any, x: Tensor) -> tuple[Tensor, ...]:
    """What an autoencoder gives, and what it is to be trained for."""
    found = module(x)
    return *found, module.loss(x.detach(), *found)


AUTOENCODER: dict[str, Any] = {"call": with_loss, "reference_call": with_loss}

ROWS = [
    Row(
        "zoo/diffusion.nd",
        "DiffusionUNet",
        lambda: diffusion.DiffusionUNet(widths=(32, 64), blocks=1),
        noisy(8),
        {"d": [32, 64], "n": 1},
    ),
    Row(
        "zoo/dcgan.nd",
        "Generator",
        lambda: dcgan.Generator(noise=10, maps=8),
        noise(4, 10, 1, 1),
        {"z": 10, "d": 8},
    ),
    Row(
        "zoo/dcgan.nd",
        "Discriminator",
        lambda: dcgan.Discriminator(maps=8),
        noise(4, 3, 64, 64),
        {"d": 8},
    ),
    Row(
        "zoo/vae.nd",
        "VAE",
        lambda: vae.VAE(pixels=36, hidden=16, latent=4),
        pictures(36),
        {"d": 36, "hidden": 16, "latent": 4},
        **AUTOENCODER,
    ),
    Row(
        "zoo/tagger.nd",
        "Tagger",
        lambda: tagger.Tagger(words=20, tags=5, size=8, hidden=12),
        sentences(20, 7, 9, 1, 4),
        {"words": 20, "tags": 5, "d": 8, "hidden": 12},
    ),
    Row(
        "zoo/gcn.nd",
        "GCN",
        lambda: gcn.GCN(features=10, classes=3),
        graph(12, 10),
        {"features": 10, "classes": 3},
    ),
    Row(
        "zoo/schnet.nd",
        "SchNet",
        lambda: schnet.SchNet(8, 12, 2, 5, 4.0),
        molecules(5, 1, 7, cutoff=4.0),
        {"d": 8, "filters": 12, "depth": 2, "n": 5, "cutoff": 4.0},
    ),
    Row(
        "zoo/fno.nd",
        "FNO2d",
        lambda: fno.FNO2d(modes=3, width=6, steps=2),
        noise(2, 8, 10, 2),
        {"modes": 3, "width": 6, "steps": 2},
    ),
    # Every entry at its published size.
    Row("zoo/diffusion.nd", "diffusion_cifar10", diffusion.DiffusionUNet, noisy(32), full=True),
    Row("zoo/dcgan.nd", "generator", dcgan.Generator, noise(4, 100, 1, 1), full=True),
    Row("zoo/dcgan.nd", "discriminator", dcgan.Discriminator, noise(4, 3, 64, 64), full=True),
    Row("zoo/vae.nd", "vae", vae.VAE, pictures(784), full=True, **AUTOENCODER),
    Row("zoo/tagger.nd", "tagger", tagger.Tagger, sentences(130_000, 31, 17, 40), full=True),
    Row("zoo/gcn.nd", "gcn_cora", lambda: gcn.GCN(1433, 7), graph(270, 1433), full=True),
    Row("zoo/schnet.nd", "schnet", schnet.SchNet, molecules(21), full=True),
    Row("zoo/fno.nd", "fno_navier_stokes", fno.FNO2d, noise(2, 64, 64, 10), full=True),
]
