"""What the list of calls is, and who answers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from core.clock import shop_date
from core.services.calls.filters import CallFilter
from core.services.calls.listed import CallColumn, ListedCall
from core.services.calls.pages import LOOKED_THROUGH_ROWS, CallOrder
from core.services.lists.keyset import PagedQuestion
from core.services.payments.search import SearchTerms
from ui.context import PageContext
from ui.lists.filter_values import FilterValues
from ui.lists.layout import SortOrder
from ui.lists.plan import ListFigures, ListPlan, ListWords
from ui.pages.transactions.columns import call_columns
from ui.pages.transactions.filters import call_chips, call_filter
from ui.pages.transactions.words import figures_text
from ui.words import count_text

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class CallFigures(ListFigures):
    """The figures of calls; ``told`` is how many failed and how fast they were, in words."""

    told: str = ""


def calls_plan() -> ListPlan[ListedCall]:
    """Return the plan of the list, worded in the user's language."""
    return ListPlan(
        key="transactions",
        icon="calls",
        words=ListWords(
            name=translate("CallsList", "Calls to gateways"),
            search=translate("CallsList", "Search transaction, payment, reference, code, error"),
            none_at_all=translate(
                "CallsList",
                "No gateway was called yet. Taking mobile money at the cashier calls one.",
            ),
            no_results=translate("CallsList", "No call fits these filters."),
        ),
        columns=call_columns(),
        row_id=lambda row: row.id,
        chips=call_chips(),
        order=SortOrder(CallColumn.REQUEST_AT, descending=True),
    )


class CallSource:
    """Answers the list of calls; ``behind`` stands in place of the chips while it is set."""

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self.behind: CallFilter | None = None

    def wanted(self, values: FilterValues) -> CallFilter:
        """Return the calls asked for, as of today."""
        if self.behind is not None:
            return replace(self.behind, search=values.search)
        return call_filter(values, shop_date(self._context.app.configuration.clock()))

    def ask(self, values: FilterValues, order: SortOrder) -> PagedQuestion[ListedCall]:
        """Return what is chosen as a question that is answered page by page."""
        by = CallOrder(CallColumn(order.key), order.descending)
        lists = self._context.app.call_lists
        return lists.ask(self._context.actor, self.wanted(values), by)

    def count(self, values: FilterValues, cancelled: Callable[[], bool]) -> CallFigures:
        """Return how many calls are chosen, how many there are, and how they went."""
        lists, actor = self._context.app.call_lists, self._context.actor
        found = lists.totals(actor, self.wanted(values), cancelled=cancelled)
        return CallFigures(found.count, lists.count_all(actor), told=figures_text(found))

    def sum_of(self, rows: Sequence[ListedCall]) -> str:
        """Return nothing: calls have no sum."""
        del rows
        return ""

    def note(self, values: FilterValues, figures: ListFigures) -> str:
        """Tell how the calls went, and how far one or two letters are looked for."""
        told = figures.told if isinstance(figures, CallFigures) else ""
        few_letters = SearchTerms.of(self.wanted(values).search).is_unindexed
        if not few_letters or figures.all_count <= LOOKED_THROUGH_ROWS:
            return told
        looked = translate(
            "CallsList", "Looked for in the newest %1 calls; three letters find all."
        ).replace("%1", count_text(LOOKED_THROUGH_ROWS))
        return " · ".join(filter(None, (told, looked)))
