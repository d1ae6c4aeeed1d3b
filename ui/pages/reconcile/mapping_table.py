"""The raw cells of a file with a role above each column, and how much of it was understood."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QTableView, QVBoxLayout, QWidget

from core.statements.profile import Role
from core.statements.sources import RawTable, Understanding
from ui.pages.reconcile.mapping_profile import ROLE_WORDS, SEVERAL
from ui.pages.reconcile.words import filled, number, tr
from ui.theme import color, gap, row_height, set_look
from ui.widgets.basics import PlainLabel

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_MOST_COLUMNS = 60


class CellsModel(QAbstractTableModel):
    """The first rows of a file as text; the header row stands out, rows above it are muted."""

    def __init__(self, table: RawTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = table.rows
        self._width = min(_MOST_COLUMNS, max((len(row) for row in table.rows), default=0))
        self._header_row: int | None = table.header_row
        self._marked_row: int | None = None

    def set_header_row(self, header_row: int | None) -> None:
        """Mark another row as the header."""
        self._header_row = header_row
        if self._rows:
            self.dataChanged.emit(
                self.index(0, 0), self.index(len(self._rows) - 1, max(0, self._width - 1))
            )

    def mark_row(self, row: int) -> None:
        """Let a row stand out as the one that is talked about."""
        self._marked_row = row
        self.set_header_row(self._header_row)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else self._width

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text, and how it looks."""
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            cells = self._rows[row]
            return cells[index.column()] if index.column() < len(cells) else ""
        if role == Qt.ItemDataRole.FontRole and row == self._header_row:
            bold = QFont()
            bold.setBold(True)
            return bold
        if role == Qt.ItemDataRole.BackgroundRole and row == self._header_row:
            return color("accent_soft")
        if role == Qt.ItemDataRole.BackgroundRole and row == self._marked_row:
            return color("warning_soft")
        above = self._header_row is not None and row < self._header_row
        if role == Qt.ItemDataRole.ForegroundRole and above:
            return color("text_muted")
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Number rows and columns from 1, as a spreadsheet does."""
        del orientation
        return section + 1 if role == Qt.ItemDataRole.DisplayRole else None


class CellsView(QTableView):
    """Cells to be looked at: rows are numbered, nothing is selected or edited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Cells of the file"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.horizontalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(row_height(self.fontMetrics()))
        self.horizontalHeader().setDefaultSectionSize(self.fontMetrics().averageCharWidth() * 22)


class RawRows(CellsView):
    """The first rows of a file whose columns are not known yet."""

    def show_table(self, table: RawTable | None) -> None:
        """Show another file's rows, or none."""
        older = self.model()
        self.setModel(CellsModel(table, self) if table is not None else None)
        if older is not None:
            older.deleteLater()


class MappingTable(QWidget):
    """A combo per column over the cells; they scroll together.

    Signals:
        roles_changed: another role was chosen; ask ``roles``.
    """

    roles_changed = Signal()

    def __init__(self, table: RawTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.4))
        self.strip = QWidget()
        column.addWidget(self.strip)
        self.model = CellsModel(table, self)
        self.view = CellsView()
        self.view.setModel(self.model)
        column.addWidget(self.view, 1)
        self.combos = [self._combo(index) for index in range(self.model.columnCount())]
        self.notes = [PlainLabel("", self.strip, look="small") for _ in self.combos]
        if self.combos:
            note_height = self.notes[0].fontMetrics().height()
            self.strip.setFixedHeight(self.combos[0].sizeHint().height() + note_height)
        self.view.horizontalScrollBar().valueChanged.connect(self._place_combos)
        self.view.horizontalHeader().sectionResized.connect(self._place_combos)
        self.view.horizontalHeader().geometriesChanged.connect(self._place_combos)

    @property
    def roles(self) -> dict[int, Role]:
        """The roles chosen, by column."""
        return {
            index: Role(combo.currentData())
            for index, combo in enumerate(self.combos)
            if combo.currentData()
        }

    def set_roles(self, roles: dict[int, Role]) -> None:
        """Choose roles without telling."""
        for index, combo in enumerate(self.combos):
            role = roles.get(index)
            combo.setCurrentIndex(0 if role is None else combo.findData(role.value))

    def choose(self, index: int, role: Role | None) -> None:
        """Give a column a role, as the person does with its combo."""
        combo = self.combos[index]
        combo.setCurrentIndex(0 if role is None else combo.findData(role.value))
        self._on_chosen(index)

    def show_understanding(self, found: Understanding | None) -> None:
        """Say under each role how many of its cells could be read, and which could not."""
        by_index = {column.index: column for column in found.columns} if found else {}
        for index, note in enumerate(self.notes):
            column = by_index.get(index)
            if column is None or column.role is None:
                note.setText("")
                note.setToolTip("")
                continue
            total = column.understood + column.not_understood
            if column.not_understood:
                told = filled(self.tr("%1 of %2 read"), number(column.understood), number(total))
            else:
                told = filled(self.tr("all %1 read"), number(total))
            note.setText(told)
            note.setToolTip(column.example)
            set_look(note, look="wrong" if column.not_understood else "small")

    def show_row(self, row: int) -> None:
        """Bring a row, numbered from 1, into sight; rows beyond those shown cannot be."""
        place = min(row, self.model.rowCount()) - 1
        if place >= 0:
            self.view.setCurrentIndex(self.model.index(place, 0))
            self.view.scrollTo(
                self.model.index(place, 0), QAbstractItemView.ScrollHint.PositionAtCenter
            )
            self.model.mark_row(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the combos over their columns."""
        super().resizeEvent(event)
        self._place_combos()

    def _combo(self, index: int) -> QComboBox:
        combo = QComboBox(self.strip)
        combo.addItem("–", "")
        for role, word in ROLE_WORDS.items():
            combo.addItem(tr(str(word)), role.value)
        combo.setAccessibleName(filled(self.tr("Column %1 is"), str(index + 1)))
        combo.activated.connect(lambda _place: self._on_chosen(index))
        return combo

    def _on_chosen(self, index: int) -> None:
        role = self.combos[index].currentData()
        if role and Role(role) not in SEVERAL:
            for other, combo in enumerate(self.combos):
                if other != index and combo.currentData() == role:
                    combo.setCurrentIndex(0)
        self.roles_changed.emit()

    def _place_combos(self) -> None:
        left = self.view.verticalHeader().width() + self.view.frameWidth()
        for index, combo in enumerate(self.combos):
            at = self.view.columnViewportPosition(index)
            width = self.view.columnWidth(index) - gap(self, 0.4)
            combo.setGeometry(left + at, 0, width, combo.sizeHint().height())
            combo.setVisible(at + width > 0)
            note = self.notes[index]
            note.setGeometry(left + at, combo.height(), width, note.fontMetrics().height())
            note.setVisible(at + width > 0)
