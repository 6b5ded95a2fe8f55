"""What commands remember: `--no-cache`, and the store that they use."""

from __future__ import annotations

from netdsl.store import Store, store

TYPE_CHECKING = False  # for type checkers it is true, and `typing` is slow to import
if TYPE_CHECKING:
    import argparse


def add_cache(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--no-cache",
        action="store_true",
        help="do not use what was worked out before ($NETDSL_CACHE is where that is kept)",
    )


def store_of(options: argparse.Namespace) -> Store:
    return Store(None) if options.no_cache else store()
