"""Refunds in full over everybody's own login: the server decides as the services do."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from core.errors import NotAllowedError, StorageError
from core.model.payments import PaymentMethod
from core.model.refunds import RefundRequest, RefundStatus
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from core.services.refunds.rules import RefundRuleService
from core.services.refunds.service import CarryOutRefund, RefundService, RequestRefund
from core.services.rows import RefundRow
from tests.core.database.postgresql.peopled_shop import PeopledShop, peopled_shop
from tests.postgresql import PostgresqlServer


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer) -> Iterator[PeopledShop]:
    with peopled_shop(postgresql_server) as made:
        yield made


def _asked(shop: PeopledShop, by: str = "aline", amount_minor: int = 400_000) -> RefundRow:
    actor, database = shop.actor(by), shop.opened_by(by)
    sale = PaymentService(database).record(
        actor,
        RecordPayment(
            key=uuid.uuid4().hex,
            method=PaymentMethod.CARD,
            amount_minor=400_000,
            card_approval_code="A1B2",
            complete_now=True,
        ),
    )
    return RefundService(database).request(
        actor, RequestRefund(uuid.uuid4().hex, sale.payment_id, amount_minor, "broken")
    )


def _refunds(shop: PeopledShop, login: str) -> tuple[Actor, RefundService]:
    return shop.actor(login), RefundService(shop.opened_by(login))


@pytest.mark.parametrize("by", ["aline", "mary"])
def test_whoever_asked_takes_it_back(shop: PeopledShop, by: str) -> None:
    actor, refunds = _refunds(shop, by)
    asked = _asked(shop, by, 1_000)
    assert refunds.withdraw(actor, asked.refund_id).status is RefundStatus.WITHDRAWN

    approved = _asked(shop, by, 1_000)
    musa, decided = _refunds(shop, "musa")
    decided.approve(musa, approved.refund_id)
    assert refunds.withdraw(actor, approved.refund_id).status is RefundStatus.WITHDRAWN


def test_what_is_above_a_manager_s_limit_is_passed_on_and_the_owner_decides(
    shop: PeopledShop,
) -> None:
    mary, managed = _refunds(shop, "mary")
    ann, owned = _refunds(shop, "ann")
    aline, refunds = _refunds(shop, "aline")
    asked = _asked(shop)
    with pytest.raises(NotAllowedError):
        managed.approve(mary, asked.refund_id)
    with pytest.raises(NotAllowedError):
        owned.approve(ann, asked.refund_id)
    assert managed.pass_on(mary, asked.refund_id, note="much money").passed_on_by == "mary"
    with pytest.raises(NotAllowedError):
        managed.approve(mary, asked.refund_id)
    assert owned.approve(ann, asked.refund_id).status is RefundStatus.APPROVED
    paid = refunds.carry_out(aline, CarryOutRefund(uuid.uuid4().hex, asked.refund_id))
    assert paid.status is RefundStatus.COMPLETED


def test_the_owner_rejects_what_was_passed_on_before_and_after_it_was_approved(
    shop: PeopledShop,
) -> None:
    mary, managed = _refunds(shop, "mary")
    ann, owned = _refunds(shop, "ann")
    for is_approved in (False, True):
        asked = _asked(shop)
        managed.pass_on(mary, asked.refund_id, note="much money")
        if is_approved:
            owned.approve(ann, asked.refund_id)
        rejected = owned.reject(ann, asked.refund_id, reason="no")
        assert rejected.status is RefundStatus.REJECTED


def test_a_manager_alone_passes_on_their_own_request_and_rejects_what_was_passed_on(
    shop: PeopledShop,
) -> None:
    mary, managed = _refunds(shop, "mary")
    ann, owned = _refunds(shop, "ann")
    own = _asked(shop, "mary", 1_000)
    managed.pass_on(mary, own.refund_id, note="I am alone today")
    assert owned.approve(ann, own.refund_id).status is RefundStatus.APPROVED
    other = _asked(shop)
    managed.pass_on(mary, other.refund_id, note="much money")
    rejected = managed.reject(mary, other.refund_id, reason="the customer kept it")
    assert rejected.status is RefundStatus.REJECTED


def test_the_server_keeps_the_limit_that_the_owner_set_whatever_the_program_says(
    shop: PeopledShop,
) -> None:
    ann, mary = shop.actor("ann"), shop.actor("mary")
    rules = RefundRuleService(shop.opened_by("ann"))
    asked = _asked(shop, amount_minor=150_000)
    reasons = rules.load().reasons[:-1]

    def approve_past_the_services() -> None:
        with shop.opened_by("mary").write(mary) as unit:
            unit.session.execute(
                update(RefundRequest)
                .where(RefundRequest.refund_id == asked.refund_id)
                .values(status=RefundStatus.APPROVED, approved_by="mary", approved_at=unit.now)
            )
            unit.audit("refund:approved", "refund", asked.refund_id)
            unit.commit()

    with pytest.raises(StorageError):
        approve_past_the_services()
    rules.save(ann, 150_000, reasons)
    approve_past_the_services()
    rules.save(ann, 100_000, reasons)


def test_a_manager_keeps_the_reasons_and_nothing_else_of_the_settings(shop: PeopledShop) -> None:
    mary = shop.actor("mary")
    rules = RefundRuleService(shop.opened_by("mary"))
    assert rules.save_reasons(mary, ("Broken", "Late")).reasons[:2] == ("Broken", "Late")
    with pytest.raises(NotAllowedError):
        rules.save(mary, 1, ("Broken",))
