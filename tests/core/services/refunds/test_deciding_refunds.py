"""Who decides a refund: limits, the owner, the asker, and two managers at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from core.configuration import PasswordCost
from core.database.consistency import check
from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, KnownError, NotAllowedError, SignInError
from core.model.journal import AuditEntry
from core.model.payments import PaymentMethod
from core.model.refunds import RefundStatus
from core.permissions import Actor, Role
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from core.services.refunds.news import RefundNewsService
from core.services.refunds.on_the_spot import SpotDecision, SpotDecisions
from core.services.refunds.rules import OTHER_REASON, RefundRuleService
from core.services.refunds.service import CarryOutRefund, RefundService, RequestRefund
from core.services.rows import RefundRow, Seen
from core.services.tills import TillService
from core.services.users import FREE_TRIES, UserService

CHEAP = PasswordCost(time_cost=1, memory_kib=8, parallelism=1)
PASSWORD = "sesame-7"
ABOVE = 100_001
WELL = "Wrong item or amount"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Desk:
    """A shop's refunds, with sales to give back."""

    def __init__(self, database: Database, cashier: Actor) -> None:
        self.database = database
        self.refunds = RefundService(database)
        self.rules = RefundRuleService(database)
        self.news = RefundNewsService(database)
        self._cashier = cashier
        self._sold = 0

    def sold(self, amount_minor: int, currency: str = "RWF") -> str:
        self._sold += 1
        command = RecordPayment(
            key=f"sale-{self._sold}",
            method=PaymentMethod.CASH,
            amount_minor=amount_minor,
            currency=currency,
            tendered_minor=amount_minor,
            complete_now=True,
        )
        return PaymentService(self.database).record(self._cashier, command).payment_id

    def asked(
        self, amount_minor: int = 5_000, *, by: Actor | None = None, currency: str = "RWF"
    ) -> RefundRow:
        payment_id = self.sold(amount_minor, currency)
        command = RequestRefund(f"ask-{self._sold}", payment_id, amount_minor, WELL, "too small")
        return self.refunds.request(by or self._cashier, command)


@pytest.fixture
def desk(database: Database, cashier: Actor) -> Desk:
    return Desk(database, cashier)


def test_the_askers_own_words_stand_beside_a_reason_of_the_list(desk: Desk) -> None:
    asked = desk.asked()

    assert (asked.reason, asked.reason_note) == (WELL, "too small")
    assert asked.whole_reason == f"{WELL} – too small"


def test_another_reason_must_be_written(desk: Desk, cashier: Actor) -> None:
    sale = desk.sold(5_000)
    with pytest.raises(InvalidInputError, match="which other reason") as refused:
        desk.refunds.request(cashier, RequestRefund("k", sale, 5_000, OTHER_REASON))
    assert refused.value.field == "note"


def test_a_manager_keeps_the_reasons_and_an_admin_the_limit(
    desk: Desk, cashier: Actor, manager: Actor, admin: Actor
) -> None:
    kept = desk.rules.save_reasons(manager, ("  Faulty ", "faulty", "", "Paid   twice"))
    assert kept.reasons == ("Faulty", "Paid twice", OTHER_REASON)
    assert desk.rules.save(admin, 20_000, kept.reasons).limit_minor == 20_000
    assert desk.rules.load().reasons == kept.reasons
    with pytest.raises(NotAllowedError, match="reasons"):
        desk.rules.save_reasons(cashier, ("Faulty",))
    with pytest.raises(NotAllowedError, match="settings"):
        desk.rules.save(manager, 1, kept.reasons)
    for wrong in ((), ("x" * 61,), tuple(f"reason {number}" for number in range(31))):
        with pytest.raises(InvalidInputError, match="Nothing was changed"):
            desk.rules.save_reasons(manager, wrong)
    with pytest.raises(InvalidInputError, match="zero or more"):
        desk.rules.save(admin, -1, kept.reasons)


def test_a_manager_approves_up_to_the_limit_and_nothing_above(desk: Desk, manager: Actor) -> None:
    within, above = desk.asked(ABOVE - 1), desk.asked(ABOVE)

    assert desk.refunds.approve(manager, within.refund_id).status is RefundStatus.APPROVED
    with pytest.raises(NotAllowedError, match="pass it on to the owner"):
        desk.refunds.approve(manager, above.refund_id)
    assert desk.refunds.facts(manager, above.refund_id).refund.status is RefundStatus.REQUESTED


def test_a_limit_in_the_shops_money_allows_nothing_in_another(desk: Desk, manager: Actor) -> None:
    with pytest.raises(NotAllowedError, match="pass it on"):
        desk.refunds.approve(manager, desk.asked(100, currency="USD").refund_id)


def test_what_is_above_the_limit_goes_to_the_owner_with_a_word(
    desk: Desk, cashier: Actor, manager: Actor, admin: Actor
) -> None:
    above = desk.asked(ABOVE)
    with pytest.raises(NotAllowedError, match="only what a manager passed on"):
        desk.refunds.approve(admin, above.refund_id)
    with pytest.raises(InvalidInputError, match="a word for the owner"):
        desk.refunds.pass_on(manager, above.refund_id, note="  ")
    with pytest.raises(NotAllowedError):
        desk.refunds.pass_on(cashier, above.refund_id, note="please")

    passed = desk.refunds.pass_on(manager, above.refund_id, note="looks right", seen=above.seen)
    assert (passed.status, passed.passed_on_by) == (RefundStatus.REQUESTED, manager.name)
    assert (desk.news.waiting(manager), desk.news.waiting(admin)) == (0, 1)
    with pytest.raises(NotAllowedError, match="passed on to the owner"):
        desk.refunds.approve(manager, above.refund_id)
    with pytest.raises(ConflictError, match="passed on already"):
        desk.refunds.pass_on(manager, above.refund_id, note="again")
    with pytest.raises(ConflictError, match="look again"):
        desk.refunds.approve(admin, above.refund_id, seen=above.seen)
    assert desk.refunds.facts(admin, above.refund_id).may_approve
    approved = desk.refunds.approve(admin, above.refund_id, seen=passed.seen)
    assert approved.approved_by == admin.name


def test_an_admin_handles_no_money(
    desk: Desk, cashier: Actor, manager: Actor, admin: Actor
) -> None:
    sale = desk.sold(ABOVE)
    with pytest.raises(NotAllowedError, match="ask for refunds"):
        desk.refunds.request(admin, RequestRefund("a", sale, 1_000, WELL))
    passed = desk.asked(ABOVE)
    desk.refunds.pass_on(manager, passed.refund_id, note="look")
    desk.refunds.approve(admin, passed.refund_id)
    with pytest.raises(NotAllowedError, match="carry out"):
        desk.refunds.carry_out(admin, CarryOutRefund("c", passed.refund_id))
    with pytest.raises(NotAllowedError, match="only what a manager passed on"):
        desk.refunds.reject(admin, desk.asked().refund_id, reason="no")


def test_a_manager_alone_in_the_shop_leaves_their_own_request_to_the_owner(
    desk: Desk, manager: Actor, admin: Actor
) -> None:
    own = desk.asked(by=manager)
    with pytest.raises(NotAllowedError, match="yourself"):
        desk.refunds.approve(manager, own.refund_id)

    desk.refunds.pass_on(manager, own.refund_id, note="nobody else is here")
    assert desk.refunds.approve(admin, own.refund_id).status is RefundStatus.APPROVED


def test_whoever_asked_withdraws_and_asks_again(desk: Desk, cashier: Actor, manager: Actor) -> None:
    asked = desk.asked(5_000)
    with pytest.raises(NotAllowedError, match="only they"):
        desk.refunds.withdraw(manager, asked.refund_id)

    withdrawn = desk.refunds.withdraw(cashier, asked.refund_id, note="customer keeps it")
    assert withdrawn.status is RefundStatus.WITHDRAWN
    too_late: tuple[Callable[[], object], ...] = (
        lambda: desk.refunds.approve(manager, asked.refund_id),
        lambda: desk.refunds.reject(manager, asked.refund_id, reason="late"),
        lambda: desk.refunds.withdraw(cashier, asked.refund_id),
        lambda: desk.refunds.pass_on(manager, asked.refund_id, note="late"),
    )
    for late in too_late:
        with pytest.raises(ConflictError):
            late()
    again = RequestRefund("again", asked.payment_id, 5_000, WELL)
    assert desk.refunds.request(cashier, again).status is RefundStatus.REQUESTED
    assert not check(desk.database.engine)


def test_an_approved_refund_is_withdrawn_only_before_the_money_leaves(
    desk: Desk, cashier: Actor, manager: Actor
) -> None:
    first, second = desk.asked(), desk.asked()
    for refund in (first, second):
        desk.refunds.approve(manager, refund.refund_id)
    desk.refunds.carry_out(cashier, CarryOutRefund("c1", first.refund_id))

    with pytest.raises(ConflictError):
        desk.refunds.withdraw(cashier, first.refund_id)
    desk.refunds.withdraw(cashier, second.refund_id)
    with pytest.raises(ConflictError):
        desk.refunds.carry_out(cashier, CarryOutRefund("c2", second.refund_id))


def test_a_decision_is_bound_to_version_and_amount(desk: Desk, manager: Actor) -> None:
    asked = desk.asked()
    decisions: tuple[Callable[[Seen], object], ...] = (
        lambda seen: desk.refunds.approve(manager, asked.refund_id, seen=seen),
        lambda seen: desk.refunds.reject(manager, asked.refund_id, reason="x", seen=seen),
        lambda seen: desk.refunds.pass_on(manager, asked.refund_id, note="x", seen=seen),
    )
    for other in (replace(asked.seen, version=9), replace(asked.seen, amount_minor=4_999)):
        for decide in decisions:
            with pytest.raises(ConflictError, match="changed since you opened it"):
                decide(other)
    approved = desk.refunds.approve(manager, asked.refund_id, seen=asked.seen)
    assert approved.status is RefundStatus.APPROVED


def test_the_facts_name_drawer_limit_and_how_often_the_person_asked(
    desk: Desk, people: UserService, manager: Actor
) -> None:
    aline = people.sign_in("Aline", PASSWORD, "desk 1")
    TillService(desk.database).open(aline, 1_000)
    for _ in range(2):
        desk.asked(200, by=aline)
    facts = desk.refunds.facts(manager, desk.asked(900, by=aline).refund_id)

    assert facts.drawer is not None
    assert (facts.drawer.user_name, facts.drawer.expected_minor) == ("Aline", 1_000)
    told = {each.text: each.passed for each in facts.checks}
    assert told["Within your limit of 100\u202f000\u00a0RWF."]
    assert told["The drawer of Aline has enough cash."]
    assert not told["Aline asked for 3 refunds this day."]
    assert facts.may_approve, "a warning does not forbid"


def test_a_drawer_without_enough_cash_is_a_warning_in_words(
    desk: Desk, people: UserService, manager: Actor
) -> None:
    aline = people.sign_in("Aline", PASSWORD, "desk 1")
    asked = desk.asked(2_000, by=aline)
    without_till = desk.refunds.facts(manager, asked.refund_id)
    assert without_till.drawer is None
    assert any("no open till" in each.text for each in without_till.checks)
    TillService(desk.database).open(aline, 1_000)

    facts = desk.refunds.facts(manager, asked.refund_id)
    assert any("has only 1\u202f000\u00a0RWF" in each.text for each in facts.checks)
    assert facts.may_approve


def test_two_managers_at_once_have_one_winner(desk: Desk, manager: Actor) -> None:
    """A hundred refunds, each approved by one and rejected by the other at the same moment."""
    asked = [desk.asked(1_000) for _ in range(100)]
    other = Database(desk.database.url, clock=desk.database.clock)
    theirs, twin = RefundService(other), Actor(9, "another", Role.MANAGER)
    wins: dict[str, list[str]] = {each.refund_id: [] for each in asked}
    for each in asked:
        together = threading.Barrier(2)

        def decide(
            act: Callable[[], RefundRow],
            refund_id: str = each.refund_id,
            together: threading.Barrier = together,
        ) -> None:
            together.wait()
            try:
                wins[refund_id].append(str(act().status))
            except KnownError as error:
                assert isinstance(error, ConflictError), error

        def approve(refund: RefundRow = each) -> RefundRow:
            return desk.refunds.approve(manager, refund.refund_id, seen=refund.seen)

        def reject(refund: RefundRow = each) -> RefundRow:
            return theirs.reject(twin, refund.refund_id, reason="no", seen=refund.seen)

        pair = [threading.Thread(target=decide, args=(act,)) for act in (approve, reject)]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
    other.close()

    assert [len(each) for each in wins.values()] == [1] * len(asked)
    stored = {row.refund_id: row.status for row in desk.refunds.page(manager, limit=200).rows}
    assert {key: str(stored[key]) for key in wins} == {key: won[0] for key, won in wins.items()}


# At the asker's window


@pytest.fixture
def people(database: Database) -> UserService:
    users = UserService(database, password_cost=CHEAP)
    users.add(None, "owner", Role.ADMIN, PASSWORD)
    owner = users.sign_in("owner", PASSWORD, "office")
    users.add(owner, "Marie", Role.MANAGER, PASSWORD)
    users.add(owner, "Aline", Role.CASHIER, PASSWORD)
    return users


@pytest.fixture
def spot(desk: Desk, people: UserService) -> SpotDecisions:
    return SpotDecisions(desk.database, people)


def decision(refund: RefundRow, **over: str) -> SpotDecision:
    given = {"name": "marie", "password": PASSWORD, "note": "seen the article", **over}
    return SpotDecision(refund.refund_id, refund.seen, **given)


def entries(database: Database, action: str) -> list[AuditEntry]:
    with database.read() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_manager_approves_at_the_cashiers_window_and_the_trail_names_both(
    desk: Desk, people: UserService, spot: SpotDecisions
) -> None:
    aline = people.sign_in("Aline", PASSWORD, "desk 1")
    asked = desk.asked(by=aline)

    approved = spot.approve(aline, decision(asked))
    assert approved.approved_by == "Marie"
    (entry,) = entries(desk.database, "refund:approved")
    assert (entry.user_name, entry.desk) == ("Marie", "desk 1")
    assert json.loads(entry.details)["at_desk_of"] == "Aline"
    assert PASSWORD not in repr(decision(asked))


def test_what_is_above_the_limit_is_passed_on_at_the_window_and_the_owner_approves_there(
    desk: Desk, people: UserService, spot: SpotDecisions
) -> None:
    aline = people.sign_in("Aline", PASSWORD, "desk 1")
    asked = desk.asked(ABOVE, by=aline)
    with pytest.raises(NotAllowedError, match="pass it on"):
        spot.approve(aline, decision(asked))

    passed = spot.pass_on(aline, decision(asked))
    assert passed.passed_on_by == "Marie"
    assert spot.approve(aline, decision(passed, name="owner")).approved_by == "owner"


def test_nobody_steps_up_for_their_own_request(
    desk: Desk, people: UserService, spot: SpotDecisions
) -> None:
    marie = people.sign_in("Marie", PASSWORD, "desk 1")
    aline = people.sign_in("Aline", PASSWORD, "desk 2")
    own = desk.asked(by=marie)
    for who in (marie, aline):
        with pytest.raises(NotAllowedError, match="yourself"):
            spot.approve(who, decision(own))
    with pytest.raises(NotAllowedError, match="may not decide refunds"):
        spot.approve(aline, decision(own, name="aline"))


def test_wrong_passwords_at_the_window_wait_as_at_sign_in(
    desk: Desk, people: UserService, spot: SpotDecisions
) -> None:
    aline = people.sign_in("Aline", PASSWORD, "desk 1")
    asked = desk.asked(by=aline)
    for _ in range(FREE_TRIES):
        with pytest.raises(SignInError, match=r"^Nothing was approved\. The name or"):
            spot.approve(aline, decision(asked, password="wrong"))
    with pytest.raises(SignInError, match=r"^Nothing was approved\. After too many"):
        spot.approve(aline, decision(asked))
    assert desk.refunds.facts(aline, asked.refund_id).refund.status is RefundStatus.REQUESTED
    refused = entries(desk.database, "user:sign_in_refused")
    assert json.loads(refused[-1].details)["at_desk_of"] == "Aline"


# Who hears of it


def test_each_hears_what_the_other_did_and_nobody_their_own(
    desk: Desk, cashier: Actor, manager: Actor, admin: Actor
) -> None:
    def heard(actor: Actor) -> list[RefundStatus]:
        return [each.refund.status for each in desk.news.since(actor, LONG_AGO)]

    asked = desk.asked(ABOVE)
    assert (heard(manager), heard(cashier), heard(admin)) == ([RefundStatus.REQUESTED], [], [])
    desk.refunds.pass_on(manager, asked.refund_id, note="look")
    assert (heard(manager), len(heard(cashier)), len(heard(admin))) == ([], 1, 1)
    desk.refunds.approve(admin, asked.refund_id)
    assert (heard(admin), heard(cashier)) == ([], [RefundStatus.APPROVED])
    desk.refunds.withdraw(cashier, asked.refund_id)
    assert (heard(cashier), heard(admin)) == ([], [RefundStatus.WITHDRAWN])
    rejected = desk.asked()
    desk.refunds.reject(manager, rejected.refund_id, reason="worn")
    assert heard(cashier) == [RefundStatus.REJECTED]
    assert desk.news.since(cashier, LONG_AGO)[0].refund.response_notes == "worn"


def test_who_waits_is_counted_for_those_who_decide(
    desk: Desk, cashier: Actor, manager: Actor, admin: Actor
) -> None:
    desk.asked()
    desk.asked(by=manager)

    counts = [desk.news.waiting(each) for each in (cashier, manager, admin)]
    assert counts == [0, 1, 0]
