"""The steps of the set-up; each says what is missing before the next may be shown."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from core.permissions import Role
from core.services.users import MIN_PASSWORD_LENGTH
from ui.pages.first_run.set_up import NewShop, Person
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.facts import KeyValueList
from ui.widgets.inputs import PhoneEdit
from ui.words import role_duties, role_name


class Step(QWidget):
    """Base of a step: a title, a sentence, a form."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(gap(self, 1.6))

    def add_head(self, title: str, sentence: str) -> None:
        """Put the title and the sentence on top."""
        self.column.addWidget(PlainLabel(title, look="title", wrap=True))
        self.column.addWidget(PlainLabel(sentence, look="muted", wrap=True))

    def problem(self) -> tuple[str, QWidget | None]:
        """Return what is missing and the field it concerns; ("", None) when the step is done."""
        return "", None

    def start(self) -> None:
        """Put the cursor where the step begins."""


class ShopStep(Step):
    """What stands on the shop's invoices."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.add_head(
            self.tr("Your shop"),
            self.tr("This stands on every invoice. It can be changed later under Settings."),
        )
        form = _form(self)
        self.name = QLineEdit()
        self.tin = QLineEdit()
        self.tin.setPlaceholderText(self.tr("nine digits; may be left empty"))
        self.phone = PhoneEdit(self.tr("Telephone"))
        self.address = QLineEdit()
        self.address.setPlaceholderText("KN 4 Ave, Kigali")
        _add(form, self.tr("Name of the shop"), self.name)
        _add(form, self.tr("TIN (tax number)"), self.tin)
        _add(form, self.tr("Telephone"), self.phone)
        _add(form, self.tr("Address"), self.address)

    def problem(self) -> tuple[str, QWidget | None]:
        """Ask for a name; number and telephone may be empty, but not wrong."""
        tin = self.tin.text().strip()
        if not self.name.text().strip():
            return self.tr("Type the name of the shop."), self.name
        if tin and not (len(tin) == 9 and tin.isascii() and tin.isdigit()):
            return self.tr("A TIN has nine digits; correct it or leave it empty."), self.tin
        if self.phone.edit.text().strip() and not self.phone.phone:
            return self.tr("This telephone number does not exist; correct or empty it."), self.phone
        return "", None

    def start(self) -> None:
        """Begin with the name."""
        self.name.setFocus()


class OwnerStep(Step):
    """The account that manages people and settings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.add_head(
            self.tr("The owner's account"),
            self.tr(
                "The owner adds people and sets up channels. Taking money is another account's"
                " work, so that nobody checks themselves."
            ),
        )
        form = _form(self)
        self.name = QLineEdit()
        self.password = _password()
        self.again = _password()
        _add(form, self.tr("Name to sign in with"), self.name)
        _add(form, self.tr("Password"), self.password)
        _add(form, self.tr("Password again"), self.again)
        self.column.addWidget(
            PlainLabel(
                self.tr("Write the password down and keep it safe: nobody can recover it."),
                look="small",
                wrap=True,
            )
        )

    def problem(self) -> tuple[str, QWidget | None]:
        """Ask for a name and the same long enough password twice."""
        if not self.name.text().strip():
            return self.tr("Type the owner's name."), self.name
        if len(self.password.text()) < MIN_PASSWORD_LENGTH:
            text = self.tr("A password has at least %1 characters.")
            return text.replace("%1", str(MIN_PASSWORD_LENGTH)), self.password
        if self.password.text() != self.again.text():
            return self.tr("The two passwords differ; type them again."), self.again
        return "", None

    def start(self) -> None:
        """Begin with the name."""
        self.name.setFocus()

    def person(self) -> Person:
        """Return the owner."""
        return Person(self.name.text().strip(), Role.ADMIN, self.password.text())


class TeamStep(Step):
    """The first people who handle money; every row may stay empty."""

    def __init__(self, owner: OwnerStep, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.add_head(
            self.tr("Who works here?"),
            self.tr(
                "Optional: people can be added later. A manager decides refunds, so a shop that"
                " gives money back needs one."
            ),
        )
        self._owner = owner
        grid = QGridLayout()
        grid.setHorizontalSpacing(gap(self, 2))
        grid.setVerticalSpacing(gap(self))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        grid.addWidget(PlainLabel(self.tr("Name"), look="muted"), 0, 1)
        grid.addWidget(PlainLabel(self.tr("Password"), look="muted"), 0, 2)
        self.rows: dict[Role, tuple[QLineEdit, QLineEdit]] = {}
        for place, role in enumerate((Role.CASHIER, Role.MANAGER, Role.CLERK), start=1):
            names = QVBoxLayout()
            names.setSpacing(0)
            names.addWidget(PlainLabel(role_name(role), look="heading"))
            names.addWidget(PlainLabel(role_duties(role), look="small"))
            grid.addLayout(names, place, 0)
            name, password = QLineEdit(), _password()
            name.setAccessibleName(f"{role_name(role)}: {self.tr('Name')}")
            password.setAccessibleName(f"{role_name(role)}: {self.tr('Password')}")
            grid.addWidget(name, place, 1)
            grid.addWidget(password, place, 2)
            self.rows[role] = (name, password)
        self.column.addLayout(grid)

    def problem(self) -> tuple[str, QWidget | None]:
        """Let rows be empty, but not half filled, and no name stand twice."""
        seen = {self._owner.name.text().strip().casefold()}
        for name, password in self.rows.values():
            typed = name.text().strip()
            if not typed and not password.text():
                continue
            if not typed:
                return self.tr("Type a name, or empty the password."), name
            if typed.casefold() in seen:
                return self.tr("This name is taken already; choose another."), name
            if len(password.text()) < MIN_PASSWORD_LENGTH:
                text = self.tr("A password has at least %1 characters.")
                return text.replace("%1", str(MIN_PASSWORD_LENGTH)), password
            seen.add(typed.casefold())
        return "", None

    def start(self) -> None:
        """Begin with the first name."""
        self.rows[Role.CASHIER][0].setFocus()

    def people(self) -> tuple[Person, ...]:
        """Return those whose row is filled."""
        return tuple(
            Person(name.text().strip(), role, password.text())
            for role, (name, password) in self.rows.items()
            if name.text().strip()
        )


class ReviewStep(Step):
    """Everything once more before it is written."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.add_head(
            self.tr("Is this right?"),
            self.tr("Nothing has been written yet. Back changes anything."),
        )
        self.facts = KeyValueList()
        self.column.addWidget(self.facts)

    def show_shop(self, shop: NewShop) -> None:
        """Show what will be written; passwords stay hidden."""
        people = ", ".join(f"{p.name} ({role_name(p.role)})" for p in shop.team)
        self.facts.set_facts(
            (
                (self.tr("Shop"), shop.shop_name),
                (self.tr("TIN"), shop.tin),
                (self.tr("Telephone"), shop.phone),
                (self.tr("Address"), shop.address),
                (self.tr("Owner"), shop.owner.name),
                (self.tr("People"), people or self.tr("nobody yet")),
            )
        )


def _form(step: Step) -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(gap(step, 2))
    form.setVerticalSpacing(gap(step, 1.2))
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    step.column.addLayout(form)
    return form


def _add(form: QFormLayout, label: str, field: QWidget) -> None:
    caption = PlainLabel(label)
    caption.setBuddy(field)
    field.setAccessibleName(label)
    form.addRow(caption, field)


def _password() -> QLineEdit:
    edit = QLineEdit()
    edit.setEchoMode(QLineEdit.EchoMode.Password)
    return edit
