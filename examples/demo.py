"""Compiles the one line of model.nd, prints the source, and asks the network for an answer.

Run it with `make demo`, or `python examples/demo.py` where netdsl and torch are installed.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

PROGRAM = Path(__file__).with_name("model.nd")


def main() -> None:
    print(f"{PROGRAM.name}:\n\n    {PROGRAM.read_text(encoding='utf-8').strip()}\n")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "model.py")
        command = [sys.executable, "-m", "netdsl", "compile", str(PROGRAM), "-o", str(target)]
        subprocess.run(command, check=True)
        print(target.read_text(encoding="utf-8"))
        spec = importlib.util.spec_from_file_location("model", target)
        assert spec is not None and spec.loader is not None
        model = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(model)
    torch.manual_seed(0)
    net = model.net()
    x = torch.randn(2, 40)
    print(f"net()(x) for x of shape {list(x.shape)}: {net(x).item():.6f}")


if __name__ == "__main__":
    main()
