"""What the list of the audit trail is, and who answers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QCoreApplication

from core.clock import shop_date
from core.services.audit.filters import SHORTEST_NUMBER, AuditFilter, AuditKind
from core.services.audit.lists import ListedEntry
from core.services.lists.keyset import PagedQuestion
from ui.audit.words import kind_names
from ui.context import PageContext
from ui.lists.chips import AnyChip, DayChip
from ui.lists.filter_values import FilterValues, days_of
from ui.lists.layout import SortOrder
from ui.lists.plan import ListFigures, ListPlan, ListWords
from ui.pages.audit.columns import AT, audit_columns
from ui.widgets.filters import Chip, Choice

translate = QCoreApplication.translate


def audit_chips() -> tuple[AnyChip, ...]:
    """Return the chips, worded in the user's language; the shop fills in who ever acted."""
    kinds = tuple(Choice(kind.value, name) for kind, name in kind_names().items())
    return (
        Chip("user_name", translate("AuditFilters", "Person"), (), single=True),
        Chip("kind", translate("AuditFilters", "About"), kinds, single=True),
        DayChip("date", translate("AuditFilters", "Date")),
    )


def audit_plan() -> ListPlan[ListedEntry]:
    """Return the plan of the list, worded in the user's language."""
    return ListPlan(
        key="audit",
        icon="audit",
        words=ListWords(
            name=translate("AuditList", "Audit trail"),
            search=translate(
                "AuditList", "Number of a payment, refund, statement or invoice, or its beginning"
            ),
            none_at_all=translate("AuditList", "Nobody has done anything yet."),
            no_results=translate("AuditList", "No entry fits these filters."),
        ),
        columns=audit_columns(),
        row_id=lambda row: row.id,
        chips=audit_chips(),
        order=SortOrder(AT, descending=True),
    )


def audit_filter(values: FilterValues, today: date) -> AuditFilter:
    """Return what the chips and the search ask for, as of today."""
    first, last = days_of(values.one("date"), today)
    kind = values.one("kind")
    return AuditFilter(
        user_name=values.one("user_name") or None,
        kind=AuditKind(kind) if kind else None,
        first_day=first,
        last_day=last,
        number=values.search.strip(),
    )


class AuditSource:
    """Answers the list of the trail."""

    def __init__(self, context: PageContext) -> None:
        self._context = context

    def wanted(self, values: FilterValues) -> AuditFilter:
        """Return the entries asked for, as of today."""
        return audit_filter(values, shop_date(self._context.app.configuration.clock()))

    def ask(self, values: FilterValues, order: SortOrder) -> PagedQuestion[ListedEntry]:
        """Return what is chosen as a question that is answered page by page."""
        lists, actor = self._context.app.audit_lists, self._context.actor
        return lists.ask(actor, self.wanted(values), newest_first=order.descending)

    def count(self, values: FilterValues, cancelled: Callable[[], bool]) -> ListFigures:
        """Return how many entries are chosen, and how many there are."""
        lists, actor = self._context.app.audit_lists, self._context.actor
        wanted = self.wanted(values)
        found = lists.count(actor, wanted, cancelled=cancelled)
        if wanted == AuditFilter():
            return ListFigures(found, found)
        return ListFigures(found, lists.count(actor, AuditFilter(), cancelled=cancelled))

    def sum_of(self, rows: Sequence[ListedEntry]) -> str:
        """Return nothing: entries have no sum."""
        del rows
        return ""

    def note(self, values: FilterValues, figures: ListFigures) -> str:
        """Tell that a short beginning is taken as the whole number."""
        del figures
        if not 0 < len(values.search.strip()) < SHORTEST_NUMBER:
            return ""
        return translate("AuditList", "%1 characters or more find what begins so.").replace(
            "%1", str(SHORTEST_NUMBER)
        )
