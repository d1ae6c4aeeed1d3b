"""What a search for matches tells beside its proposals, and what can be approved of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.app import App, Configuration
from core.database.consistency import check
from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from core.services.rows import PaymentRow
from tests.core.services.conftest import SettableClock
from tests.core.services.reconciliations.test_reconciliations import take_in, write_statement

TOO_MANY = 131
"""More payments of one day than any set of them is searched for."""


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path / "shop"), database)


def paid(
    shop: App,
    cashier: Actor,
    number: int,
    amount_minor: int,
    method: PaymentMethod = PaymentMethod.BANK_TRANSFER,
) -> PaymentRow:
    return shop.payments.record(
        cashier,
        RecordPayment(
            key=f"key-{number}",
            method=method,
            amount_minor=amount_minor,
            customer_name="Eric Niyonzima",
            transaction_reference=f"ORD-2026-{number:04d}",
            complete_now=method is PaymentMethod.BANK_TRANSFER,
            transaction_id=f"MPX{number:07d}",
            phone_number="0788123456",
        ),
    )


def test_a_line_whose_payments_are_too_many_to_search_is_told_until_a_search_manages(
    shop: App,
    database: Database,
    clock: SettableClock,
    clerk: Actor,
    cashier: Actor,
    tmp_path: Path,
) -> None:
    for number in range(TOO_MANY):
        paid(shop, cashier, number, 1_000 + 7 * number, PaymentMethod.MTN_MOBILE_MONEY)
    day = f"{clock.now:%Y-%m-%d}"
    statement = write_statement(
        tmp_path / "bank.csv",
        f"{day},{day},S1,MTN MOMO SETTLEMENT {clock.now:%d/%m/%Y},,31415,31415",
    )
    wanted = take_in(shop, clerk, statement)
    detail = shop.matches.propose(clerk, wanted)

    (told,) = detail.not_searched
    assert told.startswith("Line ")
    assert f"too many to search: {TOO_MANY}" in told
    assert detail.problems == ()

    shop.reconciliations.ignore(clerk, detail.lines[0].line_id, reason="Looked at by hand")
    assert shop.matches.propose(clerk, wanted).not_searched == ()
    assert check(database.engine) == ()


def test_a_payment_made_again_after_its_money_went_back_is_proved_by_the_new_money(
    shop: App,
    database: Database,
    clock: SettableClock,
    clerk: Actor,
    cashier: Actor,
    tmp_path: Path,
) -> None:
    sale = paid(shop, cashier, 78, 15_000)
    day = f"{clock.now:%Y-%m-%d}"
    statement = write_statement(
        tmp_path / "bank.csv",
        f"{day},{day},FT26182XYZ01,Transfer ORD-2026-0078 Eric Niyonzima,,15000,15000",
        f"{day},{day},FT26182XYZ09,REVERSAL FT26182XYZ01,15000,,0",
        f"{day},{day},FT26182XYZ11,Transfer ORD-2026-0078 Eric Niyonzima,,15000,15000",
    )
    wanted = take_in(shop, clerk, statement)
    shop.matches.propose(clerk, wanted)
    decision = shop.matches.approve_automatic(clerk, wanted)

    detail = shop.reconciliations.detail(clerk, wanted)
    assert sorted(match.kind for match in detail.approved()) == ["one_to_one", "reversal"]
    assert (decision.matches, decision.unmatched_count) == (2, 0)
    assert shop.payment_lists.detail(clerk, sale.payment_id).payment.reconciled
    assert check(database.engine) == ()

    shop.matches.undo_all(clerk, wanted)
    assert not shop.payment_lists.detail(clerk, sale.payment_id).payment.reconciled
    assert check(database.engine) == ()
