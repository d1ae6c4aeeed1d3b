"""The sheet that puts several lines and payments together, and settles what is left."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.model.reconciliations import DifferenceKind
from core.money import display
from core.services.matching.by_hand import MatchByHand
from core.services.matching.differences import DifferenceAnswer
from core.services.rows import Page as RowPage
from core.services.rows import PaymentRow, StatementLineRow
from ui.context import PageContext
from ui.models.columns import amount_column
from ui.models.table import Column
from ui.pages.reconcile.balance import BalanceLabel, balance_of
from ui.pages.reconcile.difference_choice import DifferenceChoice
from ui.pages.reconcile.keys import bind_keys
from ui.pages.reconcile.payment_search import search_payments
from ui.pages.reconcile.tick_table import TickTable
from ui.pages.reconcile.words import (
    filled,
    line_text,
    number,
    payment_day,
    payment_reference,
)
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.form_dialog import FormDialog
from ui.widgets.inputs import SearchField

ResultT = TypeVar("ResultT")


class SplitSheet(FormDialog, Generic[ResultT]):
    """Lines at the left, payments at the right, ticked by Space; below them what is left.

    Its key is made when it opens: pressed twice, it matches once. ``match`` is run off the GUI
    thread with the command; a refusal is told in the sheet, where everything stays as it was.
    """

    def __init__(
        self,
        context: PageContext,
        reconciliation_id: str,
        match: Callable[[MatchByHand], ResultT],
        on_done: Callable[[ResultT], object],
        parent: QWidget,
        *,
        currency: str,
    ) -> None:
        super().__init__(
            self.tr("Put lines and payments together"),
            "",
            parent,
            explanation=self.tr(
                "Space takes a row or leaves it; F6 goes to the next list; Enter goes on; F12"
                " matches."
            ),
        )
        self._context = context
        self._reconciliation_id = reconciliation_id
        self._key = str(uuid.uuid4())
        self._currency = currency
        self._offered: tuple[PaymentRow, ...] = ()
        self.lines = self._make_lines()
        self.payments = self._make_payments()
        self.search = SearchField(self.tr("Find another payment (Ctrl+F)"))
        self.search.search_changed.connect(self._on_search_changed)
        self.balance = BalanceLabel()
        self.choice = DifferenceChoice()
        self._build()
        self.lines.ticks_changed.connect(self._weigh)
        self.payments.ticks_changed.connect(self._weigh)
        self.choice.changed.connect(self._weigh)
        self.submitted.connect(lambda: self.run(context.tasks, self._work(match), on_done))
        bind_keys(self, {"F6": self._on_next_list})

    def offer(
        self,
        lines: Sequence[StatementLineRow],
        payments: Sequence[PaymentRow],
        *,
        chosen_lines: Sequence[StatementLineRow],
        chosen_payments: Sequence[PaymentRow] = (),
        answer: DifferenceAnswer | None = None,
        payments_count: int = 0,
    ) -> None:
        """Show what may be put together, and what already is.

        Of ``payments_count`` payments the oldest are given, where there are too many for a sheet.
        """
        self._offered = tuple(payments)
        if payments_count > len(self._offered):
            told = self.tr("Unmatched payments: the oldest %1 of %2")
            count = number(len(self._offered))
            self.payments_heading.setText(filled(told, count, number(payments_count)))
        self.lines.show_rows(lines, ticked=chosen_lines)
        self.payments.show_rows(payments, ticked=chosen_payments)
        self._weigh()
        if answer is not None:
            self.choice.choose(answer)
        self.payments.setFocus()

    @property
    def command(self) -> MatchByHand:
        """What the sheet would do now."""
        return MatchByHand(
            key=self._key,
            reconciliation_id=self._reconciliation_id,
            line_ids=tuple(line.line_id for line in self.lines.ticked),
            payment_ids=tuple(payment.payment_id for payment in self.payments.ticked),
            difference=self.choice.answer,
        )

    def _work(self, match: Callable[[MatchByHand], ResultT]) -> Callable[[], ResultT]:
        command = self.command
        return lambda: match(command)

    def _make_lines(self) -> TickTable[StatementLineRow]:
        return TickTable(
            (
                Column("date", self.tr("Date"), lambda line: str(line.line_date), width=10),
                amount_column(
                    "amount",
                    self.tr("Amount"),
                    lambda line: line.amount_minor,
                    currency=lambda line: line.currency,
                    tone=lambda line: "danger" if line.amount_minor < 0 else None,
                    width=11,
                ),
                Column("text", self.tr("Text"), line_text, tool_tip=line_text, width=24),
            ),
            self.tr("Lines of the statement"),
            lambda line: line.line_id,
        )

    def _make_payments(self) -> TickTable[PaymentRow]:
        return TickTable(
            (
                Column("day", self.tr("Day"), payment_day, width=10),
                amount_column(
                    "amount",
                    self.tr("Amount"),
                    lambda payment: payment.amount_minor,
                    currency=lambda payment: payment.currency,
                    width=11,
                ),
                Column(
                    "customer",
                    self.tr("Customer"),
                    lambda each: each.customer_name,
                    width=15,
                    grows=True,
                ),
                Column("reference", self.tr("Reference"), payment_reference, width=17),
            ),
            self.tr("Unmatched payments"),
            lambda payment: payment.payment_id,
        )

    def _build(self) -> None:
        sides = QWidget()
        row = QHBoxLayout(sides)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self, 1.5))
        self.payments_heading = PlainLabel(self.tr("Unmatched payments"), look="heading")
        for heading, field, table in (
            (PlainLabel(self.tr("Lines"), look="heading"), None, self.lines),
            (self.payments_heading, self.search, self.payments),
        ):
            column, head = QVBoxLayout(), QHBoxLayout()
            column.setSpacing(gap(self, 0.6))
            head.setSpacing(gap(self))
            heading.setMinimumHeight(self.search.sizeHint().height())
            head.addWidget(heading)
            if field is not None:
                head.addWidget(field, 1)
            column.addLayout(head)
            column.addWidget(table)
            row.addLayout(column, 1)
        letter, line = self.fontMetrics().averageCharWidth(), self.fontMetrics().height()
        for table in (self.lines, self.payments):
            table.setMinimumHeight(line * 15)
        self.setMinimumWidth(letter * 172)
        self.form.addRow(sides)
        self.form.addRow(self.balance)
        self.rest = PlainLabel(self.tr("The rest"))
        self.rest.setBuddy(self.choice)
        self.form.addRow(self.rest, self.choice)
        for first, then in (
            (self.lines, self.search),
            (self.search, self.payments),
            (self.payments, self.choice.answers),
            (self.choice.answers, self.choice.note),
            (self.choice.note, self.cancel_button),
            (self.cancel_button, self.submit_button),
        ):
            self.setTabOrder(first, then)

    def _weigh(self) -> None:
        balance = balance_of(self.lines.ticked, self.payments.ticked, self._currency)
        is_whole = bool(self.lines.ticked and self.payments.ticked)
        self.choice.show_difference(balance.difference_minor if is_whole else 0)
        for shown in (self.rest, self.choice):
            shown.setVisible(is_whole and balance.left_minor != 0)
        if is_whole:
            self.balance.show_balance(balance)
        else:
            self.balance.show_hint(self.tr("Take at least one line and one payment (Space)."))
        self.submit_button.setEnabled(is_whole and not self.is_busy)
        self.submit_button.setText(
            self._submit_text(balance.left_minor, balance.received_minor)
            if is_whole
            else self.tr("Match (F12)")
        )

    def _submit_text(self, left_minor: int, received_minor: int) -> str:
        amount = display(received_minor, self._currency)
        rest = display(abs(left_minor), self._currency)
        kind = self.choice.answer.kind
        if not left_minor:
            return filled(self.tr("Match %1 (F12)"), amount)
        if kind is DifferenceKind.FEE:
            return filled(self.tr("Match %1, %2 fee (F12)"), amount, rest)
        if kind is DifferenceKind.WRITE_OFF:
            return filled(self.tr("Match %1, write off %2 (F12)"), amount, rest)
        return filled(self.tr("Match %1, %2 stays open (F12)"), amount, rest)

    def _on_search_changed(self, text: str) -> None:
        if not text:
            self.payments.show_rows(self._offered)
            return
        search_payments(self._context, self, text, self._on_found, self.fail)

    def _on_found(self, found: RowPage[PaymentRow]) -> None:
        if self.search.text().strip():
            rows = [row for row in found.rows if row.currency == self._currency]
            self.payments.show_rows(rows)

    def _on_next_list(self) -> None:
        lists: tuple[QWidget, ...] = (self.lines, self.payments, self.search)
        place = next((n for n, each in enumerate(lists) if each.hasFocus()), -1)
        lists[(place + 1) % len(lists)].setFocus()

    def _last_field(self) -> QWidget | None:
        """Let Enter submit from the answer to the last question only, never from the search."""
        if self.choice.note.isVisible():
            return self.choice.note
        return self.choice.answers if self.choice.answers.isVisible() else None

    def _values(self) -> tuple[str, ...]:
        command = self.command
        return (*super()._values(), str(command.line_ids), str(command.payment_ids))
