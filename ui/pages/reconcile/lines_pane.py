"""The table of lines with its search and, under it, what may be done with the current one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from core.model.reconciliations import LineCategory
from core.services.matching.line_candidates import LineDetail
from core.services.reconciliations.lists import LineFilter, ListedLine
from core.services.rows import StatementLineRow
from ui.context import PageContext
from ui.pages.reconcile.line_list import LineList
from ui.pages.reconcile.lines import LinesTable
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.flow import FlowLayout
from ui.widgets.inputs import SearchField


class LinesPane(QWidget):
    """Lines with buttons that name their keys.

    Signals:
        approve_wanted, fee_wanted, write_off_wanted, ignore_wanted, as_before_wanted, undo_wanted,
            undo_last_wanted, undo_all_wanted: a button was pressed.
        search_changed(text): other lines are searched for.
    """

    approve_wanted = Signal()
    fee_wanted = Signal()
    write_off_wanted = Signal()
    ignore_wanted = Signal()
    as_before_wanted = Signal()
    undo_wanted = Signal()
    undo_last_wanted = Signal()
    undo_all_wanted = Signal()
    search_changed = Signal(str)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.8))
        self.search = SearchField(self.tr("Find a line: text or amount (Ctrl+L)"), key="Ctrl+L")
        self.search.search_changed.connect(self.search_changed)
        column.addWidget(self.search)
        self.table = LinesTable()
        self.place = LineList(context, self.table, self)
        self.empty = PlainLabel("", look="muted", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        # The keyboard stays where it was when the last row goes: a letter is still a key here.
        self.empty.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        column.addLayout(self._stack, 1)
        self.place.arrived.connect(self._show_empty)
        row = FlowLayout(spacing=gap(self, 0.6))
        self.approve_button = button(self.tr("Approve (Enter)"))
        self.fee_button = button(self.tr("Fee (F)"))
        self.write_off_button = button(self.tr("Write off… (W)"))
        self.ignore_button = button(self.tr("Set aside… (I)"))
        self.undo_last_button = self._make_undo_last()
        for made, signal in (
            (self.approve_button, self.approve_wanted),
            (self.fee_button, self.fee_wanted),
            (self.write_off_button, self.write_off_wanted),
            (self.ignore_button, self.ignore_wanted),
            (self.undo_last_button, self.undo_last_wanted),
        ):
            made.clicked.connect(signal)
            row.addWidget(made)
        column.addLayout(row)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 50)

    def _make_undo_last(self) -> QToolButton:
        made = QToolButton()
        made.setText(self.tr("Undo last (Ctrl+Z)"))
        made.setAccessibleName(made.text())
        made.setToolTip(self.tr("Ctrl+Shift+Z takes back every match of the statement"))
        made.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menu = QMenu(made)
        self.undo_action = menu.addAction(self.tr("Undo this line (U)"), self.undo_wanted.emit)
        menu.addAction(self.tr("Undo last (Ctrl+Z)"), self.undo_last_wanted.emit)
        self.undo_all_action = menu.addAction(
            self.tr("Undo all… (Ctrl+Shift+Z)"), self.undo_all_wanted.emit
        )
        made.setMenu(menu)
        return made

    def show_state(
        self,
        shown: LineDetail | None,
        *,
        is_locked: bool,
        may_take_fee: bool,
        may_undo_last: bool,
        may_undo_all: bool = False,
    ) -> None:
        """Offer what the current line allows."""
        is_open = shown is not None and shown.category.is_open and not is_locked
        has_best = shown is not None and shown.best is not None
        self.approve_button.setEnabled(is_open and has_best)
        self.ignore_button.setEnabled(is_open)
        differs = not is_locked and shown is not None and _may_be_explained(shown)
        self.write_off_button.setEnabled(differs)
        self.fee_button.setEnabled(may_take_fee)
        self.undo_action.setEnabled(shown is not None and not is_locked and not is_open)
        self.undo_last_button.setEnabled((may_undo_last or may_undo_all) and not is_locked)
        self.undo_all_action.setEnabled(may_undo_all and not is_locked)

    def chosen(self) -> list[StatementLineRow]:
        """Return the open lines that are selected, or else the current one."""
        return [row.line for row in self._chosen()]

    def suggested(self) -> list[StatementLineRow]:
        """Return those of the chosen lines that may be set aside as lines worded so were."""
        return [row.line for row in self._chosen() if row.suggested is not None]

    def _chosen(self) -> list[ListedLine]:
        selected = self.table.selected_rows()
        current_id = self.place.line_id
        if current_id is not None and all(row.line_id != current_id for row in selected):
            position = self.table.model_of_lines.position_of(current_id)
            row = None if position is None else self.table.model_of_lines.row_at(position)
            selected = [] if row is None else [row]
        open_rows = [row for row in selected if row.category.is_open]
        return sorted(open_rows, key=lambda row: row.line.line_number)

    def _show_empty(self) -> None:
        is_empty = self.table.model_of_lines.total == 0
        if is_empty:
            self.empty.setText(self._what_to_do(self.place.wanted))
        shown, hidden = (self.empty, self.table) if is_empty else (self.table, self.empty)
        had_keyboard = hidden.hasFocus()
        self._stack.setCurrentWidget(shown)
        if had_keyboard:
            shown.setFocus()

    def _what_to_do(self, wanted: LineFilter) -> str:
        if wanted.search:
            return self.tr("No line has these words. Esc in the search field shows all again.")
        told = {
            LineCategory.CERTAIN: self.tr(
                "No certain matches wait. Look again (L) after payments were recorded."
            ),
            LineCategory.SUGGESTED: self.tr(
                "No suggestions wait. Unmatched lines (Ctrl+5) need payments chosen by hand."
            ),
            LineCategory.AMBIGUOUS: self.tr("Nothing is ambiguous: no line has equal candidates."),
            LineCategory.UNMATCHED: self.tr(
                "Every line has a candidate or is decided. Close the statement with F12."
            ),
            LineCategory.MATCHED: self.tr(
                "Nothing is matched yet. A approves all certain matches, Enter the current one."
            ),
            LineCategory.IGNORED: self.tr("No line is set aside. I sets the current one aside."),
        }
        if wanted.category is None:
            return self.tr("This statement brought no new lines.")
        return told[wanted.category]


def _may_be_explained(shown: LineDetail) -> bool:
    match = shown.approved or (shown.best.match if shown.best is not None else None)
    return match is not None and match.may_be_explained
