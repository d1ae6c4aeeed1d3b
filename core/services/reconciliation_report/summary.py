"""The head of the report as lines: facts in words, then figures with their count and sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.services.reconciliation_report.contract import (
    Figures,
    ReportHead,
    Tally,
)
from core.services.reconciliation_report.words import DIFFERENCE_WORDS
from core.services.reports.contract import Cell, ColumnKind

DRAFT = "Draft: still open, so lines and matches may change"


class FigureGroup(StrEnum):
    """What belongs together on paper."""

    STATEMENT = "The statement"
    LINES = "Its lines"
    DIFFERENCES = "Differences and gaps"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact; ``key`` is its name in files and stays."""

    key: str
    label: str
    value: Cell
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure. ``key`` is its name in files and stays; what does not apply is None.

    ``is_sum`` marks a sum of the lines above it, ``is_wrong`` what ought to be nothing.
    """

    key: str
    label: str
    group: FigureGroup
    count: int | None
    amount_minor: int | None
    is_sum: bool = False
    is_wrong: bool = False


def facts_of(head: ReportHead) -> Iterator[Fact]:
    """Yield what the report is about, and who did what with it; what is empty is left out."""
    row = head.reconciliation
    state = f"{head.status} ({DRAFT.lower()})" if head.is_draft else head.status
    for fact in (
        Fact("file", "File", row.file_name),
        Fact("provider", "From", row.provider.value),
        Fact("account", "Account", row.account),
        Fact("currency", "Currency", row.currency),
        Fact("period_start", "First day", row.statement_period_start, ColumnKind.DAY),
        Fact("period_end", "Last day", row.statement_period_end, ColumnKind.DAY),
        Fact("status", "State", state),
        Fact("imported_by", "Taken in by", row.imported_by),
        Fact("imported_at", "Taken in", row.imported_at, ColumnKind.MOMENT),
        Fact("closed_by", "Closed by", row.reconciled_by),
        Fact("closed_at", "Closed", row.reconciled_at, ColumnKind.MOMENT),
        Fact("notes", "Notes", row.notes),
        Fact("reconciliation_id", "Number", row.reconciliation_id),
        Fact("made_at", "Written", head.made_at if head.is_draft else None, ColumnKind.MOMENT),
        *(Fact("problem", "Problem of the file", problem) for problem in head.problems),
        *(Fact("not_searched", "Left to a person", told) for told in head.not_searched),
    ):
        if fact.value not in {None, ""}:
            yield fact


def figure_lines(head: ReportHead) -> Iterator[FigureLine]:
    """Yield every figure of the report, group after group."""
    yield from _statement(head.figures)
    yield from _lines(head.figures)
    yield from _differences(head)


def _statement(figures: Figures) -> Iterator[FigureLine]:
    group = FigureGroup.STATEMENT
    gap_minor = figures.balance_gap_minor
    yield FigureLine("opening", "Opening balance", group, None, figures.opening_minor)
    yield _tally("money_in", "Money in", group, figures.money_in)
    yield _tally("money_out", "Money out", group, figures.money_out)
    if figures.earlier.count:
        yield _tally("earlier", "Lines of earlier files", group, figures.earlier)
    yield FigureLine(
        "closing_computed",
        "Closing, computed",
        group,
        None,
        figures.closing_computed_minor,
        is_sum=True,
    )
    yield FigureLine("closing", "Closing, as stated", group, None, figures.closing_stated_minor)
    if gap_minor:
        yield FigureLine("balance_gap", "Balance gap", group, None, gap_minor, is_wrong=True)


def _lines(figures: Figures) -> Iterator[FigureLine]:
    group = FigureGroup.LINES
    yield _tally("matched_certain", "Matched by evidence", group, figures.matched_certain)
    yield _tally("matched_by_person", "Matched by a person", group, figures.matched_by_person)
    yield _tally("set_aside", "Set aside, with reason", group, figures.set_aside)
    open_ = figures.open
    yield FigureLine(
        "open", "Open", group, open_.count, open_.amount_minor, is_wrong=bool(open_.count)
    )
    every = figures.matched + figures.set_aside + open_
    yield FigureLine("lines", "All lines", group, every.count, every.amount_minor, is_sum=True)


def _differences(head: ReportHead) -> Iterator[FigureLine]:
    group, figures = FigureGroup.DIFFERENCES, head.figures
    for kind, tally in figures.differences:
        yield _tally(f"difference_{kind}", DIFFERENCE_WORDS[kind], group, tally)
    for key, label, tally in (
        ("missing_in_books", "Missing in our books", figures.missing_in_books),
        ("unexplained_money_out", "Money out, unexplained", figures.unexplained_out),
        (
            "missing_in_statement",
            "Unmatched payments (missing in the statement)",
            figures.missing_in_statement,
        ),
    ):
        is_wrong = bool(tally.count)
        yield FigureLine(key, label, group, tally.count, tally.amount_minor, is_wrong=is_wrong)
    discrepancy_minor = head.reconciliation.discrepancy_amount_minor
    yield FigureLine(
        "discrepancy",
        "Discrepancy",
        group,
        None,
        discrepancy_minor,
        is_sum=True,
        is_wrong=bool(discrepancy_minor),
    )


def _tally(key: str, label: str, group: FigureGroup, tally: Tally) -> FigureLine:
    return FigureLine(key, label, group, tally.count, tally.amount_minor)
