"""Changing one's own password, proven by the old one."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from core.errors import InvalidInputError, KnownError
from ui.context import PageContext
from ui.widgets.form_dialog import FormDialog


class OwnPasswordDialog(FormDialog):
    """Asks for the old password and twice for the new one."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(_tr("Change my password"), _tr("Change it (F12)"), parent)
        self._context = context
        self.old = self._add_password(self.tr("Password until now"))
        self.new = self._add_password(self.tr("New password"))
        self.again = self._add_password(self.tr("New password again"))
        self.old.setFocus()
        self.submitted.connect(self._on_submitted)

    def fail(self, error: KnownError) -> None:
        """Show why nothing was changed, and go to the field it is about."""
        super().fail(error)
        is_new = isinstance(error, InvalidInputError)
        field = self.new if is_new else self.old
        field.setFocus()
        field.selectAll()

    def _on_submitted(self) -> None:
        old, new = self.old.text(), self.new.text()
        if new != self.again.text():
            told = self.tr("Nothing was changed. The two new passwords differ; type them again.")
            self.fail(InvalidInputError(told, field="password"))
            return
        users, actor = self._context.app.users, self._context.actor
        self.run(
            self._context.tasks, lambda: users.change_password(actor, old, new), lambda _none: None
        )

    def _add_password(self, label: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.add_field(label, edit)
        return edit


def _tr(text: str) -> str:
    return QCoreApplication.translate("OwnPasswordDialog", text)
