"""What the list of refunds is, which refunds each tab shows, and who answers it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from core.clock import shop_date
from core.model.payments import PaymentMethod
from core.model.refunds import RefundStatus
from core.services.payments.filters import RefundFilter
from core.services.refunds.pages import ListedRefund, RefundColumn, RefundListFilter
from ui.badges import badge_for
from ui.context import PageContext
from ui.lists.chips import DayChip
from ui.lists.filter_values import FilterValues, days_of
from ui.lists.layout import SortOrder
from ui.lists.listing_source import ListingSource
from ui.lists.plan import ListPlan, ListWords
from ui.pages.refunds.columns import refund_columns
from ui.widgets.filters import Chip, Choice

translate = QCoreApplication.translate

TABS: tuple[frozenset[RefundStatus], ...] = (
    frozenset({RefundStatus.REQUESTED}),
    frozenset(
        {
            RefundStatus.APPROVED,
            RefundStatus.PROCESSING,
            RefundStatus.FAILED,
            RefundStatus.UNKNOWN,
        }
    ),
    frozenset({RefundStatus.COMPLETED}),
    frozenset({RefundStatus.REJECTED, RefundStatus.WITHDRAWN}),
    frozenset(RefundStatus),
)
"""The states behind each tab; the last tab shows all."""


def refunds_plan() -> ListPlan[ListedRefund]:
    """Return the plan of the list, worded in the user's language; the shop fills the people."""
    statuses = tuple(Choice(each, badge_for("refund", each).text) for each in RefundStatus)
    methods = tuple(Choice(each, badge_for("method", each).text) for each in PaymentMethod)
    return ListPlan(
        key="refunds",
        icon="refund",
        words=ListWords(
            name=translate("RefundsPage", "Refunds"),
            search=translate("RefundsPage", "Search customer, phone, reason, invoice, payment"),
            none_at_all="",
            no_results=translate("RefundsPage", "No refund fits these filters."),
        ),
        columns=refund_columns(),
        row_id=lambda row: row.refund_id,
        chips=(
            Chip("statuses", translate("RefundsPage", "State"), statuses),
            DayChip("requested", translate("RefundsPage", "Asked")),
            Chip("people", translate("RefundsPage", "Who"), ()),
            Chip("methods", translate("RefundsPage", "Method"), methods),
        ),
        order=SortOrder(RefundColumn.REQUESTED),
    )


def refund_source(
    context: PageContext, tab: Callable[[], int]
) -> ListingSource[RefundListFilter, ListedRefund]:
    """Return who answers the list; ``tab`` tells which tab is open."""
    app, actor = context.app, context.actor

    def wanted(values: FilterValues) -> RefundListFilter:
        first, last = days_of(values.one("requested"), shop_date(context.app.configuration.clock()))
        return RefundListFilter(
            RefundFilter(
                statuses=chosen_statuses(values) or TABS[tab()],
                first_requested_day=first,
                last_requested_day=last,
                people=values.of("people"),
            ),
            search=values.search,
            methods=frozenset(map(PaymentMethod, values.of("methods"))),
        )

    return ListingSource(
        wanted=wanted,
        column=RefundColumn,
        pages=lambda wanted, order: app.refund_lists.ask(actor, wanted, order),
        totals=lambda wanted, cancelled: app.refund_lists.totals(
            actor, wanted, cancelled=cancelled
        ),
        amount=lambda row: row.refund_amount_minor,
    )


def chosen_statuses(values: FilterValues) -> frozenset[RefundStatus]:
    """Return the states chosen by the chip."""
    return frozenset(map(RefundStatus, values.of("statuses")))
