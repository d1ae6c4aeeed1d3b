"""The order a payment is for: picked, scanned or typed, with what is left of it in sight."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.money import display, grouped
from core.phones import phone_display
from core.services.customers.rows import OrderRow
from core.services.rows import PaymentRow
from ui.badges import badge_for
from ui.pages.cashier.drafts import PaymentDraft
from ui.pages.cashier.order_picker import OrderPicker
from ui.pages.cashier.payment_form import PaymentForm
from ui.pages.page import Page
from ui.theme import gap, set_look
from ui.widgets.basics import BadgeLabel, PlainLabel
from ui.widgets.messages import InfoBar

_LOOK_DELAY_MS = 300


class OrderStrip(QFrame):
    """Shows of an order who owes it, its total, what was paid, what is under way and left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, look="info")
        row = QHBoxLayout(self)
        row.setContentsMargins(gap(self, 2), gap(self), gap(self, 2), gap(self))
        row.setSpacing(gap(self, 2))
        texts = QVBoxLayout()
        texts.setSpacing(gap(self, 0.3))
        self.title = PlainLabel(look="heading", wrap=True)
        self.figures = PlainLabel(wrap=True)
        self.warning = PlainLabel(look="wrong", wrap=True)
        for label in (self.title, self.figures, self.warning):
            texts.addWidget(label)
        row.addLayout(texts, 1)
        self.state = BadgeLabel()
        row.addWidget(self.state)
        self.left = PlainLabel(look="change")
        row.addWidget(self.left)
        self.hide()

    def show_order(self, order: OrderRow) -> None:
        """Show an order as it stands."""
        currency, balance = order.currency, order.balance
        self.title.setText(" · ".join(filter(None, (order.order_number, order.customer_name))))
        parts = [
            self.tr("Total %1").replace("%1", display(order.total_minor, currency)),
            self.tr("paid %1").replace("%1", display(balance.net_minor, currency)),
        ]
        if balance.promised_minor:
            under_way = display(balance.promised_minor, currency)
            parts.append(self.tr("under way %1").replace("%1", under_way))
        self.figures.setText(" · ".join(parts))
        self.state.set_badge(badge_for("order", order.state))
        room = display(order.room_minor, currency)
        self.left.setText(self.tr("%1 left").replace("%1", room))
        self.setAccessibleName(f"{self.title.text()}. {self.figures.text()}. {self.left.text()}")
        self.show()

    def warn(self, text: str) -> None:
        """Say what is wrong with the amount; an empty text takes it away."""
        self.warning.setText(text)
        self.warning.setVisible(bool(text))


class OrderDesk(QObject):
    """Follows which known order the form pays, and offers the rest once a part is taken."""

    def __init__(self, page: Page, form: PaymentForm) -> None:
        super().__init__(page)
        self._page = page
        self._form = form
        self._order: OrderRow | None = None
        self._rest: OrderRow | None = None
        self.strip = OrderStrip()
        self.rest_bar = InfoBar()
        self.rest_bar.action_triggered.connect(self.take_rest)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LOOK_DELAY_MS)
        self._timer.timeout.connect(self._look_up)
        form.reference.textChanged.connect(self._on_reference)
        form.amount.amount_changed.connect(lambda _amount: self._check_amount())

    @property
    def order(self) -> OrderRow | None:
        """The order the form pays, if it is one with an agreed total."""
        return self._order

    def pick(self) -> None:
        """Let the person choose one of the open orders."""
        if self._form.confirm.is_busy:
            return
        picker = OrderPicker(self._page.context, self._page)
        picker.picked.connect(lambda order: self.pay(order.order_number))
        self._page.open_form(picker)

    def pay(self, order_number: str) -> None:
        """Put an order into the form, with all that is left of it; another payment is kept."""
        if self._is_free_for(order_number):
            self._ask(order_number, fill=True)

    def recorded(self, row: PaymentRow) -> None:
        """Offer the rest of an order of which a part was just taken."""
        self._forget_rest()
        if row.order_number:
            app, actor = self._page.context.app, self._page.context.actor
            self._page.context.tasks.query(
                self,
                lambda: app.orders.known(actor, row.order_number),
                on_success=self._offer_rest,
                latest="rest",
            )

    def take_rest(self) -> None:
        """Put the rest of the order just paid in part into the form."""
        rest = self._rest
        if rest is not None:
            self._forget_rest()
            self.pay(rest.order_number)

    def stop(self) -> None:
        """Let nothing run for a page nobody sees."""
        self._timer.stop()

    def _is_free_for(self, order_number: str) -> bool:
        """Tell whether the form holds no other payment; say so where it does."""
        draft = self._form.draft()
        if draft.is_empty or draft.reference == order_number:
            return True
        self._form.message.show_message(
            self.tr(
                "The form holds another payment. Finish it, or empty it (F2); then pick the order"
                " again."
            ),
            level="warning",
        )
        return False

    def _forget_rest(self) -> None:
        self._rest = None
        self.rest_bar.clear()

    def _offer_rest(self, order: OrderRow | None) -> None:
        if order is None or not order.balance.is_placed or not order.room_minor:
            return
        self._rest = order
        told = self.tr("%1 of order %2 is left to pay.")
        self.rest_bar.show_state(
            told.replace("%1", display(order.room_minor, order.currency)).replace(
                "%2", order.order_number
            ),
            level="info",
            action=self.tr("Take the rest (F4)"),
        )

    def _on_reference(self, text: str) -> None:
        if self._order is not None and self._order.order_number != text.strip():
            self._show(None)
        if text.strip() and self._order is None:
            self._timer.start()

    def _look_up(self) -> None:
        number = self._form.reference.text().strip()
        if number:
            self._ask(number, fill=False)

    def _ask(self, order_number: str, *, fill: bool) -> None:
        app, actor = self._page.context.app, self._page.context.actor
        self._timer.stop()

        def arrived(order: OrderRow | None) -> None:
            if order is None or not order.balance.is_fixed:
                return
            # An unfinished payment may have come back into the form meanwhile.
            if fill and self._is_free_for(order_number):
                self._fill(order)
            elif self._form.reference.text().strip() == order.order_number:
                self._show(order)

        self._page.context.tasks.query(
            self,
            lambda: app.orders.known(actor, order_number),
            on_success=arrived,
            latest="order",
        )

    def _fill(self, order: OrderRow) -> None:
        room = grouped(order.room_minor, order.currency) if order.room_minor else ""
        self._form.set_draft(
            PaymentDraft(
                reference=order.order_number,
                customer_name=order.customer_name,
                phone=phone_display(order.phone_number),
                amount=room,
            )
        )
        self._show(order)
        self._timer.stop()
        self._form.amount.setFocus()
        self._form.amount.edit.selectAll()
        self._form.edited.emit()

    def _show(self, order: OrderRow | None) -> None:
        self._order = order
        self._form.lines.setVisible(order is None)
        if order is None:
            self.strip.hide()
        else:
            self.strip.show_order(order)
        self._check_amount()

    def _check_amount(self) -> None:
        order, amount_minor = self._order, self._form.amount.amount_minor
        if order is None:
            return
        warning = ""
        if order.cancelled_at is not None:
            warning = self.tr("This order is cancelled.")
        elif not order.room_minor:
            warning = self.tr("Nothing is left to pay.")
        elif amount_minor is not None and amount_minor > order.room_minor:
            left = display(order.room_minor, order.currency)
            warning = self.tr("This order has %1 left.").replace("%1", left)
        self.strip.warn(warning)
