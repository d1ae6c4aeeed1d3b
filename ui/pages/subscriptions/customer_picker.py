"""Choosing a customer by a part of the name or telephone, or naming a new one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.phones import phone_display
from core.services.subscriptions.rows import CustomerChoice
from ui.context import PageContext
from ui.theme import gap
from ui.widgets.basics import PlainLabel

_SHOWN = 6
_CHOICE = Qt.ItemDataRole.UserRole


class _PickerLine(QLineEdit):
    """The line of the picker: the arrow down goes to the list, Enter takes what is marked there.

    ``take`` is asked on Enter; where it takes nothing, Enter goes on to the next field.
    """

    down_pressed = Signal()

    def __init__(self, take: Callable[[], bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._take = take

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep the keys that belong to the list below."""
        if event.key() == Qt.Key.Key_Down:
            self.down_pressed.emit()
            return
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._take():
            event.accept()
            return
        super().keyPressEvent(event)


class CustomerPicker(QWidget):
    """A line to type in, and the customers that fit below it; the last entry adds a new one.

    Signals:
        chosen(customer): a known customer was chosen, or None: a new one of that name.
    """

    chosen = Signal(object)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.customer: CustomerChoice | None = None
        self.new_name = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.4))
        self.edit = _PickerLine(self._take_first)
        self.edit.setAccessibleName(self.tr("Customer"))
        self.edit.setPlaceholderText(self.tr("Part of the name or telephone"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Customers that fit"))
        self.list.setSpacing(2)
        self.told = PlainLabel(look="small", wrap=True)
        for widget in (self.edit, self.list, self.told):
            column.addWidget(widget)
        self.list.hide()
        self.setFocusProxy(self.edit)
        self.edit.textEdited.connect(self._on_typed)
        self.edit.down_pressed.connect(self._on_down)
        self.list.itemActivated.connect(self._take)
        self.list.itemClicked.connect(self._take)

    @property
    def is_chosen(self) -> bool:
        """Tell whether somebody is chosen, or a new one named."""
        return self.customer is not None or bool(self.new_name)

    def _on_typed(self, text: str) -> None:
        self.customer, self.new_name = None, ""
        self.told.setText("")
        words = text.strip()
        if not words:
            self.list.hide()
            return
        app, actor = self._context.app, self._context.actor
        self._context.tasks.query(
            self,
            lambda: app.subscription_lists.customers(actor, words, limit=_SHOWN),
            on_success=lambda found: self._show(words, found),
            latest="customers",
        )

    def _show(self, words: str, found: tuple[CustomerChoice, ...]) -> None:
        if self.is_chosen or words != self.edit.text().strip():
            return
        self.list.clear()
        for customer in found:
            phone = phone_display(customer.phone_number)
            item = QListWidgetItem(" · ".join(filter(None, [customer.name, phone])))
            item.setData(_CHOICE, customer)
            self.list.addItem(item)
        self.list.addItem(QListWidgetItem(self.tr("New customer: %1").replace("%1", words)))
        self.list.setCurrentRow(0)
        needed = (self.list.sizeHintForRow(0) + 4) * self.list.count()
        self.list.setFixedHeight(needed + 2 * self.list.frameWidth() + gap(self, 0.6))
        self.list.show()

    def _on_down(self) -> None:
        if self.list.isVisible():
            self.list.setFocus()

    def _take_first(self) -> bool:
        item = self.list.currentItem()
        if not self.list.isVisible() or item is None:
            return False
        self._take(item)
        return True

    def _take(self, item: QListWidgetItem) -> None:
        customer: CustomerChoice | None = item.data(_CHOICE)
        self.customer = customer
        if customer is None:
            self.new_name = self.edit.text().strip()
            self.told.setText(self.tr("A new customer is added."))
        else:
            self.edit.setText(customer.name)
            known = self.tr("Known customer %1").replace("%1", phone_display(customer.phone_number))
            self.told.setText(known)
        self.list.hide()
        self.chosen.emit(customer)
