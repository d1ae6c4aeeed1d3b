"""A refund in words: where it stands since when, its facts, and what may be done by whom."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale

from core.clock import shop_time
from core.model.refunds import REFUND_TRANSITIONS, RefundStatus
from core.money import display
from core.permissions import Actor, Permission
from core.phones import phone_display
from core.services.refunds.approval import Obstacle, approval_obstacle, rejection_obstacle
from core.services.refunds.rows import RefundFacts
from core.services.refunds.rules import RefundRules
from core.services.rows import PaymentRow, RefundRow
from ui.badges import badge_for
from ui.loyalty.words import points_text
from ui.number_words import amount_in_words
from ui.words import age_text, moment_text

translate = QCoreApplication.translate


def amount_text(refund: RefundRow) -> str:
    """Return the amount as people read it."""
    return display(refund.refund_amount_minor, refund.currency)


def in_words(refund: RefundRow) -> str:
    """Return the amount in words of the user's language, or an empty text."""
    language = QLocale().name()[:2].replace("C", "en")
    return amount_in_words(refund.refund_amount_minor, refund.currency, language)


def state_sentence(refund: RefundRow, now: datetime) -> str:
    """Return where a refund stands, since when and by whom, and what comes next."""
    sentence = {
        RefundStatus.REQUESTED: translate("RefundWords", "Asked by %1 %2 (%4); a manager decides."),
        RefundStatus.APPROVED: translate(
            "RefundWords", "Approved by %3; the money has not gone back yet."
        ),
        RefundStatus.PROCESSING: translate("RefundWords", "Being paid back by %5."),
        RefundStatus.COMPLETED: translate("RefundWords", "Paid back by %5 %6."),
        RefundStatus.REJECTED: translate("RefundWords", "Rejected by %7."),
        RefundStatus.WITHDRAWN: translate("RefundWords", "Withdrawn by %1; no money goes back."),
        RefundStatus.FAILED: translate(
            "RefundWords", "The money did not go back; it may be tried again."
        ),
        RefundStatus.UNKNOWN: translate(
            "RefundWords", "We do not know yet whether the money went back: ask the network."
        ),
    }[refund.status]
    if refund.status is RefundStatus.REQUESTED and refund.passed_on_by:
        sentence = translate(
            "RefundWords", "Asked by %1 %2 (%4); %8 left the decision to the owner: “%9”"
        )
    values = {
        "%8": refund.passed_on_by,
        "%1": refund.requested_by,
        "%2": moment_text(refund.requested_at, now),
        "%3": refund.approved_by,
        "%4": age_text(refund.requested_at, now),
        "%5": refund.processed_by,
        "%6": moment_text(refund.refund_completed_at, now),
        "%7": refund.rejected_by,
        "%9": refund.passed_on_note,
    }
    for mark, value in values.items():
        sentence = sentence.replace(mark, value)
    return sentence


def refund_facts(refund: RefundRow) -> list[tuple[str, str]]:
    """Return what a list's side pane says of a refund; empty values are left out."""
    facts = [
        (translate("RefundWords", "Reason"), refund.whole_reason),
        (translate("RefundWords", "Customer"), refund.customer_name),
        (translate("RefundWords", "Paid"), display(refund.paid_minor, refund.currency)),
        (translate("RefundWords", "Method"), badge_for("method", refund.payment_method).text),
        (translate("RefundWords", "Invoice"), refund.invoice_number),
        (translate("RefundWords", "Asked by"), refund.requested_by),
        (translate("RefundWords", "Passed on by"), refund.passed_on_by),
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
        (translate("RefundWords", "Reason"), refund.whole_reason),
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
        (translate("RefundWords", "Cash in drawer"), _drawer_text(facts)),
        (translate("RefundWords", "On a statement"), _reconciled_text(payment)),
        (translate("RefundWords", "Points earned"), _points_earned_text(facts)),
        (translate("RefundWords", "To the owner"), _passed_on_text(refund)),
    ]
    return [fact for fact in shown if fact[1]]


def _drawer_text(facts: RefundFacts) -> str:
    drawer = facts.drawer
    if drawer is None:
        return ""
    there = display(drawer.expected_minor, drawer.currency)
    return " · ".join(filter(None, [there, drawer.user_name, drawer.desk]))


def _reconciled_text(payment: PaymentRow) -> str:
    if payment.reconciled:
        return translate("RefundWords", "yes, a statement shows the money came")
    return translate("RefundWords", "not yet: no statement has shown it")


def _points_earned_text(facts: RefundFacts) -> str:
    if not facts.points_earned:
        return ""
    return translate("RefundWords", "%1; what this part earned is taken back").replace(
        "%1", points_text(facts.points_earned)
    )


def _passed_on_text(refund: RefundRow) -> str:
    return f"{refund.passed_on_by}: “{refund.passed_on_note}”" if refund.passed_on_by else ""


def leaving_facts(facts: RefundFacts) -> list[tuple[str, str]]:
    """Return the last look before money leaves: to whom, of what, why, and what stays."""
    refund, payment = facts.refund, facts.payment
    goes_to = phone_display(payment.phone_number) if payment.payment_method.is_mobile_money else ""
    shown = [
        (translate("RefundWords", "Customer"), refund.customer_name),
        (translate("RefundWords", "Goes to"), goes_to),
        (translate("RefundWords", "Reason"), refund.whole_reason),
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


def why_no_approval(actor: Actor, refund: RefundRow, rules: RefundRules) -> str:
    """Return why a person may not approve a refund; empty when they may."""
    if refund.status is not RefundStatus.REQUESTED:
        return _state(refund)
    return _obstacle(approval_obstacle(actor, refund, rules), actor, rules)


def why_not_passed_on(actor: Actor, refund: RefundRow) -> str:
    """Return why a person may not leave a refund to the owner; empty when they may."""
    if refund.status is not RefundStatus.REQUESTED:
        return _state(refund)
    if not actor.may(Permission.DECIDE_REFUND):
        return _obstacle(Obstacle.ROLE, actor, RefundRules())
    return _obstacle(Obstacle.PASSED_ON, actor, RefundRules()) if refund.passed_on_by else ""


def why_not_withdrawn(actor: Actor, refund: RefundRow) -> str:
    """Return why a person may not take a request back; empty when they may."""
    if RefundStatus.WITHDRAWN not in REFUND_TRANSITIONS[refund.status]:
        return _state(refund)
    if refund.requested_by != actor.name:
        return translate("RefundWords", "Only %1, who asked for it, may withdraw it.").replace(
            "%1", refund.requested_by
        )
    return ""


def why_not_on_the_spot(actor: Actor, refund: RefundRow, rules: RefundRules) -> str:
    """Return why nobody needs to step up here; empty when somebody may."""
    if refund.status is not RefundStatus.REQUESTED:
        return _state(refund)
    if not why_no_approval(actor, refund, rules):
        return translate("RefundWords", "You may approve it yourself (A).")
    return ""


def why_no_rejection(actor: Actor, refund: RefundRow) -> str:
    """Return why a person may not reject a refund; empty when they may."""
    if RefundStatus.REJECTED not in REFUND_TRANSITIONS[refund.status]:
        return _state(refund)
    return _obstacle(rejection_obstacle(actor, refund), actor, RefundRules())


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


def _obstacle(obstacle: Obstacle | None, actor: Actor, rules: RefundRules) -> str:
    if obstacle is None:
        return ""
    sentence = {
        Obstacle.OWN: translate(
            "RefundWords", "You asked for it yourself; somebody else must approve it."
        ),
        Obstacle.ROLE: translate("RefundWords", "%1 may not decide refunds."),
        Obstacle.NOT_PASSED_ON: translate(
            "RefundWords", "An admin decides only what a manager passed on."
        ),
        Obstacle.PASSED_ON: translate(
            "RefundWords", "It was passed on to the owner; an admin decides it."
        ),
        Obstacle.ABOVE_LIMIT: translate(
            "RefundWords", "A manager approves up to %2; pass it on to the owner (O)."
        ),
    }[obstacle]
    role = actor.role.with_article.capitalize()
    return sentence.replace("%1", role).replace("%2", display(rules.limit_minor, rules.currency))


def _state(refund: RefundRow) -> str:
    word = badge_for("refund", refund.status).text.lower()
    return translate("RefundWords", "Its state is “%1”.").replace("%1", word)
