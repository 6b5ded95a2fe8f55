"""Published networks: the same keys, the same weights, the same numbers to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
import torch
from torch import nn

from tests import vision
from tests.generated import ROOT, assert_same, example, load


class Network(NamedTuple):
    """A program's entry, what it is to equal, and the shape of its input."""

    program: str
    entry: str
    reference: str
    shape: tuple[int, ...]


NETWORKS = [
    Network("resnet.nd", "resnet18", "resnet18", (2, 3, 64, 64)),
    Network("resnet.nd", "resnet50", "resnet50", (2, 3, 64, 64)),
    Network("densenet.nd", "densenet121", "densenet121", (2, 3, 64, 64)),
    Network("vit.nd", "vit_b_16", "vit_b_16", (1, 3, 224, 224)),
    Network("efficientnet.nd", "efficientnet_b0", "efficientnet_b0", (2, 3, 64, 64)),
]


def reference(name: str) -> nn.Module:
    vision.cure()
    import torchvision

    build: Callable[..., nn.Module] = getattr(torchvision.models, name)
    return build(weights=None)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.entry)
def test_a_network_equals_torchvisions(network: Network) -> None:
    vision.cure()
    ours = getattr(example(network.program), network.entry)()
    torch.manual_seed(0)
    assert_same(ours, reference(network.reference), torch.randn(network.shape))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("relu  = relu inplace=True", "relu  = gelu"),
        ("bn1     = batch_norm2d 64", "bn1     = batch_norm2d 64 momentum=0.2"),
        ("fc      =", "head    ="),
    ],
)
def test_a_wrong_network_is_caught(old: str, new: str) -> None:
    text = (ROOT / "examples" / "resnet.nd").read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new).replace(
        "return fc(", "return head(" if "head" in new else "return fc("
    )
    with pytest.raises(AssertionError):
        assert_same(load(changed).resnet18(), reference("resnet18"), torch.randn(2, 3, 64, 64))
