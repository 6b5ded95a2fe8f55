"""Records what the installed torch offers: `python -m netdsl.torchlib.record`.

Rewrites the files in `data/`; with `--check` it compares, and exits with 1 on a difference.
The one module of the package that imports torch.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from netdsl.torchlib.recording.layers import layer_entries, reserved_names
from netdsl.torchlib.recording.tensors import tensor_tables
from netdsl.torchlib.table import table_text

DATA = Path(__file__).parent / "data"


def recorded() -> dict[str, str]:
    """The text of each file, by its name."""
    tables: dict[str, dict[str, object]] = {
        "layers": layer_entries(torch),
        "module": {"reserved": reserved_names(torch.nn)},
        **tensor_tables(torch),
    }
    return {f"{name}.json": table_text(entries) for name, entries in tables.items()}


def differences() -> list[str]:
    """The files that are not what the installed torch gives."""
    found = recorded()
    present = {path.name for path in DATA.glob("*.json")}
    changed = [
        name
        for name, text in found.items()
        if name not in present or (DATA / name).read_text(encoding="utf-8") != text
    ]
    return sorted([*changed, *(present - set(found))])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare and write nothing")
    if parser.parse_args(arguments).check:
        changed = differences()
        for name in changed:
            print(f"{DATA / name} differs from torch {torch.__version__}")
        return 1 if changed else 0
    DATA.mkdir(exist_ok=True)
    for name, text in recorded().items():
        (DATA / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
