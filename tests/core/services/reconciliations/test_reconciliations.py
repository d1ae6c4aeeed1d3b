from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.app import App, Configuration
from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, NotAllowedError, UnreadableFileError
from core.model.payments import PaymentMethod, PaymentStatus
from core.model.reconciliations import (
    LineState,
    MatchState,
    ReconciliationStatus,
    StatementProvider,
)
from core.permissions import Actor
from core.services.payments.lists import PaymentFilter
from core.services.payments.rules import RecordPayment
from core.services.rows import PaymentRow, ReconciliationDetail
from core.services.statements.desk import ImportStatement
from tests.core.services.by_hand import match_by_hand

HEADER = "Book Date,Value Date,Reference,Narration,Debit,Credit,Balance"


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path / "shop"), database)


@pytest.fixture
def sales(shop: App, cashier: Actor) -> tuple[PaymentRow, PaymentRow]:
    """A confirmed transfer of 240 000 and one of 15 000 that still waits."""
    confirmed = shop.payments.record(
        cashier,
        RecordPayment(
            key="a",
            method=PaymentMethod.BANK_TRANSFER,
            amount_minor=240_000,
            transaction_id="FT26182A1B2C",
            transaction_reference="ORD-2026-0077",
            customer_name="Eric Niyonzima",
            complete_now=True,
        ),
    )
    waiting = shop.payments.record(
        cashier,
        RecordPayment(
            key="b",
            method=PaymentMethod.BANK_TRANSFER,
            amount_minor=15_000,
            transaction_reference="ORD-2026-0078",
            customer_name="Alice Keza",
        ),
    )
    return confirmed, waiting


def write_statement(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


ROWS = (
    "2026-07-01,2026-07-01,FT26182A1B2C,Incoming transfer Eric Niyonzima,,240000,1240000",
    "2026-07-01,2026-07-01,FT26182XYZ01,Transfer ORD-2026-0078 Alice Keza,,15000,1255000",
    "2026-07-01,2026-07-01,CHG1,Monthly account charge,1000,,1254000",
)


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    return write_statement(tmp_path / "bk-july.csv", *ROWS)


def approve_certain(shop: App, clerk: Actor, reconciliation_id: str) -> ReconciliationDetail:
    shop.matches.approve_automatic(clerk, reconciliation_id)
    return shop.reconciliations.detail(clerk, reconciliation_id)


def take_in(shop: App, clerk: Actor, path: Path) -> str:
    (imported,) = shop.statements.import_file(clerk, ImportStatement(path, StatementProvider.BANK))
    return imported.reconciliation.reconciliation_id


def test_a_transfer_is_found_on_the_statement_and_reconciled(
    shop: App,
    sales: tuple[PaymentRow, PaymentRow],
    cashier: Actor,
    clerk: Actor,
    statement: Path,
) -> None:
    confirmed, waiting = sales
    reconciliation_id = take_in(shop, clerk, statement)

    proposed = shop.matches.propose(clerk, reconciliation_id)
    assert not shop.payment_lists.one(clerk, confirmed.payment_id).reconciled
    certain = {
        match.payments[0].payment_id
        for match in proposed.proposed(automatic=True)
        if match.payments
    }
    assert certain == {confirmed.payment_id, waiting.payment_id}
    assert all(match.reasons for match in proposed.matches)

    shop.matches.approve_automatic(clerk, reconciliation_id)
    for sale in sales:
        row = shop.payment_lists.one(clerk, sale.payment_id)
        assert row.reconciled
        assert row.status is PaymentStatus.COMPLETED
        assert row.invoice_number
    detail = shop.payment_lists.detail(clerk, confirmed.payment_id)
    assert [found.line.line_number for found in detail.found_on] == [2]


def test_the_same_file_again_adds_nothing(
    shop: App, sales: tuple[PaymentRow, PaymentRow], clerk: Actor, statement: Path
) -> None:
    first = take_in(shop, clerk, statement)
    (again,) = shop.statements.import_file(
        clerk, ImportStatement(statement, StatementProvider.BANK)
    )

    assert again.already_imported
    assert again.new_lines == 0
    assert again.reconciliation.reconciliation_id == first
    assert shop.reconciliations.page(clerk).total == 1
    with pytest.raises(ConflictError, match="already imported as a statement of BANK"):
        shop.statements.import_file(clerk, ImportStatement(statement, StatementProvider.MTN))


def test_an_overlapping_file_adds_only_what_is_new_and_equal_rows_stay_two(
    shop: App, clerk: Actor, statement: Path, tmp_path: Path
) -> None:
    take_in(shop, clerk, statement)
    twin = "2026-07-02,2026-07-02,,CASH DEPOSIT,,5000,{balance}"
    longer = write_statement(
        tmp_path / "longer.csv", *ROWS, twin.format(balance=1259000), twin.format(balance=1264000)
    )

    (imported,) = shop.statements.import_file(
        clerk, ImportStatement(longer, StatementProvider.BANK)
    )

    assert (imported.new_lines, imported.known_lines) == (2, 3)


def test_undo_is_the_state_before(
    shop: App, sales: tuple[PaymentRow, PaymentRow], clerk: Actor, statement: Path
) -> None:
    confirmed, _ = sales
    reconciliation_id = take_in(shop, clerk, statement)
    shop.matches.propose(clerk, reconciliation_id)
    before = shop.payment_lists.one(clerk, confirmed.payment_id)
    offered = shop.reconciliations.detail(clerk, reconciliation_id)
    detail = approve_certain(shop, clerk, reconciliation_id)
    match = next(
        m
        for m in detail.approved()
        if m.payments and m.payments[0].payment_id == confirmed.payment_id
    )

    shop.matches.undo(clerk, [match.match_id])

    undone = shop.reconciliations.detail(clerk, reconciliation_id)
    after = shop.payment_lists.one(clerk, confirmed.payment_id)
    assert after == replace(before, version=after.version)
    assert undone.lines[0] == offered.lines[0]
    assert undone.lines[0].state is LineState.SUGGESTED
    again = next(m for m in undone.matches if m.match_id == match.match_id)
    assert (again.state, again.decided_by, again.decided_at) == (MatchState.PROPOSED, "", None)
    with pytest.raises(ConflictError, match=f"does not stand: it was taken back by {clerk.name}"):
        shop.matches.undo(clerk, [match.match_id])


def test_a_payment_is_matched_once_and_the_second_clerk_hears_who_was_first(
    shop: App, sales: tuple[PaymentRow, PaymentRow], clerk: Actor, manager: Actor, tmp_path: Path
) -> None:
    confirmed, _ = sales
    path = write_statement(
        tmp_path / "two.csv",
        "2026-07-01,2026-07-01,AA1,deposit,,240000,240000",
        "2026-07-01,2026-07-01,AA2,deposit,,240000,480000",
    )
    reconciliation_id = take_in(shop, clerk, path)
    lines = shop.reconciliations.detail(clerk, reconciliation_id).lines
    match_by_hand(shop, clerk, reconciliation_id, [lines[0].line_id], [confirmed.payment_id])

    with pytest.raises(
        ConflictError,
        match=rf"reconciled by {clerk.name} on 2026-07-01 at 10:00, with line 2 of two\.csv",
    ):
        match_by_hand(shop, manager, reconciliation_id, [lines[1].line_id], [confirmed.payment_id])
    with pytest.raises(
        ConflictError, match=f"Line 2 was matched already by {clerk.name} on 2026-07-01"
    ):
        match_by_hand(shop, manager, reconciliation_id, [lines[0].line_id], [sales[1].payment_id])


def test_a_match_by_hand_keeps_its_difference(
    shop: App, sales: tuple[PaymentRow, PaymentRow], clerk: Actor, tmp_path: Path
) -> None:
    confirmed, _ = sales
    path = write_statement(
        tmp_path / "short.csv", "2026-07-01,2026-07-01,AA1,deposit,,235000,235000"
    )
    reconciliation_id = take_in(shop, clerk, path)
    line = shop.reconciliations.detail(clerk, reconciliation_id).lines[0]

    detail = match_by_hand(shop, clerk, reconciliation_id, [line.line_id], [confirmed.payment_id])

    assert detail.approved()[0].difference_minor == 5_000
    closed = shop.reconciliations.close(clerk, reconciliation_id)
    assert closed.status is ReconciliationStatus.DISCREPANCY
    assert closed.discrepancy_amount_minor == -5_000


def test_money_that_left_is_never_a_customers_payment(
    shop: App, sales: tuple[PaymentRow, PaymentRow], clerk: Actor, statement: Path
) -> None:
    reconciliation_id = take_in(shop, clerk, statement)
    charge = shop.reconciliations.detail(clerk, reconciliation_id).lines[2]

    with pytest.raises(InvalidInputError, match="left the account"):
        match_by_hand(shop, clerk, reconciliation_id, [charge.line_id], [sales[0].payment_id])


def test_closing_locks_and_only_a_manager_reopens(
    shop: App,
    sales: tuple[PaymentRow, PaymentRow],
    clerk: Actor,
    manager: Actor,
    statement: Path,
) -> None:
    reconciliation_id = take_in(shop, clerk, statement)
    shop.matches.propose(clerk, reconciliation_id)
    detail = approve_certain(shop, clerk, reconciliation_id)
    for line in detail.lines:
        if line.state is not LineState.MATCHED:
            shop.reconciliations.ignore(clerk, line.line_id, reason="bank charge")
    closed = shop.reconciliations.close(clerk, reconciliation_id, notes="July")
    assert closed.status is ReconciliationStatus.COMPLETE

    match = detail.approved()[0]
    with pytest.raises(ConflictError, match="closed"):
        shop.matches.undo(clerk, [match.match_id])
    with pytest.raises(NotAllowedError):
        shop.reconciliations.reopen(clerk, reconciliation_id, reason="forgot one")
    with pytest.raises(InvalidInputError):
        shop.reconciliations.reopen(manager, reconciliation_id, reason=" ")
    shop.reconciliations.reopen(manager, reconciliation_id, reason="forgot one")
    shop.matches.undo(clerk, [match.match_id])


def test_what_nobody_explained_is_the_discrepancy(shop: App, clerk: Actor, statement: Path) -> None:
    reconciliation_id = take_in(shop, clerk, statement)

    closed = shop.reconciliations.close(clerk, reconciliation_id)

    assert closed.status is ReconciliationStatus.DISCREPANCY
    assert closed.unmatched_count == 3
    assert closed.discrepancy_amount_minor == 254_000
    resolved = shop.reconciliations.resolve(clerk, reconciliation_id, notes="all found")
    assert resolved.status is ReconciliationStatus.RESOLVED


def test_a_declined_pair_is_not_offered_again(
    shop: App, sales: tuple[PaymentRow, PaymentRow], clerk: Actor, statement: Path
) -> None:
    reconciliation_id = take_in(shop, clerk, statement)
    detail = shop.matches.propose(clerk, reconciliation_id)
    declined = next(m for m in detail.matches if m.payments)

    shop.matches.decline(clerk, declined.match_id)
    again = shop.matches.propose(clerk, reconciliation_id)

    pair = (declined.lines[0].line_id, declined.payments[0].payment_id)
    offered = {(m.lines[0].line_id, m.payments[0].payment_id) for m in again.matches if m.payments}
    assert pair not in offered


def test_a_broken_file_changes_nothing(shop: App, clerk: Actor, tmp_path: Path) -> None:
    photo = tmp_path / "photo.csv"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)

    with pytest.raises(UnreadableFileError, match=r"photo\.csv"):
        take_in(shop, clerk, photo)
    assert shop.reconciliations.page(clerk).total == 0


def test_a_cashier_may_not_import_statements(shop: App, cashier: Actor, statement: Path) -> None:
    with pytest.raises(NotAllowedError):
        shop.statements.import_file(cashier, ImportStatement(statement, StatementProvider.BANK))


def test_the_original_is_kept_under_the_shops_own_name(
    shop: App, clerk: Actor, statement: Path
) -> None:
    take_in(shop, clerk, statement)
    (kept,) = (shop.configuration.data_dir / "archive").rglob("*.csv")
    assert kept.read_bytes() == statement.read_bytes()
    assert statement.stem not in kept.name


def test_reconciled_payments_leave_the_list_of_unmatched_ones(
    shop: App, sales: tuple[PaymentRow, PaymentRow], clerk: Actor, statement: Path
) -> None:
    reconciliation_id = take_in(shop, clerk, statement)
    before = shop.reconciliations.detail(clerk, reconciliation_id)
    assert [row.payment_id for row in before.unmatched_payments] == [sales[0].payment_id]

    shop.matches.propose(clerk, reconciliation_id)
    after = approve_certain(shop, clerk, reconciliation_id)
    assert after.unmatched_payments == ()
    assert shop.payment_lists.page(clerk, PaymentFilter(reconciled=True)).total == 2


def test_one_overtaken_proposal_holds_up_no_other(
    shop: App, sales: tuple[PaymentRow, PaymentRow], clerk: Actor, cashier: Actor, statement: Path
) -> None:
    confirmed, waiting = sales
    reconciliation_id = take_in(shop, clerk, statement)
    shop.matches.propose(clerk, reconciliation_id)
    shop.payments.cancel(cashier, waiting.payment_id, note="customer left")

    detail = approve_certain(shop, clerk, reconciliation_id)

    assert [m.payments[0].payment_id for m in detail.approved()] == [confirmed.payment_id]
    assert shop.payment_lists.one(clerk, waiting.payment_id).status is PaymentStatus.CANCELLED


def test_the_page_knows_before_closing_what_closing_will_find(
    shop: App, sales: tuple[PaymentRow, PaymentRow], clerk: Actor, statement: Path
) -> None:
    reconciliation_id = take_in(shop, clerk, statement)
    shop.matches.propose(clerk, reconciliation_id)
    detail = approve_certain(shop, clerk, reconciliation_id)
    assert not detail.is_explained
    for line in detail.lines:
        if line.state is not LineState.MATCHED:
            shop.reconciliations.ignore(clerk, line.line_id, reason="bank charge")

    assert shop.reconciliations.detail(clerk, reconciliation_id).is_explained
    closed = shop.reconciliations.close(clerk, reconciliation_id)
    assert closed.status is ReconciliationStatus.COMPLETE
