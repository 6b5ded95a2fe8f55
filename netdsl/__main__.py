"""`python -m netdsl` is the `netdsl` command."""

from __future__ import annotations

import sys

from netdsl.cli import main

if __name__ == "__main__":
    sys.exit(main())
