"""Receipts of the payments a cashier takes: printed at once or on request, and the drawer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from core.errors import KnownError
from core.model.payments import PaymentStatus
from core.services.papers.network_printer import NetworkPrinter, PrinterError
from core.services.papers.receipt_printing import CASH_METHODS, PrintJob
from core.services.rows import PaymentRow
from ui.context import PageContext
from ui.pages.cashier.receipt_strip import ReceiptStrip
from ui.printing.choices import AfterPayment, ReceiptPaper, Way
from ui.printing.desk import PaperSource, PrintDesk
from ui.printing.papers import receipt_paper


class Receipts(QObject):
    """Prints what the strip tells of, by the printer this desk has chosen.

    Signals:
        noticed(text): what became of the receipt of a payment the strip no longer shows.
    """

    noticed = Signal(str)

    def __init__(self, context: PageContext, strip: ReceiptStrip, desk: PrintDesk) -> None:
        super().__init__(strip)
        self._context = context
        self._strip = strip
        self._desk = desk
        self._on_desk: PaymentRow | None = None
        self._unprinted: tuple[str, PrintJob] | None = None
        self._told_of = ""
        strip.receipt_requested.connect(self.print)
        strip.pdf_requested.connect(self._save)
        strip.paper_chosen.connect(self._on_paper_chosen)
        desk.told.connect(self._on_desk_told)
        desk.failed.connect(self._on_desk_failed)

    def payment_shown(self, row: PaymentRow) -> None:
        """Do what this desk does by itself once a payment is complete, once for each."""
        if row.status is not PaymentStatus.COMPLETED or row.payment_id == self._told_of:
            return
        self._told_of = row.payment_id
        choices = self._context.preferences.printing
        kick = (
            choices.kicks_drawer
            and choices.way is Way.NETWORK
            and row.payment_method in CASH_METHODS
        )
        if choices.after_payment is AfterPayment.PRINT:
            self._print(row, kick_drawer=kick)
        elif kick:
            self._kick(row)

    def print(self, row: PaymentRow) -> None:
        """Print the receipt of a payment; after the first time it says that it is a copy."""
        self._print(row, kick_drawer=False)

    def _print(self, row: PaymentRow, *, kick_drawer: bool) -> None:
        choices = self._context.preferences.printing
        try:
            printer = choices.network_printer()
        except KnownError as error:
            self._refuse(row, error)
            return
        if printer is not None:
            self._print_by_network(row, printer, kick_drawer=kick_drawer)
            return
        self._on_desk = row
        self._strip.receipt.finish()
        source = self._paper_of(row)
        if choices.receipt_printer:
            self._desk.print_at_once(source, choices.receipt_printer)
        else:
            self._desk.print(source)

    def _print_by_network(
        self, row: PaymentRow, printer: NetworkPrinter, *, kick_drawer: bool
    ) -> None:
        self._strip.receipt.start()
        kept = self._unprinted
        if kept is not None and kept[0] == row.payment_id:
            self._send(row, replace(kept[1], printer=printer))
            return
        printing, actor = self._context.app.receipt_printing, self._context.actor
        self._context.tasks.operation(
            self,
            lambda: printing.receipt(actor, row.invoice_number, printer, kick_drawer=kick_drawer),
            on_success=partial(self._send, row),
            on_known_error=partial(self._refuse, row),
        )

    def _kick(self, row: PaymentRow) -> None:
        printing, actor = self._context.app.receipt_printing, self._context.actor
        choices = self._context.preferences.printing
        try:
            # A drawer hangs at the printer, whatever the receipt is printed on.
            printer = choices.network_printer(ReceiptPaper.ROLL_80)
        except KnownError as error:
            self._tell_drawer(error)
            return
        if printer is not None:
            self._context.tasks.operation(
                self,
                lambda: printing.drawer(actor, row.payment_id, printer),
                on_success=self._send_kick,
                on_known_error=self._tell_drawer,
            )

    def _send_kick(self, job: PrintJob) -> None:
        self._context.tasks.slow(
            self, lambda _progress: job.send(), on_known_error=self._tell_drawer
        )

    def _tell_drawer(self, error: KnownError) -> None:
        """Say that the drawer stays shut: the change has to be handed out all the same."""
        self._strip.message.show_message(
            self.tr("The drawer did not open: open it with its key, and look at its printer."),
            level="warning",
            details=f"{error.message} {error.details}".strip(),
        )

    def _send(self, row: PaymentRow, job: PrintJob) -> None:
        self._context.tasks.slow(
            self,
            lambda _progress: job.send(),
            on_success=lambda _: self._on_sent(row, job),
            on_known_error=partial(self._on_not_sent, row, job),
        )

    def _on_sent(self, row: PaymentRow, job: PrintJob) -> None:
        self._unprinted = None
        printed, copied = self.tr("Receipt printed."), self.tr("Copy of the receipt printed.")
        self._tell(row, copied if job.is_copy else printed)

    def _on_not_sent(self, row: PaymentRow, job: PrintJob, error: KnownError) -> None:
        sure = isinstance(error, PrinterError) and error.nothing_printed
        self._unprinted = (row.payment_id, job) if sure else None
        self._refuse(row, error)

    def _on_desk_told(self, text: str) -> None:
        if self._on_desk is not None:
            self._tell(self._on_desk, text)

    def _on_desk_failed(self, error: KnownError) -> None:
        if self._on_desk is not None:
            self._refuse(self._on_desk, error)

    def _tell(self, row: PaymentRow, text: str) -> None:
        if self._is_shown(row):
            self._strip.receipt.finish()
            self._strip.tell_printed(text)

    def _refuse(self, row: PaymentRow, error: KnownError) -> None:
        if self._is_shown(row):
            self._strip.receipt.finish()
            self._strip.tell_not_printed(error)
        else:
            self.noticed.emit(f"{row.invoice_number}: {error.message}")

    def _is_shown(self, row: PaymentRow) -> bool:
        shown = self._strip.row
        return shown is not None and shown.payment_id == row.payment_id

    def _save(self, row: PaymentRow) -> None:
        self._on_desk = row
        self._desk.save(self._paper_of(row))

    def _paper_of(self, row: PaymentRow) -> PaperSource:
        paper = self._context.preferences.printing.paper
        return receipt_paper(self._context, row.payment_id, row.invoice_number, paper)

    def _on_paper_chosen(self, paper: ReceiptPaper) -> None:
        preferences = self._context.preferences
        preferences.printing = replace(preferences.printing, paper=paper)
