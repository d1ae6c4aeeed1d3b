"""What follows, in the same unit of work, when money has come or has gone back."""

from __future__ import annotations

from core.database.unit_of_work import UnitOfWork
from core.model.payments import Payment
from core.model.refunds import RefundRequest
from core.services.loyalty.ledger import settle_payment, settle_refund
from core.services.loyalty.settings import LoyaltySettings
from core.services.mail.automatic import mail_completed_payment, mail_completed_refund
from core.services.mail.settings import MailSettings
from core.services.papers.issuing import InvoiceDraft, draft_invoice, void_invoice
from core.services.setting_values import load_together
from core.services.settings import ShopSettings
from core.services.subscriptions.period_endings import charge_completed, charge_ended


def before_completion(unit: UnitOfWork, payment: Payment) -> InvoiceDraft | None:
    """Do what a payment's completion brings with it, whoever or whatever completes it.

    Return the draft of its invoice, None where it has one. All of it goes before the completion
    itself, which draws a number that other desks then wait for.
    """
    load_together(unit.session, ShopSettings, MailSettings, LoyaltySettings)
    draft = None if payment.invoice else draft_invoice(unit, payment)
    mail_completed_payment(unit, payment)
    charge_completed(unit, payment)
    settle_payment(unit, payment)
    return draft


def payment_ended(unit: UnitOfWork, payment: Payment) -> None:
    """Do what follows when a payment failed or was cancelled: no money came."""
    void_invoice(unit, payment)
    charge_ended(unit, payment)


def refund_completed(unit: UnitOfWork, refund: RefundRequest) -> None:
    """Do what a refund brings with it once its money went back."""
    mail_completed_refund(unit, refund)
    settle_refund(unit, refund)
