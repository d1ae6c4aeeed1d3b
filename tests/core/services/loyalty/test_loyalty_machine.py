"""Any sequence of sales, refunds, points payments and corrections leaves a ledger that adds up.

A model keeps what each customer should have by the rules alone; the books are a real SQLite file.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event, func, select

from core.database.consistency import check
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.errors import ConflictError
from core.model.customers import Customer, LoyaltyAccount
from core.model.loyalty import LoyaltyEntry, LoyaltyEntryKind
from core.services.rows import PaymentRow
from tests.core.services.loyalty_shop import LoyaltyShop

NAMES = {"Alice": "+250788000001", "Bosco": "+250788000002"}
RATE = 10_000
SHARES = st.sampled_from([100, 100, 60, 35, 3])
"""How much of what there is goes at once, in percent: often all, so that debts come about."""


@dataclass
class Expected:
    """What one customer should have."""

    points: int = 0
    owed: int = 0

    def come_in(self, points: int) -> None:
        settled = min(points, self.owed)
        self.owed -= settled
        self.points += points - settled

    def take_back(self, due: int) -> None:
        taken = min(due, self.points)
        self.points -= taken
        self.owed += due - taken


@dataclass
class Sold:
    """One payment and what of it went back."""

    row: PaymentRow
    name: str
    points: int
    returned_minor: int = 0
    claimed: int = field(default=0)

    @property
    def left_minor(self) -> int:
        return self.row.amount_minor - self.returned_minor


class Points(RuleBasedStateMachine):
    """The acts of a shop, each done in the books and in the model."""

    empty_shop: Path
    sales: Bundle[Sold] = Bundle("sales")
    points_payments: Bundle[Sold] = Bundle("points_payments")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "sanduku.db"
        shutil.copyfile(self.empty_shop, path)
        self.shop = LoyaltyShop(Database(sqlite_url(path)))
        # No power is cut here, and thousands of commits need not wait for the disk.
        event.listen(self.shop.database.engine, "connect", _trust_the_disk, insert=False)
        self.expected = {name: Expected() for name in NAMES}
        self.sold: list[Sold] = []
        for name, phone in NAMES.items():
            self.shop.sell(1, name, phone)

    @rule(
        target=sales,
        name=st.sampled_from(sorted(NAMES)),
        amount=st.sampled_from([9_999, 10_001, 35_000, 200_000]) | st.integers(10_000, 400_000),
    )
    def sell(self, name: str, amount: int) -> Sold:
        sold = Sold(self.shop.sell(amount, name, NAMES[name]), name, amount // RATE)
        self.expected[name].come_in(sold.points)
        self.sold.append(sold)
        return sold

    @rule(sold=sales, share=SHARES)
    def refund(self, sold: Sold, share: int) -> None:
        if not sold.left_minor:
            return
        amount = max(1, sold.left_minor * share // 100)
        self.shop.refund(sold.row, amount)
        sold.returned_minor += amount
        due = sold.points * sold.returned_minor // sold.row.amount_minor
        self.expected[sold.name].take_back(due - sold.claimed)
        sold.claimed = due

    @rule(target=points_payments, name=st.sampled_from(sorted(NAMES)), share=SHARES)
    def spend(self, name: str, share: int) -> Sold:
        points = self.expected[name].points * share // 100
        if not points:
            return multiple()  # type: ignore[return-value]
        row = self.shop.spend(points, name, NAMES[name])
        self.expected[name].points -= points
        return Sold(row, name, points)

    @rule(name=st.sampled_from(sorted(NAMES)), beyond=st.integers(1, 50))
    def overdraw(self, name: str, beyond: int) -> None:
        with pytest.raises(ConflictError, match="Nothing was paid"):
            self.shop.spend(self.expected[name].points + beyond, name, NAMES[name])

    @rule(paid=points_payments, share=SHARES)
    def give_points_back(self, paid: Sold, share: int) -> None:
        left = paid.left_minor // 100
        if not left:
            return
        points = max(1, left * share // 100)
        self.shop.refund(paid.row, points * 100)
        paid.returned_minor += points * 100
        self.expected[paid.name].come_in(points)

    @rule(name=st.sampled_from(sorted(NAMES)), points=st.integers(-30, 30).filter(bool))
    def correct(self, name: str, points: int) -> None:
        if self.expected[name].points + points < 0:
            with pytest.raises(ConflictError, match="no more can be taken"):
                self.shop.correct(points, name)
        else:
            self.shop.correct(points, name)
            self.expected[name].points += points

    @precondition(lambda self: bool(self.sold))
    @invariant()
    def every_account_is_the_sum_of_its_ledger_and_what_the_rules_say(self) -> None:
        with self.shop.database.read() as session:
            rows = session.execute(
                select(
                    Customer.name,
                    LoyaltyAccount.points,
                    func.sum(LoyaltyEntry.points),
                    func.min(LoyaltyEntry.balance_after),
                    func.sum(LoyaltyEntry.owed),
                )
                .join(LoyaltyAccount, LoyaltyAccount.customer_id == Customer.id)
                .join(LoyaltyEntry, LoyaltyEntry.account_id == LoyaltyAccount.id)
                .group_by(Customer.name)
            ).all()
        held = dict.fromkeys(NAMES, (0, 0))
        for name, points, total, least, owed in rows:
            assert points == total
            assert least >= 0
            held[name] = (points, owed)
        assert held == {name: (e.points, e.owed) for name, e in self.expected.items()}

    @invariant()
    def what_was_wholly_refunded_has_earned_nothing(self) -> None:
        for sold in self.sold:
            if sold.left_minor:
                continue
            with self.shop.database.read() as session:
                net = session.scalar(
                    select(func.sum(LoyaltyEntry.points - LoyaltyEntry.owed)).where(
                        LoyaltyEntry.payment.has(payment_id=sold.row.payment_id),
                        LoyaltyEntry.kind.in_(
                            [LoyaltyEntryKind.EARNED, LoyaltyEntryKind.TAKEN_BACK]
                        ),
                    )
                )
            assert not net

    def teardown(self) -> None:
        told = check(self.shop.database.engine)
        self.shop.database.close()
        self.folder.cleanup()
        assert told == ()


def _trust_the_disk(connection: sqlite3.Connection, _entry: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def run(empty_shop: Path, examples: int, steps: int, *, always_the_same: bool = False) -> None:
    machine = type("PointsOfThisShop", (Points,), {"empty_shop": empty_shop})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=always_the_same,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


def test_points_add_up_whatever_happens(empty_shop: Path) -> None:
    run(empty_shop, examples=12, steps=25)


@pytest.mark.slow
def test_points_add_up_whatever_happens_at_length(empty_shop: Path) -> None:
    run(empty_shop, examples=100, steps=50)


def _a_sale_goes_back(shop: Points) -> None:
    shop.refund(shop.sell("Alice", 100_000), 100)


def _what_is_owed_is_earned_again(shop: Points) -> None:
    sold = shop.sell("Alice", 100_000)
    shop.spend("Alice", 100)
    shop.refund(sold, 100)
    shop.sell("Alice", 50_000)


def _a_sale_goes_back_in_two_parts(shop: Points) -> None:
    sold = shop.sell("Alice", 100_000)
    shop.refund(sold, 60)
    shop.refund(sold, 100)


PLANTED = [
    ("take_back", lambda _unit, _refund: None, _a_sale_goes_back),
    ("_settle_owed", lambda *_args, **_more: None, _what_is_owed_is_earned_again),
    ("_claimed", lambda *_args: 0, _a_sale_goes_back_in_two_parts),
]


def _go(empty_shop: Path, acts: Callable[[Points], None]) -> None:
    """Do some acts in the books and in the model, which must agree afterwards."""
    shop = type("PointsOfThisShop", (Points,), {"empty_shop": empty_shop})()
    try:
        acts(shop)
        shop.every_account_is_the_sum_of_its_ledger_and_what_the_rules_say()
        shop.what_was_wholly_refunded_has_earned_nothing()
    finally:
        shop.teardown()


@pytest.mark.parametrize(("function", "planted", "acts"), PLANTED)
def test_a_planted_mistake_is_seen(
    empty_shop: Path,
    monkeypatch: pytest.MonkeyPatch,
    function: str,
    planted: object,
    acts: Callable[[Points], None],
) -> None:
    _go(empty_shop, acts)
    monkeypatch.setattr(f"core.services.loyalty.ledger.{function}", planted)
    with pytest.raises(AssertionError):
        _go(empty_shop, acts)


@pytest.mark.slow
@pytest.mark.parametrize(("function", "planted", "_acts"), PLANTED)
def test_a_planted_mistake_is_found(
    empty_shop: Path,
    monkeypatch: pytest.MonkeyPatch,
    function: str,
    planted: object,
    _acts: Callable[[Points], None],
) -> None:
    monkeypatch.setattr(f"core.services.loyalty.ledger.{function}", planted)
    with pytest.raises(Exception, match=r"assert|sanduku|CHECK|points"):
        run(empty_shop, examples=100, steps=30, always_the_same=True)
