"""The form of a new payment: for what, from whom, how much, and how it is paid."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import InvalidInputError, KnownError
from core.model.payments import PaymentMethod
from core.services.gateways.rows import ConnectionRow
from core.services.loyalty.rows import MemberRow
from core.services.payments.rules import RecordPayment, suggested_method
from ui.pages.cashier.act_words import act_text, outlook
from ui.pages.cashier.drafts import PaymentDraft
from ui.pages.cashier.method_panels import BankPanel, CashPanel
from ui.pages.cashier.method_row import METHODS, MethodRow
from ui.pages.cashier.mobile_panel import MobileMoneyPanel
from ui.pages.cashier.panels import make_panels
from ui.pages.cashier.points import MemberLine, PointsPanel
from ui.pages.cashier.scanner import ScannerGuard
from ui.theme import gap, set_look
from ui.widgets.basics import Card, PlainLabel
from ui.widgets.buttons import BusyButton
from ui.widgets.inputs import AmountEdit, PhoneEdit
from ui.widgets.messages import InlineMessage
from ui.widgets.sale_lines import SaleLinesEditor


class PaymentForm(Card):
    """Everything typed for one payment. Its key is made when it opens and lives until success.

    Signals:
        submitted(command): Confirm was pressed on a valid form; the form is busy until
            ``finish``.
        edited: something changed that is worth keeping.
        who_changed(name, phone): the customer's name or telephone is another one.
    """

    submitted = Signal(object)
    edited = Signal()
    who_changed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._key = str(uuid.uuid4())
        self._method_was_chosen = False
        self._is_filling = False
        self._focused: QWidget | None = None
        self.reference = QLineEdit()
        self.reference.setMaxLength(60)
        self.customer = QLineEdit()
        self.customer.setMaxLength(200)
        self.phone = PhoneEdit(self.tr("Telephone"))
        self.amount = AmountEdit(self.tr("Amount"), big=True)
        self.lines = SaleLinesEditor()
        self.member_line = MemberLine(self)
        self.methods = MethodRow()
        self.panels = make_panels()
        self.panel_stack = QStackedWidget()
        for panel in self.panels.values():
            self.panel_stack.addWidget(panel)
        self.message = InlineMessage(self)
        self.hint = PlainLabel(look="muted", wrap=True)
        self.confirm = BusyButton(self.tr("Confirm (F12)"), busy_text=self.tr("Recording…"))
        set_look(self.confirm, large="true")
        self._lay_out()
        self._guard = ScannerGuard(self)
        self._guard.scanned.connect(self._on_scanned)
        self._connect()
        self._check()

    @property
    def cash(self) -> CashPanel:
        """The panel of cash."""
        panel = self.panels[PaymentMethod.CASH]
        if not isinstance(panel, CashPanel):
            raise TypeError("cash has its own panel")
        return panel

    @property
    def bank(self) -> BankPanel:
        """The panel of bank transfers."""
        panel = self.panels[PaymentMethod.BANK_TRANSFER]
        if not isinstance(panel, BankPanel):
            raise TypeError("bank transfers have their own panel")
        return panel

    @property
    def points(self) -> PointsPanel:
        """The panel of points."""
        panel = self.panels[PaymentMethod.LOYALTY_POINTS]
        if not isinstance(panel, PointsPanel):
            raise TypeError("points have their own panel")
        return panel

    def set_member(self, member: MemberRow | None) -> None:
        """Follow whose points may pay."""
        self.member_line.set_member(member)
        self.points.set_member(member)
        self._check()

    def set_connections(self, connections: Sequence[ConnectionRow]) -> None:
        """Follow which networks will ask customers by themselves."""
        for method, panel in self.panels.items():
            if isinstance(panel, MobileMoneyPanel):
                panel.set_connection(next((c for c in connections if c.method is method), None))
        self._check()

    @property
    def key(self) -> str:
        """The key of the payment in the form."""
        return self._key

    def set_compact(self, compact: bool) -> None:
        """Use less width: a small screen, or large text."""
        self.methods.set_columns(4 if compact else len(METHODS))
        self.cash.set_compact(compact)

    def problem(self) -> str:
        """Return what is missing as a sentence; "" when the payment can be recorded."""
        if not self.lines.is_empty and self.lines.total_minor is None:
            return self.tr("Give every sale line a name and a price.")
        if self.amount.amount_minor is None:
            is_wrong = bool(self.amount.edit.text().strip())
            return self.tr("Correct the amount.") if is_wrong else self.tr("Type the amount.")
        method = self.methods.method
        if self.phone.edit.text().strip() and not self.phone.phone:
            return self.tr("The telephone number does not exist; correct or empty it.")
        if method.is_mobile_money and not self.phone.phone:
            return self.tr("Type the customer's telephone number.")
        return self.panels[method].problem()

    def command(self) -> RecordPayment:
        """Return what the form says; call it only while ``problem()`` is empty."""
        reference = self.reference.text().strip()
        command = RecordPayment(
            key=self._key,
            method=self.methods.method,
            amount_minor=self.amount.require_amount(),
            transaction_reference=reference,
            order_number=reference,
            customer_name=self.customer.text().strip(),
            phone_number=self.phone.phone,
            lines=self.lines.lines() or (),
        )
        return self.panels[command.method].fill(command)

    def draft(self) -> PaymentDraft:
        """Return everything as typed."""
        method = self.methods.method
        return PaymentDraft(
            key=self._key,
            method=method.value,
            reference=self.reference.text(),
            customer_name=self.customer.text(),
            phone=self.phone.edit.text(),
            amount="" if self.lines.drafts() else self.amount.edit.text(),
            evidence=self.panels[method].evidence(),
            lines=self.lines.drafts(),
        )

    def set_draft(self, draft: PaymentDraft) -> None:
        """Put a kept form back, with its key: what was perhaps recorded is not recorded twice."""
        self._is_filling = True
        self._key = draft.key or str(uuid.uuid4())
        self.reference.setText(draft.reference)
        self.customer.setText(draft.customer_name)
        self.phone.edit.setText(draft.phone)
        self.lines.set_drafts(draft.lines)
        self.amount.edit.setText(draft.amount)
        known = {method.value for method in PaymentMethod}
        method = PaymentMethod(draft.method) if draft.method in known else PaymentMethod.CASH
        for panel in self.panels.values():
            panel.set_evidence({})
        self._show_method(method)
        self._method_was_chosen = not draft.is_empty
        self._follow_lines()
        self.panels[method].set_evidence(draft.evidence)
        self.message.clear()
        self._is_filling = False
        self._check()

    def start_new(self) -> None:
        """Empty the form and give it a new key."""
        self.set_draft(PaymentDraft())
        self.go_to_start()

    def go_to_start(self) -> None:
        """Put the cursor where a payment begins."""
        (self.reference if self.amount.edit.isReadOnly() else self.amount).setFocus()

    def finish(self) -> None:
        """Take the busy state away; everything typed is still there."""
        self.confirm.finish()
        self.entry.setEnabled(True)
        if self._focused is not None:
            self._focused.setFocus()
            self._focused = None
        self._check()

    def fail(self, error: KnownError) -> None:
        """Show why nothing was recorded, and go to the field it is about."""
        self.message.show_error(error)
        if not isinstance(error, InvalidInputError):
            return
        fields: dict[str, QWidget] = {
            "amount": self.amount,
            "phone": self.phone,
            "lines": self.lines.add_button,
            **self.panels[self.methods.method].edits(),
        }
        if error.field in fields:
            fields[error.field].setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter go to the next field, and press a button it stands on."""
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        if isinstance(focused, QAbstractButton) and focused not in self.methods.buttons.values():
            focused.click()
        else:
            self._go_on(focused)

    def _go_on(self, focused: QWidget | None) -> None:
        panel = self.panels[self.methods.method]
        chain: list[QWidget] = [
            self.reference,
            self.customer,
            self.phone.edit,
            self.amount.edit,
            *panel.edits().values(),
            self.confirm,
        ]
        if focused in self.methods.buttons.values():
            focused = self.amount.edit
        if focused not in chain:
            self.focusNextChild()
            return
        for following in chain[chain.index(focused) + 1 :]:
            if following.isEnabled():
                following.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(gap(self, 2))
        grid.setVerticalSpacing(gap(self, 0.5))
        top = Qt.AlignmentFlag.AlignTop
        fields: tuple[tuple[str, QWidget], ...] = (
            (self.tr("Order or reference"), self.reference),
            (self.tr("Customer"), self.customer),
            (self.tr("Telephone"), self.phone),
        )
        for place, (text, widget) in enumerate(fields):
            grid.addWidget(self._caption(text, widget), 0, place)
            grid.addWidget(widget, 1, place, top)
            grid.setColumnStretch(place, 1)
        self.entry = QWidget()
        column = QVBoxLayout(self.entry)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self))
        column.addLayout(grid)
        column.addWidget(self.member_line)
        column.addWidget(self.lines)
        column.addWidget(self._caption(self.tr("Amount"), self.amount))
        column.addWidget(self.amount)
        column.addWidget(PlainLabel(self.tr("Paid by"), look="muted"))
        column.addWidget(self.methods)
        column.addWidget(self.panel_stack)
        self.body.addWidget(self.entry)
        self.body.addWidget(self.message)
        foot = QHBoxLayout()
        foot.setSpacing(gap(self, 2))
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.confirm)
        self.body.addLayout(foot)

    def _caption(self, text: str, field: QWidget) -> PlainLabel:
        caption = PlainLabel(text, look="muted")
        caption.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(text)
        return caption

    def _connect(self) -> None:
        for edit in (self.reference, self.customer, self.phone.edit, self.amount.edit):
            edit.textChanged.connect(self._on_edited)
        for edit in (self.customer, self.phone.edit):
            edit.textChanged.connect(self._on_who)
        for edit in (self.customer, self.phone.edit, self.amount.edit):
            self._guard.watch(edit)
        self.phone.network_changed.connect(self._on_network)
        self.amount.amount_changed.connect(self._on_amount)
        self.lines.changed.connect(self._on_lines)
        self.methods.method_chosen.connect(self._on_method_chosen)
        for panel in self.panels.values():
            panel.changed.connect(self._on_edited)
            for edit in panel.edits().values():
                self._guard.watch(edit)
        self.confirm.clicked.connect(self._on_confirm)
        confirm = QShortcut(QKeySequence("F12"), self)
        confirm.activated.connect(self.confirm.click)

    def _on_edited(self) -> None:
        if self._is_filling:
            return
        self._check()
        self.edited.emit()

    def _on_who(self) -> None:
        self.who_changed.emit(self.customer.text(), self.phone.phone)

    def _on_amount(self, amount_minor: int | None) -> None:
        for panel in self.panels.values():
            panel.set_amount(amount_minor)

    def _on_lines(self) -> None:
        for edit in self.lines.fields():
            self._guard.watch(edit)
        self._follow_lines()
        self._on_edited()

    def _follow_lines(self) -> None:
        has_lines = not self.lines.is_empty
        if has_lines:
            self.amount.set_amount(self.lines.total_minor)
        elif self.amount.edit.isReadOnly():
            self.amount.set_amount(None)
        self.amount.edit.setReadOnly(has_lines)

    def _on_network(self, _network: str) -> None:
        """Choose the network the number hints at, unless a person chose a way already."""
        method = suggested_method(self.phone.phone)
        untouched = not self._method_was_chosen and not self.cash.evidence()
        if method is not None and untouched and not self._is_filling:
            self._show_method(method)
            self._check()

    def _on_method_chosen(self, method: PaymentMethod) -> None:
        self._method_was_chosen = True
        self._show_method(method)
        first = next(iter(self.panels[method].edits().values()), None)
        if self.amount.amount_minor is None:
            self.amount.setFocus()
        elif first is not None:
            first.setFocus()
        elif method.is_mobile_money and not self.phone.phone:
            self.phone.setFocus()
        self._on_edited()

    def _show_method(self, method: PaymentMethod) -> None:
        self.methods.choose(method)
        self.panel_stack.setCurrentWidget(self.panels[method])

    def _on_scanned(self, code: str) -> None:
        self.reference.setText(code.strip())
        self.reference.setFocus()

    def _on_confirm(self) -> None:
        problem = self.problem()
        if problem:
            self.finish()
            self.message.show_message(problem, level="error")
            return
        self.message.clear()
        # What is typed while the payment is being recorded would be lost with the form.
        self._focused = self.focusWidget()
        self.entry.setEnabled(False)
        self.submitted.emit(self.command())

    def _check(self) -> None:
        """Let the button say what it will do, and why not while it cannot."""
        problem = self.problem()
        panel = self.panels[self.methods.method]
        self.methods.allow(PaymentMethod.LOYALTY_POINTS, self.points.why_not())
        self.confirm.setText(act_text(panel, self.amount.amount_minor))
        if not self.confirm.is_busy:
            self.confirm.setEnabled(not problem)
        self.hint.setText(problem or outlook(panel, self.methods.method))
