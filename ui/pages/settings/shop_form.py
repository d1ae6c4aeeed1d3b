"""What stands on the shop's papers, how the program looks, and what all such forms share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from core.errors import InvalidInputError, KnownError
from core.services.settings import ShopSettings
from ui.theme import gap, set_look
from ui.widgets.basics import Card, PlainLabel
from ui.widgets.buttons import BusyButton
from ui.widgets.messages import InlineMessage

Field = QLineEdit | QPlainTextEdit


class SavingForm(Card):
    """A card of fields with one Save button (Ctrl+S while the focus is inside).

    Signals:
        save_requested: Save was pressed; end it with ``finish``.
        edited: a person changed something.
    """

    save_requested = Signal()
    edited = Signal()

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(heading, parent)
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(gap(self, 2))
        self.form.setVerticalSpacing(gap(self, 1.1))
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.body.addLayout(self.form)
        self.message = InlineMessage(self)
        self.body.addWidget(self.message)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch(1)
        self.save = BusyButton(self.tr("Save"))
        self.save.setToolTip("Ctrl+S")
        self.save.clicked.connect(self._on_save)
        self._buttons.addWidget(self.save)
        self._actions: list[QWidget] = [self.save]
        self.body.addLayout(self._buttons)
        self.fields: dict[str, QWidget] = {}
        self._has_edits = False
        self._is_filling = False

    @property
    def has_edits(self) -> bool:
        """Tell whether a person changed something that is not saved."""
        return self._has_edits

    def add_explanation(self, text: str) -> None:
        """Put a sentence over the fields."""
        self.body.insertWidget(0, PlainLabel(text, look="muted", wrap=True))

    def add_text(self, name: str, label: str, *, lines: int = 1, hint: str = "") -> Field:
        """Add a field for text."""
        field: Field = QLineEdit() if lines == 1 else QPlainTextEdit()
        if isinstance(field, QPlainTextEdit):
            field.setTabChangesFocus(True)
            field.setFixedHeight(self.fontMetrics().height() * (lines + 1))
        field.setPlaceholderText(hint)
        field.textChanged.connect(self.note_edit)
        self.add_field(name, label, field)
        return field

    def add_choice(self, name: str, label: str, choices: tuple[tuple[str, str], ...]) -> QComboBox:
        """Add a list of (value, text) to choose from."""
        field = QComboBox()
        field.setMinimumContentsLength(24)
        for value, text in choices:
            field.addItem(text, value)
        field.currentIndexChanged.connect(self.note_edit)
        self.add_field(name, label, field)
        return field

    def add_field(self, name: str, label: str, field: QWidget) -> None:
        """Add a row; ``name`` is what the service calls the field."""
        caption = PlainLabel(label)
        caption.setBuddy(field)
        field.setAccessibleName(label)
        self.form.addRow(caption, field)
        self.keep_field(name, field)

    def keep_field(self, name: str, field: QWidget) -> None:
        """Know a field by its name, and let Tab come to it before the buttons."""
        self.fields[name] = field
        for before, after in pairwise((field, *self._actions)):
            self.setTabOrder(before, after)

    def add_action(self, action: QWidget) -> None:
        """Put another button into the row of Save, before it."""
        self._buttons.insertWidget(0, action)
        self._actions.insert(0, action)

    def note_edit(self) -> None:
        """Remember that a person changed something."""
        if not self._is_filling:
            self._has_edits = True
            self.edited.emit()

    def fill(self, put: Callable[[], object]) -> None:
        """Put values in without calling it an edit."""
        self._is_filling = True
        put()
        self._is_filling = False
        self._has_edits = False

    def finish(self) -> None:
        """Take the busy state away."""
        self.save.finish()

    def tell_saved(self) -> None:
        """Say that everything is kept."""
        self._has_edits = False
        self.message.show_message(self.tr("Saved."), level="success")

    def fail(self, error: KnownError) -> None:
        """Show why nothing was saved and mark the field it is about."""
        self.message.show_error(error)
        field = self.fields.get(error.field) if isinstance(error, InvalidInputError) else None
        if field is not None:
            set_look(field, invalid="true")
            field.setFocus()

    def clear_messages(self) -> None:
        """Take away what was told, and the marks of wrong fields."""
        self.message.clear()
        for field in self.fields.values():
            set_look(field, invalid="false")

    def _on_save(self) -> None:
        self.clear_messages()
        self.save_requested.emit()


class ShopForm(SavingForm):
    """Name, tax number, address and what else stands on an invoice; and the shop's proxy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._texts: dict[str, Field] = {}
        for name, label, lines in (
            ("shop_name", self.tr("Name of the shop"), 1),
            ("tin", self.tr("TIN (nine digits)"), 1),
            ("phone", self.tr("Telephone"), 1),
            ("email", self.tr("E-mail"), 1),
            ("address", self.tr("Address"), 2),
            ("bank_details", self.tr("Bank details on invoices"), 3),
            ("invoice_footer", self.tr("Last line of invoices"), 2),
        ):
            self._texts[name] = self.add_text(name, label, lines=lines)
        self._texts["proxy_url"] = self.add_text(
            "proxy_url",
            self.tr("Proxy to the mobile networks"),
            hint=self.tr("empty: none; else such as http://proxy:3128"),
        )

    def show_settings(self, settings: ShopSettings) -> None:
        """Fill the fields."""

        def put() -> None:
            for name, field in self._texts.items():
                text = str(getattr(settings, name))
                if isinstance(field, QPlainTextEdit):
                    field.setPlainText(text)
                else:
                    field.setText(text)

        self.fill(put)

    def change(self) -> Callable[[ShopSettings], ShopSettings]:
        """Return what puts the fields, as they are now, into settings; it touches no widget."""
        texts = {name: text_of(field) for name, field in self._texts.items()}
        return lambda settings: replace(
            settings,
            shop_name=texts["shop_name"],
            tin=texts["tin"],
            phone=texts["phone"],
            email=texts["email"],
            address=texts["address"],
            bank_details=texts["bank_details"],
            invoice_footer=texts["invoice_footer"],
            proxy_url=texts["proxy_url"],
        )


class AppearanceForm(SavingForm):
    """Colours, text size and language of every desk of the shop."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.add_explanation(
            self.tr("For every desk; one whose colours were switched in the top bar keeps its own.")
        )
        self.theme = self.add_choice(
            "theme",
            self.tr("Colours"),
            (
                ("system", self.tr("As the computer has them")),
                ("light", self.tr("Light")),
                ("dark", self.tr("Dark")),
            ),
        )
        self.text_size = self.add_choice(
            "text_size_percent",
            self.tr("Text size"),
            tuple((str(percent), f"{percent} %") for percent in (100, 110, 125, 150)),
        )
        self.lock_after = self.add_choice(
            "lock_after_minutes",
            self.tr("Lock a desk nobody touches"),
            (
                ("0", self.tr("Never, only by F8")),
                *(
                    (str(minutes), self.tr("After %1 minutes").replace("%1", str(minutes)))
                    for minutes in (2, 5, 10, 15, 30, 60)
                ),
            ),
        )
        # Only what there are texts for: French and Kinyarwanda join the list with theirs.
        self.language = self.add_choice("language", self.tr("Language"), (("en", "English"),))

    def show_settings(self, settings: ShopSettings) -> None:
        """Choose what is in force."""

        def put() -> None:
            _choose(self.theme, settings.theme)
            _choose(self.text_size, str(settings.text_size_percent))
            _choose(self.language, settings.language)
            _choose(self.lock_after, str(settings.lock_after_minutes))

        self.fill(put)

    def change(self) -> Callable[[ShopSettings], ShopSettings]:
        """Return what puts the choices, as they are now, into settings; it touches no widget."""
        theme, language = str(self.theme.currentData()), str(self.language.currentData())
        percent = int(self.text_size.currentData())
        minutes = int(self.lock_after.currentData())
        return lambda settings: replace(
            settings,
            theme=theme,
            text_size_percent=percent,
            language=language,
            lock_after_minutes=minutes,
        )


def text_of(field: Field) -> str:
    """Return what a field holds."""
    return field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()


def _choose(box: QComboBox, value: str) -> None:
    box.setCurrentIndex(max(0, box.findData(value)))
