"""The reports: asked with a range of the shop's days, answered with rows, totals and charts."""

from __future__ import annotations

from core.database.unit_of_work import Database
from core.permissions import Actor, Permission
from core.services.reports.contract import ExportFormat, Report, ReportQuery


class ReportsService:
    """The questions an owner or accountant asks; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self, actor: Actor, query: ReportQuery) -> Report:
        """Return a report over its range of days.

        Raises:
            NotAllowedError: the person may not see reports.
            InvalidInputError: the range ends before it begins, or is no single day where it must.

        """
        self._database.require(actor, Permission.VIEW_REPORTS)
        raise NotImplementedError(query.name)

    def export(self, actor: Actor, query: ReportQuery, format_: ExportFormat) -> bytes:
        """Return a report as a file; the same figures give the same bytes once the days are over.

        Raises:
            NotAllowedError: the person may not see reports.
            InvalidInputError: the range ends before it begins, or is no single day where it must.

        """
        report = self.run(actor, query)
        raise NotImplementedError(f"{report.title} {format_}")
