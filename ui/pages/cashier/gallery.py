"""Pictures of mobile money at the cashier's desk, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.errors import AlreadyPaidError
from core.model.payments import PaymentMethod
from core.services.gateways.desk import MessageShown
from core.services.gateways.rows import ConnectionRow, Environment
from core.services.payments.rules import RecordPayment
from ui.gallery import SCREENS, Screen
from ui.gallery_orders import add_orders
from ui.gallery_requests import SAMPLES, ask_in_shop
from ui.gallery_shop import CASHIER, MANAGER, SampleShop, close_shop, in_sample_shop, is_settled
from ui.loyalty.gallery import NAME, pay
from ui.mobile_money.charge_again import ChargeAgainSheet
from ui.mobile_money.message_dialog import MessageDialog, shown_sentence
from ui.mobile_money.request_panel import RequestPanel
from ui.pages.cashier.order_picker import OrderPicker
from ui.pages.cashier.page import CashierPage
from ui.theme import Theme, gap

_SMALL = QSize(1150, 684)
"""What a window of 1280 × 720 leaves to a page."""
_STATES = tuple(SAMPLES)
_MESSAGE = (
    "TxId: 73214484437. Your payment of 15,000 RWF to INZOZI 12845 has been completed at 2026-06-29"
    " 10:31:39. Your new balance: 1,000 RWF. Fee was 0 RWF."
)


class _Frame(QWidget):
    """Holds a page at a size in pixels, whatever the text size."""

    def __init__(self, page: QWidget, size: QSize) -> None:
        super().__init__()
        self.content = page
        page.setParent(self)
        self.setFixedSize(size)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the page fill the frame."""
        super().resizeEvent(event)
        self.content.setGeometry(self.rect())


def _add_requests(shop: SampleShop, last: str = "") -> dict[str, str]:
    """Ask for one payment in each state, one of them last; return their ids by the states."""
    ids = {}
    names = sorted(SAMPLES, key=lambda name: name == last)
    for number, name in enumerate(names, start=1):
        shop.clock.now += timedelta(minutes=2)
        ids[name] = ask_in_shop(shop.app, CASHIER, SAMPLES[name], f"{number:03d}").payment_id
    shop.clock.now += timedelta(seconds=4)
    return ids


def _desk(name: str, size: QSize = _SMALL) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        ids = _add_requests(shop, last=name)
        page = CashierPage(shop.context(CASHIER))
        page.watch.panel.show_path(shop.app.gateways.path(CASHIER, ids[name]))
        return _Frame(page, size)

    return make


def _states(names: tuple[str, ...]) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        ids = _add_requests(shop)
        sheet = QWidget()
        column = QVBoxLayout(sheet)
        column.setSpacing(gap(sheet, 1.5))
        for name in names:
            path = shop.app.gateways.path(MANAGER, ids[name])
            since = path.attempt.status_since if path.attempt is not None else shop.clock.now
            panel = RequestPanel(partial(_soon_after, since), sheet)
            column.addWidget(panel)
            panel.show_path(path)
        column.addStretch(1)
        sheet.setFixedWidth(790)
        return sheet

    return make


def _soon_after(moment: datetime) -> datetime:
    return moment + timedelta(seconds=4)


def _form(connection: ConnectionRow) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        page = CashierPage(shop.context(CASHIER))
        page.form.phone.edit.setText("0788 123 456")
        page.form.amount.edit.setText("15000")
        page.form.reference.setText("ORD-2026-07-049")
        page.form.methods.buttons[PaymentMethod.MTN_MOBILE_MONEY].click()
        frame = _Frame(page, _SMALL)
        frame.setProperty("connection", connection)
        return frame

    return make


def _with_points(size: QSize, amount: str, *, by_points: bool) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        pay(shop, "01", 640_000)
        page = CashierPage(shop.context(CASHIER))
        page.form.reference.setText("ORD-2026-07-051")
        page.form.customer.setText(NAME)
        page.form.phone.edit.setText("0788 456 123")
        page.form.amount.edit.setText(amount)
        page.form.methods.buttons[PaymentMethod.CASH].click()
        page.member.look_up()
        frame = _Frame(page, size)
        frame.setProperty("by_points", by_points)
        return frame

    return make


def _points_settled(widget: QWidget) -> bool:
    if not is_settled(widget) or not isinstance(widget, _Frame):
        return False
    page = widget.content
    if isinstance(page, CashierPage) and widget.property("by_points"):
        page.form.methods.buttons[PaymentMethod.LOYALTY_POINTS].click()
    return True


def _paid_with_points(shop: SampleShop) -> QWidget:
    pay(shop, "01", 640_000)
    page = CashierPage(shop.context(CASHIER))
    row = pay(shop, "99", 1_500, PaymentMethod.LOYALTY_POINTS)
    page._tell(row)  # noqa: SLF001 - the picture of what follows a payment
    return _Frame(page, _SMALL)


def _form_settled(widget: QWidget) -> bool:
    if not is_settled(widget) or not isinstance(widget, _Frame):
        return False
    if isinstance(widget.content, CashierPage):
        widget.content.form.set_connections([widget.property("connection")])
    return True


def _message(shop: SampleShop) -> QWidget:
    ids = _add_requests(shop)
    row = shop.app.gateways.path(CASHIER, ids["unknown"]).payment
    dialog = MessageDialog(row)
    dialog.message_edit.setText(_MESSAGE)
    return dialog


def _charge_again(_shop: SampleShop) -> QWidget:
    told = AlreadyPaidError(
        "Nothing was charged. ORD-2026-07-014 was already paid: 15 000 RWF by MTN Mobile Money,"
        " 12:18 (payment 1f6d). Charge it again only if the customer owes more."
    )
    command = RecordPayment(
        key="again",
        method=PaymentMethod.MTN_MOBILE_MONEY,
        amount_minor=15_000,
        phone_number="+250788123456",
        transaction_reference="ORD-2026-07-014",
    )
    return ChargeAgainSheet(command, told)


def _shown(shop: SampleShop) -> QWidget:
    ids = _add_requests(shop, last="unknown")
    page = CashierPage(shop.context(CASHIER))
    path = shop.app.gateways.path(CASHIER, ids["unknown"])
    page.watch.panel.show_path(path)
    sentence = shown_sentence(MessageShown(path, on_statement=True))
    page.watch.panel.note.show_message(sentence, level="success")
    return _Frame(page, _SMALL)


def _close(widget: QWidget) -> None:
    widget.hide()
    close_shop(widget)


def _screen(
    name: str,
    make: Callable[[SampleShop], QWidget],
    settled: Callable[[QWidget], bool] = is_settled,
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=5)

    return Screen(f"cashier-{name}", build, settled, _close, columns=112, lines=62)


def _connection(environment: Environment, *missing: str, currency: str = "RWF") -> ConnectionRow:
    return ConnectionRow(
        PaymentMethod.MTN_MOBILE_MONEY,
        "MTN Mobile Money",
        environment,
        is_ready=not missing,
        missing=missing,
        currency=currency,
    )


SCREENS += [
    _screen("asked", _desk("pin")),
    _screen("asked-unknown", _desk("unknown")),
    _screen("asked-refused", _desk("refused")),
    _screen("asked-large", _desk("unresolved", QSize(1600, 1000))),
    _screen("asked-narrow", _desk("no-money", QSize(820, 900))),
    _screen("message", _message),
    _screen("message-shown", _shown),
    _screen("charge-again", _charge_again),
    _screen("points", _with_points(_SMALL, "1500", by_points=True), _points_settled),
    _screen("points-few", _with_points(_SMALL, "80000", by_points=False), _points_settled),
    _screen(
        "points-narrow", _with_points(QSize(820, 900), "1500", by_points=True), _points_settled
    ),
    _screen(
        "points-large", _with_points(QSize(1600, 1000), "1500", by_points=True), _points_settled
    ),
    _screen("points-paid", _paid_with_points),
    _screen("form-ready", _form(_connection(Environment.LIVE)), _form_settled),
    _screen("form-sandbox", _form(_connection(Environment.SANDBOX)), _form_settled),
    _screen(
        "form-incomplete", _form(_connection(Environment.LIVE, "api_user", "api_key")),
        _form_settled,
    ),
    _screen(
        "form-euro", _form(_connection(Environment.SANDBOX, currency="EUR")), _form_settled
    ),
    *(
        _screen(f"states-{number}", _states(_STATES[first : first + 4]))
        for number, first in enumerate(range(0, len(_STATES), 4), start=1)
    ),
]  # fmt: skip


def _order_form(shop: SampleShop) -> QWidget:
    add_orders(shop)
    page = CashierPage(shop.context(CASHIER))
    page.open_item("ORD-2026-00002")
    return _Frame(page, _SMALL)


def _rest(shop: SampleShop) -> QWidget:
    add_orders(shop)
    page = CashierPage(shop.context(CASHIER))
    command = RecordPayment(
        "rest", PaymentMethod.CASH, 20_000, order_number="ORD-2026-00001", tendered_minor=20_000,
        complete_now=True,
    )  # fmt: skip
    paid = shop.app.payments.record(CASHIER, command)
    page.strip.show_payment_row(paid)
    page.order_desk.recorded(paid)
    return _Frame(page, _SMALL)


def _picker(shop: SampleShop) -> QWidget:
    add_orders(shop)
    picker = OrderPicker(shop.context(CASHIER), shop.keep(CashierPage(shop.context(CASHIER))))
    picker.setModal(False)
    return picker


SCREENS += [
    _screen("order", _order_form),
    _screen("rest", _rest),
    _screen("picker", _picker),
]
