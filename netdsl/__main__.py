"""`python -m netdsl` is the `netdsl` command."""

from __future__ import annotations

from netdsl.cli import command

if __name__ == "__main__":
    command()
