"""What commands remember: `--no-cache`, and the store that they use."""

from __future__ import annotations

from netdsl.commands.arguments import Argument, Options
from netdsl.store import Store, store

NO_CACHE = Argument(
    ("--no-cache",),
    "flag",
    "do not use what was worked out before ($NETDSL_CACHE is where that is kept)",
)


def store_of(options: Options) -> Store:
    return Store(None) if options.no_cache else store()
