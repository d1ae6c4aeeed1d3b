"""The reports: asked with a range of the shop's days, answered with rows, totals and charts."""

from __future__ import annotations

from collections.abc import Callable

from core.database.unit_of_work import Database
from core.permissions import Actor, Permission
from core.services.reports.asked import Asked
from core.services.reports.contract import ExportFormat, Report, ReportName, ReportQuery
from core.services.reports.customers import customers
from core.services.reports.day_close import day_close
from core.services.reports.discrepancies import discrepancies
from core.services.reports.exporting import report_bytes
from core.services.reports.gateway_performance import gateway_performance
from core.services.reports.payment_summary import payment_summary
from core.services.reports.periods import check_range
from core.services.reports.refunds import refunds
from core.services.reports.revenue import revenue
from core.services.settings import load_settings

_REPORTS: dict[ReportName, Callable[[Asked], Report]] = {
    ReportName.PAYMENT_SUMMARY: payment_summary,
    ReportName.GATEWAY_PERFORMANCE: gateway_performance,
    ReportName.REVENUE: revenue,
    ReportName.DISCREPANCIES: discrepancies,
    ReportName.REFUNDS: refunds,
    ReportName.CUSTOMERS: customers,
    ReportName.DAY_CLOSE: day_close,
}


class ReportsService:
    """The questions an owner or accountant asks; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self, actor: Actor, query: ReportQuery) -> Report:
        """Return a report over its range of days.

        Raises:
            NotAllowedError: the person may not see reports.
            InvalidInputError: the range ends before it begins, or is no single day where it must.
            NotFoundError: there is no such customer.

        """
        self._database.require(actor, Permission.VIEW_REPORTS)
        check_range(query.first_day, query.last_day)
        with self._database.read() as session:
            own = load_settings(session).default_currency
            return _REPORTS[query.name](Asked(session, query, own, self._database.clock()))

    def export(self, actor: Actor, query: ReportQuery, format_: ExportFormat) -> bytes:
        """Return a report as a file; the same figures give the same bytes once the days are over.

        Raises:
            NotAllowedError: the person may not see reports.
            InvalidInputError: the range ends before it begins, or is no single day where it must.
            NotFoundError: there is no such customer.

        """
        report = self.run(actor, query)
        with self._database.read() as session:
            shop_name = load_settings(session).shop_name
        return report_bytes(report, format_, shop_name)
