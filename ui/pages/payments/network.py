"""What the payments page says of a request to a mobile network, beside the words of every page."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from core.services.gateways.rows import PaymentPath
from core.services.rows import PaymentDetail
from ui.mobile_money.words import (
    awaited_sentence,
    came_late,
    charged_sentence,
    failure_sentence,
    is_waiting,
    needs_manager,
    path_steps,
    trouble_sentence,
)
from ui.pages.payments.words import money_path, state_sentence
from ui.widgets.facts import Step

translate = QCoreApplication.translate


def way_sentence(detail: PaymentDetail, path: PaymentPath | None, now: datetime) -> str:
    """Return where a payment stands: the money fact first, then what is awaited or went wrong."""
    if path is None or path.attempt is None:
        return state_sentence(detail, now)
    payment, attempt = path.payment, path.attempt
    parts = [charged_sentence(attempt, payment)]
    if any(needs_manager(row) for row in path.refunds):
        unknown = translate(
            "PaymentNetwork",
            "We do not know whether its refund went back. Do not send it again: show the refund"
            " below, and decide there.",
        )
        parts.insert(0, unknown)
    if is_waiting(payment):
        parts += [awaited_sentence(attempt, now), trouble_sentence(attempt.trouble)]
    else:
        parts += [failure_sentence(attempt, payment) or state_sentence(detail, now)]
    return " ".join(filter(None, parts))


def way_steps(detail: PaymentDetail, path: PaymentPath | None, now: datetime) -> tuple[Step, ...]:
    """Return the way of a payment's money, step by step."""
    if path is None or path.attempt is None:
        return money_path(detail, now)
    return path_steps(path, now)


def is_alarming(path: PaymentPath | None) -> bool:
    """Tell whether a person has to act on what the network said, or did not say."""
    if path is None:
        return False
    waits = needs_manager(path.attempt) and is_waiting(path.payment)
    return waits or came_late(path.attempt) or any(needs_manager(row) for row in path.refunds)


def why_not_asked(path: PaymentPath | None) -> str:
    """Return why asking the network now would bring no news; empty when it may."""
    if path is None or (path.attempt is None and not path.refunds):
        return translate("PaymentNetwork", "No network was asked about this payment.")
    asked = [row for row in (path.attempt, *path.refunds) if row is not None]
    if not any(row.can_ask for row in asked):
        return translate("PaymentNetwork", "The network has told the end already.")
    return ""


def next_check_at(path: PaymentPath | None) -> datetime | None:
    """Return when the program asks next by itself about a payment or one of its refunds."""
    if path is None:
        return None
    asked = [row for row in (path.attempt, *path.refunds) if row is not None]
    return min((row.next_check_at for row in asked if row.next_check_at is not None), default=None)
