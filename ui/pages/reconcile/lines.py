"""The statement's lines with their filter chips; a line can be dragged onto payments."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QToolButton, QWidget

from core.model.reconciliations import LineCategory
from core.services.reconciliations.lists import ListedLine, ReconciliationSummary
from ui.models.columns import amount_column
from ui.models.table import Column, ColumnKind, PagedTableModel
from ui.pages.reconcile.words import (
    category_word,
    filled,
    line_reference,
    line_text,
    listed_badge,
    number,
    usual_text,
)
from ui.theme import gap, set_look
from ui.widgets.data_table import DataTable
from ui.widgets.flow import FlowLayout

LINES_MIME = "application/x-sanduku-statement-lines"
"""What a dragged line carries: nothing but the wish; the page knows which lines are selected."""

Index = QModelIndex | QPersistentModelIndex


class LinesModel(PagedTableModel[ListedLine]):
    """The lines shown; each may be dragged."""

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let lines be dragged."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        """Return what a drag carries."""
        return [LINES_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return a drag of lines."""
        data = QMimeData()
        ids = sorted({str(index.row()) for index in indexes})
        data.setData(LINES_MIME, ",".join(ids).encode())
        return data


class LinesTable(DataTable[ListedLine]):
    """The table of lines.

    Signals:
        approve_wanted: Enter; a double click only selects, for it is too easily made.
    """

    approve_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.model_of_lines = LinesModel(
            (
                Column("date", self.tr("Date"), lambda each: str(each.line.line_date), width=10),
                amount_column(
                    "amount",
                    self.tr("Amount"),
                    lambda each: each.line.amount_minor,
                    currency=lambda each: each.line.currency,
                    tone=lambda each: "danger" if each.line.amount_minor < 0 else None,
                    width=12,
                ),
                Column(
                    "state",
                    self.tr("State"),
                    lambda each: listed_badge(each).text,
                    ColumnKind.BADGE,
                    badge=listed_badge,
                    tool_tip=lambda each: usual_text(each.suggested) if each.suggested else "",
                    width=11,
                ),
                Column(
                    "text",
                    self.tr("Text"),
                    lambda each: line_text(each.line),
                    tool_tip=lambda each: line_text(each.line),
                    width=25,
                    grows=True,
                ),
                Column(
                    "reference",
                    self.tr("Reference"),
                    lambda each: line_reference(each.line),
                    tool_tip=lambda each: line_reference(each.line),
                    width=14,
                ),
            ),
            row_id=lambda each: each.line_id,
        )
        super().__init__(self.model_of_lines, self.tr("Lines of the statement"), parent)
        self.model_of_lines.setParent(self)
        self.horizontalHeader().setStretchLastSection(False)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Approve with Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.approve_wanted.emit()
            return
        super().keyPressEvent(event)


class CategoryChips(QWidget):
    """One chip per category with its count, and one for the payments missing on the statement.

    Signals:
        category_chosen(category): a ``LineCategory``, or None for all lines.
        missing_chosen: show the payments that are missing instead of lines.
    """

    category_chosen = Signal(object)
    missing_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: LineCategory | None = None
        self._is_missing_chosen = False
        row = FlowLayout(self, spacing=gap(self, 0.8))
        self.buttons: dict[LineCategory | None, QToolButton] = {}
        for place, category in enumerate((None, *LineCategory), start=1):
            made = self._make_chip(place)
            made.clicked.connect(lambda _=False, chosen=category: self.choose(chosen))
            self.buttons[category] = made
            row.addWidget(made)
        self.missing = self._make_chip(len(self.buttons) + 1)
        self.missing.clicked.connect(self.choose_missing)
        row.addWidget(self.missing)
        self.show_missing(None)

    @property
    def chosen(self) -> LineCategory | None:
        """The category chosen, or None for all."""
        return self._chosen

    @property
    def is_missing_chosen(self) -> bool:
        """Tell whether the payments are shown that are missing."""
        return self._is_missing_chosen

    def choose(self, category: LineCategory | None) -> None:
        """Choose a category."""
        changed = category is not self._chosen or self._is_missing_chosen
        self._chosen, self._is_missing_chosen = category, False
        self._mark()
        if changed:
            self.category_chosen.emit(category)

    def choose_missing(self) -> None:
        """Choose the payments that are missing."""
        self._is_missing_chosen = True
        self._mark()
        self.missing_chosen.emit()

    def show_counts(self, summary: ReconciliationSummary) -> None:
        """Show how many lines each category has."""
        for category, made in self.buttons.items():
            share = summary.total if category is None else summary.shares[category]
            word = self.tr("All") if category is None else category_word(category)
            made.setText(f"{word}  {number(share.count)}")
            made.setAccessibleName(filled(self.tr("%1, %2 lines"), word, number(share.count)))
        self._mark()

    def show_missing(self, count: int | None) -> None:
        """Show how many payments are missing; None while it is not known."""
        word = self.tr("Unmatched payments")
        self.missing.setText(word if count is None else f"{word}  {number(count)}")
        self.missing.setAccessibleName(self.missing.text())

    def _make_chip(self, place: int) -> QToolButton:
        made = QToolButton()
        set_look(made, kind="pick", active="false")
        made.setToolTip(f"Ctrl+{place}")
        QShortcut(QKeySequence(f"Ctrl+{place}"), self).activated.connect(made.click)
        return made

    def _mark(self) -> None:
        for category, made in self.buttons.items():
            is_active = category is self._chosen and not self._is_missing_chosen
            set_look(made, active="true" if is_active else "false")
        set_look(self.missing, active="true" if self._is_missing_chosen else "false")
