"""The sums that stay in sight while a statement is worked on."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.model.reconciliations import LineCategory
from core.money import display
from core.services.reconciliations.lists import ReconciliationSummary, Share
from ui.pages.reconcile.words import filled, movement_text, number, signed
from ui.theme import gap, set_look
from ui.widgets.basics import ElidedLabel, PlainLabel


class Figure(QWidget):
    """A word, and under it how many lines and how much."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.2))
        self.title = PlainLabel(title, look="small")
        self.value = PlainLabel("–", look="heading")
        self.note = PlainLabel("", look="small")
        for label in (self.title, self.value, self.note):
            column.addWidget(label)

    def show_value(self, value: str, note: str = "", *, look: str = "heading") -> None:
        """Show a figure."""
        set_look(self.value, look=look)
        self.value.setText(value)
        self.note.setText(note)
        self.setAccessibleName(f"{self._title}: {value} {note}")


class Figures(QFrame):
    """Matched, to decide, unmatched, set aside, and the discrepancy; under them how all adds up.

    ``place`` is for what tells one statement from another: its days, its account.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, look="card")
        column = QVBoxLayout(self)
        column.setContentsMargins(gap(self, 2), gap(self), gap(self, 2), gap(self))
        column.setSpacing(gap(self, 0.5))
        row = QHBoxLayout()
        row.setSpacing(gap(self, 3))
        column.addLayout(row)
        self.total = Figure(self.tr("Statement"))
        self.matched = Figure(self.tr("Matched"))
        self.to_decide = Figure(self.tr("To decide"))
        self.unmatched = Figure(self.tr("Unmatched"))
        self.ignored = Figure(self.tr("Set aside"))
        self.discrepancy = Figure(self.tr("Discrepancy"))
        for figure in (self.total, self.matched, self.to_decide, self.unmatched, self.ignored):
            row.addWidget(figure, 1)
        row.addWidget(self.discrepancy, 1)
        self.movement, self.place = ElidedLabel(look="small"), ElidedLabel(look="small")
        foot = QHBoxLayout()
        foot.setSpacing(gap(self, 3))
        foot.addWidget(self.movement)
        foot.addStretch(1)
        foot.addWidget(self.place)
        column.addLayout(foot)

    def show_summary(self, summary: ReconciliationSummary) -> None:
        """Show the sums of a reconciliation."""
        row = summary.row
        to_decide = summary.share(
            LineCategory.CERTAIN, LineCategory.SUGGESTED, LineCategory.AMBIGUOUS
        )
        for figure, share in (
            (self.total, summary.total),
            (self.matched, summary.shares[LineCategory.MATCHED]),
            (self.to_decide, to_decide),
            (self.unmatched, summary.shares[LineCategory.UNMATCHED]),
            (self.ignored, summary.shares[LineCategory.IGNORED]),
        ):
            _show(figure, share, row.currency)
        discrepancy, gap_minor = row.discrepancy_amount_minor, row.balance_gap_minor or 0
        note = self.tr("nothing left to explain")
        if gap_minor:
            note = self.tr("balance gap %1").replace("%1", signed(gap_minor, row.currency))
        elif discrepancy:
            note = self.tr("open lines and differences")
        elif summary.still_open.count:
            note = self.tr("lines are still open")
        if summary.written_off_minor:
            total = display(summary.written_off_minor, row.currency)
            note = " · ".join([note, filled(self.tr("%1 written off"), total)])
        look = "figure_wrong" if discrepancy or gap_minor else "figure_good"
        self.discrepancy.show_value(display(discrepancy, row.currency), note, look=look)
        self.movement.setText(movement_text(row, summary.money_in_minor, summary.money_out_minor))
        set_look(self.movement, look="wrong" if gap_minor else "small")


def _show(figure: Figure, share: Share, currency: str) -> None:
    figure.show_value(number(share.count), display(share.amount_minor, currency))
