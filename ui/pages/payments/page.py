"""The payments page: find payments, see everything about one, act on one or on many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import (
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QHideEvent,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from core.errors import KnownError, NotFoundError
from core.permissions import Permission
from core.services.calls.filters import CallFilter
from core.services.gateways.rows import PaymentPath
from core.services.payments.choices import PaymentSelection
from core.services.payments.filters import PaymentFilter
from core.services.payments.listed import ListedPayment
from core.services.payments.names import PaymentNames
from core.services.rows import PaymentDetail
from ui.context import PageContext
from ui.lists.filter_values import FilterValues
from ui.lists.frame import ListFrame
from ui.mail.send_dialog import open_mail_form
from ui.open_document import Opener, open_invoice
from ui.pages.page import Page
from ui.pages.payments.acts import Act
from ui.pages.payments.behind import BehindBar
from ui.pages.payments.bulk_menu import BulkMenu
from ui.pages.payments.detail import KEYS, DetailPane
from ui.pages.payments.detail_reader import DetailReader
from ui.pages.payments.dialogs import CompleteDialog, EndDialog, RefundRequestDialog
from ui.pages.payments.file_import import FileImport
from ui.pages.payments.importing import FileOutcome, ImportReportDialog
from ui.pages.payments.mailing import mail_kinds
from ui.pages.payments.many import open_bulk
from ui.pages.payments.needed import NeededSide
from ui.pages.payments.source import PaymentSource, payments_plan
from ui.printing.desk import PrintDesk
from ui.printing.papers import invoice_paper
from ui.widgets.basics import PageHeader, page_layout
from ui.widgets.buttons import button
from ui.widgets.drop_zone import dropped_files
from ui.widgets.filters import Choice
from ui.widgets.messages import InfoBar
from ui.widgets.panes import turn_panes

_AGE_INTERVAL_MS = 1000


class PaymentsPage(Page):
    """Every payment of the shop; ``opener`` opens papers and links in the system's programs."""

    watches = frozenset({"payments", "refunds", "invoices"})

    def __init__(
        self,
        context: PageContext,
        parent: QWidget | None = None,
        *,
        opener: Opener = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(context, parent)
        self._opener = opener
        self._shown_id = ""
        self._may_import = context.actor.may(Permission.IMPORT_PAYMENTS)
        self.setAcceptDrops(self._may_import)
        self.print_desk = PrintDesk(context, self)
        self.print_desk.told.connect(self.notice_raised)
        self.print_desk.failed.connect(self._show_error)
        self.source = PaymentSource(context)
        self.detail = DetailPane(context.actor)
        self.detail.hide()
        self.list = ListFrame(context, payments_plan(context), self.source, beside=self.detail)
        self.bulk = BulkMenu(context, self.list, self.source, opener)
        self.needed = NeededSide(context, self.list)
        self.bar = InfoBar()
        self.behind = BehindBar()
        column = page_layout(self)
        for widget in (self._make_header(), self.bar, self.print_desk.line, self.behind):
            column.addWidget(widget)
        column.addWidget(self.list, 1)
        column.addWidget(self.bulk.export)
        self.setFocusProxy(self.list.table)
        self.files = FileImport(context, self)
        self.reader = DetailReader(context, self)
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(_AGE_INTERVAL_MS)
        self._timer.timeout.connect(self._on_time_passed)

    def refresh(self) -> None:
        """Read the list, its totals and the payment shown again."""
        # First, as the filter a list begins with may be one of these.
        self._read_names()
        self.list.refresh()
        self.needed.read()
        if self._shown_id:
            self.reader.read(self._shown_id)

    def open_item(self, item_id: str) -> None:
        """Show one payment: in the list as it is, or by searching for it."""
        self.needed.show_payments()
        if not self.list.select(item_id):
            self._show_behind(None)
            self.list.show_values(FilterValues(search=item_id))
            self.list.select(item_id)
        self._show(item_id)

    def show_filter(self, wanted: PaymentFilter, behind: str = "") -> None:
        """Show the payments behind a figure of another page, until all are wanted again."""
        self._show_behind(wanted, behind)
        self.list.show_values(FilterValues())
        self.list.table.setFocus()

    def _make_header(self) -> PageHeader:
        header = PageHeader(self.tr("Payments"))
        header.buttons.addWidget(self.needed.button)
        self.import_button = button(self.tr("Import payments…"), icon_name="upload")
        self.import_button.setToolTip("Ctrl+I")
        header.buttons.addWidget(self.import_button)
        self.import_button.setHidden(not self._may_import)
        return header

    def _connect(self) -> None:
        self.list.current_changed.connect(self._on_current_changed)
        self.list.row_opened.connect(lambda row: self._open(row.payment_id))
        self.list.asked.connect(self._on_asked)
        self.list.cleared.connect(lambda: self._show_behind(None))
        self.list.failed.connect(self._show_error)
        self.bulk.wanted.connect(self._on_bulk)
        self.behind.all_wanted.connect(self.list.clear)
        choose_files = partial(self.files.choose_files, self)
        self.list.fill_wanted.connect(choose_files)
        self.import_button.clicked.connect(lambda _checked=False: choose_files())
        self.reader.arrived.connect(self._on_detail)
        self.reader.refused.connect(self._on_no_detail)
        self.files.started.connect(self._on_import_started)
        self.files.imported.connect(self._on_imported)
        self.files.failed.connect(self._show_error)
        self.files.finished.connect(self._on_import_finished)
        self.detail.act_wanted.connect(self._on_act)
        self.detail.refund_wanted.connect(self.refund_requested)
        self.detail.calls_wanted.connect(
            lambda owner: self.calls_requested.emit(CallFilter(payment_id=owner))
        )
        self.detail.item_wanted.connect(self.item_requested)
        self.detail.preview_wanted.connect(self._on_preview_wanted)
        self.detail.trail_wanted.connect(
            lambda number: self.list_requested.emit("audit", FilterValues(search=number))
        )
        self.detail.closed.connect(self._on_detail_closed)
        self.needed.turned.connect(self._hide_detail)
        self.needed.chosen.connect(self._show)
        self.needed.opened.connect(self._open)
        self.needed.refund_opened.connect(self.refund_requested)
        self.needed.failed.connect(self._show_error)
        for act, keys in KEYS.items():
            QShortcut(QKeySequence(keys), self).activated.connect(partial(self._on_act, act))
        QShortcut(QKeySequence("Ctrl+Shift+P"), self).activated.connect(self._on_preview_key)
        QShortcut(QKeySequence("Ctrl+Shift+H"), self).activated.connect(self.detail.show_in_trail)
        QShortcut(QKeySequence("Ctrl+U"), self).activated.connect(self._on_needed_wanted)
        if self._may_import:
            QShortcut(QKeySequence("Ctrl+I"), self).activated.connect(choose_files)
        leave = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Esc"), self, context=leave).activated.connect(self._on_escape)
        turn_panes(self, self.list.lists.currentWidget, lambda: self.detail.area)

    # Finding

    def _on_asked(self) -> None:
        self.needed.show_payments()
        self.bar.clear()
        self._hide_detail()

    def _show_behind(self, wanted: PaymentFilter | None, behind: str = "") -> None:
        self.source.behind = wanted
        self.list.bar.show_chips(wanted is None)
        if wanted is None:
            self.behind.clear()
        else:
            self.behind.show_behind(behind, wanted)

    def _read_names(self) -> None:
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.payment_lists.names(actor),
            on_success=self._on_names,
            on_known_error=self._show_error,
            latest="names",
        )

    def _on_names(self, found: PaymentNames) -> None:
        for key, names in (("gateway", found.gateways), ("cashier", found.cashiers)):
            self.list.bar.set_choices(key, [Choice(name, name) for name in names])

    def _on_needed_wanted(self) -> None:
        if self.needed.button.isVisible():
            self.needed.button.toggle()
        else:
            self.notice_raised.emit(self.tr("Nothing waits for a person"))

    def _on_escape(self) -> None:
        if not self.detail.isVisible() and self.needed.is_shown:
            self.needed.show_payments()
        elif not self.detail.isVisible() and self.behind.text:
            self.list.clear()
        self._on_detail_closed()

    # One payment

    def _on_current_changed(self, payment: ListedPayment | None) -> None:
        if payment is not None:
            self._show(payment.payment_id)

    def _open(self, payment_id: str) -> None:
        self._show(payment_id)
        self.detail.area.setFocus()

    def _show(self, payment_id: str) -> None:
        self._shown_id = payment_id
        self.reader.read(payment_id)

    def _on_detail(self, detail: PaymentDetail, path: PaymentPath | None) -> None:
        if detail.payment.payment_id == self._shown_id:
            self.detail.show_detail(detail, path, self.context.app.configuration.clock())
            self.detail.show()

    def _on_time_passed(self) -> None:
        if self.detail.isVisible():
            self.detail.show_age(self.context.app.configuration.clock())
            self.reader.read_if_due(self.detail.path)

    def _on_no_detail(self, error: KnownError) -> None:
        self._hide_detail()
        self._show_error(error)

    def _hide_detail(self) -> None:
        self._shown_id = ""
        self.detail.hide()

    def _on_detail_closed(self) -> None:
        self._hide_detail()
        self.needed.focus_list()

    def _on_preview_key(self) -> None:
        if self.detail.isVisible():
            self.detail.preview()

    def _on_preview_wanted(self, invoice_number: str) -> None:
        detail = self.detail.detail
        if detail is not None:
            source = invoice_paper(self.context, detail.payment.payment_id, invoice_number)
            self.print_desk.look(source, self.open_form)

    def _on_act(self, act: Act) -> None:
        detail = self.detail.detail
        if detail is None or not self.detail.isVisible():
            return
        reason = self.detail.reason_against(act)
        if reason:
            self.notice_raised.emit(reason)
            return
        payment = detail.payment
        if act is Act.OPEN_INVOICE:
            open_invoice(
                self.context,
                self,
                payment.payment_id,
                opener=self._opener,
                no_program=self.tr("No program here opens PDF files. The invoice lies at"),
                on_known_error=self._show_error,
            )
        elif act is Act.ASK_NOW:
            self._ask_now(payment.payment_id)
        elif act is Act.MAIL:
            open_mail_form(
                self, payment.payment_id, mail_kinds(detail), on_known_error=self._show_error
            )
        elif act is Act.COMPLETE:
            self.open_form(CompleteDialog(self.context, payment, self._on_done, self))
        elif act is Act.ASK_REFUND:
            self.open_form(RefundRequestDialog(self.context, detail, self._on_done, self))
        else:
            self.open_form(EndDialog(self.context, payment, act, self._on_done, self))

    def _ask_now(self, payment_id: str) -> None:
        app, actor = self.context.app, self.context.actor
        self.context.tasks.operation(
            self,
            lambda: app.gateways.ask_now(actor, payment_id),
            on_success=lambda _path: self._on_done(self.tr("The network is asked now")),
            on_known_error=self._show_error,
        )

    def _on_done(self, sentence: str) -> None:
        self.notice_raised.emit(sentence)
        self.refresh()

    # Many payments

    def _on_bulk(self, act: Act, selection: PaymentSelection) -> None:
        open_bulk(self, act, selection, opener=self._opener, on_known_error=self._show_error)

    # Taking in files

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files of payments."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the files in."""
        paths = dropped_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.import_payments(paths)

    def import_payments(self, paths: Sequence[Path]) -> None:
        """Take in files of payments off the GUI thread, then show what became of them."""
        self.files.take_in(paths)

    def _on_import_started(self, names: str) -> None:
        self.bar.show_state(self.tr("Importing %1 …").replace("%1", names), level="info")
        self.import_button.setEnabled(False)

    def _on_imported(self, outcomes: tuple[FileOutcome, ...]) -> None:
        self.refresh()
        self.open_form(ImportReportDialog(outcomes, self))

    def _on_import_finished(self) -> None:
        self.bar.clear()
        self.import_button.setEnabled(True)

    def _show_error(self, error: KnownError) -> None:
        retry = "" if isinstance(error, NotFoundError) else self.tr("Try again")
        self.bar.show_state(error.message, level="error", action=retry)

    def _on_try_again(self) -> None:
        self.bar.clear()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Let waiting times run while they are seen."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing run for a page nobody sees."""
        super().hideEvent(event)
        self._timer.stop()
