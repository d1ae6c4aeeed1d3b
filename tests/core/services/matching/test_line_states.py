"""What becomes of a statement's lines when decisions about them cross each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.app import App, Configuration
from core.database.consistency import check
from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.model.payments import PaymentMethod, PaymentStatus
from core.model.reconciliations import LineState, ReconciliationStatus, StatementProvider
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from core.services.reconciliations.detail import SHOWN_UNMATCHED_PAYMENTS
from core.services.rows import PaymentRow, ReconciliationDetail
from core.services.statements.desk import ImportStatement
from tests.core.services.by_hand import match_by_hand
from tests.core.services.conftest import SettableClock
from tests.core.services.many_payments import receive_transfers
from tests.core.services.reconciliations.test_reconciliations import write_statement


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path / "shop"), database)


def sell(shop: App, cashier: Actor, key: str, amount: int, *, seen: bool = True) -> PaymentRow:
    return shop.payments.record(
        cashier,
        RecordPayment(
            key=key,
            method=PaymentMethod.BANK_TRANSFER,
            amount_minor=amount,
            transaction_id=f"FT26182{key.upper()}" if seen else "",
            complete_now=seen,
        ),
    )


def take_in(shop: App, clerk: Actor, path: Path) -> ReconciliationDetail:
    (imported,) = shop.statements.import_file(clerk, ImportStatement(path, StatementProvider.BANK))
    return shop.reconciliations.detail(clerk, imported.reconciliation.reconciliation_id)


def look(shop: App, clerk: Actor, detail: ReconciliationDetail) -> ReconciliationDetail:
    return shop.reconciliations.detail(clerk, detail.reconciliation.reconciliation_id)


def states(detail: ReconciliationDetail) -> list[LineState]:
    return [line.state for line in detail.lines]


@pytest.fixture
def named(shop: App, cashier: Actor, clerk: Actor, tmp_path: Path) -> ReconciliationDetail:
    """One line that names its payment, which is proposed; and a second payment."""
    sell(shop, cashier, "aa11bb", 240_000)
    sell(shop, cashier, "cc22dd", 240_000)
    row = "2026-07-01,2026-07-01,FT26182AA11BB,Incoming transfer,,240000,240000"
    detail = take_in(shop, clerk, write_statement(tmp_path / "one.csv", row))
    return shop.matches.propose(clerk, detail.reconciliation.reconciliation_id)


def by_hand(shop: App, clerk: Actor, detail: ReconciliationDetail) -> ReconciliationDetail:
    """Match the line with the payment that the proposal does not name."""
    (proposal,) = detail.matches
    (other,) = set(detail.unmatched_payments) - set(proposal.payments)
    return match_by_hand(
        shop,
        clerk,
        detail.reconciliation.reconciliation_id,
        [detail.lines[0].line_id],
        [other.payment_id],
    )


def test_declining_a_proposal_leaves_a_line_matched_that_another_match_explains(
    shop: App, clerk: Actor, named: ReconciliationDetail
) -> None:
    by_hand(shop, clerk, named)
    shop.matches.decline(clerk, named.matches[0].match_id)
    detail = look(shop, clerk, named)

    assert states(detail) == [LineState.MATCHED]
    assert detail.reconciliation.matched_count == 1
    assert detail.reconciliation.discrepancy_amount_minor == 0


def test_undoing_a_match_leaves_the_proposal_that_still_stands(
    shop: App, clerk: Actor, named: ReconciliationDetail
) -> None:
    (approved,) = by_hand(shop, clerk, named).approved()
    shop.matches.undo(clerk, [approved.match_id])
    detail = look(shop, clerk, named)

    assert states(detail) == [LineState.SUGGESTED]
    assert detail.reconciliation.unmatched_count == 1


def test_a_line_set_aside_is_not_matched_until_it_is_taken_back(
    shop: App, clerk: Actor, named: ReconciliationDetail
) -> None:
    line_id, match_id = named.lines[0].line_id, named.matches[0].match_id
    shop.reconciliations.ignore(clerk, line_id, reason="not ours")

    with pytest.raises(
        ConflictError, match="Line 2 was set aside by claude on 2026-07-01 at 10:00"
    ):
        shop.matches.approve(clerk, [match_id])
    with pytest.raises(
        ConflictError, match="Line 2 was set aside by claude on 2026-07-01 at 10:00"
    ):
        by_hand(shop, clerk, named)
    taken_back = shop.reconciliations.take_back_ignored(clerk, line_id)
    assert taken_back.state is LineState.SUGGESTED
    shop.matches.approve(clerk, [match_id])
    assert states(look(shop, clerk, named)) == [LineState.MATCHED]


def test_declining_a_proposal_leaves_a_line_set_aside(
    shop: App, clerk: Actor, named: ReconciliationDetail
) -> None:
    shop.reconciliations.ignore(clerk, named.lines[0].line_id, reason="not ours")
    shop.matches.decline(clerk, named.matches[0].match_id)
    detail = look(shop, clerk, named)
    assert states(detail) == [LineState.IGNORED]


def test_only_a_line_set_aside_is_taken_back(
    shop: App, clerk: Actor, named: ReconciliationDetail
) -> None:
    with pytest.raises(ConflictError, match="was not set aside"):
        shop.reconciliations.take_back_ignored(clerk, named.lines[0].line_id)


def test_approve_undo_close_reopen_keeps_the_counts_true(
    shop: App, clerk: Actor, manager: Actor, named: ReconciliationDetail
) -> None:
    reconciliation_id = named.reconciliation.reconciliation_id
    for _ in range(2):
        shop.matches.approve_automatic(clerk, reconciliation_id)
        (approved,) = look(shop, clerk, named).approved()
        closed = shop.reconciliations.close(clerk, reconciliation_id)
        assert (closed.status, closed.matched_count) == (ReconciliationStatus.COMPLETE, 1)
        assert (closed.reconciled_by, closed.reconciled_at is not None) == (clerk.name, True)

        opened = shop.reconciliations.reopen(manager, reconciliation_id, reason="look again")
        assert (opened.reconciled_by, opened.reconciled_at) == ("", None)
        shop.matches.undo(clerk, [approved.match_id])
        undone = look(shop, clerk, named)
        assert (undone.reconciliation.matched_count, undone.reconciliation.unmatched_count) == (
            0,
            1,
        )
        assert not any(row.reconciled for row in undone.unmatched_payments)
        shop.matches.propose(clerk, reconciliation_id)


def test_a_set_of_equals_is_never_approved_as_a_whole(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    for key in ("a", "b"):
        sell(shop, cashier, key, 5_000)
    row = "2026-07-01,2026-07-01,,CASH DEPOSIT,,5000,5000"
    detail = take_in(shop, clerk, write_statement(tmp_path / "set.csv", row))
    detail = shop.matches.propose(clerk, detail.reconciliation.reconciliation_id)
    (equals,) = detail.matches
    assert len(equals.payments) == 2

    with pytest.raises(ConflictError, match="Nothing tells the members of this set apart"):
        shop.matches.approve(clerk, [equals.match_id])
    assert len(shop.reconciliations.detail(clerk, detail.reconciliation.reconciliation_id)
               .unmatched_payments) == 2  # fmt: skip


def test_a_line_chosen_twice_brings_its_money_once(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    sale = sell(shop, cashier, "a", 5_000)
    row = "2026-07-01,2026-07-01,AA1,deposit,,5000,5000"
    detail = take_in(shop, clerk, write_statement(tmp_path / "twice.csv", row))
    line_id = detail.lines[0].line_id
    matched = match_by_hand(
        shop,
        clerk,
        detail.reconciliation.reconciliation_id,
        [line_id, line_id],
        [sale.payment_id, sale.payment_id],
    )
    assert matched.approved()[0].difference_minor == 0


def test_a_waiting_payment_is_not_completed_by_a_line_of_another_amount(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    waiting = sell(shop, cashier, "a", 1_000_000, seen=False)
    row = "2026-07-01,2026-07-01,AA1,deposit,,100,100"
    detail = take_in(shop, clerk, write_statement(tmp_path / "little.csv", row))
    with pytest.raises(ConflictError, match="still pending, and the statement shows another"):
        match_by_hand(
            shop,
            clerk,
            detail.reconciliation.reconciliation_id,
            [detail.lines[0].line_id],
            [waiting.payment_id],
        )
    assert shop.payment_lists.one(clerk, waiting.payment_id).status is PaymentStatus.PENDING


def test_a_proposal_proves_no_payment_that_was_called_off_meanwhile(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    waiting = shop.payments.record(
        cashier,
        RecordPayment(
            key="w",
            method=PaymentMethod.BANK_TRANSFER,
            amount_minor=15_000,
            transaction_reference="ORD-2026-0078",
        ),
    )
    row = "2026-07-01,2026-07-01,FT1,Transfer ORD-2026-0078,,15000,15000"
    detail = take_in(shop, clerk, write_statement(tmp_path / "late.csv", row))
    reconciliation_id = detail.reconciliation.reconciliation_id
    (proposal,) = shop.matches.propose(clerk, reconciliation_id).matches
    shop.payments.cancel(cashier, waiting.payment_id)

    with pytest.raises(ConflictError, match="is cancelled"):
        shop.matches.approve(clerk, [proposal.match_id])
    assert not shop.payment_lists.one(clerk, waiting.payment_id).reconciled


def test_differences_that_cancel_each_other_out_are_a_discrepancy(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    sales = [sell(shop, cashier, "a", 5_000), sell(shop, cashier, "b", 6_000)]
    detail = take_in(
        shop,
        clerk,
        write_statement(
            tmp_path / "crossed.csv",
            "2026-07-01,2026-07-01,AA1,deposit,,5500,5500",
            "2026-07-01,2026-07-01,AA2,deposit,,5500,11000",
        ),
    )
    reconciliation_id = detail.reconciliation.reconciliation_id
    for line, sale in zip(detail.lines, sales, strict=True):
        match_by_hand(shop, clerk, reconciliation_id, [line.line_id], [sale.payment_id])

    closed = shop.reconciliations.close(clerk, reconciliation_id)
    assert closed.discrepancy_amount_minor == 0
    assert closed.status is ReconciliationStatus.DISCREPANCY


def test_an_approved_charge_is_explained(shop: App, clerk: Actor, tmp_path: Path) -> None:
    row = "2026-07-01,2026-07-01,,MONTHLY ACCOUNT CHARGE,1000,,9000"
    detail = take_in(shop, clerk, write_statement(tmp_path / "charge.csv", row))
    detail = shop.matches.propose(clerk, detail.reconciliation.reconciliation_id)
    (charge,) = detail.matches
    assert charge.kind == "bank_charge"

    shop.matches.approve(clerk, [charge.match_id])
    approved = look(shop, clerk, detail)
    assert approved.reconciliation.discrepancy_amount_minor == 0
    closed = shop.reconciliations.close(clerk, detail.reconciliation.reconciliation_id)
    assert closed.status is ReconciliationStatus.COMPLETE


def test_matches_of_two_statements_are_not_approved_together(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    found = []
    for number, key in enumerate(("ab12", "cd34")):
        sell(shop, cashier, key, 7_000)
        row = f"2026-07-0{number + 1},2026-07-01,FT26182{key.upper()},transfer,,7000,7000"
        detail = take_in(shop, clerk, write_statement(tmp_path / f"{key}.csv", row))
        detail = shop.matches.propose(clerk, detail.reconciliation.reconciliation_id)
        found.append(detail.proposed(automatic=True)[0].match_id)

    with pytest.raises(InvalidInputError, match="matches of one statement"):
        shop.matches.approve(clerk, found)


def test_payments_the_statement_does_not_show_are_counted_beyond_those_listed(
    shop: App, clerk: Actor, tmp_path: Path, clock: SettableClock
) -> None:
    transfers = [(f"FT26182K{number}", 5_000) for number in range(SHOWN_UNMATCHED_PAYMENTS + 1)]
    receive_transfers(shop, clerk, tmp_path, transfers, clock.now)
    row = "2026-07-01,2026-07-01,AA1,deposit,,77,77"
    detail = take_in(shop, clerk, write_statement(tmp_path / "many.csv", row))

    assert len(detail.unmatched_payments) == SHOWN_UNMATCHED_PAYMENTS
    assert detail.unmatched_payments_total == SHOWN_UNMATCHED_PAYMENTS + 1
    ids = shop.reconciliations.unmatched_payment_ids(clerk, detail.reconciliation.reconciliation_id)
    assert len(set(ids)) == SHOWN_UNMATCHED_PAYMENTS + 1


def test_a_search_for_matches_is_in_the_audit_trail(
    shop: App, clerk: Actor, manager: Actor, named: ReconciliationDetail
) -> None:
    reconciliation_id = named.reconciliation.reconciliation_id
    actions = [row.action for row in shop.audit.page(manager, subject_id=reconciliation_id).rows]
    assert actions == ["matches:proposed", "statement:imported"]


def test_problems_of_a_file_say_their_place_once(shop: App, clerk: Actor, tmp_path: Path) -> None:
    path = write_statement(
        tmp_path / "bad.csv",
        "2026-07-01,2026-07-01,AA1,deposit,,5000,5000",
        "2026-07-01,2026-07-01,AA2,deposit,,6000,11500",
    )
    problems = take_in(shop, clerk, path).problems
    assert problems
    assert all("Line" not in problem for problem in problems)
    assert any(problem.startswith("Row 3: ") for problem in problems)


def test_many_matches_are_undone_together_or_not_at_all(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    rows = []
    for number in (1, 2, 3):
        sell(shop, cashier, f"k{number}", number * 1_000)
        rows.append(f"2026-07-01,2026-07-01,AA{number},deposit,,{number * 1000},5000")
    detail = take_in(shop, clerk, write_statement(tmp_path / "many.csv", *rows))
    line_ids = [line.line_id for line in detail.lines]
    payments = sorted(detail.unmatched_payments, key=lambda row: row.amount_minor)
    for line_id, payment in zip(line_ids, payments, strict=True):
        detail = match_by_hand(
            shop, clerk, detail.reconciliation.reconciliation_id, [line_id], [payment.payment_id]
        )
    first, second, third = (match.match_id for match in detail.approved())
    shop.matches.undo(clerk, [third])

    with pytest.raises(
        ConflictError, match="does not stand: it was taken back by claude on 2026-07-01 at 10:00"
    ):
        shop.matches.undo(clerk, [first, second, third])
    kept = shop.reconciliations.detail(clerk, detail.reconciliation.reconciliation_id)
    assert kept.reconciliation.matched_count == 2
    with pytest.raises(NotFoundError):
        shop.matches.undo(clerk, [first, 999_999])
    with pytest.raises(InvalidInputError):
        shop.matches.undo(clerk, [])

    assert shop.matches.undo(clerk, [first, second, first]).matches == 2
    undone = look(shop, clerk, detail)
    assert undone.reconciliation.matched_count == 0
    assert not any(row.reconciled for row in undone.unmatched_payments)
    assert LineState.MATCHED not in states(undone)


def test_several_lines_are_set_aside_and_taken_back_in_one_act_each_with_its_entry(
    shop: App, clerk: Actor, manager: Actor, tmp_path: Path
) -> None:
    rows = [f"2026-07-01,2026-07-01,AA{n},own transfer {n},,{n}000,{n}000" for n in (1, 2, 3)]
    detail = take_in(shop, clerk, write_statement(tmp_path / "three.csv", *rows))
    first, second, third = (line.line_id for line in detail.lines)
    shop.reconciliations.ignore_all(clerk, [first, second, first], reason="Own transfer")
    assert states(look(shop, clerk, detail)) == [
        LineState.IGNORED,
        LineState.IGNORED,
        LineState.UNMATCHED,
    ]
    with pytest.raises(ConflictError):
        shop.reconciliations.ignore_all(clerk, [third, first], reason="Another reason")
    assert look(shop, clerk, detail).lines[2].state is LineState.UNMATCHED
    reconciliation_id = detail.reconciliation.reconciliation_id
    entries = [row.action for row in shop.audit.page(manager, subject_id=reconciliation_id).rows]
    assert entries.count("line:ignored") == 2

    shop.reconciliations.take_back_all(clerk, [first, second])
    assert states(look(shop, clerk, detail)) == [LineState.UNMATCHED] * 3
    assert check(shop.database.engine) == ()
