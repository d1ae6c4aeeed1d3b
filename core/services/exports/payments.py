"""Handing payments out as a file: exactly those selected, of one moment, and written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.database.unit_of_work import Database
from core.documents.storage import whole_file
from core.permissions import Actor, Permission
from core.services.exports.lists import write_down
from core.services.exports.table import ExportColumn, Exported, Report, write_table
from core.services.payments.choices import PaymentSelection, listed, selected_keys
from core.services.payments.listed import ListedPayment, PaymentColumn
from core.services.reports.contract import Cell, ColumnKind, ExportFormat


def _reconciled(row: ListedPayment) -> str:
    """Return whether a statement proved it; nothing for points, which stand on none."""
    if not row.payment_method.is_money:
        return ""
    return "yes" if row.reconciled else "no"


_CELLS: dict[PaymentColumn, tuple[ColumnKind, Callable[[ListedPayment], Cell]]] = {
    PaymentColumn.CREATED_AT: (ColumnKind.MOMENT, lambda row: row.created_at),
    PaymentColumn.ID: (ColumnKind.TEXT, lambda row: row.payment_id),
    PaymentColumn.STATUS: (ColumnKind.PAYMENT_STATUS, lambda row: row.status),
    PaymentColumn.AMOUNT: (ColumnKind.AMOUNT, lambda row: row.amount_minor),
    PaymentColumn.METHOD: (ColumnKind.METHOD, lambda row: row.payment_method),
    PaymentColumn.CUSTOMER: (ColumnKind.TEXT, lambda row: row.customer_name),
    PaymentColumn.TELEPHONE: (ColumnKind.TEXT, lambda row: row.phone_number),
    PaymentColumn.TYPE: (ColumnKind.TEXT, lambda row: row.stored_type),
    PaymentColumn.REFERENCE: (
        ColumnKind.TEXT,
        lambda row: row.transaction_reference or row.order_number,
    ),
    PaymentColumn.INVOICE: (ColumnKind.TEXT, lambda row: row.invoice_number),
    PaymentColumn.GATEWAY: (ColumnKind.TEXT, lambda row: row.gateway_name),
    PaymentColumn.RECONCILED: (ColumnKind.TEXT, _reconciled),
    PaymentColumn.CASHIER: (ColumnKind.TEXT, lambda row: row.created_by),
}


@dataclass(frozen=True, slots=True)
class ExportedColumn:
    """A column of the payments table that is handed out, under the title it bears there."""

    column: PaymentColumn
    title: str


ALL_COLUMNS = tuple(ExportedColumn(column, str(column)) for column in PaymentColumn)
"""Every column, by its name for other programs."""


@dataclass(frozen=True, slots=True)
class ExportPayments:
    """What is handed out: which payments, in which columns, as what, where to.

    ``words`` say in the trail which payments they were.
    """

    selection: PaymentSelection
    columns: Sequence[ExportedColumn]
    format: ExportFormat
    path: Path
    name: str = "Payments"
    words: str = ""
    currency_title: str = "currency"


class PaymentExport:
    """Writes payments into files; each is written down in the trail."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def export(
        self,
        actor: Actor,
        command: ExportPayments,
        report: Report = lambda _done, _total: None,
    ) -> Exported:
        """Write the payments selected into a file, as they are at this moment.

        ``report`` is told how far it is, and ends it by raising: then nothing is left behind.

        Raises:
            NotAllowedError: the person may not see payments.
            StorageError: the file cannot be written; what was there before is untouched.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        columns = _columns(command)
        with whole_file(command.path) as temporary:
            with self._database.read() as session:
                keys = selected_keys(session, command.selection)
                rows = listed(session, keys)
                count = write_table(
                    temporary, command.format, command.name, columns, rows, len(keys), report
                )
            # Written down first: a file that nobody knows of is worse than an entry without one.
            exported = Exported(command.path, count)
            titles = [each.title for each in command.columns]
            write_down(
                self._database,
                actor,
                "payments",
                exported,
                words=command.words,
                format_=command.format,
                titles=titles,
            )
        return exported


def _columns(command: ExportPayments) -> list[ExportColumn[ListedPayment]]:
    """Return the columns of the file; beside an amount stands its currency."""
    found: list[ExportColumn[ListedPayment]] = []
    for each in command.columns:
        kind, cell = _CELLS[each.column]
        found.append(ExportColumn(each.title, kind, cell, lambda row: row.currency))
        if kind is ColumnKind.AMOUNT:
            title = command.currency_title
            found.append(ExportColumn(title, ColumnKind.TEXT, lambda row: row.currency))
    return found
