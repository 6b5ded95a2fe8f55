"""One network from its text to a module that runs, in every language that is there: `python -m
benchmarks.building` prints the runs of each, or why it is not measured.

It runs in whichever Python holds the tools that are measured.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from benchmarks import programs
from benchmarks.measuring import Case, in_turn, repeated

ROUNDS, SECONDS = 9, 20.0


def by_hand() -> Callable[[], nn.Module]:
    return lambda: nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )


def netdsl() -> Callable[[], nn.Module]:
    from netdsl.compiler import compile_source
    from netdsl.live import module_of
    from netdsl.source import Source

    def build() -> nn.Module:
        source = Source(programs.NETDSL, "net.nd")
        module = module_of(compile_source(source, line_comments=True), source)
        del sys.modules[module.__name__]  # the same text would be taken as it is
        built: nn.Module = module.net()
        return built

    return build


def hndl() -> Callable[[], nn.Module]:
    from hndl.torch import network

    def build() -> nn.Module:
        built: nn.Module = network(
            programs.HNDL,
            input_shape=("B", 1, 48, 48),
            output_shape=("B", 64, 12, 12),
            device="cpu",
        )
        return built

    return build


def ultralytics() -> Callable[[], nn.Module]:
    _cure()
    import yaml
    from ultralytics.nn.tasks import parse_model

    def build() -> nn.Module:
        built: nn.Module = parse_model(yaml.safe_load(programs.ULTRALYTICS), 1, verbose=False)[0]
        return built

    return build


def kraken() -> Callable[[], nn.Module]:
    _cure()
    from kraken.lib.vgsl import TorchVGSLModel

    def build() -> nn.Module:
        built: Any = TorchVGSLModel(vgsl=programs.KRAKEN)
        return built.nn  # type: ignore[no-any-return]

    return build


def _cure() -> None:
    from tests.vision import cure

    cure()


LANGUAGES = {each.__name__: each for each in (by_hand, netdsl, hndl, ultralytics, kraken)}


def case(language: str) -> Case:
    """The building of the network, once it is seen to be that."""
    build = LANGUAGES[language]()
    found = build()
    given = torch.zeros(1, 1, 48, 48)
    result = found(given) if language != "kraken" else found(given, None)[0]
    assert result.shape == (1, 64, 12, 12), result.shape
    assert sum(each.numel() for each in found.parameters()) == 18_816
    return repeated(build, 0.05)


def main() -> None:
    torch.set_num_threads(1)
    cases: dict[str, Case] = {}
    missing: dict[str, str] = {}
    for language in LANGUAGES:
        try:
            cases[language] = case(language)
        except Exception as error:  # another one's tool, which may fail in any way
            missing[language] = f"{type(error).__name__}: {error}"
    found = in_turn(cases, ROUNDS, SECONDS)
    print(json.dumps([{name: times.runs for name, times in found.items()}, missing]))


if __name__ == "__main__":
    main()
