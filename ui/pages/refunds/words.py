"""A refund in words: where it stands since when, its facts, and what may be done by whom."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale

from core.clock import shop_date, shop_time
from core.model.refunds import REFUND_TRANSITIONS, RefundStatus
from core.money import display
from core.permissions import Actor, Permission
from core.phones import phone_display
from core.services.rows import RefundFacts, RefundRow
from ui.badges import badge_for
from ui.number_words import amount_in_words

translate = QCoreApplication.translate


def amount_text(refund: RefundRow) -> str:
    """Return the amount as people read it."""
    return display(refund.refund_amount_minor, refund.currency)


def in_words(refund: RefundRow) -> str:
    """Return the amount in words of the user's language, or an empty text."""
    language = QLocale().name()[:2].replace("C", "en")
    return amount_in_words(refund.refund_amount_minor, refund.currency, language)


def moment_text(moment: datetime | None, now: datetime) -> str:
    """Return a moment in shop time; the date is left out on the day itself."""
    if moment is None:
        return ""
    same_day = shop_date(moment) == shop_date(now)
    return f"{shop_time(moment):%H:%M}" if same_day else f"{shop_time(moment):%Y-%m-%d %H:%M}"


def state_sentence(refund: RefundRow, now: datetime) -> str:
    """Return where a refund stands, since when and by whom, and what comes next."""
    minutes = max(0, int((now - refund.requested_at).total_seconds()) // 60)
    waited = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
    sentence = {
        RefundStatus.REQUESTED: translate(
            "RefundWords", "Asked by %1 %2 (%4 ago); a manager decides."
        ),
        RefundStatus.APPROVED: translate(
            "RefundWords", "Approved by %3; the money has not gone back yet."
        ),
        RefundStatus.PROCESSING: translate("RefundWords", "Being paid back by %5."),
        RefundStatus.COMPLETED: translate("RefundWords", "Paid back by %5 %6."),
        RefundStatus.REJECTED: translate("RefundWords", "Rejected by %7."),
        RefundStatus.FAILED: translate(
            "RefundWords", "The money did not go back; it may be tried again."
        ),
        RefundStatus.UNKNOWN: translate(
            "RefundWords", "We do not know yet whether the money went back: ask the network."
        ),
    }[refund.status]
    values = {
        "%1": refund.requested_by,
        "%2": moment_text(refund.requested_at, now),
        "%3": refund.approved_by,
        "%4": waited,
        "%5": refund.processed_by,
        "%6": moment_text(refund.refund_completed_at, now),
        "%7": refund.rejected_by,
    }
    for mark, value in values.items():
        sentence = sentence.replace(mark, value)
    return sentence


def refund_facts(refund: RefundRow) -> list[tuple[str, str]]:
    """Return what a list's side pane says of a refund; empty values are left out."""
    facts = [
        (translate("RefundWords", "Reason"), refund.reason),
        (translate("RefundWords", "Customer"), refund.customer_name),
        (translate("RefundWords", "Paid"), display(refund.paid_minor, refund.currency)),
        (translate("RefundWords", "Method"), badge_for("method", refund.payment_method).text),
        (translate("RefundWords", "Invoice"), refund.invoice_number),
        (translate("RefundWords", "Asked by"), refund.requested_by),
        (translate("RefundWords", "Approved by"), refund.approved_by),
        (translate("RefundWords", "Rejected by"), refund.rejected_by),
        (translate("RefundWords", "Carried out by"), refund.processed_by),
        (translate("RefundWords", "Transaction"), refund.refund_transaction_id),
        (translate("RefundWords", "Answer"), refund.response_notes),
        (translate("RefundWords", "Credit note"), refund.credit_note_number),
    ]
    return [fact for fact in facts if fact[1]]


def decision_facts(facts: RefundFacts) -> list[tuple[str, str]]:
    """Return what a manager weighs, in the order of the questions they ask."""
    refund, payment = facts.refund, facts.payment
    currency = refund.currency
    paid_at = f"{shop_time(payment.paid_at):%Y-%m-%d %H:%M}" if payment.paid_at else ""
    paid = " · ".join(
        filter(
            None,
            [
                display(payment.amount_minor, currency),
                badge_for("method", payment.payment_method).text,
                paid_at,
            ],
        )
    )
    asked = f"{shop_time(refund.requested_at):%Y-%m-%d %H:%M}"
    count = translate("RefundWords", "%1 this day").replace("%1", str(facts.requests_today))
    goes_to = phone_display(payment.phone_number) if payment.payment_method.is_mobile_money else ""
    shown = [
        (translate("RefundWords", "Reason"), refund.reason),
        (translate("RefundWords", "Asked by"), f"{refund.requested_by}, {asked} ({count})"),
        (translate("RefundWords", "Customer"), refund.customer_name),
        (translate("RefundWords", "Goes to"), goes_to),
        (translate("RefundWords", "Original payment"), paid),
        (translate("RefundWords", "Invoice"), refund.invoice_number),
        (
            translate("RefundWords", "Refunded before"),
            display(facts.refunded_before_minor, currency),
        ),
        (translate("RefundWords", "Also waiting"), display(facts.also_waiting_minor, currency)),
        (translate("RefundWords", "Left after this"), display(facts.left_after_minor, currency)),
    ]
    return [fact for fact in shown if fact[1]]


def leaving_facts(facts: RefundFacts) -> list[tuple[str, str]]:
    """Return the last look before money leaves: to whom, of what, why, and what stays."""
    refund, payment = facts.refund, facts.payment
    goes_to = phone_display(payment.phone_number) if payment.payment_method.is_mobile_money else ""
    shown = [
        (translate("RefundWords", "Customer"), refund.customer_name),
        (translate("RefundWords", "Goes to"), goes_to),
        (translate("RefundWords", "Reason"), refund.reason),
        (translate("RefundWords", "Paid"), display(refund.paid_minor, refund.currency)),
        (translate("RefundWords", "Method"), badge_for("method", refund.payment_method).text),
        (translate("RefundWords", "Invoice"), refund.invoice_number),
        (translate("RefundWords", "Approved by"), refund.approved_by),
        (
            translate("RefundWords", "Left after this"),
            display(facts.left_after_minor, refund.currency),
        ),
    ]
    return [fact for fact in shown if fact[1]]


def why_no_approval(actor: Actor, refund: RefundRow) -> str:
    """Return why a person may not approve a refund; empty when they may."""
    if refund.status is not RefundStatus.REQUESTED:
        return _state(refund)
    if refund.requested_by == actor.name:
        return translate("RefundWords", "You asked for it yourself; somebody else must approve it.")
    return _why_no_decision(actor)


def why_no_rejection(actor: Actor, refund: RefundRow) -> str:
    """Return why a person may not reject a refund; empty when they may."""
    if RefundStatus.REJECTED not in REFUND_TRANSITIONS[refund.status]:
        return _state(refund)
    return _why_no_decision(actor)


def why_not_carried_out(actor: Actor, refund: RefundRow) -> str:
    """Return why a person may not record a refund as paid back; empty when they may."""
    if RefundStatus.PROCESSING not in REFUND_TRANSITIONS[refund.status]:
        if refund.status is RefundStatus.REQUESTED:
            return translate("RefundWords", "It must be approved first.")
        return _state(refund)
    if not actor.may(Permission.CARRY_OUT_REFUND):
        return translate("RefundWords", "%1 may not do this.").replace(
            "%1", actor.role.with_article.capitalize()
        )
    return ""


def _why_no_decision(actor: Actor) -> str:
    if actor.may(Permission.DECIDE_REFUND):
        return ""
    return translate("RefundWords", "%1 may not decide refunds.").replace(
        "%1", actor.role.with_article.capitalize()
    )


def _state(refund: RefundRow) -> str:
    word = badge_for("refund", refund.status).text.lower()
    return translate("RefundWords", "Its state is “%1”.").replace("%1", word)
