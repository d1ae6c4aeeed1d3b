"""One tab of the page: a list of papers, and the chosen one beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.context import PageContext
from ui.lists.export import FrameExport
from ui.lists.filter_values import FilterValues
from ui.lists.frame import ListFrame
from ui.lists.plan import ListPlan, ListSource
from ui.models.table import PagedTableModel
from ui.widgets.basics import Card
from ui.widgets.data_table import DataTable


class PaperRow(Protocol):
    """What a pane needs of a row."""

    @property
    def number(self) -> str:
        """The number the paper bears."""


RowT = TypeVar("RowT", bound=PaperRow)


class PaperPane(QWidget, Generic[RowT]):
    """A list with ``detail`` beside it, in which ``show_row`` shows the chosen paper.

    Signals:
        opened(row): Enter or a double click on a paper.
        shown(row): another paper is the chosen one, or None.
        refused(error): the list could not be read.
    """

    opened = Signal(object)
    shown = Signal(object)
    refused = Signal(object)

    def __init__(
        self,
        context: PageContext,
        plan: ListPlan[RowT],
        source: ListSource[RowT],
        detail: Card,
        show_row: Callable[[RowT], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._show_row = show_row
        self._row: RowT | None = None
        self.detail = detail
        self.list: ListFrame[RowT] = ListFrame(context, plan, source, beside=detail)
        self.export = FrameExport(context, self.list, plan.key)
        self.list.row_opened.connect(self.opened)
        self.list.current_changed.connect(self._show)
        self.list.asked.connect(lambda: self._show(None))
        self.list.failed.connect(self.refused)
        self.list.model.dataChanged.connect(self._on_rows_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        detail.hide()
        self.setFocusProxy(self.list)

    @property
    def row(self) -> RowT | None:
        """The chosen paper."""
        return self._row

    @property
    def model(self) -> PagedTableModel[RowT]:
        """The rows of the list."""
        return self.list.model

    @property
    def table(self) -> DataTable[RowT]:
        """The table of the list."""
        return self.list.table

    def refresh(self) -> None:
        """Read the list again; selection and place stay."""
        self.list.refresh()

    def look_for(self, number: str) -> None:
        """Search for a paper by its number and choose it; filters give way."""
        self.list.show_values(FilterValues(search=number))
        self.list.select(number)

    def _on_rows_changed(self) -> None:
        current = self.table.current_row()
        if current is not None and current != self._row:
            self._show(current)

    def _show(self, row: RowT | None) -> None:
        self._row = row
        if row is not None:
            self._show_row(row)
        self.detail.setVisible(row is not None)
        self.shown.emit(row)
