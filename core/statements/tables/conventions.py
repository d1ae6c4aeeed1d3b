"""How one table writes numbers and dates: found from all its cells before any is believed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from core.clock import SHOP_ZONE
from core.money import exponent
from core.statements.amounts import (
    MachineNumber,
    WrittenAmount,
    currency_inside,
    currency_named,
    decimal_mark_of,
    written_amount,
)
from core.statements.dates import DateOrder, order_of
from core.statements.profile import ColumnProfile, Role
from core.statements.statement import Problem
from core.statements.tables.cells import Body
from core.statements.tables.columns import Layout, Row

MONEY = (Role.AMOUNT, Role.CREDIT, Role.DEBIT, Role.FEE, Role.BALANCE)
DATES = (Role.DATE, Role.TRADE_DATE, Role.VALUE_DATE)

_ISO_DAY = re.compile(r"1111-11-11(?:[ T][1:.]+)?")
_FULL_DAY = re.compile(r"11([/.-])11\1(?:1111)(?: 11:11(?::11)?)?")
_DAY_LENGTH = 10
_LONE_POINT = re.compile(r"(?<![1.,])1{1,3}\.111(?![1.,])")
_LONE_COMMA = re.compile(r"(?<![1.,])1,111(?![1.,])")


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
    layout: Layout, rows: Sequence[Row], body: Body, profile: ColumnProfile | None
) -> Conventions:
    """Return the habits of a table; what a profile states is not looked for."""
    if profile and profile.decimal_mark:
        mark, mark_unsure = profile.decimal_mark, False
    else:
        mark, mark_unsure = _decimal_mark(layout, body)
    if profile and profile.date_order:
        order = DateOrder(profile.date_order)
    else:
        order = _date_order(layout, rows, body)
    named = " ".join(layout.header[i] for i in layout.indices(Role.DATE) if i < len(layout.header))
    utc = re.search(r"\b(?:UTC|GMT)\b", named, re.IGNORECASE)
    return Conventions(mark, mark_unsure, order.order, order.guessed, UTC if utc else SHOP_ZONE)


def _decimal_mark(layout: Layout, body: Body) -> tuple[str, bool]:
    decimals = _decimals(layout, body)
    counted: Counter[str] = Counter()
    for index in (index for role in MONEY for index in layout.indices(role)):
        counted.update(_counted(body, index))
    amounts: Counter[WrittenAmount] = Counter()
    for text, count in counted.items():
        if (cell := text.strip()) and (written := written_amount(cell)):
            amounts[written] += count
    return decimal_mark_of(amounts, decimals=decimals)


def _counted(body: Body, index: int) -> Counter[str]:
    """Count shapes in place of cells where their digits do not matter for the decimal mark.

    They do in "0,500" and in "1.500" alone, which a padded "53.100" may be like; and a
    spreadsheet's own numbers show no habit.
    """
    column = body.column(index)
    if body.may_hold_numbers and set(map(type, column)) != {str}:
        return Counter(cell for cell in column if not isinstance(cell, MachineNumber))
    counted = Counter(body.shapes(index) or column)
    if any(map(_LONE_POINT.search, counted)):
        return Counter(column)
    before = {
        shape[max(match.start() - 1, 0) : match.start()]
        for shape in counted
        if (match := _LONE_COMMA.search(shape))
    }
    if before:
        joined = "\n" + "\n".join(column)
        if any(f"{mark or chr(10)}0," in joined for mark in before):
            return Counter(column)
    return counted


def _decimals(layout: Layout, body: Body) -> int:
    """Return how many decimals the file's own currency has, 0 where it names none."""
    index = layout.index(Role.CURRENCY)
    cells = body.column(index) if index is not None else ()
    named = currency_named(next((cell for cell in cells if cell.strip()), ""))
    named = named or currency_inside(" ".join(layout.header))
    return exponent(named) if named else 0


def _date_order(layout: Layout, rows: Sequence[Row], body: Body) -> DateOrder:
    columns: list[Sequence[str]] = []
    for index in dict.fromkeys(i for role in DATES for i in layout.indices(role)):
        texts: Sequence[str] = body.column(index)
        forms = set(body.shapes(index) or ("?",)) - {""}
        if all(map(_ISO_DAY.fullmatch, forms)):
            continue
        if max(map(len, forms)) > _DAY_LENGTH and all(map(_FULL_DAY.fullmatch, forms)):
            texts = [text[:_DAY_LENGTH] for text in texts]
        columns.append(texts)
    columns.append(_days_above(layout, rows))
    return order_of(columns)


def _days_above(layout: Layout, rows: Sequence[Row]) -> list[str]:
    text = " ".join(cell for row in rows[: layout.header_row or 0] for cell in row)
    return re.findall(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}", text)
