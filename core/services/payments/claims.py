"""What customers claim with a message on their phone: one message, one sale."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import ConflictError
from core.model.payments import Payment
from core.model.reconciliations import LineState, StatementLine


def refuse_claimed(session: Session, payment: Payment, shown: str) -> None:
    """Refuse a message that was already shown for another payment, in capitals or not."""
    found = session.execute(
        select(Payment.payment_id, Payment.payment_method).where(
            Payment.claimed_transaction_id.in_({shown, shown.upper(), shown.lower()}),
            # Named so that the index of claims serves; so below.
            Payment.claimed_transaction_id != "",
            Payment.id != payment.id,
        )
    )
    # Compared here: asked for both, SQLite may walk through all payments of the method.
    method = payment.payment_method
    other = next((payment_id for payment_id, of_method in found if of_method is method), None)
    if other is not None:
        raise ConflictError(
            f"Nothing was changed. The message with {shown} was already shown for payment {other}."
        )


def is_on_statement(session: Session, payment: Payment, shown: str) -> bool:
    """Tell whether a statement has the money under this id, not yet taken for another payment."""
    line = session.scalar(
        select(StatementLine.id)
        .where(
            StatementLine.transaction_id.in_({shown, shown.upper(), shown.lower()}),
            StatementLine.transaction_id != "",
            StatementLine.amount_minor == payment.amount_minor,
            StatementLine.currency == payment.currency,
            StatementLine.state != LineState.MATCHED,
        )
        .limit(1)
    )
    return line is not None
