"""Ready-made columns for what every table shows: amounts, moments in shop time, badges."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from core.clock import iso_utc, shop_time
from core.money import grouped, major
from core.services.reports.contract import ColumnKind as FileKind
from ui.badges import Badge, badge_for
from ui.models.cells import FileCell
from ui.models.table import Column, ColumnKind

RowT = TypeVar("RowT")


def amount_column(
    key: str,
    header: str,
    amount_minor: Callable[[RowT], int],
    *,
    currency: Callable[[RowT], str] = lambda _row: "RWF",
    tone: Callable[[RowT], str | None] | None = None,
    sortable: bool = False,
    width: int = 12,
) -> Column[RowT]:
    """Return a right-aligned column of grouped amounts; copying gives plain digits ("15000")."""
    return Column(
        key,
        header,
        lambda row: grouped(amount_minor(row), currency(row)),
        ColumnKind.AMOUNT,
        copy=lambda row: major(amount_minor(row), currency(row)),
        in_file=FileCell(FileKind.AMOUNT, amount_minor, currency),
        tone=tone,
        sortable=sortable,
        width=width,
    )


def time_column(
    key: str,
    header: str,
    moment: Callable[[RowT], datetime | None],
    *,
    sortable: bool = False,
) -> Column[RowT]:
    """Return a column of moments in shop time (2026-07-01 14:05); copying gives ISO 8601 in UTC."""
    return Column(
        key,
        header,
        lambda row: f"{shop_time(at):%Y-%m-%d %H:%M}" if (at := moment(row)) else "",
        copy=lambda row: iso_utc(at) if (at := moment(row)) else "",
        in_file=FileCell(FileKind.MOMENT, moment),
        sortable=sortable,
        width=16,
    )


def badge_column(
    key: str,
    header: str,
    kind: str,
    value: Callable[[RowT], str | bool | None],
    *,
    sortable: bool = False,
    width: int = 13,
) -> Column[RowT]:
    """Return a column of badges of a kind known to ``badge_for``; None gives an empty cell."""

    def badge(row: RowT) -> Badge | None:
        found = value(row)
        return None if found is None else badge_for(kind, found)

    return Column(
        key,
        header,
        lambda row: made.text if (made := badge(row)) else "",
        ColumnKind.BADGE,
        copy=lambda row: "" if (found := value(row)) is None else str(found),
        badge=badge,
        sortable=sortable,
        width=width,
    )
