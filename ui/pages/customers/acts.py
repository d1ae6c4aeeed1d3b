"""What a person does to customers, orders and accounts: each opens its form, or acts at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal

from core.clock import shop_date
from core.errors import InvalidInputError
from core.services.customers.rows import CustomerDetail, CustomerRow, OrderDetail, OrderRow
from ui.open_document import Opener
from ui.pages.customers.customer_dialog import CustomerDialog
from ui.pages.customers.merge_dialog import MergeDialog
from ui.pages.customers.order_dialog import CancelOrderDialog, OrderDialog
from ui.pages.customers.statement_dialog import StatementDialog
from ui.pages.page import Page


class CustomerActs(QObject):
    """The forms of the customers page; ``opener`` opens a PDF in the system's program.

    Signals:
        customer_saved(row), order_saved(row): it is in the books.
        failed(error): what needed no form was refused.
    """

    customer_saved = Signal(object)
    order_saved = Signal(object)
    failed = Signal(object)

    def __init__(self, page: Page, opener: Opener) -> None:
        super().__init__(page)
        self._page = page
        self._context = page.context
        self._opener = opener

    @property
    def _today(self) -> date:
        return shop_date(self._context.app.configuration.clock())

    def add(self, name: str) -> None:
        """Ask for a new customer, whose name was perhaps searched for."""
        self._open_customer(CustomerDialog(self._context, parent=self._page, name=name))

    def edit(self, detail: CustomerDetail) -> None:
        """Ask for a customer's facts anew."""
        self._open_customer(CustomerDialog(self._context, detail.customer, self._page))

    def _open_customer(self, dialog: CustomerDialog) -> None:
        def submit() -> None:
            form = dialog.form_typed()
            dialog.run(self._context.tasks, lambda: dialog.work(form), self.customer_saved.emit)

        dialog.submitted.connect(submit)
        self._page.open_form(dialog)

    def merge(self, detail: CustomerDetail) -> None:
        """Ask into whom a customer is merged, and merge them."""
        app, actor = self._context.app, self._context.actor
        dialog = MergeDialog(self._context, detail, self._page)

        def submit() -> None:
            try:
                into = dialog.chosen()
            except InvalidInputError as error:
                dialog.fail(error)
                return
            gone = detail.customer.customer_id
            dialog.run(
                self._context.tasks,
                lambda: app.customers.merge(actor, gone, into),
                self.customer_saved.emit,
            )

        dialog.submitted.connect(submit)
        self._page.open_form(dialog)

    def retire(self, detail: CustomerDetail) -> None:
        """Take a customer out of the lists, or a retired one into them again."""
        app, actor, customer = self._context.app, self._context.actor, detail.customer
        self._context.tasks.operation(
            self,
            lambda: app.customers.retire(
                actor, customer.customer_id, version=customer.version, back=customer.is_retired
            ),
            on_success=self.customer_saved.emit,
            on_known_error=self.failed.emit,
        )

    def new_order(self, detail: CustomerDetail) -> None:
        """Ask what a customer orders."""
        self._open_order_form(
            OrderDialog(self._context, detail.customer, self._today, None, self._page)
        )

    def _open_order_form(self, dialog: OrderDialog) -> None:
        def submit() -> None:
            try:
                terms = dialog.terms()
            except InvalidInputError as error:
                dialog.fail(error)
                return
            dialog.run(self._context.tasks, lambda: dialog.work(terms), self.order_saved.emit)

        dialog.submitted.connect(submit)
        self._page.open_form(dialog)

    def cancel_order(self, order: OrderRow) -> None:
        """Ask why an order is called off, and call it off."""
        app, actor = self._context.app, self._context.actor
        dialog = CancelOrderDialog(order, self._page)

        def submit() -> None:
            reason = dialog.reason.text()
            dialog.run(
                self._context.tasks,
                lambda: app.orders.cancel(
                    actor, order.order_number, reason=reason, version=order.version
                ),
                self.order_saved.emit,
            )

        dialog.submitted.connect(submit)
        self._page.open_form(dialog)

    def open_order(self, customer: CustomerRow, order_number: str) -> None:
        """Show an order of a customer, to be changed as far as it may be."""
        app, actor = self._context.app, self._context.actor

        def show(order: OrderDetail) -> None:
            dialog = OrderDialog(self._context, customer, self._today, order, self._page)
            self._open_order_form(dialog)

        self._context.tasks.query(
            self,
            lambda: app.orders.one(actor, order_number),
            on_success=show,
            on_known_error=self.failed.emit,
            latest="order",
        )

    def ask_statement(self, detail: CustomerDetail) -> None:
        """Ask which days a statement of account covers, and draw it."""
        dialog = StatementDialog(detail.customer, self._today, self._page)
        dialog.submitted.connect(lambda: self._draw_statement(dialog, None))
        dialog.save_wanted.connect(lambda path: self._draw_statement(dialog, path))
        self._page.open_form(dialog)

    def _draw_statement(self, dialog: StatementDialog, copy_to: Path | None) -> None:
        app, actor = self._context.app, self._context.actor
        customer_id, (first, last) = dialog.customer.customer_id, dialog.days
        dialog.run(
            self._context.tasks,
            lambda: app.account_statements.statement_of_account(
                actor, customer_id, first, last, copy_to=copy_to
            ),
            self._on_drawn if copy_to is None else self._on_copied,
        )

    def _on_drawn(self, path: Path) -> None:
        if not self._opener(QUrl.fromLocalFile(str(path))):
            told = self.tr("No program here opens PDF files. The statement lies at %1")
            self._page.notice_raised.emit(told.replace("%1", str(path)))

    def _on_copied(self, path: Path) -> None:
        self._page.notice_raised.emit(
            self.tr("The statement is saved: %1").replace("%1", str(path))
        )
