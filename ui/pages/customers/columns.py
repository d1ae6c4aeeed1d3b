"""The columns of customers, of their time line and of their orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QCoreApplication

from core.clock import shop_date
from core.money import grouped
from core.phones import phone_display
from core.services.customers.rows import CustomerRow, HistoryRow, OrderRow
from ui.badges import badge_for
from ui.models.columns import time_column
from ui.models.table import Column, ColumnKind
from ui.pages.customers.words import (
    balance_text,
    event_amount,
    event_badge,
    event_word,
    order_badge,
)

translate = QCoreApplication.translate


def customer_columns() -> tuple[Column[CustomerRow], ...]:
    """Return the columns of the list, titled in the user's language."""
    return (
        Column(
            "name", translate("CustomersPage", "Name"), lambda row: row.name, width=19, grows=True
        ),
        Column(
            "phone",
            translate("CustomersPage", "Telephone"),
            lambda row: phone_display(row.phone_number),
            width=13,
        ),
        Column(
            "balance",
            translate("CustomersPage", "Balance"),
            lambda row: balance_text(row.balances),
            ColumnKind.AMOUNT,
            tone=_balance_tone,
            width=12,
        ),
        Column(
            "last_paid",
            translate("CustomersPage", "Last paid"),
            lambda row: shop_date(row.last_paid_at).isoformat() if row.last_paid_at else "",
            width=11,
        ),
    )


def _balance_tone(row: CustomerRow) -> str | None:
    return "danger" if any(each.amount_minor > 0 for each in row.balances) else None


def history_columns() -> tuple[Column[HistoryRow], ...]:
    """Return the columns of the time line."""
    return (
        time_column("at", translate("CustomersPage", "When"), lambda row: row.at),
        Column("kind", translate("CustomersPage", "What"), _what, width=17),
        Column(
            "amount",
            translate("CustomersPage", "Amount"),
            event_amount,
            ColumnKind.AMOUNT,
            width=12,
        ),
        Column(
            "status",
            translate("CustomersPage", "State"),
            lambda row: made.text if (made := event_badge(row)) else "",
            ColumnKind.BADGE,
            badge=event_badge,
            width=12,
        ),
        Column("title", translate("CustomersPage", "For"), lambda row: row.title, width=12),
    )


def _what(row: HistoryRow) -> str:
    word = event_word(row.kind)
    return f"{word} · {badge_for('method', row.method).text}" if row.method else word


def order_columns(today: date) -> tuple[Column[OrderRow], ...]:
    """Return the columns of orders; ``today`` tells which are overdue."""

    def badge_column_of_state() -> Column[OrderRow]:
        return Column(
            "state",
            translate("CustomersPage", "State"),
            lambda row: order_badge(row, today).text,
            ColumnKind.BADGE,
            badge=lambda row: order_badge(row, today),
            width=11,
        )

    def amount(key: str, title: str, amount_minor: Callable[[OrderRow], int]) -> Column[OrderRow]:
        def text(row: OrderRow) -> str:
            value = amount_minor(row)
            return grouped(value, row.currency) if value else ""

        return Column(key, title, text, ColumnKind.AMOUNT, width=9)

    return (
        Column(
            "order_number",
            translate("CustomersPage", "Order"),
            lambda row: row.order_number,
            width=15,
        ),
        badge_column_of_state(),
        amount("left", translate("CustomersPage", "Left to pay"), lambda row: row.left_minor),
        Column(
            "due_on",
            translate("CustomersPage", "Due"),
            lambda row: row.due_on.isoformat() if row.due_on else "",
            tone=lambda row: "danger" if row.is_overdue(today) else None,
            width=10,
        ),
        amount("total", translate("CustomersPage", "Total"), lambda row: row.total_minor),
        amount("paid", translate("CustomersPage", "Paid"), lambda row: row.balance.net_minor),
        amount(
            "promised",
            translate("CustomersPage", "Under way"),
            lambda row: row.balance.promised_minor,
        ),
        time_column(
            "created_at", translate("CustomersPage", "Written"), lambda row: row.created_at
        ),
    )
