"""The columns of a list as a person likes them: remembered, and chosen from the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.context import PageContext
from ui.icons import icon
from ui.lists.layout import ListLayout, SortOrder, lay_out, layout_of
from ui.theme import color_name, gap, set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable

_REST_MS = 300
_STEP_TENTHS = 20


class ColumnMemory(QObject):
    """Puts a table's columns as the person had them last, and remembers every change.

    Signals:
        reset: the columns are as at first again.
    """

    reset = Signal()

    def __init__(
        self, context: PageContext, page: str, table: DataTable[Any], order: SortOrder
    ) -> None:
        super().__init__(table)
        self.table = table
        self._preferences = context.preferences
        self._user, self._page = context.actor.name, page
        self._first = layout_of(table, order)
        kept = ListLayout.from_text(self._preferences.list_layout(self._user, page))
        self.order = order
        if kept is not None:
            lay_out(table, kept)
            sortable = {column.key for column in table.rows.columns if column.sortable}
            if kept.order is not None and kept.order.key in sortable:
                self.order = kept.order
        # Dragging an edge tells of every pixel.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self.keep)
        table.layout_changed.connect(self._timer.start)

    def keep(self) -> None:
        """Remember the columns as they are."""
        self._timer.stop()
        layout = layout_of(self.table, self.order)
        self._preferences.keep_list_layout(self._user, self._page, layout.to_text())

    def keep_order(self, order: SortOrder) -> None:
        """Remember by which column rows are ordered."""
        self.order = order
        self.keep()

    def move(self, place: int, by: int) -> bool:
        """Move a column among the others; False where it stands at the edge."""
        header = self.table.horizontalHeader()
        if not 0 <= place + by < header.count():
            return False
        header.moveSection(place, place + by)
        return True

    def show_column(self, place: int, shown: bool) -> bool:
        """Show or hide a column; the last one seen stays."""
        header = self.table.horizontalHeader()
        number = header.logicalIndex(place)
        seen = [n for n in range(header.count()) if not self.table.isColumnHidden(n)]
        if not shown and seen == [number]:
            return False
        self.table.setColumnHidden(number, not shown)
        self._timer.start()
        return True

    def widen(self, place: int, by_tenths: int) -> None:
        """Make a column wider, or narrower."""
        number = self.table.horizontalHeader().logicalIndex(place)
        self.table.set_width_tenths(number, self.table.width_tenths(number) + by_tenths)
        self._timer.start()

    def put_back(self) -> None:
        """Put the columns as they were before anybody changed them; the order of rows stays."""
        lay_out(self.table, self._first)
        self.keep()
        self.reset.emit()


class ColumnsDialog(QDialog):
    """Which columns are shown, in which order, how wide: seen in the table at once."""

    def __init__(self, memory: ColumnMemory, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Columns"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._memory = memory
        margin = gap(self, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.2))
        column.addWidget(PlainLabel(self.tr("Columns"), look="title"))
        told = self.tr("Space shows or hides. Ctrl with the arrows moves, or makes wider.")
        column.addWidget(PlainLabel(told, look="muted", wrap=True))
        self.columns = _ColumnList(self)
        self.columns.setSpacing(2)
        self.columns.setAccessibleName(self.tr("Columns"))
        column.addWidget(self.columns, 1)
        row = QHBoxLayout()
        for text, act in (
            (self.tr("Up"), lambda: self.move_current(-1)),
            (self.tr("Down"), lambda: self.move_current(1)),
            (self.tr("Narrower"), lambda: self.widen_current(-_STEP_TENTHS)),
            (self.tr("Wider"), lambda: self.widen_current(_STEP_TENTHS)),
        ):
            row.addWidget(self._acting(text, act))
        column.addLayout(row)
        last = QHBoxLayout()
        self.reset_button = self._acting(self.tr("As at first"), self._on_reset)
        self.close_button = button(self.tr("Close (Esc)"), kind="primary")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        last.addWidget(self.reset_button)
        last.addStretch(1)
        last.addWidget(self.close_button)
        column.addLayout(last)
        self._fill(0)
        self.columns.itemChanged.connect(self._on_ticked)
        self.columns.setFocus()
        self.resize(self.fontMetrics().averageCharWidth() * 56, self.fontMetrics().height() * 31)

    def move_current(self, by: int) -> None:
        """Move the column chosen in the list up or down."""
        place = self.columns.currentRow()
        if self._memory.move(place, by):
            self._fill(place + by)

    def widen_current(self, by_tenths: int) -> None:
        """Make the column chosen in the list wider or narrower."""
        self._memory.widen(self.columns.currentRow(), by_tenths)

    def _acting(self, text: str, act: Callable[[], object]) -> QWidget:
        made = button(text)
        made.clicked.connect(lambda _checked=False: act())
        return made

    def _fill(self, current: int) -> None:
        table = self._memory.table
        header = table.horizontalHeader()
        self.columns.blockSignals(True)
        self.columns.clear()
        for place in range(header.count()):
            number = header.logicalIndex(place)
            item = QListWidgetItem(table.rows.columns[number].header)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            shown = not table.isColumnHidden(number)
            item.setCheckState(Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
            self.columns.addItem(item)
        self.columns.blockSignals(False)
        self.columns.setCurrentRow(current)

    def _on_ticked(self, item: QListWidgetItem) -> None:
        place = self.columns.row(item)
        if not self._memory.show_column(place, item.checkState() is Qt.CheckState.Checked):
            self._fill(place)

    def _on_reset(self) -> None:
        self._memory.put_back()
        self._fill(0)


class _ColumnList(QListWidget):
    """The list of columns; Ctrl with an arrow acts on the current one."""

    def __init__(self, dialog: ColumnsDialog) -> None:
        super().__init__()
        self._dialog = dialog

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with Ctrl+Up and Ctrl+Down, widen with Ctrl+Right, narrow with Ctrl+Left."""
        acts: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Up.value: lambda: self._dialog.move_current(-1),
            Qt.Key.Key_Down.value: lambda: self._dialog.move_current(1),
            Qt.Key.Key_Left.value: lambda: self._dialog.widen_current(-_STEP_TENTHS),
            Qt.Key.Key_Right.value: lambda: self._dialog.widen_current(_STEP_TENTHS),
        }
        act = acts.get(event.key())
        if act is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            act()
        else:
            super().keyPressEvent(event)


class ColumnsButton(QToolButton):
    """Opens the columns of a list; a picture, so that the chips have a row to themselves."""

    def __init__(self, memory: ColumnMemory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        set_look(self, kind="chip", active="false", arrow="none")
        name = QCoreApplication.translate("ColumnsButton", "Columns")
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({QKeySequence('Ctrl+Shift+O').toString()})")
        side = self.fontMetrics().height()
        self.setIconSize(QSize(side, side))
        self.clicked.connect(self.open)
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        self.setIcon(icon("columns", color_name("text"), color_name("text_disabled")))

    def open(self) -> None:
        """Let the person choose columns."""
        ColumnsDialog(self._memory, self.window()).open()
