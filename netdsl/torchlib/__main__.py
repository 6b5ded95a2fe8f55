"""Stores what is recorded in the form that is read fastest: `python -m netdsl.torchlib`."""

from __future__ import annotations

from netdsl.torchlib.table import PREBUILT, prebuilt

if __name__ == "__main__":
    made = prebuilt()
    with open(PREBUILT, "wb") as file:
        file.write(made)
    print(f"wrote {PREBUILT}")
