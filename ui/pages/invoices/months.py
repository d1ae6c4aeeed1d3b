"""Months as the user chooses them."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QLocale


def months_back(today: date, count: int) -> list[date]:
    """Return the first days of the newest months, this one first."""
    first = today.replace(day=1)
    found = []
    for _ in range(count):
        found.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def month_text(month: date) -> str:
    """Return a month as the user writes it: "November 2026"."""
    return f"{QLocale().standaloneMonthName(month.month)} {month.year}"
