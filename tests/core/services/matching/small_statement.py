"""A small shop and the statement about it, for which a test lets everything count as large."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.large_statement import fill

LINES, PAYMENTS = 60, 600


def fill_small(folder: Path) -> None:
    """Make the shop, which has taken nothing in, and the statement beside it."""
    fill(folder, LINES, PAYMENTS)
