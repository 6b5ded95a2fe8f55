"""Generated networks beside those that they are written after, as they run: `python -m
benchmarks.running NETWORK HOW` prints the ratio of each round; HOW is eager or compiled.

They do the same operations, so that both are to take the same time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.measuring import Times, in_turn, ratio, repeated
from tests.generated import example
from tests.vision import cure

ROUNDS, SECONDS = 15, 16.0
LEAST = 0.25
"""How long each runs in a round, in seconds: a single run is too short to be told from noise."""


def resnet50() -> tuple[nn.Module, nn.Module, Tensor]:
    cure()
    from torchvision.models import resnet50

    return example("resnet.nd").resnet50(), resnet50(), torch.randn(1, 3, 64, 64)


def vit_b_16() -> tuple[nn.Module, nn.Module, Tensor]:
    cure()
    from torchvision.models import vit_b_16

    return example("vit.nd").vit_b_16(), vit_b_16(), torch.randn(1, 3, 224, 224)


def gpt2() -> tuple[nn.Module, nn.Module, Tensor]:
    cure()
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(use_cache=False, attn_implementation="sdpa")
    theirs = GPT2LMHeadModel(config)
    return example("gpt2.nd").gpt2(), _Logits(theirs), torch.randint(50257, (1, 64))


class _Logits(nn.Module):
    """GPT-2 as it is called, and of what it gives the part that ours gives."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor) -> Tensor:
        found: Tensor = self.model(ids).logits
        return found


NETWORKS: dict[str, Callable[[], tuple[nn.Module, nn.Module, Tensor]]] = {
    each.__name__: each for each in (resnet50, vit_b_16, gpt2)
}


def measured(name: str, how: str) -> dict[str, Times]:
    """Both networks with the same weights, in turn."""
    ours, theirs, given = NETWORKS[name]()
    weights = {key.removeprefix("model."): value for key, value in theirs.state_dict().items()}
    ours.load_state_dict(weights, strict=name != "gpt2")
    ours.eval()
    theirs.eval()
    run: dict[str, Any] = {"ours": ours, "theirs": theirs}
    if how == "compiled":
        run = {key: torch.compile(each) for key, each in run.items()}
    with torch.no_grad():
        one, other = run["ours"](given), run["theirs"](given)
        assert torch.equal(one, other), (one - other).abs().max()
        cases = {key: repeated(lambda each=each: each(given), LEAST) for key, each in run.items()}
        return in_turn(cases, ROUNDS, SECONDS)


def main(name: str, how: str) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    found = measured(name, how)
    spread = found["ours"].spread
    print(json.dumps([ratio(found["ours"], found["theirs"]), *spread, found["ours"].clock]))


if __name__ == "__main__":
    main(*sys.argv[1:])
