"""The form of a customer, new or changed; it hints at whoever has the same telephone already."""

from __future__ import annotations

import uuid

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from core.errors import InvalidInputError, KnownError
from core.services.customers.rows import CustomerRow
from core.services.customers.service import AddCustomer, ChangeCustomer, CustomerForm
from core.services.settings import LANGUAGES
from ui.context import PageContext
from ui.widgets.form_dialog import FormDialog
from ui.widgets.inputs import PhoneEdit
from ui.widgets.messages import InlineMessage

translate = QCoreApplication.translate
_LANGUAGE_NAMES = {"en": "English", "fr": "Français", "rw": "Ikinyarwanda"}


class CustomerDialog(FormDialog):
    """Asks who a customer is; ``customer`` is the one to change, None for a new one."""

    def __init__(
        self,
        context: PageContext,
        customer: CustomerRow | None = None,
        parent: QWidget | None = None,
        *,
        name: str = "",
    ) -> None:
        super().__init__(_title(customer), _act(customer), parent)
        self._context = context
        self._customer = customer
        self._key = str(uuid.uuid4())
        self.hint = InlineMessage(self)
        self.name = QLineEdit(customer.name if customer else name)
        self.name.setMaxLength(200)
        self.phone = PhoneEdit(self.tr("Telephone"))
        self.email = QLineEdit(customer.email if customer else "")
        self.email.setMaxLength(200)
        self.tin = QLineEdit(customer.tin if customer else "")
        self.tin.setPlaceholderText(self.tr("nine digits"))
        self.tin.setMaxLength(11)
        self.language = QComboBox()
        for code in LANGUAGES:
            self.language.addItem(_LANGUAGE_NAMES[code], code)
        self.language.setCurrentIndex(
            max(0, self.language.findData(customer.language if customer else "en"))
        )
        self.address = _text_box(customer.address if customer else "")
        self.notes = _text_box(customer.notes if customer else "")
        self._lay_out()
        self.phone.phone_changed.connect(self._look_for_same)
        if customer is not None:
            self.phone.set_phone(customer.phone_number)
        self.name.setFocus()

    def form_typed(self) -> CustomerForm:
        """Return what was typed."""
        return CustomerForm(
            name=self.name.text(),
            phone_number=self.phone.edit.text(),
            email=self.email.text(),
            tin=self.tin.text(),
            language=self.language.currentData(),
            address=self.address.toPlainText(),
            notes=self.notes.toPlainText(),
        )

    def work(self, form: CustomerForm) -> CustomerRow:
        """Add or change the customer; call it off the GUI thread.

        Raises:
            KnownError: nothing was saved.

        """
        app, actor = self._context.app, self._context.actor
        if self._customer is None:
            return app.customers.add(actor, AddCustomer(self._key, form))
        command = ChangeCustomer(self._customer.customer_id, self._customer.version, form)
        return app.customers.change(actor, command)

    def fail(self, error: KnownError) -> None:
        """Show why nothing was saved, and go to the field it is about."""
        super().fail(error)
        fields: dict[str, QWidget] = {
            "name": self.name,
            "phone": self.phone,
            "email": self.email,
            "tin": self.tin,
            "address": self.address,
            "notes": self.notes,
        }
        if isinstance(error, InvalidInputError) and error.field in fields:
            fields[error.field].setFocus()

    def _lay_out(self) -> None:
        self.add_field(self.tr("Name"), self.name)
        self.add_field(self.tr("Telephone"), self.phone)
        self.form.addRow(self.hint)
        self.add_field(self.tr("E-mail"), self.email)
        self.add_field(self.tr("TIN"), self.tin)
        self.add_field(self.tr("Address"), self.address)
        self.add_field(self.tr("Notes"), self.notes)
        self.add_field(self.tr("Papers in"), self.language)

    def _look_for_same(self, phone: str) -> None:
        if not phone:
            self.hint.clear()
            return
        app, actor = self._context.app, self._context.actor
        but = self._customer.customer_id if self._customer else None
        self._context.tasks.query(
            self,
            lambda: app.customers.same_phone(actor, phone, but=but),
            on_success=self._show_same,
            latest="same phone",
        )

    def _show_same(self, same: tuple[CustomerRow, ...]) -> None:
        if not same:
            self.hint.clear()
            return
        names = ", ".join(row.name for row in same)
        self.hint.show_message(
            self.tr("This telephone has %1 already. Perhaps it is the same person.").replace(
                "%1", names
            ),
            level="warning",
        )


def _text_box(text: str) -> QPlainTextEdit:
    box = QPlainTextEdit(text)
    box.setTabChangesFocus(True)
    box.setFixedHeight(box.fontMetrics().lineSpacing() * 3 + 12)
    return box


def _title(customer: CustomerRow | None) -> str:
    return translate("CustomerDialog", "New customer") if customer is None else customer.name


def _act(customer: CustomerRow | None) -> str:
    if customer is None:
        return translate("CustomerDialog", "Add customer (F12)")
    return translate("CustomerDialog", "Save (F12)")
