"""Stores what is recorded in the form that is read fastest: `python -m netdsl.torchlib`."""

from __future__ import annotations

from netdsl import prebuilt
from netdsl.torchlib.table import PREBUILT, made

if __name__ == "__main__":
    prebuilt.write(PREBUILT, made())
