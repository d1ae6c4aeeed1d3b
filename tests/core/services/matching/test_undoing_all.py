"""Taking everything back leaves the shop as it was, whatever was matched and how."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.app import App, Configuration
from core.database.consistency import check
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.errors import KnownError
from core.matching.work import MatchingCancelledError
from core.model.payments import PaymentMethod, PaymentStatus
from core.model.reconciliations import LineState, MatchState, StatementProvider
from core.permissions import Actor, Role
from core.services.matching import facts as match_facts
from core.services.payments.rules import RecordPayment
from core.services.rows import ReconciliationDetail
from core.services.statements.desk import ImportStatement
from tests.core.services.by_hand import match_by_hand
from tests.core.services.conftest import SettableClock
from tests.core.services.reconciliations.test_reconciliations import write_statement

CASHIER, CLERK = Actor(1, "aline", Role.CASHIER), Actor(2, "claude", Role.CLERK)

BOOKS = {
    "payment": (
        "SELECT id, payment_id, amount_minor, currency, payment_method, status, transaction_id,"
        " paid_at, invoice_number, reconciled, reconciled_at, reconciled_by FROM payment"
    ),
    "statement_line": "SELECT * FROM statement_line",
    "match": (
        "SELECT id, kind, automatic, ambiguous, confidence, reasons, difference_minor, state,"
        " proposed_at, decided_by, decided_at FROM match WHERE kind <> 'by_hand'"
    ),
    "match_line": "SELECT l.* FROM match_line l JOIN match m ON m.id = l.match_id"
    " WHERE m.kind <> 'by_hand'",
    "match_payment": "SELECT h.* FROM match_payment h JOIN match m ON m.id = h.match_id"
    " WHERE m.kind <> 'by_hand'",
    "payment_reconciliation": (
        "SELECT id, total_transactions, total_amount_minor, matched_count, unmatched_count,"
        " discrepancy_amount_minor, reconciled_by, reconciled_at, notes"
        " FROM payment_reconciliation"
    ),
    "payment_day": "SELECT * FROM payment_day WHERE payments <> 0",
    "invoice": "SELECT id, invoice_number, payment_id, total_minor, is_paid FROM invoice",
    "order": 'SELECT * FROM "order"',
}
"""What undoing must leave as it was. Left out: versions and moments of change, the journal, what a
person put together by hand and took apart again, and that somebody began to work."""

Books = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Sale:
    """A sale of the month and what the statement shows of it."""

    amount_minor: int
    shown: str
    is_waiting: bool


sales = st.lists(
    st.builds(
        Sale,
        st.sampled_from([5_000, 5_000, 12_000, 7_350, 20_000]),
        st.sampled_from(["id", "id", "reference", "amount", "short", "hidden", "reversed"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=9,
)


def books(database: Database) -> Books:
    connection = sqlite3.connect(database.url.removeprefix("sqlite:///"))
    found = {name: sorted(connection.execute(sql), key=repr) for name, sql in BOOKS.items()}
    connection.close()
    return found


def rows_of(month: list[Sale]) -> list[str]:
    rows = []
    for number, sale in enumerate(month):
        texts = {
            "id": f"FT26182{number}QX{number}7,transfer",
            "reference": f",Payment ORD-2026-{number:04}",
            "amount": ",CASH DEPOSIT",
            "short": f",Payment ORD-2026-{number:04}",
            "reversed": f"FT26182{number}QX{number}7,transfer",
        }
        brought = sale.amount_minor - (350 if sale.shown == "short" else 0)
        if sale.shown in texts:
            rows.append(f"2026-07-01,2026-07-01,{texts[sale.shown]},,{brought},")
        if sale.shown == "reversed":
            rows.append(f"2026-07-02,2026-07-02,,REVERSAL FT26182{number}QX{number}7,{brought},,")
    return [*rows, "2026-07-02,2026-07-02,CHG1,Monthly account charge,1000,,"]


def record(shop: App, month: list[Sale], *, may_wait: bool) -> None:
    for number, sale in enumerate(month):
        waits = may_wait and sale.is_waiting
        shop.payments.record(
            CASHIER,
            RecordPayment(
                key=f"k{number}",
                method=PaymentMethod.BANK_TRANSFER,
                amount_minor=sale.amount_minor,
                transaction_id="" if waits else f"FT26182{number}QX{number}7",
                transaction_reference=f"ORD-2026-{number:04}",
                complete_now=not waits,
            ),
        )


@contextmanager
def shop_with(empty_shop: Path, month: list[Sale], *, may_wait: bool) -> Iterator[tuple[App, str]]:
    """Open a shop with these sales and their statement, its matches proposed."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(empty_shop, Path(folder) / "sanduku.db")
        database = Database(sqlite_url(Path(folder) / "sanduku.db"), clock=SettableClock())
        shop = App(Configuration(Path(folder) / "shop"), database)
        record(shop, month, may_wait=may_wait)
        (imported,) = shop.statements.import_file(
            CLERK,
            ImportStatement(
                write_statement(Path(folder) / "bk.csv", *rows_of(month)), StatementProvider.BANK
            ),
        )
        reconciliation_id = imported.reconciliation.reconciliation_id
        shop.matches.look_for(CLERK, reconciliation_id)
        yield shop, reconciliation_id
        database.close()


def decide(shop: App, reconciliation_id: str, choices: list[int]) -> None:
    """Match by hand and approve suggestions as chosen, then approve all that is certain."""
    detail = shop.reconciliations.detail(CLERK, reconciliation_id)
    lines = [line for line in detail.lines if line.amount_minor > 0]
    for choice in choices:
        try:
            if choice % 2 and detail.unmatched_payments and lines:
                payment = detail.unmatched_payments[choice % len(detail.unmatched_payments)]
                line = lines[choice % len(lines)]
                match_by_hand(shop, CLERK, reconciliation_id, [line.line_id], [payment.payment_id])
            elif detail.matches:
                match = detail.matches[choice % len(detail.matches)]
                shop.matches.approve(CLERK, [match.match_id])
        except KnownError:
            continue
    shop.matches.approve_automatic(CLERK, reconciliation_id)


FEW = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def undo_of_all_is_the_state_before(
    empty_shop: Path, month: list[Sale], choices: list[int]
) -> None:
    with shop_with(empty_shop, month, may_wait=False) as (shop, reconciliation_id):
        before = books(shop.database)
        decide(shop, reconciliation_id, choices)
        assert check(shop.database.engine) == ()

        shop.matches.undo_all(CLERK, reconciliation_id)

        after = books(shop.database)
        for name in BOOKS:
            assert after[name] == before[name], name
        assert check(shop.database.engine) == ()


@pytest.mark.sqlite
@FEW
@given(month=sales, choices=st.lists(st.integers(0, 40), max_size=5))
def test_undo_of_all_is_the_state_before(
    empty_shop: Path, month: list[Sale], choices: list[int]
) -> None:
    undo_of_all_is_the_state_before(empty_shop, month, choices)


@pytest.mark.sqlite
@pytest.mark.slow
@settings(FEW, max_examples=300)
@given(month=sales, choices=st.lists(st.integers(0, 40), max_size=5))
def test_undo_of_all_is_the_state_before_in_many_shops(
    empty_shop: Path, month: list[Sale], choices: list[int]
) -> None:
    undo_of_all_is_the_state_before(empty_shop, month, choices)


@pytest.mark.sqlite
@settings(FEW, max_examples=5)
@given(month=sales)
def test_what_a_match_completed_stays_completed_and_nothing_else_differs(
    empty_shop: Path, month: list[Sale]
) -> None:
    with shop_with(empty_shop, month, may_wait=True) as (shop, reconciliation_id):
        before = books(shop.database)
        decided = shop.matches.approve_automatic(CLERK, reconciliation_id)
        shop.matches.undo_all(CLERK, reconciliation_id)

        after = books(shop.database)
        completed = {
            row[1]: row[8] for row, was in zip(after["payment"], before["payment"], strict=True)
            if row[5] != was[5]
        }  # fmt: skip
        assert sorted(map(str, completed.values())) == sorted(decided.invoice_numbers)
        for payment_id in completed:
            row = shop.payment_lists.one(CLERK, payment_id)
            assert (row.status, row.reconciled) == (PaymentStatus.COMPLETED, False)
        for name in ("statement_line", "match", "match_line", "payment_reconciliation", "order"):
            assert after[name] == before[name], name
        assert check(shop.database.engine) == ()


@pytest.fixture
def month(
    empty_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[App, ReconciliationDetail]]:
    """Seven certain matches, worked two at a time."""
    monkeypatch.setattr(match_facts, "_STRETCH", 2)
    sold = [Sale(5_000 + number, "id", is_waiting=False) for number in range(7)]
    with shop_with(empty_shop, sold, may_wait=False) as (shop, reconciliation_id):
        yield shop, shop.reconciliations.detail(CLERK, reconciliation_id)


@pytest.mark.sqlite
def test_many_are_approved_and_taken_back_as_few_are(
    month: tuple[App, ReconciliationDetail],
) -> None:
    shop, detail = month
    reconciliation_id = detail.reconciliation.reconciliation_id
    before, told = books(shop.database), list[tuple[int, int]]()

    decided = shop.matches.approve_automatic(
        CLERK, reconciliation_id, progress=lambda done, total: told.append((done, total))
    )

    assert (decided.matches, decided.unmatched_count) == (7, 1)
    assert told[-1] == (7, 7)
    assert shop.matches.undo_all(CLERK, reconciliation_id).matches == 7
    assert books(shop.database) == before
    assert check(shop.database.engine) == ()


@pytest.mark.sqlite
@pytest.mark.parametrize("verb", ["approve", "approve_automatic", "undo", "undo_all"])
def test_cancelled_in_the_middle_nothing_is_done(
    month: tuple[App, ReconciliationDetail], verb: str
) -> None:
    shop, detail = month
    reconciliation_id = detail.reconciliation.reconciliation_id
    match_ids = [match.match_id for match in detail.proposed(automatic=True)]
    if verb.startswith("undo"):
        shop.matches.approve(CLERK, match_ids)
    before, asked = books(shop.database), iter([False, False, True])
    what = reconciliation_id if verb in {"approve_automatic", "undo_all"} else match_ids

    with pytest.raises(MatchingCancelledError, match="Nothing was changed"):
        getattr(shop.matches, verb)(CLERK, what, cancelled=lambda: next(asked))

    assert books(shop.database) == before
    assert check(shop.database.engine) == ()


def test_every_payments_history_says_by_which_match_whom_and_when(
    month: tuple[App, ReconciliationDetail],
) -> None:
    shop, detail = month
    shop.matches.approve_automatic(CLERK, detail.reconciliation.reconciliation_id)
    shop.matches.undo_all(CLERK, detail.reconciliation.reconciliation_id)
    for match in detail.proposed(automatic=True):
        (payment,) = match.payments
        history = shop.payment_lists.detail(CLERK, payment.payment_id).history
        decisions = [row for row in history if row.action.startswith("match:")]
        assert sorted(row.action for row in decisions) == ["match:approved", "match:undone"]
        for row in decisions:
            assert row.user_name == CLERK.name
            assert f'"match": {match.match_id}' in row.details
            assert f'"lines": [{match.lines[0].line_number}]' in row.details
            assert '"statement": "bk.csv"' in row.details
    assert shop.audit.verify().is_intact


@pytest.mark.sqlite
def test_after_a_restart_the_match_is_taken_back_as_well(
    month: tuple[App, ReconciliationDetail],
) -> None:
    shop, detail = month
    reconciliation_id = detail.reconciliation.reconciliation_id
    before = books(shop.database)
    shop.matches.approve_automatic(CLERK, reconciliation_id)
    shop.database.close()

    again = Database(shop.database.url, clock=SettableClock())
    App(shop.configuration, again).matches.undo_all(CLERK, reconciliation_id)
    again.close()
    assert books(again) == before


def test_a_match_by_hand_is_gone_once_it_is_taken_back(
    month: tuple[App, ReconciliationDetail],
) -> None:
    shop, detail = month
    reconciliation_id = detail.reconciliation.reconciliation_id
    line, payment = detail.lines[0], detail.unmatched_payments[1]
    by_hand = match_by_hand(shop, CLERK, reconciliation_id, [line.line_id], [payment.payment_id])
    (approved,) = by_hand.approved()
    shop.matches.undo_all(CLERK, reconciliation_id)

    after = shop.reconciliations.detail(CLERK, reconciliation_id)
    assert approved.match_id not in {match.match_id for match in after.matches}
    assert after.lines[0].state is LineState.SUGGESTED
    assert all(match.state is MatchState.PROPOSED for match in after.matches)
