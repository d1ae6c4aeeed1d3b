"""The dialog by which a manager adds or takes points, with the reason."""

from __future__ import annotations

import uuid

from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from core.errors import InvalidInputError
from core.money import grouped
from core.services.loyalty.rows import MemberRow
from core.services.loyalty.service import CorrectPoints
from ui.loyalty.words import points_text
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.form_dialog import FormDialog

_MOST = 1_000_000


class CorrectionDialog(FormDialog):
    """Says before it is done what the customer has afterwards; its key makes twice the same."""

    def __init__(self, member: MemberRow, parent: QWidget | None = None) -> None:
        title = self.tr("Correct the points of %1").replace("%1", member.customer_name)
        super().__init__(title, "", parent)
        self._member = member
        self._key = str(uuid.uuid4())
        self.points = QSpinBox()
        self.points.setRange(-min(member.points, _MOST), _MOST)
        self.points.lineEdit().setTextMargins(gap(self, 1.2), 0, 0, 0)
        self.points.valueChanged.connect(self._show_outcome)
        self.add_field(self.tr("Points to add, or to take (−)"), self.points)
        self.outcome = PlainLabel(look="muted")
        self.form.addRow("", self.outcome)
        self.reason = QLineEdit()
        self.reason.setMaxLength(300)
        self.add_field(self.tr("Reason"), self.reason)
        self._show_outcome()
        self.points.setFocus()
        self.points.selectAll()

    def command(self) -> CorrectPoints:
        """Return what was typed.

        Raises:
            InvalidInputError: no points, or no reason.

        """
        if not self.points.value():
            self.points.setFocus()
            raise InvalidInputError(
                self.tr("Nothing was changed. Type how many points to add or take.")
            )
        if not self.reason.text().strip():
            self.reason.setFocus()
            raise InvalidInputError(
                self.tr("Nothing was changed. Write why the points are corrected.")
            )
        return CorrectPoints(
            self._key, self._member.customer_id, self.points.value(), self.reason.text().strip()
        )

    def _show_outcome(self) -> None:
        points = self.points.value()
        after = grouped(self._member.points + points)
        self.outcome.setText(
            self.tr("%1 now, %2 afterwards")
            .replace("%1", grouped(self._member.points))
            .replace("%2", after)
        )
        act = self.tr("Take %1 (F12)") if points < 0 else self.tr("Add %1 (F12)")
        self.submit_button.setText(act.replace("%1", points_text(abs(points))))
