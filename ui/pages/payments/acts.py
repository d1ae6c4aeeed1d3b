"""What may be done with a payment now, and the reason in words when something may not.

The services decide; this module only spares the person a click that would be refused, and says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from core.model.payments import (
    ASKED_TRANSACTION_STATUSES,
    PaymentMethod,
    PaymentStatus,
    TransactionStatus,
)
from core.permissions import Actor, Permission
from core.services.payments.choices import PaymentKind
from core.services.payments.listed import AnyPayment
from core.services.rows import PaymentDetail
from ui.badges import badge_for
from ui.words import count_text

translate = QCoreApplication.translate
JudgedPayment = AnyPayment | PaymentKind
"""One payment, or many that are alike in all that counts here."""


class Act(StrEnum):
    """One thing a person may do with a payment."""

    COMPLETE = "complete"
    FAIL = "fail"
    CANCEL = "cancel"
    ASK_REFUND = "ask_refund"
    OPEN_INVOICE = "open_invoice"
    GENERATE_INVOICE = "generate_invoice"
    RECONCILE = "reconcile"
    REMIND = "remind"
    ASK_NOW = "ask_now"
    MAIL = "mail"


_PERMISSIONS = {
    Act.COMPLETE: Permission.CONFIRM_PAYMENT,
    Act.FAIL: Permission.CONFIRM_PAYMENT,
    Act.CANCEL: Permission.CONFIRM_PAYMENT,
    Act.ASK_REFUND: Permission.REQUEST_REFUND,
    Act.GENERATE_INVOICE: Permission.ISSUE_INVOICE,
    Act.RECONCILE: Permission.MARK_RECONCILED,
    Act.MAIL: Permission.SEND_MAIL,
}
_ENDS = {
    Act.COMPLETE: PaymentStatus.COMPLETED,
    Act.FAIL: PaymentStatus.FAILED,
    Act.CANCEL: PaymentStatus.CANCELLED,
}
_PAID = frozenset({PaymentStatus.COMPLETED, PaymentStatus.REFUNDED})
_ASKED = ASKED_TRANSACTION_STATUSES


def state_word(payment: JudgedPayment) -> str:
    """Return the payment's state as a word inside a sentence: "completed"."""
    return badge_for("status", payment.status).text.lower()


def is_left_to_people(payment: JudgedPayment) -> bool:
    """Tell whether the network gave no clear answer, so that a manager must find out."""
    return (
        PaymentStatus.FAILED in payment.next_statuses
        and payment.transaction_status is TransactionStatus.UNRESOLVED
    )


def why_not(act: Act, actor: Actor, payment: JudgedPayment) -> str:
    """Return why a person may not do something with one payment; empty when they may."""
    permission = _PERMISSIONS.get(act)
    if permission is not None and not actor.may(permission):
        return translate("PaymentActs", "%1 may not do this.").replace(
            "%1", actor.role.with_article.capitalize()
        )
    if act in _ENDS:
        return _why_not_end(act, actor, payment)
    if act is Act.ASK_REFUND:
        if payment.status is not PaymentStatus.COMPLETED:
            return _now_is(
                translate(
                    "PaymentActs", "Only a completed payment can be refunded; this one is %1."
                ),
                payment,
            )
        return ""
    if act is Act.OPEN_INVOICE:
        return (
            "" if payment.invoice_number else translate("PaymentActs", "There is no invoice yet.")
        )
    if act is Act.GENERATE_INVOICE:
        return _why_no_new_invoice(payment)
    if act is Act.MAIL:
        return _why_no_mail(payment)
    if act is Act.RECONCILE:
        if payment.reconciled:
            return translate("PaymentActs", "It was found on a statement already.")
        if not payment.payment_method.is_money:
            return translate("PaymentActs", "It was paid with points, which stand on no statement.")
        if payment.status is not PaymentStatus.COMPLETED:
            return _now_is(
                translate(
                    "PaymentActs", "Only a completed payment can be reconciled; this one is %1."
                ),
                payment,
            )
        return ""
    if payment.status not in {PaymentStatus.PENDING, PaymentStatus.PROCESSING}:
        return _now_is(
            translate("PaymentActs", "Only a waiting payment needs a reminder; this one is %1."),
            payment,
        )
    return ""


def why_no_refund(actor: Actor, detail: PaymentDetail) -> str:
    """Return why no refund can be asked for, with what was refunded before in view."""
    reason = why_not(Act.ASK_REFUND, actor, detail.payment)
    if not reason and detail.refundable_minor <= 0:
        return translate("PaymentActs", "All of it was refunded or is about to be.")
    return reason


def why_not_all(act: Act, actor: Actor, payments: Sequence[JudgedPayment]) -> str:
    """Return why an act cannot be done to a whole selection; empty when every payment allows it."""
    reasons: Counter[str] = Counter()
    total = 0
    for payment in payments:
        count = payment.payments if isinstance(payment, PaymentKind) else 1
        total += count
        reason = why_not(act, actor, payment) or _why_one_by_one(act, payment)
        if reason:
            reasons[reason] += count
    if not reasons:
        return ""
    reason, most = reasons.most_common(1)[0]
    if most == total:
        return reason
    told = translate("PaymentActs", "%1 of %2: %3").replace("%1", count_text(reasons.total()))
    return told.replace("%2", count_text(total)).replace("%3", reason)


def _why_not_end(act: Act, actor: Actor, payment: JudgedPayment) -> str:
    mobile = payment.payment_method.is_mobile_money
    if _ENDS[act] not in payment.next_statuses:
        if payment.status in _PAID or act is Act.COMPLETE or payment.status is _ENDS[act]:
            return _now_is(translate("PaymentActs", "It is %1 already."), payment)
        return _now_is(translate("PaymentActs", "It is %1, so nothing is open."), payment)
    if act is Act.COMPLETE:
        if mobile and not actor.may(Permission.COMPLETE_BY_HAND):
            return translate(
                "PaymentActs",
                "The network confirms mobile money; only a manager may do it by hand.",
            )
        return ""
    if mobile and payment.transaction_status in _ASKED:
        if act is Act.FAIL and is_left_to_people(payment):
            return _why_not_by_hand(actor)
        if is_left_to_people(payment):
            return translate(
                "PaymentActs", "The network may have taken the money: say whether it came instead."
            )
        return translate(
            "PaymentActs",
            "The network was asked and may still take the money; wait for its answer.",
        )
    return ""


def _why_not_by_hand(actor: Actor) -> str:
    if actor.may(Permission.COMPLETE_BY_HAND):
        return ""
    return translate("PaymentActs", "Only a manager decides whether the money came.")


def _why_no_new_invoice(payment: JudgedPayment) -> str:
    if payment.invoice_generated:
        return translate("PaymentActs", "It has its invoice already.")
    if payment.status in {PaymentStatus.FAILED, PaymentStatus.CANCELLED}:
        return _now_is(translate("PaymentActs", "It is %1: there is nothing to be paid."), payment)
    return ""


def _why_no_mail(payment: JudgedPayment) -> str:
    if payment.status in {PaymentStatus.FAILED, PaymentStatus.CANCELLED}:
        return _now_is(
            translate("PaymentActs", "It is %1: there is nothing to mail about."), payment
        )
    return ""


def _why_one_by_one(act: Act, payment: JudgedPayment) -> str:
    """Some payments need proof of their own, which a sheet for many cannot ask for."""
    if act in _ENDS and is_left_to_people(payment):
        return translate(
            "PaymentActs",
            "Whether this money came must be looked up at the network: decide it by itself.",
        )
    if act is not Act.COMPLETE:
        return ""
    if payment.payment_method is PaymentMethod.CARD and not payment.card_approval_code:
        return translate(
            "PaymentActs",
            "A card payment needs the approval code of its slip: complete it by itself.",
        )
    if payment.payment_method is PaymentMethod.BANK_TRANSFER and not payment.transaction_id:
        return translate(
            "PaymentActs", "A bank transfer needs the bank's reference: complete it by itself."
        )
    return ""


def _now_is(sentence: str, payment: JudgedPayment) -> str:
    return sentence.replace("%1", state_word(payment))
