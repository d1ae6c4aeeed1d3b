"""Short ways to write lines and payments in tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from core.matching.engine import match
from core.matching.records import MatchingResult, OpenLine, OpenPayment

DAY = date(2026, 1, 16)

PAYMENT = OpenPayment(
    payment_id="a",
    day=DAY,
    amount_minor=15000,
    method="mtn_mobile_money",
    transaction_id="TXN123456789",
    reference="ORD-2026-01-16-001",
    invoice_number="INV-20260116-00001",
    phone="+250788123456",
    customer_name="Aline Uwase",
)


def payment(payment_id: str = "a", **changes: object) -> OpenPayment:
    """Return the payment of the examples, changed; another id gets numbers of its own."""
    if payment_id != "a":
        number = f"{ord(payment_id[0]):05d}"
        changes = {
            "transaction_id": f"TXN5554{number}",
            "reference": f"ORD-2026-02-28-{number}",
            "invoice_number": f"INV-20260228-{number}",
        } | changes
    return replace(PAYMENT, payment_id=payment_id, **changes)  # type: ignore[arg-type]


def line(text: str = "", amount: int = 15000, days: int = 0, **more: object) -> OpenLine:
    """Return a line some days after the example's payment."""
    made = OpenLine(line_id=1, day=DAY + timedelta(days=days), amount_minor=amount, text=text)
    return replace(made, **more)  # type: ignore[arg-type]


def matched(result: MatchingResult) -> list[tuple[str, tuple[int, ...], tuple[str, ...]]]:
    """Return the automatic matches as plain values."""
    return [(str(each.kind), each.line_ids, each.payment_ids) for each in result.matches]


def suggested(result: MatchingResult) -> list[tuple[str, tuple[int, ...], tuple[str, ...]]]:
    """Return the suggestions as plain values."""
    return [(str(each.kind), each.line_ids, each.payment_ids) for each in result.suggestions]


def settles(one_line: OpenLine, *payments: OpenPayment) -> bool:
    """Tell whether the line is matched automatically with the first payment alone."""
    return matched(match([one_line], payments))[:1] in (
        [("one_to_one", (1,), (payments[0].payment_id,))],
        [("fee_net", (1,), (payments[0].payment_id,))],
    )
