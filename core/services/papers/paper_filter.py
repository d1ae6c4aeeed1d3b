"""Which papers a list shows, and where an invoice stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from core.model.invoices import CreditNote, Invoice
from core.model.payments import Payment, PaymentStatus
from core.services.payments.search import INDEX, INDEX_KEY, SearchTerms

_OPEN_END = "\U0010ffff"


class InvoiceState(StrEnum):
    """Where an invoice stands today; ``CREDITED``: all of its money went back."""

    PAID = "paid"
    UNPAID = "unpaid"
    OVERDUE = "overdue"
    VOID = "void"
    CREDITED = "credited"


@dataclass(frozen=True, slots=True)
class PaperFilter:
    """Which papers a list shows; what is empty leaves a side open.

    ``first_day`` and ``last_day`` are days of issue; ``states`` and ``is_sent`` an invoice's alone.
    """

    search: str = ""
    states: frozenset[InvoiceState] = frozenset()
    is_sent: bool | None = None
    first_day: date | None = None
    last_day: date | None = None


def invoice_conditions(wanted: PaperFilter, today: date) -> list[ColumnElement[bool]]:
    """Return the filter as SQL over invoices joined with their payments."""
    conditions = _search_conditions(SearchTerms.of(wanted.search))
    conditions += _issued(Invoice.issued_date, wanted)
    if wanted.is_sent is not None:
        conditions.append(Invoice.sent_to_customer.is_(wanted.is_sent))
    if wanted.states:
        conditions.append(or_(*(_is_in(state, today) for state in sorted(wanted.states))))
        paid = {state in _PAID for state in wanted.states}
        if len(paid) == 1:
            # Said apart from the states it follows from, for the index that begins with it.
            conditions.append(Invoice.is_paid.is_(paid.pop()))
    return conditions


def searched_invoices(terms: SearchTerms) -> ColumnElement[bool]:
    """Return that an invoice may have what is searched for, as the indexes there are tell it."""
    payments = select(INDEX_KEY).select_from(INDEX).where(terms.matches())
    by_number = [select(Invoice.id).where(_begins_fiscal_number(term)) for term in terms.all]
    return Invoice.id.in_(
        select(Invoice.id).where(Invoice.payment_id.in_(payments)).union(*by_number)
    )


def credit_note_conditions(wanted: PaperFilter) -> list[ColumnElement[bool]]:
    """Return the filter as SQL over credit notes joined with their refunds and payments."""
    conditions: list[ColumnElement[bool]] = [
        or_(
            CreditNote.credit_note_number.icontains(word, autoescape=True),
            CreditNote.customer_name.icontains(word, autoescape=True),
            Payment.phone_number.icontains(word, autoescape=True),
            Payment.invoice_number.icontains(word, autoescape=True),
        )
        for word in wanted.search.split()
    ]
    return conditions + _issued(CreditNote.issued_date, wanted)


def invoice_state(
    status: PaymentStatus,
    today: date,
    *,
    is_paid: bool,
    void_date: date | None,
    due_date: date | None,
) -> InvoiceState:
    """Return where an invoice stands on a day of the shop, its payment being in a state."""
    if is_paid:
        refunded = status is PaymentStatus.REFUNDED
        return InvoiceState.CREDITED if refunded else InvoiceState.PAID
    if void_date is not None:
        return InvoiceState.VOID
    overdue = due_date is not None and due_date < today
    return InvoiceState.OVERDUE if overdue else InvoiceState.UNPAID


_PAID = frozenset({InvoiceState.PAID, InvoiceState.CREDITED})


def _search_conditions(terms: SearchTerms) -> list[ColumnElement[bool]]:
    """Return that each term is in the payment or the fiscal number, which one of them begins."""
    if not terms:
        return []
    number = Invoice.ebm_receipt_number
    in_payment = terms.conditions()
    return [
        or_(and_(*in_payment), *(_begins_fiscal_number(term) for term in terms.all)),
        *(
            or_(condition, number.icontains(term, autoescape=True))
            for term, condition in zip(terms.all, in_payment, strict=True)
        ),
    ]


def _begins_fiscal_number(term: str) -> ColumnElement[bool]:
    """Return that the fiscal machine's number begins like this, as its index can find."""
    number = Invoice.ebm_receipt_number
    return and_(number >= term, number < term + _OPEN_END)


def _issued(day: InstrumentedAttribute[date], wanted: PaperFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.first_day is not None:
        conditions.append(day >= wanted.first_day)
    if wanted.last_day is not None:
        conditions.append(day <= wanted.last_day)
    return conditions


def _is_in(state: InvoiceState, today: date) -> ColumnElement[bool]:
    """Say in SQL what :func:`invoice_state` says of a row."""
    credited = Payment.status == PaymentStatus.REFUNDED
    awaited = and_(Invoice.is_paid.is_(False), Invoice.void_date.is_(None))
    return {
        InvoiceState.PAID: and_(Invoice.is_paid, ~credited),
        InvoiceState.CREDITED: and_(Invoice.is_paid, credited),
        InvoiceState.VOID: and_(Invoice.is_paid.is_(False), Invoice.void_date.is_not(None)),
        InvoiceState.OVERDUE: and_(awaited, Invoice.due_date < today),
        InvoiceState.UNPAID: and_(
            awaited, or_(Invoice.due_date.is_(None), Invoice.due_date >= today)
        ),
    }[state]
