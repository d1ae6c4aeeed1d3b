"""Answers a list out of one kind of listing of the core: its pages, its totals, its sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from core.money import display
from core.services.lists.keyset import PagedQuestion
from core.services.lists.listings import ListOrder
from core.services.payments.totals import Total
from ui.lists.filter_values import FilterValues
from ui.lists.layout import SortOrder
from ui.lists.plan import ListFigures


class SummedRow(Protocol):
    """What the sum of selected rows needs to know of each."""

    @property
    def currency(self) -> str:
        """The currency of its amounts."""


WantedT = TypeVar("WantedT")
RowT = TypeVar("RowT", bound=SummedRow)


@dataclass(frozen=True, slots=True)
class ListingSource(Generic[WantedT, RowT]):
    """``wanted`` makes a filter of what is chosen; ``amount`` is what is summed, in minor units.

    ``column`` gives the column of a key; ``pages`` and ``totals`` are the service's own questions,
    ``totals`` asked on a thread and let go of when ``cancelled`` says so. ``summed`` tells in the
    user's language what a sum ("%1") is of, where the list's name does not.
    """

    wanted: Callable[[FilterValues], WantedT]
    column: Callable[[str], StrEnum]
    pages: Callable[[WantedT, ListOrder], PagedQuestion[RowT]]
    totals: Callable[[WantedT, Callable[[], bool]], tuple[Total, ...]]
    amount: Callable[[RowT], int]
    summed: str = "%1"

    def ask(self, values: FilterValues, order: SortOrder) -> PagedQuestion[RowT]:
        """Return what is chosen as a question that is answered page by page."""
        by = ListOrder(self.column(order.key), order.descending)
        return self.pages(self.wanted(values), by)

    def count(self, values: FilterValues, cancelled: Callable[[], bool]) -> ListFigures:
        """Return how many rows are chosen, what they come to, and how many there are."""
        wanted, open_filter = self.wanted(values), self.wanted(FilterValues())
        found = self.totals(wanted, cancelled)
        everything = found if wanted == open_filter else self.totals(open_filter, cancelled)
        return ListFigures(
            count=sum(total.count for total in found),
            all_count=sum(total.count for total in everything),
            sum_text=self._text((total.currency, total.amount_minor) for total in found),
        )

    def sum_of(self, rows: Sequence[RowT]) -> str:
        """Return the sum of selected rows, by currency."""
        return self._text((row.currency, self.amount(row)) for row in rows)

    def note(self, values: FilterValues, figures: ListFigures) -> str:
        """Return nothing: the whole list is looked through."""
        del values, figures
        return ""

    def _text(self, amounts: Iterable[tuple[str, int]]) -> str:
        sums: dict[str, int] = {}
        for currency, amount_minor in amounts:
            sums[currency] = sums.get(currency, 0) + amount_minor
        told = " + ".join(display(amount, currency) for currency, amount in sorted(sums.items()))
        return self.summed.replace("%1", told) if told else ""
