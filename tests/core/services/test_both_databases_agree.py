"""The same shop in a file and on a server: every list, search, figure and report says the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.app import App, Configuration
from core.clock import shop_date
from core.database.consistency import check
from core.database.unit_of_work import Database
from core.demo.build import build_demo
from core.model.payments import PaymentMethod, PaymentStatus
from core.permissions import Actor, Role
from core.services.audit.filters import AuditFilter, AuditKind
from core.services.calls.filters import CallFilter
from core.services.calls.listed import CallColumn
from core.services.calls.pages import CallOrder
from core.services.lists.listings import ListOrder
from core.services.papers.listed_papers import CreditNoteColumn, InvoiceColumn
from core.services.papers.paper_filter import PaperFilter
from core.services.payments.choices import PaymentSelection
from core.services.payments.filters import PaymentFilter
from core.services.payments.listed import PaymentColumn
from core.services.payments.pages import PaymentOrder
from core.services.reconciliations.lists import LineFilter
from core.services.reconciliations.pages import ReconciliationColumn, ReconciliationFilter
from core.services.refunds.pages import RefundColumn, RefundListFilter
from core.services.reports.contract import ExportFormat, ReportName, ReportQuery
from tests.core.services.empty_shop import EmptyShop
from tests.postgresql import PostgresqlServer

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
TODAY = shop_date(NOW)
MANAGER = Actor(3, "manager", Role.MANAGER, desk="desk 1")
PAYMENTS = 150


@pytest.fixture(scope="module")
def shops(
    empty_shop_file: Path,
    postgresql_server: PostgresqlServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[App, App]]:
    """A demo of some weeks, in a file and on a server."""
    folder = tmp_path_factory.mktemp("both")
    there = EmptyShop(empty_shop_file, postgresql_server)
    opened = []
    for name, empty in (("file", EmptyShop(empty_shop_file)), ("server", there)):
        own = folder / name
        own.mkdir()
        database = Database(empty.copied_to(own / "sanduku.db"), clock=lambda: NOW)
        build_demo(
            database, own, payments=PAYMENTS, seed=3, today=NOW, password_hash=lambda: "none"
        )
        configuration = Configuration(own, clock=lambda: NOW, use_keyring=False)
        opened.append(App(configuration, database))
    yield opened[0], opened[1]
    for shop in opened:
        shop.database.close()
    there.let_go()


def _payments(order: PaymentOrder, wanted: PaymentFilter) -> Callable[[App], object]:
    return lambda shop: (
        shop.payment_lists.ask(MANAGER, wanted, order).rows(0, 500),
        shop.payment_lists.totals(MANAGER, wanted),
    )


def _calls(order: CallOrder, wanted: CallFilter) -> Callable[[App], object]:
    return lambda shop: (
        shop.call_lists.ask(MANAGER, wanted, order).rows(0, 500),
        shop.call_lists.totals(MANAGER, wanted),
    )


def _lines(shop: App) -> object:
    found = shop.reconciliation_pages.ask(MANAGER, ReconciliationFilter()).rows(0, 100)
    lists = shop.reconciliation_lists
    return [
        (
            lists.summary(MANAGER, row.reconciliation_id).shares,
            lists.lines(MANAGER, row.reconciliation_id, LineFilter(search="15")),
            lists.lines(MANAGER, row.reconciliation_id, LineFilter(search="payment")),
            lists.unmatched_payments(MANAGER, row.reconciliation_id, limit=20),
        )
        for row in found
    ]


def _report(name: ReportName) -> Callable[[App], object]:
    first = TODAY if name is ReportName.DAY_CLOSE else TODAY - timedelta(days=60)
    query = ReportQuery(name, first, TODAY)
    return lambda shop: shop.reports.export(MANAGER, query, ExportFormat.JSON)


def _chosen(shop: App) -> object:
    selection = PaymentSelection(PaymentFilter(search="a"))
    found = shop.payment_choices.chosen(MANAGER, selection, shown=20)
    return list(found.keys), sorted(found.kinds), found.first


NEWEST = PaymentOrder()
FILTERS = {
    "all": PaymentFilter(),
    "some": PaymentFilter(statuses=frozenset({PaymentStatus.COMPLETED, PaymentStatus.FAILED})),
    "method": PaymentFilter(methods=frozenset({PaymentMethod.MTN_MOBILE_MONEY}), reconciled=False),
    "days": PaymentFilter(paid_first_day=TODAY - timedelta(days=9), paid_last_day=TODAY),
    "amount": PaymentFilter(least_minor=5_000, most_minor=20_000),
    "words": PaymentFilter(search="inv 2026"),
    "phone": PaymentFilter(search="0788"),
    "letter": PaymentFilter(search="a"),
}
QUESTIONS: dict[str, Callable[[App], Any]] = {
    **{f"payments by {each}": _payments(PaymentOrder(each), FILTERS["all"])
       for each in PaymentColumn},
    **{f"payments up by {each}": _payments(PaymentOrder(each, False), FILTERS["letter"])
       for each in PaymentColumn},
    **{f"payments, {name}": _payments(NEWEST, wanted) for name, wanted in FILTERS.items()},
    **{f"calls by {each}": _calls(CallOrder(each), CallFilter()) for each in CallColumn},
    "calls with words": _calls(CallOrder(), CallFilter(search="mtn")),
    "calls with letters": _calls(CallOrder(), CallFilter(search="in")),
    **{
        f"invoices by {each}": lambda shop, each=each: shop.paper_lists.invoices(
            MANAGER, PaperFilter(), ListOrder(each)
        ).rows(0, 500)
        for each in InvoiceColumn
    },
    **{
        f"credit notes by {each}": lambda shop, each=each: shop.paper_lists.credit_notes(
            MANAGER, PaperFilter(search="e"), ListOrder(each)
        ).rows(0, 500)
        for each in CreditNoteColumn
    },
    **{
        f"refunds by {each}": lambda shop, each=each: shop.refund_lists.ask(
            MANAGER, RefundListFilter(), ListOrder(each)
        ).rows(0, 500)
        for each in RefundColumn
    },
    **{
        f"statements by {each}": lambda shop, each=each: shop.reconciliation_pages.ask(
            MANAGER, ReconciliationFilter(), ListOrder(each)
        ).rows(0, 500)
        for each in ReconciliationColumn
    },
    "lines of statements": _lines,
    "what is chosen": _chosen,
    "today at one glance": lambda shop: shop.dashboard.figures(MANAGER),
    "names above the list": lambda shop: shop.payment_lists.names(MANAGER),
    "what was learned": lambda shop: shop.learning.lessons(MANAGER, search="a"),
    "the audit trail of refunds": lambda shop: shop.audit_lists.ask(
        MANAGER, AuditFilter(kind=AuditKind.REFUND)
    ).rows(0, 500),
    "what waits": lambda shop: shop.payment_lists.waiting(MANAGER),
    "customers": lambda shop: shop.customers.page(MANAGER, search="a"),
    **{f"report {each}": _report(each) for each in ReportName},
    "checks": lambda shop: check(shop.database.engine),
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_file_and_a_server_say_the_same(shops: tuple[App, App], name: str) -> None:
    in_file, on_server = map(QUESTIONS[name], shops)
    assert on_server == in_file


def test_the_shop_they_agree_about_is_one_worth_asking(shops: tuple[App, App]) -> None:
    for shop in shops:
        assert check(shop.database.engine) == ()
        assert len(QUESTIONS["payments by created_at"](shop)[0]) == PAYMENTS
        for name in ("words", "phone", "letter", "some", "method", "days", "amount"):
            rows = QUESTIONS[f"payments, {name}"](shop)[0]
            assert 0 < len(rows) < PAYMENTS, name
