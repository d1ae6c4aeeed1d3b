"""Lists of papers: filters in SQL say the same as the state of each row."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from core.app import App, Configuration
from core.clock import shop_date
from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.papers.lists import InvoiceState, PaperFilter
from core.services.payments.rules import RecordPayment
from core.services.refunds.service import CarryOutRefund, RequestRefund
from core.services.rows import PaymentRow


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path), database)


@pytest.fixture
def papers(shop: App, cashier: Actor, manager: Actor, clock) -> dict[str, PaymentRow]:
    """Return one payment for each state, the overdue one a month older than the rest."""

    def take(name: str, *, complete: bool) -> PaymentRow:
        return shop.payments.record(
            cashier,
            RecordPayment(
                key=name,
                method=PaymentMethod.BANK_TRANSFER,
                amount_minor=10_000,
                customer_name=name,
                phone_number="+250788123456",
                transaction_id=f"FT-{name}" if complete else "",
                complete_now=complete,
            ),
        )

    made = {"overdue": take("overdue", complete=False)}
    shop.invoices.generate(cashier, made["overdue"].payment_id)
    clock.advance(days=40)
    for name in ("paid", "credited"):
        made[name] = take(name, complete=True)
    for name in ("unpaid", "void"):
        made[name] = take(name, complete=False)
        shop.invoices.generate(cashier, made[name].payment_id)
    shop.payments.cancel(manager, made["void"].payment_id, note="Given up")
    asked = shop.refunds.request(
        cashier, RequestRefund("ask", made["credited"].payment_id, 10_000, "Wrong colour")
    )
    shop.refunds.approve(manager, asked.refund_id)
    shop.refunds.carry_out(cashier, CarryOutRefund("out", asked.refund_id, "FT9"))
    return made


def names(shop: App, actor: Actor, wanted: PaperFilter) -> set[str]:
    found = shop.paper_lists.invoices(actor, wanted).rows(0, 100)
    return {row.customer_name for row in found}


def test_each_state_finds_just_its_own(shop: App, clerk: Actor, papers) -> None:
    for state in InvoiceState:
        wanted = PaperFilter(states=frozenset({state}))
        found = shop.paper_lists.invoices(clerk, wanted).rows(0, 100)
        assert [(row.customer_name, row.state) for row in found] == [(state, state)]
        [total] = shop.paper_lists.invoice_totals(clerk, wanted)
        assert (total.count, total.amount_minor) == (1, 10_000)
    assert names(shop, clerk, PaperFilter(states=frozenset(InvoiceState))) == set(papers)
    assert names(shop, clerk, PaperFilter()) == set(papers)


def test_days_are_those_of_issue(shop: App, clerk: Actor, papers, clock) -> None:
    today = shop_date(clock())
    earlier = today - timedelta(days=40)
    assert names(shop, clerk, PaperFilter(last_day=earlier)) == {"overdue"}
    assert names(shop, clerk, PaperFilter(first_day=today)) == set(papers) - {"overdue"}
    assert names(shop, clerk, PaperFilter(last_day=date(2001, 2, 28))) == set()


def test_words_are_looked_for_in_number_customer_and_phone(shop: App, clerk: Actor, papers) -> None:
    number = papers["paid"].invoice_number
    assert names(shop, clerk, PaperFilter(search=f"{number} paid")) == {"paid"}
    assert names(shop, clerk, PaperFilter(search="788123")) == set(papers)
    assert names(shop, clerk, PaperFilter(search="100%")) == set()


def test_a_credit_note_leads_to_its_invoice_and_refund(shop: App, clerk: Actor, papers) -> None:
    [note] = shop.paper_lists.credit_notes(clerk, PaperFilter()).rows(0, 100)
    assert note.invoice_number == papers["credited"].invoice_number
    assert (note.amount_minor, note.reason) == (10_000, "Wrong colour")
    assert note.payment_id == papers["credited"].payment_id
    by_invoice = PaperFilter(search=note.invoice_number)
    assert shop.paper_lists.credit_notes(clerk, by_invoice).rows(0, 100) == (note,)
    long_ago = PaperFilter(last_day=date(2001, 1, 1))
    assert shop.paper_lists.credit_notes(clerk, long_ago).rows(0, 100) == ()
