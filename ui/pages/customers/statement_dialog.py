"""Which days a statement of account covers, and whether it is opened or saved."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDate, Qt, Signal
from PySide6.QtWidgets import QDateEdit, QFileDialog, QWidget

from core.services.customers.rows import CustomerRow
from ui.widgets.buttons import button
from ui.widgets.facts import KeyValueList
from ui.widgets.form_dialog import FormDialog

translate = QCoreApplication.translate


class StatementDialog(FormDialog):
    """Asks for the first and the last day.

    Signals:
        save_wanted(path): draw it, and keep a copy there.
    """

    save_wanted = Signal(object)

    def __init__(self, customer: CustomerRow, today: date, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("StatementDialog", "Statement of account"),
            translate("StatementDialog", "Open PDF (F12)"),
            parent,
            explanation=translate(
                "StatementDialog",
                "What was ordered, paid and given back, and how long the rest has been open.",
            ),
        )
        self.customer = customer
        self.form.addRow(KeyValueList(((self.tr("Customer"), customer.name),)))
        first = today.replace(day=1)
        self.first, self.last = _day_field(first), _day_field(today)
        self.add_field(self.tr("From"), self.first)
        self.add_field(self.tr("To"), self.last)
        self.save_button = button(self.tr("Save as… (Ctrl+S)"), icon_name="download")
        self.save_button.setShortcut("Ctrl+S")
        self.save_button.clicked.connect(self._choose_file)
        self.form.addRow(self.save_button)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day, in their order whichever was typed first."""
        first, last = sorted((_day(self.first), _day(self.last)))
        return first, last

    def _choose_file(self) -> None:
        first, last = self.days
        name = f"{self.customer.name} {first:%Y-%m-%d} {last:%Y-%m-%d}.pdf".replace("/", "-")
        dialog = QFileDialog(self, self.tr("Save the statement"), name, self.tr("PDF (*.pdf)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.save_wanted.emit(Path(chosen)))
        dialog.open()


def _day_field(day: date) -> QDateEdit:
    field = QDateEdit(QDate(day.year, day.month, day.day))
    field.setDisplayFormat("yyyy-MM-dd")
    field.setCalendarPopup(True)
    return field


def _day(field: QDateEdit) -> date:
    shown = field.date()
    return date(shown.year(), shown.month(), shown.day())
