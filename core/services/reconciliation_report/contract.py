"""What the report of one reconciliation is: its head, its figures, and sections of rows.

Head and figures are whole; rows come one by one, as a statement may have a hundred thousand. Every
amount is signed minor units of the reconciliation's currency: + is money in, and a difference is
what the statement shows less what the books say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.services.reports.contract import Cell, ReportColumn
from core.services.rows import ReconciliationRow

Row = tuple[Cell, ...]

Progress = Callable[[int, int], object]
"""Told how many rows of how many are written; whatever it raises ends the writing."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many there are, and their sum."""

    count: int = 0
    amount_minor: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.count + other.count, self.amount_minor + other.amount_minor)


class DifferenceGroup(StrEnum):
    """What the difference between matched lines and their payments is."""

    FEE = "fee"
    WRITTEN_OFF = "written_off"
    OVER = "over"
    UNDER = "under"


class SectionName(StrEnum):
    """The sections, in the order an owner reads them; their names in files stay."""

    DIFFERENCES = "differences"
    MISSING_IN_BOOKS = "missing_in_books"
    MONEY_OUT = "unexplained_money_out"
    MISSING_IN_STATEMENT = "missing_in_statement"
    SET_ASIDE = "set_aside"
    MATCHED = "matched"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums of a reconciliation.

    ``earlier`` are lines of the file that an earlier file brought; the other lines are matched,
    set aside or open. ``closing_computed_minor`` is the opening balance and every line of the
    file; it and the balances are None where the file does not state them. ``proved`` are the
    payments that matched lines prove.
    """

    opening_minor: int | None
    closing_stated_minor: int | None
    closing_computed_minor: int | None
    balance_gap_minor: int | None
    money_in: Tally
    money_out: Tally
    earlier: Tally
    matched_certain: Tally
    matched_by_person: Tally
    set_aside: Tally
    missing_in_books: Tally
    unexplained_out: Tally
    missing_in_statement: Tally
    proved: Tally
    differences: tuple[tuple[DifferenceGroup, Tally], ...]

    @property
    def matched(self) -> Tally:
        """Every line that a match explains."""
        return self.matched_certain + self.matched_by_person

    @property
    def open(self) -> Tally:
        """Every line that nothing explains."""
        return self.missing_in_books + self.unexplained_out

    @property
    def difference(self) -> Tally:
        """Every difference of a match, explained or not."""
        return sum((tally for _, tally in self.differences), Tally())


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A closing, resolving or reopening: what was done, when, by whom, and why."""

    at: datetime
    act: str
    user_name: str
    notes: str


@dataclass(frozen=True, slots=True)
class ReportHead:
    """The reconciliation itself. ``status`` is its state in words, ``notes`` those of its closing.

    While it is open the report is a draft of ``made_at``. Once it is closed the figures stand as
    they were then, whatever later statements prove.
    """

    reconciliation: ReconciliationRow
    status: str
    made_at: datetime
    problems: tuple[str, ...]
    not_searched: tuple[str, ...]
    history: tuple[HistoryEntry, ...]
    figures: Figures

    @property
    def is_draft(self) -> bool:
        """Tell whether lines and matches may still change."""
        return not self.reconciliation.status.is_closed

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.reconciliation.currency


@dataclass(frozen=True, slots=True)
class Section:
    """A section before its rows: its columns, how many it counts, and the sums below them.

    ``totals`` has a cell for each column, or none where nothing is summed. ``count`` is of what
    the title names; a payout of many payments takes more rows than lines.
    """

    name: SectionName
    title: str
    nothing: str
    columns: tuple[ReportColumn, ...]
    count: int
    totals: Row = ()
