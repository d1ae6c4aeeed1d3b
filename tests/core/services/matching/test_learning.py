"""What a clerk decided suggests next time, is shown, and can be removed; nothing more."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event, select

from core.app import App, Configuration
from core.database.consistency import check
from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.model.base import new_uuid
from core.model.customers import Customer
from core.model.journal import AuditEntry, Change, Topic
from core.model.lessons import PayerLesson, PayerMark
from core.model.payments import PaymentMethod
from core.model.reconciliations import (
    DifferenceKind,
    LineCategory,
    LineState,
    StatementProvider,
)
from core.money import display
from core.permissions import Actor
from core.services.customers.form import CustomerForm
from core.services.customers.service import AddCustomer
from core.services.learning.rows import LessonKind, LessonRef, LessonRow
from core.services.matching.by_hand import ExplainDifference
from core.services.matching.differences import DifferenceAnswer
from core.services.payments.rules import RecordPayment
from core.services.rows import MatchRow, PaymentRow, ReconciliationDetail
from core.services.statements.importing import ChosenAccount, import_account
from core.statements.statement import Statement, StatementFile, StatementLine
from tests.core.services.by_hand import match_by_hand
from tests.core.services.conftest import SettableClock

JB = "J B TRADING LTD"
JB_ACCOUNT = "400112345678"


class Desk:
    """A shop whose clerk takes in one small bank statement after the other."""

    def __init__(
        self, database: Database, folder: Path, clock: SettableClock, clerk: Actor, cashier: Actor
    ) -> None:
        self.app = App(Configuration(folder / "shop"), database)
        self.database = database
        self.clock = clock
        self.clerk = clerk
        self.cashier = cashier
        self._number = 0

    def paid(
        self,
        name: str,
        amount_minor: int,
        *,
        phone: str = "",
        method: PaymentMethod = PaymentMethod.BANK_TRANSFER,
        reference: str = "",
    ) -> PaymentRow:
        self._number += 1
        return self.app.payments.record(
            self.cashier,
            RecordPayment(
                key=f"key-{self._number}",
                method=method,
                amount_minor=amount_minor,
                customer_name=name,
                phone_number=phone,
                transaction_reference=reference,
                transaction_id=f"FT9{self._number:07d}",
                complete_now=method is PaymentMethod.BANK_TRANSFER,
            ),
        )

    def statement(self, *rows: str, propose: bool = True) -> ReconciliationDetail:
        """Take in a statement of these rows, dated by the clock, and look for matches."""
        self._number += 1
        lines = tuple(
            StatementLine(
                line=place,
                date=self.clock.now.date(),
                amount_minor=int(amount),
                currency="RWF",
                reference=f"S{self._number}-{place}",
                description=description,
                counterparty=name,
                counterparty_account=account,
            )
            for place, (description, name, account, amount) in enumerate(
                (row.split(",") for row in rows), 1
            )
        )
        file = StatementFile("csv", "", (Statement("40011", "RWF", lines),), (), str(self._number))
        with self.database.write(self.clerk) as unit:
            chosen = ChosenAccount(0, StatementProvider.BANK)
            imported = import_account(unit, Path("statement.csv"), file, chosen, "")
            unit.commit()
        reconciliation_id = imported.reconciliation.reconciliation_id
        if propose:
            return self.app.matches.propose(self.clerk, reconciliation_id)
        return self.app.reconciliations.detail(self.clerk, reconciliation_id)

    def by_hand(self, detail: ReconciliationDetail, *payments: PaymentRow) -> MatchRow:
        """Match the statement's only line with payments and return the match."""
        done = match_by_hand(
            self.app,
            self.clerk,
            detail.reconciliation.reconciliation_id,
            [detail.lines[0].line_id],
            [payment.payment_id for payment in payments],
        )
        return next(match for match in done.matches if match.kind == "by_hand")

    def again(self, detail: ReconciliationDetail) -> ReconciliationDetail:
        return self.app.matches.propose(self.clerk, detail.reconciliation.reconciliation_id)

    def lessons(self, kind: LessonKind, search: str = "") -> list[LessonRow]:
        found = self.app.learning.lessons(self.clerk, search=search)
        return [row for row in found if row.ref.kind is kind]


@pytest.fixture
def desk(
    database: Database, tmp_path: Path, clock: SettableClock, clerk: Actor, cashier: Actor
) -> Desk:
    return Desk(database, tmp_path, clock, clerk, cashier)


def from_jb(amount: int) -> str:
    return f"TRANSFER,{JB},{JB_ACCOUNT},{amount}"


def offered(detail: ReconciliationDetail) -> list[set[str]]:
    """Return the payments of every suggestion."""
    return [{each.payment_id for each in m.payments} for m in detail.proposed(automatic=False)]


def teach_jb(desk: Desk) -> MatchRow:
    """Let the clerk match a line of J B Trading with a payment of Jean Bosco."""
    payment = desk.paid("Jean Bosco", 15_000, phone="0788123456")
    return desk.by_hand(desk.statement(from_jb(15_000)), payment)


def test_a_payer_matched_by_hand_is_suggested_next_time_with_when_and_by_whom(desk: Desk) -> None:
    teach_jb(desk)
    desk.clock.advance(days=30)
    wanted = desk.paid("Jean Bosco", 22_000, phone="0788123456")
    desk.paid("Alice Keza", 22_000)
    detail = desk.statement(from_jb(22_000))

    (suggestion,) = detail.proposed(automatic=False)
    assert [each.payment_id for each in suggestion.payments] == [wanted.payment_id]
    assert suggestion.reasons[0] == (
        f"As on 1 July, when claude matched “{JB_ACCOUNT}” with Jean Bosco."
    )
    assert detail.proposed(automatic=True) == ()
    # The name alone, from an account not seen before, is enough to suggest.
    by_name = desk.statement(f"TRANSFER,{JB.title()},,22000")
    assert offered(by_name) == [{wanted.payment_id}]
    assert f"“{JB}” with Jean Bosco" in by_name.proposed(automatic=False)[0].reasons[0]


def test_several_payments_of_a_learned_payer_are_a_set_to_choose_from(desk: Desk) -> None:
    teach_jb(desk)
    desk.clock.advance(days=10)
    both = {desk.paid("Jean Bosco", 9_000).payment_id for _ in range(2)}
    detail = desk.statement(from_jb(9_000))
    (suggestion,) = detail.proposed(automatic=False)
    assert suggestion.ambiguous
    assert {each.payment_id for each in suggestion.payments} == both
    assert detail.proposed(automatic=True) == ()


def test_a_mark_of_two_payers_suggests_both_and_says_so(desk: Desk) -> None:
    teach_jb(desk)
    desk.clock.advance(days=1)
    other = desk.paid("Marie Uwera", 8_000)
    desk.by_hand(desk.statement(from_jb(8_000), propose=False), other)
    desk.clock.advance(days=1)
    wanted = {desk.paid("Jean Bosco", 5_000).payment_id, desk.paid("Marie Uwera", 5_000).payment_id}
    (suggestion,) = desk.statement(from_jb(5_000)).proposed(automatic=False)
    assert {each.payment_id for each in suggestion.payments} == wanted
    assert "Jean Bosco" in suggestion.reasons[0]
    assert "Marie Uwera" in suggestion.reasons[0]


def test_undoing_the_match_takes_its_lesson_back(desk: Desk) -> None:
    taught = teach_jb(desk)
    assert len(desk.lessons(LessonKind.PAYER)) == 2
    desk.app.matches.undo(desk.clerk, [taught.match_id])
    assert desk.lessons(LessonKind.PAYER) == []
    desk.clock.advance(days=3)
    desk.paid("Jean Bosco", 31_000)
    (suggestion,) = desk.statement(from_jb(31_000)).proposed(automatic=False)
    assert not any("As on" in reason for reason in suggestion.reasons)
    with desk.database.read() as session:
        assert all(each.taken_back_at for each in session.scalars(select(PayerLesson)))
    assert check(desk.database.engine) == ()


def test_only_what_the_payer_is_not_known_by_is_learned(desk: Desk) -> None:
    payment = desk.paid("Eric Niyonzima", 7_000)
    desk.by_hand(desk.statement("TRANSFER,NIYONZIMA ERIC,400155556666,7000"), payment)
    (lesson,) = desk.lessons(LessonKind.PAYER)
    assert (lesson.mark, lesson.shown, lesson.meaning) == (
        PayerMark.ACCOUNT,
        "400155556666",
        "Eric Niyonzima",
    )


def test_a_line_without_name_or_account_is_known_by_its_wording(desk: Desk) -> None:
    payment = desk.paid("Jean Bosco", 6_000)
    desk.by_hand(desk.statement("SCHOOL FEES GS KACYIRU 4471,,,6000"), payment)
    desk.clock.advance(days=5)
    wanted = desk.paid("Jean Bosco", 6_500)
    detail = desk.statement("School fees GS Kacyiru 5120 2 AUG,,,6500")
    assert offered(detail) == [{wanted.payment_id}]
    assert "“SCHOOL FEES GS KACYIRU 4471”" in detail.proposed(automatic=False)[0].reasons[0]


def test_certain_matches_teach_nothing(desk: Desk) -> None:
    for number in ("ORD-2026-0077", "ORD-2026-0078"):
        desk.paid("Jean Bosco", 15_000, reference=number)
    all_at_once = desk.statement(f"ORD-2026-0077,{JB},{JB_ACCOUNT},15000")
    assert len(all_at_once.proposed(automatic=True)) == 1
    reconciliation_id = all_at_once.reconciliation.reconciliation_id
    desk.app.matches.approve_automatic(desk.clerk, reconciliation_id)
    one = desk.statement(f"ORD-2026-0078,{JB},{JB_ACCOUNT},15000")
    desk.app.matches.approve(desk.clerk, [one.proposed(automatic=True)[0].match_id])
    assert desk.lessons(LessonKind.PAYER) == []


def test_an_approved_suggestion_teaches_and_counts_up(desk: Desk) -> None:
    teach_jb(desk)
    desk.clock.advance(days=3)
    desk.paid("Jean Bosco", 22_000, phone="0788123456")
    (suggestion,) = desk.statement(from_jb(22_000)).proposed(automatic=False)
    desk.app.matches.approve(desk.clerk, [suggestion.match_id])
    by_mark = {row.mark: row for row in desk.lessons(LessonKind.PAYER)}
    assert by_mark[PayerMark.NAME].times == 2
    assert by_mark[PayerMark.NAME].last_at == desk.clock.now


def test_a_match_of_several_payers_teaches_nothing(desk: Desk) -> None:
    payments = desk.paid("Jean Bosco", 5_000), desk.paid("Marie Uwera", 4_000)
    desk.by_hand(desk.statement(from_jb(9_000)), *payments)
    assert desk.lessons(LessonKind.PAYER) == []


def test_a_declined_payment_is_not_offered_again_but_what_else_fits_is(desk: Desk) -> None:
    wrong, other = desk.paid("Alice Keza", 12_000), desk.paid("Marie Uwera", 12_000)
    detail = desk.statement("DEPOSIT,,,12000")
    (choice,) = detail.proposed(automatic=False)
    (left,) = desk.app.learning.decline_some(desk.clerk, choice.match_id, [wrong.payment_id])
    shown = desk.app.reconciliations.detail(desk.clerk, detail.reconciliation.reconciliation_id)
    assert [m.match_id for m in shown.proposed(automatic=False)] == [left]
    again = desk.again(detail)
    assert offered(again) == [{other.payment_id}]
    assert again.proposed(automatic=True) == ()
    with pytest.raises(InvalidInputError):
        desk.app.learning.decline_some(
            desk.clerk, again.proposed(automatic=False)[0].match_id, [other.payment_id]
        )


def test_a_declined_set_stays_away_when_it_shrinks_and_after_an_undo(desk: Desk) -> None:
    payments = [desk.paid(name, 12_000) for name in ("Alice Keza", "Marie Uwera", "Paul Mugisha")]
    detail = desk.statement("DEPOSIT,,,12000")
    (choice,) = detail.proposed(automatic=False)
    assert len(choice.payments) == 3
    desk.app.matches.decline(desk.clerk, choice.match_id)
    # One of the three is proved elsewhere, so that the set is another one; then that is undone.
    elsewhere = desk.by_hand(desk.statement("GIFT,,,12000", propose=False), payments[0])
    assert offered(desk.again(detail)) == []
    desk.app.matches.undo(desk.clerk, [elsewhere.match_id])
    assert offered(desk.again(detail)) == []
    late = desk.paid("Jeanne Mutesi", 12_000)
    assert offered(desk.again(detail)) == [{late.payment_id}]


def test_a_declined_certain_match_makes_nothing_else_certain(desk: Desk) -> None:
    desk.paid("Jean Bosco", 15_000, reference="ORD-2026-0077")
    desk.paid("Jean Bosco", 15_000, phone="0788123456")
    detail = desk.statement("ORD-2026-0077 0788123456,,,15000")
    (certain,) = detail.proposed(automatic=True)
    desk.app.matches.decline(desk.clerk, certain.match_id)
    again = desk.again(detail)
    assert again.proposed(automatic=True) == ()
    assert {certain.payments[0].payment_id} not in offered(again)


def test_a_declined_settlement_stays_away_with_each_of_its_other_choices(desk: Desk) -> None:
    for amount in (1_000, 2_000, 3_000, 4_000, 5_000):
        desk.paid("Walk In", amount, phone="0788123456", method=PaymentMethod.MTN_MOBILE_MONEY)
    desk.clock.advance(days=1)
    detail = desk.statement("MTN MOMO SETTLEMENT,,,5000")
    seen: set[frozenset[str]] = set()
    while choices := [m for m in detail.matches if m.state == "proposed"]:
        now = {frozenset(each.payment_id for each in m.payments) for m in choices}
        assert seen.isdisjoint(now)
        seen |= now
        for choice in choices:
            desk.app.matches.decline(desk.clerk, choice.match_id)
        detail = desk.again(detail)
    assert seen


def test_a_lifted_decline_is_offered_again_until_put_back(desk: Desk) -> None:
    desk.paid("Alice Keza", 12_000)
    detail = desk.statement("DEPOSIT,,,12000")
    (only,) = detail.proposed(automatic=False)
    desk.app.matches.decline(desk.clerk, only.match_id)
    (declined,) = desk.lessons(LessonKind.DECLINED)
    assert "DEPOSIT" in declined.shown
    assert "Alice Keza" in declined.meaning
    removed = desk.app.learning.forget(desk.clerk, [declined.ref])
    assert desk.lessons(LessonKind.DECLINED) == []
    assert len(offered(desk.again(detail))) == 1
    desk.app.learning.restore(desk.clerk, removed)
    assert offered(desk.again(detail)) == []
    desk.app.reconciliations.close(desk.clerk, detail.reconciliation.reconciliation_id)
    assert desk.lessons(LessonKind.DECLINED) == []
    with pytest.raises(ConflictError):
        desk.app.learning.forget(desk.clerk, [declined.ref])


def test_a_wording_set_aside_is_suggested_with_its_reason_and_accepted_at_once(desk: Desk) -> None:
    july = desk.statement("FRAIS TENUE DE COMPTE JUILLET 2026,,,-1000")
    line = july.lines[0]
    assert desk.app.learning.reason_for(desk.clerk, line.line_id) is None
    desk.app.reconciliations.ignore(desk.clerk, line.line_id, reason="Bank charge")
    desk.clock.advance(days=31)
    august = desk.statement(
        "Frais tenue de compte 01/08,,,-1200", "FRAIS TENUE DE COMPTE,,,500", "SALARIES,,,-90000"
    )
    assert {each.state for each in august.lines} <= {LineState.UNMATCHED, LineState.SUGGESTED}
    wanted = august.lines[0].line_id
    found = desk.app.learning.suggested_reasons(desk.clerk, august.reconciliation.reconciliation_id)
    assert [(each.line_id, each.reason, each.times, each.last_by) for each in found] == [
        (wanted, "Bank charge", 1, "claude")
    ]
    assert desk.app.learning.reason_for(desk.clerk, wanted) == found[0]
    every = [each.line_id for each in august.lines]
    assert desk.app.learning.set_aside_as_before(desk.clerk, every) == 1
    after = desk.app.reconciliations.detail(desk.clerk, august.reconciliation.reconciliation_id)
    assert after.lines[0].state is LineState.IGNORED
    assert after.lines[0].ignored_reason == "Bank charge"
    assert after.reconciliation.unmatched_count == 2
    assert [row.times for row in desk.lessons(LessonKind.WORDING)] == [2]


def test_another_reason_for_the_same_line_takes_the_place_of_the_first(desk: Desk) -> None:
    line_id = desk.statement("FRAIS TENUE DE COMPTE,,,-1000").lines[0].line_id
    desk.app.reconciliations.ignore(desk.clerk, line_id, reason="Salary")
    desk.app.reconciliations.take_back_ignored(desk.clerk, line_id)
    desk.app.reconciliations.ignore(desk.clerk, line_id, reason="Bank charge")
    (lesson,) = desk.lessons(LessonKind.WORDING)
    assert (lesson.meaning, lesson.times) == ("Bank charge", 1)


def test_taking_a_line_back_takes_its_wording_back(desk: Desk) -> None:
    detail = desk.statement("FRAIS TENUE DE COMPTE,,,-1000")
    line_id = detail.lines[0].line_id
    desk.app.reconciliations.ignore(desk.clerk, line_id, reason="Bank charge")
    desk.app.reconciliations.take_back_ignored(desk.clerk, line_id)
    assert desk.lessons(LessonKind.WORDING) == []
    assert desk.app.learning.reason_for(desk.clerk, line_id) is None


def test_fees_that_agree_become_a_rule_and_forgetting_begins_anew(desk: Desk) -> None:
    def confirm(*amounts: int) -> None:
        for amount in amounts:
            number = f"ORD-2026-{amount:06d}"
            desk.paid("Jean Bosco", amount, reference=number)
            detail = desk.statement(f"{number},,,{amount - amount // 100}")
            (match,) = detail.proposed(automatic=True)
            assert match.kind == "fee_net"
            desk.app.matches.approve(desk.clerk, [match.match_id])
            desk.clock.advance(seconds=1)

    confirm(10_000, 25_000)
    assert desk.lessons(LessonKind.FEE) == []
    confirm(40_000)
    (fee,) = desk.lessons(LessonKind.FEE)
    assert fee.fee is not None
    assert [tier.basis_points for tier in fee.fee.tiers] == [100]
    assert (fee.times, fee.shown, fee.currency) == (3, "bank_transfer", "RWF")
    removed = desk.app.learning.forget(desk.clerk, [fee.ref])
    assert desk.lessons(LessonKind.FEE) == []
    confirm(50_000, 60_000)
    assert desk.lessons(LessonKind.FEE) == []
    desk.app.learning.restore(desk.clerk, removed)
    assert [row.times for row in desk.lessons(LessonKind.FEE)] == [5]


def test_a_removed_payer_is_not_suggested_and_may_be_put_back(desk: Desk) -> None:
    teach_jb(desk)
    rows = desk.lessons(LessonKind.PAYER)
    removed = desk.app.learning.forget(desk.clerk, [row.ref for row in rows])
    assert desk.lessons(LessonKind.PAYER) == []
    desk.clock.advance(days=2)
    desk.paid("Jean Bosco", 31_000)
    detail = desk.statement(from_jb(31_000))
    assert "As on" not in detail.proposed(automatic=False)[0].reasons[0]
    desk.app.learning.restore(desk.clerk, removed)
    assert "As on" in desk.again(detail).proposed(automatic=False)[0].reasons[0]
    with pytest.raises(ConflictError):
        desk.app.learning.restore(desk.clerk, removed)
    with desk.database.read() as session:
        actions = set(session.scalars(select(AuditEntry.action)))
        topics = set(session.scalars(select(Change.topic)))
    assert {"lesson:forgotten", "lesson:restored"} <= actions
    assert Topic.SETTINGS in topics
    assert check(desk.database.engine) == ()


def test_the_list_is_searched_by_mark_and_payer(desk: Desk) -> None:
    teach_jb(desk)
    assert len(desk.lessons(LessonKind.PAYER, "trading")) == 1
    assert len(desk.lessons(LessonKind.PAYER, "JEAN b")) == 2
    assert desk.lessons(LessonKind.PAYER, "somebody else") == []


def test_a_cashier_neither_sees_nor_forgets_what_was_learned(desk: Desk, cashier: Actor) -> None:
    with pytest.raises(NotAllowedError):
        desk.app.learning.lessons(cashier)
    with pytest.raises(NotAllowedError):
        desk.app.learning.forget(cashier, [LessonRef(LessonKind.PAYER, "1")])
    with pytest.raises(NotFoundError):
        desk.app.learning.forget(desk.clerk, [LessonRef(LessonKind.FEE, "nonsense")])


def test_what_was_learned_of_a_merged_customer_is_the_survivors(desk: Desk, manager: Actor) -> None:
    teach_jb(desk)
    kept = desk.app.customers.add(
        desk.clerk, AddCustomer("kept", CustomerForm(name="Bosco Enterprises"))
    )
    with desk.database.read() as session:
        gone = session.scalars(select(Customer.id).where(Customer.name == "Jean Bosco")).one()
    desk.app.customers.merge(manager, gone, kept.customer_id)
    rows = desk.lessons(LessonKind.PAYER)
    assert {row.meaning for row in rows} == {"Bosco Enterprises"}
    desk.clock.advance(days=2)
    wanted = desk.paid("Bosco Enterprises", 31_000)
    assert offered(desk.statement(from_jb(31_000))) == [{wanted.payment_id}]


def test_what_is_left_of_a_choice_differs_by_its_own_payments_amount(desk: Desk) -> None:
    near, far = desk.paid("Mugisha Eric", 5_500), desk.paid("Mugisha Eric", 6_000)
    detail = desk.statement("DEPOSIT,Mugisha Eric,,5000")
    (choice,) = detail.matches
    assert {each.payment_id for each in choice.payments} == {near.payment_id, far.payment_id}

    (left,) = desk.app.learning.decline_some(desk.clerk, choice.match_id, [near.payment_id])
    line = desk.app.reconciliation_lists.line(desk.clerk, detail.lines[0].line_id)
    assert line.category is LineCategory.SUGGESTED
    (candidate,) = line.candidates
    assert candidate.match.reasons == (
        f"the statement shows {display(1_000)} less than recorded",
        "payer's name agrees: Mugisha Eric",
        "same day",
        "1 declined before and not offered again",
    )
    searched = desk.again(detail)
    assert [each.reasons for each in searched.matches] == [candidate.match.reasons]
    (left,) = [each.match_id for each in searched.matches]
    desk.app.matches.approve(desk.clerk, [left])

    reconciliation_id = detail.reconciliation.reconciliation_id
    detail = desk.app.reconciliations.detail(desk.clerk, reconciliation_id)
    (match,) = detail.approved()
    assert (match.payments[0].payment_id, match.difference_minor) == (far.payment_id, 1_000)
    assert detail.reconciliation.discrepancy_amount_minor == -1_000


def test_many_lines_are_set_aside_in_the_statements_that_few_take(desk: Desk) -> None:
    asked = []
    event.listen(desk.database.engine, "before_cursor_execute", lambda *told: asked.append(told))
    first = desk.statement("MONTHLY CHARGE,,,-500", propose=False)
    desk.app.reconciliations.ignore(desk.clerk, first.lines[0].line_id, reason="bank charge")
    counts = []
    for many in (2, 30):
        detail = desk.statement(*["MONTHLY CHARGE,,,-500"] * many, propose=False)
        asked.clear()
        keys = [line.line_id for line in detail.lines]
        assert desk.app.learning.set_aside_as_before(desk.clerk, keys) == many
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert check(desk.database.engine) == ()


def test_a_fee_told_after_the_rule_was_forgotten_teaches_anew_whenever_it_was_approved(
    desk: Desk, manager: Actor
) -> None:
    matches = [
        desk.by_hand(
            desk.statement(f"DEPOSIT,,,{gross - gross // 100}", propose=False),
            desk.paid(f"Payer {gross}", gross),
        )
        for gross in (10_000, 20_000, 30_000, 40_000, 50_000)
    ]
    desk.clock.advance(days=1)
    for match in matches:
        answer = DifferenceAnswer(DifferenceKind.FEE)
        desk.app.hand_matches.explain(
            manager, ExplainDifference(new_uuid(), match.match_id, answer)
        )
    (fee,) = desk.lessons(LessonKind.FEE)
    assert (fee.last_by, fee.last_at) == (manager.name, desk.clock.now)

    desk.clock.advance(days=-1, hours=1)
    desk.app.learning.forget(desk.clerk, [fee.ref])
    assert [row.times for row in desk.lessons(LessonKind.FEE)] == [5]
