"""What customers claim with a message on their phone: one message, one sale."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import ConflictError
from core.model.payments import Payment
from core.model.reconciliations import LineState, StatementLine


def refuse_claimed(session: Session, payment: Payment, shown: str) -> None:
    """Refuse a message that was already shown for another payment, in capitals or not."""
    other = session.scalar(
        select(Payment.payment_id).where(
            Payment.claimed_transaction_id.in_({shown, shown.upper(), shown.lower()}),
            Payment.payment_method == payment.payment_method,
            Payment.id != payment.id,
        )
    )
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
            StatementLine.amount_minor == payment.amount_minor,
            StatementLine.currency == payment.currency,
            StatementLine.state != LineState.MATCHED,
        )
        .limit(1)
    )
    return line is not None
