"""Two people decide the same thing at once: one wins, the other hears who was first.

Each has a thread and a connection of their own; who holds the write lock first is up to the
machine, so every race is run over several lines.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

import pytest

from core.app import App, Configuration
from core.database.consistency import check
from core.database.unit_of_work import Database
from core.errors import ConflictError
from core.model.payments import PaymentMethod
from core.model.reconciliations import MatchState, StatementProvider
from core.permissions import Actor
from core.services.matching.proposals import PROVING_KINDS
from core.services.payments.rules import RecordPayment
from core.services.rows import MatchRow, ReconciliationDetail
from core.services.statements.desk import ImportStatement
from tests.core.services.by_hand import match_by_hand
from tests.core.services.conftest import SettableClock
from tests.core.services.reconciliations.test_reconciliations import write_statement

ROUNDS = 4


@dataclass(frozen=True)
class Desk:
    """One person at one connection."""

    shop: App
    actor: Actor


Act = Callable[[Desk, int], object]


@pytest.fixture
def desks(
    database: Database, clock: SettableClock, clerk: Actor, manager: Actor, tmp_path: Path
) -> Iterator[tuple[Desk, Desk]]:
    """A clerk and a manager, each with a database of their own on one shop's file."""
    other = Database(database.url, clock=clock)
    settings = Configuration(tmp_path / "shop")
    yield Desk(App(settings, database), clerk), Desk(App(settings, other), manager)
    other.close()


@pytest.fixture
def statement(desks: tuple[Desk, Desk], cashier: Actor, tmp_path: Path) -> ReconciliationDetail:
    """A line for each round that names its payment, proposed; and as many other payments."""
    desk = desks[0]
    rows = []
    for number in range(ROUNDS):
        for letter in "AB":
            sell(desk.shop, cashier, f"FT26182{letter}{number}X7", 7_000 + number)
        rows.append(f"2026-07-01,2026-07-01,FT26182A{number}X7,transfer,,{7_000 + number},0")
    reconciliation_id = take_in(desk, write_statement(tmp_path / "bk.csv", *rows))
    desk.shop.matches.look_for(desk.actor, reconciliation_id)
    return look(desk, reconciliation_id)


def sell(shop: App, cashier: Actor, transaction_id: str, amount_minor: int) -> str:
    sale = RecordPayment(
        key=transaction_id,
        method=PaymentMethod.BANK_TRANSFER,
        amount_minor=amount_minor,
        transaction_id=transaction_id,
        complete_now=True,
    )
    return shop.payments.record(cashier, sale).payment_id


def take_in(desk: Desk, path: Path) -> str:
    (imported,) = desk.shop.statements.import_file(
        desk.actor, ImportStatement(path, StatementProvider.BANK)
    )
    return imported.reconciliation.reconciliation_id


def look(desk: Desk, reconciliation_id: str) -> ReconciliationDetail:
    return desk.shop.reconciliations.detail(desk.actor, reconciliation_id)


def race(desks: tuple[Desk, Desk], acts: tuple[Act, Act], number: int) -> list[object]:
    """Let both act at the same moment; return what each got: an answer or a refusal."""
    start = Barrier(2)

    def run(desk: Desk, act: Act) -> object:
        start.wait()
        try:
            return act(desk, number)
        except ConflictError as refusal:
            return refusal

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(run, desks, acts))


def certain(detail: ReconciliationDetail) -> list[MatchRow]:
    """Return the proposal of each line, in the order of the lines."""
    found = detail.proposed(automatic=True)
    return sorted(found, key=lambda match: match.lines[0].line_number)


@pytest.fixture
def acts(statement: ReconciliationDetail) -> dict[str, Act]:
    """What may be done with a line, by name."""
    reconciliation_id = statement.reconciliation.reconciliation_id
    proposals = certain(statement)
    others = [row.payment_id for row in statement.unmatched_payments]
    taken = {match.payments[0].payment_id for match in proposals}
    spare = [payment_id for payment_id in others if payment_id not in taken]
    line_ids = [match.lines[0].line_id for match in proposals]
    match_ids = [match.match_id for match in proposals]
    payment_ids = [match.payments[0].payment_id for match in proposals]

    def by_hand(payments: list[str], shift: int = 0) -> Act:
        return lambda desk, number: match_by_hand(
            desk.shop,
            desk.actor,
            reconciliation_id,
            [line_ids[(number + shift) % ROUNDS]],
            [payments[number]],
        )

    return {
        "approve": lambda desk, number: desk.shop.matches.approve(desk.actor, [match_ids[number]]),
        "decline": lambda desk, number: desk.shop.matches.decline(desk.actor, match_ids[number]),
        "undo": lambda desk, number: desk.shop.matches.undo(desk.actor, [match_ids[number]]),
        "ignore": lambda desk, number: desk.shop.reconciliations.ignore(
            desk.actor, line_ids[number], reason="not ours"
        ),
        "by hand": by_hand(payment_ids),
        "other payment": by_hand(spare),
        "mark": lambda desk, number: desk.shop.payments.mark_reconciled(
            desk.actor, payment_ids[number], note="seen"
        ),
        "close": lambda desk, _: desk.shop.reconciliations.close(desk.actor, reconciliation_id),
        "propose": lambda desk, _: desk.shop.matches.look_for(desk.actor, reconciliation_id),
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("approve", "approve"),
        ("approve", "decline"),
        ("approve", "ignore"),
        ("approve", "by hand"),
        ("approve", "other payment"),
        ("approve", "mark"),
        ("decline", "decline"),
        ("ignore", "ignore"),
        ("ignore", "by hand"),
        ("by hand", "by hand"),
        ("by hand", "other payment"),
        ("mark", "by hand"),
    ],
)
def test_one_wins_and_the_other_hears_who_was_first(
    desks: tuple[Desk, Desk], acts: dict[str, Act], first: str, second: str
) -> None:
    for number in range(ROUNDS):
        told = race(desks, (acts[first], acts[second]), number)

        (loser,) = [place for place, answer in enumerate(told) if isinstance(answer, ConflictError)]
        winner = desks[1 - loser].actor.name
        assert f"by {winner} on 2026-07-01 at 10:00" in str(told[loser])
    assert check(desks[0].shop.database.engine) == ()


def test_a_payment_on_two_statements_is_matched_in_one(
    desks: tuple[Desk, Desk], statement: ReconciliationDetail, tmp_path: Path
) -> None:
    rows = [f"2026-07-02,2026-07-02,XX{number},deposit,,7000,0" for number in range(ROUNDS)]
    other_id = take_in(desks[1], write_statement(tmp_path / "other.csv", *rows))
    other = look(desks[1], other_id)
    proposals = certain(statement)

    for number in range(ROUNDS):
        proposal = proposals[number]
        told = race(
            desks,
            (
                lambda desk, number: desk.shop.matches.approve(
                    desk.actor, [proposals[number].match_id]
                ),
                lambda desk, number: match_by_hand(
                    desk.shop,
                    desk.actor,
                    other_id,
                    [other.lines[number].line_id],
                    [proposals[number].payments[0].payment_id],
                ),
            ),
            number,
        )

        (loser,) = [place for place, answer in enumerate(told) if isinstance(answer, ConflictError)]
        winner = desks[1 - loser].actor.name
        file = ("other.csv", "bk.csv")[loser]
        line = (other.lines[number], proposal.lines[0])[loser].line_number
        assert f"reconciled by {winner} on 2026-07-01 at 10:00, with line {line} of {file}" in str(
            told[loser]
        )
    assert check(desks[0].shop.database.engine) == ()


def test_a_match_is_taken_back_once(desks: tuple[Desk, Desk], acts: dict[str, Act]) -> None:
    for number in range(ROUNDS):
        acts["approve"](desks[0], number)
        told = race(desks, (acts["undo"], acts["undo"]), number)

        (loser,) = [place for place, answer in enumerate(told) if isinstance(answer, ConflictError)]
        assert f"taken back by {desks[1 - loser].actor.name}" in str(told[loser])
    assert check(desks[0].shop.database.engine) == ()


@pytest.mark.parametrize("act", ["approve", "decline", "ignore", "by hand", "undo"])
def test_closing_comes_before_a_decision_or_after_it_but_not_between(
    desks: tuple[Desk, Desk], statement: ReconciliationDetail, acts: dict[str, Act], act: str
) -> None:
    reconciliation_id = statement.reconciliation.reconciliation_id
    if act == "undo":
        for number in range(ROUNDS):
            acts["approve"](desks[0], number)
    for number in range(ROUNDS):
        decided, closed = race(desks, (acts[act], acts["close"]), number)

        assert not isinstance(closed, ConflictError)
        if isinstance(decided, ConflictError):
            assert f"was closed by {desks[1].actor.name} on 2026-07-01 at 10:00" in str(decided)
        row = look(desks[0], reconciliation_id).reconciliation
        assert (row.status, row.unmatched_count) == (closed.status, closed.unmatched_count)
        desks[1].shop.reconciliations.reopen(desks[1].actor, reconciliation_id, reason="go on")
    assert check(desks[0].shop.database.engine) == ()


def test_two_close_and_one_of_them_did(desks: tuple[Desk, Desk], acts: dict[str, Act]) -> None:
    told = race(desks, (acts["close"], acts["close"]), 0)
    (loser,) = [place for place, answer in enumerate(told) if isinstance(answer, ConflictError)]
    assert f"was closed by {desks[1 - loser].actor.name}" in str(told[loser])


def test_a_new_search_leaves_what_was_decided_and_replaces_what_was_not(
    desks: tuple[Desk, Desk], statement: ReconciliationDetail, acts: dict[str, Act]
) -> None:
    approved = 0
    for number in range(ROUNDS):
        decided, searched = race(desks, (acts["approve"], acts["propose"]), number)

        assert searched is None
        if isinstance(decided, ConflictError):
            assert f"replaced by a new search by {desks[1].actor.name}" in str(decided)
        else:
            approved += 1
    detail = look(desks[0], statement.reconciliation.reconciliation_id)
    assert detail.reconciliation.matched_count == approved
    assert len(certain(detail)) == ROUNDS - approved
    assert check(desks[0].shop.database.engine) == ()


def test_all_that_is_certain_is_approved_once(
    desks: tuple[Desk, Desk], statement: ReconciliationDetail
) -> None:
    reconciliation_id = statement.reconciliation.reconciliation_id

    def approve(desk: Desk, _: int) -> int:
        return desk.shop.matches.approve_automatic(desk.actor, reconciliation_id).matches

    assert sorted(race(desks, (approve, approve), 0), key=str) == [0, ROUNDS]
    assert check(desks[0].shop.database.engine) == ()


def forge(database: Database, statement: str) -> None:
    """Run one statement on the shop's file as another program would."""
    with sqlite3.connect(database.url.removeprefix("sqlite:///")) as connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.sqlite
@pytest.mark.parametrize("act", ["by hand", "other payment"])
def test_the_database_itself_refuses_a_second_match_and_says_who_was_first(
    desks: tuple[Desk, Desk], acts: dict[str, Act], act: str
) -> None:
    """The program's own checks see a free line and a free payment: only the indexes know."""
    first, second = desks
    acts["approve"](first, 0)
    database = first.shop.database
    forge(database, "UPDATE statement_line SET state = 'unmatched'")
    forge(database, "UPDATE payment SET reconciled = 0, reconciled_by = ''")

    with pytest.raises(ConflictError, match=f"already by {first.actor.name} on 2026-07-01"):
        acts[act](second, 0)
    forge(database, "UPDATE statement_line SET state = 'matched' WHERE line_number = 2")
    forge(database, "UPDATE payment SET reconciled = 1 WHERE transaction_id = 'FT26182A0X7'")
    assert check(database.engine) == ()


@pytest.mark.usefixtures("bent_books")
@pytest.mark.sqlite
def test_the_database_itself_refuses_a_payments_second_match(
    desks: tuple[Desk, Desk], statement: ReconciliationDetail, acts: dict[str, Act]
) -> None:
    first, second = desks
    acts["approve"](first, 0)
    forge(first.shop.database, "UPDATE payment SET reconciled = 0, reconciled_by = ''")
    proposals = certain(statement)

    with pytest.raises(
        ConflictError, match=f"reconciled by {first.actor.name} on 2026-07-01 at 10:00, with line 2"
    ):
        match_by_hand(
            second.shop,
            second.actor,
            statement.reconciliation.reconciliation_id,
            [proposals[1].lines[0].line_id],
            [proposals[0].payments[0].payment_id],
        )


@pytest.mark.sqlite
def test_two_certain_matches_that_contradict_each_other_wait_for_a_person(
    desks: tuple[Desk, Desk], statement: ReconciliationDetail
) -> None:
    desk = desks[0]
    first, second = certain(statement)[:2]
    assert {first.kind, second.kind} <= PROVING_KINDS
    forge(
        desk.shop.database,
        "INSERT INTO match_payment (match_id, payment_id, active, completed_here)"
        f" SELECT {second.match_id}, payment_id, 0, 0 FROM match_payment"
        f" WHERE match_id = {first.match_id}",
    )

    decided = desk.shop.matches.approve_automatic(
        desk.actor, statement.reconciliation.reconciliation_id
    )

    assert decided.matches == ROUNDS - 2
    detail = look(desk, statement.reconciliation.reconciliation_id)
    left = [match.match_id for match in detail.matches if match.state is MatchState.PROPOSED]
    assert sorted(left) == sorted([first.match_id, second.match_id])
