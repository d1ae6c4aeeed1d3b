"""Fields for what a till takes in: amounts, telephone numbers, search words."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QLineEdit, QSpinBox, QVBoxLayout, QWidget

from core.errors import InvalidInputError
from core.money import DEFAULT_CURRENCY, display, grouped, parse_typed
from core.phones import network_of, normalize_phone, phone_display
from ui.icons import icon_pixmap
from ui.number_words import amount_in_words
from ui.theme import color_name, gap, set_look
from ui.widgets.basics import PlainLabel

SEARCH_DELAY_MS = 120


class _EchoField(QWidget):
    """A line edit with one line under it that repeats what was understood, or says why not."""

    def __init__(self, name: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.4))
        self.edit = self._make_edit()
        self.edit.setAccessibleName(name)
        self.echo = PlainLabel(look="small", wrap=True)
        column.addWidget(self.edit)
        column.addWidget(self.echo)
        self.setFocusProxy(self.edit)
        self._error = ""

    def _make_edit(self) -> QLineEdit:
        return QLineEdit(self)

    @property
    def error(self) -> str:
        """Why what stands in the field cannot be used, or an empty text."""
        return self._error

    def _show_understood(self, text: str) -> None:
        self._error = ""
        set_look(self.edit, invalid="false")
        set_look(self.echo, look="small")
        self._say(text)

    def _show_wrong(self, reason: str, *, marked: bool) -> None:
        self._error = reason
        set_look(self.edit, invalid="true" if marked else "false")
        set_look(self.echo, look="wrong" if marked else "small")
        self._say(reason if marked else "")

    def _say(self, text: str) -> None:
        self.echo.setText(text)
        self.edit.setAccessibleDescription(text)


class _AmountLine(QLineEdit):
    """The line of an amount field: "+" appends three zeros, "−" empties it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Catch the two keys of the number pad that help a cashier."""
        if event.text() == "+":
            if self.text().strip():
                self.setText(self.text().strip() + "000")
            return
        if event.text() == "-" and self.text():
            self.clear()
            return
        super().keyPressEvent(event)


class AmountEdit(_EchoField):
    """A field for a positive amount; repeats it grouped and in words, and never guesses.

    It takes what ``core.money.parse_typed`` takes: digits, or three-digit groups with one kind of
    separator. "1.5" is refused with the reason under the field. "+" appends 000, "−" empties a
    field that holds something.

    Signals:
        amount_changed(amount_minor): an int, or None while no usable amount stands there.
    """

    amount_changed = Signal(object)

    def __init__(
        self,
        name: str = "",
        parent: QWidget | None = None,
        *,
        currency: str = DEFAULT_CURRENCY,
        big: bool = False,
    ) -> None:
        super().__init__(name, parent)
        self.edit.setAccessibleName(name or self.tr("Amount"))
        self._currency = currency
        self._amount_minor: int | None = None
        if big:
            set_look(self.edit, look="big")
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.setPlaceholderText("0")
        self.echo.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.textChanged.connect(self._on_text_changed)
        self.edit.editingFinished.connect(self._on_editing_finished)

    @property
    def amount_minor(self) -> int | None:
        """The amount in minor units, or None."""
        return self._amount_minor

    @property
    def currency(self) -> str:
        """The currency's ISO 4217 code."""
        return self._currency

    def set_amount(self, amount_minor: int | None) -> None:
        """Put an amount into the field, or empty it."""
        self.edit.setText("" if amount_minor is None else grouped(amount_minor, self._currency))

    def require_amount(self) -> int:
        """Return the amount, or mark the field and say why there is none.

        Raises:
            InvalidInputError: the field holds no usable amount.

        """
        try:
            return parse_typed(self.edit.text(), self._currency)
        except InvalidInputError as error:
            self._show_wrong(error.message, marked=True)
            raise

    def _make_edit(self) -> QLineEdit:
        return _AmountLine(self)

    def _on_text_changed(self, text: str) -> None:
        before = self._amount_minor
        try:
            self._amount_minor = parse_typed(text, self._currency)
        except InvalidInputError as error:
            self._amount_minor = None
            # Halfway through a group ("15 0") nothing is wrong yet; a letter or a decimal is.
            self._show_wrong(error.message, marked=bool(text.strip()) and not _may_grow(text))
        else:
            shown = display(self._amount_minor, self._currency)
            language = QLocale().name()[:2].replace("C", "en")
            words = amount_in_words(self._amount_minor, self._currency, language)
            self._show_understood(f"{shown} · {words}" if words else shown)
        if self._amount_minor != before:
            self.amount_changed.emit(self._amount_minor)

    def _on_editing_finished(self) -> None:
        if self._amount_minor is not None:
            self.set_amount(self._amount_minor)
        elif self.edit.text().strip():
            self._show_wrong(self._error, marked=True)


def _may_grow(text: str) -> bool:
    """Tell whether typing on can still make three-digit groups of a text ("15 0", "1 500 ")."""
    for missing in ("0", "00", "000"):
        try:
            parse_typed(text.lstrip() + missing)
        except InvalidInputError:
            continue
        return True
    return False


class PhoneEdit(_EchoField):
    """A field for a telephone number, in any usual spelling.

    Signals:
        phone_changed(phone): the number in E.164, or an empty text while there is none.
        network_changed(network): "MTN", "AIRTEL" or "": a hint from the prefix, no more.
    """

    phone_changed = Signal(str)
    network_changed = Signal(str)

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.edit.setAccessibleName(name or self.tr("Telephone"))
        self.edit.setPlaceholderText("0788 123 456")
        self.edit.setInputMethodHints(Qt.InputMethodHint.ImhDialableCharactersOnly)
        self._phone = ""
        self._network = ""
        self.edit.textChanged.connect(self._on_text_changed)
        self.edit.editingFinished.connect(self._on_editing_finished)

    @property
    def phone(self) -> str:
        """The number in E.164, or an empty text."""
        return self._phone

    def set_phone(self, phone: str) -> None:
        """Put a number into the field, or empty it."""
        self.edit.setText(phone_display(phone))

    def _on_text_changed(self, text: str) -> None:
        before = self._phone
        try:
            self._phone = normalize_phone(text)
        except InvalidInputError as error:
            self._phone = ""
            self._show_wrong(error.message, marked=False)
        else:
            network = network_of(self._phone) or ""
            self._show_understood(" · ".join(filter(None, [self._phone, network])))
        if self._phone != before:
            self.phone_changed.emit(self._phone)
        network = (network_of(self._phone) or "") if self._phone else ""
        if network != self._network:
            self._network = network
            self.network_changed.emit(network)

    def _on_editing_finished(self) -> None:
        if self._phone:
            self.set_phone(self._phone)
        elif self.edit.text().strip():
            self._show_wrong(self._error, marked=True)


class CountEdit(QSpinBox):
    """A field for a small whole number, such as how many of an article; never for money."""

    def __init__(
        self, name: str, parent: QWidget | None = None, *, least: int = 0, most: int = 9999
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setRange(least, most)
        # The stylesheet's padding does not reach the left edge of a spin box's own line.
        self.lineEdit().setTextMargins(gap(self, 1.2), 0, 0, 0)


class SearchField(QLineEdit):
    """A search box: Ctrl+F goes there, typing searches after a short rest, Enter at once.

    A page with several of them gives the others a ``key`` of their own.

    Signals:
        search_changed(text): trimmed, once per change.
    """

    search_changed = Signal(str)

    def __init__(
        self, placeholder: str = "", parent: QWidget | None = None, *, key: str = "Ctrl+F"
    ) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder or self.tr("Search"))
        self.setAccessibleName(placeholder or self.tr("Search"))
        self.setToolTip(self.tr("Search (%1)").replace("%1", key))
        self.setClearButtonEnabled(True)
        self.setTextMargins(round(self.fontMetrics().height() * 1.3), 0, 0, 0)
        self._sent = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_DELAY_MS)
        self._timer.timeout.connect(self._send)
        self.textChanged.connect(self._on_text_changed)
        self.returnPressed.connect(self._send)
        find = QShortcut(QKeySequence(key), self)
        find.activated.connect(self._on_find)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Esc empty the box before it means anything else."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._send()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the magnifying glass before the text."""
        super().paintEvent(event)
        side = self.fontMetrics().height()
        pixmap = icon_pixmap("search", color_name("text_muted"), side, self.devicePixelRatioF())
        QPainter(self).drawPixmap(round(side * 0.6), (self.height() - side) // 2, pixmap)

    def search_for(self, text: str) -> None:
        """Search for a text at once, or for nothing."""
        self.setText(text)
        self._send()

    def _on_text_changed(self) -> None:
        self._timer.start()

    def _on_find(self) -> None:
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def _send(self) -> None:
        self._timer.stop()
        text = self.text().strip()
        if text != self._sent:
            self._sent = text
            self.search_changed.emit(text)
