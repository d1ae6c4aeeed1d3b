"""Rwandan banknotes and coins: which to hand out as change."""

from __future__ import annotations

from core.money import grouped

NOTES_MINOR = (5000, 2000, 1000, 500)
COINS_MINOR = (100, 50, 20, 10, 5, 1)
"""National Bank of Rwanda: notes of 5000 to 500 and coins of 100 to 1 franc are legal tender."""


def change_in_notes(change_minor: int) -> tuple[tuple[int, int], ...]:
    """Return (how many, of what) from the largest note down; the fewest pieces there can be."""
    pieces = []
    for value in NOTES_MINOR + COINS_MINOR:
        count, change_minor = divmod(change_minor, value)
        if count:
            pieces.append((count, value))
    return tuple(pieces)


def change_text(change_minor: int) -> str:
    """Return the pieces as a cashier counts them out: "1 × 2 000 + 1 × 1 000"."""
    pieces = change_in_notes(change_minor)
    return " + ".join(f"{count} × {grouped(value)}" for count, value in pieces)
