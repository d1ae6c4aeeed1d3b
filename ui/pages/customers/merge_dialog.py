"""Says that two customers are one: who stays is searched for and chosen."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from core.errors import InvalidInputError
from core.phones import phone_display
from core.services.customers.rows import CustomerDetail, CustomerRow
from core.services.rows import Page
from ui.context import PageContext
from ui.widgets.form_dialog import FormDialog
from ui.widgets.inputs import SearchField

translate = QCoreApplication.translate
_MOST_SHOWN = 30


class MergeDialog(FormDialog):
    """Asks into whom a customer is merged; those with the same telephone are offered first."""

    def __init__(
        self, context: PageContext, detail: CustomerDetail, parent: QWidget | None = None
    ) -> None:
        name = detail.customer.name
        super().__init__(
            translate("MergeDialog", "Merge %1 into another customer").replace("%1", name),
            translate("MergeDialog", "Merge (F12)"),
            parent,
            explanation=translate(
                "MergeDialog",
                "Both histories become one account under the other's name. Nothing is deleted, but"
                " it cannot be taken apart again.",
            ),
            kind="danger",
        )
        self._context = context
        self.customer = detail.customer
        self.search = SearchField(self.tr("Search name or telephone"))
        self.search.search_changed.connect(self._find)
        self.found = QListWidget()
        self.found.setAccessibleName(self.tr("Customers found"))
        self.found.setMinimumHeight(self.fontMetrics().lineSpacing() * 8)
        self.add_field(self.tr("The same person as"), self.search)
        self.form.addRow(self.found)
        self._show(detail.same_phone)
        self.search.setFocus()

    def chosen(self) -> int:
        """Return the number of the customer who stays.

        Raises:
            InvalidInputError: nobody is chosen.

        """
        item = self.found.currentItem()
        if item is None:
            raise InvalidInputError(self.tr("Nothing was changed. Choose who stays."))
        return int(item.data(Qt.ItemDataRole.UserRole))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter go from the search to the list: what cannot be undone is no slip of a key."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not (
            self.submit_button.hasFocus() or self.cancel_button.hasFocus()
        ):
            self.found.setFocus()
            return
        super().keyPressEvent(event)

    def _find(self, text: str) -> None:
        app, actor = self._context.app, self._context.actor
        self._context.tasks.query(
            self,
            lambda: app.customers.page(actor, search=text, limit=_MOST_SHOWN),
            on_success=self._on_found,
            on_known_error=self.fail,
            latest="found",
        )

    def _on_found(self, page: Page[CustomerRow]) -> None:
        self._show(page.rows)

    def _show(self, rows: tuple[CustomerRow, ...]) -> None:
        self.found.clear()
        for row in rows:
            if row.customer_id == self.customer.customer_id:
                continue
            text = " · ".join(filter(None, (row.name, phone_display(row.phone_number))))
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, row.customer_id)
            self.found.addItem(item)
        if self.found.count():
            self.found.setCurrentRow(0)
