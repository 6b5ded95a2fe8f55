from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from torch import nn


def pair(i: int, o: int) -> list[Callable[..., nn.Module]]:
    return [partial(nn.Linear, i, o), nn.ReLU]


tail = [nn.Tanh, partial(nn.Linear, 4, 4)]
none = []
named = [partial(nn.Linear, 4, 4) for _ in range(2)]


def net() -> nn.Sequential:
    layers = OrderedDict[str, nn.Module]()
    layers["first"] = nn.Linear(4, 4)
    for layer in (layer() for layer in pair(4, 4)):
        layers[str(len(layers))] = layer
    layers[str(len(layers))] = nn.ReLU()
    layers["middle"] = nn.Sequential(
        *(layer() for layer in tail), *(layer() for layer in tail)
    )
    for layer in (layer() for layer in none):
        layers[str(len(layers))] = layer
    for layer in (layer() for layer in tail):
        layers[str(len(layers))] = layer
    for layer in [nn.Linear(4, 4), nn.Identity()]:
        layers[str(len(layers))] = layer
    for layer in (layer() for layer in pair(4, 4) + tail):
        layers[str(len(layers))] = layer
    for layer in (layer() for layer in named[:1]):
        layers[str(len(layers))] = layer
    for layer in (layer() for layer in reversed(named)):
        layers[str(len(layers))] = layer
    layers[str(len(layers))] = nn.Sigmoid()
    layers["last"] = nn.Linear(4, 2)
    return nn.Sequential(layers)


def lists() -> nn.ModuleList:
    return nn.ModuleList(
        [
            *(layer() for layer in pair(4, 4)),
            nn.Linear(4, 4),
            *(layer() for layer in pair(4, 4)),
        ]
    )
