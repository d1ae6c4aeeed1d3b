"""The invoices page: find an invoice, open its PDF, go to its payment."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.clock import shop_date, shop_time
from core.errors import KnownError
from core.money import display
from core.permissions import Permission
from core.services.mail_rows import MailKind
from core.services.rows import InvoiceRow
from ui.badges import badge_for
from ui.context import PageContext
from ui.mail.send_dialog import open_mail_form
from ui.models.columns import amount_column, badge_column
from ui.models.fetching import fetch_page
from ui.models.table import Column, PagedTableModel
from ui.open_document import Opener, open_invoice
from ui.pages.page import Page
from ui.theme import gap
from ui.widgets.basics import BadgeLabel, Card, PageHeader, PlainLabel, page_layout, splitter
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.facts import KeyValueList, TotalsBar
from ui.widgets.inputs import SearchField
from ui.widgets.messages import EmptyState, InfoBar

translate = QCoreApplication.translate


def invoice_state(invoice: InvoiceRow, today: date) -> str:
    """Return paid, unpaid, overdue or void, as badges name it."""
    if invoice.is_paid:
        return "paid"
    if invoice.void_date is not None:
        return "void"
    overdue = invoice.due_date is not None and invoice.due_date < today
    return "overdue" if overdue else "unpaid"


def invoice_columns(today: date) -> tuple[Column[InvoiceRow], ...]:
    """Return the columns, titled in the user's language."""

    def amount(key: str, title: str, field: str, width: int = 9) -> Column[InvoiceRow]:
        return amount_column(
            key,
            title,
            lambda row: int(getattr(row, field)),
            currency=lambda row: row.currency,
            width=width,
        )

    return (
        Column(
            "invoice_number",
            translate("InvoicesPage", "Number"),
            lambda row: row.invoice_number,
            width=18,
        ),
        Column(
            "issued_date",
            translate("InvoicesPage", "Date"),
            lambda row: row.issued_date.isoformat(),
            width=11,
        ),
        Column(
            "customer_name",
            translate("InvoicesPage", "Customer"),
            lambda row: row.customer_name,
            width=17,
        ),
        badge_column(
            "payment_method",
            translate("InvoicesPage", "Method"),
            "method",
            lambda row: row.payment_method,
            width=11,
        ),
        amount("subtotal", translate("InvoicesPage", "Without VAT"), "subtotal_minor", 11),
        amount("tax", translate("InvoicesPage", "VAT"), "tax_minor"),
        amount("total", translate("InvoicesPage", "Total"), "total_minor"),
        badge_column(
            "is_paid",
            translate("InvoicesPage", "Paid"),
            "invoice",
            lambda row: invoice_state(row, today),
        ),
        Column(
            "pdf_file",
            translate("InvoicesPage", "PDF"),
            lambda row: (
                translate("InvoicesPage", "ready")
                if row.pdf_file
                else translate("InvoicesPage", "made when opened")
            ),
            tone=lambda row: None if row.pdf_file else "text_muted",
            width=17,
        ),
    )


class InvoicesPage(Page):
    """Every invoice of the shop; ``opener`` opens a PDF in the system's program."""

    watches = frozenset({"invoices", "payments"})

    def __init__(
        self,
        context: PageContext,
        parent: QWidget | None = None,
        *,
        opener: Opener = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(context, parent)
        self._opener = opener
        self._search_text = ""
        self._has_asked = False
        self._shown: InvoiceRow | None = None
        today = shop_date(context.app.configuration.clock())
        self.model: PagedTableModel[InvoiceRow] = PagedTableModel(
            invoice_columns(today), row_id=lambda row: row.invoice_number, parent=self
        )
        self.model.page_wanted.connect(self._fetch)
        self.model.dataChanged.connect(self._on_rows_changed)
        self.table = DataTable(self.model, self.tr("Invoices"))
        self.table.row_opened.connect(self._open_pdf)
        self.table.current_row_changed.connect(self._show)
        column = page_layout(self)
        header = PageHeader(self.tr("Invoices"))
        self.search = SearchField(self.tr("Search number, customer, phone"))
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 44)
        self.search.search_changed.connect(self._on_search_changed)
        header.buttons.addWidget(self.search)
        column.addWidget(header)
        self.bar = InfoBar()
        self.bar.action_triggered.connect(self._on_try_again)
        column.addWidget(self.bar)
        self.detail = self._make_detail()
        self.split = splitter(self._make_list(), self.detail, shares=(5, 2))
        column.addWidget(self.split, 1)
        self.setFocusProxy(self.table)
        for keys, act in (
            ("Ctrl+P", self._open_shown),
            ("Ctrl+J", self._go_to_payment),
            ("Ctrl+M", self._send_by_mail),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    def refresh(self) -> None:
        """Read the list again; selection and place stay."""
        if self._has_asked:
            self.model.refresh()
        else:
            self._has_asked = True
            self.model.ask_again()

    def open_item(self, item_id: str) -> None:
        """Search for an invoice by its number."""
        self.search.setText(item_id)
        self.search.returnPressed.emit()

    def _make_list(self) -> QWidget:
        pane = QWidget()
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.8))
        self.stack = QStackedWidget()
        self.none_at_all = EmptyState(
            "invoice", self.tr("No invoices yet. Each completed payment gets its own by itself.")
        )
        self.no_results = EmptyState(
            "search", self.tr("No invoice fits this search."), self.tr("Clear search")
        )
        self.no_results.action_triggered.connect(self._on_clear)
        for widget in (self.table, self.none_at_all, self.no_results):
            self.stack.addWidget(widget)
        self.totals = TotalsBar()
        column.addWidget(self.stack, 1)
        column.addWidget(self.totals)
        return pane

    def _make_detail(self) -> Card:
        card = Card()
        self.number = PlainLabel(look="heading", wrap=True)
        self.state = BadgeLabel()
        head = QHBoxLayout()
        head.addWidget(self.number, 1)
        head.addWidget(self.state)
        card.body.addLayout(head)
        self.amount = PlainLabel(look="amount")
        card.body.addWidget(self.amount)
        self.facts = KeyValueList(copyable=frozenset({self.tr("Payment")}))
        card.body.addWidget(self.facts)
        self.open_button = button(self.tr("Open PDF"), kind="primary")
        self.open_button.setToolTip(self.tr("Enter or Ctrl+P"))
        self.open_button.clicked.connect(self._open_shown)
        self.payment_button = button(self.tr("Show payment"))
        self.payment_button.setToolTip("Ctrl+J")
        self.payment_button.clicked.connect(self._go_to_payment)
        self.mail_button = button(self.tr("Send by mail…"))
        self.mail_button.setToolTip("Ctrl+M")
        self.mail_button.clicked.connect(self._send_by_mail)
        may_send = self.context.actor.may(Permission.SEND_MAIL)
        card.body.addWidget(self.open_button)
        card.body.addWidget(self.mail_button)
        self.mail_button.setVisible(may_send)
        card.body.addWidget(self.payment_button)
        card.body.addStretch(1)
        card.setMinimumWidth(self.fontMetrics().averageCharWidth() * 52)
        card.hide()
        return card

    def _fetch(self, question: int, page: int) -> None:
        app, actor, words = self.context.app, self.context.actor, self._search_text
        fetch_page(
            self.context.tasks,
            self,
            self.model,
            question,
            page,
            lambda offset, limit: app.invoices.page(
                actor, search=words, offset=offset, limit=limit
            ),
            on_refused=self._show_error,
            on_delivered=lambda found: self._show_total(found.total),
        )

    def _on_search_changed(self, text: str) -> None:
        self._search_text = text
        self.bar.clear()
        self._show(None)
        self._has_asked = True
        self.model.ask_again()

    def _on_clear(self) -> None:
        self.search.clear()
        self.search.returnPressed.emit()
        self.table.setFocus()

    def _show_total(self, total: int) -> None:
        self.totals.show_total(total)
        if total:
            self.stack.setCurrentWidget(self.table)
        else:
            self.stack.setCurrentWidget(self.no_results if self._search_text else self.none_at_all)
        self.search.setEnabled(bool(total or self._search_text))

    def _on_rows_changed(self) -> None:
        current = self.table.current_row()
        if current is not None and current != self._shown:
            self._show(current)

    def _show(self, invoice: InvoiceRow | None) -> None:
        self._shown = invoice
        self.detail.setVisible(invoice is not None)
        if invoice is None:
            return
        today = shop_date(self.context.app.configuration.clock())
        self.number.setText(invoice.invoice_number)
        self.state.set_badge(badge_for("invoice", invoice_state(invoice, today)))
        self.amount.setText(display(invoice.total_minor, invoice.currency))
        sent = f"{shop_time(invoice.sent_at):%Y-%m-%d %H:%M}" if invoice.sent_at else ""
        facts = [
            (self.tr("Customer"), invoice.customer_name),
            (self.tr("Method"), badge_for("method", invoice.payment_method).text),
            (self.tr("Without VAT"), display(invoice.subtotal_minor, invoice.currency)),
            (self.tr("VAT"), display(invoice.tax_minor, invoice.currency)),
            (self.tr("Issued"), invoice.issued_date.isoformat()),
            (self.tr("Due"), invoice.due_date.isoformat() if invoice.due_date else ""),
            (self.tr("Paid"), invoice.paid_date.isoformat() if invoice.paid_date else ""),
            (self.tr("Sent to the customer"), sent),
            (self.tr("Note"), invoice.notes),
            (self.tr("Payment"), invoice.payment_id),
        ]
        self.facts.set_facts([fact for fact in facts if fact[1]])

    def _open_shown(self) -> None:
        if self._shown is not None:
            self._open_pdf(self._shown)

    def _open_pdf(self, invoice: InvoiceRow) -> None:
        open_invoice(
            self.context,
            self,
            invoice.payment_id,
            opener=self._opener,
            no_program=self.tr("No program here opens PDF files. The invoice lies at"),
            on_known_error=self._show_error,
        )

    def _send_by_mail(self) -> None:
        if self._shown is not None and self.context.actor.may(Permission.SEND_MAIL):
            kinds = (MailKind.INVOICE, MailKind.RECEIPT)
            open_mail_form(self, self._shown.payment_id, kinds, on_known_error=self._show_error)

    def _go_to_payment(self) -> None:
        if self._shown is not None:
            self.payment_requested.emit(self._shown.payment_id)

    def _show_error(self, error: KnownError) -> None:
        self.bar.show_state(error.message, level="error", action=self.tr("Try again"))

    def _on_try_again(self) -> None:
        self.bar.clear()
        self.refresh()
