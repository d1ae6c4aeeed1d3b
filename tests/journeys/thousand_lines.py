"""A statement of 1 000 lines and a shop of 5 000 open payments, with the truth known."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from sqlalchemy import insert

from core.database.unit_of_work import Database
from core.matching.records import OpenLine, OpenPayment
from core.model.customers import Order
from core.model.payments import Payment, PaymentMethod, PaymentStatus, PaymentType
from core.services.rows import MatchRow
from tests.core.matching.labelled_shop import Maker

LINES = 1_000
PAYMENTS = 5_000


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """The statement on disk, and which payments each of its rows may prove."""

    path: Path
    payments: int
    truth_by_row: dict[int, frozenset[str]]

    def wrong(self, matches: tuple[MatchRow, ...]) -> list[MatchRow]:
        """Return the matches that name other payments than the true ones."""
        return [
            match
            for match in matches
            if match.kind in {"one_to_one", "fee_net", "settlement", "split"}
            and any(
                self.truth_by_row[line.line_number]
                != frozenset(payment.payment_id for payment in match.payments)
                for line in match.lines
            )
        ]


def make_shop(database: Database, folder: Path, *, seed: int = 11) -> LabelledFile:
    """Record the payments and write a statement in the bank's layout."""
    shop = Maker(seed).make(int(PAYMENTS * 0.91))
    payments = shop.payments
    _record(database, payments)
    # An original without its reversal is an ordinary payment: only whole pairs keep their truth.
    halves = {*shop.original_of, *shop.original_of.values()}
    whole = [line for line in shop.lines if line.line_id not in halves and line.currency == "RWF"]
    lines = sorted(whole[:LINES], key=lambda line: (line.day, line.line_id))
    path = folder / "statement.csv"
    _write(path, lines)
    truth = {row: shop.truth[line.line_id] for row, line in enumerate(lines, start=2)}
    return LabelledFile(path, len(payments), truth)


def _record(database: Database, payments: list[OpenPayment]) -> None:
    with database.write(None) as unit:
        orders = {payment.order_number for payment in payments if payment.order_number}
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        if orders:
            rows = [
                {"order_number": number, "total_minor": 1, "created_at": moment}
                for number in sorted(orders)
            ]
            unit.session.execute(insert(Order), rows)
        keys = {
            number: key for key, number in unit.session.query(Order.id, Order.order_number).all()
        }
        unit.session.execute(insert(Payment), [_columns(payment, keys) for payment in payments])
        unit.commit()


def _columns(payment: OpenPayment, order_keys: dict[str, int]) -> dict[str, object]:
    moment = datetime.combine(payment.day, time(9), UTC)
    return {
        "payment_id": payment.payment_id,
        "payment_method": PaymentMethod(payment.method or "bank_transfer"),
        "payment_type": PaymentType.ORDER_PAYMENT,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "status": PaymentStatus.COMPLETED,
        "transaction_id": payment.transaction_id or None,
        "transaction_reference": payment.reference,
        "invoice_number": payment.invoice_number or None,
        "order_id": order_keys.get(payment.order_number),
        "phone_number": payment.phone,
        "customer_name": payment.customer_name,
        "account_number": payment.account_number,
        "created_at": moment,
        "paid_at": moment,
        "updated_at": moment,
    }


def _write(path: Path, lines: list[OpenLine]) -> None:
    balance = 50_000_000
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["Book Date", "Value Date", "Reference", "Narration", "Debit", "Credit", "Balance"]
        )
        for line in lines:
            balance += line.amount_minor
            narration = " ".join(filter(None, (line.text, line.counterparty, line.phone)))
            writer.writerow(
                [
                    line.day.isoformat(),
                    line.day.isoformat(),
                    line.transaction_id or line.reference,
                    narration,
                    -line.amount_minor if line.amount_minor < 0 else "",
                    line.amount_minor if line.amount_minor > 0 else "",
                    balance,
                ]
            )
