"""Hands a list out as a file, whatever it is a list of: what is filtered, or the rows selected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QDesktopServices

from core.clock import shop_date
from core.services.exports.lists import ExportRows
from core.services.exports.table import ExportColumn, Exported
from core.services.reports.contract import ColumnKind, ExportFormat
from ui.context import PageContext
from ui.exports.button import ExportButton
from ui.exports.list_export import ExportJob, ListExport
from ui.lists.filter_values import FilterValues
from ui.lists.frame import ListFrame
from ui.models.cells import Column
from ui.open_document import Opener

RowT = TypeVar("RowT")


class FrameExport(QObject, Generic[RowT]):
    """The button below a list, and how far a file is; ``subject`` names the list in the trail."""

    def __init__(
        self,
        context: PageContext,
        owner: ListFrame[RowT],
        subject: str,
        opener: Opener = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(owner)
        self._context, self._list, self._subject = context, owner, subject
        self.button = ExportButton(owner)
        self.button.wanted.connect(self._on_wanted)
        self.writing = ListExport(context.tasks, opener)
        owner.foot.addWidget(self.button)
        owner.show_below(self.writing)
        owner.selection_changed.connect(self._on_selection_changed)

    def job(self, *, selected_only: bool) -> ExportJob:
        """Return how the list, or its selected rows, goes into a file as it is shown now."""
        app, actor, frame, subject = (
            self._context.app,
            self._context.actor,
            self._list,
            self._subject,
        )
        table, name = frame.table, frame.table.accessibleName()
        chosen = tuple(frame.selected_rows()) if selected_only else None
        words = filter_text(frame.values)
        shown = [table.rows.columns[place] for place in table.shown_columns()]
        columns = tuple(_file_columns(shown))
        question, total = frame.question(), frame.model.total

        def write(
            format_: ExportFormat, path: Path, report: Callable[[int, int], None]
        ) -> Exported:
            command = ExportRows(
                subject, name, question, total, columns, format_, path, words, chosen
            )
            return app.list_export.export(actor, command, report)

        return ExportJob(f"{name.lower()}-{shop_date(app.configuration.clock())}", write)

    def _on_wanted(self, selected_only: bool, format_: ExportFormat) -> None:
        self.writing.choose_file(self.job(selected_only=selected_only), format_)

    def _on_selection_changed(self) -> None:
        # Of a selection that goes beyond what is loaded nobody knows all rows.
        count = self._list.selection_count
        is_loaded = bool(count) and len(self._list.selected_rows()) == count
        self.button.show_selection(count if is_loaded else 0)


def filter_text(values: FilterValues) -> str:
    """Return what is chosen, for the trail: "statuses: requested; search: aline"; "" for all."""
    keys = sorted({key for key, _ in values.chosen})
    parts = [f"{key}: {', '.join(sorted(values.of(key)))}" for key in keys]
    return "; ".join([*parts, *([f"search: {values.search}"] if values.search else [])])


def _file_columns(shown: Sequence[Column[RowT]]) -> Iterator[ExportColumn[RowT]]:
    """Yield the columns of the file; the amounts' currency stands beside the last of them."""
    amounts = [each for each in shown if each.in_file and each.in_file.kind is ColumnKind.AMOUNT]
    for column in shown:
        cell = column.in_file
        if cell is None:
            yield ExportColumn(column.header, ColumnKind.TEXT, column.copy or column.text)
            continue
        yield ExportColumn(column.header, cell.kind, cell.value, cell.currency)
        if amounts and column is amounts[-1]:
            title = QCoreApplication.translate("FrameExport", "Currency")
            yield ExportColumn(title, ColumnKind.TEXT, cell.currency)
