"""What the shop's file says of each sale, read with plain SQL, apart from the program's models."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.configuration import DATABASE_FILE
from core.database import consistency
from core.database.audit_chains import verify_chains
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database

_PAYMENTS = """
    SELECT p.id, p.payment_id, p.transaction_reference, p.status, p.transaction_id,
        p.amount_minor, a.reference, a.status, a.sends, a.closed_at IS NULL
    FROM payment p JOIN gateway_attempt a ON a.payment_id = p.id AND a.kind = 'collect'"""
_REFUNDS = """
    SELECT r.payment_id, r.refund_id, r.status, r.refund_amount_minor, a.reference, a.sends
    FROM refund_request r
    LEFT JOIN gateway_attempt a ON a.refund_request_id = r.id AND a.kind = 'refund'"""
_CALLS = """
    SELECT payment_id, request_type, COUNT(*) FROM payment_transaction
    WHERE request_type IN ('INITIATE', 'REFUND') GROUP BY payment_id, request_type"""


_CUT_CALLS = "SELECT COUNT(*) FROM payment_transaction WHERE response_at IS NULL"


@dataclass(frozen=True, slots=True)
class BookedRefund:
    """One refund request and its request to the network; ``reference`` is empty without one."""

    refund_id: str
    status: str
    amount_minor: int
    reference: str
    sends: int


@dataclass(frozen=True, slots=True)
class BookedSale:
    """One payment, its request to the network, and the calls recorded for both ways."""

    payment_id: str
    sale: str
    status: str
    transaction_id: str
    amount_minor: int
    reference: str
    attempt_status: str
    sends: int
    is_open: bool
    collect_calls: int
    refund_calls: int
    refunds: tuple[BookedRefund, ...]
    events: frozenset[str]
    """What the audit trail says was done with the payment."""


@dataclass(frozen=True, slots=True)
class Books:
    """All sales, and each thing in the file that cannot be right."""

    sales: tuple[BookedSale, ...]
    payments: int
    cut_calls: int
    """Calls under way when a kill came, so that no answer was recorded."""
    faults: tuple[str, ...]


def read_books(folder: Path) -> Books:
    """Read a shop that no life has open."""
    path = folder / DATABASE_FILE
    connection = sqlite3.connect(path)
    try:
        calls: Mapping[tuple[int, str], int] = {
            (payment, kind): count for payment, kind, count in connection.execute(_CALLS)
        }
        refunds: defaultdict[int, list[BookedRefund]] = defaultdict(list)
        for payment, refund_id, status, amount, reference, sends in connection.execute(_REFUNDS):
            refunds[payment].append(
                BookedRefund(refund_id, status, amount, reference or "", sends or 0)
            )
        events: defaultdict[str, set[str]] = defaultdict(set)
        for subject, action in connection.execute(
            "SELECT subject_id, action FROM audit_entry WHERE subject_type IN ('payment', 'refund')"
        ):
            events[subject].add(action)
        sales = tuple(
            BookedSale(
                payment_id=row[1],
                sale=row[2],
                status=row[3],
                transaction_id=row[4] or "",
                amount_minor=row[5],
                reference=row[6],
                attempt_status=row[7],
                sends=row[8],
                is_open=bool(row[9]),
                collect_calls=calls.get((row[0], "INITIATE"), 0),
                refund_calls=calls.get((row[0], "REFUND"), 0),
                refunds=tuple(refunds[row[0]]),
                events=frozenset(events[row[1]]),
            )
            for row in connection.execute(_PAYMENTS)
        )
        (payments,) = connection.execute("SELECT COUNT(*) FROM payment").fetchone()
        (cut_calls,) = connection.execute(_CUT_CALLS).fetchone()
    finally:
        connection.close()
    return Books(sales, payments, cut_calls, _faults(path))


def _faults(path: Path) -> tuple[str, ...]:
    database = Database(sqlite_url(path))
    try:
        with database.read() as session:
            _, breaks = verify_chains(session)
        return (*consistency.check(database.engine), *(repr(each) for each in breaks))
    finally:
        database.close()
