"""Lists of papers, refunds and statements: every page is exactly its stretch of the answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.app import App, Configuration
from core.database.driver_questions import DriverQuestion
from core.database.unit_of_work import Database
from core.model.invoices import CreditNote, Invoice
from core.model.payments import Payment, PaymentMethod, PaymentStatus, PaymentType
from core.model.reconciliations import (
    PaymentReconciliation,
    ReconciliationStatus,
    StatementProvider,
)
from core.model.refunds import RefundRequest, RefundStatus
from core.permissions import Actor, Role
from core.services.lists import listings
from core.services.lists.keyset import PagedQuestion, Seek
from core.services.lists.listings import ListOrder
from core.services.papers.listed_papers import CreditNoteColumn, InvoiceColumn, ListedInvoice
from core.services.papers.paper_filter import InvoiceState, PaperFilter
from core.services.payments.filters import RefundFilter
from core.services.payments.totals import Total
from core.services.reconciliations.pages import (
    ListedReconciliation,
    ReconciliationColumn,
    ReconciliationFilter,
)
from core.services.refunds.pages import ListedRefund, RefundColumn, RefundListFilter
from tests.core.services.empty_shop import EmptyShop

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
TODAY = NOW.date()
NAMES = ("Uwase Aline", "Mugisha Jean", "Habimana Éric", "", "Jeanne d'Arc")
METHODS = (PaymentMethod.CASH, PaymentMethod.MTN_MOBILE_MONEY, PaymentMethod.BANK_TRANSFER)
ROWS = 120
ACTOR = Actor(4, "ange", Role.ADMIN, desk="desk 4")


@pytest.fixture(scope="module")
def shop(empty_shop: EmptyShop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A hundred and twenty of each kind with many equal values, in no order of their days."""
    folder: Path = tmp_path_factory.mktemp("shop")
    database = Database(empty_shop.copied_to(folder / "shop.db"), clock=lambda: NOW)
    chance = random.Random(7)
    with database.write(None) as unit:
        for number in range(ROWS):
            payment = _payment(chance, number)
            unit.session.add(payment)
            invoice = _invoice(chance, number, payment)
            unit.session.add(invoice)
            refund = _refund(chance, number, payment)
            unit.session.add(refund)
            if refund.status is RefundStatus.COMPLETED:
                unit.session.add(_credit_note(chance, number, invoice, refund))
            unit.session.add(_reconciliation(chance, number))
        unit.commit()
    yield App(Configuration(folder, clock=lambda: NOW), database)
    database.close()


def _payment(chance: random.Random, number: int) -> Payment:
    moment = NOW - timedelta(hours=chance.randrange(200))
    return Payment(
        amount_minor=15_000,
        payment_method=chance.choice(METHODS),
        payment_type=next(iter(PaymentType)),
        status=chance.choice((PaymentStatus.COMPLETED, PaymentStatus.REFUNDED)),
        customer_name=chance.choice(NAMES),
        phone_number=f"+25078812{number % 40:04d}",
        invoice_number=f"INV-{number:05d}",
        created_by="aline",
        created_at=moment,
        updated_at=moment,
    )


def _invoice(chance: random.Random, number: int, payment: Payment) -> Invoice:
    total = chance.choice((590, 1_180, 11_800))
    is_paid = chance.random() < 0.6
    is_sent = chance.random() < 0.3
    return Invoice(
        payment=payment,
        invoice_number=f"INV-{number:05d}",
        subtotal_minor=total - total * 18 // 118,
        tax_minor=total * 18 // 118,
        total_minor=total,
        currency=chance.choice(("RWF", "RWF", "USD")),
        issued_date=TODAY - timedelta(days=chance.randrange(60)),
        due_date=chance.choice((None, TODAY, TODAY - timedelta(days=9), TODAY + timedelta(days=9))),
        is_paid=is_paid,
        void_date=TODAY if not is_paid and chance.random() < 0.3 else None,
        sent_to_customer=is_sent,
        sent_at=NOW if is_sent else None,
        customer_name=payment.customer_name,
        ebm_receipt_number=f"{number % 7}90/{number} NS" if number % 3 == 0 else "",
    )


def _refund(chance: random.Random, number: int, payment: Payment) -> RefundRequest:
    status = chance.choice(list(RefundStatus))
    decided = status not in {RefundStatus.REQUESTED, RefundStatus.REJECTED}
    return RefundRequest(
        payment=payment,
        refund_amount_minor=chance.choice((500, 700)),
        reason=chance.choice(("Wrong size", "Paid twice")),
        status=status,
        requested_by=chance.choice(("aline", "bosco")),
        requested_at=NOW - timedelta(days=chance.randrange(30)),
        approved_by="keza" if decided else None,
        approved_at=NOW if decided else None,
        rejected_by="keza" if status is RefundStatus.REJECTED else "",
        refund_transaction_id=f"RT{number}" if status is RefundStatus.COMPLETED else "",
        refund_completed_at=NOW if status is RefundStatus.COMPLETED else None,
        updated_at=NOW,
    )


def _credit_note(
    chance: random.Random, number: int, invoice: Invoice, refund: RefundRequest
) -> CreditNote:
    return CreditNote(
        credit_note_number=f"CN-{number:05d}",
        refund=refund,
        invoice=chance.choice((None, invoice)),
        amount_minor=refund.refund_amount_minor,
        tax_minor=90,
        issued_date=TODAY - timedelta(days=chance.randrange(9)),
        customer_name=invoice.customer_name,
    )


def _reconciliation(chance: random.Random, number: int) -> PaymentReconciliation:
    status = chance.choice(list(ReconciliationStatus))
    first = chance.choice((None, TODAY - timedelta(days=chance.randrange(90))))
    return PaymentReconciliation(
        file_name=f"statement-{number % 30}.csv",
        file_sha256=f"{number:064d}",
        provider=chance.choice(list(StatementProvider)),
        account=chance.choice(("4001", "4002")),
        statement_date=first,
        statement_period_start=first,
        statement_period_end=None if first is None else first + timedelta(days=7),
        total_transactions=chance.randrange(50),
        matched_count=chance.randrange(9),
        unmatched_count=chance.randrange(9),
        discrepancy_amount_minor=chance.choice((0, 0, 500, -500)),
        status=status,
        imported_by="aline",
        imported_at=NOW - timedelta(days=chance.randrange(90)),
        reconciled_by="keza" if status.is_closed else "",
        reconciled_at=NOW if status.is_closed else None,
    )


def assert_pages(
    ask: Callable[[], PagedQuestion[Any]], expected: Sequence[int], *, seed: int = 3
) -> None:
    """Every page from anywhere is its stretch of what is expected."""
    question = ask()
    chance = random.Random(seed)
    places = [*range(0, len(expected) + 30, 30), *(chance.randrange(ROWS) for _ in range(5))]
    chance.shuffle(places)
    for place in places:
        total = len(expected) if chance.random() < 0.5 else None
        page = question.rows(place, 10, total=total)
        assert [row.id for row in page] == list(expected[place : place + 10]), place
    # Where a row stands is told whatever was believed, and the same rows are found again.
    page = question.rows(places[0], 10)
    assert set(question.again(page)) == set(page)
    for row in page[-1:]:
        assert question.place(row, 777, question) == places[0] + len(page) - 1


def ordered(
    rows: Sequence[Any], key: Callable[[Any], tuple[object, ...]], order: ListOrder
) -> list[int]:
    return [row.id for row in sorted(rows, key=key, reverse=order.descending)]


def summed(rows: Sequence[Any], amount: str) -> set[Total]:
    return {
        Total(code, len(mine), sum(getattr(row, amount) for row in mine))
        for code in {row.currency for row in rows}
        if (mine := [row for row in rows if row.currency == code])
    }


def orders(columns: Sequence[Any]) -> list[ListOrder]:
    return [ListOrder(column, down) for column in columns for down in (True, False)]


def name_of(order: ListOrder) -> str:
    return f"{order.column}-{order.descending}"


# Invoices

INVOICE_FILTERS = (
    PaperFilter(),
    *(PaperFilter(states=frozenset({state})) for state in InvoiceState),
    PaperFilter(states=frozenset({InvoiceState.PAID, InvoiceState.OVERDUE})),
    PaperFilter(is_sent=True),
    PaperFilter(is_sent=False, first_day=date(2026, 6, 9)),
    PaperFilter(first_day=TODAY - timedelta(days=20), last_day=TODAY - timedelta(days=5)),
    PaperFilter(search="jean"),
    PaperFilter(search="UWA 78812"),
    PaperFilter(search="390/"),
    PaperFilter(search="390/129 NS"),
    PaperFilter(search="INV-0001 e"),
    PaperFilter(search="e"),
    PaperFilter(search='"*'),
)


def fits_invoice(row: ListedInvoice, wanted: PaperFilter, phones: dict[int, str]) -> bool:
    own = [row.invoice_number, row.payment_id, row.customer_name, phones[row.payment_key]]
    words = wanted.search.lower().split()
    in_payment = all(any(word in field.lower() for field in own) for word in words)
    by_number = any(row.ebm_receipt_number.startswith(word) for word in wanted.search.split())
    everywhere = [*own, row.ebm_receipt_number]
    issued = row.invoice.issued_date
    return (
        (not words or in_payment or by_number)
        and all(any(word in field.lower() for field in everywhere) for word in words)
        and (not wanted.states or row.state in wanted.states)
        and (wanted.is_sent is None or row.is_sent is wanted.is_sent)
        and (wanted.first_day is None or issued >= wanted.first_day)
        and (wanted.last_day is None or issued <= wanted.last_day)
    )


def invoice_key(order: ListOrder) -> Callable[[ListedInvoice], tuple[object, ...]]:
    def standing(row: ListedInvoice) -> tuple[object, ...]:
        invoice = row.invoice
        if invoice.is_paid:
            return (3, invoice.issued_date)
        if invoice.void_date is not None:
            return (2, invoice.void_date)
        return (1, invoice.due_date or date.max)

    told: dict[Any, Callable[[ListedInvoice], tuple[object, ...]]] = {
        InvoiceColumn.NUMBER: lambda row: (row.invoice_number, row.id),
        InvoiceColumn.ISSUED: lambda row: (row.invoice.issued_date, row.id),
        InvoiceColumn.CUSTOMER: lambda row: (row.customer_name, row.payment_key),
        InvoiceColumn.STATE: lambda row: (*standing(row), row.id),
        InvoiceColumn.TOTAL: lambda row: (row.total_minor, row.id),
        InvoiceColumn.TAX: lambda row: (row.tax_minor, row.id),
        InvoiceColumn.SUBTOTAL: lambda row: (row.subtotal_minor, row.id),
        InvoiceColumn.METHOD: lambda row: (
            row.payment_method.value,
            row.payment_created_at,
            row.payment_key,
        ),
        InvoiceColumn.SENT: lambda row: (row.is_sent, row.invoice.issued_date, row.id),
        InvoiceColumn.FISCAL: lambda row: (row.ebm_receipt_number, row.id),
        InvoiceColumn.PDF: lambda row: (row.pdf_file, row.id),
    }
    return told[order.column]


@pytest.mark.parametrize("few", [0, 100_000], ids=["in_order", "hits_first"])
@pytest.mark.parametrize("order", orders(list(InvoiceColumn)), ids=name_of)
def test_invoices(shop: App, order: ListOrder, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "FEW_ROWS", few)
    everything = shop.paper_lists.invoices(ACTOR, PaperFilter()).rows(0, 1_000)
    assert len(everything) == ROWS
    with shop.database.read() as session:
        phones = {payment.id: payment.phone_number for payment in session.query(Payment)}

    for wanted in INVOICE_FILTERS:
        fitting = [row for row in everything if fits_invoice(row, wanted, phones)]
        expected = ordered(fitting, invoice_key(order), order)
        assert_pages(partial(shop.paper_lists.invoices, ACTOR, wanted, order), expected)
        totals = shop.paper_lists.invoice_totals(ACTOR, wanted)
        assert set(totals) == summed(fitting, "total_minor")


@pytest.mark.parametrize("order", orders(list(CreditNoteColumn)), ids=name_of)
@pytest.mark.parametrize("search", ["", "jean", "CN-000"])
def test_credit_notes(shop: App, search: str, order: ListOrder) -> None:
    everything = shop.paper_lists.credit_notes(ACTOR, PaperFilter()).rows(0, 1_000)
    fitting = [
        row
        for row in everything
        if search.lower() in f"{row.number}\n{row.customer_name}\n".lower()
    ]
    told: dict[Any, Callable[[Any], tuple[object, ...]]] = {
        CreditNoteColumn.NUMBER: lambda row: (row.number, row.id),
        CreditNoteColumn.ISSUED: lambda row: (row.issued_date, row.id),
        CreditNoteColumn.CUSTOMER: lambda row: (row.customer_name, row.id),
        CreditNoteColumn.METHOD: lambda row: (row.payment_method.value, row.issued_date, row.id),
        CreditNoteColumn.AMOUNT: lambda row: (row.amount_minor, row.id),
        CreditNoteColumn.TAX: lambda row: (row.tax_minor, row.id),
        CreditNoteColumn.INVOICE: lambda row: (row.invoice_number, row.id),
        CreditNoteColumn.REASON: lambda row: (row.reason, row.id),
        CreditNoteColumn.FISCAL: lambda row: (row.ebm_receipt_number, row.id),
    }
    expected = ordered(fitting, told[order.column], order)
    wanted = PaperFilter(search=search)
    assert_pages(lambda: shop.paper_lists.credit_notes(ACTOR, wanted, order), expected)
    totals = shop.paper_lists.credit_note_totals(ACTOR, wanted)
    assert set(totals) == summed(fitting, "amount_minor")


# Refunds

REFUND_FILTERS = (
    RefundListFilter(),
    RefundListFilter(RefundFilter(statuses=frozenset({RefundStatus.REQUESTED}))),
    RefundListFilter(
        RefundFilter(statuses=frozenset({RefundStatus.APPROVED, RefundStatus.FAILED})),
        methods=frozenset(METHODS[:1]),
    ),
    RefundListFilter(RefundFilter(first_requested_day=TODAY - timedelta(days=9))),
    RefundListFilter(RefundFilter(people=frozenset({"keza"}))),
    RefundListFilter(RefundFilter(people=frozenset({"bosco"}))),
    RefundListFilter(search="jean twice"),
    RefundListFilter(search="RT1"),
    RefundListFilter(search="cn-000"),
    RefundListFilter(search="7881200 keza"),
    RefundListFilter(search='"*%'),
    RefundListFilter(search="e"),
)


def fits_refund(row: ListedRefund, wanted: RefundListFilter, phones: dict[str, str]) -> bool:
    fields = (
        row.refund_id, row.payment_id, row.customer_name, row.reason, row.refund_transaction_id,
        row.requested_by, row.approved_by, row.rejected_by, row.invoice_number,
        row.credit_note_number, phones[row.payment_id],
    )  # fmt: skip
    of = wanted.of
    return (
        (not of.statuses or row.status in of.statuses)
        and (not wanted.methods or row.payment_method in wanted.methods)
        and (of.first_requested_day is None or row.requested_at.date() >= of.first_requested_day)
        and (not of.people or not of.people.isdisjoint({row.requested_by, row.decided_by}))
        and all(
            any(word in field.lower() for field in fields) for word in wanted.search.lower().split()
        )
    )


@pytest.mark.parametrize("few", [0, 100_000], ids=["in_order", "hits_first"])
@pytest.mark.parametrize("order", orders(list(RefundColumn)), ids=name_of)
def test_refunds(shop: App, order: ListOrder, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "FEW_ROWS", few)
    everything = shop.refund_lists.ask(ACTOR, RefundListFilter()).rows(0, 1_000)
    assert len(everything) == ROWS
    with shop.database.read() as session:
        phones = {each.payment_id: each.phone_number for each in session.query(Payment)}
    told: dict[Any, Callable[[ListedRefund], tuple[object, ...]]] = {
        RefundColumn.STATUS: lambda row: (row.status.value, row.requested_at, row.id),
        RefundColumn.REQUESTED: lambda row: (row.requested_at, row.id),
        RefundColumn.AMOUNT: lambda row: (row.refund_amount_minor, row.id),
        RefundColumn.CUSTOMER: lambda row: (row.customer_name, row.id),
        RefundColumn.REASON: lambda row: (row.reason, row.id),
        RefundColumn.METHOD: lambda row: (row.payment_method.value, row.requested_at, row.id),
        RefundColumn.REQUESTED_BY: lambda row: (row.requested_by, row.requested_at, row.id),
        RefundColumn.DECIDED_BY: lambda row: (
            row.rejected_by or row.approved_by,
            row.requested_at,
            row.id,
        ),
        RefundColumn.COMPLETED: lambda row: (row.refund_completed_at is not None, row.id),
        RefundColumn.INVOICE: lambda row: (row.invoice_number, row.id),
        RefundColumn.CREDIT_NOTE: lambda row: (row.credit_note_number, row.id),
    }
    for wanted in REFUND_FILTERS:
        fitting = [row for row in everything if fits_refund(row, wanted, phones)]
        expected = ordered(fitting, told[order.column], order)
        assert_pages(partial(shop.refund_lists.ask, ACTOR, wanted, order), expected)
        assert set(shop.refund_lists.totals(ACTOR, wanted)) == summed(
            fitting, "refund_amount_minor"
        )


def test_people_of_refunds_are_those_who_asked_or_decided(shop: App) -> None:
    assert shop.refund_lists.people(ACTOR) == ("aline", "bosco", "keza")


# Reconciliations

RECONCILIATION_FILTERS = (
    ReconciliationFilter(),
    ReconciliationFilter(providers=frozenset({StatementProvider.MTN})),
    ReconciliationFilter(
        statuses=frozenset({ReconciliationStatus.PENDING, ReconciliationStatus.DISCREPANCY})
    ),
    ReconciliationFilter(differs=True),
    ReconciliationFilter(differs=False, first_day=TODAY - timedelta(days=40)),
    ReconciliationFilter(first_day=TODAY - timedelta(days=50), last_day=TODAY - timedelta(days=30)),
    ReconciliationFilter(search="STATEMENT-2 4001"),
)


def fits_reconciliation(row: ListedReconciliation, wanted: ReconciliationFilter) -> bool:
    first, last = row.statement_period_start, row.statement_period_end
    fields = f"{row.file_name}\n{row.account}\naline\n{row.who}".lower()
    return (
        (not wanted.providers or row.provider in wanted.providers)
        and (not wanted.statuses or row.status in wanted.statuses)
        and (wanted.differs is None or bool(row.discrepancy_amount_minor) is wanted.differs)
        and (wanted.first_day is None or (last is not None and last >= wanted.first_day))
        and (wanted.last_day is None or (first is not None and first <= wanted.last_day))
        and all(word in fields for word in wanted.search.lower().split())
    )


@pytest.mark.parametrize("order", orders(list(ReconciliationColumn)), ids=name_of)
def test_reconciliations(shop: App, order: ListOrder) -> None:
    lists = shop.reconciliation_pages
    everything = lists.ask(ACTOR, ReconciliationFilter()).rows(0, 1_000)
    assert len(everything) == ROWS
    told: dict[Any, Callable[[ListedReconciliation], object]] = {
        ReconciliationColumn.STATUS: lambda row: row.status.value,
        ReconciliationColumn.FILE: lambda row: row.file_name,
        ReconciliationColumn.ACCOUNT: lambda row: row.account,
        ReconciliationColumn.CURRENCY: lambda row: row.currency,
        ReconciliationColumn.PROVIDER: lambda row: row.provider.value,
        ReconciliationColumn.PERIOD: lambda row: row.statement_period_start or date.min,
        ReconciliationColumn.LINES: lambda row: row.lines,
        ReconciliationColumn.MATCHED: lambda row: row.matched_count,
        ReconciliationColumn.UNMATCHED: lambda row: row.unmatched_count,
        ReconciliationColumn.SET_ASIDE: lambda row: row.set_aside,
        ReconciliationColumn.DISCREPANCY: lambda row: row.discrepancy_amount_minor,
        ReconciliationColumn.WHO: lambda row: row.who,
        ReconciliationColumn.WHEN: lambda row: row.when,
    }
    for wanted in RECONCILIATION_FILTERS:
        fitting = [row for row in everything if fits_reconciliation(row, wanted)]
        expected = ordered(fitting, lambda row: (told[order.column](row), row.id), order)
        assert_pages(partial(lists.ask, ACTOR, wanted, order), expected)
        assert set(lists.totals(ACTOR, wanted)) == summed(fitting, "discrepancy_amount_minor")


@pytest.mark.sqlite
@pytest.mark.parametrize("seek", [Seek(100), Seek(100, backwards=True)], ids=["newest", "oldest"])
@pytest.mark.parametrize("wanted", RECONCILIATION_FILTERS[:4], ids=range(4))
def test_the_newest_statements_are_found_without_sorting_them_all(
    shop: App, monkeypatch: pytest.MonkeyPatch, wanted: ReconciliationFilter, seek: Seek
) -> None:
    database, asked = shop.database, []
    answer = database.rows

    def listens(question: DriverQuestion, values: Mapping[str, object], *rest: Any) -> Any:
        asked.append((f"EXPLAIN QUERY PLAN {question.sql}", question.values(values)))
        return answer(question, values, *rest)

    monkeypatch.setattr(database, "rows", listens)
    shop.reconciliation_pages.ask(ACTOR, wanted).read(seek)
    with database.engine.connect() as connection:
        plans = [connection.exec_driver_sql(*each).all() for each in asked]
    assert plans
    assert not any("TEMP B-TREE" in row[-1] for plan in plans for row in plan), plans
