"""What a clerk matches by hand: sums, directions, limits, differences explained and taken back."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.app import App, Configuration
from core.database.consistency import check
from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, KnownError, NotAllowedError
from core.model.payments import PaymentMethod, PaymentStatus
from core.model.reconciliations import (
    DifferenceKind,
    LineState,
    MatchState,
    ReconciliationStatus,
    StatementProvider,
    WriteOffReason,
)
from core.money import display
from core.permissions import Actor
from core.services.matching.by_hand import ExplainDifference, MatchByHand
from core.services.matching.differences import STAYS_OPEN, DifferenceAnswer
from core.services.matching.write_off_limits import WriteOffLimits
from core.services.payments.rules import RecordPayment
from core.services.rows import ReconciliationDetail
from core.services.statements.desk import ImportStatement
from tests.core.services.by_hand import match_by_hand
from tests.core.services.conftest import SettableClock

HEADER = "Book Date,Value Date,Reference,Narration,Debit,Credit,Balance"
FEE = DifferenceAnswer(DifferenceKind.FEE)
ROUNDING = DifferenceAnswer(DifferenceKind.WRITE_OFF, WriteOffReason.ROUNDING)
ROUNDED = DifferenceAnswer(DifferenceKind.WRITE_OFF, WriteOffReason.ROUNDING)
SHORT_PAID = DifferenceAnswer(DifferenceKind.WRITE_OFF, WriteOffReason.SHORT_PAID)
OVERPAID = DifferenceAnswer(DifferenceKind.WRITE_OFF, WriteOffReason.OVERPAID)


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path / "shop"), database)


@pytest.fixture
def standing(
    shop: App, cashier: Actor, clerk: Actor, manager: Actor, tmp_path: Path
) -> tuple[App, Actor, str, list[str]]:
    """A statement and payments that stand as they are after each try."""
    sales = [sell(shop, cashier, f"s{n}", amount) for n, amount in enumerate(AMOUNTS)]
    detail = statement(shop, clerk, tmp_path, *MOVEMENTS)
    return shop, manager, detail.reconciliation.reconciliation_id, sales


def sell(
    shop: App, actor: Actor, key: str, amount: int, *, currency: str = "RWF", seen: bool = True
) -> str:
    command = RecordPayment(
        key=key,
        method=PaymentMethod.BANK_TRANSFER,
        amount_minor=amount,
        currency=currency,
        transaction_id=f"SLIP-{key}" if seen else "",
        complete_now=seen,
    )
    return shop.payments.record(actor, command).payment_id


def statement(shop: App, clerk: Actor, folder: Path, *amounts: int) -> ReconciliationDetail:
    """Import a statement of deposits and, negative, of money that left."""
    balance, rows = 1_000_000, []
    for place, amount in enumerate(amounts):
        balance += amount
        debit, credit = ("", amount) if amount > 0 else (-amount, "")
        rows.append(
            f"2026-07-01,2026-07-01,XA{place},CASH DEPOSIT {place},{debit},{credit},{balance}"
        )
    path = folder / "bk.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    (taken,) = shop.statements.import_file(clerk, ImportStatement(path, StatementProvider.BANK))
    return shop.reconciliations.detail(clerk, taken.reconciliation.reconciliation_id)


def put_together(
    shop: App,
    actor: Actor,
    detail: ReconciliationDetail,
    payments: list[str],
    difference: DifferenceAnswer = DifferenceAnswer(),  # noqa: B008 - frozen
) -> ReconciliationDetail:
    """Match all lines of a statement with payments."""
    return match_by_hand(
        shop,
        actor,
        detail.reconciliation.reconciliation_id,
        [line.line_id for line in detail.lines],
        payments,
        difference,
    )


def explain(
    shop: App, actor: Actor, detail: ReconciliationDetail, answer: DifferenceAnswer, key: str = "w"
) -> ReconciliationDetail:
    (match,) = detail.matches
    shop.hand_matches.explain(actor, ExplainDifference(key, match.match_id, answer))
    return shop.reconciliations.detail(actor, detail.reconciliation.reconciliation_id)


def test_the_same_click_twice_matches_once(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    sale = sell(shop, cashier, "a", 5_000)
    detail = statement(shop, clerk, tmp_path, 5_000)
    command = MatchByHand(
        "form-1", detail.reconciliation.reconciliation_id, (detail.lines[0].line_id,), (sale,)
    )

    shop.hand_matches.match(clerk, command)
    first = shop.reconciliations.detail(clerk, command.reconciliation_id)
    shop.hand_matches.match(clerk, command)
    again = shop.reconciliations.detail(clerk, command.reconciliation_id)

    assert again == first
    assert len(again.approved()) == 1
    with pytest.raises(ConflictError, match="already used for something else"):
        shop.hand_matches.match(clerk, replace(command, difference=ROUNDING))


def test_parts_of_one_payment_and_several_payments_of_one_line_sum_up_exactly(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    whole = sell(shop, cashier, "a", 15_000)
    detail = statement(shop, clerk, tmp_path, 10_000, 5_000)
    parts = put_together(shop, clerk, detail, [whole])
    assert parts.approved()[0].difference_minor == 0
    assert parts.is_explained

    few = [sell(shop, cashier, key, amount) for key, amount in (("b", 4_000), ("c", 3_500))]
    more = statement(shop, clerk, tmp_path, 10_000, 5_000, 7_500)
    one = match_by_hand(
        shop, clerk, more.reconciliation.reconciliation_id, [more.lines[-1].line_id], few
    )
    assert one.approved()[0].difference_minor == 0
    assert all(shop.payment_lists.one(clerk, each).reconciled for each in few)


def test_a_payment_that_received_nothing_is_not_proved_with_others(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    sales = [sell(shop, cashier, key, amount) for key, amount in (("a", 5_000), ("b", 2_000))]
    detail = statement(shop, clerk, tmp_path, 5_000)

    with pytest.raises(InvalidInputError, match=r"^Nothing was matched\..*received nothing"):
        put_together(shop, clerk, detail, sales)
    assert not shop.payment_lists.one(clerk, sales[0]).reconciled


def test_a_debit_beside_a_credit_counts_with_its_sign_and_alone_is_refused(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    sale = sell(shop, cashier, "a", 14_500)
    detail = statement(shop, clerk, tmp_path, 15_000, -500)
    rid = detail.reconciliation.reconciliation_id

    with pytest.raises(InvalidInputError, match="left the account"):
        match_by_hand(shop, clerk, rid, [detail.lines[1].line_id], [sale])
    waiting = sell(shop, cashier, "b", 14_500, seen=False)
    with pytest.raises(ConflictError, match="only money that came in completes it"):
        put_together(shop, clerk, detail, [waiting])

    assert put_together(shop, clerk, detail, [sale]).approved()[0].difference_minor == 0


def test_a_payment_in_another_currency_is_refused(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    sale = sell(shop, cashier, "a", 5_000, currency="USD")
    detail = statement(shop, clerk, tmp_path, 5_000)

    with pytest.raises(InvalidInputError, match="The payment is in USD, the statement in RWF"):
        put_together(shop, clerk, detail, [sale])


def test_a_pending_payment_is_not_completed_by_a_difference_written_off(
    shop: App, cashier: Actor, manager: Actor, clerk: Actor, tmp_path: Path
) -> None:
    waiting = sell(shop, cashier, "a", 5_100, seen=False)
    detail = statement(shop, clerk, tmp_path, 5_000)

    for answer in (FEE, ROUNDING):
        with pytest.raises(ConflictError, match="the statement shows another amount"):
            put_together(shop, manager, detail, [waiting], answer)
    assert shop.payment_lists.one(clerk, waiting).status is PaymentStatus.PENDING


def test_a_difference_left_open_is_a_discrepancy_and_one_written_off_is_not(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    sale = sell(shop, cashier, "a", 5_400)
    detail = put_together(shop, clerk, statement(shop, clerk, tmp_path, 5_000), [sale])
    assert detail.reconciliation.discrepancy_amount_minor == -400
    assert not detail.is_explained

    left = explain(shop, clerk, detail, SHORT_PAID)

    (match,) = left.approved()
    assert match.difference_minor == 400
    assert match.difference_kind is DifferenceKind.WRITE_OFF
    assert (match.difference_reason, match.difference_by) == ("short_paid", clerk.name)
    assert match.difference_at is not None
    assert left.explained(DifferenceKind.WRITE_OFF) == (match,)
    assert left.reconciliation.discrepancy_amount_minor == 0
    assert left.is_explained
    closed = shop.reconciliations.close(clerk, left.reconciliation.reconciliation_id)
    assert closed.status is ReconciliationStatus.COMPLETE
    with pytest.raises(ConflictError, match="closed"):
        explain(shop, clerk, left, DifferenceAnswer(), key="later")
    assert check(shop.database.engine) == ()


def test_an_explanation_is_taken_back_and_undo_leaves_the_line_as_it_was(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    sale = sell(shop, cashier, "a", 5_400)
    before = statement(shop, clerk, tmp_path, 5_000)
    detail = put_together(shop, clerk, before, [sale], ROUNDING)
    assert detail.is_explained

    back = explain(shop, clerk, detail, DifferenceAnswer())
    (match,) = back.approved()
    assert (match.difference_kind, match.difference_by) == (DifferenceKind.OPEN, "")
    assert back.reconciliation.discrepancy_amount_minor == -400

    explain(shop, clerk, back, ROUNDING, key="again")
    shop.matches.undo(clerk, [match.match_id])
    undone = shop.reconciliations.detail(clerk, back.reconciliation.reconciliation_id)
    assert undone.matches == ()
    assert undone.lines == before.lines
    assert (
        undone.reconciliation.discrepancy_amount_minor
        == before.reconciliation.discrepancy_amount_minor
    )
    assert not shop.payment_lists.one(clerk, sale).reconciled
    with pytest.raises(ConflictError, match="does not stand"):
        explain(shop, clerk, detail, FEE, key="too late")


def test_the_trail_says_what_an_explanation_was_before_it_changed_or_was_taken_back(
    shop: App, cashier: Actor, clerk: Actor, manager: Actor, tmp_path: Path
) -> None:
    sale = sell(shop, cashier, "a", 5_400)
    detail = put_together(shop, clerk, statement(shop, clerk, tmp_path, 5_000), [sale], ROUNDING)
    explain(shop, clerk, detail, SHORT_PAID)
    shop.matches.undo(clerk, [detail.matches[0].match_id])

    subject = detail.reconciliation.reconciliation_id
    rows = shop.audit.page(manager, subject_id=subject).rows
    told = {row.action: json.loads(row.details) for row in reversed(rows) if row.details}
    changed, undone = told["match:difference_write_off"], told["match:undone"]
    assert (changed["before"], changed["reason_before"], changed["reason"]) == (
        "write_off", "rounding", "short_paid",
    )  # fmt: skip
    assert (undone["difference"], undone["difference_kind"]) == ("400", "write_off")


@pytest.mark.sqlite
def test_above_the_limit_a_manager_writes_off_and_the_refusal_is_recorded(
    shop: App, cashier: Actor, clerk: Actor, manager: Actor, tmp_path: Path
) -> None:
    sale = sell(shop, cashier, "a", 50_000)
    before = statement(shop, clerk, tmp_path, 45_000)

    with pytest.raises(NotAllowedError, match=r"^Nothing was matched\. .*above the.*ask a manager"):
        put_together(shop, clerk, before, [sale], SHORT_PAID)
    assert not shop.payment_lists.one(clerk, sale).reconciled
    detail = put_together(shop, clerk, before, [sale])
    with pytest.raises(NotAllowedError, match=r"^Nothing was written off\."):
        explain(shop, clerk, detail, SHORT_PAID)
    with sqlite3.connect(shop.database.engine.url.database or "") as books:
        refusals = books.execute(
            "SELECT count(*) FROM audit_entry WHERE action = 'act:refused'"
        ).fetchone()
    assert refusals == (2,)

    assert explain(shop, manager, detail, SHORT_PAID).is_explained


def test_the_limit_is_a_setting_in_the_shops_currency(
    shop: App, cashier: Actor, clerk: Actor, admin: Actor, tmp_path: Path
) -> None:
    sale = sell(shop, cashier, "a", 50_000)
    detail = put_together(shop, clerk, statement(shop, clerk, tmp_path, 45_000), [sale])
    with pytest.raises(NotAllowedError):
        shop.write_off_limits.save(clerk, WriteOffLimits(write_off_limit_minor=5_000))
    with pytest.raises(InvalidInputError):
        shop.write_off_limits.save(admin, WriteOffLimits(write_off_limit_minor=-1))

    shop.write_off_limits.save(admin, WriteOffLimits(write_off_limit_minor=5_000))

    assert explain(shop, clerk, detail, SHORT_PAID).is_explained


def test_what_one_clerk_writes_off_in_a_day_has_a_limit_where_one_is_set(
    shop: App, cashier: Actor, clerk: Actor, admin: Actor, clock: SettableClock, tmp_path: Path
) -> None:
    def short_paid(key: str, short: int) -> ReconciliationDetail:
        sale = sell(shop, cashier, key, 50_000)
        return put_together(shop, clerk, statement(shop, clerk, tmp_path, 50_000 - short), [sale])

    with pytest.raises(InvalidInputError):
        shop.write_off_limits.save(admin, WriteOffLimits(write_off_day_limit_minor=-1))
    shop.write_off_limits.save(admin, WriteOffLimits(write_off_day_limit_minor=1_500))
    first = short_paid("a", 900)
    assert explain(shop, clerk, first, SHORT_PAID).is_explained
    second = short_paid("b", 700)
    left = re.escape(display(600))
    with pytest.raises(NotAllowedError, match=rf"^Nothing was written off\. .*{left} more today"):
        explain(shop, clerk, second, SHORT_PAID, "second")

    # Another reason for the same difference gives nothing more up; one taken back is free again.
    assert explain(shop, clerk, first, ROUNDED, "reason").is_explained
    explain(shop, clerk, first, STAYS_OPEN, "back")
    assert explain(shop, clerk, second, SHORT_PAID, "again").is_explained
    with pytest.raises(NotAllowedError, match="more today"):
        explain(shop, clerk, first, SHORT_PAID, "third")
    clock.advance(days=1)
    assert explain(shop, clerk, first, SHORT_PAID, "next day").is_explained


def test_a_fee_is_what_a_channel_may_have_kept_and_no_more(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    sale = sell(shop, cashier, "a", 100_000)
    detail = put_together(shop, clerk, statement(shop, clerk, tmp_path, 97_500), [sale], FEE)
    (match,) = detail.approved()
    assert match.difference_kind is DifferenceKind.FEE
    assert detail.is_explained

    large = sell(shop, cashier, "b", 100_000)
    more = statement(shop, clerk, tmp_path, 97_500, 80_000)
    line = more.lines[-1].line_id
    with pytest.raises(NotAllowedError, match="more than a channel keeps"):
        match_by_hand(shop, clerk, more.reconciliation.reconciliation_id, [line], [large], FEE)


@pytest.mark.parametrize(
    ("received", "answer", "told"),
    [
        (5_000, ROUNDING, "there is no difference"),
        (5_100, FEE, "that is no fee"),
        (5_100, SHORT_PAID, "More came than was recorded"),
        (4_900, OVERPAID, "Less came than was recorded"),
        (4_900, DifferenceAnswer(DifferenceKind.WRITE_OFF), "Choose why"),
        (4_900, DifferenceAnswer(DifferenceKind.WRITE_OFF, WriteOffReason.OTHER, " "), "Write why"),
    ],
)
def test_an_answer_that_does_not_fit_the_difference_matches_nothing(
    shop: App,
    cashier: Actor,
    clerk: Actor,
    tmp_path: Path,
    received: int,
    answer: DifferenceAnswer,
    told: str,
) -> None:
    sale = sell(shop, cashier, "a", 5_000)
    before = statement(shop, clerk, tmp_path, received)

    with pytest.raises(InvalidInputError, match=rf"^Nothing was matched\..*{told}"):
        put_together(shop, clerk, before, [sale], answer)

    after = shop.reconciliations.detail(clerk, before.reconciliation.reconciliation_id)
    assert after == before


def test_explaining_a_suggestion_approves_it_with_its_difference(
    shop: App, cashier: Actor, clerk: Actor, manager: Actor, tmp_path: Path
) -> None:
    command = RecordPayment(
        key="a",
        method=PaymentMethod.BANK_TRANSFER,
        amount_minor=240_500,
        transaction_id="FT26182A1B2C",
        complete_now=True,
    )
    sale = shop.payments.record(cashier, command).payment_id
    path = tmp_path / "short.csv"
    row = "2026-07-01,2026-07-01,FT26182A1B2C,Incoming transfer,,230000,1230000"
    path.write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    (taken,) = shop.statements.import_file(clerk, ImportStatement(path, StatementProvider.BANK))
    proposed = shop.matches.propose(clerk, taken.reconciliation.reconciliation_id)
    (proposal,) = proposed.matches
    assert proposal.is_open_difference

    with pytest.raises(NotAllowedError, match=r"^Nothing was written off\."):
        explain(shop, clerk, proposed, SHORT_PAID)
    still = shop.reconciliations.detail(clerk, taken.reconciliation.reconciliation_id)
    assert still.lines[0].state is LineState.SUGGESTED

    left = explain(shop, manager, proposed, SHORT_PAID, key="manager")
    assert left.approved()[0].state is MatchState.APPROVED
    assert left.is_explained
    assert shop.payment_lists.one(clerk, sale).reconciled


@pytest.mark.sqlite
def test_hand_written_sql_explains_no_difference_without_a_name(
    shop: App, cashier: Actor, clerk: Actor, tmp_path: Path
) -> None:
    sale = sell(shop, cashier, "a", 5_400)
    put_together(shop, clerk, statement(shop, clerk, tmp_path, 5_000), [sale])
    with sqlite3.connect(shop.database.engine.url.database or "") as books:
        for change in (
            "difference_kind = 'write_off', difference_reason = 'rounding'",
            "difference_kind = 'fee'",
            "difference_kind = 'gone', difference_by = 'x', difference_at = '2026-07-01'",
            "difference_minor = 0",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="sanduku:"):
                books.execute(f"UPDATE match SET {change}")


AMOUNTS = (5_000, 4_000, 3_000, 2_500, 100)
MOVEMENTS = (5_000, 4_500, 3_000, 1_000, -700)
ANSWERS = (DifferenceAnswer(), FEE, ROUNDING, SHORT_PAID, OVERPAID)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_is_put_together_is_exact_and_undone_without_a_trace(
    standing: tuple[App, Actor, str, list[str]], data: st.DataObject
) -> None:
    shop, manager, rid, sales = standing
    before = shop.reconciliations.detail(manager, rid)
    lines = data.draw(st.lists(st.sampled_from(before.lines), min_size=1, unique=True))
    payments = data.draw(st.lists(st.sampled_from(sales), min_size=1, unique=True))
    answer = data.draw(st.sampled_from(ANSWERS))
    ids = [line.line_id for line in lines]

    try:
        detail = match_by_hand(shop, manager, rid, ids, payments, answer)
    except KnownError as refusal:
        assert refusal.message.startswith("Nothing was")
    else:
        (match,) = detail.approved()
        received = sum(line.amount_minor for line in match.lines)
        paid = sum(payment.amount_minor for payment in match.payments)
        assert match.difference_minor == paid - received
        assert received > 0
        assert all(payment.reconciled for payment in match.payments)
        assert len(match.payments) == 1 or paid - received < min(
            payment.amount_minor for payment in match.payments
        )
        shop.matches.undo(manager, [match.match_id])

    after = shop.reconciliations.detail(manager, rid)
    assert after.lines == before.lines
    assert after.matches == before.matches == ()
    assert (
        after.reconciliation.discrepancy_amount_minor
        == before.reconciliation.discrepancy_amount_minor
    )
    assert [p.payment_id for p in after.unmatched_payments] == [
        p.payment_id for p in before.unmatched_payments
    ]
    assert check(shop.database.engine) == ()
