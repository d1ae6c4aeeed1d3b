"""How one table writes numbers and dates: found from all its cells before any is believed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from core.clock import SHOP_ZONE
from core.money import exponent
from core.statements.amounts import (
    currency_inside,
    currency_named,
    decimal_mark_of,
    written_amount,
)
from core.statements.dates import DateOrder, order_of
from core.statements.profile import ColumnProfile, Role
from core.statements.statement import Problem
from core.statements.tables.columns import Layout, Row

MONEY = (Role.AMOUNT, Role.CREDIT, Role.DEBIT, Role.FEE, Role.BALANCE)
DATES = (Role.DATE, Role.TRADE_DATE, Role.VALUE_DATE)

_PLAIN_NUMBERS = re.compile(r"(?:(?:-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d\d?)?)?\n)*")
_POINT = re.compile(r"\.|,\d{3},")
_ISO_DAYS = re.compile(r"(?:(?:\d{4}-\d\d-\d\d(?:[ T][\d:.]+)?)?\n)*")
_FULL_DAYS = re.compile(r"(?:(?:\d\d([/.-])\d\d\1\d{4}(?: \d\d:\d\d(?::\d\d)?)?)?\n)*")


@dataclass(frozen=True, slots=True)
class Conventions:
    """A table's number and date habits; ``_unsure`` where its cells do not prove them."""

    decimal_mark: str
    decimal_mark_unsure: bool
    date_order: str
    date_order_unsure: bool
    zone: tzinfo = SHOP_ZONE
    """The zone of a time of day that names none."""

    def notes(self) -> list[Problem]:
        """Return what a person should check, one sentence each."""
        notes: list[Problem] = []
        if self.decimal_mark_unsure:
            shown = "point" if self.decimal_mark == "." else "comma"
            notes.append(
                Problem(None, f"It is not certain that the decimal mark is a {shown}: check a sum.")
            )
        if self.date_order_unsure:
            notes.append(
                Problem(
                    None,
                    "The dates can be read day first or month first; they were read day first."
                    " Check one date, or choose the order in the column mapping.",
                )
            )
        return notes


def conventions_of(
    layout: Layout, rows: Sequence[Row], profile: ColumnProfile | None
) -> Conventions:
    """Return the habits of a table; what a profile states is not looked for."""
    body = rows[layout.first_row :]
    if profile and profile.decimal_mark:
        mark, mark_unsure = profile.decimal_mark, False
    else:
        mark, mark_unsure = _decimal_mark(layout, body)
    if profile and profile.date_order:
        order = DateOrder(profile.date_order)
    else:
        order = _date_order(layout, rows)
    named = " ".join(layout.header[i] for i in layout.indices(Role.DATE) if i < len(layout.header))
    utc = re.search(r"\b(?:UTC|GMT)\b", named, re.IGNORECASE)
    return Conventions(mark, mark_unsure, order.order, order.guessed, UTC if utc else SHOP_ZONE)


def _decimal_mark(layout: Layout, body: Sequence[Row]) -> tuple[str, bool]:
    decimals = _decimals(layout, body)
    texts: list[str] = []
    for role in MONEY:
        for index in layout.indices(role):
            texts += [row[index] for row in body if index < len(row) and type(row[index]) is str]
    joined = "\n".join(texts) + "\n"
    if _PLAIN_NUMBERS.fullmatch(joined):
        pointed = _POINT.search(joined) is not None
        return ".", not pointed and "," in joined and decimals > 0
    found = (written_amount(cell) for text in texts if (cell := text.strip()))
    return decimal_mark_of((written for written in found if written), decimals=decimals)


def _decimals(layout: Layout, body: Sequence[Row]) -> int:
    """Return how many decimals the file's own currency has, 0 where it names none."""
    column = layout.index(Role.CURRENCY)
    cells = (row[column].strip() for row in body if column is not None and column < len(row))
    named = currency_named(next((cell for cell in cells if cell), ""))
    named = named or currency_inside(" ".join(layout.header))
    return exponent(named) if named else 0


def _date_order(layout: Layout, rows: Sequence[Row]) -> DateOrder:
    body = rows[layout.first_row :]
    columns: list[Sequence[str]] = []
    for index in dict.fromkeys(i for role in DATES for i in layout.indices(role)):
        texts = [row[index] for row in body if index < len(row) and row[index]]
        joined = "\n".join(texts) + "\n"
        if _ISO_DAYS.fullmatch(joined):
            continue
        if _FULL_DAYS.fullmatch(joined):
            texts = [text[:10] for text in texts]
        columns.append(texts)
    columns.append(_days_above(layout, rows))
    return order_of(columns)


def _days_above(layout: Layout, rows: Sequence[Row]) -> list[str]:
    text = " ".join(cell for row in rows[: layout.header_row or 0] for cell in row)
    return re.findall(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}", text)
