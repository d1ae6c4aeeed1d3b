"""What every report begins with: the question, the books to ask, and the shop's own currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.services.reports.contract import (
    Chart,
    Report,
    ReportColumn,
    ReportQuery,
    ReportRow,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question put to the books; ``currency`` is the one the shop mostly counts in."""

    session: Session
    query: ReportQuery
    currency: str
    now: datetime

    def in_order(self, currencies: Iterable[str]) -> list[str]:
        """Return currencies with the shop's own first, which is there even without a figure."""
        return sorted({self.currency, *currencies}, key=lambda code: (code != self.currency, code))

    def answer(
        self,
        title: str,
        columns: Iterable[ReportColumn],
        rows: Iterable[ReportRow],
        totals: Iterable[ReportRow],
        charts: Iterable[Chart] = (),
        notes: Iterable[str] = (),
    ) -> Report:
        """Return the report."""
        return Report(
            query=self.query,
            title=title,
            columns=tuple(columns),
            rows=tuple(rows),
            totals=tuple(totals),
            charts=tuple(charts),
            made_at=self.now,
            notes=tuple(notes),
        )
