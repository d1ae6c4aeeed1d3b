"""What the payments list is, and who answers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from core.clock import shop_date
from core.money import display
from core.permissions import Permission
from core.services.lists.keyset import PagedQuestion
from core.services.payments.choices import PaymentSelection
from core.services.payments.filters import PaymentFilter
from core.services.payments.listed import ListedPayment, PaymentColumn
from core.services.payments.orders import PaymentOrder
from core.services.payments.pages import LOOKED_THROUGH_ROWS
from core.services.payments.search import SearchTerms
from ui.context import PageContext
from ui.lists.filter_values import FilterValues
from ui.lists.layout import SortOrder
from ui.lists.plan import ListFigures, ListPlan, ListWords
from ui.pages.payments.bulk import sum_text
from ui.pages.payments.columns import payment_columns
from ui.pages.payments.filters import payment_chips, payment_filter
from ui.words import count_text

translate = QCoreApplication.translate


def payments_plan(context: PageContext) -> ListPlan[ListedPayment]:
    """Return the plan of the list, worded in the user's language and for what the person may."""
    may_import = context.actor.may(Permission.IMPORT_PAYMENTS)
    none_at_all = (
        translate(
            "PaymentsList",
            "No payments yet. Take one at the cashier, or drop a file of payments here.",
        )
        if may_import
        else translate(
            "PaymentsList", "No payments yet. The first one taken at the cashier appears here."
        )
    )
    return ListPlan(
        key="payments",
        icon="payments",
        words=ListWords(
            name=translate("PaymentsList", "Payments"),
            search=translate("PaymentsList", "Search name, phone, id, order, invoice, reference"),
            none_at_all=none_at_all,
            no_results=translate("PaymentsList", "No payment fits these filters."),
            fill=translate("PaymentsList", "Import payments…") if may_import else "",
            searching=translate("PaymentsList", "Searching older payments…"),
            searched=translate("PaymentsList", "All payments have been searched."),
        ),
        columns=payment_columns(),
        row_id=lambda row: row.payment_id,
        chips=payment_chips(),
        order=SortOrder(PaymentColumn.CREATED_AT, descending=True),
    )


class PaymentSource:
    """Answers the payments list; ``behind`` stands in place of the chips while it is set."""

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self.behind: PaymentFilter | None = None

    def wanted(self, values: FilterValues) -> PaymentFilter:
        """Return the payments asked for, as of today."""
        if self.behind is not None:
            words = f"{self.behind.search} {values.search}".strip()
            return replace(self.behind, search=words)
        return payment_filter(values, shop_date(self._context.app.configuration.clock()))

    def everything(self, values: FilterValues, order: SortOrder) -> PaymentSelection:
        """Return all payments that are chosen, as a selection in their order."""
        by = PaymentOrder(PaymentColumn(order.key), order.descending)
        return PaymentSelection(self.wanted(values), by)

    def ask(self, values: FilterValues, order: SortOrder) -> PagedQuestion[ListedPayment]:
        """Return what is chosen as a question that is answered page by page."""
        everything = self.everything(values, order)
        lists = self._context.app.payment_lists
        return lists.ask(self._context.actor, everything.wanted, everything.order)

    def count(self, values: FilterValues, cancelled: Callable[[], bool]) -> ListFigures:
        """Return how many payments are chosen, what they come to, and how many there are."""
        lists, actor = self._context.app.payment_lists, self._context.actor
        wanted = self.wanted(values)
        found = lists.totals(actor, wanted, cancelled=cancelled)
        everything = found if wanted == PaymentFilter() else lists.totals(actor, PaymentFilter())
        return ListFigures(
            count=sum(total.count for total in found),
            all_count=sum(total.count for total in everything),
            sum_text=" + ".join(display(each.amount_minor, each.currency) for each in found),
        )

    def sum_of(self, rows: Sequence[ListedPayment]) -> str:
        """Return the sum of payments, by currency."""
        return sum_text(rows)

    def note(self, values: FilterValues, figures: ListFigures) -> str:
        """Tell how far one or two letters are looked for."""
        few_letters = SearchTerms.of(self.wanted(values).search).is_unindexed
        if not few_letters or figures.all_count <= LOOKED_THROUGH_ROWS:
            return ""
        told = translate(
            "PaymentsList", "Looked for in the newest %1 payments; three letters find all."
        )
        return told.replace("%1", count_text(LOOKED_THROUGH_ROWS))
