"""What became of the last payment: the change to hand out, its receipt and invoice, a refund."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import KnownError
from core.model.payments import PaymentStatus
from core.money import display
from core.permissions import Actor, Permission
from core.services.rows import PaymentRow
from ui.badges import badge_for
from ui.pages.cashier.notes import change_text
from ui.printing.choices import ReceiptPaper
from ui.theme import gap, set_look
from ui.widgets.basics import IconLabel, PlainLabel
from ui.widgets.buttons import BusyButton, button
from ui.widgets.messages import InlineMessage


class ReceiptStrip(QFrame):
    """Takes no room before the first payment.

    Signals:
        receipt_requested(row), invoice_requested(row), refund_requested(row),
        payment_requested(row): a button was used; ``receipt`` is busy until its ``finish``.
        paper_chosen(paper): receipts go on this ``ReceiptPaper`` from now on.
        pdf_requested(row): the receipt is wanted as a file.
    """

    receipt_requested = Signal(object)
    invoice_requested = Signal(object)
    refund_requested = Signal(object)
    payment_requested = Signal(object)
    paper_chosen = Signal(object)
    pdf_requested = Signal(object)

    def __init__(
        self,
        actor: Actor,
        parent: QWidget | None = None,
        *,
        paper: ReceiptPaper = ReceiptPaper.ROLL_80,
    ) -> None:
        super().__init__(parent)
        self._may_ask = actor.may(Permission.REQUEST_REFUND)
        self._row: PaymentRow | None = None
        self._line = row = QHBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(gap(self, 2), gap(self, 1.2), gap(self, 2), gap(self, 1.2))
        column.addLayout(row)
        row.setSpacing(gap(self, 1.5))
        self._icon = IconLabel("check", "success", self, scale=1.6)
        row.addWidget(self._icon)
        texts = QVBoxLayout()
        texts.setSpacing(gap(self, 0.3))
        self.text = PlainLabel(look="heading", wrap=True)
        self.detail = PlainLabel(wrap=True)
        texts.addWidget(self.text)
        texts.addWidget(self.detail)
        row.addLayout(texts, 1)
        changes = QVBoxLayout()
        changes.setSpacing(0)
        self._change_caption = PlainLabel(self.tr("CHANGE"), look="small")
        self.change = PlainLabel(look="change")
        self.pieces = PlainLabel(look="small")
        for label in (self._change_caption, self.change, self.pieces):
            changes.addWidget(label)
        row.addLayout(changes)
        row.addLayout(self._make_acts(paper))
        self.message = InlineMessage(self)
        column.addWidget(self.message)
        self.hide()

    def _make_acts(self, paper: ReceiptPaper) -> QVBoxLayout:
        acts = QVBoxLayout()
        acts.setSpacing(gap(self, 0.5))
        self.receipt = BusyButton(
            self.tr("Print receipt (Ctrl+P)"), busy_text=self.tr("Printing…"), kind=""
        )
        # A button's own shortcut would go with its text, which changes while it is busy.
        QShortcut(QKeySequence("Ctrl+P"), self).activated.connect(self.receipt.click)
        self.papers = QToolButton()
        self.papers.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.papers.setMenu(self._make_paper_menu())
        self.papers.setToolTip("Ctrl+Shift+P")
        QShortcut(QKeySequence("Ctrl+Shift+P"), self).activated.connect(self._on_papers_wanted)
        self.set_paper(paper)
        beside = QHBoxLayout()
        beside.setSpacing(gap(self, 0.5))
        beside.addWidget(self.receipt, 1)
        beside.addWidget(self.papers)
        self.open_invoice = button(self.tr("Open invoice (Ctrl+O)"), icon_name="file")
        self.open_invoice.setShortcut("Ctrl+O")
        self.ask_refund = button(self.tr("Ask for refund (Ctrl+R)"), icon_name="refund")
        self.ask_refund.setShortcut("Ctrl+R")
        self.show_payment = button(self.tr("Show payment"), kind="link")
        self.receipt.clicked.connect(lambda: self.receipt_requested.emit(self._row))
        self.open_invoice.clicked.connect(lambda: self.invoice_requested.emit(self._row))
        self.ask_refund.clicked.connect(lambda: self.refund_requested.emit(self._row))
        self.show_payment.clicked.connect(lambda: self.payment_requested.emit(self._row))
        acts.addLayout(beside)
        for made in (self.open_invoice, self.ask_refund, self.show_payment):
            acts.addWidget(made)
        return acts

    def _make_paper_menu(self) -> QMenu:
        menu = QMenu(self.papers)
        group = QActionGroup(menu)
        self.paper_actions: dict[ReceiptPaper, QAction] = {}
        for paper in ReceiptPaper:
            action = menu.addAction(_paper_text(paper))
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _=False, paper=paper: self._on_paper_chosen(paper))
            self.paper_actions[paper] = action
        menu.addSeparator()
        self.save_pdf = menu.addAction(self.tr("Save the receipt as PDF…"))
        self.save_pdf.triggered.connect(lambda: self.pdf_requested.emit(self._row))
        return menu

    @property
    def row(self) -> PaymentRow | None:
        """The payment told of."""
        return self._row

    @property
    def shows_change(self) -> bool:
        """Tell whether somebody may still be counting out change from it."""
        return self.isVisible() and self.change.isVisible()

    def set_compact(self, compact: bool) -> None:
        """Stand below each other where there is little room."""
        directions = QBoxLayout.Direction
        self._line.setDirection(directions.TopToBottom if compact else directions.LeftToRight)

    def add_fact(self, payment_id: str, fact: str) -> None:
        """Say one more thing of the payment told of, if it still is the one."""
        if fact and self._row is not None and self._row.payment_id == payment_id:
            self.detail.setText(f"{self.detail.text()} · {fact}")
            self.setAccessibleName(f"{self.text.text()}. {self.detail.text()}")

    def set_paper(self, paper: ReceiptPaper) -> None:
        """Show what receipts go on."""
        self.paper_actions[paper].setChecked(True)
        text = _paper_text(paper)
        self.papers.setText(text)
        self.papers.setAccessibleName(self.tr("Paper of receipts: %1").replace("%1", text))

    def show_payment_row(self, row: PaymentRow) -> None:
        """Tell of a payment that was just recorded or confirmed."""
        self._row = row
        self.message.clear()
        self.receipt.finish()
        amount = display(row.amount_minor, row.currency)
        method = badge_for("method", row.payment_method).text
        is_done = row.status is PaymentStatus.COMPLETED
        set_look(self, look="success" if is_done else "warning")
        self._icon.set_icon("check" if is_done else "clock", "success" if is_done else "warning")
        if is_done:
            told = self.tr("%1 received · %2")
            if not row.payment_method.is_money:
                told = self.tr("%1 paid · %2")
            self.text.setText(told.replace("%1", amount).replace("%2", method))
            self.detail.setText(self.tr("Invoice %1").replace("%1", row.invoice_number))
        else:
            self.text.setText(self.tr("%1 waits · %2").replace("%1", amount).replace("%2", method))
            self.detail.setText(self.tr("No money has been confirmed yet."))
        has_change = is_done and row.tendered_minor is not None
        self.change.setText(display(row.change_minor, row.currency))
        self.pieces.setText(change_text(row.change_minor))
        for label in (self._change_caption, self.change, self.pieces):
            label.setVisible(has_change)
        for made in (self.receipt, self.papers, self.open_invoice):
            made.setVisible(is_done)
        self.receipt.setText(self.tr("Print receipt (Ctrl+P)"))
        self.ask_refund.setVisible(is_done and self._may_ask)
        self.setAccessibleName(f"{self.text.text()}. {self.detail.text()}")
        self.show()

    def tell_printed(self, text: str) -> None:
        """Say that the receipt is on its way to paper; what is printed now is a copy."""
        self.receipt.setText(self.tr("Print a copy (Ctrl+P)"))
        self.message.show_message(text, level="info")

    def tell_not_printed(self, error: KnownError) -> None:
        """Say why there is no receipt, and offer to try again."""
        self.receipt.setText(self.tr("Try again (Ctrl+P)"))
        self.message.show_error(error)

    def _on_papers_wanted(self) -> None:
        """Open the menu of papers where its button is, without waiting for it."""
        if self.papers.isVisible():
            self.papers.menu().popup(self.papers.mapToGlobal(self.papers.rect().bottomLeft()))

    def _on_paper_chosen(self, paper: ReceiptPaper) -> None:
        self.set_paper(paper)
        self.paper_chosen.emit(paper)


def _paper_text(paper: ReceiptPaper) -> str:
    return "A4" if paper.roll_mm is None else f"{paper.roll_mm} mm"
