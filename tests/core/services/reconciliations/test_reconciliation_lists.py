"""The lists of a reconciliation: categories the database keeps, pages by key, one line whole."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from core.app import App, Configuration
from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.model.reconciliations import (
    LineCategory,
    LineState,
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
    StatementLine,
    StatementProvider,
)
from core.permissions import Actor
from core.services.matching.line_states import settle_lines
from core.services.payments.rules import RecordPayment
from core.services.reconciliations.lists import LineFilter, ListedLine
from core.services.reconciliations.open_payments import OpenSum
from core.services.reconciliations.service import find_reconciliation
from core.services.rows import MatchRow, ReconciliationDetail, StatementLineRow
from core.services.statements.desk import ImportStatement
from tests.core.services.by_hand import match_by_hand
from tests.core.services.conftest import SettableClock

LINES, PAYMENTS = 14, 16
KINDS = ("one_to_one", "fee_net", "settlement", "split", "reversal", "refund", "bank_charge")


def take_in(shop: App, clerk: Actor, folder: Path) -> str:
    """Take a statement of deposits in, each of another amount."""
    path = folder / "statement.csv"
    rows = [f"2026-07-01,REF{place},DEPOSIT {place},{1000 + place}" for place in range(LINES)]
    path.write_text("\n".join(["Date,Reference,Description,Amount", *rows]) + "\n", "utf-8")
    (imported,) = shop.statements.import_file(clerk, ImportStatement(path, StatementProvider.BANK))
    return imported.reconciliation.reconciliation_id


def take(shop: App, cashier: Actor, number: int) -> str:
    command = RecordPayment(
        key=f"p{number}",
        method=PaymentMethod.BANK_TRANSFER,
        amount_minor=5000 + number,
        transaction_id=f"SLIP{number}",
        customer_name=f"Keza {number}",
        complete_now=True,
    )
    return shop.payments.record(cashier, command).payment_id


def arranged(detail: ReconciliationDetail) -> dict[int, tuple[LineCategory, list[int]]]:
    """Arrange a reconciliation read whole: each line's category and its matches in order."""
    found: dict[int, list[MatchRow]] = {}
    for match in detail.matches:
        if match.state is MatchState.PROPOSED:
            for line in match.lines:
                found.setdefault(line.line_id, []).extend([match] * offers(match))
    return {line.line_id: category_of(line, found.get(line.line_id, [])) for line in detail.lines}


def offers(match: MatchRow) -> int:
    proves = match.kind not in {"reversal", "refund", "bank_charge"}
    if match.ambiguous and proves and match.kind != "settlement":
        return sum(not payment.reconciled for payment in match.payments)
    taken = proves and any(payment.reconciled for payment in match.payments)
    return 0 if taken or not all(is_open(line) for line in match.lines) else 1


def category_of(
    line: StatementLineRow, candidates: Sequence[MatchRow]
) -> tuple[LineCategory, list[int]]:
    if not is_open(line):
        return LineCategory(line.state.value), []
    ordered = sorted(candidates, key=lambda m: (not m.automatic, m.ambiguous, -m.confidence))
    ids = [match.match_id for match in ordered]
    if not ordered:
        return LineCategory.UNMATCHED, ids
    best = ordered[0]
    if best.automatic:
        return LineCategory.CERTAIN, ids
    rivals = sum(is_open(each) for each in best.lines) > 1 or len(ordered) > 1
    is_tied = best.ambiguous and rivals
    return LineCategory.AMBIGUOUS if is_tied else LineCategory.SUGGESTED, ids


def is_open(line: StatementLineRow) -> bool:
    return line.state in {LineState.UNMATCHED, LineState.SUGGESTED}


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path / "shop"), database)


@pytest.fixture
def statement(shop: App, cashier: Actor, clerk: Actor, tmp_path: Path) -> str:
    for number in range(PAYMENTS):
        take(shop, cashier, number)
    return take_in(shop, clerk, tmp_path)


def propose_at_random(shop: App, clerk: Actor, statement: str, rng: random.Random) -> None:
    """Write proposals of every kind and size, as the matcher might."""
    with shop.database.write(clerk) as unit:
        reconciliation = find_reconciliation(unit.session, statement)
        lines = unit.session.query(StatementLine).order_by(StatementLine.id).all()
        for _ in range(rng.randrange(4, 22)):
            kind = rng.choice(KINDS)
            many = rng.random() < 0.3
            named = rng.sample(lines, rng.randrange(1, 4) if many else 1)
            count = rng.randrange(0, 2) if kind == "bank_charge" else rng.randrange(1, 5)
            unit.session.add(
                Match(
                    reconciliation=reconciliation,
                    kind=kind,
                    automatic=rng.random() < 0.2,
                    ambiguous=rng.random() < 0.4,
                    confidence=rng.choice((40, 60, 60, 90)),
                    reasons=["drawn"],
                    proposed_at=unit.now,
                    line_links=[MatchLine(line=line) for line in named],
                    payment_links=[
                        MatchPayment(payment_id=key, position=place)
                        for place, key in enumerate(rng.sample(range(1, PAYMENTS + 1), count))
                    ],
                )
            )
        settle_lines(unit.session, [line.id for line in lines])
        unit.commit()


def decide_at_random(shop: App, clerk: Actor, rng: random.Random) -> None:
    """Change what offers follow from by bare SQL, as any service or another desk might."""
    with shop.database.write(clerk) as unit:
        lines = unit.session.query(StatementLine).order_by(StatementLine.id).all()
        for _ in range(rng.randrange(1, 5)):
            act = rng.choice(("payment", "match", "line"))
            if act == "payment":
                change = "UPDATE payment SET reconciled = NOT reconciled WHERE id = :key"
                key = rng.randrange(1, PAYMENTS + 1)
            elif act == "match":
                change = "UPDATE match SET state = 'declined' WHERE id = :key"
                key = rng.randrange(1, 12)
            else:
                change = (
                    "UPDATE statement_line SET state = CASE state WHEN 'ignored' THEN 'unmatched'"
                    " ELSE 'ignored' END WHERE id = :key"
                )
                key = rng.choice(lines).id
            unit.session.execute(text(change), {"key": key})
        unit.session.expire_all()
        settle_lines(unit.session, [line.id for line in lines])
        unit.commit()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.usefixtures("bent_books")
def test_the_databases_categories_are_those_of_the_statement_read_whole(
    shop: App, clerk: Actor, statement: str, seed: int
) -> None:
    rng = random.Random(seed)
    propose_at_random(shop, clerk, statement, rng)
    for _ in range(3):
        lists = shop.reconciliation_lists
        summary = lists.summary(clerk, statement)
        expected = arranged(shop.reconciliations.detail(clerk, statement))
        listed = lists.lines(clerk, statement, LineFilter()).rows
        assert {row.line_id: row.category for row in listed} == {
            line_id: category for line_id, (category, _) in expected.items()
        }
        for category in LineCategory:
            of_it = [row for row in listed if row.category is category]
            found = lists.lines(clerk, statement, LineFilter(category))
            assert [row.line_id for row in found.rows] == [row.line_id for row in of_it]
            share = summary.shares[category]
            assert (share.count, found.total) == (len(of_it), len(of_it))
            assert share.amount_minor == sum(row.line.amount_minor for row in of_it)
        for line_id, (category, match_ids) in expected.items():
            shown = lists.line(clerk, line_id)
            assert shown.category is category
            assert [each.match.match_id for each in shown.candidates] == match_ids
        decide_at_random(shop, clerk, rng)


def test_a_payment_reconciled_elsewhere_is_not_offered(
    shop: App, clerk: Actor, statement: str
) -> None:
    rng = random.Random(3)
    propose_at_random(shop, clerk, statement, rng)
    lists = shop.reconciliation_lists
    listed = lists.lines(clerk, statement, LineFilter()).rows
    taken = next(
        candidate.payments[0]
        for row in listed
        for candidate in lists.line(clerk, row.line_id).candidates
        if candidate.payments and candidate.match.kind in {"one_to_one", "fee_net", "split"}
    )
    shop.payments.mark_reconciled(clerk, taken.payment_id, note="Seen on paper")
    for row in listed:
        for candidate in lists.line(clerk, row.line_id).candidates:
            if candidate.match.kind not in {"reversal", "refund", "bank_charge"}:
                assert taken.payment_id not in [each.payment_id for each in candidate.payments]


def test_a_proposals_payments_come_likeliest_first(shop: App, clerk: Actor, statement: str) -> None:
    with shop.database.write(clerk) as unit:
        line = unit.session.query(StatementLine).first()
        assert line is not None
        likeliest_first = [7, 2, 11, 4]
        unit.session.add(
            Match(
                reconciliation=line.reconciliation,
                kind="one_to_one",
                ambiguous=True,
                reasons=[],
                proposed_at=unit.now,
                line_links=[MatchLine(line=line)],
                payment_links=[
                    MatchPayment(payment_id=key, position=place)
                    for place, key in enumerate(likeliest_first)
                ],
            )
        )
        line.state = LineState.SUGGESTED
        unit.commit()
        line_id = line.id
    candidates = shop.reconciliation_lists.line(clerk, line_id).candidates
    amounts = [each.payments[0].amount_minor for each in candidates]
    assert amounts == [4999 + key for key in likeliest_first]


def test_pages_after_a_key_are_the_whole_list(shop: App, clerk: Actor, statement: str) -> None:
    lists = shop.reconciliation_lists
    whole = lists.lines(clerk, statement, LineFilter()).rows
    found: list[ListedLine] = []
    after = None
    while rows := lists.lines(clerk, statement, LineFilter(), after=after, limit=4).rows:
        found += rows
        after = (rows[-1].line.line_number, rows[-1].line_id)
    assert tuple(found) == whole
    assert lists.lines(clerk, statement, LineFilter(), offset=9, limit=3).rows == whole[9:12]


@pytest.mark.parametrize(
    ("search", "places"),
    [
        ("deposit 3", [3, 13]),
        ("REF12", [12]),
        ("1 007", [7]),
        ("1,007", [7]),
        ("+1007 deposit", [7]),
        ("100", list(range(10))),
        ("100%", []),
        ("nobody", []),
    ],
)
def test_lines_are_searched_by_words_and_amounts(
    shop: App, clerk: Actor, statement: str, search: str, places: list[int]
) -> None:
    found = shop.reconciliation_lists.lines(clerk, statement, LineFilter(search=search))
    assert [row.line.amount_minor - 1000 for row in found.rows] == places
    assert found.total == len(places)


def test_the_next_open_line_is_found_going_round(shop: App, clerk: Actor, statement: str) -> None:
    lists = shop.reconciliation_lists
    ids = [row.line_id for row in lists.lines(clerk, statement, LineFilter()).rows]
    for place in (0, 1, 5, 13):
        shop.reconciliations.ignore(clerk, ids[place], reason="Bank charge")
    assert lists.next_open(clerk, statement, LineFilter()) == ids[2]
    assert lists.next_open(clerk, statement, LineFilter(), ids[4]) == ids[6]
    assert lists.next_open(clerk, statement, LineFilter(), ids[12]) == ids[2]
    ignored = LineFilter(LineCategory.IGNORED)
    assert lists.next_open(clerk, statement, ignored, ids[0]) is None
    assert lists.next_open(clerk, statement, LineFilter(search="REF7"), ids[12]) == ids[7]


def test_a_line_that_left_a_list_gives_way_to_its_neighbour(
    shop: App, clerk: Actor, statement: str
) -> None:
    lists = shop.reconciliation_lists
    ids = [row.line_id for row in lists.lines(clerk, statement, LineFilter()).rows]
    unmatched = LineFilter(LineCategory.UNMATCHED)
    shop.reconciliations.ignore(clerk, ids[4], reason="Bank charge")
    assert lists.place(clerk, statement, unmatched, ids[4]) == (4, ids[5])
    assert lists.place(clerk, statement, unmatched, ids[9]) == (8, ids[9])
    shop.reconciliations.ignore(clerk, ids[13], reason="Bank charge")
    assert lists.place(clerk, statement, unmatched, ids[13]) == (11, ids[12])
    assert lists.place(clerk, statement, LineFilter(LineCategory.MATCHED), ids[0]) is None
    assert lists.place(clerk, statement, LineFilter(), None) == (0, ids[0])


def test_what_a_person_approved_last_is_known_after_any_other_act(
    shop: App, clerk: Actor, manager: Actor, statement: str, clock: SettableClock
) -> None:
    lists = shop.reconciliation_lists
    ids = [row.line_id for row in lists.lines(clerk, statement, LineFilter()).rows]
    payments = [row.payment_id for row in lists.unmatched_payments(clerk, statement).rows]
    assert lists.last_matches(clerk, statement) == ()
    match_by_hand(shop, clerk, statement, ids[:1], payments[:1])
    match_by_hand(shop, manager, statement, ids[1:2], payments[1:2])
    clock.advance(minutes=1)
    match_by_hand(shop, clerk, statement, ids[2:3], payments[2:3])
    (last,) = lists.last_matches(clerk, statement)
    assert lists.summary(clerk, statement).last_matches == 1
    approved = lists.line(clerk, ids[2]).approved
    assert approved is not None
    assert approved.match_id == last


def test_missing_payments_are_counted_added_up_and_searched(
    shop: App, clerk: Actor, statement: str
) -> None:
    lists = shop.reconciliation_lists
    whole = lists.unmatched_payments(clerk, statement, limit=5)
    assert (len(whole.rows), whole.total) == (5, PAYMENTS)
    assert whole.amount_minor == sum(5000 + number for number in range(PAYMENTS))
    found = lists.unmatched_payments(clerk, statement, search="SLIP7")
    assert [row.amount_minor for row in found.rows] == [5007]
    assert (found.total, found.amount_minor) == (1, 5007)
    again = lists.unmatched_payments(clerk, statement, offset=14)
    assert [row.amount_minor for row in again.rows] == [5014, 5015]


def test_open_payments_are_read_from_any_place_and_stay_while_others_are_matched(
    shop: App, clerk: Actor, statement: str
) -> None:
    lists, amounts = shop.open_payments, [5000 + number for number in range(PAYMENTS)]
    asked = lists.missing(clerk, statement)
    pages = [asked.rows(place, 5, total=PAYMENTS) for place in (10, 0, 15, 5)]
    read = [[row.amount_minor for row in page] for page in pages]
    assert read == [amounts[10:15], amounts[:5], amounts[15:], amounts[5:10]]
    assert lists.sum_of_missing(clerk, statement) == OpenSum(PAYMENTS, sum(amounts))

    line = shop.reconciliation_lists.open_lines(clerk, statement, limit=1)[0]
    match_by_hand(shop, clerk, statement, [line.line_id], [pages[1][0].payment_id])
    now = lists.missing(clerk, statement)
    assert list(now.again((pages[1][0], pages[0][4]))) == [pages[0][4]]
    assert now.place(pages[0][4], 14, asked) == 13
    assert lists.sum_of_missing(clerk, statement).count == PAYMENTS - 1


def test_a_search_for_open_payments_looks_through_the_whole_shop(
    shop: App, clerk: Actor, statement: str
) -> None:
    found = shop.open_payments.found(clerk, "RWF", "SLIP7").rows(0, 10)
    assert [row.amount_minor for row in found] == [5007]
    assert shop.open_payments.sum_of_found(clerk, "RWF", "SLIP7") == OpenSum(1, 5007)
    assert shop.open_payments.found(clerk, "USD", "SLIP7").rows(0, 10) == ()
