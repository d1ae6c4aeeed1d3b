"""What follows, in the same unit of work, when money has come or has gone back."""

from __future__ import annotations

from core.database.unit_of_work import UnitOfWork
from core.model.payments import Payment
from core.model.refunds import RefundRequest
from core.services.loyalty_ledger import settle_payment, settle_refund


def payment_completed(unit: UnitOfWork, payment: Payment) -> None:
    """Do what a payment's completion brings with it, whoever or whatever completed it."""
    settle_payment(unit, payment)


def payment_ended(unit: UnitOfWork, payment: Payment) -> None:
    """Do what follows when a payment failed or was cancelled: no money came."""


def refund_completed(unit: UnitOfWork, refund: RefundRequest) -> None:
    """Do what a refund brings with it once its money went back."""
    settle_refund(unit, refund)
