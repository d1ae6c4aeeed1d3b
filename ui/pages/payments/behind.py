"""The line over the payments table while it shows what stands behind a figure of another page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from core.services.payment_lists import PaymentFilter
from ui.badges import badge_for
from ui.pages.payments.words import type_word
from ui.theme import gap, set_look
from ui.widgets.basics import IconLabel, PlainLabel
from ui.widgets.buttons import button
from ui.words import days_text

translate = QCoreApplication.translate


def filter_words(wanted: PaymentFilter) -> str:
    """Return what a filter asks for in words: "12 March 2026, MTN, Completed"."""
    words = []
    if wanted.first_day is not None or wanted.last_day is not None:
        words.append(days_text(wanted.first_day, wanted.last_day))
    words += [badge_for("method", value).text for value in sorted(wanted.methods)]
    words += [badge_for("status", value).text for value in sorted(wanted.statuses)]
    words += [type_word(value) for value in sorted(wanted.types)]
    if wanted.reconciled is not None:
        words.append(badge_for("reconciled", wanted.reconciled).text)
    if wanted.search:
        words.append(f"“{wanted.search}”")
    return ", ".join(words)


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
