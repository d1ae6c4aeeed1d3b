"""Payments that await their money, the oldest first, with what may be done about each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QListView, QWidget

from core.clock import Clock
from core.model.payments import ASKED_TRANSACTION_STATUSES, TransactionStatus
from core.permissions import Actor, Permission
from core.services.gateways.rows import AttemptRow
from core.services.rows import PaymentRow
from ui.pages.cashier.waiting_model import (
    ENTRY_ROLE,
    WaitingDelegate,
    WaitingEntry,
    WaitingModel,
)
from ui.theme import gap
from ui.widgets.basics import Card, PlainLabel
from ui.widgets.buttons import button

AGE_REFRESH_MS = 30_000


class _KeyedList(QListView):
    """A list in which Enter, F and C act on the row chosen."""

    key_pressed = Signal(str)
    focused = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that a person came to the list."""
        super().focusInEvent(event)
        self.focused.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell of the three keys."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.key_pressed.emit("enter")
        elif event.text().lower() in {"f", "c"}:
            self.key_pressed.emit(event.text().lower())
        else:
            super().keyPressEvent(event)


class WaitingList(Card):
    """The list with its three acts; an act that is not allowed says why.

    Signals:
        confirm_requested(row), fail_requested(row), cancel_requested(row): an act was chosen.
        row_looked_at(row): a person, not a change of the list, went to this payment.
    """

    row_looked_at = Signal(object)

    confirm_requested = Signal(object)
    fail_requested = Signal(object)
    cancel_requested = Signal(object)

    def __init__(self, actor: Actor, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._actor = actor
        self.heading = PlainLabel(look="heading", wrap=True)
        self.body.addWidget(self.heading)
        self.model = WaitingModel(clock, self)
        self.list = _KeyedList()
        self.list.setModel(self.model)
        self.list.setItemDelegate(WaitingDelegate(self.model, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(self.tr("Payments that wait"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._is_filling = False
        self.list.selectionModel().currentChanged.connect(self._on_current_changed)
        self.list.focused.connect(self._on_looked)
        self.list.doubleClicked.connect(self._on_confirm)
        self.list.key_pressed.connect(self._on_key)
        self.empty = PlainLabel(
            self.tr("Nothing waits. Mobile money and deliveries appear here."),
            look="muted",
            wrap=True,
        )
        self.reason = PlainLabel(look="small", wrap=True)
        self.confirm = button(self.tr("Confirm… (Enter)"), kind="primary")
        self.fail = button(self.tr("Failed… (F)"))
        self.cancel = button(self.tr("Call off… (C)"))
        for made, act in (
            (self.confirm, self._on_confirm),
            (self.fail, self._on_fail),
            (self.cancel, self._on_cancel),
        ):
            made.clicked.connect(act)
        self.body.addWidget(self.empty, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.reason)
        self.body.addWidget(self.confirm)
        self._others = others = QHBoxLayout()
        others.setSpacing(gap(self, 0.8))
        others.addWidget(self.fail, 1)
        others.addWidget(self.cancel, 1)
        self.body.addLayout(others)
        self._ages = QTimer(self)
        self._ages.setInterval(AGE_REFRESH_MS)
        self._ages.timeout.connect(self.list.viewport().update)
        self.set_rows(())

    def showEvent(self, event: QShowEvent) -> None:
        """Let the ages grow."""
        super().showEvent(event)
        self._ages.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the clock: nobody looks."""
        super().hideEvent(event)
        self._ages.stop()

    def set_compact(self, compact: bool) -> None:
        """Put the buttons below each other where there is little room."""
        directions = QBoxLayout.Direction
        self._others.setDirection(directions.TopToBottom if compact else directions.LeftToRight)

    def set_rows(
        self, rows: Sequence[PaymentRow], attempts: Mapping[str, AttemptRow] | None = None
    ) -> None:
        """Show other payments; the one chosen stays chosen while it is there."""
        chosen = self.chosen()
        self._is_filling = True
        self.model.set_rows(rows, attempts)
        position = self.model.position(chosen.payment_id) if chosen is not None else -1
        if rows and self.list.currentIndex().row() != max(0, position):
            self.list.setCurrentIndex(self.model.index(max(0, position), 0))
        self._is_filling = False
        heading = self.tr("Waiting (%1)").replace("%1", str(len(rows)))
        if urgent := self.model.urgent_count:
            told = self.tr("for a manager: %1").replace("%1", str(urgent))
            heading = f"{heading} · {told}"
        self.heading.setText(heading)
        self.empty.setVisible(not rows)
        self.list.setVisible(bool(rows))
        self._follow()

    def choose(self, payment_id: str) -> None:
        """Go to a payment, if it waits."""
        position = self.model.position(payment_id)
        if position >= 0:
            self._is_filling = True
            self.list.setCurrentIndex(self.model.index(position, 0))
            self._is_filling = False
            self._follow()

    def chosen(self) -> PaymentRow | None:
        """Return the payment chosen."""
        entry = self.list.currentIndex().data(ENTRY_ROLE)
        return entry.row if isinstance(entry, WaitingEntry) else None

    def why_not_confirm(self, row: PaymentRow) -> str:
        """Return why this person may not confirm a payment; "" when they may."""
        if row.payment_method.is_mobile_money and not self._actor.may(Permission.COMPLETE_BY_HAND):
            return self.tr("Only the network or a manager confirms mobile money.")
        return ""

    def why_not_fail(self, row: PaymentRow) -> str:
        """Return why a payment may not be marked as failed; "" when it may."""
        if not self._may_still_be_charged(row):
            return ""
        if row.transaction_status is not TransactionStatus.UNRESOLVED:
            return self.tr("The network was asked: only its answer ends this payment.")
        if not self._actor.may(Permission.COMPLETE_BY_HAND):
            return self.tr("A manager must find out at the network whether it was paid.")
        return ""

    def why_not_cancel(self, row: PaymentRow) -> str:
        """Return why a payment may not be called off; "" when it may."""
        if self._may_still_be_charged(row):
            return self.tr("The network was asked: the customer may still be charged.")
        return ""

    def _may_still_be_charged(self, row: PaymentRow) -> bool:
        return (
            row.payment_method.is_mobile_money
            and row.transaction_status in ASKED_TRANSACTION_STATUSES
        )

    def _on_current_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._follow()
        self._on_looked()

    def _on_looked(self) -> None:
        row = self.chosen()
        if row is not None and not self._is_filling:
            self.row_looked_at.emit(row)

    def _follow(self) -> None:
        row = self.chosen()
        reasons = ["", "", ""]
        if row is not None:
            reasons = [self.why_not_confirm(row), self.why_not_fail(row), self.why_not_cancel(row)]
        for made, why_not in zip((self.confirm, self.fail, self.cancel), reasons, strict=True):
            made.setEnabled(row is not None and not why_not)
            made.setToolTip(why_not)
            made.setVisible(row is not None)
        reason = next(filter(None, reasons), "")
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))

    def _on_key(self, key: str) -> None:
        acts: dict[str, Callable[[], None]] = {
            "enter": self._on_confirm,
            "f": self._on_fail,
            "c": self._on_cancel,
        }
        acts[key]()

    def _on_confirm(self) -> None:
        row = self.chosen()
        if row is not None and not self.why_not_confirm(row):
            self.confirm_requested.emit(row)

    def _on_fail(self) -> None:
        row = self.chosen()
        if row is not None and not self.why_not_fail(row):
            self.fail_requested.emit(row)

    def _on_cancel(self) -> None:
        row = self.chosen()
        if row is not None and not self.why_not_cancel(row):
            self.cancel_requested.emit(row)
