"""A payment's state in words with since-when, the way of its money, and its facts."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from core.clock import shop_time
from core.model.payments import PaymentMethod, PaymentStatus, PaymentType, TransactionStatus
from core.money import display
from core.phones import phone_display
from core.services.rows import AuditRow, PaymentDetail, PaymentRow
from ui.badges import badge_for
from ui.widgets.facts import Step, StepState
from ui.words import age_text, moment_text

translate = QCoreApplication.translate
SHORT_ID_LENGTH = 8
_NOT_ASKED = frozenset({TransactionStatus.CREATED, TransactionStatus.NOT_SENT})


def short_id(payment_id: str) -> str:
    """Return the first block of a payment's id, as lists show it."""
    return payment_id[:SHORT_ID_LENGTH]


def type_word(payment_type: PaymentType) -> str:
    """Return what a payment is for, in a word."""
    return {
        PaymentType.ORDER_PAYMENT: translate("PaymentWords", "Order"),
        PaymentType.SUBSCRIPTION: translate("PaymentWords", "Subscription"),
        PaymentType.LOYALTY: translate("PaymentWords", "Loyalty"),
        PaymentType.REFUND: translate("PaymentWords", "Refund"),
    }[payment_type]


def state_sentence(detail: PaymentDetail, now: datetime) -> str:
    """Return where a payment stands, since when, and what is awaited; never one bare word."""
    payment = detail.payment
    if payment.status in {PaymentStatus.PENDING, PaymentStatus.PROCESSING}:
        since = asked_at(detail) or payment.created_at
        age = f"{moment_text(since, now)} ({age_text(since, now)})"
        return _awaited(payment).replace("%1", age)
    at = moment_text(ended_at(detail), now)
    if payment.status is PaymentStatus.COMPLETED:
        if payment.reconciled:
            found = payment.reconciled_at or ended_at(detail)
            sentence = translate("PaymentWords", "Completed %1, found on a statement %2.")
            return sentence.replace("%1", at).replace("%2", moment_text(found, now))
        if not payment.payment_method.is_money:
            return translate("PaymentWords", "Paid with points %1.").replace("%1", at)
        return translate("PaymentWords", "Completed %1; not found on a statement yet.").replace(
            "%1", at
        )
    if payment.status is PaymentStatus.REFUNDED:
        return translate("PaymentWords", "All of it was paid back %1.").replace("%1", at)
    word = (
        translate("PaymentWords", "Failed %1")
        if payment.status is PaymentStatus.FAILED
        else translate("PaymentWords", "Cancelled %1")
    ).replace("%1", at)
    return f"{word}: {payment.error_message}" if payment.error_message else f"{word}."


def asked_at(detail: PaymentDetail) -> datetime | None:
    """Return when a network was last asked about a payment."""
    moments = [call.request_at for call in detail.transactions]
    return max(moments) if moments else None


def ended_at(detail: PaymentDetail) -> datetime:
    """Return since when the payment is in its present state."""
    payment = detail.payment
    actions = {
        PaymentStatus.COMPLETED: "payment:completed",
        PaymentStatus.FAILED: "payment:failed",
        PaymentStatus.CANCELLED: "payment:cancelled",
        PaymentStatus.REFUNDED: "refund:completed",
    }
    if payment.status is PaymentStatus.COMPLETED and payment.paid_at is not None:
        return payment.paid_at
    found = _last(detail.history, actions.get(payment.status, ""))
    return found or payment.paid_at or payment.created_at


def _last(history: tuple[AuditRow, ...], action: str) -> datetime | None:
    moments = [entry.at for entry in history if entry.action == action]
    return max(moments) if moments else None


def _awaited(payment: PaymentRow) -> str:
    attempt = {
        TransactionStatus.CREATED: translate(
            "PaymentWords", "Waiting since %1: the network has not been asked yet."
        ),
        TransactionStatus.SUBMITTING: translate(
            "PaymentWords", "Being sent to the network since %1."
        ),
        TransactionStatus.PENDING: translate(
            "PaymentWords", "Waiting since %1 for the customer's PIN."
        ),
        TransactionStatus.UNKNOWN: translate(
            "PaymentWords",
            "We do not know yet whether the customer was charged. Asked the network %1.",
        ),
        TransactionStatus.UNRESOLVED: translate(
            "PaymentWords", "The network gave no clear answer since %1: a person must decide."
        ),
    }
    if payment.transaction_status in attempt:
        return attempt[payment.transaction_status]
    return {
        PaymentMethod.CARD: translate(
            "PaymentWords", "Waiting since %1 for the card terminal's approval."
        ),
        PaymentMethod.BANK_TRANSFER: translate(
            "PaymentWords", "Waiting since %1 for the transfer to reach the bank."
        ),
        PaymentMethod.CASH_ON_DELIVERY: translate(
            "PaymentWords", "Waiting since %1 for the cash from the delivery."
        ),
    }.get(payment.payment_method) or translate(
        "PaymentWords", "Waiting since %1 for the customer's money."
    )


def money_path(detail: PaymentDetail, now: datetime) -> tuple[Step, ...]:
    """Return the way of the money: what happened, what is awaited now, what is still to come."""
    payment = detail.payment
    steps = [
        Step(
            translate("PaymentWords", "Recorded"),
            StepState.DONE,
            moment_text(payment.created_at, now),
        )
    ]
    if payment.payment_method.is_mobile_money:
        steps.append(_network_step(detail, now))
    steps.append(_received_step(detail, now))
    if payment.status in {PaymentStatus.FAILED, PaymentStatus.CANCELLED}:
        return tuple(steps)
    if payment.payment_method.is_money:
        steps.append(_statement_step(payment, now))
    if payment.status is PaymentStatus.REFUNDED:
        at = moment_text(ended_at(detail), now)
        steps.append(Step(translate("PaymentWords", "Paid back"), StepState.DONE, at))
    return tuple(steps)


def _network_step(detail: PaymentDetail, now: datetime) -> Step:
    payment = detail.payment
    at = asked_at(detail)
    is_open = payment.status in {PaymentStatus.PENDING, PaymentStatus.PROCESSING}
    if is_open and payment.transaction_status is TransactionStatus.SUBMITTING:
        return Step(translate("PaymentWords", "Asking the network"), StepState.CURRENT)
    if at is None and payment.transaction_status in _NOT_ASKED:
        state = StepState.CURRENT if is_open else StepState.WAITING
        return Step(translate("PaymentWords", "Ask the network"), state)
    title = translate("PaymentWords", "Network asked")
    return Step(title, StepState.DONE, moment_text(at, now) if at else "")


def _received_step(detail: PaymentDetail, now: datetime) -> Step:
    payment = detail.payment
    title = translate("PaymentWords", "Money received")
    if not payment.payment_method.is_money:
        title = translate("PaymentWords", "Points spent")
    if payment.status in {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}:
        return Step(title, StepState.DONE, moment_text(payment.paid_at, now) if payment.paid_at
                    else "")  # fmt: skip
    if payment.status is PaymentStatus.FAILED:
        at = moment_text(ended_at(detail), now)
        return Step(translate("PaymentWords", "Failed"), StepState.FAILED, at)
    if payment.status is PaymentStatus.CANCELLED:
        at = moment_text(ended_at(detail), now)
        return Step(translate("PaymentWords", "Called off"), StepState.FAILED, at)
    if payment.transaction_status in _NOT_ASKED | {TransactionStatus.SUBMITTING}:
        return Step(title, StepState.WAITING)
    since = asked_at(detail) or payment.created_at
    return Step(title, StepState.CURRENT, age_text(since, now))


def _statement_step(payment: PaymentRow, now: datetime) -> Step:
    title = translate("PaymentWords", "On statement")
    if payment.reconciled:
        at = moment_text(payment.reconciled_at, now) if payment.reconciled_at else ""
        return Step(title, StepState.DONE, at)
    completed = payment.status is PaymentStatus.COMPLETED
    return Step(title, StepState.CURRENT if completed else StepState.WAITING)


def payment_facts(payment: PaymentRow) -> tuple[list[tuple[str, str]], frozenset[str]]:
    """Return labels with values, empty ones left out, and the labels worth a copy button."""
    payment_id = translate("PaymentWords", "Payment")
    phone = translate("PaymentWords", "Telephone")
    reference = translate("PaymentWords", "Reference")
    transaction = translate("PaymentWords", "Transaction")
    tendered = payment.tendered_minor
    facts = [
        (translate("PaymentWords", "Customer"), payment.customer_name),
        (phone, phone_display(payment.phone_number)),
        (translate("PaymentWords", "Account"), payment.account_number),
        (translate("PaymentWords", "Method"), badge_for("method", payment.payment_method).text),
        (translate("PaymentWords", "For"), type_word(payment.payment_type)),
        (translate("PaymentWords", "Order"), payment.order_number),
        (reference, payment.transaction_reference),
        (transaction, payment.transaction_id),
        (translate("PaymentWords", "Gateway"), payment.gateway_name),
        (
            translate("PaymentWords", "Customer gave"),
            "" if tendered is None else display(tendered, payment.currency),
        ),
        (
            translate("PaymentWords", "Change"),
            display(payment.change_minor, payment.currency) if payment.change_minor else "",
        ),
        (translate("PaymentWords", "Card"), _card(payment)),
        (translate("PaymentWords", "Created"), f"{shop_time(payment.created_at):%Y-%m-%d %H:%M}"),
        (translate("PaymentWords", "Taken by"), payment.created_by),
        (translate("PaymentWords", "Note"), payment.customer_notes),
        (payment_id, payment.payment_id),
    ]
    shown = [(label, value) for label, value in facts if value]
    return shown, frozenset({payment_id, phone, reference, transaction})


def _card(payment: PaymentRow) -> str:
    parts = []
    if payment.card_last4:
        parts.append(f"•••• {payment.card_last4}")
    if payment.card_approval_code:
        approved = translate("PaymentWords", "approval %1")
        parts.append(approved.replace("%1", payment.card_approval_code))
    return ", ".join(parts)
