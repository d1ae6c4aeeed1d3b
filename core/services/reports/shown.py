"""A cell as a person reads it, on paper and in a terminal."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from core.clock import shop_time
from core.money import grouped
from core.services.reports.contract import Cell, ColumnKind
from core.services.reports.words import words

_MINUTE_MS, _HOUR_MS, _DAY_MS = 60_000, 3_600_000, 86_400_000
_UNITS = ((_DAY_MS, "d", _HOUR_MS, "h"), (_HOUR_MS, "h", _MINUTE_MS, "min"))


def shown(cell: Cell, kind: ColumnKind, currency: str) -> str:
    """Return a cell in words and figures; empty where there is nothing to say."""
    if cell is None:
        return ""
    if isinstance(cell, StrEnum):
        return words(cell)
    if isinstance(cell, datetime):
        return f"{shop_time(cell):%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int):
        return shown_number(cell, kind, currency)
    return cell


def shown_number(number: int, kind: ColumnKind, currency: str) -> str:
    """Return a figure as a person reads it: "15 000", "97.25 %", "1 250 ms", "2 h 5 min"."""
    if kind is ColumnKind.AMOUNT and currency:
        return grouped(number, currency)
    if kind is ColumnKind.SHARE:
        return f"{percent(number)} %"
    if kind is ColumnKind.DURATION_MS:
        return _duration(number)
    return grouped(number)


def percent(hundredths: int) -> str:
    """Return hundredths of a percent as a decimal: "97.25"."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _duration(milliseconds: int) -> str:
    if milliseconds < _MINUTE_MS:
        return f"{grouped(milliseconds)} ms"
    for large_ms, large, small_ms, small in _UNITS:
        if milliseconds >= large_ms:
            whole, rest = divmod(milliseconds, large_ms)
            return f"{whole} {large} {rest // small_ms} {small}"
    return f"{milliseconds // _MINUTE_MS} min {milliseconds % _MINUTE_MS // 1000} s"
