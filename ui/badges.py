"""What a state looks like: an icon, a word and a colour, never the colour alone.

``badge_for("status", payment.status)`` gives the badge of a value. Text is black or white,
whichever has the higher contrast on the badge's colour (WCAG 2.2 SC 1.4.3).
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from ui.theme import text_on

YELLOW, BLUE, GREEN, RED, GRAY = "#FFC107", "#17A2B8", "#28A745", "#DC3545", "#6C757D"
MTN_YELLOW, AIRTEL_RED, BANK_BLUE = "#FFCC00", "#FF0000", "#0099FF"
CASH_GRAY, CARD_GREEN, POINTS_PURPLE = "#999999", "#006600", "#7B4DB5"

KINDS = ("method", "status", "attempt", "reconciliation", "refund", "line", "match", "invoice",
         "active", "reconciled", "outcome", "order", "tier", "points", "mail", "subscription",
         "period", "trouble", "request",
         "environment")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Badge:
    """A painted word: ``icon`` is a name of ``ui.icons`` or one letter, ``background`` #rrggbb."""

    text: str
    icon: str
    background: str

    @property
    def foreground(self) -> str:
        """Black or white, whichever reads better on the background."""
        return text_on(self.background)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Badge", text)


_BADGES: dict[str, dict[str, tuple[object, str, str]]] = {
    "method": {
        "mtn_mobile_money": (QT_TRANSLATE_NOOP("Badge", "MTN"), "M", MTN_YELLOW),
        "airtel_money": (QT_TRANSLATE_NOOP("Badge", "Airtel"), "A", AIRTEL_RED),
        "bank_transfer": (QT_TRANSLATE_NOOP("Badge", "Bank"), "B", BANK_BLUE),
        "cash": (QT_TRANSLATE_NOOP("Badge", "Cash"), "C", CASH_GRAY),
        "cash_on_delivery": (QT_TRANSLATE_NOOP("Badge", "On delivery"), "D", CASH_GRAY),
        "card": (QT_TRANSLATE_NOOP("Badge", "Card"), "K", CARD_GREEN),
        "loyalty_points": (QT_TRANSLATE_NOOP("Badge", "Points"), "P", POINTS_PURPLE),
    },
    "status": {
        "pending": (QT_TRANSLATE_NOOP("Badge", "Waiting"), "clock", YELLOW),
        "processing": (QT_TRANSLATE_NOOP("Badge", "Processing"), "sync", BLUE),
        "completed": (QT_TRANSLATE_NOOP("Badge", "Completed"), "check", GREEN),
        "failed": (QT_TRANSLATE_NOOP("Badge", "Failed"), "cross", RED),
        "cancelled": (QT_TRANSLATE_NOOP("Badge", "Cancelled"), "ban", GRAY),
        "refunded": (QT_TRANSLATE_NOOP("Badge", "Refunded"), "undo", YELLOW),
    },
    "attempt": {
        "created": (QT_TRANSLATE_NOOP("Badge", "Ready to send"), "circle", GRAY),
        "submitting": (QT_TRANSLATE_NOOP("Badge", "Sending"), "send", BLUE),
        "pending": (QT_TRANSLATE_NOOP("Badge", "Waiting for PIN"), "clock", YELLOW),
        "succeeded": (QT_TRANSLATE_NOOP("Badge", "Succeeded"), "check", GREEN),
        "failed": (QT_TRANSLATE_NOOP("Badge", "Failed"), "cross", RED),
        "expired": (QT_TRANSLATE_NOOP("Badge", "Expired"), "ban", GRAY),
        "not_sent": (QT_TRANSLATE_NOOP("Badge", "Not sent"), "ban", GRAY),
        "unknown": (QT_TRANSLATE_NOOP("Badge", "Not known yet"), "question", YELLOW),
        "unresolved": (QT_TRANSLATE_NOOP("Badge", "Needs a decision"), "alert", RED),
    },
    "reconciliation": {
        "pending": (QT_TRANSLATE_NOOP("Badge", "Not started"), "clock", YELLOW),
        "in_progress": (QT_TRANSLATE_NOOP("Badge", "In progress"), "sync", BLUE),
        "complete": (QT_TRANSLATE_NOOP("Badge", "Complete"), "check", GREEN),
        "discrepancy": (QT_TRANSLATE_NOOP("Badge", "Discrepancy"), "not-equal", RED),
        "resolved": (QT_TRANSLATE_NOOP("Badge", "Resolved"), "check-double", GREEN),
    },
    "refund": {
        "requested": (QT_TRANSLATE_NOOP("Badge", "To approve"), "raise-hand", YELLOW),
        "approved": (QT_TRANSLATE_NOOP("Badge", "Approved"), "check", BLUE),
        "processing": (QT_TRANSLATE_NOOP("Badge", "Being paid"), "sync", BLUE),
        "completed": (QT_TRANSLATE_NOOP("Badge", "Paid back"), "check-double", GREEN),
        "rejected": (QT_TRANSLATE_NOOP("Badge", "Rejected"), "ban", GRAY),
        "withdrawn": (QT_TRANSLATE_NOOP("Badge", "Withdrawn"), "undo", GRAY),
        "failed": (QT_TRANSLATE_NOOP("Badge", "Failed"), "cross", RED),
        "unknown": (QT_TRANSLATE_NOOP("Badge", "Not known yet"), "question", YELLOW),
    },
    "line": {
        "unmatched": (QT_TRANSLATE_NOOP("Badge", "Open"), "circle", YELLOW),
        "suggested": (QT_TRANSLATE_NOOP("Badge", "Suggested"), "question", BLUE),
        "matched": (QT_TRANSLATE_NOOP("Badge", "Matched"), "equal", GREEN),
        "ignored": (QT_TRANSLATE_NOOP("Badge", "Set aside"), "ban", GRAY),
    },
    "match": {
        "proposed": (QT_TRANSLATE_NOOP("Badge", "Proposed"), "question", BLUE),
        "approved": (QT_TRANSLATE_NOOP("Badge", "Matched"), "equal", GREEN),
        "rejected": (QT_TRANSLATE_NOOP("Badge", "Rejected"), "ban", GRAY),
        "undone": (QT_TRANSLATE_NOOP("Badge", "Undone"), "undo", GRAY),
    },
    "invoice": {
        "paid": (QT_TRANSLATE_NOOP("Badge", "Paid"), "check", GREEN),
        "unpaid": (QT_TRANSLATE_NOOP("Badge", "To be paid"), "clock", YELLOW),
        "overdue": (QT_TRANSLATE_NOOP("Badge", "Overdue"), "alert", RED),
        "void": (QT_TRANSLATE_NOOP("Badge", "Void"), "ban", GRAY),
        "credited": (QT_TRANSLATE_NOOP("Badge", "Credited"), "undo", GRAY),
    },
    "order": {
        "open": (QT_TRANSLATE_NOOP("Badge", "To be paid"), "clock", YELLOW),
        "overdue": (QT_TRANSLATE_NOOP("Badge", "Overdue"), "alert", RED),
        "partly_paid": (QT_TRANSLATE_NOOP("Badge", "Partly paid"), "split", BLUE),
        "paid": (QT_TRANSLATE_NOOP("Badge", "Paid"), "check", GREEN),
        "refunded": (QT_TRANSLATE_NOOP("Badge", "Refunded"), "undo", YELLOW),
        "cancelled": (QT_TRANSLATE_NOOP("Badge", "Cancelled"), "ban", GRAY),
    },
    "active": {
        "true": (QT_TRANSLATE_NOOP("Badge", "Active"), "check", GREEN),
        "false": (QT_TRANSLATE_NOOP("Badge", "Inactive"), "ban", GRAY),
    },
    "reconciled": {
        "true": (QT_TRANSLATE_NOOP("Badge", "On statement"), "lock", GREEN),
        "false": (QT_TRANSLATE_NOOP("Badge", "Not seen yet"), "circle", GRAY),
    },
    "tier": {
        "bronze": (QT_TRANSLATE_NOOP("Badge", "Bronze"), "star", "#CD7F32"),
        "silver": (QT_TRANSLATE_NOOP("Badge", "Silver"), "star", "#B8BEC6"),
        "gold": (QT_TRANSLATE_NOOP("Badge", "Gold"), "star", "#E5B80B"),
        "platinum": (QT_TRANSLATE_NOOP("Badge", "Platinum"), "star", "#3E5C76"),
    },
    "points": {
        "opening": (QT_TRANSLATE_NOOP("Badge", "Opening"), "circle", GRAY),
        "earned": (QT_TRANSLATE_NOOP("Badge", "Earned"), "plus", GREEN),
        "taken_back": (QT_TRANSLATE_NOOP("Badge", "Taken back"), "undo", YELLOW),
        "settled": (QT_TRANSLATE_NOOP("Badge", "Settled"), "equal", YELLOW),
        "spent": (QT_TRANSLATE_NOOP("Badge", "Spent"), "minus", POINTS_PURPLE),
        "returned": (QT_TRANSLATE_NOOP("Badge", "Returned"), "undo", BLUE),
        "corrected": (QT_TRANSLATE_NOOP("Badge", "Corrected"), "edit", BLUE),
    },
    "subscription": {
        "active": (QT_TRANSLATE_NOOP("Badge", "Active"), "check", GREEN),
        "paused": (QT_TRANSLATE_NOOP("Badge", "Paused"), "clock", YELLOW),
        "cancelled": (QT_TRANSLATE_NOOP("Badge", "Cancelled"), "ban", GRAY),
    },
    "period": {
        "open": (QT_TRANSLATE_NOOP("Badge", "Charged"), "clock", YELLOW),
        "retrying": (QT_TRANSLATE_NOOP("Badge", "Tried again"), "sync", BLUE),
        "paid": (QT_TRANSLATE_NOOP("Badge", "Paid"), "check", GREEN),
        "unpaid": (QT_TRANSLATE_NOOP("Badge", "Unpaid"), "alert", RED),
        "waived": (QT_TRANSLATE_NOOP("Badge", "Waived"), "ban", GRAY),
    },
    "trouble": {
        "past_due": (QT_TRANSLATE_NOOP("Badge", "Past due"), "alert", RED),
        "paid_twice": (QT_TRANSLATE_NOOP("Badge", "Paid twice"), "undo", YELLOW),
        "retrying": (QT_TRANSLATE_NOOP("Badge", "Tried again"), "sync", BLUE),
    },
    "outcome": {
        "succeeded": (QT_TRANSLATE_NOOP("Badge", "Success"), "check", GREEN),
        "failed": (QT_TRANSLATE_NOOP("Badge", "Failure"), "cross", RED),
        "open": (QT_TRANSLATE_NOOP("Badge", "No answer yet"), "clock", YELLOW),
    },
    "environment": {
        "live": (QT_TRANSLATE_NOOP("Badge", "Live"), "check", BLUE),
        "sandbox": (QT_TRANSLATE_NOOP("Badge", "Sandbox"), "box", YELLOW),
    },
    "request": {
        "initiate": (QT_TRANSLATE_NOOP("Badge", "Asked to pay"), "send", BLUE),
        "query": (QT_TRANSLATE_NOOP("Badge", "Asked how it stands"), "question", GRAY),
        "confirm": (QT_TRANSLATE_NOOP("Badge", "Confirmed"), "check", GREEN),
        "cancel": (QT_TRANSLATE_NOOP("Badge", "Called off"), "ban", GRAY),
        "refund": (QT_TRANSLATE_NOOP("Badge", "Sent back"), "undo", YELLOW),
    },
    "mail": {
        "waiting": (QT_TRANSLATE_NOOP("Badge", "Waiting"), "clock", YELLOW),
        "sending": (QT_TRANSLATE_NOOP("Badge", "Sending"), "send", BLUE),
        "sent": (QT_TRANSLATE_NOOP("Badge", "Sent"), "check", GREEN),
        "refused": (QT_TRANSLATE_NOOP("Badge", "Refused"), "cross", RED),
        "cancelled": (QT_TRANSLATE_NOOP("Badge", "Called off"), "ban", GRAY),
    },
}
_ALIASES = {"mtn": "mtn_mobile_money", "airtel": "airtel_money", "bank": "bank_transfer",
            "cod": "cash_on_delivery"}  # fmt: skip


def badge_for(kind: str, value: str | bool) -> Badge:
    """Return the badge of a value, with its word in the user's language.

    ``kind`` is one of ``KINDS``; ``value`` is the enum's value in any case, or a bool for the
    yes-or-no kinds. A value this version does not know is shown as written, in gray.
    """
    key = str(value).lower()
    word, icon, background = _BADGES[kind].get(_ALIASES.get(key, key)) or (None, "question", GRAY)
    return Badge(str(value) if word is None else _tr(str(word)), icon, background)


def values_of(kind: str) -> tuple[str, ...]:
    """Return the values of a kind in their usual order, for filters and the gallery."""
    return tuple(_BADGES[kind])
