"""What must be seen for each way of paying, one small panel per method."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRegularExpression, Qt, Signal
from PySide6.QtGui import QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from core.money import display, grouped
from core.services.payments.rules import RecordPayment
from ui.pages.cashier.notes import NOTES_MINOR, change_text
from ui.theme import gap, set_look
from ui.widgets.basics import IconLabel, PlainLabel, SelectableLabel
from ui.widgets.buttons import button
from ui.widgets.inputs import AmountEdit


class MethodPanel(QWidget):
    """Base of the panels: fields of evidence, why they do not suffice yet, and what they prove.

    Signals:
        changed: something was typed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._amount_minor: int | None = None

    def set_amount(self, amount_minor: int | None) -> None:
        """Follow the amount to be paid."""
        self._amount_minor = amount_minor

    def edits(self) -> dict[str, QLineEdit]:
        """Return the fields by the names that services give them, in the order to be filled."""
        return {}

    def problem(self) -> str:
        """Return what is missing as a sentence; "" when the payment can be recorded."""
        return ""

    def completes(self) -> bool:
        """Tell whether the money has been seen; otherwise the payment waits."""
        return False

    def asks(self) -> bool:
        """Tell whether a network will ask the customer for the money."""
        return False

    def fill(self, command: RecordPayment) -> RecordPayment:
        """Return the command with this panel's evidence."""
        return replace(command, complete_now=self.completes())

    def evidence(self) -> dict[str, str]:
        """Return what was typed, for a draft."""
        return {name: edit.text() for name, edit in self.edits().items() if edit.text()}

    def set_evidence(self, evidence: dict[str, str]) -> None:
        """Put a draft's texts back, and empty the others."""
        for name, edit in self.edits().items():
            edit.setText(evidence.get(name, ""))


class CashPanel(MethodPanel):
    """What the customer gave, and the change as notes to hand out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self, 3))
        left = QVBoxLayout()
        left.setSpacing(gap(self, 0.5))
        self.tendered = AmountEdit(self.tr("Customer gave"))
        self.tendered.edit.installEventFilter(self)
        self.tendered.amount_changed.connect(self._on_changed)
        self.tendered.edit.textChanged.connect(self.changed)
        left.addWidget(_caption(self.tr("Customer gave"), self.tendered))
        left.addWidget(self.tendered)
        quick = QHBoxLayout()
        quick.setSpacing(gap(self, 0.6))
        self.note_buttons = {}
        for note in NOTES_MINOR:
            made = button(f"+ {grouped(note)}")
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setToolTip(self.tr("One more note of %1").replace("%1", display(note)))
            made.clicked.connect(partial(self._on_note, note))
            self.note_buttons[note] = made
            quick.addWidget(made)
        self.exact = button(self.tr("Exact (=)"))
        self.exact.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.exact.clicked.connect(self._on_exact)
        quick.addWidget(self.exact)
        left.addLayout(quick)
        left.addStretch(1)
        row.addLayout(left, 3)
        right = QVBoxLayout()
        right.setSpacing(gap(self, 0.5))
        right.addWidget(PlainLabel(self.tr("CHANGE"), look="small"))
        self.change = PlainLabel("–", look="amount")
        self.change.setAccessibleName(self.tr("Change"))
        self.pieces = PlainLabel(look="muted", wrap=True)
        right.addWidget(self.change)
        right.addWidget(self.pieces)
        right.addStretch(1)
        row.addLayout(right, 2)

    @property
    def change_minor(self) -> int | None:
        """What goes back, or None while the amounts do not allow it."""
        tendered = self.tendered.amount_minor
        if tendered is None or self._amount_minor is None or tendered < self._amount_minor:
            return None
        return tendered - self._amount_minor

    def set_amount(self, amount_minor: int | None) -> None:
        """Follow the amount and reckon the change anew."""
        super().set_amount(amount_minor)
        self._on_changed()

    def set_compact(self, compact: bool) -> None:
        """Put the change under the field where there is little room."""
        directions = QBoxLayout.Direction
        self._row.setDirection(directions.TopToBottom if compact else directions.LeftToRight)

    def edits(self) -> dict[str, QLineEdit]:
        """Return the one field."""
        return {"tendered": self.tendered.edit}

    def problem(self) -> str:
        """Ask for the notes the customer gave, and for more when they are too few."""
        tendered = self.tendered.amount_minor
        if tendered is None:
            return self.tr("Type what the customer gave.")
        if self._amount_minor is not None and tendered < self._amount_minor:
            return self.tr("The customer gave %1 too little.").replace(
                "%1", display(self._amount_minor - tendered)
            )
        return ""

    def completes(self) -> bool:
        """Counted cash is seen."""
        return True

    def fill(self, command: RecordPayment) -> RecordPayment:
        """Add what the customer gave."""
        return replace(command, complete_now=True, tendered_minor=self.tendered.amount_minor)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Let "=" mean: exactly the amount."""
        is_press = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.text() == "=":
            self._on_exact()
            return True
        return False

    def _on_note(self, note_minor: int) -> None:
        self.tendered.set_amount((self.tendered.amount_minor or 0) + note_minor)
        self.tendered.setFocus()

    def _on_exact(self) -> None:
        self.tendered.set_amount(self._amount_minor)
        self.tendered.setFocus()

    def _on_changed(self) -> None:
        change = self.change_minor
        tendered = self.tendered.amount_minor
        too_little = (
            tendered is not None
            and self._amount_minor is not None
            and tendered < self._amount_minor
        )
        set_look(
            self.change,
            look="change_wrong" if too_little else "amount" if change is None else "change",
        )
        if change is None:
            self.change.setText(self.tr("Too little") if too_little else "–")
            self.pieces.setText(self.problem() if too_little else "")
        else:
            self.change.setText(display(change))
            self.pieces.setText(change_text(change) or self.tr("Nothing to hand back"))


class CardPanel(MethodPanel):
    """What stands on the slip of the card terminal."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.approval_code = QLineEdit()
        self.approval_code.setMaxLength(24)
        self.last4 = QLineEdit()
        self.last4.setMaxLength(4)
        self.last4.setValidator(
            QRegularExpressionValidator(QRegularExpression(r"\d{0,4}"), self.last4)
        )
        self.last4.setPlaceholderText(self.tr("may be left empty"))
        _two_columns(
            self,
            (self.tr("Approval code on the slip"), self.approval_code),
            (self.tr("Last 4 digits of the card"), self.last4),
        )
        for edit in self.edits().values():
            edit.textChanged.connect(self.changed)

    def edits(self) -> dict[str, QLineEdit]:
        """Return code and digits."""
        return {"approval_code": self.approval_code, "card_last4": self.last4}

    def problem(self) -> str:
        """Ask for the approval code."""
        if not self.approval_code.text().strip():
            return self.tr("Type the approval code from the card slip.")
        if len(self.last4.text()) not in {0, 4}:
            return self.tr("Type the last 4 digits of the card, or none.")
        return ""

    def completes(self) -> bool:
        """An approved card is seen."""
        return True

    def fill(self, command: RecordPayment) -> RecordPayment:
        """Add code and digits."""
        return replace(
            command,
            complete_now=True,
            card_approval_code=self.approval_code.text().strip(),
            card_last4=self.last4.text(),
        )


class BankPanel(MethodPanel):
    """The bank's reference once the money is there; without it the payment waits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reference = QLineEdit()
        self.reference.setMaxLength(128)
        self.reference.setPlaceholderText(self.tr("empty: the payment waits"))
        self.account = QLineEdit()
        self.account.setMaxLength(64)
        _two_columns(
            self,
            (self.tr("Bank's reference, once seen at the bank"), self.reference),
            (self.tr("Payer's account"), self.account),
        )
        for edit in self.edits().values():
            edit.textChanged.connect(self.changed)
        self.instructions = SelectableLabel(look="small")
        layout = self.layout()
        if isinstance(layout, QGridLayout):
            layout.addWidget(self.instructions, 2, 0, 1, 2)
        self.instructions.hide()

    def set_instructions(self, text: str) -> None:
        """Show where a customer transfers to."""
        self.instructions.setText(text)
        self.instructions.setVisible(bool(text))

    def edits(self) -> dict[str, QLineEdit]:
        """Return reference and account."""
        return {"transaction_id": self.reference, "account_number": self.account}

    def completes(self) -> bool:
        """Only a reference proves that the money was seen."""
        return bool(self.reference.text().strip())

    def fill(self, command: RecordPayment) -> RecordPayment:
        """Add reference and account."""
        return replace(
            command,
            complete_now=self.completes(),
            transaction_id=self.reference.text().strip(),
            account_number=self.account.text().strip(),
        )


class ExplainingPanel(MethodPanel):
    """A way of paying with nothing to type: it says what happens next."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        row.addWidget(IconLabel("info", "info", self, scale=1.2), 0, Qt.AlignmentFlag.AlignTop)
        self.text = PlainLabel(text, wrap=True)
        row.addWidget(self.text, 1, Qt.AlignmentFlag.AlignTop)


def _caption(text: str, field: QWidget) -> PlainLabel:
    caption = PlainLabel(text, look="muted")
    caption.setBuddy(field)
    if isinstance(field, QLineEdit):
        field.setAccessibleName(text)
    return caption


def _two_columns(panel: QWidget, *fields: tuple[str, QLineEdit]) -> None:
    grid = QGridLayout(panel)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(gap(panel, 2))
    grid.setVerticalSpacing(gap(panel, 0.6))
    for column, (text, edit) in enumerate(fields):
        grid.addWidget(_caption(text, edit), 0, column)
        grid.addWidget(edit, 1, column)
        grid.setColumnStretch(column, 1)
    grid.setRowStretch(3, 1)
