"""Discrepancy Report: statements that do not say what the books say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, func, or_, select

from core.clock import day_end, day_start, shop_date
from core.database.spelling import days_later
from core.model.day_sums import DayBasis, PaymentDay
from core.model.payments import PaymentStatus
from core.model.reconciliations import PaymentReconciliation, ReconciliationStatus
from core.services.payments.filters import PaymentFilter
from core.services.reconciliations.detail import DAYS_AFTER_STATEMENT, PROVEN_METHODS
from core.services.reports.asked import Asked
from core.services.reports.contract import (
    Cell,
    Chart,
    ChartKind,
    ColumnKind,
    Report,
    ReportColumn,
    ReportRow,
    Series,
)
from core.services.reports.periods import Timeline
from core.services.reports.words import words

COLUMNS = (
    ReportColumn("statement_date", "Statement", ColumnKind.DAY),
    ReportColumn("provider", "Provider", ColumnKind.TEXT),
    ReportColumn("account", "Account", ColumnKind.TEXT),
    ReportColumn("file_name", "File", ColumnKind.TEXT),
    ReportColumn("status", "State", ColumnKind.TEXT),
    ReportColumn("lines", "Lines", ColumnKind.COUNT),
    ReportColumn("unmatched_lines", "Unmatched lines", ColumnKind.COUNT),
    ReportColumn("statement_amount", "Statement total", ColumnKind.AMOUNT),
    ReportColumn("discrepancy", "Discrepancy", ColumnKind.AMOUNT),
    ReportColumn("balance_gap", "Balance gap", ColumnKind.AMOUNT),
    ReportColumn("unmatched_payments", "Unmatched payments", ColumnKind.COUNT),
    ReportColumn("unmatched_amount", "Their amount", ColumnKind.AMOUNT),
)
_FIRST_FIGURE = 5
_NOTES = (
    "Discrepancy: what the statement shows beyond what was explained.",
    "Balance gap: the closing balance, less the opening balance and the lines.",
    "Unmatched payments: completed payments of its period that it should show and does not.",
    "Where statements overlap, each counts the payments it does not show.",
)


@dataclass(frozen=True, slots=True)
class _Statement:
    """One reconciliation, the day its statement is of, and the payments it does not show."""

    reconciliation: PaymentReconciliation
    day: date
    payments: int
    payments_minor: int

    @property
    def agrees(self) -> bool:
        row = self.reconciliation
        return not (
            row.unmatched_count
            or row.discrepancy_amount_minor
            or row.balance_gap_minor
            or self.payments
            or row.status in {ReconciliationStatus.DISCREPANCY, ReconciliationStatus.RESOLVED}
        )


def discrepancies(asked: Asked) -> Report:
    """Return the report over statements by the day they are of, their last one.

    A row's drill are the payments that the statement should show and does not.
    """
    statements = _statements(asked)
    differing = [each for each in statements if not each.agrees]
    rows = [
        ReportRow(_cells(each), each.reconciliation.currency, _drill(each)) for each in differing
    ]
    currencies = asked.in_order(row.currency for row in rows)
    totals = [
        _totals(currency, [row for row in rows if row.currency == currency])
        for currency in currencies
    ]
    agreeing = len(statements) - len(differing)
    told = f"{len(statements)} statements in these days, of which {agreeing} agree in everything."
    charts = _charts(asked, currencies, differing)
    return asked.answer("Discrepancies", COLUMNS, rows, totals, charts, (told, *_NOTES))


def _statements(asked: Asked) -> list[_Statement]:
    """Return the statements of the range, the newest first, with what the books have beside them.

    The payments a statement does not show are counted as the reconcile page counts them
    (:func:`~core.services.reconciliations.detail.open_payment_conditions`): both ask for days.
    """
    query, row = asked.query, PaymentReconciliation
    day = func.coalesce(row.statement_period_end, row.statement_date)
    found = asked.session.scalars(
        select(row)
        .where(
            or_(
                day.between(query.first_day, query.last_day),
                and_(
                    day.is_(None),
                    row.imported_at >= day_start(query.first_day),
                    row.imported_at < day_end(query.last_day),
                ),
            )
        )
        .order_by(row.imported_at.desc(), row.id.desc())
    ).all()
    books = _not_shown(asked, [each.id for each in found])
    statements = [_Statement(each, _day_of(each), *books.get(each.id, (0, 0))) for each in found]
    return sorted(statements, key=lambda each: each.day, reverse=True)


def _not_shown(asked: Asked, ids: list[int]) -> dict[int, tuple[int, int]]:
    """Return how many payments each statement does not show, and their sum."""
    row = PaymentReconciliation
    last = days_later(row.statement_period_end, DAYS_AFTER_STATEMENT)
    counted = asked.session.execute(
        select(row.id, func.sum(PaymentDay.payments), func.sum(PaymentDay.amount_minor))
        .join(
            PaymentDay,
            and_(
                PaymentDay.basis == DayBasis.CREATED,
                PaymentDay.day >= func.coalesce(row.statement_period_start, date.min),
                PaymentDay.day <= func.coalesce(last, date.max),
                PaymentDay.currency == row.currency,
                PaymentDay.status == PaymentStatus.COMPLETED,
                PaymentDay.reconciled.is_(False),
                or_(
                    *(
                        and_(row.provider == provider, PaymentDay.payment_method.in_(methods))
                        for provider, methods in PROVEN_METHODS.items()
                    )
                ),
            ),
        )
        .where(row.id.in_(ids))
        .group_by(row.id)
    )
    return {found: (count, amount_minor) for found, count, amount_minor in counted}


def _day_of(reconciliation: PaymentReconciliation) -> date:
    return (
        reconciliation.statement_period_end
        or reconciliation.statement_date
        or shop_date(reconciliation.imported_at)
    )


def _cells(statement: _Statement) -> tuple[Cell, ...]:
    row = statement.reconciliation
    return (
        statement.day,
        row.provider.value,
        row.account,
        row.file_name,
        words(row.status),
        row.total_transactions,
        row.unmatched_count,
        row.total_amount_minor,
        row.discrepancy_amount_minor,
        row.balance_gap_minor,
        statement.payments,
        statement.payments_minor,
    )


def _totals(currency: str, rows: Sequence[ReportRow]) -> ReportRow:
    sums = [
        sum(cell for row in rows if isinstance(cell := row.cells[place], int))
        for place in range(_FIRST_FIGURE, len(COLUMNS))
    ]
    return ReportRow((*[None] * _FIRST_FIGURE, *sums), currency)


def _drill(statement: _Statement) -> PaymentFilter:
    row = statement.reconciliation
    last = row.statement_period_end
    return PaymentFilter(
        statuses=frozenset({PaymentStatus.COMPLETED}),
        methods=PROVEN_METHODS[row.provider],
        reconciled=False,
        currency=row.currency,
        first_day=row.statement_period_start,
        last_day=last and last + timedelta(days=DAYS_AFTER_STATEMENT),
    )


def _charts(
    asked: Asked, currencies: Sequence[str], statements: Sequence[_Statement]
) -> Iterator[Chart]:
    query = asked.query
    timeline = Timeline(query.first_day, query.last_day, query.grouping)
    for currency in currencies:
        found: defaultdict[str, list[int]] = defaultdict(timeline.zeros)
        for each in statements:
            row = each.reconciliation
            if row.currency == currency:
                place = timeline.place(each.day)
                found[row.provider][place] += abs(row.discrepancy_amount_minor)
        yield Chart(
            title=f"Discrepancies by provider, without their sign, {currency}",
            kind=ChartKind.STACKED_BARS,
            unit=ColumnKind.AMOUNT,
            currency=currency,
            categories=timeline.labels,
            series=tuple(Series(name, tuple(found[name])) for name in sorted(found)),
        )
