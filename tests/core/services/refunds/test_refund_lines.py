"""One refund is one debit of the statement: money that left twice is never explained by it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from core.database.consistency import check
from core.database.unit_of_work import Database
from core.errors import ConflictError
from core.model.reconciliations import LineState
from core.services.refunds.service import CarryOutRefund, RequestRefund
from core.services.rows import PaymentRow
from tests.core.services.statement_shop import CASHIER, CLERK, MANAGER, StatementShop

SENT_BACK = "RF20260701X1"


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> StatementShop:
    return StatementShop.of(database, tmp_path)


def give_back(
    shop: StatementShop, payment: PaymentRow, amount_minor: int, transaction_id: str = SENT_BACK
) -> None:
    refunds = shop.app.refunds
    asked = refunds.request(
        CASHIER,
        RequestRefund(f"ask {transaction_id}", payment.payment_id, amount_minor, "broken"),
    )
    refunds.approve(MANAGER, asked.refund_id)
    refunds.carry_out(
        CASHIER, CarryOutRefund(f"pay {transaction_id}", asked.refund_id, transaction_id)
    )


def offered(shop: StatementShop) -> list[tuple[str, bool, list[int]]]:
    """Return kind, certainty and lines of what is proposed."""
    return [
        (match.kind, match.automatic, [line.line_number for line in match.lines])
        for automatic in (True, False)
        for match in shop.detail.proposed(automatic=automatic)
    ]


def debits(*amounts: int) -> Sequence[tuple[str, str, int]]:
    return [(SENT_BACK, "Refund to customer", -amount) for amount in amounts]


def test_the_same_refund_on_a_later_statement_is_not_explained_again(shop: StatementShop) -> None:
    give_back(shop, shop.paid(5_000), 5_000)
    shop.take_in(debits(5_000))
    shop.propose()
    shop.approve_certain()
    assert shop.line(2).state is LineState.MATCHED

    shop.take_in(debits(5_000))
    shop.propose()

    assert offered(shop) == []
    assert shop.detail.reconciliation.unmatched_count == 1
    assert check(shop.app.database.engine) == ()


def test_of_two_debits_of_one_refund_the_second_stays_open(shop: StatementShop) -> None:
    give_back(shop, shop.paid(5_000), 5_000)
    shop.take_in(debits(5_000, 5_000))
    first, second = shop.propose().proposed(automatic=False)
    shop.app.matches.approve(CLERK, [first.match_id])

    with pytest.raises(ConflictError, match="the money may have left twice"):
        shop.app.matches.approve(CLERK, [second.match_id])
    shop.propose()
    assert offered(shop) == []

    shop.app.matches.undo(CLERK, [first.match_id])
    shop.propose()
    assert [lines for _, _, lines in offered(shop)] == [[2], [3]]


def test_certain_on_two_statements_it_is_approved_in_one(shop: StatementShop) -> None:
    give_back(shop, shop.paid(5_000), 5_000)
    shop.take_in(debits(5_000))
    shop.propose()
    earlier = shop.reconciliation_id
    shop.take_in(debits(5_000))
    shop.propose()
    assert offered(shop) == [("refund", True, [2])]

    shop.approve_certain()
    shop.app.matches.approve_automatic(CLERK, earlier)

    assert shop.app.reconciliations.detail(CLERK, earlier).approved() == ()
    assert check(shop.app.database.engine) == ()


def test_two_refunds_of_one_payment_are_two_debits(shop: StatementShop) -> None:
    payment = shop.paid(5_000)
    give_back(shop, payment, 2_500, "RF20260701X1")
    give_back(shop, payment, 2_500, "RF20260701X2")
    shop.take_in([("RF20260701X2", "Refund", -2_500)])
    shop.propose()
    shop.approve_certain()
    shop.take_in([("RF20260701X1", "Refund", -2_500)])
    shop.propose()

    assert offered(shop) == [("refund", True, [2])]
    shop.approve_certain()
    assert shop.detail.is_explained
    assert check(shop.app.database.engine) == ()


@pytest.mark.usefixtures("bent_books")
@pytest.mark.sqlite
def test_the_check_finds_a_refund_that_explains_two_debits(shop: StatementShop) -> None:
    give_back(shop, shop.paid(5_000), 5_000)
    shop.take_in(debits(5_000))
    shop.propose()
    shop.approve_certain()
    path = shop.app.database.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER guard_refund_request_facts")
        raw.execute("UPDATE refund_request SET refund_amount_minor = 2000")

    assert any("given back of payment" in each for each in check(shop.app.database.engine))
