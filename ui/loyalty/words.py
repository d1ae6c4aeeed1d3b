"""Points and tiers in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.model.customers import LoyaltyTier
from core.money import display, grouped
from core.services.loyalty.rows import LoyaltyEntryRow, MemberRow, Standing
from ui.badges import badge_for

translate = QCoreApplication.translate


def points_text(points: int) -> str:
    """Return a number of points in words: "1 point", "1 200 points"."""
    word = (
        translate("LoyaltyWords", "%1 point")
        if abs(points) == 1
        else translate("LoyaltyWords", "%1 points")
    )
    return word.replace("%1", grouped(points))


def tier_word(tier: LoyaltyTier) -> str:
    """Return a tier's name."""
    return badge_for("tier", tier).text


def worth_text(member: MemberRow) -> str:
    """Return what a customer's points are worth: "worth 6 200 RWF"."""
    return translate("LoyaltyWords", "worth %1").replace("%1", display(member.worth_minor))


def next_tier_text(standing: Standing) -> str:
    """Return what is missing to the next tier, or that there is none."""
    if standing.next_tier is None:
        return translate("LoyaltyWords", "The highest tier")
    return (
        translate("LoyaltyWords", "%1 more to %2")
        .replace("%1", display(standing.missing_minor))
        .replace("%2", tier_word(standing.next_tier))
    )


def spending_text(standing: Standing) -> str:
    """Return what the tier follows from."""
    return (
        translate("LoyaltyWords", "%1 spent since %2")
        .replace("%1", display(standing.spent_minor))
        .replace("%2", standing.since.isoformat())
    )


def owed_text(owed_points: int) -> str:
    """Return what a refund could not take back, as a sentence; empty where nothing is owed."""
    if not owed_points:
        return ""
    return translate(
        "LoyaltyWords",
        "%1 of refunded sales were spent already; they are taken from the next ones earned.",
    ).replace("%1", points_text(owed_points))


def movement_note(entry: LoyaltyEntryRow) -> str:
    """Return what a movement of points belongs to: the invoice, and what was written."""
    owed = ""
    if entry.owed > 0:
        owed = translate("LoyaltyWords", "%1 more owed").replace("%1", points_text(entry.owed))
    return " · ".join(filter(None, (entry.invoice_number, entry.note, owed)))
