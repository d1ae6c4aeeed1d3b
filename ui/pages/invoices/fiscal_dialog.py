"""What the fiscal machine (EBM) printed for a paper: typed, or scanned from its QR code."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from core.model.papers import PaperKind
from core.services.papers.fiscal import FiscalMark, read_fiscal
from ui.context import PageContext
from ui.widgets.basics import PlainLabel
from ui.widgets.form_dialog import FormDialog

translate = QCoreApplication.translate


class FiscalDialog(FormDialog):
    """Takes number and signature. A scanner types the code and Enter, wherever the focus is.

    What is read of a code goes into the fields it belongs to; nothing is ever guessed.
    """

    def __init__(
        self,
        kind: PaperKind,
        number: str,
        mark: FiscalMark,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            translate("FiscalDialog", "Fiscal number of %1").replace("%1", number),
            translate("FiscalDialog", "Keep (F12)"),
            parent,
            explanation=translate(
                "FiscalDialog",
                "Type what the EBM printed for this sale, or scan its QR code into the signature."
                " It will stand on the paper from now on.",
            ),
        )
        self.kind, self.paper_number = kind, number
        self.receipt_number = QLineEdit(mark.receipt_number)
        self.receipt_number.setPlaceholderText("1234/1300 NS")
        self.signature = QLineEdit(mark.signature)
        self.signature.setPlaceholderText("TE68-SLA2-34J5-EAV3")
        self.add_field(self.tr("Receipt number"), self.receipt_number)
        self.add_field(self.tr("Signature or scanned code"), self.signature)
        self.understood = PlainLabel(look="small", wrap=True)
        self.form.addRow(self.understood)
        for field in (self.receipt_number, self.signature):
            field.editingFinished.connect(self._read_scan)
        self.receipt_number.setFocus()

    def save(self, context: PageContext) -> FiscalMark:
        """Keep what was typed; called on the database thread.

        Raises:
            KnownError: it cannot be what the machine printed.

        """
        return context.app.fiscal.record_fiscal(
            context.actor, self.kind, self.paper_number, *self._typed
        )

    def collect(self) -> None:
        """Remember what is typed, before the work leaves the window's thread."""
        self._read_scan()
        self._typed = (self.receipt_number.text(), self.signature.text())

    def _read_scan(self) -> None:
        """Put what a scanned code says where it belongs."""
        for field in (self.receipt_number, self.signature):
            text = field.text().strip()
            mark = read_fiscal(text)
            if not mark.signature or mark.signature == text:
                continue
            self.signature.setText(mark.signature)
            if mark.receipt_number:
                self.receipt_number.setText(mark.receipt_number)
            elif field is self.receipt_number:
                self.receipt_number.clear()
            read = self.tr("Read from the code: signature %1").replace("%1", mark.signature)
            of = self.tr(", taxpayer %1").replace("%1", mark.tin) if mark.tin else ""
            self.understood.setText(read + of)
