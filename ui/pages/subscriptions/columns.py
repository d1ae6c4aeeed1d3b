"""The columns of the subscriptions table, and of one subscription's charges."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QCoreApplication

from core.model.subscriptions import SubscriptionStatus
from core.phones import phone_display
from core.services.subscriptions.rows import ChargeRow, SubscriptionRow
from ui.badges import Badge, badge_for
from ui.models.columns import amount_column, badge_column, time_column
from ui.models.table import Column, ColumnKind
from ui.pages.subscriptions.words import plan_text, plan_word, trouble_of

translate = QCoreApplication.translate


def subscription_columns() -> tuple[Column[SubscriptionRow], ...]:
    """Return the columns, titled in the user's language."""
    return (
        badge_column(
            "status", translate("SubscriptionColumns", "State"), "subscription", lambda r: r.status,
            width=9,
        ),
        Column(
            "customer_name",
            translate("SubscriptionColumns", "Customer"),
            lambda r: r.customer_name,
            tool_tip=lambda r: r.customer_name,
            width=18,
            grows=True,
        ),
        amount_column(
            "price",
            translate("SubscriptionColumns", "Price"),
            lambda r: r.price_minor,
            currency=lambda r: r.currency,
            width=9,
        ),
        Column(
            "next_due_on",
            translate("SubscriptionColumns", "Next due"),
            _due,
            copy=lambda r: _day(r.next_due_on),
            width=14,
        ),
        badge_column(
            "trouble", translate("SubscriptionColumns", "Money"), "trouble", trouble_of, width=11
        ),
        Column(
            "plan",
            translate("SubscriptionColumns", "Plan"),
            lambda r: r.plan_name or plan_word(r.plan),
            tool_tip=lambda r: plan_text(r.plan, r.plan_name),
            width=17,
            grows=True,
        ),
        badge_column(
            "method", translate("SubscriptionColumns", "Method"), "method", lambda r: r.method,
            width=9,
        ),
        Column(
            "phone_number",
            translate("SubscriptionColumns", "Telephone"),
            lambda r: phone_display(r.phone_number),
            width=14,
        ),
        Column(
            "subscription_number",
            translate("SubscriptionColumns", "Number"),
            lambda r: r.subscription_number,
            width=11,
        ),
    )  # fmt: skip


def charge_columns() -> tuple[Column[ChargeRow], ...]:
    """Return the columns of one subscription's charges."""
    return (
        Column(
            "starts_on",
            translate("ChargeColumns", "Period"),
            lambda r: _day(r.starts_on),
            tool_tip=lambda r: f"{r.reference}: {r.starts_on} – {r.ends_on}",
            width=11,
        ),
        Column(
            "period",
            translate("ChargeColumns", "State"),
            lambda r: _state(r).text,
            ColumnKind.BADGE,
            badge=_state,
            width=12,
        ),
        amount_column(
            "amount",
            translate("ChargeColumns", "Amount"),
            lambda r: r.amount_minor,
            currency=lambda r: r.currency,
            width=9,
        ),
        badge_column(
            "payment",
            translate("ChargeColumns", "Payment"),
            "status",
            lambda r: r.payment_status,
            width=12,
        ),
        Column("try", translate("ChargeColumns", "Try"), lambda r: str(r.try_number), width=4),
        time_column("created_at", translate("ChargeColumns", "Made"), lambda r: r.created_at),
    )


def _state(row: ChargeRow) -> Badge:
    """Return the state of the period, or that this money came a second time."""
    return (
        badge_for("trouble", "paid_twice")
        if row.is_surplus
        else badge_for("period", row.period_status)
    )


def _due(row: SubscriptionRow) -> str:
    """Return the day it is charged next, or on which it ends instead."""
    if row.ends_on is None or row.status is SubscriptionStatus.CANCELLED:
        return _day(row.next_due_on)
    return translate("SubscriptionColumns", "ends %1").replace("%1", _day(row.ends_on))


def _day(day: date | None) -> str:
    return f"{day}" if day is not None else ""
