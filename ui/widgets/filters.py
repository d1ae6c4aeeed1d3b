"""Filter chips above a table: each opens a menu with several values, all cleared at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from ui.theme import gap, set_look
from ui.widgets.buttons import button


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a chip: what the query gets and what the person reads."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter; ``single`` lets only one value be chosen at a time (a period, not a status)."""

    key: str
    title: str
    choices: tuple[Choice, ...]
    single: bool = False


class _StayingMenu(QMenu):
    """A menu that stays open while values are ticked, so that several can be chosen at once."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick with Space and stay; Enter ticks and closes."""
        action: QAction | None = self.activeAction()
        if event.text() == " " and action is not None and action.isCheckable():
            action.trigger()
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick with the pointer and stay open."""
        action: QAction | None = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable():
            action.trigger()
            return
        super().mouseReleaseEvent(event)


class ChipButton(QToolButton):
    """The look of a filter: its title, and in colour what is chosen of it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.show_words(())

    def show_words(self, words: Sequence[str]) -> None:
        """Show what is chosen: two words and how many more; screen readers tell all."""
        shown = ", ".join(words[:2]) + (f" +{len(words) - 2}" if len(words) > 2 else "")
        self.setText(f"{self.title}: {shown}" if words else self.title)
        self.setAccessibleName(f"{self.title}: {', '.join(words)}" if words else self.title)
        set_look(self, kind="chip", active="true" if words else "false")


class ChoiceChip(ChipButton):
    """A filter by given values, ticked in its menu.

    Signals:
        chosen_changed(values): a frozenset of the values a person ticked.
    """

    chosen_changed = Signal(object)

    def __init__(self, chip: Chip, parent: QWidget | None = None) -> None:
        super().__init__(chip.title, parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._is_single = chip.single
        self._choices: tuple[Choice, ...] = ()
        self._actions: dict[str, QAction] = {}
        self._chosen: frozenset[str] = frozenset()
        self._menu = _StayingMenu(self)
        self._menu.setToolTipsVisible(True)
        self.setMenu(self._menu)
        self.set_choices(chip.choices)

    @property
    def chosen(self) -> frozenset[str]:
        """The chosen values."""
        return self._chosen

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer other values; what is chosen stays as far as it is among them."""
        self._choices = tuple(choices)
        self._menu.clear()
        self._actions = {}
        for choice in choices:
            action = self._menu.addAction(choice.text.replace("&", "&&"))
            action.setCheckable(True)
            action.triggered.connect(
                lambda checked, value=choice.value: self._on_ticked(value, checked)
            )
            self._actions[choice.value] = action
        self.show_chosen(self._chosen)

    def understands(self, value: str) -> bool:
        """Tell whether a value is among those offered."""
        return value in self._actions

    def show_chosen(self, values: frozenset[str]) -> None:
        """Choose values; those not offered are left out. It tells nobody."""
        self._chosen = values & self._actions.keys()
        for value, action in self._actions.items():
            action.setChecked(value in self._chosen)
        self.show_words([each.text for each in self._choices if each.value in self._chosen])

    def _on_ticked(self, value: str, checked: bool) -> None:
        only = frozenset({value}) if checked else frozenset()
        wanted = only if self._is_single else (self._chosen - {value}) | only
        self.show_chosen(wanted)
        self.chosen_changed.emit(self._chosen)


class FilterChips(QWidget):
    """A row of chips.

    Signals:
        filters_changed(values): dict of key to frozenset of chosen values; empty sets are left out.
    """

    filters_changed = Signal(object)

    def __init__(self, chips: Sequence[Chip], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: dict[str, frozenset[str]] = {}
        self._buttons = {chip.key: ChoiceChip(chip) for chip in chips}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        for key, made in self._buttons.items():
            made.chosen_changed.connect(lambda values, key=key: self._on_chosen(key, values))
            row.addWidget(made)
        self._clear: QPushButton = button(self.tr("Clear filters"), kind="link")
        self._clear.clicked.connect(self.clear)
        row.addWidget(self._clear)
        row.addStretch(1)
        self._clear.hide()

    @property
    def values(self) -> dict[str, frozenset[str]]:
        """The chosen values by key; a chip without a choice is left out."""
        return dict(self._chosen)

    def set_values(self, values: dict[str, frozenset[str]]) -> None:
        """Choose values; unknown ones are ignored."""
        for key, made in self._buttons.items():
            made.show_chosen(values.get(key, frozenset()))
        self._take({key: made.chosen for key, made in self._buttons.items()})

    def clear(self) -> None:
        """Choose nothing, which filters nothing."""
        self.set_values({})

    def _on_chosen(self, key: str, values: frozenset[str]) -> None:
        self._take({**self._chosen, key: values})

    def _take(self, values: dict[str, frozenset[str]]) -> None:
        kept = {key: chosen for key, chosen in values.items() if chosen}
        changed = kept != self._chosen
        self._chosen = kept
        self._clear.setVisible(bool(kept))
        if changed:
            self.filters_changed.emit(self.values)
