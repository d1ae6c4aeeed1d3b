"""What became of each row of an act on many: all of them, or only those refused, to be copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QListView, QVBoxLayout, QWidget

from ui.icons import icon
from ui.theme import color_name, gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.words import count_text

MOST_DONE_ROWS = 10_000
"""Of rows that went well no more are kept to be looked at; the refused are kept all."""

_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One row in words; ``refusal`` says why it was left. ``was_tried`` is false before the act."""

    text: str
    refusal: str = ""
    was_tried: bool = True

    @property
    def shown(self) -> str:
        """The line as it is read."""
        return f"{self.text} – {self.refusal}" if self.refusal else self.text


class _Lines(QAbstractListModel):
    """Lines as they come in; looked at all together or the refused alone."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.kept: list[OutcomeLine] = []
        self.refused: list[OutcomeLine] = []
        self.shows_refused = False
        self._icons = {
            True: icon("check", color_name("success")),
            False: icon("cross", color_name("danger")),
        }

    @property
    def shown(self) -> list[OutcomeLine]:
        return self.refused if self.shows_refused else self.kept

    def add(self, lines: Sequence[OutcomeLine]) -> None:
        refused = [line for line in lines if line.refusal]
        room = MOST_DONE_ROWS - (len(self.kept) - len(self.refused))
        kept = []
        for line in lines:
            room -= not line.refusal
            if line.refusal or room >= 0:
                kept.append(line)
        coming = refused if self.shows_refused else kept
        if coming:
            first = len(self.shown)
            self.beginInsertRows(QModelIndex(), first, first + len(coming) - 1)
        self.kept += kept
        self.refused += refused
        if coming:
            self.endInsertRows()

    def start(self, lines: Sequence[OutcomeLine], *, refused_only: bool) -> None:
        self.beginResetModel()
        self.kept = list(lines)
        self.refused = [line for line in lines if line.refusal]
        self.shows_refused = refused_only
        self.endResetModel()

    def show_refused(self, refused_only: bool) -> None:
        self.beginResetModel()
        self.shows_refused = refused_only
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.shown)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        line = self.shown[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return line.shown
        if role == Qt.ItemDataRole.DecorationRole and line.was_tried:
            return self._icons[not line.refusal]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_said(line)}: {line.shown}" if line.was_tried else line.shown
        return None


def _said(line: OutcomeLine) -> str:
    if line.refusal:
        return QCoreApplication.translate("OutcomeList", "refused")
    return QCoreApplication.translate("OutcomeList", "done")


class OutcomeList(QWidget):
    """A list of any length, with "Only refused" and "Copy" above it once there are outcomes."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.6))
        self.bar = QWidget()
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(0, 0, 0, 0)
        self.only_refused = QCheckBox()
        self.only_refused.toggled.connect(self._on_toggled)
        self.copy_button = button(self.tr("Copy"), icon_name="copy")
        self.copy_button.setToolTip("Ctrl+Shift+C")
        self.copy_button.setShortcut("Ctrl+Shift+C")
        self.copy_button.clicked.connect(self.copy)
        row.addWidget(self.only_refused)
        row.addStretch(1)
        row.addWidget(self.copy_button)
        self.bar.hide()
        column.addWidget(self.bar)
        self._lines = _Lines(self)
        self.view = QListView()
        self.view.setAccessibleName(name)
        self.view.setUniformItemSizes(True)
        self.view.setSpacing(2)
        self.view.setModel(self._lines)
        self.view.setMinimumHeight(self.fontMetrics().lineSpacing() * 8)
        column.addWidget(self.view, 1)
        # A long reason is cut in its row, and read whole here.
        self.full = PlainLabel(look="muted", wrap=True)
        self.full.hide()
        column.addWidget(self.full)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self._show_count()

    @property
    def refused_count(self) -> int:
        """How many rows were refused."""
        return len(self._lines.refused)

    @property
    def texts(self) -> list[str]:
        """The lines shown."""
        return [line.shown for line in self._lines.shown]

    def preview(self, texts: Sequence[str]) -> None:
        """Show what is going to be acted on."""
        lines = [OutcomeLine(text, was_tried=False) for text in texts]
        self._lines.start(lines, refused_only=False)

    def start(self) -> None:
        """Take the preview away: outcomes come now."""
        self._lines.start([], refused_only=self.only_refused.isChecked())
        self._show_count()
        self.bar.show()

    def add(self, lines: Sequence[OutcomeLine]) -> None:
        """Show the outcomes of further rows below the others."""
        self._lines.add(lines)
        self._show_count()

    def copy(self) -> None:
        """Put the lines shown on the clipboard, what was refused with its reason in a column."""
        rows = (f"{line.text}\t{line.refusal}" for line in self._lines.shown)
        QGuiApplication.clipboard().setText("\n".join(rows))

    def _show_count(self) -> None:
        text = self.tr("Only refused (%1)")
        self.only_refused.setText(text.replace("%1", count_text(self.refused_count)))
        self.only_refused.setEnabled(bool(self.refused_count) or self.only_refused.isChecked())

    def _on_toggled(self, checked: bool) -> None:
        self._lines.show_refused(checked)
        self.full.hide()

    def _on_current_changed(self, current: QModelIndex) -> None:
        line = self._lines.shown[current.row()] if current.isValid() else None
        self.full.setVisible(line is not None and bool(line.refusal))
        self.full.setText(line.refusal if line is not None else "")
