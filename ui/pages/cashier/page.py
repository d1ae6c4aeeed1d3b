"""The cashier's desk: one form for a new payment, and beside it what still waits."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QHideEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.errors import AlreadyPaidError, InvalidInputError, KnownError
from core.money import display, grouped
from core.services.gateways.rows import PaymentPath
from core.services.payments.rules import RecordPayment
from core.services.providers.forms import BankProviderForm, describe_for_customers
from core.services.rows import PaymentRow, RefundRow
from ui.context import PageContext
from ui.mobile_money.charge_again import ChargeAgainSheet
from ui.pages.cashier.dialogs import RefundDialog
from ui.pages.cashier.drafts import DraftFile, PaymentDraft
from ui.pages.cashier.order_desk import OrderDesk
from ui.pages.cashier.payment_form import PaymentForm
from ui.pages.cashier.points import MemberWatch, moved_text
from ui.pages.cashier.receipt_strip import ReceiptStrip
from ui.pages.cashier.receipts import Receipts
from ui.pages.cashier.request_watch import DeskNews, RequestWatch, read_desk
from ui.pages.cashier.waiting_acts import WaitingActs
from ui.pages.cashier.waiting_list import WaitingList
from ui.pages.page import Page
from ui.printing.desk import PrintDesk
from ui.printing.system_printer import PrinterAsker, ask_for_printer
from ui.theme import gap, set_look
from ui.widgets.basics import PageHeader, page_layout, splitter
from ui.widgets.buttons import button
from ui.widgets.messages import InfoBar, announce

DRAFT_DELAY_MS = 600
COMPACT_BELOW_CHARACTERS = 180
"""Fewer characters across the page than this need the narrow arrangement."""


class CashierPage(Page):
    """Takes payments and confirms those that wait; what is typed survives a power cut."""

    watches = frozenset({"payments", "providers", "loyalty"})

    def __init__(
        self,
        context: PageContext,
        parent: QWidget | None = None,
        *,
        ask_printer: PrinterAsker = ask_for_printer,
    ) -> None:
        super().__init__(context, parent)
        app, actor = context.app, context.actor
        self._drafts = DraftFile(app.configuration.data_dir, actor.name)
        self._is_settled = False
        self._to_choose = ""
        self._is_compact = False
        self.form = PaymentForm()
        self.strip = ReceiptStrip(actor, paper=context.preferences.printing.paper)
        self.print_desk = PrintDesk(context, self, ask_printer=ask_printer)
        self.receipts = Receipts(context, self.strip, self.print_desk)
        self.waiting = WaitingList(actor, app.configuration.clock)
        self.waiting_acts = WaitingActs(self)
        self.watch = RequestWatch(self)
        self.member = MemberWatch(context, self)
        self.kept_bar = InfoBar()
        self.order_desk = OrderDesk(self, self.form)
        self.new_button = button(self.tr("New payment (F2)"), icon_name="plus")
        self.pick_button = button(self.tr("Open orders (F3)"), icon_name="box")
        self._lay_out()
        self._draft_timer = QTimer(self)
        self._draft_timer.setSingleShot(True)
        self._draft_timer.setInterval(DRAFT_DELAY_MS)
        self._connect()
        self.setFocusProxy(self.form.amount)
        context.tasks.query(self, self._drafts.load, on_success=self._on_draft_loaded)

    @property
    def is_settled(self) -> bool:
        """Tell whether the waiting list has been read once."""
        return self._is_settled

    def refresh(self) -> None:
        """Read what waits, which networks ask customers, and where customers transfer to."""
        app, actor, tasks = self.context.app, self.context.actor, self.context.tasks
        shown, followed = self.watch.panel.payment_id, self.watch.followed
        tasks.query(
            self,
            lambda: read_desk(app, actor, shown, followed),
            on_success=self._on_desk_read,
            latest="waiting",
        )
        self.member.look_up()
        tasks.query(
            self,
            lambda: app.gateways.connections(actor),
            on_success=self.form.set_connections,
            latest="connections",
        )
        tasks.query(
            self,
            lambda: app.providers.banks(actor),
            on_success=self._on_banks_read,
            latest="banks",
        )

    def open_item(self, item_id: str) -> None:
        """Put an order into the form, with what is left of it."""
        self.order_desk.pay(item_id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the page by how much text fits across it."""
        super().resizeEvent(event)
        characters = self.width() // self.fontMetrics().averageCharWidth()
        compact = characters < COMPACT_BELOW_CHARACTERS
        if compact is not self._is_compact:
            self._is_compact = compact
            for part in (self.form, self.strip, self.waiting):
                part.set_compact(compact)

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what is typed at once: the page may not be shown again."""
        super().hideEvent(event)
        self.order_desk.stop()
        if self._draft_timer.isActive():
            self._draft_timer.stop()
            self._save_draft()

    def _lay_out(self) -> None:
        column = page_layout(self)
        header = PageHeader(self.tr("Take a payment"))
        header.buttons.addWidget(self.pick_button)
        header.buttons.addWidget(self.new_button)
        column.addWidget(header)
        left = QWidget()
        set_look(left, look="page")
        inside = QVBoxLayout(left)
        inside.setContentsMargins(0, 0, gap(self, 0.5), 0)
        inside.setSpacing(gap(self, 1.6))
        inside.addWidget(self.kept_bar)
        inside.addWidget(self.strip)
        inside.addWidget(self.order_desk.rest_bar)
        inside.addWidget(self.print_desk.line)
        inside.addWidget(self.watch.panel)
        inside.addWidget(self.order_desk.strip)
        inside.addWidget(self.form)
        inside.addStretch(1)
        self.form_area = QScrollArea()
        self.form_area.setFrameShape(QFrame.Shape.NoFrame)
        self.form_area.setWidgetResizable(True)
        self.form_area.setWidget(left)
        self.waiting.setMinimumWidth(self.fontMetrics().averageCharWidth() * 34)
        row = QHBoxLayout()
        row.addWidget(splitter(self.form_area, self.waiting, shares=(8, 3)))
        column.addLayout(row, 1)

    def _connect(self) -> None:
        self.form.submitted.connect(self._on_submitted)
        self.form.edited.connect(self._on_edited)
        self.form.who_changed.connect(self.member.follow)
        self.form_area.verticalScrollBar().rangeChanged.connect(self._keep_in_view)
        self.member.member_found.connect(self.form.set_member)
        self._draft_timer.timeout.connect(self._save_draft)
        self.new_button.clicked.connect(self._on_new)
        self.pick_button.clicked.connect(self.order_desk.pick)
        self.kept_bar.action_triggered.connect(self._on_new)
        self.strip.invoice_requested.connect(self._on_open_invoice)
        self.strip.refund_requested.connect(self._on_ask_refund)
        self.strip.payment_requested.connect(self._on_show_payment)
        self.receipts.noticed.connect(self.notice_raised)
        self.watch.received.connect(self._on_received)
        self.watch.notice_raised.connect(self.notice_raised)
        self.watch.panel.again_requested.connect(self._on_again)
        self.waiting.row_looked_at.connect(self.watch.look_at)
        self.waiting.confirm_requested.connect(self.waiting_acts.confirm)
        self.waiting.fail_requested.connect(self.waiting_acts.fail)
        self.waiting.cancel_requested.connect(self.waiting_acts.call_off)
        self.waiting_acts.confirmed.connect(self._tell)
        self.waiting_acts.ended.connect(self.refresh)
        QShortcut(QKeySequence("F2"), self).activated.connect(self._on_new)
        QShortcut(QKeySequence("F3"), self).activated.connect(self.order_desk.pick)
        QShortcut(QKeySequence("F4"), self).activated.connect(self.order_desk.take_rest)
        QShortcut(QKeySequence("F6"), self).activated.connect(self._on_other_pane)

    # What is typed, kept in a file.

    def _on_draft_loaded(self, draft: PaymentDraft | None) -> None:
        if draft is None or not self.form.draft().is_empty:
            return
        self.form.set_draft(draft)
        self.kept_bar.show_state(
            self.tr("An unfinished payment was kept; it is back in the form."),
            level="info",
            action=self.tr("Discard it (F2)"),
        )

    def _on_edited(self) -> None:
        self._draft_timer.start()
        self._keep_in_view()

    def _keep_in_view(self) -> None:
        """Show what confirms the payment in the form, or with an empty form what became of one."""
        if self.form.draft().is_empty:
            self.form_area.verticalScrollBar().setValue(0)
        else:
            self.form_area.ensureWidgetVisible(self.form.confirm, 0, gap(self))

    def _save_draft(self) -> None:
        draft = self.form.draft()
        self.context.tasks.operation(self, lambda: self._drafts.save(draft))

    def _on_new(self) -> None:
        if self.form.confirm.is_busy:
            return
        self.form.start_new()
        self.form_area.ensureWidgetVisible(self.form.amount)
        self.kept_bar.clear()
        self._draft_timer.stop()
        self._save_draft()

    # A new payment.

    def _on_submitted(self, command: RecordPayment) -> None:
        self._draft_timer.stop()
        self.context.tasks.operation(
            self,
            partial(self._record, command),
            on_success=self._on_recorded,
            on_known_error=partial(self._on_record_refused, command),
            on_finished=self.form.finish,
        )

    def _record(self, command: RecordPayment) -> PaymentPath:
        app, actor = self.context.app, self.context.actor
        return app.gateways.path(actor, app.payments.record(actor, command).payment_id)

    def _on_record_refused(self, command: RecordPayment, error: KnownError) -> None:
        self.form.fail(error)
        if isinstance(error, AlreadyPaidError):
            sheet = ChargeAgainSheet(command, error, self)
            again = replace(command, again=True)
            sheet.submitted.connect(
                lambda: sheet.run(
                    self.context.tasks, partial(self._record, again), self._on_recorded
                )
            )
            self.open_form(sheet)

    def _on_recorded(self, path: PaymentPath) -> None:
        self.form.start_new()
        self._keep_in_view()
        self.kept_bar.clear()
        self._save_draft()
        self.order_desk.recorded(path.payment)
        if path.attempt is None:
            self._tell(path.payment)
            return
        self.strip.hide()
        self.watch.follow(path)
        self._to_choose = path.payment.payment_id
        self.refresh()

    def _on_received(self, path: PaymentPath) -> None:
        """Tell of money that came, but never take away the change of another sale."""
        if not self.strip.shows_change:
            self.watch.close()
            self._show_on_strip(path.payment)

    def _on_again(self, row: PaymentRow) -> None:
        """Put a payment that did not come into the form once more, with a key of its own."""
        if not self.form.draft().is_empty:
            self.form.message.show_message(
                self.tr(
                    "The form holds another payment. Finish it, or empty it (F2); then ask again."
                ),
                level="warning",
            )
            return
        self.form.set_draft(
            PaymentDraft(
                method=row.payment_method.value,
                reference=row.order_number or row.transaction_reference,
                customer_name=row.customer_name,
                phone=row.phone_number,
                amount=grouped(row.amount_minor, row.currency),
            )
        )
        self.form.confirm.setFocus()
        self._on_edited()

    def _tell(self, row: PaymentRow) -> None:
        self._show_on_strip(row)
        self.refresh()

    def _show_on_strip(self, row: PaymentRow) -> None:
        self.strip.show_payment_row(row)
        announce(self, self.strip.accessibleName())
        self.receipts.payment_shown(row)
        self._tell_points(row)

    def _tell_points(self, row: PaymentRow) -> None:
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.loyalty.of_payment(actor, row.payment_id),
            on_success=lambda moved: self.strip.add_fact(row.payment_id, moved_text(moved)),
            latest="points",
        )

    # The last payment.

    def _on_open_invoice(self, row: PaymentRow) -> None:
        app, actor = self.context.app, self.context.actor
        self.strip.open_invoice.setEnabled(False)
        self.context.tasks.operation(
            self,
            lambda: app.invoices.pdf(actor, row.payment_id),
            on_success=self._on_invoice_ready,
            on_known_error=self._on_refused,
            on_finished=lambda: self.strip.open_invoice.setEnabled(True),
        )

    def _on_invoice_ready(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.notice_raised.emit(
                self.tr("No program here opens PDFs. The invoice is %1").replace("%1", str(path))
            )

    def _on_refused(self, error: KnownError) -> None:
        self.form.message.show_error(error)

    def _on_show_payment(self, row: PaymentRow) -> None:
        self.payment_requested.emit(row.payment_id)

    def _on_ask_refund(self, row: PaymentRow) -> None:
        dialog = RefundDialog(row, self)
        dialog.submitted.connect(partial(self._on_refund_submitted, dialog))
        load = self.context.app.refund_rules.load
        self.context.tasks.query(dialog, load, on_success=dialog.show_rules)
        self.open_form(dialog)

    def _on_refund_submitted(self, dialog: RefundDialog) -> None:
        app, actor = self.context.app, self.context.actor
        try:
            command = dialog.command()
        except InvalidInputError as error:
            dialog.fail(error)
            return

        def on_success(refund: RefundRow) -> None:
            self.notice_raised.emit(
                self.tr("Refund of %1 asked for; a manager decides.").replace(
                    "%1", display(refund.refund_amount_minor, refund.currency)
                )
            )

        dialog.run(
            self.context.tasks,
            lambda: app.refunds.request(actor, command),
            on_success,
        )

    # What waits.

    def _on_desk_read(self, news: DeskNews) -> None:
        self.waiting.set_rows(news.rows, news.attempts)
        self.waiting.choose(self._to_choose)
        self._to_choose = ""
        self.watch.take(news.paths)
        self._is_settled = True

    def _on_banks_read(self, banks: tuple[BankProviderForm, ...]) -> None:
        active = [describe_for_customers(bank) for bank in banks if bank.is_active]
        self.form.bank.set_instructions("\n\n".join(active))

    def _on_other_pane(self) -> None:
        if self.waiting.list.hasFocus():
            self.form.go_to_start()
        else:
            self.waiting.list.setFocus()
