"""A selection means exactly what the list shows, whatever its filter, order and size."""

from __future__ import annotations

from collections import Counter

import pytest

from core.database.unit_of_work import Database
from core.model.payments import PaymentStatus
from core.permissions import Actor, Role
from core.services.payments.choices import PaymentChoices, PaymentSelection, listed
from core.services.payments.filters import PaymentFilter
from core.services.payments.listed import ListedPayment
from core.services.payments.orders import NEWEST_FIRST, PaymentOrder
from core.services.payments.pages import ask
from tests.core.services.payments.test_payment_pages import FILTERS, ORDERS
from tests.core.services.payments.test_payment_pages import shop as shop  # noqa: PLC0414 - a fixture

MANAGER = Actor(3, "marie", Role.MANAGER)
SOME_PENDING = PaymentFilter(statuses=frozenset({PaymentStatus.PENDING}))


def keys_of(shop: Database, selection: PaymentSelection) -> list[int]:
    return list(PaymentChoices(shop).chosen(MANAGER, selection).keys)


def rows_of(
    shop: Database, wanted: PaymentFilter, order: PaymentOrder = NEWEST_FIRST
) -> tuple[ListedPayment, ...]:
    return ask(shop, wanted, order).rows(0, 1_000)


@pytest.mark.parametrize("wanted", FILTERS)
def test_all_of_a_list_is_selected_in_its_order(shop: Database, wanted: PaymentFilter) -> None:
    for order in ORDERS:
        shown = [row.id for row in rows_of(shop, wanted, order)]
        assert keys_of(shop, PaymentSelection(wanted, order)) == shown


def test_stretches_are_those_rows_of_the_list(shop: Database) -> None:
    shown = [row.id for row in rows_of(shop, SOME_PENDING)]
    selection = PaymentSelection(SOME_PENDING, stretches=((40, 44), (3, 3)))
    assert keys_of(shop, selection) == [shown[3], *shown[40:45]]


def test_rows_taken_out_of_everything_are_not_meant(shop: Database) -> None:
    rows = rows_of(shop, SOME_PENDING)
    out = frozenset(row.payment_id for row in rows[1:3])
    chosen = PaymentChoices(shop).chosen(MANAGER, PaymentSelection(SOME_PENDING, left_out=out))
    assert list(chosen.keys) == [row.id for row in (rows[0], *rows[3:])]
    assert sum(kind.payments for kind in chosen.kinds) == len(rows) - 2
    alone = PaymentChoices(shop).kinds(
        MANAGER, PaymentSelection(SOME_PENDING, left_out=out), cancelled=lambda: False
    )
    assert sorted(alone) == sorted(chosen.kinds)


def test_named_payments_keep_the_order_they_were_named_in(shop: Database) -> None:
    rows = rows_of(shop, PaymentFilter())[5:900:7]
    names = tuple(row.payment_id for row in reversed(rows))
    chosen = PaymentChoices(shop).chosen(MANAGER, PaymentSelection(payment_ids=names), shown=3)
    assert list(chosen.keys) == [row.id for row in reversed(rows)]
    assert [row.payment_id for row in chosen.first] == list(names[:3])


@pytest.mark.parametrize("wanted", FILTERS)
def test_kinds_count_and_sum_what_is_alike(shop: Database, wanted: PaymentFilter) -> None:
    selection = PaymentSelection(wanted)
    kinds = PaymentChoices(shop).kinds(MANAGER, selection, cancelled=lambda: False)
    rows = rows_of(shop, wanted)
    counted: Counter[tuple[object, ...]] = Counter()
    for kind in kinds:
        counted[kind.status, kind.payment_method, kind.reconciled, bool(kind.transaction_id)] += (
            kind.payments
        )
    assert counted == Counter(
        (row.status, row.payment_method, row.reconciled, bool(row.transaction_id)) for row in rows
    )
    chosen = PaymentChoices(shop).chosen(MANAGER, selection)
    assert sum(chosen.sums.values()) == sum(row.amount_minor for row in rows)


def test_rows_come_as_the_list_gives_them_stretch_after_stretch(shop: Database) -> None:
    with shop.read() as session:
        selected = keys_of(shop, PaymentSelection())
        again = list(listed(session, selected * 5))
    assert again == list(rows_of(shop, PaymentFilter())) * 5
