"""The sums that stay in sight while a statement is worked on."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.model.reconciliations import DifferenceKind
from core.money import display
from ui.pages.reconcile.board import Board, Category, Share
from ui.pages.reconcile.words import filled, number, signed
from ui.theme import gap, set_look
from ui.widgets.basics import PlainLabel


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
    """Matched, to decide, unmatched, set aside, and the difference."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, look="card")
        row = QHBoxLayout(self)
        row.setContentsMargins(gap(self, 2), gap(self), gap(self, 2), gap(self))
        row.setSpacing(gap(self, 3))
        self.total = Figure(self.tr("Statement"))
        self.matched = Figure(self.tr("Matched"))
        self.to_decide = Figure(self.tr("To decide"))
        self.unmatched = Figure(self.tr("Unmatched"))
        self.ignored = Figure(self.tr("Set aside"))
        self.difference = Figure(self.tr("Difference"))
        for figure in (self.total, self.matched, self.to_decide, self.unmatched, self.ignored):
            row.addWidget(figure, 1)
        row.addWidget(self.difference, 1)

    def show_board(self, board: Board) -> None:
        """Show the sums of a reconciliation."""
        reconciliation = board.detail.reconciliation
        currency = reconciliation.currency
        to_decide = board.share(Category.CERTAIN, Category.SUGGESTED, Category.AMBIGUOUS)
        for figure, share in (
            (self.total, board.share(*Category)),
            (self.matched, board.shares[Category.MATCHED]),
            (self.to_decide, to_decide),
            (self.unmatched, board.shares[Category.UNMATCHED]),
            (self.ignored, board.shares[Category.IGNORED]),
        ):
            _show(figure, share, currency)
        discrepancy = reconciliation.discrepancy_amount_minor
        gap_minor = reconciliation.balance_gap_minor or 0
        note = self.tr("nothing left to explain")
        if gap_minor:
            note = self.tr("balance gap %1").replace("%1", signed(gap_minor, currency))
        elif discrepancy:
            note = self.tr("open lines and differences")
        elif board.share(*(c for c in Category if c.is_open)).count:
            note = self.tr("lines are still open")
        written_off = board.detail.explained(DifferenceKind.WRITE_OFF)
        if written_off:
            total = sum(abs(match.difference_minor) for match in written_off)
            note = " · ".join([note, filled(self.tr("%1 written off"), display(total, currency))])
        look = "figure_wrong" if discrepancy or gap_minor else "figure_good"
        self.difference.show_value(display(discrepancy, currency), note, look=look)


def _show(figure: Figure, share: Share, currency: str) -> None:
    figure.show_value(number(share.count), display(share.amount_minor, currency))
