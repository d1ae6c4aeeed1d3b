"""What was learned, in the user's words."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.matching.fees import FeeRule, FeeTier
from core.money import display
from core.services.learning.rows import LessonKind, LessonRow
from ui.pages.reconcile.words import filled, number

_METHODS = {
    "mtn_mobile_money": QT_TRANSLATE_NOOP("Learned", "MTN Mobile Money"),
    "airtel_money": QT_TRANSLATE_NOOP("Learned", "Airtel Money"),
    "bank_transfer": QT_TRANSLATE_NOOP("Learned", "Bank transfer"),
    "cash_on_delivery": QT_TRANSLATE_NOOP("Learned", "Cash on delivery"),
    "card": QT_TRANSLATE_NOOP("Learned", "Card"),
}
_MARKS = {
    "account": QT_TRANSLATE_NOOP("Learned", "account %1"),
    "phone": QT_TRANSLATE_NOOP("Learned", "phone %1"),
    "name": QT_TRANSLATE_NOOP("Learned", "%1"),
    "wording": QT_TRANSLATE_NOOP("Learned", "“%1”"),
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Learned", text)


def shown(row: LessonRow) -> str:
    """Return what a statement shows: a payer's mark, a wording, a channel, a line."""
    if row.mark is not None:
        return filled(_tr(str(_MARKS[row.mark])), row.shown)
    if row.fee is not None:
        return _tr(str(_METHODS[row.shown])) if row.shown in _METHODS else row.shown
    return filled(_tr("%1, line %2"), row.statement, row.shown) if row.statement else row.shown


def meaning(row: LessonRow) -> str:
    """Return what that means: who pays, why it is set aside, what is kept, what it is not."""
    if row.ref.kind is LessonKind.PAYER:
        return filled(_tr("pays for %1"), row.meaning)
    if row.ref.kind is LessonKind.WORDING:
        return filled(_tr("is set aside: %1"), row.meaning)
    if row.ref.kind is LessonKind.FEE and row.fee is not None:
        kept = fee_words(row.fee, row.currency)
        return filled(_tr("keeps %1 (from %2 confirmed payments)"), kept, number(row.times))
    return filled(_tr("is not %1"), row.meaning) if row.meaning else _tr("is not what was offered")


def fee_words(rule: FeeRule, currency: str) -> str:
    """Return a fee rule in words, tier by tier, without those of which nothing is known."""
    words, reached = [], 0
    for tier in rule.tiers:
        if tier.basis_points or tier.fixed_minor:
            words.append(_tier_words(tier, reached, currency))
        reached = tier.up_to_minor or 0
    return "; ".join(words)


def _tier_words(tier: FeeTier, above_minor: int, currency: str) -> str:
    parts = []
    if tier.basis_points:
        parts.append(f"{tier.basis_points // 100}.{tier.basis_points % 100:02d} %")
    if tier.fixed_minor:
        parts.append(display(tier.fixed_minor, currency))
    words = " + ".join(parts)
    if tier.minimum_minor:
        words = filled(_tr("%1, at least %2"), words, display(tier.minimum_minor, currency))
    if tier.maximum_minor is not None:
        words = filled(_tr("%1, at most %2"), words, display(tier.maximum_minor, currency))
    if tier.up_to_minor is None:
        return words
    first, last = display(above_minor + 1, currency), display(tier.up_to_minor, currency)
    return filled(_tr("%1 from %2 to %3"), words, first, last)
