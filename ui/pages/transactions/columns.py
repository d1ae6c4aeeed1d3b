"""The columns of the calls' table."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.services.calls.listed import CallColumn, ListedCall
from core.services.reports.contract import ColumnKind as FileKind
from ui.models.cells import FileCell
from ui.models.columns import badge_column, time_column
from ui.models.table import Column, ColumnKind
from ui.pages.transactions.words import SLOW_MS, time_text

translate = QCoreApplication.translate


def call_columns() -> tuple[Column[ListedCall], ...]:
    """Return the columns, titled in the user's language.

    What became of a call stands first, where an open detail pane leaves it seen.
    """
    return (*_columns_always_seen(), *_columns_further_right())


def _columns_always_seen() -> tuple[Column[ListedCall], ...]:
    return (
        time_column(
            CallColumn.REQUEST_AT,
            translate("CallColumns", "When"),
            lambda row: row.request_at,
            sortable=True,
        ),
        badge_column(
            CallColumn.RESULT,
            translate("CallColumns", "Success"),
            "outcome",
            lambda row: row.result.name,
            sortable=True,
            width=13,
        ),
        badge_column(
            CallColumn.REQUEST_TYPE,
            translate("CallColumns", "Request"),
            "request",
            lambda row: row.request_type,
            sortable=True,
            width=18,
        ),
        Column(
            CallColumn.TIME,
            translate("CallColumns", "Time"),
            lambda row: time_text(row.processing_time_ms),
            ColumnKind.AMOUNT,
            copy=lambda row: "" if row.processing_time_ms is None else str(row.processing_time_ms),
            in_file=FileCell(FileKind.DURATION_MS, lambda row: row.processing_time_ms),
            tone=lambda row: "warning" if (row.processing_time_ms or 0) >= SLOW_MS else None,
            sortable=True,
            width=10,
        ),
        Column(
            CallColumn.ERROR,
            translate("CallColumns", "Error"),
            _error,
            tone=lambda row: "danger" if row.error_code else None,
            tool_tip=_error,
            sortable=True,
            width=26,
            grows=True,
        ),
        Column(
            CallColumn.ANSWER,
            translate("CallColumns", "Response"),
            lambda row: _joined(row.response_code, row.response_message),
            tool_tip=lambda row: _joined(row.response_code, row.response_message),
            sortable=True,
            width=22,
            grows=True,
        ),
    )


def _columns_further_right() -> tuple[Column[ListedCall], ...]:
    return (
        badge_column(
            CallColumn.STATUS,
            translate("CallColumns", "Status"),
            "attempt",
            lambda row: row.status,
            sortable=True,
            width=15,
        ),
        Column(
            CallColumn.GATEWAY,
            translate("CallColumns", "Gateway"),
            lambda row: row.gateway_name,
            sortable=True,
            width=18,
        ),
        Column(
            CallColumn.TRANSACTION,
            translate("CallColumns", "Transaction"),
            lambda row: row.transaction_id,
            sortable=True,
            width=22,
        ),
        Column(
            CallColumn.PAYMENT,
            translate("CallColumns", "Payment"),
            lambda row: row.payment_id[:8],
            copy=lambda row: row.payment_id,
            tone=lambda _row: "text_muted",
            tool_tip=lambda row: row.payment_id,
            sortable=True,
            width=9,
        ),
    )


def _error(row: ListedCall) -> str:
    # A message often begins with its own code.
    if row.error_code and row.error_code in row.error_message:
        return row.error_message
    return _joined(row.error_code, row.error_message)


def _joined(code: str, message: str) -> str:
    return " · ".join(filter(None, (code, message)))
