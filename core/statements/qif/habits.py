"""How one QIF file writes dates and amounts: the format says neither, so the file decides."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import groupby

from core.money import exponent
from core.statements.amounts import decimal_mark_of, exact, written_amount
from core.statements.dates import DateOrder, order_of, written_date
from core.statements.qif.records import QifDocument
from core.statements.statement import Problem

_AROUND_MARKS = re.compile(r"\s*(['/.-])\s*")
_ONE_DIGIT_YEAR = re.compile(r"(?<=[/.-])(\d)$")
_PLAIN = re.compile(r"[+-]?\d{1,13}(?:\.\d{1,2})?")
_LONGEST_AMOUNT = 40


class Habits:
    """Reads the dates and amounts of one file; ``asked_order`` is a person's answer."""

    def __init__(self, document: QifDocument, assumed_currency: str, asked_order: str) -> None:
        stated = asked_order or document.date_order
        self._order = DateOrder(stated) if stated else order_of(_date_columns(document))
        written = (written_amount(text) for text in _amounts(document))
        self._mark, self._mark_guessed = decimal_mark_of(
            Counter(amount for amount in written if amount), decimals=exponent(assumed_currency)
        )

    @property
    def date_order_unsure(self) -> bool:
        """Tell whether nothing in the file tells day first from month first."""
        return self._order.guessed

    def day(self, written: str) -> dt.date | None:
        """Return the date, or None when it is none."""
        found = written_date(plain_date(written), self._order.order)
        return found.day if found else None

    def amount(self, written: str) -> Decimal | None:
        """Return the signed amount in major units, or None when it is none."""
        text = written.strip()
        if self._mark == "." and _PLAIN.fullmatch(text):
            return Decimal(text)
        found = written_amount(text) if len(text) <= _LONGEST_AMOUNT else None
        return exact(found, self._mark) if found and not found.mark else None

    def problems(self) -> list[Problem]:
        """Return what was guessed."""
        problems = []
        if self._order.guessed:
            message = (
                "The dates can be read day first or month first; they were read day first. Check"
                " one date, or choose the order."
            )
            problems.append(Problem(None, message))
        if self._mark_guessed:
            shown = "point" if self._mark == "." else "comma"
            message = f"It is not certain that the decimal mark is a {shown}: check a sum."
            problems.append(Problem(None, message))
        return problems


@lru_cache(maxsize=65536)
def plain_date(written: str) -> str:
    """Return a QIF date as other files write it: no spaces inside, no apostrophe.

    Quicken writes ``1/ 2'26`` for 2 January 2026, and ``1/ 2' 4`` for 2004.
    """
    text = _AROUND_MARKS.sub(r"\1", written.strip()).replace("'", "/").replace("//", "/")
    return _ONE_DIGIT_YEAR.sub(r"0\1", text)


def _date_columns(document: QifDocument) -> Iterator[list[str]]:
    for account in document.accounts:
        dates = (record.values.get("D", "") for record in account.records)
        yield [plain_date(written) for written, _ in groupby(dates)]


def _amounts(document: QifDocument) -> Iterator[str]:
    for account in document.accounts:
        for record in account.records:
            text = (record.values.get("T") or record.values.get("U", "")).strip()
            if len(text) <= _LONGEST_AMOUNT:
                yield text
