"""How this desk prints its receipts: by the system or straight to a printer on the network."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from core.errors import InvalidInputError
from core.services.papers.network_printer import DEFAULT_PORT, NetworkPrinter
from ui.pages.settings.shop_form import SavingForm
from ui.printing.choices import AfterPayment, PrintChoices, ReceiptPaper, Way
from ui.widgets.buttons import BusyButton

_CODE_PAGES = ("CP858", "CP850", "CP1252", "CP437")


class ReceiptPrinterForm(SavingForm):
    """What stands here belongs to this computer alone; another desk has its own printer.

    Signals:
        test_requested: a test page of what the form says now is wanted; busy until finished.
    """

    test_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.add_explanation(
            self.tr(
                "Receipts of this desk; each desk has its own printer. One on the network prints at"
                " once, cuts the paper and opens the drawer; any other is reached by the system."
            )
        )
        self._add_printer()
        self._add_habits()
        self.test = BusyButton(
            self.tr("Print a test page"), busy_text=self.tr("Printing…"), kind=""
        )
        self.test.setToolTip("Ctrl+T")
        self.test.clicked.connect(self._on_test)
        self.add_action(self.test)
        self.way.currentIndexChanged.connect(self._on_way_changed)
        self.show_choices(PrintChoices(), ())

    def _add_printer(self) -> None:
        self.way = self.add_choice(
            "way",
            self.tr("Receipts go to"),
            (
                (Way.SYSTEM.value, self.tr("a printer of this computer")),
                (Way.NETWORK.value, self.tr("a receipt printer on the network (ESC/POS)")),
            ),
        )
        self.paper = self.add_choice(
            "width_mm",
            self.tr("Paper"),
            (
                (ReceiptPaper.ROLL_80.value, self.tr("roll, 80 mm")),
                (ReceiptPaper.ROLL_58.value, self.tr("roll, 58 mm")),
                (ReceiptPaper.A4.value, self.tr("A4 sheets")),
            ),
        )
        self.system_printer = self.add_choice("receipt_printer", self.tr("Printer"), ())
        self.host = QLineEdit()
        self.host.setPlaceholderText("192.168.1.50")
        self.port = QLineEdit()
        self.port.setPlaceholderText(str(DEFAULT_PORT))
        for name, label, field in (
            ("host", self.tr("Address"), self.host),
            ("port", self.tr("Port"), self.port),
        ):
            field.textChanged.connect(self.note_edit)
            self.add_field(name, label, field)
        self.code_page = self.add_choice(
            "code_page",
            self.tr("Characters"),
            tuple((page, page) for page in _CODE_PAGES),
        )
        self.code_page.setToolTip(
            self.tr("If é and ç come out wrong on the test page, try another one.")
        )
        self.qr_as_picture = self._add_switch(
            "qr_as_picture", self.tr("Send QR codes as a picture (for printers that draw none)")
        )

    def _add_habits(self) -> None:
        self.after_payment = self.add_choice(
            "after_payment",
            self.tr("After a payment"),
            (
                (AfterPayment.OFFER.value, self.tr("offer to print the receipt (Ctrl+P)")),
                (AfterPayment.PRINT.value, self.tr("print the receipt at once")),
            ),
        )
        self.kicks_drawer = self._add_switch(
            "kicks_drawer",
            self.tr("Open the cash drawer when cash was taken (it is counted all the same)"),
        )

    def _add_switch(self, name: str, label: str) -> QCheckBox:
        switch = QCheckBox(label)
        switch.setAccessibleName(label)
        switch.toggled.connect(self.note_edit)
        self.form.addRow(switch)
        self.keep_field(name, switch)
        return switch

    def show_choices(self, choices: PrintChoices, printers: tuple[str, ...]) -> None:
        """Fill the fields; ``printers`` are the system's."""

        def put() -> None:
            names = dict.fromkeys((*printers, choices.receipt_printer))
            self.system_printer.clear()
            self.system_printer.addItem(self.tr("ask each time"), "")
            for name in filter(None, names):
                self.system_printer.addItem(name, name)
            _choose(self.system_printer, choices.receipt_printer)
            _choose(self.way, choices.way)
            _choose(self.paper, choices.paper)
            _choose(self.code_page, choices.code_page)
            _choose(self.after_payment, choices.after_payment)
            self.host.setText(choices.host)
            self.port.setText("" if choices.port == DEFAULT_PORT else str(choices.port))
            self.qr_as_picture.setChecked(not choices.draws_qr)
            self.kicks_drawer.setChecked(choices.kicks_drawer)

        self.fill(put)
        self._on_way_changed()

    def typed(self, document_printer: str = "") -> PrintChoices:
        """Return what the form says.

        Raises:
            InvalidInputError: it is no address of a printer; its field is on the error.

        """
        port = self.port.text().strip() or str(DEFAULT_PORT)
        if not port.isascii() or not port.isdigit():
            raise InvalidInputError("A port is 1 to 65535; printers use 9100.", field="port")
        choices = PrintChoices(
            way=Way(self.way.currentData()),
            host=self.host.text().strip(),
            port=int(port),
            code_page=str(self.code_page.currentData()),
            draws_qr=not self.qr_as_picture.isChecked(),
            paper=ReceiptPaper(self.paper.currentData()),
            after_payment=AfterPayment(self.after_payment.currentData()),
            kicks_drawer=self.kicks_drawer.isChecked(),
            receipt_printer=str(self.system_printer.currentData() or ""),
            document_printer=document_printer,
        )
        if choices.way is Way.NETWORK:
            NetworkPrinter(choices.host, choices.port)
        return choices

    def finish(self) -> None:
        """Take the busy state away."""
        super().finish()
        self.test.finish()

    def _on_way_changed(self) -> None:
        network = self.way.currentData() == Way.NETWORK.value
        self.form.setRowVisible(self.system_printer, not network)
        for field in (self.host, self.port, self.code_page, self.qr_as_picture, self.kicks_drawer):
            self.form.setRowVisible(field, network)

    def _on_test(self) -> None:
        self.clear_messages()
        self.test_requested.emit()


def _choose(box: QComboBox, value: str) -> None:
    box.setCurrentIndex(max(0, box.findData(str(value))))
