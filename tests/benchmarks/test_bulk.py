"""A thousand payments marked in one sheet: how fast they go, and how long the window ever waits."""

from __future__ import annotations

import time
from statistics import median

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot
from sqlalchemy import insert

from core.model.payments import Payment, PaymentMethod, PaymentStatus, PaymentType
from core.services.payments.choices import PaymentSelection
from core.services.payments.lists import PaymentFilter
from core.services.payments.rules import CompletePayment
from ui.gallery_shop import MANAGER, SampleShop, open_sample_shop
from ui.pages.payments.acts import Act
from ui.pages.payments.bulk import BulkSheet
from ui.pages.payments.page import PaymentsPage

PAYMENTS = 1_000
TICK_MS = 1


def fill(shop: SampleShop, count: int) -> None:
    now = shop.clock.now
    values = {
        "payment_method": PaymentMethod.CASH,
        "payment_type": PaymentType.ORDER_PAYMENT,
        "status": PaymentStatus.PENDING,
        "amount_minor": 1_000,
        "created_at": now,
        "updated_at": now,
        "created_by": "aline",
    }
    with shop.app.database.write(None) as unit:
        rows = [values | {"customer_name": f"Customer {number}"} for number in range(count)]
        unit.session.execute(insert(Payment), rows)
        unit.commit()


def bare_s(shop: SampleShop, count: int) -> float:
    """The same service, called in a row with no window beside it."""
    fill(shop, count)
    chosen = shop.app.payment_choices.chosen(MANAGER, PaymentSelection(), shown=count)
    start = time.perf_counter()
    for row in chosen.first[:count]:
        shop.app.payments.complete(
            MANAGER, CompletePayment(f"bare-{row.id}", row.payment_id, row.amount_minor)
        )
    return time.perf_counter() - start


def test_a_thousand_payments_in_one_sheet(qtbot: QtBot) -> None:
    shop = open_sample_shop(payments=0)
    try:
        bare = bare_s(shop, PAYMENTS // 4) * 4
        fill(shop, PAYMENTS)
        page = PaymentsPage(shop.context())
        qtbot.addWidget(page)
        page.show()
        waiting = PaymentFilter(statuses=frozenset({PaymentStatus.PENDING}))
        chosen = shop.app.payment_choices.chosen(MANAGER, PaymentSelection(waiting), shown=200)
        assert len(chosen.keys) == PAYMENTS
        sheet = BulkSheet(shop.context(), Act.COMPLETE, chosen, lambda: None, page)
        sheet.show()
        gaps: list[float] = []
        last = time.perf_counter()

        def tick() -> None:
            nonlocal last
            now = time.perf_counter()
            gaps.append((now - last) * 1000)
            last = now

        timer = QTimer(page)
        timer.timeout.connect(tick)
        timer.start(TICK_MS)
        # The sheet's first painting is no part of the act.
        qtbot.waitUntil(lambda: len(gaps) > 100)
        gaps.clear()
        start = time.perf_counter()
        sheet.submit_button.click()
        qtbot.waitUntil(lambda: sheet.message.text.startswith("Done"), timeout=600_000)
        took = time.perf_counter() - start
        assert sheet.message.text.startswith("Done: 1\u202f000 of 1\u202f000")
        gaps.sort()
        print(
            f"\n{PAYMENTS} payments: {PAYMENTS / took:.0f} per second,"
            f" {took / bare:.2f} × the bare service; the window's longest gap"
            f" {gaps[-1]:.0f} ms, 99 % under {gaps[int(len(gaps) * 0.99)]:.0f} ms,"
            f" median {median(gaps):.1f} ms"
        )
    finally:
        shop.close()
