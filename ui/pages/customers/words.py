"""What the customers page says: balances, the kinds of events, where an order stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QCoreApplication

from core.money import display
from core.services.customers.rows import Balance, HistoryKind, HistoryRow, OrderRow
from ui.badges import Badge, badge_for

translate = QCoreApplication.translate


def balance_text(balances: Sequence[Balance]) -> str:
    """Return what is owed in each currency: "22 000 RWF"; empty where nothing is open."""
    return " · ".join(display(each.amount_minor, each.currency) for each in balances)


def balance_sentence(balances: Sequence[Balance]) -> str:
    """Return who owes whom: "Owes 22 000 RWF", "Has 5 000 RWF to their credit", or "Settled"."""
    owed = balance_text([each for each in balances if each.amount_minor > 0])
    kept = [Balance(each.currency, -each.amount_minor) for each in balances]
    credit = balance_text([each for each in kept if each.amount_minor > 0])
    said = []
    if owed:
        said.append(translate("CustomersPage", "Owes %1").replace("%1", owed))
    if credit:
        said.append(translate("CustomersPage", "Has %1 to their credit").replace("%1", credit))
    return " · ".join(said) or translate("CustomersPage", "Nothing is open")


def order_badge(order: OrderRow, today: date) -> Badge:
    """Return where an order stands; one past its day says so first."""
    return badge_for("order", "overdue" if order.is_overdue(today) else order.state)


def event_word(kind: HistoryKind) -> str:
    """Return what an event of a time line is called."""
    return {
        HistoryKind.ORDER: translate("CustomersPage", "Order"),
        HistoryKind.ORDER_CANCELLED: translate("CustomersPage", "Order cancelled"),
        HistoryKind.PAYMENT: translate("CustomersPage", "Payment"),
        HistoryKind.REFUND: translate("CustomersPage", "Refund"),
        HistoryKind.SUBSCRIPTION: translate("CustomersPage", "Subscription"),
        HistoryKind.POINTS: translate("CustomersPage", "Points"),
    }[kind]


_BADGE_KINDS = {
    HistoryKind.ORDER: "order",
    HistoryKind.PAYMENT: "status",
    HistoryKind.REFUND: "refund",
    HistoryKind.SUBSCRIPTION: "subscription",
}


def event_badge(event: HistoryRow) -> Badge | None:
    """Return the state of what an event is about."""
    kind = _BADGE_KINDS.get(event.kind)
    return badge_for(kind, event.status) if kind is not None and event.status else None


def event_amount(event: HistoryRow) -> str:
    """Return an event's signed amount; points are counted, not paid."""
    if event.currency:
        return display(event.amount_minor, event.currency)
    return translate("CustomersPage", "%1 points").replace("%1", str(event.amount_minor))
