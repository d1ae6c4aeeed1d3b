"""The button under a list that hands its rows out: all that fit, or those selected."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from core.services.reports.contract import ExportFormat
from ui.words import count_text

KEYS = "Ctrl+E"


class ExportButton(QPushButton):
    """Opens a menu; its key opens it from anywhere on ``page``, which is usually the list.

    Signals:
        wanted(selected_only, format): hand these rows out.
    """

    wanted = Signal(bool, object)

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self.setText(self.tr("Export"))
        self.setToolTip(self.tr("Rows as a file for a spreadsheet (%1)").replace("%1", KEYS))
        self.menu_of_files = QMenu(self)
        self._all: dict[ExportFormat, QAction] = {}
        self._selected: dict[ExportFormat, QAction] = {}
        for format_ in (ExportFormat.CSV, ExportFormat.XLSX):
            self._all[format_] = self._add(selected_only=False, format_=format_)
        self.menu_of_files.addSeparator()
        for format_ in (ExportFormat.CSV, ExportFormat.XLSX):
            self._selected[format_] = self._add(selected_only=True, format_=format_)
        self.clicked.connect(self.open_menu)
        QShortcut(QKeySequence(KEYS), page).activated.connect(self.click)
        self.show_selection(0)

    def action(self, format_: ExportFormat, *, selected_only: bool = False) -> QAction:
        """Return an entry of the menu."""
        return (self._selected if selected_only else self._all)[format_]

    def show_selection(self, count: int) -> None:
        """Name how many rows are selected; none cannot be handed out."""
        texts = {
            ExportFormat.CSV: (
                self.tr("All that fit, as &CSV…"),
                self.tr("The %1 selected, as C&SV…"),
            ),
            ExportFormat.XLSX: (
                self.tr("All that fit, as &XLSX…"),
                self.tr("The %1 selected, as X&LSX…"),
            ),
        }
        for format_, (all_text, selected_text) in texts.items():
            self._all[format_].setText(all_text)
            action = self._selected[format_]
            action.setText(selected_text.replace("%1 ", f"{count_text(count)} " if count else ""))
            action.setEnabled(bool(count))

    def open_menu(self) -> None:
        """Open the menu above the button, its first entry ready for Enter."""
        height = self.menu_of_files.sizeHint().height()
        self.menu_of_files.popup(self.mapToGlobal(QPoint(0, -height)))
        self.menu_of_files.setActiveAction(self.menu_of_files.actions()[0])

    def _add(self, *, selected_only: bool, format_: ExportFormat) -> QAction:
        action = self.menu_of_files.addAction("")
        action.triggered.connect(lambda: self.wanted.emit(selected_only, format_))
        return action
