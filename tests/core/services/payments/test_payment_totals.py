"""Figures of a filter are those of its payments; a place of the list lies where it is said to."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from core.database.unit_of_work import Database
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.services.lists.keyset import Seek
from core.services.payments.filters import PaymentFilter
from core.services.payments.orders import PaymentOrder
from core.services.payments.pages import ask
from core.services.payments.totals import DayPlaces, is_kept_by_day, totals
from tests.core.services.payments.test_payment_pages import FILTERS, FIRST, fits, shop

__all__ = ["shop"]

DAY = FIRST.date() + timedelta(days=3)
KEPT = (
    PaymentFilter(),
    PaymentFilter(statuses=frozenset({PaymentStatus.PENDING, PaymentStatus.FAILED})),
    PaymentFilter(methods=frozenset({PaymentMethod.CASH}), reconciled=False),
    PaymentFilter(first_day=DAY, last_day=DAY + timedelta(days=2)),
    PaymentFilter(first_day=date(2031, 1, 1)),
)


@pytest.mark.parametrize("wanted", [*FILTERS, *KEPT], ids=range(len(FILTERS) + len(KEPT)))
def test_totals_are_those_of_the_payments_shown(shop: Database, wanted: PaymentFilter) -> None:
    rows = ask(shop, wanted).rows(0, 1_000)
    counts, sums = Counter[str](), Counter[str]()
    for row in rows:
        counts[row.currency] += 1
        sums[row.currency] += row.amount_minor
    with shop.read() as session:
        found = totals(session, wanted)
    assert {each.currency: each.count for each in found} == dict(counts)
    assert {each.currency: each.amount_minor for each in found} == dict(sums)


def test_what_no_day_knows_is_counted() -> None:
    assert all(is_kept_by_day(wanted) for wanted in KEPT)
    for unknown in (
        PaymentFilter(search="a"),
        PaymentFilter(created_by="aline"),
        PaymentFilter(least_minor=1),
        PaymentFilter(first_day=DAY, paid_first_day=DAY),
    ):
        assert not is_kept_by_day(unknown)


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("wanted", KEPT[:4], ids=range(4))
def test_a_landmark_leads_to_the_rows_of_its_place(
    shop: Database, wanted: PaymentFilter, descending: bool
) -> None:
    order = PaymentOrder(descending=descending)
    question = ask(shop, wanted, order)
    every = question.rows(0, 1_000)
    locate = DayPlaces(shop, wanted, order).locate
    assert every
    for place in range(0, len(every), 7):
        landmark = locate(place)
        assert landmark is not None
        assert landmark.position <= place
        skip = place - landmark.position
        seek = Seek(3, landmark.key, inclusive=True, skip=skip)
        assert tuple(question.read(seek)) == every[place : place + 3]
    assert locate(len(every)) is None


def test_every_filter_of_the_kept_ones_finds_what_python_finds(shop: Database) -> None:
    everything = ask(shop, PaymentFilter()).rows(0, 1_000)
    for wanted in KEPT[:3]:
        expected = [row.id for row in everything if fits(row, wanted)]
        assert [row.id for row in ask(shop, wanted).rows(0, 1_000)] == expected


def test_figures_follow_what_payments_become(shop: Database) -> None:
    wanted = PaymentFilter(statuses=frozenset({PaymentStatus.PENDING}))
    with shop.read() as session:
        (before,) = totals(session, wanted)
    with shop.write(None) as unit:
        payment = next(
            each
            for each in unit.session.query(Payment).order_by(Payment.id)
            if each.status is PaymentStatus.PENDING
        )
        payment.status = PaymentStatus.CANCELLED
        amount_minor = payment.amount_minor
        unit.commit()
    with shop.read() as session:
        (after,) = totals(session, wanted)
    assert (after.count, after.amount_minor) == (
        before.count - 1,
        before.amount_minor - amount_minor,
    )
