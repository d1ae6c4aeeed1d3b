"""Points of the loyalty programme: earned, taken back and spent, each movement in the ledger."""

from __future__ import annotations

import heapq
from datetime import datetime
from itertools import count
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, update

from core.clock import day_start
from core.demo.bulk import BulkWriter
from core.demo.calendar import Calendar
from core.demo.journal import Journal
from core.demo.people import Customer
from core.demo.sales import Refund, Row, Sale
from core.model.customers import LoyaltyAccount
from core.model.loyalty import LoyaltyEntry, LoyaltyEntryKind
from core.model.payments import PaymentMethod
from core.model.refunds import RefundStatus
from core.services.loyalty.settings import LoyaltySettings

SETTINGS = LoyaltySettings()


class _Movement(NamedTuple):
    """Points that came or went; ordered by moment, then by arrival."""

    at: datetime
    arrival: int
    customer_key: int
    kind: LoyaltyEntryKind
    points: int
    by: str
    sale: Sale | None
    refund: Refund | None


class PointsBook:
    """Follows the points while the days are told, and writes them in order at the end.

    What the old books had earned is each account's opening entry.
    """

    def __init__(self, calendar: Calendar, writer: BulkWriter, journal: Journal) -> None:
        self._calendar = calendar
        self._writer = writer
        self._journal = journal
        self._arrival = count()
        self._openings: dict[int, int] = {}
        self._movements: list[_Movement] = []

    def note_paid(self, sale: Sale, paid_at: datetime) -> None:
        """Take what a paid sale earned, or what was spent on it, and what its refund took back."""
        customer = sale.customer
        if customer is None:
            return
        if sale.method is PaymentMethod.LOYALTY_POINTS:
            points = SETTINGS.points_needed(sale.amount_minor) or 0
            self._move(paid_at, customer, LoyaltyEntryKind.SPENT, -points, sale)
            return
        earned = SETTINGS.points_for(sale.amount_minor)
        if paid_at < day_start(self._calendar.live_from):
            self._openings[customer.key] = self._openings.get(customer.key, 0) + earned
            customer.points += earned
        elif earned:
            self._move(paid_at, customer, LoyaltyEntryKind.EARNED, earned, sale)
            customer.points += earned
            self._note_taken_back(sale, customer, earned)

    def write(self, connection: Connection) -> None:
        """Write accounts and ledger, once every payment and refund has its key."""
        for customer_key, points in self._openings.items():
            self._open(customer_key, points)
        heapq.heapify(self._movements)
        balances: dict[int, tuple[int, int]] = {}
        while self._movements:
            self._write_entry(heapq.heappop(self._movements), balances)
        self._writer.flush()
        table = LoyaltyAccount.__table__
        held = [
            {"account": key, "held": balance} for key, (_, balance) in balances.items() if balance
        ]
        if held:
            connection.execute(
                update(table)  # type: ignore[arg-type]
                .where(table.c.id == bindparam("account"))
                .values(points=bindparam("held")),
                held,
            )

    def _open(self, customer_key: int, points: int) -> None:
        if points:
            at = day_start(self._calendar.live_from)
            self._add(at, customer_key, LoyaltyEntryKind.OPENING, points, "manager")

    def _note_taken_back(self, sale: Sale, customer: Customer, earned: int) -> None:
        refund = sale.refund
        if refund is None or refund.status is not RefundStatus.COMPLETED or not refund.ended_at:
            return
        taken = earned * refund.amount_minor // sale.amount_minor
        if taken:
            kind = LoyaltyEntryKind.TAKEN_BACK
            self._move(refund.ended_at, customer, kind, -taken, sale, refund)
            customer.points -= taken

    def _move(
        self,
        at: datetime,
        customer: Customer,
        kind: LoyaltyEntryKind,
        points: int,
        sale: Sale,
        refund: Refund | None = None,
    ) -> None:
        by = sale.created_by if refund is None else "manager"
        self._add(at, customer.key, kind, points, by, sale, refund)
        subject = ("payment", sale.payment_id)
        self._journal.note(at, by, f"points:{kind.value}", subject, {"points": points})

    def _add(
        self,
        at: datetime,
        customer_key: int,
        kind: LoyaltyEntryKind,
        points: int,
        by: str,
        sale: Sale | None = None,
        refund: Refund | None = None,
    ) -> None:
        # What the old books brought comes before what happened in the same moment.
        arrival = -1 if kind is LoyaltyEntryKind.OPENING else next(self._arrival)
        self._movements.append(_Movement(at, arrival, customer_key, kind, points, by, sale, refund))

    def _write_entry(self, moved: _Movement, balances: dict[int, tuple[int, int]]) -> None:
        if moved.customer_key not in balances:
            self._writer.add(LoyaltyAccount, _account_row(moved.customer_key))
        sequence, balance = balances.get(moved.customer_key, (0, 0))
        sequence, balance = sequence + 1, balance + moved.points
        balances[moved.customer_key] = (sequence, balance)
        row: Row = {
            "account_id": moved.customer_key,
            "sequence": sequence,
            "at": moved.at,
            "kind": moved.kind,
            "points": moved.points,
            "balance_after": balance,
            "owed": 0,
            "owed_after": 0,
            "payment_id": moved.sale.key if moved.sale else None,
            "refund_request_id": moved.refund.key if moved.refund else None,
            "note": "",
            "by": moved.by,
        }
        self._writer.add(LoyaltyEntry, row)
        self._writer.flush_if_large()


def _account_row(customer_key: int) -> Row:
    return {"id": customer_key, "customer_id": customer_key, "points": 0, "version": 1}
