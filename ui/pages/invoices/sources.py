"""What the lists of invoices and credit notes are, and who answers them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.clock import shop_date
from core.services.papers.listed_papers import (
    CreditNoteColumn,
    InvoiceColumn,
    ListedCreditNote,
    ListedInvoice,
)
from core.services.papers.lists import InvoiceState, PaperFilter
from ui.badges import badge_for
from ui.context import PageContext
from ui.lists.chips import DayChip
from ui.lists.filter_values import FilterValues, days_of
from ui.lists.layout import SortOrder
from ui.lists.listing_source import ListingSource
from ui.lists.plan import ListPlan, ListWords
from ui.pages.invoices.columns import credit_note_columns, invoice_columns
from ui.widgets.filters import Chip, Choice

translate = QCoreApplication.translate


def invoices_plan() -> ListPlan[ListedInvoice]:
    """Return the plan of the list of invoices, worded in the user's language."""
    states = tuple(Choice(state, badge_for("invoice", state).text) for state in InvoiceState)
    sent = (
        Choice("yes", translate("InvoicesPage", "Yes")),
        Choice("no", translate("InvoicesPage", "No")),
    )
    return ListPlan(
        key="invoices",
        icon="invoice",
        words=ListWords(
            name=translate("InvoicesPage", "Invoices"),
            search=translate("InvoicesPage", "Search number, customer, phone, EBM"),
            none_at_all=translate(
                "InvoicesPage",
                "No invoices yet. Each completed payment gets its own by itself.",
            ),
            no_results=translate("InvoicesPage", "No invoice fits these filters."),
        ),
        columns=invoice_columns(),
        row_id=lambda row: row.number,
        chips=(
            Chip("states", translate("InvoicesPage", "State"), states),
            DayChip("issued", translate("InvoicesPage", "Issued")),
            Chip("sent", translate("InvoicesPage", "Sent"), sent, single=True),
        ),
        order=SortOrder(InvoiceColumn.ISSUED),
    )


def credit_notes_plan() -> ListPlan[ListedCreditNote]:
    """Return the plan of the list of credit notes, worded in the user's language."""
    return ListPlan(
        key="credit_notes",
        icon="invoice",
        words=ListWords(
            name=translate("InvoicesPage", "Credit notes"),
            search=translate("InvoicesPage", "Search number, customer, phone, invoice"),
            none_at_all=translate(
                "InvoicesPage",
                "No credit notes yet. Each refund that was paid back gets one by itself.",
            ),
            no_results=translate("InvoicesPage", "No credit note fits these filters."),
        ),
        columns=credit_note_columns(),
        row_id=lambda row: row.number,
        chips=(DayChip("issued", translate("InvoicesPage", "Issued")),),
        order=SortOrder(CreditNoteColumn.ISSUED),
    )


def invoice_source(context: PageContext) -> ListingSource[PaperFilter, ListedInvoice]:
    """Return who answers the list of invoices."""
    app, actor = context.app, context.actor
    return ListingSource(
        wanted=lambda values: _paper_filter(context, values),
        column=InvoiceColumn,
        pages=lambda wanted, order: app.paper_lists.invoices(actor, wanted, order),
        totals=lambda wanted, cancelled: app.paper_lists.invoice_totals(
            actor, wanted, cancelled=cancelled
        ),
        amount=lambda row: row.total_minor,
    )


def credit_note_source(context: PageContext) -> ListingSource[PaperFilter, ListedCreditNote]:
    """Return who answers the list of credit notes."""
    app, actor = context.app, context.actor
    return ListingSource(
        wanted=lambda values: _paper_filter(context, values),
        column=CreditNoteColumn,
        pages=lambda wanted, order: app.paper_lists.credit_notes(actor, wanted, order),
        totals=lambda wanted, cancelled: app.paper_lists.credit_note_totals(
            actor, wanted, cancelled=cancelled
        ),
        amount=lambda row: row.amount_minor,
    )


def _paper_filter(context: PageContext, values: FilterValues) -> PaperFilter:
    today = shop_date(context.app.configuration.clock())
    first, last = days_of(values.one("issued"), today)
    sent = values.one("sent")
    return PaperFilter(
        search=values.search,
        states=frozenset(map(InvoiceState, values.of("states"))),
        is_sent=None if not sent else sent == "yes",
        first_day=first,
        last_day=last,
    )
