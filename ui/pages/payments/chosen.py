"""What is selected in the payments table: which payments, what they are, and how they go out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from core.clock import shop_date
from core.errors import KnownError
from core.services.exports.payments import ExportedColumn, ExportPayments
from core.services.exports.table import Exported
from core.services.payments.choices import PaymentKind, PaymentSelection
from core.services.payments.listed import ListedPayment, PaymentColumn
from core.services.reports.contract import ExportFormat
from ui.context import PageContext
from ui.exports.list_export import ExportJob
from ui.models.stretches import Stretch, count_of, gaps_between
from ui.pages.payments.behind import filter_words
from ui.widgets.data_table import DataTable
from ui.words import count_text

MOST_NAMED_ROWS = 200
"""So many rows are judged and named at once; of more the database is asked."""

_PAUSE_MS = 120
"""So long a selection must stand still before the database is asked about it."""


def selection_of(
    table: DataTable[ListedPayment], everything: PaymentSelection, *, is_counted: bool
) -> PaymentSelection:
    """Return which payments of a list are selected: by name, all but some, or by their places.

    While a list is not counted nobody knows where it ends, so nobody can have chosen all of it.
    """
    stretches = table.selected_stretches()
    rows = _loaded(table, stretches)
    if rows is not None:
        return replace(everything, payment_ids=tuple(row.payment_id for row in rows))
    out = _loaded(table, gaps_between(stretches, table.rows.total)) if is_counted else None
    if out is not None:
        return replace(everything, left_out=frozenset(row.payment_id for row in out))
    return replace(everything, stretches=stretches)


def _loaded(
    table: DataTable[ListedPayment], stretches: tuple[Stretch, ...]
) -> list[ListedPayment] | None:
    """Return the rows at some places, where they are few and all there."""
    if count_of(stretches) > MOST_NAMED_ROWS:
        return None
    found = []
    for first, last in stretches:
        for position in range(first, last + 1):
            row = table.rows.row_at(position)
            if row is None:
                return None
            found.append(row)
    return found


class SelectionJudge(QObject):
    """Finds out what the selected payments are: at once where they are few and there.

    Signals:
        judged(payments): rows or kinds of them; None while the database is asked.
    """

    judged = Signal(object)

    def __init__(
        self,
        context: PageContext,
        table: DataTable[ListedPayment],
        selection: Callable[[], PaymentSelection],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._table = table
        self._selection = selection
        self._asked = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._ask)

    def look(self) -> None:
        """The selection, or what is selected, is another one."""
        self._asked += 1
        rows = _loaded(self._table, self._table.selected_stretches())
        if rows is not None:
            self._timer.stop()
            self.judged.emit(rows)
            return
        self.judged.emit(None)
        self._timer.start()

    def _ask(self) -> None:
        choices, actor, asked = self._context.app.payment_choices, self._context.actor, self._asked
        selection = self._selection()
        self._context.tasks.aside(
            self,
            lambda cancelled: choices.kinds(actor, selection, cancelled=cancelled),
            on_success=lambda kinds: self._on_kinds(asked, kinds),
            on_known_error=self._on_refused,
            latest="kinds",
        )

    def _on_kinds(self, asked: int, kinds: Sequence[PaymentKind]) -> None:
        if asked == self._asked:
            self.judged.emit(kinds)

    def _on_refused(self, _error: KnownError) -> None:
        """The list itself tells what cannot be read; nothing is offered until it can."""


def export_job(
    context: PageContext, table: DataTable[ListedPayment], selection: PaymentSelection
) -> ExportJob:
    """Return how the payments selected go into a file: in the columns shown and their order."""
    columns = tuple(
        ExportedColumn(PaymentColumn(column.key), column.header)
        for column in (table.rows.columns[place] for place in table.shown_columns())
    )
    name = table.accessibleName()
    words = _words(table, selection)
    currency = table.tr("Currency")
    app, actor = context.app, context.actor

    def write(format_: ExportFormat, path: Path, report: Callable[[int, int], None]) -> Exported:
        command = ExportPayments(selection, columns, format_, path, name, words, currency)
        return app.payment_export.export(actor, command, report)

    today = shop_date(app.configuration.clock())
    return ExportJob(f"{name.lower()}-{today}", write)


def _words(table: DataTable[ListedPayment], selection: PaymentSelection) -> str:
    told = filter_words(selection.wanted) or table.tr("all payments")
    chosen = None
    if selection.payment_ids is not None:
        chosen = len(selection.payment_ids)
    elif selection.stretches is not None:
        chosen = count_of(selection.stretches)
    if chosen is not None:
        return f"{told}: " + table.tr("%1 selected").replace("%1", count_text(chosen))
    if selection.left_out:
        out = table.tr("without %1").replace("%1", count_text(len(selection.left_out)))
        return f"{told}: {out}"
    return told
