"""All of the compiler, loaded: for the build, which stores what a compile may need of it."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

ROOMS = ("syntax", "torchlib", "shapes", "analysis", "checking", "emit")

_OTHERS = "netdsl.torchlib.record", "netdsl.torchlib.__main__"
"""What is no part of a compile: the recorder imports torch."""


def load() -> None:
    import_module("netdsl.compiler")
    for room in ROOMS:
        for each in walk_packages(import_module(f"netdsl.{room}").__path__, f"netdsl.{room}."):
            if not each.name.startswith(_OTHERS):
                import_module(each.name)
