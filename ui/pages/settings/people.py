"""The people of the shop: adding, new passwords, and keeping somebody out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from core.errors import InvalidInputError, KnownError
from core.permissions import Actor, Role
from core.services.rows import UserRow
from ui.badges import badge_for
from ui.theme import gap
from ui.widgets.basics import BadgeLabel, Card, PlainLabel
from ui.widgets.buttons import button
from ui.widgets.form_dialog import FormDialog
from ui.words import role_duties, role_name


class PeopleList(Card):
    """Everybody with role and state, and what may be done about each.

    Signals:
        add_requested: somebody new.
        password_requested(name): a new password for somebody.
        active_toggled(name, active): let somebody in, or keep them out.
    """

    add_requested = Signal()
    password_requested = Signal(str)
    active_toggled = Signal(str, bool)

    def __init__(self, actor: Actor, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._actor = actor
        head = QHBoxLayout()
        head.addWidget(
            PlainLabel(
                self.tr("Nobody is ever deleted: what they did stays in the books."), look="muted"
            ),
            1,
        )
        self.add = button(self.tr("Add a person (Ctrl+N)"), kind="primary", icon_name="plus")
        self.add.setShortcut("Ctrl+N")
        self.add.clicked.connect(self.add_requested)
        head.addWidget(self.add)
        self.body.addLayout(head)
        self._holder = QWidget()
        self.body.addWidget(self._holder)
        self.buttons: dict[tuple[str, str], QWidget] = {}

    def show_people(self, people: Sequence[UserRow]) -> None:
        """Show everybody anew."""
        old = self._holder
        self._holder = QWidget()
        grid = QGridLayout(self._holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(gap(self, 2))
        grid.setVerticalSpacing(gap(self))
        grid.setColumnStretch(1, 1)
        self.buttons = {}
        for place, person in enumerate(people):
            self._add_row(grid, place, person)
        self.body.replaceWidget(old, self._holder)
        old.hide()
        old.deleteLater()

    def _add_row(self, grid: QGridLayout, place: int, person: UserRow) -> None:
        grid.addWidget(PlainLabel(person.name, look="heading"), place, 0)
        duties = f"{role_name(person.role)} – {role_duties(person.role)}"
        grid.addWidget(PlainLabel(duties, look="muted", wrap=True), place, 1)
        grid.addWidget(BadgeLabel(badge_for("active", person.is_active)), place, 2)
        password = button(self.tr("New password…"))
        password.setAccessibleName(self.tr("New password for %1").replace("%1", person.name))
        password.clicked.connect(partial(self._on_password, person.name))
        grid.addWidget(password, place, 3)
        toggle = button(self.tr("Disable") if person.is_active else self.tr("Enable"))
        toggle.setAccessibleName(f"{toggle.text()} {person.name}")
        toggle.clicked.connect(partial(self._on_toggle, person.name, not person.is_active))
        if person.name == self._actor.name:
            toggle.setEnabled(False)
            toggle.setToolTip(self.tr("Nobody can disable themselves."))
        grid.addWidget(toggle, place, 4)
        self.buttons[person.name, "password"] = password
        self.buttons[person.name, "toggle"] = toggle

    def _on_password(self, name: str) -> None:
        self.password_requested.emit(name)

    def _on_toggle(self, name: str, active: bool) -> None:
        self.active_toggled.emit(name, active)


_WIDE_CHARACTERS = 96


class PersonDialog(FormDialog):
    """Adds a person, or gives one a new password when ``name`` is given."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        title = _tr("New password for %1").replace("%1", name) if name else _tr("Add a person")
        act = _tr("Set the password (F12)") if name else _tr("Add (F12)")
        super().__init__(title, act, parent)
        self.name = QLineEdit(name)
        self.role = QComboBox()
        for role in Role:
            self.role.addItem(f"{role_name(role)} – {role_duties(role)}", role)
        if not name:
            self.add_field(self.tr("Name to sign in with"), self.name)
            self.add_field(self.tr("Role"), self.role)
            # So wide that what each role does stands beside its label, not below it.
            self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDE_CHARACTERS)
        self.password = self._add_password(self.tr("Password"))
        self.again = self._add_password(self.tr("Password again"))
        (self.password if name else self.name).setFocus()

    def chosen_role(self) -> Role:
        """Return the role chosen."""
        return Role(self.role.currentData())

    def checked_password(self) -> str:
        """Return the password.

        Raises:
            InvalidInputError: the two fields differ.

        """
        if self.password.text() != self.again.text():
            raise InvalidInputError(
                self.tr("Nothing was changed. The two passwords differ; type them again."),
                field="password",
            )
        return self.password.text()

    def fail(self, error: KnownError) -> None:
        """Show why nothing was done, and go to the field it is about."""
        super().fail(error)
        is_password = isinstance(error, InvalidInputError) and error.field == "password"
        field = self.password if is_password or not self.name.isVisible() else self.name
        field.setFocus()

    def _add_password(self, label: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.add_field(label, edit)
        return edit


def _tr(text: str) -> str:
    return QCoreApplication.translate("PersonDialog", text)
