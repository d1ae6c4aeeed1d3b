"""One way to write papers, typed beside a picture of the invoice it makes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit, QWidget

from core.errors import InvalidInputError, KnownError, StorageError
from core.services.papers.templates import MAX_DUE_DAYS, MAX_LOGO_BYTES, SaveTemplate, TemplateRow
from ui.pages.settings.shop_form import Field, SavingForm, text_of
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.inputs import CountEdit

PREVIEW_DELAY_MS = 400
LogoAsker = Callable[[QWidget, Callable[[Path], object]], object]
"""Ask for a picture, and what to do with its path."""


class TemplateForm(SavingForm):
    """The fields of a template; what is left empty comes from the shop's own settings.

    Signals:
        preview_wanted: what is typed would look another way now.
        default_requested, retire_requested: a button was pressed.
    """

    preview_wanted = Signal()
    default_requested = Signal()
    retire_requested = Signal()

    def __init__(self, parent: QWidget | None = None, *, ask_logo: LogoAsker | None = None) -> None:
        super().__init__("", parent)
        self._ask_logo = ask_logo or _ask_for_logo
        self._row: TemplateRow | None = None
        self._logo: bytes | None = None
        self._key = ""
        self._texts: dict[str, Field] = {}
        self.add_explanation(
            self.tr("What is left empty here comes from the Shop tab. Papers issued before stay.")
        )
        self._add_text("name", self.tr("Name of the template"))
        self.language = self.add_choice(
            "language",
            self.tr("Language"),
            (("en", "English"), ("fr", "Français"), ("rw", "Ikinyarwanda")),
        )
        self.due_days = CountEdit(self.tr("Days until due"), most=MAX_DUE_DAYS)
        self.due_days.valueChanged.connect(self.note_edit)
        self.add_field("due_days", self.tr("Days until due"), self.due_days)
        self._add_logo()
        for name, label, lines in (
            ("shop_name", self.tr("Shop’s name"), 1),
            ("tin", self.tr("TIN"), 1),
            ("phone", self.tr("Telephone"), 1),
            ("email", self.tr("E-mail"), 1),
            ("address", self.tr("Address"), 2),
            ("bank_details", self.tr("Bank details"), 2),
            ("footer", self.tr("Last line"), 2),
            ("accent_colour", self.tr("Colour"), 1),
        ):
            self._add_text(name, label, lines=lines)
        colour = self._texts["accent_colour"]
        colour.setPlaceholderText("#0a5560")
        self.make_default = button(self.tr("Make it the default"))
        self.make_default.clicked.connect(self.default_requested)
        self.retire = button(self.tr("Retire"))
        self.retire.setToolTip(self.tr("No new paper is written by it; those issued stay."))
        self.retire.clicked.connect(self.retire_requested)
        self.add_action(self.make_default)
        self.add_action(self.retire)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PREVIEW_DELAY_MS)
        self._timer.timeout.connect(self.preview_wanted)
        self.edited.connect(self._timer.start)
        self.show_template(None)

    @property
    def template_id(self) -> str:
        """The template being edited, or an empty text for a new one."""
        return self._row.template_id if self._row else ""

    @property
    def kept_logo(self) -> bytes:
        """The picture the template had when it was opened."""
        return self._row.logo if self._row else b""

    def show_template(self, row: TemplateRow | None) -> None:
        """Fill the fields with a template, or empty them for a new one."""
        self._row, self._logo, self._key = row, None, str(uuid.uuid4())

        def put() -> None:
            for name, field in self._texts.items():
                text = str(getattr(row, name)) if row else ""
                if isinstance(field, QPlainTextEdit):
                    field.setPlainText(text)
                else:
                    field.setText(text)
            self.language.setCurrentIndex(self.language.findData(row.language if row else "en"))
            self.due_days.setValue(row.due_days if row else 0)

        self.fill(put)
        self._timer.stop()
        self._tell_logo()
        self.make_default.setVisible(row is not None and not row.is_default)
        self.retire.setVisible(row is not None)
        self.preview_wanted.emit()

    def command(self) -> SaveTemplate:
        """Return what is typed; the same key until it has been kept."""
        texts = {name: text_of(field).strip() for name, field in self._texts.items()}
        return SaveTemplate(
            key=self._key,
            name=texts["name"],
            shop_name=texts["shop_name"],
            tin=texts["tin"],
            address=texts["address"],
            phone=texts["phone"],
            email=texts["email"],
            bank_details=texts["bank_details"],
            footer=texts["footer"],
            accent_colour=texts["accent_colour"],
            language=str(self.language.currentData()),
            due_days=self.due_days.value(),
            logo=self._logo,
            template_id=self.template_id,
            version=self._row.version if self._row else None,
        )

    def fail(self, error: KnownError) -> None:
        """Show why nothing was kept; another attempt is another command."""
        super().fail(error)
        self._key = str(uuid.uuid4())

    def _add_text(self, name: str, label: str, *, lines: int = 1) -> None:
        self._texts[name] = self.add_text(name, label, lines=lines)

    def _add_logo(self) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        self.logo_state = PlainLabel()
        self.choose_logo = button(self.tr("Choose a picture…"))
        self.choose_logo.clicked.connect(lambda: self._ask_logo(self, self._on_logo_chosen))
        self.drop_logo = button(self.tr("Take it away"), kind="quiet")
        self.drop_logo.clicked.connect(self._on_logo_dropped)
        row.addWidget(self.choose_logo)
        row.addWidget(self.drop_logo)
        row.addWidget(self.logo_state, 1)
        self.add_field("logo", self.tr("Logo"), holder)

    def _on_logo_chosen(self, path: Path) -> None:
        self.clear_messages()
        try:
            # A picture is small; a film chosen by mistake is not read.
            if path.stat().st_size > MAX_LOGO_BYTES:
                raise InvalidInputError(
                    "Nothing was changed. The logo is larger than 10 MB; take a smaller picture."
                )
            self._logo = path.read_bytes()
        except OSError as error:
            self.message.show_error(StorageError(f"{path} cannot be read.", details=str(error)))
            return
        except KnownError as error:
            self.message.show_error(error)
            return
        self._tell_logo()
        self.note_edit()

    def _on_logo_dropped(self) -> None:
        self._logo = b""
        self._tell_logo()
        self.note_edit()

    def _tell_logo(self) -> None:
        logo = self.kept_logo if self._logo is None else self._logo
        self.logo_state.setText("" if logo else self.tr("the shop’s own, if it has one"))
        self.drop_logo.setVisible(bool(logo))


def _ask_for_logo(window: QWidget, on_chosen: Callable[[Path], object]) -> None:
    dialog = QFileDialog(window)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter("PNG, JPEG (*.png *.jpg *.jpeg)")
    dialog.fileSelected.connect(lambda path: on_chosen(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
