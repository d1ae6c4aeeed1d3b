"""The sheet on which a refund is decided: all facts in one look, here or by whoever steps up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from core.errors import ConflictError, InvalidInputError, KnownError, SignInError
from core.model.refunds import RefundStatus
from core.services.refunds.on_the_spot import SpotDecision
from core.services.refunds.rows import Check, RefundFacts
from core.services.rows import RefundRow
from ui.context import PageContext
from ui.pages.refunds.dialogs import Done, note_field
from ui.pages.refunds.words import (
    amount_text,
    decision_facts,
    in_words,
    state_sentence,
    why_no_rejection,
)
from ui.theme import gap
from ui.widgets.basics import IconLabel, PlainLabel
from ui.widgets.buttons import button
from ui.widgets.form_dialog import ReviewSheet

Reject = Callable[[RefundRow], object]


class CheckList(QWidget):
    """Checks as sentences: passed, a warning, or what forbids the act."""

    def __init__(self, checks: Sequence[Check], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, gap(self), 0, 0)
        self._column.setSpacing(gap(self, 0.5))
        self.sentences: list[PlainLabel] = []
        self._rows: list[QWidget] = []
        self.set_checks(checks)

    def set_checks(self, checks: Sequence[Check]) -> None:
        """Show other checks."""
        for old in self._rows:
            old.hide()
            old.deleteLater()
        self._rows, self.sentences = [], []
        for check in checks:
            row = QWidget(self)
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(gap(self))
            icon, token, look, said = self._looks(check)
            line.addWidget(IconLabel(icon, token, self))
            label = PlainLabel(check.text, look=look, wrap=True)
            label.setAccessibleName(f"{said}: {check.text}")
            line.addWidget(label, 1)
            self._column.addWidget(row)
            self._rows.append(row)
            self.sentences.append(label)

    def _looks(self, check: Check) -> tuple[str, str, str, str]:
        if check.passed:
            return "check", "success", "", self.tr("passed")
        if check.forbids:
            return "cross", "danger", "wrong", self.tr("not passed")
        return "alert", "warning", "", self.tr("take care")


class StepUp(QWidget):
    """Name and password of whoever decides at somebody else's window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        self.name = QComboBox()
        self.name.setEditable(True)
        self.name.setAccessibleName(self.tr("Name of whoever decides"))
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName(self.tr("Their password"))
        self.password.setPlaceholderText(self.tr("Their password"))
        row.addWidget(self.name, 1)
        row.addWidget(self.password, 1)
        self.setFocusProxy(self.name)

    def offer(self, names: Sequence[str], *, without: str) -> None:
        """Offer everybody but the one who asked; what was typed stays."""
        typed = self.name.currentText()
        self.name.clear()
        self.name.addItems([each for each in names if each != without])
        self.name.setCurrentIndex(-1)
        self.name.setEditText(typed)


class DecisionSheet(ReviewSheet):
    """Shows all that is weighed; approves what is on the screen, or leaves it to the owner.

    The decision is bound to the version and amount shown. What changed meanwhile is refused in
    words; then the sheet shows it as it now is, and keeps what was typed. ``on_the_spot``: at the
    window of a person who may not decide, by whoever gives name and password there.
    """

    def __init__(
        self,
        context: PageContext,
        facts: RefundFacts,
        on_done: Done,
        on_reject: Reject,
        parent: QWidget,
        *,
        on_the_spot: bool = False,
        passes_on: bool = False,
    ) -> None:
        super().__init__(
            self.tr("A manager decides here") if on_the_spot else self.tr("Decide on a refund"),
            "",
            amount_text(facts.refund),
            decision_facts(facts),
            parent,
            amount_words=in_words(facts.refund),
        )
        self._context = context
        self._facts = facts
        self._on_done = on_done
        self._on_the_spot = on_the_spot
        self._wants_owner = passes_on
        self.checks = CheckList(facts.checks)
        self.form.addRow(self.checks)
        self.refusal = PlainLabel(look="wrong", wrap=True)
        self.form.addRow(self.refusal)
        self.note = note_field("")
        self.note.setFixedHeight(self.note.fontMetrics().lineSpacing() * 3)
        self.add_field(self.tr("Note"), self.note)
        self.step_up = StepUp(self.body)
        self.add_field(self.tr("Who decides"), self.step_up)
        self.form.setRowVisible(self.step_up, on_the_spot)
        self.reject_button = button(self.tr("Reject… (J)"))
        self._place_rejection(on_reject)
        self._show_facts(facts)
        if on_the_spot:
            context.tasks.query(self, context.app.users.names, on_success=self._on_names_read)
        self.submitted.connect(self._on_submitted)

    @property
    def refund(self) -> RefundRow:
        """The refund as it is shown."""
        return self._facts.refund

    @property
    def passes_on(self) -> bool:
        """Tell whether the act is to leave the decision to the owner."""
        return self._wants_owner or self._facts.is_for_owner

    def fail(self, error: KnownError) -> None:
        """Say why nothing was decided, and show the refund as it now is; typed words stay."""
        super().fail(error)
        if isinstance(error, SignInError):
            self.step_up.password.clear()
            self.step_up.password.setFocus()
        if isinstance(error, ConflictError):
            app, actor, refund_id = self._context.app, self._context.actor, self.refund.refund_id
            spot = self._on_the_spot
            self._context.tasks.query(
                self,
                lambda: app.refunds.facts(actor, refund_id, on_the_spot=spot),
                on_success=self._show_facts,
                latest="facts",
            )

    def _show_facts(self, facts: RefundFacts) -> None:
        self._facts = facts
        refund = facts.refund
        amount = amount_text(refund)
        self.amount.setText(amount)
        self.facts.set_facts(decision_facts(facts))
        self.checks.set_checks(facts.checks)
        text = self.tr("Pass %1 on to the owner (F12)") if self.passes_on else None
        self.submit_button.setText((text or self.tr("Approve %1 (F12)")).replace("%1", amount))
        self.note.setPlaceholderText(
            self.tr("A word for the owner") if self.passes_on else self.tr("What you checked")
        )
        refusal = self._why_not()
        self.submit_button.setEnabled(not refusal)
        self.submit_button.setToolTip(refusal)
        self.refusal.setText(refusal)
        # A check that did not pass has said it already.
        said = refusal in {check.text for check in facts.checks}
        self.form.setRowVisible(self.refusal, bool(refusal) and not said)
        no_rejection = why_no_rejection(self._context.actor, refund)
        self.reject_button.setEnabled(not no_rejection)
        self.reject_button.setToolTip(no_rejection)
        self.reject_button.setVisible(not self._on_the_spot)

    def _why_not(self) -> str:
        refund = self.refund
        if refund.status is not RefundStatus.REQUESTED:
            return state_sentence(refund, self._context.app.configuration.clock())
        if not self.passes_on:
            return self._facts.why_not
        if refund.passed_on_by:
            return self.tr("It was passed on to the owner already.")
        return ""

    def _place_rejection(self, on_reject: Reject) -> None:
        QShortcut(QKeySequence("J"), self.reject_button).activated.connect(self.reject_button.click)
        self.reject_button.clicked.connect(lambda: self._go_on(on_reject))
        layout = self.layout()
        row = layout.itemAt(layout.count() - 1) if layout is not None else None
        if isinstance(row, QHBoxLayout):
            row.insertWidget(0, self.reject_button)

    def _go_on(self, on_reject: Reject) -> None:
        refund = self.refund
        self.done(0)
        on_reject(refund)

    def _on_names_read(self, names: tuple[str, ...]) -> None:
        self.step_up.offer(names, without=self.refund.requested_by)

    def _on_submitted(self) -> None:
        note = self.note.toPlainText().strip()
        if self.passes_on and not note:
            told = self.tr("Nothing was passed on. Write a word for the owner.")
            self.fail(InvalidInputError(told, field="note"))
            self.note.setFocus()
            return
        work = self._spot_work(note) if self._on_the_spot else self._own_work(note)
        done = self._on_passed_on if self.passes_on else self._on_approved
        self.run(self._context.tasks, work, done)

    def _own_work(self, note: str) -> Callable[[], RefundRow]:
        app, actor, refund = self._context.app, self._context.actor, self.refund
        act = app.refunds.pass_on if self.passes_on else app.refunds.approve
        return lambda: act(actor, refund.refund_id, seen=refund.seen, note=note)

    def _spot_work(self, note: str) -> Callable[[], RefundRow]:
        app, actor, refund = self._context.app, self._context.actor, self.refund
        act = app.spot_decisions.pass_on if self.passes_on else app.spot_decisions.approve
        decision = SpotDecision(
            refund.refund_id,
            refund.seen,
            name=self.step_up.name.currentText().strip(),
            password=self.step_up.password.text(),
            note=note,
        )
        return lambda: act(actor, decision)

    def _on_approved(self, refund: RefundRow) -> None:
        told = self.tr("Refund of %1 approved by %2").replace("%1", amount_text(refund))
        self._on_done(told.replace("%2", refund.approved_by))

    def _on_passed_on(self, refund: RefundRow) -> None:
        told = self.tr("Refund of %1 passed on to the owner")
        self._on_done(told.replace("%1", amount_text(refund)))
