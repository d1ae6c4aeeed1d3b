"""The invoices page: find an invoice or credit note, look at it, hand it out, go to its payment."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from core.clock import shop_date
from core.errors import KnownError
from core.model.papers import PaperKind
from core.services.mail.rows import MailKind
from core.services.papers.fiscal import FiscalMark
from core.services.papers.listed_papers import ListedCreditNote, ListedInvoice
from ui.context import PageContext
from ui.lists.filter_values import FilterValues
from ui.mail.send_dialog import open_mail_form
from ui.open_document import Opener, open_paper
from ui.pages.invoices.details import CreditNoteDetail, InvoiceDetail, PaperAct
from ui.pages.invoices.fiscal_dialog import FiscalDialog
from ui.pages.invoices.month_dialog import MonthDialog
from ui.pages.invoices.pane import PaperPane
from ui.pages.invoices.sources import (
    credit_note_source,
    credit_notes_plan,
    invoice_source,
    invoices_plan,
)
from ui.pages.page import Page
from ui.printing.desk import PaperSource, PathAsker, PrintDesk
from ui.printing.papers import credit_note_paper, invoice_paper, receipt_paper
from ui.printing.system_printer import PrinterAsker, ask_for_printer
from ui.widgets.basics import PageHeader, page_layout
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.messages import InfoBar
from ui.widgets.panes import turn_panes

AnyPaper = ListedInvoice | ListedCreditNote


class InvoicesPage(Page):
    """Every paper of the shop; ``opener`` opens a PDF in the system's program."""

    watches = frozenset({"invoices", "payments"})

    def __init__(
        self,
        context: PageContext,
        parent: QWidget | None = None,
        *,
        opener: Opener = QDesktopServices.openUrl,
        ask_printer: PrinterAsker = ask_for_printer,
        ask_path: PathAsker | None = None,
    ) -> None:
        super().__init__(context, parent)
        self._opener = opener
        self.print_desk = PrintDesk(context, self, ask_printer=ask_printer, ask_path=ask_path)
        self.print_desk.told.connect(self.notice_raised)
        self.print_desk.failed.connect(self._show_error)
        self.print_desk.handed_out.connect(self._read_handouts)
        column = page_layout(self)
        header = PageHeader(self.tr("Invoices"))
        self.month_button = button(self.tr("Draw a month… (Ctrl+Shift+M)"), icon_name="calendar")
        self.month_button.clicked.connect(self._on_month)
        header.buttons.addWidget(self.month_button)
        column.addWidget(header)
        self.bar = InfoBar()
        self.bar.action_triggered.connect(self._on_try_again)
        column.addWidget(self.bar)
        column.addWidget(self.print_desk.line)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Kinds of papers"))
        for title in (self.tr("Invoices"), self.tr("Credit notes")):
            self.tabs.addTab(title)
        column.addWidget(self.tabs)
        self.invoices = self._make_invoices()
        self.credit_notes = self._make_credit_notes()
        self.stack = QStackedWidget()
        for pane in (self.invoices, self.credit_notes):
            self.stack.addWidget(pane)
            pane.refused.connect(self._show_error)
            pane.opened.connect(lambda _row: self._on_act(PaperAct.LOOK))
        column.addWidget(self.stack, 1)
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.setFocusProxy(self.invoices.table)
        for act in PaperAct:
            if act is not PaperAct.LOOK:
                shortcut = QShortcut(QKeySequence(act.value), self)
                shortcut.activated.connect(partial(self._on_key, act))
        QShortcut(QKeySequence("Ctrl+Shift+M"), self).activated.connect(self._on_month)
        turn_panes(self, lambda: self.pane.list.bar, lambda: self.table, lambda: self.pane.detail)

    def refresh(self) -> None:
        """Read both lists again as far as they were looked at; selection and place stay."""
        self.pane.refresh()

    @property
    def pane(self) -> PaperPane[ListedInvoice] | PaperPane[ListedCreditNote]:
        """The list that is shown."""
        return self.credit_notes if self.tabs.currentIndex() else self.invoices

    @property
    def table(self) -> DataTable[ListedInvoice] | DataTable[ListedCreditNote]:
        """The table that is shown."""
        return self.pane.table

    def open_item(self, item_id: str) -> None:
        """Search for an invoice or a credit note by its number."""
        self.tabs.setCurrentIndex(1 if item_id.startswith("CN-") else 0)
        self.pane.look_for(item_id)

    def show_values(self, values: FilterValues) -> None:
        """Show the invoices that fit."""
        self.tabs.setCurrentIndex(0)
        self.invoices.list.show_values(values)
        self.invoices.table.setFocus()

    def _make_invoices(self) -> PaperPane[ListedInvoice]:
        detail = InvoiceDetail(self.context.actor)
        detail.act_wanted.connect(self._on_act)
        source = invoice_source(self.context)
        pane = PaperPane(self.context, invoices_plan(), source, detail, detail.show_row)
        pane.shown.connect(self._on_shown)
        return pane

    def _make_credit_notes(self) -> PaperPane[ListedCreditNote]:
        detail = CreditNoteDetail(self.context.actor)
        detail.act_wanted.connect(self._on_act)
        source = credit_note_source(self.context)
        pane = PaperPane(self.context, credit_notes_plan(), source, detail, detail.show_row)
        pane.shown.connect(self._on_shown)
        return pane

    # The list and the paper chosen

    def _on_tab_changed(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self.setFocusProxy(self.pane.table)
        self.pane.refresh()
        self.pane.table.setFocus()

    def _on_shown(self, row: AnyPaper | None) -> None:
        self.bar.clear()
        if row is not None:
            self._read_handouts()

    def _read_handouts(self) -> None:
        app, actor, row, detail = (
            self.context.app, self.context.actor, self.pane.row, self.pane.detail,
        )  # fmt: skip
        if row is None or not isinstance(detail, InvoiceDetail | CreditNoteDetail):
            return
        kind, number = _kind(row), row.number
        self.context.tasks.query(
            self,
            lambda: app.handouts.history(actor, kind, number),
            on_success=detail.show_handouts,
            on_known_error=self._show_error,
            latest="handouts",
        )

    # Acts

    def _on_key(self, act: PaperAct) -> None:
        row, detail = self.pane.row, self.pane.detail
        if row is None or not isinstance(detail, InvoiceDetail | CreditNoteDetail):
            return
        if act not in detail.acts():
            return
        reason = detail.reason_against(act)
        if reason:
            self.notice_raised.emit(reason)
        else:
            self._on_act(act)

    def _on_act(self, act: PaperAct) -> None:
        row = self.pane.row
        if row is None:
            return
        self.bar.clear()
        if act is PaperAct.PAYMENT:
            self.payment_requested.emit(row.payment_id)
        elif act is PaperAct.FISCAL:
            self._open_fiscal(row)
        elif act is PaperAct.MAIL:
            kinds = (MailKind.INVOICE, MailKind.RECEIPT)
            open_mail_form(self, row.payment_id, kinds, on_known_error=self._show_error)
        elif act is PaperAct.OPEN:
            self._open_file(row)
        elif act is PaperAct.LOOK:
            self.print_desk.look(self._source(row), self.open_form)
        elif act is PaperAct.SAVE:
            self.print_desk.save(self._source(row))
        elif act is PaperAct.RECEIPT:
            paper = self.context.preferences.printing.paper
            payment_id = row.payment_id
            self.print_desk.print(receipt_paper(self.context, payment_id, row.number, paper))
        else:
            self.print_desk.print(self._source(row))

    def _source(self, row: AnyPaper) -> PaperSource:
        if isinstance(row, ListedCreditNote):
            return credit_note_paper(self.context, row.number)
        return invoice_paper(self.context, row.payment_id, row.number)

    def _open_file(self, row: AnyPaper) -> None:
        app, actor = self.context.app, self.context.actor
        open_paper(
            self.context,
            self,
            (lambda: app.invoices.credit_note_pdf(actor, row.number))
            if isinstance(row, ListedCreditNote)
            else (lambda: app.invoices.pdf(actor, row.payment_id)),
            opener=self._opener,
            no_program=self.tr("No program here opens PDF files. The paper lies at"),
            on_known_error=self._show_error,
        )

    def _open_fiscal(self, row: AnyPaper) -> None:
        mark = FiscalMark(row.ebm_receipt_number, row.ebm_signature)
        dialog = FiscalDialog(_kind(row), row.number, mark, self)

        def submit() -> None:
            dialog.collect()
            dialog.run(
                self.context.tasks,
                lambda: dialog.save(self.context),
                lambda _mark: self._on_fiscal_kept(row.number),
            )

        dialog.submitted.connect(submit)
        self.open_form(dialog)

    def _on_fiscal_kept(self, number: str) -> None:
        self.notice_raised.emit(self.tr("%1 bears its fiscal number now.").replace("%1", number))
        self.refresh()

    def _on_month(self) -> None:
        today = shop_date(self.context.app.configuration.clock())
        self.open_form(MonthDialog(self.context, today, self))

    def _show_error(self, error: KnownError) -> None:
        self.bar.show_state(error.message, level="error", action=self.tr("Try again"))

    def _on_try_again(self) -> None:
        self.bar.clear()
        self.refresh()


def _kind(row: AnyPaper) -> PaperKind:
    return PaperKind.CREDIT_NOTE if isinstance(row, ListedCreditNote) else PaperKind.INVOICE
