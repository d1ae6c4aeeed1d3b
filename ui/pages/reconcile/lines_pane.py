"""The table of lines and, under it, what may be done with the current one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.pages.reconcile.board import Board, BoardLine
from ui.pages.reconcile.lines import LinePlace, LinesTable
from ui.theme import gap
from ui.widgets.buttons import button
from ui.widgets.flow import FlowLayout


class LinesPane(QWidget):
    """Lines with buttons that name their keys.

    Signals:
        approve_wanted, fee_wanted, write_off_wanted, ignore_wanted, undo_wanted, undo_last_wanted:
            a button was pressed.
    """

    approve_wanted = Signal()
    fee_wanted = Signal()
    write_off_wanted = Signal()
    ignore_wanted = Signal()
    undo_wanted = Signal()
    undo_last_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.8))
        self.table = LinesTable()
        self.place = LinePlace(self.table)
        column.addWidget(self.table, 1)
        row = FlowLayout(spacing=gap(self, 0.8))
        self.approve_button = button(self.tr("Approve (Enter)"))
        self.fee_button = button(self.tr("Fee (F)"))
        self.write_off_button = button(self.tr("Write off… (W)"))
        self.ignore_button = button(self.tr("Set aside… (I)"))
        self.undo_button = button(self.tr("Undo (U)"))
        self.undo_last_button = button(self.tr("Undo last (Ctrl+Z)"), icon_name="undo")
        for made, signal in (
            (self.approve_button, self.approve_wanted),
            (self.fee_button, self.fee_wanted),
            (self.write_off_button, self.write_off_wanted),
            (self.ignore_button, self.ignore_wanted),
            (self.undo_button, self.undo_wanted),
            (self.undo_last_button, self.undo_last_wanted),
        ):
            made.clicked.connect(signal)
            row.addWidget(made)
        column.addLayout(row)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 50)

    def show_state(self, shown: BoardLine | None, *, is_locked: bool, may_undo_last: bool) -> None:
        """Offer what the current line allows."""
        is_open = shown is not None and shown.category.is_open and not is_locked
        has_best = shown is not None and shown.best is not None
        self.approve_button.setEnabled(is_open and has_best)
        self.ignore_button.setEnabled(is_open)
        differs = not is_locked and shown is not None and _may_be_explained(shown)
        self.write_off_button.setEnabled(differs)
        self.fee_button.setEnabled(is_open or differs)
        self.undo_button.setEnabled(shown is not None and not is_locked and not is_open)
        self.undo_last_button.setEnabled(may_undo_last and not is_locked)

    def chosen(self, board: Board | None) -> list[BoardLine]:
        """Return the open lines that are selected, or else the current one."""
        selected = {row.line_id for row in self.table.selected_rows()}
        current = self.place.line_id
        if current is not None and current not in selected:
            selected = {current}
        found = [board.line(line_id) for line_id in selected] if board is not None else []
        open_lines = [each for each in found if each is not None and each.category.is_open]
        return sorted(open_lines, key=lambda each: each.line.line_number)


def _may_be_explained(shown: BoardLine) -> bool:
    match = shown.approved or (shown.best.match if shown.best is not None else None)
    return match is not None and match.may_be_explained
