"""What follows, in the same unit of work, when money has come or has gone back."""

from __future__ import annotations

from core.database.unit_of_work import UnitOfWork
from core.model.payments import Payment
from core.model.refunds import RefundRequest
from core.services.invoicing import settle_invoice, void_invoice


def payment_completed(unit: UnitOfWork, payment: Payment) -> None:
    """Do what a payment's completion brings with it, whoever or whatever completed it."""
    settle_invoice(unit, payment)


def payment_ended(unit: UnitOfWork, payment: Payment) -> None:
    """Do what follows when a payment failed or was cancelled: no money came."""
    void_invoice(unit, payment)


def refund_completed(unit: UnitOfWork, refund: RefundRequest) -> None:
    """Do what a refund brings with it once its money went back."""
