"""The line over the payments table while it shows what stands behind a figure of another page."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from core.model.payments import PaymentMethod
from core.money import DEFAULT_CURRENCY, display
from core.services.calls.filters import CallFilter
from core.services.payments.filters import PaymentFilter, RefundFilter
from ui.badges import badge_for
from ui.pages.payments.words import type_word
from ui.theme import gap, set_look
from ui.widgets.basics import IconLabel, PlainLabel
from ui.widgets.buttons import button
from ui.words import days_text

translate = QCoreApplication.translate


def filter_words(wanted: PaymentFilter) -> str:
    """Return what a filter asks for in words: "12 March 2026, MTN, Completed"."""
    words = [
        _days(wanted.first_day, wanted.last_day, ""),
        _days(wanted.paid_first_day, wanted.paid_last_day, translate("PaymentWords", "paid %1")),
        *_method_words(wanted.methods),
        *(badge_for("status", value).text for value in sorted(wanted.statuses)),
        *(type_word(value) for value in sorted(wanted.types)),
        _amounts(wanted) or wanted.currency,
        _filled(translate("PaymentWords", "taken by %1"), wanted.created_by),
        _filled(translate("PaymentWords", "till session %1"), wanted.till_session_id),
        _filled("%1", wanted.gateway_name),
        *_which(wanted),
        *(_refund_words(wanted.refunds) if wanted.refunds else ()),
        *(_call_words(wanted.calls) if wanted.calls else ()),
        f"“{wanted.search}”" if wanted.search else "",
    ]
    return ", ".join(filter(None, words))


def _method_words(methods: frozenset[PaymentMethod]) -> list[str]:
    """Return the methods, or those left out where they are fewer."""
    missing = frozenset(PaymentMethod) - methods
    if not methods or not missing:
        return []
    if len(missing) < len(methods):
        without = ", ".join(badge_for("method", value).text for value in sorted(missing))
        return [translate("PaymentWords", "without %1").replace("%1", without)]
    return [badge_for("method", value).text for value in sorted(methods)]


def _amounts(wanted: PaymentFilter) -> str:
    """Return the amounts asked for, which are of one currency: "1 000 RWF to 5 000 RWF"."""
    currency = wanted.currency or DEFAULT_CURRENCY
    least, most = (
        None if amount is None else display(amount, currency)
        for amount in (wanted.least_minor, wanted.most_minor)
    )
    if least == most:
        return least or ""
    if least is None:
        return _filled(translate("PaymentWords", "at most %1"), most)
    if most is None:
        return _filled(translate("PaymentWords", "at least %1"), least)
    return translate("PaymentWords", "%1 to %2").replace("%1", least).replace("%2", most)


def _which(wanted: PaymentFilter) -> list[str]:
    words = []
    if wanted.reconciled is not None:
        words.append(badge_for("reconciled", wanted.reconciled).text)
    if wanted.customer_id is not None:
        words.append(translate("PaymentWords", "one customer"))
    if wanted.has_customer is not None:
        known = translate("PaymentWords", "known customers")
        words.append(known if wanted.has_customer else translate("PaymentWords", "no customer"))
    if wanted.needs_decision:
        words.append(badge_for("attempt", "unresolved").text)
    if len(wanted.payment_ids) > 1:
        count = translate("PaymentWords", "%1 payments chosen")
        words.append(count.replace("%1", str(len(wanted.payment_ids))))
    return words


def _refund_words(wanted: RefundFilter) -> list[str]:
    return [
        translate("PaymentWords", "with a refund"),
        *(badge_for("refund", value).text for value in sorted(wanted.statuses)),
        _days(
            wanted.first_requested_day,
            wanted.last_requested_day,
            translate("PaymentWords", "asked for %1"),
        ),
        _days(
            wanted.first_completed_day,
            wanted.last_completed_day,
            translate("PaymentWords", "paid back %1"),
        ),
        _filled("“%1”", wanted.reason),
        _filled(translate("PaymentWords", "asked for by %1"), wanted.requested_by),
        _filled(translate("PaymentWords", "decided by %1"), wanted.decided_by),
    ]


def _call_words(wanted: CallFilter) -> list[str]:
    words = [_filled("%1", wanted.gateway_name), _filled("%1", wanted.request_type)]
    if wanted.result is not None:
        words.append(badge_for("outcome", wanted.result.name).text)
    words.append(_filled(translate("PaymentWords", "error %1"), wanted.error_code))
    words.append(_days(wanted.first_day, wanted.last_day, translate("PaymentWords", "called %1")))
    return words


def _days(first: date | None, last: date | None, sentence: str) -> str:
    if first is None and last is None:
        return ""
    return _filled(sentence or "%1", days_text(first, last))


def _filled(sentence: str, value: object) -> str:
    return "" if value in {None, ""} else sentence.replace("%1", str(value))


class BehindBar(QFrame):
    """Says which figure the payments stand behind, and leads back to all of them.

    Signals:
        all_wanted: show every payment again.
    """

    all_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, look="info")
        row = QHBoxLayout(self)
        row.setContentsMargins(gap(self, 1.5), gap(self, 0.6), gap(self), gap(self, 0.6))
        row.setSpacing(gap(self))
        row.addWidget(IconLabel("filter", "info", self, scale=1.2))
        self._text = PlainLabel(wrap=True)
        row.addWidget(self._text, 1)
        self.all_button = button(self.tr("Show all"))
        self.all_button.setToolTip("Esc")
        self.all_button.clicked.connect(self.all_wanted)
        row.addWidget(self.all_button)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown, or an empty text."""
        return self._text.text()

    def show_behind(self, behind: str, wanted: PaymentFilter) -> None:
        """Name the figure and what its filter asks for."""
        named = ", ".join(filter(None, [behind, filter_words(wanted)]))
        self._text.setText(self.tr("Payments behind: %1").replace("%1", named))
        self.setAccessibleName(self.text)
        self.show()

    def clear(self) -> None:
        """Take the line away."""
        self._text.setText("")
        self.hide()
