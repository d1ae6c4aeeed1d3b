"""A reconciliation's life: which step follows which, who may take it, and what closing locks."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.app import App, Configuration
from core.database.consistency import check
from core.database.guards import sqlite_guards
from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, KnownError, NotAllowedError
from core.model.payments import PaymentMethod
from core.model.reconciliations import (
    RECONCILIATION_TRANSITIONS,
    LineCategory,
    ReconciliationStatus,
    StatementProvider,
)
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from core.services.reconciliations.lists import Share
from core.services.rows import ReconciliationDetail
from core.services.statements.desk import ImportStatement
from tests.core.services.by_hand import match_by_hand
from tests.core.services.reconciliations.test_reconciliations import write_statement

PENDING, IN_PROGRESS = ReconciliationStatus.PENDING, ReconciliationStatus.IN_PROGRESS
COMPLETE, DISCREPANCY = ReconciliationStatus.COMPLETE, ReconciliationStatus.DISCREPANCY
RESOLVED = ReconciliationStatus.RESOLVED


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path / "shop"), database)


@pytest.fixture
def statement(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> Callable[[], ReconciliationDetail]:
    """Return a function that takes a statement of one sale and one stranger's deposit in."""

    def take_in(number: int = 0) -> ReconciliationDetail:
        transaction_id = f"FT26182A{number}X7"
        shop.payments.record(
            cashier,
            RecordPayment(
                key=transaction_id,
                method=PaymentMethod.BANK_TRANSFER,
                amount_minor=7_000,
                transaction_id=transaction_id,
                complete_now=True,
            ),
        )
        path = write_statement(
            tmp_path / f"bk{number}.csv",
            f"2026-07-01,2026-07-01,{transaction_id},transfer,,7000,",
            f"2026-07-01,2026-07-01,ZZ{number},stranger,,333,",
        )
        (imported,) = shop.statements.import_file(
            clerk, ImportStatement(path, StatementProvider.BANK)
        )
        reconciliation_id = imported.reconciliation.reconciliation_id
        shop.matches.look_for(clerk, reconciliation_id)
        return shop.reconciliations.detail(clerk, reconciliation_id)

    return take_in


def bring_to(shop: App, clerk: Actor, detail: ReconciliationDetail, status: str) -> None:
    """Lead a fresh reconciliation to a status by the acts that a person has."""
    reconciliation_id = detail.reconciliation.reconciliation_id
    if status in {IN_PROGRESS, COMPLETE}:
        shop.reconciliations.ignore(clerk, detail.lines[1].line_id, reason="not ours")
    if status is COMPLETE:
        shop.matches.approve_automatic(clerk, reconciliation_id)
    if status in {COMPLETE, DISCREPANCY, RESOLVED}:
        shop.reconciliations.close(clerk, reconciliation_id)
    if status is RESOLVED:
        shop.reconciliations.resolve(clerk, reconciliation_id, notes="the bank's mistake")
    assert shop.reconciliations.detail(clerk, reconciliation_id).reconciliation.status == status


ACTS: dict[str, Callable[[App, Actor, ReconciliationDetail], object]] = {
    "approve": lambda shop, who, of: shop.matches.approve(who, [of.matches[0].match_id]),
    "approve all": lambda shop, who, of: shop.matches.approve_automatic(
        who, of.reconciliation.reconciliation_id
    ),
    "decline": lambda shop, who, of: shop.matches.decline(who, of.matches[0].match_id),
    "undo": lambda shop, who, of: shop.matches.undo(who, [of.matches[0].match_id]),
    "undo all": lambda shop, who, of: shop.matches.undo_all(
        who, of.reconciliation.reconciliation_id
    ),
    "by hand": lambda shop, who, of: match_by_hand(
        shop,
        who,
        of.reconciliation.reconciliation_id,
        [of.lines[0].line_id],
        [of.unmatched_payments[0].payment_id],
    ),
    "search": lambda shop, who, of: shop.matches.look_for(who, of.reconciliation.reconciliation_id),
    "ignore": lambda shop, who, of: shop.reconciliations.ignore(
        who, of.lines[0].line_id, reason="not ours"
    ),
    "take back": lambda shop, who, of: shop.reconciliations.take_back_ignored(
        who, of.lines[1].line_id
    ),
    "close": lambda shop, who, of: shop.reconciliations.close(
        who, of.reconciliation.reconciliation_id
    ),
    "resolve": lambda shop, who, of: shop.reconciliations.resolve(
        who, of.reconciliation.reconciliation_id, notes="the bank's mistake"
    ),
    "reopen": lambda shop, who, of: shop.reconciliations.reopen(
        who, of.reconciliation.reconciliation_id, reason="forgot one"
    ),
}


@pytest.mark.parametrize("start", list(ReconciliationStatus))
def test_each_status_allows_its_own_steps_only(
    shop: App, clerk: Actor, manager: Actor, statement: Callable[[int], ReconciliationDetail],
    start: ReconciliationStatus,
) -> None:  # fmt: skip
    steps = {"close": {COMPLETE, DISCREPANCY}, "resolve": {RESOLVED}, "reopen": {IN_PROGRESS}}
    for number, (verb, ends) in enumerate(steps.items()):
        detail = statement(number)
        bring_to(shop, clerk, detail, start)
        allowed = ends & RECONCILIATION_TRANSITIONS[start]
        if start in {PENDING, IN_PROGRESS} and verb == "reopen":
            allowed = set()  # work begins by itself; only what was closed is opened again
        if allowed:
            row = ACTS[verb](shop, manager, detail)
            assert row.status in allowed  # type: ignore[attr-defined]
        else:
            with pytest.raises(ConflictError, match="Nothing was changed"):
                ACTS[verb](shop, manager, detail)
            after = shop.reconciliations.detail(clerk, detail.reconciliation.reconciliation_id)
            assert after.reconciliation.status is start
    assert check(shop.database.engine) == ()


@pytest.mark.parametrize("status", [COMPLETE, DISCREPANCY, RESOLVED])
def test_a_closed_one_is_locked_and_says_who_closed_it(
    shop: App, clerk: Actor, manager: Actor, statement: Callable[[], ReconciliationDetail],
    status: ReconciliationStatus,
) -> None:  # fmt: skip
    detail = statement()
    bring_to(shop, clerk, detail, status)
    for name in set(ACTS) - {"close", "resolve", "reopen"}:
        with pytest.raises(ConflictError, match=f"was closed by {clerk.name} on 2026-07-01"):
            ACTS[name](shop, manager, detail)


@pytest.mark.parametrize("act", sorted(ACTS))
def test_a_cashier_and_an_admin_may_do_nothing_here(
    shop: App, cashier: Actor, admin: Actor, statement: Callable[[], ReconciliationDetail], act: str
) -> None:
    detail = statement()
    for person in (cashier, admin):
        with pytest.raises(NotAllowedError):
            ACTS[act](shop, person, detail)


def test_only_a_manager_reopens_with_a_reason_and_a_clerk_goes_on(
    shop: App, clerk: Actor, manager: Actor, statement: Callable[[], ReconciliationDetail]
) -> None:
    detail = statement()
    reconciliation_id = detail.reconciliation.reconciliation_id
    bring_to(shop, clerk, detail, DISCREPANCY)
    with pytest.raises(NotAllowedError):
        ACTS["reopen"](shop, clerk, detail)
    for blank in ("", "  "):
        with pytest.raises(InvalidInputError, match="reason"):
            shop.reconciliations.reopen(manager, reconciliation_id, reason=blank)
        with pytest.raises(InvalidInputError, match="reason"):
            shop.reconciliations.resolve(clerk, reconciliation_id, notes=blank)
    reopened = shop.reconciliations.reopen(manager, reconciliation_id, reason="forgot one")
    assert (reopened.reconciled_by, reopened.reconciled_at, reopened.notes) == (
        "", None, "forgot one",
    )  # fmt: skip
    with pytest.raises(ConflictError, match=f"still open: it was reopened by {manager.name}"):
        ACTS["reopen"](shop, manager, detail)
    assert shop.matches.approve_automatic(clerk, reconciliation_id).matches == 1
    actions = [row.action for row in shop.audit.page(manager, subject_id=reconciliation_id).rows]
    assert actions[:3] == ["match:approved", "reconciliation:reopened", "reconciliation:closed"]


LOCKED = (
    "UPDATE statement_line SET state = 'unmatched'",
    "UPDATE statement_line SET ignored_reason = 'mine'",
    "UPDATE match SET state = 'undone'",
    "UPDATE match SET decided_by = 'somebody'",
    "UPDATE match SET reconciliation_id = 2 WHERE reconciliation_id = 1",
    "UPDATE match_line SET active = 0",
    "UPDATE match_line SET match_id = 99",
    "UPDATE match_payment SET active = 0",
    "UPDATE match_payment SET completed_here = 1",
    "DELETE FROM match_line",
    "DELETE FROM match_payment",
    "DELETE FROM match",
    "DELETE FROM statement_line",
    "INSERT INTO match_line (match_id, line_id, active) VALUES (1, 2, 1)",
    "INSERT INTO match_payment (match_id, payment_id, active, completed_here) VALUES (1, 2, 0, 0)",
    (
        "INSERT INTO match (reconciliation_id, kind, automatic, ambiguous, confidence, reasons,"
        " difference_minor, state, proposed_at, decided_by, version)"
        " VALUES (1, 'by_hand', 0, 0, 9, '[]', 0, 'proposed', '2026-07-01', '', 1)"
    ),
)


@pytest.fixture
def raw(
    shop: App, clerk: Actor, statement: Callable[[int], ReconciliationDetail]
) -> Iterator[sqlite3.Connection]:
    """A closed reconciliation, the first, and an open one; the file opened by hand."""
    bring_to(shop, clerk, statement(0), COMPLETE)
    statement(1)
    with closing(
        sqlite3.connect(shop.database.url.removeprefix("sqlite:///"), isolation_level=None)
    ) as connection:
        yield connection


@pytest.mark.sqlite
@pytest.mark.parametrize("forged", LOCKED)
def test_hand_written_sql_changes_nothing_of_a_closed_one(
    raw: sqlite3.Connection, forged: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="sanduku:"):
        raw.execute(forged)


@pytest.mark.usefixtures("bent_books")
@pytest.mark.sqlite
def test_without_its_guards_a_forged_change_goes_through_and_the_check_finds_it(
    shop: App, raw: sqlite3.Connection
) -> None:
    """What the guards are for: the same statements, once they are taken out."""
    assert check(shop.database.engine) == ()
    guards = [name for name in sqlite_guards() if name.startswith(("guard_match", "guard_state"))]
    for name in guards:
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("UPDATE match_line SET active = 0")
    found = check(shop.database.engine)
    for sentence in ("is matched, which its matches", "is approved, which its lines", "taken out"):
        assert any(sentence in each for each in found), sentence


@pytest.mark.usefixtures("bent_books")
@pytest.mark.sqlite
def test_a_guards_refusal_is_a_sentence(
    shop: App, clerk: Actor, statement: Callable[[], ReconciliationDetail], raw: sqlite3.Connection
) -> None:
    """The program believes the statement open, as one would that read before it locked."""
    detail = shop.reconciliations.page(clerk).rows[-1]
    match_id = shop.reconciliations.detail(clerk, detail.reconciliation_id).matches[0].match_id
    raw.execute("DROP TRIGGER guard_payment_reconciliation_status")
    raw.execute(
        "CREATE TRIGGER closed_meanwhile BEFORE UPDATE ON match_payment BEGIN"
        " UPDATE payment_reconciliation SET status = 'COMPLETE' WHERE id = 1; END"
    )
    raw.execute("UPDATE payment_reconciliation SET status = 'IN_PROGRESS' WHERE id = 1")
    with pytest.raises(KnownError, match="This reconciliation is closed"):
        shop.matches.undo(clerk, [match_id])


def test_a_payment_still_offered_on_a_closed_statement_is_matched_on_another(
    shop: App, clerk: Actor, statement: Callable[[], ReconciliationDetail], tmp_path: Path
) -> None:
    closed = statement()
    shop.reconciliations.close(clerk, closed.reconciliation.reconciliation_id)
    (payment,) = closed.unmatched_payments
    path = write_statement(tmp_path / "later.csv", "2026-07-02,2026-07-02,LATE1,deposit,,7000,")
    (imported,) = shop.statements.import_file(clerk, ImportStatement(path, StatementProvider.BANK))
    later_id = imported.reconciliation.reconciliation_id
    (line,) = shop.reconciliations.detail(clerk, later_id).lines

    match_by_hand(shop, clerk, later_id, [line.line_id], [payment.payment_id])

    assert shop.payment_lists.one(clerk, payment.payment_id).reconciled
    assert check(shop.database.engine) == ()
    shop.matches.undo_all(clerk, later_id)
    assert not shop.payment_lists.one(clerk, payment.payment_id).reconciled


def test_an_offer_settled_on_a_closed_statement_stands_still_until_it_is_reopened(
    shop: App, clerk: Actor, manager: Actor, cashier: Actor, tmp_path: Path
) -> None:
    sale = shop.payments.record(
        cashier,
        RecordPayment(
            key="twice offered",
            method=PaymentMethod.BANK_TRANSFER,
            amount_minor=61_234,
            transaction_id="SLIP-61",
            complete_now=True,
        ),
    ).payment_id
    first, later = (
        _taken(shop, clerk, write_statement(tmp_path / f"{name}.csv", row))
        for name, row in (
            ("first", "2026-07-01,2026-07-01,T1,cash deposit kigali,,61234,"),
            ("later", "2026-07-02,2026-07-02,T2,cash deposit remera,,61234,"),
        )
    )
    shop.matches.look_for(clerk, first)
    assert _shares(shop, clerk, first)[LineCategory.SUGGESTED].count == 1
    shop.reconciliations.close(clerk, first)
    (line,) = shop.reconciliations.detail(clerk, later).lines

    match_by_hand(shop, clerk, later, [line.line_id], [sale])

    assert shop.payment_lists.one(clerk, sale).reconciled
    assert _shares(shop, clerk, first)[LineCategory.SUGGESTED].count == 1
    shop.reconciliations.reopen(manager, first, reason="it was paid on the other one")
    assert _shares(shop, clerk, first)[LineCategory.UNMATCHED].count == 1
    assert check(shop.database.engine) == ()


def _taken(shop: App, clerk: Actor, path: Path) -> str:
    (imported,) = shop.statements.import_file(clerk, ImportStatement(path, StatementProvider.BANK))
    return imported.reconciliation.reconciliation_id


def _shares(shop: App, clerk: Actor, reconciliation_id: str) -> dict[LineCategory, Share]:
    return shop.reconciliation_lists.summary(clerk, reconciliation_id).shares
