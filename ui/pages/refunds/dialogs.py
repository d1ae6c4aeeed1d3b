"""The sheets of a refund: the manager's decision, the rejection, the money that goes back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from core.errors import InvalidInputError
from core.services.refunds import CarryOutRefund
from core.services.rows import Check, RefundFacts, RefundRow
from ui.context import PageContext
from ui.pages.refunds.words import (
    amount_text,
    decision_facts,
    in_words,
    refund_facts,
    why_no_approval,
    why_no_rejection,
)
from ui.theme import gap
from ui.widgets.basics import IconLabel, PlainLabel
from ui.widgets.buttons import button
from ui.widgets.form_dialog import FormDialog, ReviewSheet

Done = Callable[[str], object]
"""Called with a sentence for the person once the work is done."""


def _note_field(placeholder: str) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setTabChangesFocus(True)
    field.setPlaceholderText(placeholder)
    field.setFixedHeight(field.fontMetrics().lineSpacing() * 4)
    return field


class CheckList(QWidget):
    """Checks as sentences, each with a tick or a cross."""

    def __init__(self, checks: tuple[Check, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, gap(self), 0, 0)
        column.setSpacing(gap(self, 0.5))
        self.sentences: list[PlainLabel] = []
        for check in checks:
            row = QHBoxLayout()
            row.setSpacing(gap(self))
            icon, token = ("check", "success") if check.passed else ("cross", "danger")
            row.addWidget(IconLabel(icon, token, self))
            label = PlainLabel(check.text, look="" if check.passed else "wrong", wrap=True)
            said = self.tr("passed") if check.passed else self.tr("not passed")
            label.setAccessibleName(f"{said}: {check.text}")
            row.addWidget(label, 1)
            column.addLayout(row)
            self.sentences.append(label)


class DecisionSheet(ReviewSheet):
    """Shows a manager all they weigh; approves what was on the screen, or goes on to a rejection.

    The approval is bound to the version shown: a refund that changed meanwhile is not approved.
    """

    def __init__(
        self,
        context: PageContext,
        facts: RefundFacts,
        on_done: Done,
        on_reject: Callable[[RefundRow], object],
        parent: QWidget,
    ) -> None:
        refund = facts.refund
        super().__init__(
            self.tr("Decide on a refund"),
            self.tr("Approve %1 (F12)").replace("%1", amount_text(refund)),
            amount_text(refund),
            decision_facts(facts),
            parent,
            amount_words=in_words(refund),
        )
        self._context = context
        self._refund = refund
        self._on_done = on_done
        self.checks = CheckList(facts.checks)
        self.form.addRow(self.checks)
        refusal = why_no_approval(context.actor, refund)
        if not refusal and not facts.may_approve:
            refusal = next(check.text for check in facts.checks if not check.passed)
        self.submit_button.setEnabled(not refusal)
        self.submit_button.setToolTip(refusal)
        self.refusal = PlainLabel(refusal, look="wrong", wrap=True)
        self.form.addRow(self.refusal)
        # A check that did not pass has said it already.
        self.refusal.setVisible(bool(refusal) and facts.may_approve)
        self.reject_button = button(self.tr("Reject… (J)"))
        no_rejection = why_no_rejection(context.actor, refund)
        self.reject_button.setEnabled(not no_rejection)
        self.reject_button.setToolTip(no_rejection)
        self.reject_button.setShortcut("J")
        self.reject_button.clicked.connect(lambda: self._go_on(on_reject))
        layout = self.layout()
        row = layout.itemAt(layout.count() - 1) if layout is not None else None
        if isinstance(row, QHBoxLayout):
            row.insertWidget(0, self.reject_button)
        self.submitted.connect(self._on_submitted)

    def _go_on(self, on_reject: Callable[[RefundRow], object]) -> None:
        refund = self._refund
        self.done(0)
        on_reject(refund)

    def _on_submitted(self) -> None:
        app, actor, refund = self._context.app, self._context.actor, self._refund
        self.run(
            self._context.tasks,
            lambda: app.refunds.approve(actor, refund.refund_id, version=refund.version),
            self._on_approved,
        )

    def _on_approved(self, refund: RefundRow) -> None:
        self._on_done(self.tr("Refund of %1 approved").replace("%1", amount_text(refund)))


class RejectDialog(FormDialog):
    """Asks a manager why a refund is refused; the one who asked will read it."""

    def __init__(
        self, context: PageContext, refund: RefundRow, on_done: Done, parent: QWidget
    ) -> None:
        super().__init__(
            self.tr("Reject a refund"),
            self.tr("Reject %1 (F12)").replace("%1", amount_text(refund)),
            parent,
            explanation=self.tr("No money leaves. %1 will read your reason.").replace(
                "%1", refund.requested_by
            ),
            kind="danger",
        )
        self._context = context
        self._refund = refund
        self._on_done = on_done
        self.reason = _note_field(self.tr("Why the money does not go back"))
        self.add_field(self.tr("Reason"), self.reason)
        self.reason.setFocus()
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self) -> None:
        app, actor, refund = self._context.app, self._context.actor, self._refund
        reason = self.reason.toPlainText().strip()
        self.run(
            self._context.tasks,
            lambda: app.refunds.reject(
                actor, refund.refund_id, reason=reason, version=refund.version
            ),
            self._on_rejected,
        )

    def _on_rejected(self, refund: RefundRow) -> None:
        self._on_done(self.tr("Refund of %1 rejected").replace("%1", amount_text(refund)))


class CarryOutSheet(ReviewSheet):
    """Records that the money of an approved refund went back, by hand."""

    def __init__(
        self, context: PageContext, refund: RefundRow, on_done: Done, parent: QWidget
    ) -> None:
        super().__init__(
            self.tr("Carry out a refund"),
            self.tr("Record %1 as paid back (F12)").replace("%1", amount_text(refund)),
            amount_text(refund),
            refund_facts(refund),
            parent,
            amount_words=in_words(refund),
            warnings=[
                self.tr("Give the money back first: this records it and issues the credit note.")
            ],
        )
        self._context = context
        self._refund = refund
        self._on_done = on_done
        # Made when the sheet opens: a second press records nothing a second time.
        self._key = str(uuid.uuid4())
        self._is_mobile = refund.payment_method.is_mobile_money
        self.transaction_id = QLineEdit()
        label = (
            self.tr("The network's transaction id")
            if self._is_mobile
            else self.tr("Reference (may stay empty)")
        )
        self.add_field(label, self.transaction_id)
        self.note = _note_field("")
        self.add_field(self.tr("Note (may stay empty)"), self.note)
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self) -> None:
        transaction_id = self.transaction_id.text().strip()
        if self._is_mobile and not transaction_id:
            message = self.tr("Nothing was recorded. Type the network's transaction id.")
            self.fail(InvalidInputError(message))
            self.transaction_id.setFocus()
            return
        command = CarryOutRefund(
            key=self._key,
            refund_id=self._refund.refund_id,
            refund_transaction_id=transaction_id,
            note=self.note.toPlainText().strip(),
        )
        app, actor = self._context.app, self._context.actor
        self.run(
            self._context.tasks,
            lambda: app.refunds.carry_out(actor, command),
            self._on_carried_out,
        )

    def _on_carried_out(self, refund: RefundRow) -> None:
        told = self.tr("%1 paid back, credit note %2").replace("%1", amount_text(refund))
        self._on_done(told.replace("%2", refund.credit_note_number))
