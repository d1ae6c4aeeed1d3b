"""The catalogue of reasons: why a line is set aside, why a difference is written off."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.clock import shop_time
from core.model.reconciliations import DifferenceKind, WriteOffReason
from core.money import display
from core.services.rows import MatchRow
from ui.pages.reconcile.words import filled

_SET_ASIDE = (
    QT_TRANSLATE_NOOP("Reconcile", "Bank charge"),
    QT_TRANSLATE_NOOP("Reconcile", "Interest"),
    QT_TRANSLATE_NOOP("Reconcile", "Transfer between own accounts"),
    QT_TRANSLATE_NOOP("Reconcile", "Payment to a supplier"),
    QT_TRANSLATE_NOOP("Reconcile", "Salary or tax"),
    QT_TRANSLATE_NOOP("Reconcile", "Cash paid in by the shop"),
    QT_TRANSLATE_NOOP("Reconcile", "Not a customer's payment"),
)
_WRITE_OFF = {
    WriteOffReason.BANK_CHARGE: QT_TRANSLATE_NOOP("Reconcile", "Bank charge"),
    WriteOffReason.ROUNDING: QT_TRANSLATE_NOOP("Reconcile", "Rounding"),
    WriteOffReason.SHORT_PAID: QT_TRANSLATE_NOOP("Reconcile", "Short paid, let go"),
    WriteOffReason.OVERPAID: QT_TRANSLATE_NOOP("Reconcile", "Overpaid, kept as a tip or credit"),
    WriteOffReason.EXCHANGE: QT_TRANSLATE_NOOP("Reconcile", "Exchange difference"),
    WriteOffReason.OTHER: QT_TRANSLATE_NOOP("Reconcile", "Another reason"),
}


def set_aside_reasons() -> list[str]:
    """Return why lines are set aside, in the user's language; the bank's charge comes first."""
    return [QCoreApplication.translate("Reconcile", str(text)) for text in _SET_ASIDE]


def write_off_word(reason: WriteOffReason) -> str:
    """Return why a difference is given up; each begins with a letter of its own, as keys choose."""
    return QCoreApplication.translate("Reconcile", str(_WRITE_OFF[reason]))


def explained_text(match: MatchRow) -> str:
    """Return what became of a match's difference, who said so, when and why; else nothing."""
    if match.difference_kind is DifferenceKind.OPEN or not match.lines:
        return ""
    amount = display(abs(match.difference_minor), match.lines[0].currency)
    when = f"{shop_time(match.difference_at):%Y-%m-%d %H:%M}" if match.difference_at else ""
    if match.difference_kind is DifferenceKind.FEE:
        told = QCoreApplication.translate("Reconcile", "%1 is the channel's fee, says %2 on %3")
    else:
        told = QCoreApplication.translate("Reconcile", "%1 written off by %2 on %3")
    said = filled(told, amount, match.difference_by, when)
    reason = match.difference_reason
    why = write_off_word(WriteOffReason(reason)) if reason else ""
    return "\n".join(filter(None, [said, " · ".join(filter(None, [why, match.difference_note]))]))
