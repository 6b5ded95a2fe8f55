"""How fast netdsl is, beside the nearest tools and what cannot be undercut: `make bench`."""
