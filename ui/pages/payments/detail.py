"""Everything about one payment: state in words, way of the money, actions, facts, history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.model.payments import PaymentStatus
from core.money import display
from core.permissions import Actor, Permission
from core.services.gateways.rows import PaymentPath
from core.services.rows import FoundLine, PaymentDetail, RefundRow
from ui.audit.history import history_line
from ui.badges import badge_for
from ui.pages.payments.acts import Act, is_left_to_people, why_no_refund, why_not
from ui.pages.payments.calls import CallList
from ui.pages.payments.network import is_alarming, way_sentence, way_steps, why_not_asked
from ui.pages.payments.words import payment_facts
from ui.theme import gap, set_look
from ui.widgets.basics import BadgeLabel, PlainLabel, SelectableLabel
from ui.widgets.buttons import IconButton, button
from ui.widgets.facts import KeyValueList, MoneyPath
from ui.widgets.json_view import JsonView
from ui.widgets.panes import scrolled_card

KEYS = {
    Act.COMPLETE: "F12",
    Act.FAIL: "Ctrl+Shift+F",
    Act.CANCEL: "Ctrl+Shift+X",
    Act.ASK_REFUND: "Ctrl+R",
    Act.OPEN_INVOICE: "Ctrl+P",
    Act.ASK_NOW: "F9",
    Act.MAIL: "Ctrl+M",
}
"""The key of each action on the payment shown."""


class Section(QWidget):
    """A heading with something under it; takes no room while it has nothing to say."""

    def __init__(self, heading: str, content: QWidget | None = None) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, gap(self), 0, 0)
        self.column.setSpacing(gap(self, 0.8))
        self.column.addWidget(PlainLabel(heading, look="heading"))
        if content is not None:
            self.column.addWidget(content)

    def replace(self, widgets: Sequence[QWidget]) -> None:
        """Put other widgets under the heading."""
        while (item := self.column.takeAt(1)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for widget in widgets:
            self.column.addWidget(widget)
        self.setVisible(bool(widgets))


class DetailPane(QFrame):
    """Shows one payment and offers what may be done with it.

    Signals:
        act_wanted(act): a button of an action was pressed.
        refund_wanted(refund_id): show this refund.
        calls_wanted(payment_id): show the calls about it among all.
        trail_wanted(payment_id): show its entries in the audit trail.
        preview_wanted(invoice_number): show the invoice's paper.
        item_wanted(page, item_id): show this invoice or reconciliation on its page.
        closed: the person closed the pane.
    """

    act_wanted = Signal(object)
    refund_wanted = Signal(str)
    calls_wanted = Signal(str)
    trail_wanted = Signal(str)
    preview_wanted = Signal(str)
    item_wanted = Signal(str, str)
    closed = Signal()

    def __init__(self, actor: Actor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actor = actor
        self._detail: PaymentDetail | None = None
        self._path: PaymentPath | None = None
        self.area, self._column = scrolled_card(
            self,
            self._make_head(),
            name=self.tr("Payment"),
            shown=self.tr("The payment chosen"),
            characters=74,
        )
        self._fill()

    @property
    def detail(self) -> PaymentDetail | None:
        """The payment shown."""
        return self._detail

    @property
    def path(self) -> PaymentPath | None:
        """Where the money of the payment shown is; None where no network can have it."""
        return self._path

    def show_detail(self, detail: PaymentDetail, path: PaymentPath | None, now: datetime) -> None:
        """Show a payment, or the same one as it is now; what was unfolded stays so."""
        before, self._detail, self._path = self._detail, detail, path
        payment = detail.payment
        same = before is not None and before.payment.payment_id == payment.payment_id
        self.amount.setText(display(payment.amount_minor, payment.currency))
        self.status.set_badge(badge_for("status", payment.status))
        self.method.set_badge(badge_for("method", payment.payment_method))
        paid = payment.status in {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}
        self.reconciled.set_badge(badge_for("reconciled", payment.reconciled) if paid else None)
        self.show_age(now)
        facts, copyable = payment_facts(payment)
        if not same:
            self._facts_section.replace([KeyValueList(facts, copyable=copyable)])
            self.area.verticalScrollBar().setValue(0)
        elif before is not None and before.payment != payment:
            self._facts_section.replace([KeyValueList(facts, copyable=copyable)])
        self._show_actions(detail)
        self._show_invoice(detail)
        self._refunds.replace([self._refund(refund) for refund in detail.refunds])
        self._lines_section.replace([self._line(found) for found in detail.found_on])
        if not same or (before is not None and before.transactions != detail.transactions):
            calls = detail.transactions
            self._calls.replace(self._call_parts(detail) if calls else [])
        if not same or (before is not None and before.gateway_response != detail.gateway_response):
            answer = detail.gateway_response
            self._answer.replace([JsonView(self.tr("Last answer"), answer)] if answer else [])
        self._history.set_facts([history_line(entry) for entry in reversed(detail.history)])
        self._history_section.setVisible(bool(detail.history))

    def show_age(self, now: datetime) -> None:
        """Say anew since when the payment waits."""
        if self._detail is None:
            return
        told = way_sentence(self._detail, self._path, now)
        if told != self.sentence.text():  # a text marked for copying stays marked
            self.sentence.setText(told)
        set_look(self.sentence, look="wrong" if is_alarming(self._path) else "")
        steps = way_steps(self._detail, self._path, now)
        if steps != self.steps.steps:
            self.steps.set_steps(steps)

    def reason_against(self, act: Act) -> str:
        """Return why an action is not possible for the payment shown; empty when it is."""
        if self._detail is None:
            return self.tr("Choose a payment first.")
        if act is Act.ASK_REFUND:
            return why_no_refund(self._actor, self._detail)
        if act is Act.ASK_NOW:
            return why_not_asked(self._path)
        return why_not(act, self._actor, self._detail.payment)

    def _make_head(self) -> QVBoxLayout:
        head = QVBoxLayout()
        row = QHBoxLayout()
        self.amount = PlainLabel(look="amount")
        self.status = BadgeLabel()
        self.method = BadgeLabel()
        self.reconciled = BadgeLabel()
        row.addWidget(self.amount)
        row.addStretch(1)
        close = IconButton("cross", self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        row.addWidget(close)
        head.addLayout(row)
        badges = QHBoxLayout()
        badges.setSpacing(gap(self))
        for badge in (self.status, self.method, self.reconciled):
            badges.addWidget(badge)
        badges.addStretch(1)
        head.addLayout(badges)
        return head

    def _fill(self) -> None:
        self.sentence = SelectableLabel()
        self.steps = MoneyPath()
        self._column.addWidget(self.sentence)
        self._column.addWidget(self.steps)
        self._column.addWidget(self._make_actions())
        self._facts_section = Section(self.tr("Facts"))
        self._invoice = KeyValueList()
        self._invoice_section = Section(self.tr("Invoice"), self._invoice)
        self._invoice_section.column.addWidget(self._make_invoice_links())
        self._refunds = Section(self.tr("Refunds"))
        self._lines_section = Section(self.tr("Found on statements"))
        self._calls = Section(self.tr("Calls to the gateway"))
        self._answer = Section(self.tr("Gateway's answer"))
        self._history = KeyValueList()
        self._history_section = Section(self.tr("History"), self._history)
        self.audit_link = button(self.tr("Show in the audit trail (Ctrl+Shift+H)"), kind="link")
        self.audit_link.clicked.connect(lambda _checked=False: self.show_in_trail())
        self.audit_link.setVisible(self._actor.may(Permission.VIEW_AUDIT))
        self._history_section.column.addWidget(self.audit_link)
        for section in (
            self._facts_section,
            self._invoice_section,
            self._refunds,
            self._lines_section,
            self._calls,
            self._answer,
            self._history_section,
        ):
            self._column.addWidget(section)
        self._column.addStretch(1)

    def _make_invoice_links(self) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        self.preview_button = button(self.tr("Look at it (Ctrl+Shift+P)"))
        self.preview_button.clicked.connect(lambda _checked=False: self.preview())
        self.invoice_link = button(self.tr("Show among invoices"), kind="link")
        self.invoice_link.clicked.connect(lambda _checked=False: self._show_among_invoices())
        row.addWidget(self.preview_button)
        row.addWidget(self.invoice_link)
        row.addStretch(1)
        return box

    def show_in_trail(self) -> None:
        """Ask for the payment's entries in the audit trail, which not everybody may read."""
        if self._detail is not None and self._actor.may(Permission.VIEW_AUDIT):
            self.trail_wanted.emit(self._detail.payment.payment_id)

    def preview(self) -> None:
        """Ask for the invoice's paper, where there is one."""
        if self._detail is not None and self._detail.invoice is not None:
            self.preview_wanted.emit(self._detail.invoice.invoice_number)

    def _show_among_invoices(self) -> None:
        if self._detail is not None and self._detail.invoice is not None:
            self.item_wanted.emit("invoices", self._detail.invoice.invoice_number)

    def _make_actions(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.8))
        grid = QGridLayout()
        grid.setSpacing(gap(self, 0.8))
        texts = {
            Act.COMPLETE: self.tr("Complete…"),
            Act.FAIL: self.tr("Fail…"),
            Act.CANCEL: self.tr("Cancel…"),
            Act.ASK_REFUND: self.tr("Ask for refund…"),
            Act.OPEN_INVOICE: self.tr("Open invoice"),
            Act.MAIL: self.tr("Send by mail…"),
            Act.ASK_NOW: self.tr("Ask the network now (F9)"),
        }
        self.buttons: dict[Act, QPushButton] = {}
        for act, text in texts.items():
            self.buttons[act] = button(text)
            self.buttons[act].clicked.connect(lambda _=False, act=act: self.act_wanted.emit(act))
        for place, act in enumerate((Act.COMPLETE, Act.FAIL, Act.CANCEL)):
            grid.addWidget(self.buttons[act], 0, place * 2, 1, 2)
        for place, act in enumerate((Act.ASK_REFUND, Act.OPEN_INVOICE, Act.MAIL)):
            grid.addWidget(self.buttons[act], 1, place * 2, 1, 2)
        grid.addWidget(self.buttons[Act.ASK_NOW], 2, 0, 1, 6)
        column.addLayout(grid)
        self.reasons = PlainLabel(look="small", wrap=True)
        column.addWidget(self.reasons)
        return box

    def _show_actions(self, detail: PaymentDetail) -> None:
        by_reason: dict[str, list[str]] = {}
        unclear = is_left_to_people(detail.payment)
        self.buttons[Act.COMPLETE].setText(
            self.tr("Money came…") if unclear else self.tr("Complete…")
        )
        self.buttons[Act.FAIL].setText(self.tr("No money came…") if unclear else self.tr("Fail…"))
        can_ask = not self.reason_against(Act.ASK_NOW)
        self.buttons[Act.ASK_NOW].setVisible(can_ask)
        for act, made in self.buttons.items():
            if act is Act.ASK_NOW and not can_ask:
                continue
            reason = self.reason_against(act)
            made.setEnabled(not reason)
            made.setToolTip(reason or KEYS[act])
            made.setAccessibleDescription(reason or KEYS[act])
            if reason:
                by_reason.setdefault(reason, []).append(made.text().rstrip("…"))
        # While the program itself follows a request, completing it by hand is not the usual way.
        followed = self._path is not None and self._path.attempt is not None and not unclear
        usual = self.buttons[Act.COMPLETE].isEnabled() and not followed
        set_look(self.buttons[Act.COMPLETE], kind="primary" if usual else "")
        if not detail.payment.invoice_number:
            by_reason.pop(self.reason_against(Act.OPEN_INVOICE), None)
        lines = [f"{', '.join(names)} – {reason}" for reason, names in by_reason.items()]
        self.reasons.setText("\n".join(lines))
        self.reasons.setVisible(bool(lines))

    def _show_invoice(self, detail: PaymentDetail) -> None:
        invoice = detail.invoice
        self._invoice_section.setVisible(invoice is not None)
        if invoice is None:
            return
        self._invoice.set_facts(
            [
                (self.tr("Number"), invoice.invoice_number),
                (self.tr("Issued"), f"{invoice.issued_date:%Y-%m-%d}"),
                (self.tr("VAT"), display(invoice.tax_minor, invoice.currency)),
                (self.tr("Total"), display(invoice.total_minor, invoice.currency)),
            ]
        )

    def _call_parts(self, detail: PaymentDetail) -> list[QWidget]:
        parts: list[QWidget] = [CallList(detail.transactions)]
        if self._actor.may(Permission.VIEW_REPORTS):
            link = button(self.tr("Show among all transactions (Ctrl+L)"), kind="link")
            link.setShortcut("Ctrl+L")
            payment_id = detail.payment.payment_id
            link.clicked.connect(lambda: self.calls_wanted.emit(payment_id))
            parts.append(link)
        return parts

    def _refund(self, refund: RefundRow) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(BadgeLabel(badge_for("refund", refund.status)))
        amount = display(refund.refund_amount_minor, refund.currency)
        told = self.tr("%1, asked by %2").replace("%1", amount)
        row.addWidget(PlainLabel(told.replace("%2", refund.requested_by), wrap=True), 1)
        link = button(self.tr("Show"), kind="link")
        link.setAccessibleName(self.tr("Show the refund of %1").replace("%1", amount))
        link.clicked.connect(lambda: self.refund_wanted.emit(refund.refund_id))
        row.addWidget(link)
        return box

    def _line(self, found: FoundLine) -> QWidget:
        line = found.line
        parts = [
            f"{line.line_date:%Y-%m-%d}",
            display(line.amount_minor, line.currency),
            line.transaction_id or line.reference,
            line.counterparty,
            line.description,
        ]
        told = self.tr("Line %1 of %2").replace("%1", str(line.line_number))
        link = button(told.replace("%2", found.file_name), kind="link")
        link.clicked.connect(lambda: self.item_wanted.emit("reconcile", found.reconciliation_id))
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(SelectableLabel(" · ".join(filter(None, parts))))
        column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        return box
