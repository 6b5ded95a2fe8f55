"""Writes the page: `python -m tests.zoo`."""

from __future__ import annotations

from tests.zoo.page import PAGE, facts, published, render


def main() -> None:
    found = {str(row): facts(row) for rows in published().values() for row in rows}
    PAGE.write_text(render(found), encoding="utf-8")


if __name__ == "__main__":
    main()
