"""An order as a form: its lines while nobody has paid, its day and notes always."""

from __future__ import annotations

import uuid
from datetime import date

from PySide6.QtCore import QCoreApplication, QDate
from PySide6.QtWidgets import QCheckBox, QDateEdit, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from core.errors import InvalidInputError, KnownError
from core.money import DEFAULT_CURRENCY, display, grouped
from core.services.customers.orders import AddOrder, ChangeOrder
from core.services.customers.rows import CustomerRow, OrderDetail, OrderRow
from core.services.payments.rules import SaleLine
from ui.badges import badge_for
from ui.context import PageContext
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.facts import KeyValueList
from ui.widgets.form_dialog import FormDialog
from ui.widgets.sale_lines import LineDraft, SaleLinesEditor

translate = QCoreApplication.translate
_USUAL_DAYS = 14


class OrderDialog(FormDialog):
    """Asks what is ordered; with ``detail`` an order is shown, and changed as far as it may be."""

    def __init__(
        self,
        context: PageContext,
        customer: CustomerRow,
        today: date,
        detail: OrderDetail | None = None,
        parent: QWidget | None = None,
    ) -> None:
        title = translate("OrderDialog", "New order of %1").replace("%1", customer.name)
        act = translate("OrderDialog", "Write down (F12)")
        if detail is not None:
            title = translate("OrderDialog", "Order %1").replace("%1", detail.order.order_number)
            act = translate("OrderDialog", "Save (F12)")
        super().__init__(title, act, parent, explanation=_explanation(detail))
        self._context = context
        self._customer = customer
        self._detail = detail
        self._key = str(uuid.uuid4())
        self.number = QLineEdit()
        self.number.setMaxLength(60)
        self.number.setPlaceholderText(self.tr("the next number"))
        self.lines = SaleLinesEditor(with_tax=True)
        self.total = PlainLabel(look="amount")
        self.is_due = QCheckBox(self.tr("To be paid by"))
        self.due = QDateEdit()
        self.due.setDisplayFormat("yyyy-MM-dd")
        self.due.setCalendarPopup(True)
        self.due.setAccessibleName(self.tr("To be paid by"))
        self.notes = QPlainTextEdit()
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(self.fontMetrics().lineSpacing() * 3 + 12)
        self._lay_out()
        self._fill(today)
        self.lines.changed.connect(self._show_total)
        self.is_due.toggled.connect(self.due.setEnabled)
        self._show_total()
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 100)

    def terms(self) -> AddOrder | ChangeOrder:
        """Return what was typed.

        Raises:
            InvalidInputError: a line is not finished.

        """
        lines = self._lines_typed()
        day = self.due.date()
        due_on = date(day.year(), day.month(), day.day()) if self.is_due.isChecked() else None
        notes = self.notes.toPlainText()
        if self._detail is None:
            return AddOrder(
                self._key,
                self._customer.customer_id,
                lines,
                self.number.text(),
                due_on=due_on,
                notes=notes,
            )
        order = self._detail.order
        return ChangeOrder(order.order_number, order.version, lines, due_on, notes)

    def work(self, terms: AddOrder | ChangeOrder) -> OrderRow:
        """Keep the order; call it off the GUI thread.

        Raises:
            KnownError: nothing was saved.

        """
        app, actor = self._context.app, self._context.actor
        if isinstance(terms, AddOrder):
            return app.orders.add(actor, terms)
        return app.orders.change(actor, terms)

    def fail(self, error: KnownError) -> None:
        """Show why nothing was saved, and go to the field it is about."""
        super().fail(error)
        fields: dict[str, QWidget] = {
            "lines": self.lines.add_button,
            "order_number": self.number,
            "due_on": self.due,
            "notes": self.notes,
        }
        if isinstance(error, InvalidInputError) and error.field in fields:
            fields[error.field].setFocus()

    def _lines_typed(self) -> tuple[SaleLine, ...]:
        if self._detail is not None and not self._detail.lines_are_open:
            return tuple(
                SaleLine(line.description, line.quantity, line.unit_price_minor, line.tax_class)
                for line in self._detail.lines
            )
        lines = self.lines.lines()
        if not lines:
            raise InvalidInputError(
                self.tr("Nothing was saved. Give every line a name and a price."), field="lines"
            )
        return lines

    def _lay_out(self) -> None:
        if self._detail is None:
            self.add_field(self.tr("Order's number"), self.number)
        else:
            self.form.addRow(KeyValueList(_figures(self._detail)))
        self.form.addRow(self.lines)
        self.form.addRow(PlainLabel(self.tr("Total"), look="muted"), self.total)
        due = QWidget()
        row = QHBoxLayout(due)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        row.addWidget(self.is_due)
        row.addWidget(self.due)
        row.addStretch(1)
        self.form.addRow(due)
        self.add_field(self.tr("Notes"), self.notes)

    def _fill(self, today: date) -> None:
        detail = self._detail
        due_on = detail.order.due_on if detail is not None else None
        shown = due_on or date.fromordinal(today.toordinal() + _USUAL_DAYS)
        self.due.setDate(QDate(shown.year, shown.month, shown.day))
        self.is_due.setChecked(detail is None or due_on is not None)
        self.due.setEnabled(self.is_due.isChecked())
        if detail is None:
            self.lines.set_drafts((LineDraft(),))
            return
        currency = detail.order.currency
        self.notes.setPlainText(detail.order.notes)
        self.lines.set_drafts(
            tuple(
                LineDraft(
                    line.description,
                    str(line.quantity),
                    grouped(line.unit_price_minor, currency),
                    line.tax_class,
                )
                for line in detail.lines
            )
        )
        self.lines.setEnabled(detail.lines_are_open)
        self.lines.add_button.setVisible(detail.lines_are_open)
        if detail.order.cancelled_at is not None:
            self.body.setEnabled(False)
            self.submit_button.setEnabled(False)

    def _show_total(self) -> None:
        total_minor = self.lines.total_minor
        currency = self._detail.order.currency if self._detail else DEFAULT_CURRENCY
        self.total.setText("–" if total_minor is None else display(total_minor, currency))


def _explanation(detail: OrderDetail | None) -> str:
    if detail is None:
        return translate("OrderDialog", "Prices include VAT. The customer owes the total.")
    if detail.order.cancelled_at is not None:
        why = detail.order.cancel_reason or "–"
        told = translate("OrderDialog", "Cancelled by %1: %2")
        return told.replace("%1", detail.order.cancelled_by).replace("%2", why)
    if not detail.lines_are_open:
        return translate(
            "OrderDialog", "Something was paid or is under way, so the lines stay as they are."
        )
    return translate("OrderDialog", "Nothing was paid yet, so everything may be changed.")


def _figures(detail: OrderDetail) -> list[tuple[str, str]]:
    order = detail.order
    paid = [
        f"{display(each.amount_minor, order.currency)} · {badge_for('method', each.method).text}"
        f" · {badge_for('status', each.status).text}"
        for each in detail.payments
    ]
    facts = [
        (translate("OrderDialog", "State"), badge_for("order", order.state).text),
        (translate("OrderDialog", "Left to pay"), display(order.left_minor, order.currency)),
        (translate("OrderDialog", "Payments"), "\n".join(paid)),
    ]
    return [fact for fact in facts if fact[1]]


class CancelOrderDialog(FormDialog):
    """Asks why an order is called off."""

    def __init__(self, order: OrderRow, parent: QWidget | None = None) -> None:
        title = translate("OrderDialog", "Cancel order %1").replace("%1", order.order_number)
        super().__init__(
            title,
            translate("OrderDialog", "Cancel the order (F12)"),
            parent,
            explanation=translate(
                "OrderDialog", "No money moves. The order stays in the books with this reason."
            ),
            kind="danger",
        )
        self.order = order
        self.reason = QLineEdit()
        self.reason.setMaxLength(500)
        self.add_field(self.tr("Why"), self.reason)
        self.reason.setFocus()
