"""The lines above a statement's table: account, currency, period, opening and closing balance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.statements.amounts import currency_inside, currency_named, exact, written_amount
from core.statements.dates import written_date
from core.statements.profile import plain
from core.statements.tables.columns import Row
from core.statements.tables.words import (
    ACCOUNT_LABEL,
    CLOSING,
    CURRENCY_LABEL,
    OPENING,
    PERIOD,
    PERIOD_END,
    PERIOD_START,
    TOTAL_CREDIT,
    TOTAL_DEBIT,
)

_APART = re.compile(r"\s{2,}(?=[^\W\d][^:]*:)")
"""Several labels in one cell, as in text that was laid out with spaces."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2} [A-Za-z]{3,9} \d{4}")


@dataclass(frozen=True, slots=True)
class Preamble:
    """What stands above the table; balances stay text until the decimal mark is known."""

    account: str = ""
    currency: str = ""
    opening_text: str = ""
    closing_text: str = ""
    start: date | None = None
    end: date | None = None
    credit_text: str = ""
    debit_text: str = ""

    def totals(self, decimal_mark: str) -> tuple[Decimal | None, Decimal | None]:
        """Return the stated totals of money in and money out."""
        return _balance(self.credit_text, decimal_mark), _balance(self.debit_text, decimal_mark)

    def opening(self, decimal_mark: str) -> Decimal | None:
        """Return the stated opening balance."""
        return _balance(self.opening_text, decimal_mark)

    def closing(self, decimal_mark: str) -> Decimal | None:
        """Return the stated closing balance."""
        return _balance(self.closing_text, decimal_mark)


def preamble_of(rows: Sequence[Row], *, date_order: str) -> Preamble:
    """Return what labelled cells above the header say: "Label: value" in one cell or in two."""
    account = currency = inside = opening = closing = credit = debit = ""
    by_phone = False
    start: date | None = None
    end: date | None = None
    for label, value in _labelled(rows):
        phone = label.startswith(("phone", "mobile"))
        if (
            (not account or (by_phone and not phone))
            and ACCOUNT_LABEL.search(label)
            and any(c.isdigit() for c in value)
        ):
            account, by_phone = value, phone  # the holder's phone is an account only without one
            inside = inside or currency_inside(value)
        elif CURRENCY_LABEL.search(label):
            currency = currency or currency_named(value) or _code(value)
        elif OPENING.match(label):
            opening = opening or value
        elif CLOSING.match(label):
            closing = closing or value
        elif TOTAL_CREDIT.fullmatch(label):
            credit = credit or value
        elif TOTAL_DEBIT.fullmatch(label):
            debit = debit or value
        elif start is None and PERIOD_START.search(label):
            start = _day(value, date_order)
        elif end is None and PERIOD_END.search(label):
            end = _day(value, date_order)
        elif PERIOD.search(label):
            found = [_day(text, date_order) for text in _DATE.findall(value)]
            if len(found) == 2:
                start, end = start or found[0], end or found[1]
        if "sald" in label or "solde" in label or "balance" in label:
            written = written_amount(value)
            inside = inside or (written.currency if written else currency_inside(value))
    currency = currency or inside or _code_alone(rows)
    return Preamble(account, currency, opening, closing, start, end, credit, debit)


def _labelled(rows: Sequence[Row]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for row in rows:
        cells = [part.strip() for cell in row for part in _APART.split(cell) if part.strip()]
        for at, cell in enumerate(cells):
            name, colon, value = cell.partition(":")
            if colon and value.strip():
                pairs.append((plain(name), re.sub(r"^-\s*(?=[^\W\d])", "", value.strip())))
            elif at + 1 < len(cells):
                pairs.append((plain(name), cells[at + 1].lstrip(": ")))
    return pairs


def _balance(text: str, decimal_mark: str) -> Decimal | None:
    written = written_amount(text)
    if written is None:
        return None
    value = exact(written, decimal_mark)
    return -abs(value) if value is not None and written.mark == "D" else value


def _day(text: str, order: str) -> date | None:
    found = written_date(text, order or "dmy")
    return found.day if found else None


def _code_alone(rows: Sequence[Row]) -> str:
    """Return the one currency that stands in a cell by itself, as behind an account's number."""
    words = {cell.strip() for row in rows for cell in row if len(cell) < 8}
    codes = {word for word in words if _code(word) and currency_named(word) == word}
    return codes.pop() if len(codes) == 1 else ""


def _code(text: str) -> str:
    word = text.strip()
    return word if re.fullmatch(r"[A-Z]{3}", word) else ""
