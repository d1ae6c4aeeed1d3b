"""What may be mailed about payments, and what their reminders would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.payments import PaymentStatus
from core.model.refunds import RefundStatus
from core.permissions import Permission
from core.services.mail.rows import MailDraft, MailKind
from core.services.rows import PaymentDetail, PaymentRow
from ui.context import PageContext


def mail_kinds(detail: PaymentDetail) -> tuple[MailKind, ...]:
    """Return what a customer may be mailed about a payment, the usual first."""
    if detail.payment.status in {PaymentStatus.PENDING, PaymentStatus.PROCESSING}:
        return (MailKind.PAYMENT_REMINDER,)
    refunded = any(refund.status is RefundStatus.COMPLETED for refund in detail.refunds)
    notice = (MailKind.REFUND_NOTICE,) if refunded else ()
    return (MailKind.INVOICE, MailKind.RECEIPT, *notice)


@dataclass(frozen=True, slots=True)
class Reminders:
    """Payments to be reminded of, each with its mail; without one where a person sends none.

    ``languages`` are the customers', or the shop's for a customer not kept by name.
    """

    payments: tuple[PaymentRow, ...]
    drafts: tuple[MailDraft | None, ...]
    languages: tuple[str, ...]
    shop_name: str
    mail_is_ready: bool


def read_reminders(context: PageContext, payments: Sequence[PaymentRow]) -> Reminders:
    """Return what the reminders of payments would be; off the GUI thread."""
    app, actor = context.app, context.actor
    may_send = actor.may(Permission.SEND_MAIL)
    is_ready = may_send and app.mail_settings.load().is_ready
    shop = app.settings.load()
    drafts = tuple(
        app.mail_queue.draft(actor, MailKind.PAYMENT_REMINDER, payment.payment_id)
        if may_send
        else None
        for payment in payments
    )
    return Reminders(
        payments=tuple(payments),
        drafts=drafts if is_ready else (None,) * len(drafts),
        languages=tuple(draft.language if draft else shop.language for draft in drafts),
        shop_name=shop.shop_name,
        mail_is_ready=is_ready,
    )
