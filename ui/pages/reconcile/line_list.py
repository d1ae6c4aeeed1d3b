"""The paged list of lines, and the line the clerk is at while rows come and go under it."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QObject, Signal

from core.errors import KnownError
from core.services.reconciliations.lists import LineFilter, ListedLine
from core.services.rows import Page as RowPage
from ui.context import PageContext
from ui.pages.reconcile.lines import LinesTable

_SELECT_ROW = (
    QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
)


class LineList(QObject):
    """Fetches the pages a table looks at, and keeps the table at one line.

    Signals:
        moved: the clerk went to another line.
        arrived: rows came.
        refused(error): rows could not be read.
    """

    moved = Signal()
    arrived = Signal()
    refused = Signal(object)

    def __init__(self, context: PageContext, table: LinesTable, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._table = table
        self._model = table.model_of_lines
        self._reconciliation_id = ""
        self._line_id: int | None = None
        self._place = 0
        self._is_settling = False
        self._must_scroll = False
        self.wanted = LineFilter()
        self._model.page_wanted.connect(self._fetch)
        table.current_row_changed.connect(self._on_current_row_changed)

    @property
    def line_id(self) -> int | None:
        """The line the clerk is at; None while there is none, or its row is still being read."""
        return self._line_id

    @property
    def is_somewhere(self) -> bool:
        """Tell whether the clerk is at a line, its row read or not."""
        return self._line_id is not None or self._table.currentIndex().isValid()

    def begin(self, reconciliation_id: str) -> None:
        """Show the lines of another statement, from the first one on."""
        self._reconciliation_id = reconciliation_id
        self._line_id, self._place = None, 0
        self.show_filter(LineFilter())

    def show_filter(self, wanted: LineFilter) -> None:
        """Show other lines of the statement; where the clerk is among them is told by ``go_to``."""
        self.wanted = wanted
        self._must_scroll = True
        with _Settling(self):
            self._model.ask_again()

    def refresh(self) -> None:
        """Read the pages in sight again; rows, selection and scroll position stay meanwhile."""
        self._model.refresh()

    def go_to(self, line_id: int | None, place: int) -> None:
        """Be at a line, whose place in the list is known even where its row is not read yet."""
        if line_id != self._line_id:
            self._must_scroll = True
        self._line_id, self._place = line_id, place
        self._restore()

    def _fetch(self, question: int, number: int) -> None:
        app, actor = self._context.app, self._context.actor
        wanted, reconciliation_id = self.wanted, self._reconciliation_id
        size = self._model.page_size
        if not reconciliation_id:
            self._model.deliver(question, number, (), 0)
            return

        def delivered(found: RowPage[ListedLine]) -> None:
            with _Settling(self):
                self._model.deliver(question, number, found.rows, found.total)
            self._restore()
            self.arrived.emit()

        def refused(error: KnownError) -> None:
            self._model.failed(question, number)
            self.refused.emit(error)

        self._context.tasks.query(
            self,
            lambda: app.reconciliation_lists.lines(
                actor, reconciliation_id, wanted, offset=number * size, limit=size
            ),
            on_success=delivered,
            on_known_error=refused,
        )

    def _restore(self) -> None:
        """Put the table at the line: by its row where that is read, else by its place."""
        if self._line_id is None:
            row = self._model.row_at(self._place)
            if row is None:
                return
            self._line_id = row.line_id
            self.moved.emit()
        position = self._model.position_of(self._line_id)
        if position is None:
            is_read = self._model.row_at(self._place) is not None
            if is_read or self._place >= self._model.total:
                return
            position = self._place
        self._place = position
        current = self._table.currentIndex()
        if self._must_scroll or not current.isValid() or current.row() != position:
            with _Settling(self):
                # Not selectRow: while Ctrl is held, as for Ctrl+Z, that would add to the selection.
                self._table.selectionModel().setCurrentIndex(
                    self._model.index(position, 0), _SELECT_ROW
                )
            if self._must_scroll:
                self._table.scrollTo(self._model.index(position, 0))
        self._must_scroll = self._must_scroll and self._model.row_at(position) is None

    def _on_current_row_changed(self, row: ListedLine | None) -> None:
        if self._is_settling:
            return
        index = self._table.currentIndex()
        if not index.isValid():
            return
        self._place = index.row()
        self._line_id = None if row is None else row.line_id
        self.moved.emit()

    def settle(self, is_settling: bool) -> None:
        """Say whether a change of the current row is the list's own doing."""
        self._is_settling = is_settling


class _Settling:
    """While it is open, a change of the current row is not the clerk's."""

    def __init__(self, lines: LineList) -> None:
        self._lines = lines

    def __enter__(self) -> None:
        self._lines.settle(True)

    def __exit__(self, *_error: object) -> None:
        self._lines.settle(False)
