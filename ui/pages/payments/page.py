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
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QStackedWidget, QWidget

from core.clock import shop_date
from core.errors import KnownError, NotFoundError
from core.permissions import Permission
from core.services.gateway_rows import PaymentPath, UnresolvedRow
from core.services.listed_payments import ListedPayment
from core.services.payment_choices import PaymentSelection
from core.services.payment_lists import PaymentFilter
from core.services.rows import PaymentDetail
from ui.context import PageContext
from ui.mail.send_dialog import open_mail_form
from ui.open_document import Opener, open_invoice
from ui.pages.page import Page
from ui.pages.payments.acts import Act
from ui.pages.payments.detail import KEYS, DetailPane
from ui.pages.payments.detail_reader import DetailReader
from ui.pages.payments.dialogs import CompleteDialog, EndDialog, RefundRequestDialog
from ui.pages.payments.file_import import FileImport
from ui.pages.payments.filters import PaymentFilters
from ui.pages.payments.importing import FileOutcome, ImportReportDialog
from ui.pages.payments.list_pane import PaymentsList
from ui.pages.payments.mailing import mail_kinds
from ui.pages.payments.many import open_bulk
from ui.pages.payments.needs_person import NeedsPersonButton, NeedsPersonList
from ui.widgets.basics import PageHeader, page_layout, splitter
from ui.widgets.buttons import button
from ui.widgets.drop_zone import dropped_files
from ui.widgets.inputs import SearchField
from ui.widgets.messages import InfoBar
from ui.widgets.panes import turn_panes

_AGE_INTERVAL_MS = 1000
_NARROW_CHARACTERS = 150


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
        column = page_layout(self)
        column.addWidget(self._make_header())
        self.bar = InfoBar()
        self.bar.action_triggered.connect(self._on_try_again)
        column.addWidget(self.bar)
        self.filters = PaymentFilters(lambda: shop_date(context.app.configuration.clock()))
        self.filters.filter_changed.connect(self._on_filter_changed)
        self.filters.all_wanted.connect(self._on_clear)
        column.addWidget(self.filters)
        self.list = PaymentsList(context, opener=opener)
        self.detail = DetailPane(context.actor)
        self.detail.hide()
        self.needed = NeedsPersonList(context.app.configuration.clock)
        self.lists = QStackedWidget()
        self.lists.addWidget(self.list)
        self.lists.addWidget(self.needed)
        self.split = splitter(self.lists, self.detail, shares=(5, 3))
        column.addWidget(self.split, 1)
        self.setFocusProxy(self.list.table)
        self.files = FileImport(context, self)
        self.reader = DetailReader(context, self)
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(_AGE_INTERVAL_MS)
        self._timer.timeout.connect(self._on_time_passed)

    def refresh(self) -> None:
        """Read the list, its totals and the payment shown again."""
        wanted = self.filters.wanted()
        if wanted == self.list.wanted:
            self.list.refresh()
        else:
            # "Today" became another day meanwhile.
            self.list.show_filter(wanted)
        self._ask_needed()
        if self._shown_id:
            self.reader.read(self._shown_id)

    def open_item(self, item_id: str) -> None:
        """Show one payment: in the list as it is, or by searching for it."""
        self.needed_button.setChecked(False)
        if not self.list.select(item_id):
            self.filters.show_behind(None)
            self.filters.chips.clear()
            self.search.search_for(item_id)
            self.list.select(item_id)
        self._show(item_id)

    def show_filter(self, wanted: PaymentFilter, behind: str = "") -> None:
        """Show the payments behind a figure of another page, until all are wanted again."""
        self.search.search_for("")
        self.filters.show_behind(wanted, behind)
        self._on_filter_changed()
        self.list.table.setFocus()

    def _make_header(self) -> PageHeader:
        header = PageHeader(self.tr("Payments"))
        self.search = SearchField(self.tr("Search id, phone, account, order, invoice, reference"))
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 62)
        self.search.search_changed.connect(self._on_search_changed)
        self.needed_button = NeedsPersonButton()
        self.needed_button.toggled.connect(self._on_needed_toggled)
        header.buttons.addWidget(self.needed_button)
        self.needed_button.hide()
        header.buttons.addWidget(self.search)
        self.import_button = button(self.tr("Import payments…"), icon_name="upload")
        self.import_button.setToolTip("Ctrl+I")
        header.buttons.addWidget(self.import_button)
        self.import_button.setHidden(not self._may_import)
        return header

    def _connect(self) -> None:
        self.list.current_changed.connect(self._on_current_changed)
        self.list.row_opened.connect(self._on_row_opened)
        self.list.bulk_wanted.connect(self._on_bulk)
        self.list.clear_wanted.connect(self._on_clear)
        choose_files = partial(self.files.choose_files, self)
        self.list.import_wanted.connect(choose_files)
        self.import_button.clicked.connect(lambda _checked=False: choose_files())
        self.list.emptiness_changed.connect(self._on_emptiness_changed)
        self.list.failed.connect(self._show_error)
        self.reader.arrived.connect(self._on_detail)
        self.reader.refused.connect(self._on_no_detail)
        self.files.started.connect(self._on_import_started)
        self.files.imported.connect(self._on_imported)
        self.files.failed.connect(self._show_error)
        self.files.finished.connect(self._on_import_finished)
        self.detail.act_wanted.connect(self._on_act)
        self.detail.refund_wanted.connect(self.refund_requested)
        self.detail.closed.connect(self._on_detail_closed)
        for act, keys in KEYS.items():
            QShortcut(QKeySequence(keys), self).activated.connect(partial(self._on_act, act))
        QShortcut(QKeySequence("Ctrl+U"), self).activated.connect(self._on_needed_wanted)
        self.needed.current_changed.connect(self._on_needed_chosen)
        self.needed.row_opened.connect(self._on_needed_opened)
        if self._may_import:
            QShortcut(QKeySequence("Ctrl+I"), self).activated.connect(choose_files)
        leave = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Esc"), self, context=leave).activated.connect(self._on_escape)
        turn_panes(self, self.lists.currentWidget, lambda: self.detail.area)

    # Finding

    def _on_search_changed(self, text: str) -> None:
        self.filters.set_search(text)
        self._on_filter_changed()

    def _on_filter_changed(self) -> None:
        self.needed_button.setChecked(False)
        self.bar.clear()
        self._hide_detail()
        self.list.show_filter(self.filters.wanted())

    def _on_clear(self) -> None:
        self.filters.show_behind(None)
        self.search.clear()
        self.filters.set_search("")
        if self.filters.chips.values:
            self.filters.chips.clear()
        else:
            self._on_filter_changed()
        self.list.table.setFocus()

    def _on_emptiness_changed(self, is_empty: bool) -> None:
        self.search.setEnabled(not is_empty)
        self.filters.setEnabled(not is_empty)

    # What a person must find out

    def _ask_needed(self) -> None:
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.gateways.unresolved(actor),
            on_success=self._on_needed,
            on_known_error=self._show_error,
            latest="needed",
        )

    def _on_needed(self, rows: tuple[UnresolvedRow, ...]) -> None:
        self.needed.show_rows(rows)
        self.needed_button.show_count(len(rows))

    def _on_needed_wanted(self) -> None:
        if self.needed_button.isVisible():
            self.needed_button.toggle()
        else:
            self.notice_raised.emit(self.tr("Nothing waits for a person"))

    def _on_needed_toggled(self, shown: bool) -> None:
        self._hide_detail()
        self.filters.setVisible(not shown)
        self.lists.setCurrentWidget(self.needed if shown else self.list)
        if not self.search.hasFocus():
            self._table().setFocus()
        self.needed_button.show_count(len(self.needed.rows))

    def _on_needed_chosen(self, row: UnresolvedRow | None) -> None:
        if row is not None:
            self._show(row.payment.payment_id)

    def _on_needed_opened(self, row: UnresolvedRow) -> None:
        if row.refund is not None:
            self.refund_requested.emit(row.refund.refund_id)
            return
        self._show(row.payment.payment_id)
        self.detail.area.setFocus()

    def _table(self) -> QWidget:
        return self.needed.table if self.needed_button.isChecked() else self.list.table

    def _on_escape(self) -> None:
        if not self.detail.isVisible() and self.needed_button.isChecked():
            self.needed_button.setChecked(False)
        elif not self.detail.isVisible() and self.filters.behind.text:
            self._on_clear()
        self._on_detail_closed()

    # One payment

    def _on_current_changed(self, payment: ListedPayment | None) -> None:
        if payment is not None:
            self._show(payment.payment_id)

    def _on_row_opened(self, payment: ListedPayment) -> None:
        self._show(payment.payment_id)
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
        self._table().setFocus()

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the payment shown below the list where there is no room beside it."""
        super().resizeEvent(event)
        narrow = self.width() < self.fontMetrics().averageCharWidth() * _NARROW_CHARACTERS
        wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.split.orientation() != wanted:
            self.split.setOrientation(wanted)
