"""Networks of other kinds and what they equal, a row each."""

from __future__ import annotations

from tests.parity.table import Row

ROWS: list[Row] = []
