"""What the tests of the payments page do again and again."""

import shiboken6

from core.model.payments import (
    PaymentMethod,
)
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from ui.gallery_shop import CASHIER, MANAGER
from ui.models.roles import DISPLAY
from ui.pages.payments.page import PaymentsPage


def take(shop, number=1, *, method=PaymentMethod.CASH, amount=15_000, seen=False, **more):
    shop.clock.now = shop.clock.now.replace(minute=number % 60)
    return shop.app.payments.record(
        CASHIER,
        RecordPayment(
            key=f"take-{number}",
            method=method,
            amount_minor=amount,
            customer_name=more.pop("customer_name", f"Customer {number}"),
            phone_number=more.pop("phone_number", "+250788123456"),
            transaction_reference=f"ORD-{number:03d}",
            tendered_minor=amount if seen else None,
            complete_now=seen,
            **more,
        ),
    )


def open_page(qtbot, shop, actor: Actor = MANAGER, opener=lambda _url: True):
    page = PaymentsPage(shop.context(actor), opener=opener)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    with qtbot.waitExposed(page):
        page.show()
    settle(qtbot, shop, page)
    return page


def settle(qtbot, shop, page):
    qtbot.waitUntil(lambda: page.list.model.is_answered and not shop.tasks.is_busy)


def column(page, key):
    place = [c.key for c in page.list.model.columns].index(key)
    model = page.list.model
    return [model.index(row, place).data(DISPLAY) for row in range(model.rowCount())]


def choose(qtbot, shop, page, *rows):
    # Not selectRow(): it heeds the modifier of the last key event, another test's perhaps.
    model = page.list.table.selectionModel()
    flag = model.SelectionFlag
    model.setCurrentIndex(page.list.model.index(rows[0], 0), flag.ClearAndSelect | flag.Rows)
    for row in rows[1:]:
        model.select(page.list.model.index(row, 0), flag.Select | flag.Rows)
    settle(qtbot, shop, page)


def is_gone(dialog):
    return not shiboken6.isValid(dialog) or not dialog.isVisible()


def dialog_of(qtbot, page, kind):
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(kind)))
    return next(d for d in page.findChildren(kind) if d.isVisible())


def status(shop, payment):
    return shop.app.payment_lists.one(MANAGER, payment.payment_id).status


def entries(shop, action):
    return [e for e in shop.app.audit.page(MANAGER, limit=500).rows if e.action == action]
