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


class FilterChips(QWidget):
    """A row of chips.

    Signals:
        filters_changed(values): dict of key to frozenset of chosen values; empty sets are left out.
    """

    filters_changed = Signal(object)

    def __init__(self, chips: Sequence[Chip], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips = {chip.key: chip for chip in chips}
        self._chosen: dict[str, frozenset[str]] = {}
        self._buttons: dict[str, QToolButton] = {}
        self._actions: dict[str, dict[str, QAction]] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        for chip in chips:
            self._buttons[chip.key] = self._make_chip(chip)
            row.addWidget(self._buttons[chip.key])
        self._clear: QPushButton = button(self.tr("Clear filters"), kind="link")
        self._clear.clicked.connect(self.clear)
        row.addWidget(self._clear)
        row.addStretch(1)
        self._show_chosen()

    @property
    def values(self) -> dict[str, frozenset[str]]:
        """The chosen values by key; a chip without a choice is left out."""
        return dict(self._chosen)

    def set_values(self, values: dict[str, frozenset[str]]) -> None:
        """Choose values, as a saved filter does; unknown ones are ignored."""
        known = self._actions
        self._choose({key: values[key] & known[key].keys() for key in values if key in known})

    def clear(self) -> None:
        """Choose nothing, which filters nothing."""
        self._choose({})

    def _make_chip(self, chip: Chip) -> QToolButton:
        made = QToolButton()
        set_look(made, kind="chip", active="false")
        made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = _StayingMenu(made)
        menu.setToolTipsVisible(True)
        self._actions[chip.key] = {}
        for choice in chip.choices:
            action = menu.addAction(choice.text)
            action.setCheckable(True)
            action.triggered.connect(
                lambda checked, key=chip.key, value=choice.value: self._on_chosen(
                    key, value, checked
                )
            )
            self._actions[chip.key][choice.value] = action
        made.setMenu(menu)
        return made

    def _on_chosen(self, key: str, value: str, checked: bool) -> None:
        before = self._chosen.get(key, frozenset())
        only = frozenset({value}) if checked else frozenset()
        after = (
            only if self._chips[key].single else (before | only if checked else before - {value})
        )
        self._choose({**self._chosen, key: after})

    def _choose(self, values: dict[str, frozenset[str]]) -> None:
        kept = {key: chosen for key, chosen in values.items() if chosen}
        changed = kept != self._chosen
        self._chosen = kept
        self._show_chosen()
        if changed:
            self.filters_changed.emit(self.values)

    def _show_chosen(self) -> None:
        for key, chip in self._chips.items():
            chosen = self._chosen.get(key, frozenset())
            for value, action in self._actions[key].items():
                action.setChecked(value in chosen)
            words = [choice.text for choice in chip.choices if choice.value in chosen]
            shown = ", ".join(words[:2]) + (f" +{len(words) - 2}" if len(words) > 2 else "")
            made = self._buttons[key]
            made.setText(f"{chip.title}: {shown}" if words else chip.title)
            made.setAccessibleName(f"{chip.title}: {', '.join(words)}" if words else chip.title)
            set_look(made, active="true" if words else "false")
        self._clear.setVisible(bool(self._chosen))
