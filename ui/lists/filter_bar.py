"""The search and the chips above a list, and the buttons that belong to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui.lists.chips import AnyChip, chip_button
from ui.lists.filter_values import FilterValues
from ui.theme import gap
from ui.widgets.buttons import button
from ui.widgets.filters import Choice, ChoiceChip
from ui.widgets.flow import FlowLayout
from ui.widgets.inputs import SearchField

_SEARCH_CHARACTERS = 28


class FilterBar(QWidget):
    """Search field, chips and "Clear filters", in as many rows as the width needs.

    Signals:
        changed: a person chose or typed something else; ask ``values``.
    """

    changed = Signal()

    def __init__(
        self,
        chips: Sequence[AnyChip],
        search_hint: str,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._values = FilterValues()
        self._flow = FlowLayout(self, spacing=gap(self))
        self.search = SearchField(search_hint)
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * _SEARCH_CHARACTERS)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.search.search_changed.connect(self._on_typed)
        self._flow.addWidget(self.search)
        self.chips = {chip.key: chip_button(chip, today) for chip in chips}
        for key, made in self.chips.items():
            made.chosen_changed.connect(lambda values, key=key: self._on_chosen(key, values))
            self._flow.addWidget(made)
        self.clear_button: QPushButton = button(self.tr("Clear filters"), kind="link")
        self.clear_button.clicked.connect(lambda _checked=False: self._take(FilterValues()))
        self._flow.addWidget(self.clear_button)
        self.clear_button.hide()

    @property
    def values(self) -> FilterValues:
        """What is chosen and searched for."""
        return self._values

    def add_button(self, extra: QWidget) -> None:
        """Put a button behind the chips."""
        self._flow.addWidget(extra)

    def show_values(self, values: FilterValues) -> bool:
        """Choose values; what no chip understands is left out. True if they are others now.

        It tells nobody, as whoever calls this knows.
        """
        for key, made in self.chips.items():
            made.show_chosen(values.of(key))
        chosen = frozenset(
            (key, value) for key, made in self.chips.items() for value in made.chosen
        )
        shown = FilterValues(chosen, values.search.strip())
        is_other = shown != self._values
        self._values = shown
        if self.search.text().strip() != shown.search:
            # Only then: whoever is typing keeps the space before the next word.
            self.search.search_for(shown.search)
        self.clear_button.setVisible(bool(chosen) and not self._are_chips_hidden())
        return is_other

    def set_choices(self, key: str, choices: Sequence[Choice]) -> None:
        """Offer other values of a chip, which are known only once the shop was asked.

        What is chosen already stays offered.
        """
        chip = self.chips[key]
        if not isinstance(chip, ChoiceChip):
            return
        known = {choice.value for choice in choices}
        kept = [Choice(value, value) for value in sorted(chip.chosen) if value not in known]
        chip.set_choices([*choices, *kept])

    def show_chips(self, shown: bool) -> None:
        """Show the chips, or only the search while another page's filter stands."""
        for chip in self.chips.values():
            chip.setVisible(shown)
        self.clear_button.setVisible(shown and bool(self._values.chosen))

    def _are_chips_hidden(self) -> bool:
        return any(chip.isHidden() for chip in self.chips.values())

    def _on_typed(self, text: str) -> None:
        # Without this a value shown by the program would be told as if it had been typed.
        if text != self._values.search:
            self._take(FilterValues(self._values.chosen, text))

    def _on_chosen(self, key: str, values: frozenset[str]) -> None:
        typed = FilterValues(self._values.chosen, self.search.text().strip())
        self._take(typed.with_values(key, values))

    def _take(self, values: FilterValues) -> None:
        if self.show_values(values):
            self.changed.emit()
