"""Bytes that atheris makes out of those that led it further, for as long as one likes.

python tests/fuzz/bytes.py -runs=1000000 -max_len=400 [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import atheris

with atheris.instrument_imports(include=["netdsl"]):
    import netdsl

    netdsl.check("seq(linear 8 8, relu, lienar)")
    netdsl.compile("module M(d) { a = linear d d; def forward(x: [B, d]) -> [B, d] = a(x) }\nM 8")

from tests.fuzz.judge import Tally


def main() -> None:
    tally = Tally()

    def one(data: bytes) -> None:
        found = tally.add(data.decode("utf-8", "replace"))
        if found:
            raise AssertionError("; ".join(found))
        if tally.texts % 10_000 == 0:
            print(f"{tally.texts} tried, {tally.compiled} compiled", flush=True)

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
