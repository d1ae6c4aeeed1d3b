"""What the list of statements taken in is, and who answers it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from core.clock import shop_date
from core.model.reconciliations import ReconciliationStatus, StatementProvider
from core.services.reconciliations.pages import (
    ListedReconciliation,
    ReconciliationColumn,
    ReconciliationFilter,
)
from core.services.reports.contract import ColumnKind as FileKind
from ui.badges import badge_for
from ui.context import PageContext
from ui.lists.chips import DayChip
from ui.lists.filter_values import FilterValues, days_of
from ui.lists.layout import SortOrder
from ui.lists.listing_source import ListingSource
from ui.lists.plan import ListPlan, ListWords
from ui.models.cells import FileCell
from ui.models.columns import amount_column, badge_column, time_column
from ui.models.table import Column, ColumnKind
from ui.pages.reconcile.words import number, short_account, short_period
from ui.widgets.filters import Chip, Choice

translate = QCoreApplication.translate


def reconciliations_plan() -> ListPlan[ListedReconciliation]:
    """Return the plan of the list, worded in the user's language."""
    differs = (
        Choice("yes", translate("StartView", "Not zero")),
        Choice("no", translate("StartView", "Zero")),
    )
    return ListPlan(
        key="reconciliations",
        icon="reconcile",
        words=ListWords(
            name=translate("StartView", "Reconciliations"),
            search=translate("StartView", "Search file, account, who, notes"),
            none_at_all=translate("StartView", "No statement was taken in yet."),
            no_results=translate("StartView", "No statement fits these filters."),
        ),
        columns=(*_about_the_statement(), *_about_the_work()),
        row_id=lambda row: row.reconciliation_id,
        chips=(
            Chip(
                "providers", translate("StartView", "From"), _choices("method", StatementProvider)
            ),
            Chip(
                "statuses",
                translate("StartView", "Status"),
                _choices("reconciliation", ReconciliationStatus),
            ),
            DayChip("days", translate("StartView", "Statement date")),
            Chip("differs", translate("StartView", "Discrepancy"), differs, single=True),
        ),
        order=SortOrder(ReconciliationColumn.WHEN),
    )


def reconciliation_source(
    context: PageContext,
) -> ListingSource[ReconciliationFilter, ListedReconciliation]:
    """Return who answers the list."""
    lists, actor = context.app.reconciliation_pages, context.actor

    def wanted(values: FilterValues) -> ReconciliationFilter:
        first, last = days_of(values.one("days"), shop_date(context.app.configuration.clock()))
        differs = values.one("differs")
        return ReconciliationFilter(
            search=values.search,
            providers=frozenset(map(StatementProvider, values.of("providers"))),
            statuses=frozenset(map(ReconciliationStatus, values.of("statuses"))),
            first_day=first,
            last_day=last,
            differs=None if not differs else differs == "yes",
        )

    return ListingSource(
        wanted=wanted,
        column=ReconciliationColumn,
        pages=lambda asked, order: lists.ask(actor, asked, order),
        totals=lambda asked, cancelled: lists.totals(actor, asked, cancelled=cancelled),
        amount=lambda row: row.discrepancy_amount_minor,
        summed=translate("StartView", "%1 discrepancy"),
    )


def _choices(
    kind: str, values: type[StatementProvider] | type[ReconciliationStatus]
) -> tuple[Choice, ...]:
    return tuple(Choice(str(value), badge_for(kind, str(value)).text) for value in values)


def _about_the_statement() -> tuple[Column[ListedReconciliation], ...]:
    return (
        badge_column(
            ReconciliationColumn.STATUS,
            translate("StartView", "Status"),
            "reconciliation",
            lambda row: row.status,
            sortable=True,
            width=12,
        ),
        Column(
            ReconciliationColumn.FILE,
            translate("StartView", "File"),
            lambda row: row.file_name,
            tool_tip=lambda row: row.file_name,
            sortable=True,
            width=18,
            grows=True,
        ),
        Column(
            ReconciliationColumn.ACCOUNT,
            translate("StartView", "Account"),
            lambda row: short_account(row.account),
            copy=lambda row: row.account,
            tool_tip=lambda row: row.account,
            sortable=True,
            width=8,
            grows=True,
        ),
        Column(
            ReconciliationColumn.CURRENCY,
            translate("StartView", "In"),
            lambda row: row.currency,
            sortable=True,
            width=4,
        ),
        badge_column(
            ReconciliationColumn.PROVIDER,
            translate("StartView", "From"),
            "method",
            lambda row: row.provider,
            sortable=True,
            width=7,
        ),
        Column(
            ReconciliationColumn.PERIOD,
            translate("StartView", "Period"),
            lambda row: short_period(row.statement_period_start, row.statement_period_end),
            sortable=True,
            width=17,
        ),
    )


def _about_the_work() -> tuple[Column[ListedReconciliation], ...]:
    return (
        _count(ReconciliationColumn.LINES, translate("StartView", "Lines"), lambda row: row.lines),
        _count(
            ReconciliationColumn.MATCHED,
            translate("StartView", "Matched"),
            lambda row: row.matched_count,
        ),
        _count(
            ReconciliationColumn.UNMATCHED,
            translate("StartView", "Unmatched"),
            lambda row: row.unmatched_count,
        ),
        amount_column(
            ReconciliationColumn.DISCREPANCY,
            translate("StartView", "Discrepancy"),
            lambda row: row.discrepancy_amount_minor,
            currency=lambda row: row.currency,
            tone=lambda row: "danger" if row.discrepancy_amount_minor else None,
            sortable=True,
            width=12,
        ),
        _count(
            ReconciliationColumn.SET_ASIDE,
            translate("StartView", "Set aside"),
            lambda row: row.set_aside,
        ),
        Column(
            ReconciliationColumn.WHO,
            translate("StartView", "Who"),
            lambda row: row.who,
            sortable=True,
            width=7,
        ),
        time_column(
            ReconciliationColumn.WHEN,
            translate("StartView", "When"),
            lambda row: row.when,
            sortable=True,
        ),
    )


def _count(
    key: str, header: str, count: Callable[[ListedReconciliation], int]
) -> Column[ListedReconciliation]:
    return Column(
        key,
        header,
        lambda row: number(count(row)),
        ColumnKind.AMOUNT,
        in_file=FileCell(FileKind.COUNT, count),
        sortable=True,
        width=max(6, len(header) + 1),
    )
