"""The chosen paper beside its list: what it says, who has it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.clock import shop_time
from core.model.papers import HandoutChannel
from core.money import display
from core.permissions import Actor, Permission
from core.services.papers.handouts import HandoutRow
from core.services.papers.listed_papers import ListedCreditNote, ListedInvoice
from ui.badges import Badge, badge_for
from ui.theme import gap, set_look
from ui.widgets.basics import BadgeLabel, Card, PlainLabel
from ui.widgets.buttons import button
from ui.widgets.facts import KeyValueList

Facts = Sequence[tuple[str, str]]


class PaperAct(Enum):
    """What can be done with a paper; the value is its key."""

    LOOK = "Enter"
    PRINT = "Ctrl+P"
    SAVE = "Ctrl+S"
    RECEIPT = "Ctrl+Shift+P"
    OPEN = "Ctrl+O"
    FISCAL = "Ctrl+B"
    MAIL = "Ctrl+M"
    PAYMENT = "Ctrl+J"


HANDING_OUT = frozenset({PaperAct.PRINT, PaperAct.SAVE, PaperAct.RECEIPT})


class PaperDetail(Card):
    """Base of both kinds; a disabled button says why.

    Signals:
        act_wanted(act): a button was pressed.
    """

    act_wanted = Signal(object)

    def __init__(self, actor: Actor, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._actor = actor
        self.number = PlainLabel(look="heading", wrap=True)
        self.state = BadgeLabel()
        head = QHBoxLayout()
        head.addWidget(self.number, 1)
        head.addWidget(self.state)
        self.body.addLayout(head)
        self.amount = PlainLabel(look="amount")
        self.body.addWidget(self.amount)
        self.facts = KeyValueList(
            copyable=frozenset({self.tr("Payment"), self.tr("Fiscal number (EBM)")})
        )
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setAccessibleName(self.tr("Facts of the paper"))
        shown = QWidget()
        set_look(shown, look="page")
        inside = QVBoxLayout(shown)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.facts)
        # What room is left stays below the facts, not between them.
        inside.addStretch(1)
        area.setWidget(shown)
        self.body.addWidget(area, 1)
        self.copies = PlainLabel(look="small", wrap=True)
        self.body.addWidget(self.copies)
        self.buttons: dict[PaperAct, QPushButton] = {}
        self.body.addLayout(self._make_buttons())
        self.reason = PlainLabel(look="small", wrap=True)
        self.body.addWidget(self.reason)
        least = self.fontMetrics().averageCharWidth() * 52
        self.ensurePolished()
        self.setMinimumWidth(max(least, self.minimumSizeHint().width()))

    def reason_against(self, act: PaperAct) -> str:
        """Return why something may not be done with the paper shown; empty when it may."""
        may = self._actor.may(Permission.ISSUE_INVOICE)
        if (act in HANDING_OUT or act is PaperAct.FISCAL) and not may:
            return self.tr("Only those who issue invoices hand them out.")
        if act is PaperAct.MAIL and not self._actor.may(Permission.SEND_MAIL):
            return self.tr("Only those who send mail to customers send papers by it.")
        return ""

    def show_handouts(self, rows: Sequence[HandoutRow]) -> None:
        """Say who has the paper already, and what that makes of the next one."""
        if not rows:
            self.copies.setText(self.tr("Not handed out yet: what you print now is the original."))
            return
        last = rows[-1]
        text = self.tr("Handed out %1 ×, last %2 by %3 (%4). What you print now is marked COPY.")
        for place, value in enumerate(
            (
                str(len(rows)),
                f"{shop_time(last.handed_at):%Y-%m-%d %H:%M}",
                last.handed_by,
                _channel_word(self, last.channel),
            ),
            start=1,
        ):
            text = text.replace(f"%{place}", value)
        self.copies.setText(text)

    def _show(
        self, number: str, amount: str, badge: Badge | None, facts: Sequence[tuple[str, str]]
    ) -> None:
        self.number.setText(number)
        self.amount.setText(amount)
        self.state.set_badge(badge)
        self.facts.set_facts([fact for fact in facts if fact[1]])
        self.copies.setText("")
        reasons = {}
        for act, made in self.buttons.items():
            reasons[act] = self.reason_against(act)
            made.setEnabled(not reasons[act])
            made.setToolTip(reasons[act] or act.value)
            made.setAccessibleDescription(reasons[act])
        self.reason.setText("\n".join(dict.fromkeys(filter(None, reasons.values()))))
        self.reason.setVisible(bool(self.reason.text()))

    def _make_buttons(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(gap(self))
        texts = {
            PaperAct.LOOK: self.tr("Look (Enter)"),
            PaperAct.PRINT: self.tr("Print… (Ctrl+P)"),
            PaperAct.SAVE: self.tr("Save PDF… (Ctrl+S)"),
            PaperAct.OPEN: self.tr("Open file (Ctrl+O)"),
            PaperAct.RECEIPT: self.tr("Print the receipt…"),
            PaperAct.FISCAL: self.tr("Fiscal number… (Ctrl+B)"),
            PaperAct.MAIL: self.tr("Send by mail… (Ctrl+M)"),
            PaperAct.PAYMENT: self.tr("Show payment"),
        }
        kinds = {PaperAct.PRINT: "primary", PaperAct.PAYMENT: "link"}
        for place, act in enumerate(act for act in texts if act in self.acts()):
            made = button(texts[act], kind=kinds.get(act, ""))
            made.clicked.connect(lambda _=False, act=act: self.act_wanted.emit(act))
            self.buttons[act] = made
            grid.addWidget(made, place // 2, place % 2)
        return grid

    @classmethod
    def acts(cls) -> frozenset[PaperAct]:
        """Return what this kind of paper offers."""
        return frozenset(PaperAct)


class InvoiceDetail(PaperDetail):
    """One invoice."""

    def show_row(self, row: ListedInvoice) -> None:
        """Show an invoice, or the same one as it is now."""
        self._row = row
        invoice = row.invoice
        sent = f"{shop_time(invoice.sent_at):%Y-%m-%d %H:%M}" if invoice.sent_at else ""
        self._show(
            row.number,
            display(invoice.total_minor, invoice.currency),
            badge_for("invoice", row.state),
            (
                (self.tr("Customer"), invoice.customer_name),
                (self.tr("Method"), badge_for("method", invoice.payment_method).text),
                (self.tr("Without VAT"), display(invoice.subtotal_minor, invoice.currency)),
                (self.tr("VAT"), display(invoice.tax_minor, invoice.currency)),
                (self.tr("Issued"), invoice.issued_date.isoformat()),
                (self.tr("Due"), invoice.due_date.isoformat() if invoice.due_date else ""),
                (self.tr("Paid"), invoice.paid_date.isoformat() if invoice.paid_date else ""),
                (self.tr("Void since"), invoice.void_date.isoformat() if invoice.void_date else ""),
                (self.tr("Sent to the customer"), sent),
                (self.tr("Fiscal number (EBM)"), row.ebm_receipt_number),
                (self.tr("Fiscal signature"), row.ebm_signature),
                (self.tr("Note"), invoice.notes),
                (self.tr("Payment"), invoice.payment_id),
            ),
        )

    def reason_against(self, act: PaperAct) -> str:
        """Return why something may not be done with the invoice shown."""
        if act is PaperAct.RECEIPT and not self._row.invoice.is_paid:
            return self.tr("There is a receipt once the invoice is paid.")
        return super().reason_against(act)


class CreditNoteDetail(PaperDetail):
    """One credit note."""

    def show_row(self, row: ListedCreditNote) -> None:
        """Show a credit note, or the same one as it is now."""
        self._show(
            row.number,
            display(row.amount_minor, row.currency),
            None,
            (
                (self.tr("Customer"), row.customer_name),
                (self.tr("Of invoice"), row.invoice_number),
                (self.tr("Reason"), row.reason),
                (self.tr("Method"), badge_for("method", row.payment_method).text),
                (self.tr("VAT in it"), display(row.tax_minor, row.currency)),
                (self.tr("Issued"), row.issued_date.isoformat()),
                (self.tr("Fiscal number (EBM)"), row.ebm_receipt_number),
                (self.tr("Fiscal signature"), row.ebm_signature),
                (self.tr("Payment"), row.payment_id),
            ),
        )

    @classmethod
    def acts(cls) -> frozenset[PaperAct]:
        """Return all but what is of the invoice: its receipt, and its mail."""
        return frozenset(PaperAct) - {PaperAct.RECEIPT, PaperAct.MAIL}


def _channel_word(widget: QWidget, channel: HandoutChannel) -> str:
    words = {
        HandoutChannel.PRINT: widget.tr("printed"),
        HandoutChannel.PDF: widget.tr("as a file"),
        HandoutChannel.MAIL: widget.tr("by mail"),
        HandoutChannel.ESCPOS: widget.tr("receipt printer"),
    }
    return words.get(channel, str(channel))
