"""The cashier's turns at the drawer: one a day, counted in the evening, today's still open."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime

from core.demo.bulk import BulkWriter, Row
from core.demo.calendar import Calendar
from core.demo.journal import DESK, Journal
from core.demo.premises import USER_KEYS
from core.demo.rhythm import closing_time, opening_time
from core.demo.sales import Sale
from core.model.payments import PaymentStatus
from core.model.people import TillSession
from core.money import DEFAULT_CURRENCY, major
from core.services.tills import DRAWER_METHODS

FLOAT_MINOR = 30_000
_MISCOUNTS_MINOR = (-500, -100, 100, 200)
_MISCOUNT_SHARE = 0.07


class Tills:
    """Gives the cashier's cash sales their turn and counts the drawer."""

    def __init__(
        self, rng: random.Random, calendar: Calendar, writer: BulkWriter, journal: Journal
    ) -> None:
        self._rng = rng
        self._calendar = calendar
        self._writer = writer
        self._journal = journal
        self._last_key = 0

    def run(self, day: date, sales: Sequence[Sale]) -> None:
        """Open the day's till, put its sales in it, and close it unless the day is today."""
        if not self._calendar.is_live(day) or not sales:
            return
        self._last_key += 1
        opened = min(opening_time(day, sales[0].created_at), sales[0].created_at)
        closes = closing_time(day)
        is_today = day == self._calendar.today
        expected = FLOAT_MINOR
        for sale in sales:
            if not _in_drawer(sale, closes):
                continue
            sale.till_key = self._last_key
            if sale.status is PaymentStatus.COMPLETED and sale.method in DRAWER_METHODS:
                expected += sale.amount_minor
        self._note(opened, "till:opened", {"opening_float": major(FLOAT_MINOR)})
        counted = expected
        if not is_today and self._rng.random() < _MISCOUNT_SHARE:
            counted += self._rng.choice(_MISCOUNTS_MINOR)
        reason = "Change was miscounted." if counted != expected else ""
        self._writer.add(
            TillSession,
            {
                "id": self._last_key,
                "user_id": USER_KEYS["cashier"],
                "desk": DESK,
                "currency": DEFAULT_CURRENCY,
                "opening_float_minor": FLOAT_MINOR,
                "counted_minor": None if is_today else counted,
                "difference_reason": reason,
                "opened_at": opened,
                "closed_at": None if is_today else closes,
                "version": 1,
            },
        )
        if not is_today:
            counts: Row = {"expected": major(expected), "counted": major(counted)}
            self._note(closes, "till:closed", counts | {"reason": reason})

    def _note(self, at: datetime, action: str, details: Row) -> None:
        key = str(self._last_key)
        currency: Row = {"currency": DEFAULT_CURRENCY}
        self._journal.note(at, "cashier", action, ("till", key), details | currency)


def _in_drawer(sale: Sale, closes: datetime) -> bool:
    """Tell whether a sale belongs to the turn; a delivery paid after its close does not."""
    if sale.created_by != "cashier":
        return False
    late = sale.paid_at is not None and sale.paid_at > closes
    return not (late and sale.method in DRAWER_METHODS)
