"""What a list is, and who answers it: what a page gives to its frame."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from core.services.lists.keyset import PagedQuestion
from ui.lists.chips import AnyChip
from ui.lists.filter_values import FilterValues
from ui.lists.layout import SortOrder
from ui.models.table import Column

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class ListWords:
    """What a list says, in the user's language; ``fill`` is the button of an empty list.

    ``searching`` and ``searched`` stand under a list whose first rows take long to find, while some
    may be missing and afterwards.
    """

    name: str
    search: str
    none_at_all: str
    no_results: str
    fill: str = ""
    searching: str = ""
    searched: str = ""


@dataclass(frozen=True, slots=True)
class ListPlan(Generic[RowT]):
    """What a list is; under ``key`` its columns and filters are remembered."""

    key: str
    icon: str
    words: ListWords
    columns: tuple[Column[RowT], ...]
    row_id: Callable[[RowT], Hashable]
    chips: tuple[AnyChip, ...]
    order: SortOrder


@dataclass(frozen=True, slots=True)
class ListFigures:
    """What a filter's rows come to: how many, their sum in words, how many without any filter."""

    count: int
    all_count: int
    sum_text: str = ""


class ListSource(Protocol[RowT]):
    """Who answers a list. ``ask`` is called on the GUI thread and only makes the question."""

    def ask(self, values: FilterValues, order: SortOrder) -> PagedQuestion[RowT]:
        """Return what is chosen as a question that is answered page by page."""

    def count(self, values: FilterValues, cancelled: Callable[[], bool]) -> ListFigures:
        """Return the figures of what is chosen; on a thread, until told it is not wanted."""

    def sum_of(self, rows: Sequence[RowT]) -> str:
        """Return the sum of selected rows in words, or an empty text."""

    def note(self, values: FilterValues, figures: ListFigures) -> str:
        """Return what is to be known of this answer, under the table, or an empty text."""
