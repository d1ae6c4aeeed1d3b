"""The tab of this desk's printers: keeping what was chosen, and trying it out."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.errors import InvalidInputError, KnownError
from core.services.papers.receipt_printing import PrintJob
from ui.context import PageContext
from ui.pages.settings.receipt_printer import ReceiptPrinterForm
from ui.printing.choices import AfterPayment, PrintChoices, Way
from ui.printing.desk import PaperSource, PrintDesk
from ui.printing.system_printer import PrinterAsker, ask_for_printer, printer_names


class DeskPrinting(QWidget):
    """The receipt printer's form and what its buttons do; nothing of it is the shop's."""

    def __init__(
        self,
        context: PageContext,
        parent: QWidget | None = None,
        *,
        ask_printer: PrinterAsker = ask_for_printer,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.form = ReceiptPrinterForm()
        self.desk = PrintDesk(context, self, ask_printer=ask_printer)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        column.addWidget(self.desk.line)
        self.form.save_requested.connect(self._on_save)
        self.form.test_requested.connect(self._on_test)
        self.desk.told.connect(self._on_printed)
        self.desk.failed.connect(self._on_failed)
        QShortcut(QKeySequence("Ctrl+T"), self).activated.connect(self.form.test.click)

    def refresh(self) -> None:
        """Show what the desk remembers, unless it is being changed."""
        if not self.form.has_edits:
            self.form.show_choices(self._context.preferences.printing, tuple(printer_names()))

    def _typed(self) -> PrintChoices:
        return self.form.typed(self._context.preferences.printing.document_printer)

    def _on_save(self) -> None:
        try:
            choices = self._typed()
            _refuse_to_ask_each_time(choices)
            self._context.preferences.printing = choices
        except KnownError as error:
            self.form.fail(error)
        else:
            self.form.tell_saved()
        self.form.finish()

    def _on_test(self) -> None:
        printing, actor = self._context.app.receipt_printing, self._context.actor
        try:
            choices = self._typed()
            printer = choices.network_printer()
        except KnownError as error:
            self._on_failed(error)
            return
        if printer is not None:
            kick = choices.kicks_drawer
            self._context.tasks.query(
                self,
                lambda: printing.test_page(actor, printer, kick_drawer=kick),
                on_success=self._send,
                on_known_error=self._on_failed,
            )
            return
        paper = choices.paper.value
        source = PaperSource(
            self.tr("Printer test"),
            draft=lambda: printing.test_pdf(actor, paper),
            hand_out=lambda _channel: printing.test_pdf(actor, paper),
            is_receipt=True,
        )
        self.form.finish()
        if choices.receipt_printer:
            self.desk.print_at_once(source, choices.receipt_printer)
        else:
            self.desk.print(source)

    def _send(self, job: PrintJob) -> None:
        self._context.tasks.slow(
            self,
            lambda _progress: job.send(),
            on_success=lambda _: self._on_printed(
                self.tr("The test page was sent. It is right if its first line fills the roll.")
            ),
            on_known_error=self._on_failed,
        )

    def _on_printed(self, text: str) -> None:
        self.form.finish()
        self.form.message.show_message(text, level="success")

    def _on_failed(self, error: KnownError) -> None:
        self.form.finish()
        self.form.fail(error)


def _refuse_to_ask_each_time(choices: PrintChoices) -> None:
    """Refuse receipts that come by themselves and yet open a dialog after each sale."""
    by_itself = choices.after_payment is AfterPayment.PRINT
    if by_itself and choices.way is Way.SYSTEM and not choices.receipt_printer:
        raise InvalidInputError(
            "Nothing was changed. To print receipts at once, choose the printer they go to.",
            field="receipt_printer",
        )
