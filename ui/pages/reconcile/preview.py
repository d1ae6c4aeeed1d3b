"""A statement file before it is taken in: what it holds, whether it adds up, who sent it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.clock import shop_time
from core.errors import KnownError
from core.model.reconciliations import StatementProvider
from core.services.statements.importing import ImportStatement
from core.services.statements.looking import LookedInto
from core.statements.statement import Problem
from ui.pages.reconcile.account_card import AccountCard
from ui.pages.reconcile.accounts import AccountsTable, first_choices
from ui.pages.reconcile.date_question import DateQuestionBar
from ui.pages.reconcile.keys import bind_keys
from ui.pages.reconcile.mapping_table import RawRows
from ui.pages.reconcile.preview_lines import PreviewLines
from ui.pages.reconcile.reading import alike_text, problem_account, remembered_text
from ui.pages.reconcile.words import filled, number
from ui.theme import gap
from ui.widgets.basics import ElidedLabel, PlainLabel, splitter
from ui.widgets.buttons import BusyButton, button
from ui.widgets.messages import InlineMessage
from ui.widgets.progress_line import ProgressLine

_SHOWN_ACCOUNTS = 7


class PreviewPanel(QWidget):
    """Shows a file that was read; nothing is stored before Import.

    Signals:
        import_wanted(command): an ``ImportStatement``; the panel is busy until ``stop``.
        read_wanted(asked): read the file again as ``Asked`` says.
        standing_wanted(providers): count what is new if these sent the accounts.
        mapping_wanted: open the mapping of columns.
        skipped: the next file comes; left: the person wants none of the files.
        cancelled: stop what is being done.
    """

    import_wanted = Signal(object)
    read_wanted = Signal(object)
    standing_wanted = Signal(object)
    mapping_wanted = Signal()
    skipped = Signal()
    left = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: LookedInto | None = None
        self._shown = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 1.2))
        column.addLayout(self._make_title())
        self.message = InlineMessage()
        column.addWidget(self.message)
        self.progress = ProgressLine()
        self.progress.cancelled.connect(self.cancelled)
        column.addWidget(self.progress)
        self.date_question = DateQuestionBar()
        self.date_question.answered.connect(self._on_date_answered)
        column.addWidget(self.date_question)
        self.accounts = AccountsTable()
        column.addWidget(self.accounts)
        self.card = AccountCard()
        self.card.read_wanted.connect(self.read_wanted)
        self.card.provider_chosen.connect(self._on_provider_chosen)
        self.card.break_wanted.connect(self._on_break)
        self.lines = PreviewLines()
        self.table = self.lines.table
        self.split = splitter(self.card, self.lines, shares=(2, 3))
        column.addWidget(self.split, 1)
        self.raw = RawRows()
        column.addWidget(self.raw, 1)
        column.addLayout(self._make_buttons())
        self.accounts.account_shown.connect(self._show_account)
        self.accounts.choices_changed.connect(self._on_choices_changed)
        self.accounts.break_wanted.connect(self._go_to)
        self.lines.problem_opened.connect(self._on_problem_opened)

    @property
    def look(self) -> LookedInto | None:
        """The file shown."""
        return self._look

    @property
    def is_busy(self) -> bool:
        """Tell whether the file is being taken in."""
        return self.import_button.is_busy

    @property
    def provider(self) -> StatementProvider:
        """Who sent the account shown, as chosen."""
        return self.card.provider

    def show_file(self, look: LookedInto, *, waiting: int = 0) -> None:
        """Show a file; ``waiting`` others come after it."""
        self._look = look
        self._shown = 0
        self.title.setText(look.path.name)
        self.waiting.setText(
            filled(self.tr("Files waiting: %1"), number(waiting)) if waiting else ""
        )
        self.skip_button.setVisible(bool(waiting))
        self.card.show_choices(look)
        self._show_message(look)
        self.date_question.ask(look.date_question)
        for key in self._date_keys:
            key.setEnabled(look.date_question is not None)
        self._show_content(look)
        self.map_button.setVisible(look.is_table)
        self._begin()

    def show_standing(self, standings: object) -> None:
        """Show what is new if the chosen providers sent the accounts."""
        self.accounts.show_standing(standings)  # type: ignore[arg-type]  # from a signal
        self._show_import_button()

    def stop(self) -> None:
        """Take the busy state away."""
        self.import_button.finish()
        self.progress.stop()
        self._set_enabled(True)
        self._show_import_button()

    def show_error(self, error: KnownError) -> None:
        """Say why the file was not taken in; everything chosen stays."""
        self.message.show_error(error)

    def refuse_import(self) -> None:
        """Let the file not be imported: it cannot be read any more."""
        self.import_button.setEnabled(False)

    # Building

    def _make_title(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(gap(self, 1.5))
        self.title = ElidedLabel(look="title")
        self.waiting = PlainLabel(look="muted")
        row.addWidget(self.title)
        row.addWidget(self.waiting)
        row.addStretch(1)
        return row

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        self.leave_button = button(self.tr("Cancel (Esc)"))
        self.leave_button.clicked.connect(self.left)
        self.skip_button = button(self.tr("Skip this file (Ctrl+K)"))
        self.skip_button.clicked.connect(self.skipped)
        self.map_button = button(self.tr("Map columns… (Ctrl+M)"), icon_name="columns")
        self.map_button.clicked.connect(self.mapping_wanted)
        self.import_button = BusyButton(self.tr("Import"), busy_text=self.tr("Importing…"))
        self.import_button.clicked.connect(self._on_import)
        row.addWidget(self.leave_button)
        row.addWidget(self.skip_button)
        row.addStretch(1)
        row.addWidget(self.map_button)
        row.addWidget(self.import_button)
        bind_keys(
            self,
            {
                "Ctrl+M": self._on_map,
                "Ctrl+K": self._on_skip,
                "Return": self._on_enter,
                "Enter": self._on_enter,
                "F6": self._on_next_pane,
            },
        )
        self._date_keys = bind_keys(
            self,
            {
                "D": lambda: self.date_question.answer("dmy"),
                "M": lambda: self.date_question.answer("mdy"),
            },
        )
        (self._break_key,) = bind_keys(self, {"B": self._on_break})
        return row

    # Showing

    def _show_message(self, look: LookedInto) -> None:
        if look.refusal:
            self.message.show_message(look.refusal, level="warning")
            return
        earlier = [each.earlier for each in look.accounts if each.earlier is not None]
        if earlier and len(earlier) == len(look.accounts):
            first = earlier[0]
            told = self.tr("This file was already imported on %1 by %2: nothing would be added.")
            when = f"{shop_time(first.imported_at):%Y-%m-%d %H:%M}"
            self.message.show_message(filled(told, when, first.imported_by), level="info")
        elif look.file is not None and not _holds_lines(look):
            self.message.show_message(self.tr("The file holds no lines."), level="warning")
        elif look.file is not None and all(each.provisional for each in look.file.statements):
            told = self.tr(
                "The file only announces payments: the bank has booked none of them yet. Import"
                " the statement that has them booked."
            )
            self.message.show_message(told, level="warning")
        elif told := alike_text(look):
            self.message.show_message(told, level="warning")
        elif told := remembered_text(look):
            self.message.show_message(told, level="info")
        else:
            self.message.clear()

    def _show_content(self, look: LookedInto) -> None:
        file = look.file
        with QSignalBlocker(self.accounts):  # the first account is shown below, once
            self.accounts.show_choices(first_choices(look))
        count = len(look.accounts)
        self.accounts.setVisible(count > 1)
        self.accounts.fit(_SHOWN_ACCOUNTS)
        self.split.setVisible(file is not None)
        self.raw.setVisible(file is None)
        self.raw.show_table(look.table if file is None else None)
        self.lines.show_nothing()
        if file is not None:
            self.lines.show_problems(file.problems)
        if look.accounts:
            self._show_account(0)
        else:
            self.card.show_account(look, 0)
        self._show_import_button()

    def _show_account(self, index: int) -> None:
        look = self._look
        if look is None or look.file is None or index >= len(look.accounts):
            return
        self._shown = index
        self._break_key.setEnabled(bool(look.accounts[index].verdict.breaks))
        self.lines.show_account(look.file, index)
        self.card.show_account(look, index)
        choice = self.accounts.choices[index]
        self.card.show_provider(choice.provider, may_change=choice.standing.earlier is None)

    def _show_import_button(self) -> None:
        look = self._look
        chosen = [each for each in self.accounts.choices if each.is_chosen]
        new = sum(each.standing.new_lines for each in chosen)
        is_again = bool(chosen) and all(each.standing.earlier for each in chosen)
        holds_lines = look is not None and _holds_lines(look)
        if is_again:
            self.import_button.setText(self.tr("Open what was imported (Enter)"))
        elif chosen and holds_lines:
            told = filled(self.tr("Import %1 lines (Enter)"), number(new))
            if len(self.accounts.choices) > 1:
                told = filled(
                    self.tr("Import %1 lines of %2 accounts (Enter)"),
                    number(new),
                    number(len(chosen)),
                )
            self.import_button.setText(told)
        else:
            self.import_button.setText(self.tr("Import (Enter)"))
        asks = self.date_question.is_asking
        self.import_button.setEnabled(bool(chosen) and holds_lines and not asks)

    def _begin(self) -> None:
        """Put the focus where the next key does what is most likely wanted."""
        if self.date_question.is_asking:
            self.date_question.buttons[0][0].setFocus()
        elif self.accounts.isVisible():
            self.accounts.setFocus()
        else:
            is_read = self._look is not None and self._look.file is not None
            (self.import_button if is_read else self.map_button).setFocus()

    # Acting

    def _on_date_answered(self, order: str) -> None:
        self.read_wanted.emit(replace(self.card.asked, date_order=order))

    def _on_provider_chosen(self, provider: StatementProvider) -> None:
        self.accounts.set_provider(self._shown, provider)

    def _on_choices_changed(self) -> None:
        choice = self.accounts.choices[self._shown]
        self.card.show_provider(choice.provider, may_change=choice.standing.earlier is None)
        self._show_import_button()
        self.standing_wanted.emit([each.provider for each in self.accounts.choices])

    def _on_problem_opened(self, problem: Problem) -> None:
        look = self._look
        if look is not None and look.file is not None and problem.line is not None:
            self._go_to(problem_account(look.file, problem, self._shown), problem.line)

    def _on_break(self) -> None:
        look = self._look
        if look is not None and self._shown < len(look.accounts):
            breaks = look.accounts[self._shown].verdict.breaks
            if breaks:
                self._go_to(self._shown, breaks[0])

    def _go_to(self, index: int, line: int) -> None:
        self.accounts.go_to(index)
        self.lines.go_to(line)
        self.table.setFocus()

    def _on_map(self) -> None:
        if self.map_button.isVisible() and self.map_button.isEnabled():
            self.map_button.click()

    def _on_skip(self) -> None:
        if self.skip_button.isVisible() and not self.is_busy:
            self.skip_button.click()

    def _on_enter(self) -> None:
        focused = self.focusWidget()
        if focused is self.lines.problems:
            self.lines.open_problem()
            return
        pressed = focused if isinstance(focused, QPushButton) else self.import_button
        if pressed.isEnabled():
            pressed.click()

    def _on_next_pane(self) -> None:
        shown = (self.accounts, self.table, self.lines.problems, self.import_button)
        panes = [pane for pane in shown if pane.isVisible() and pane.isEnabled()]
        focused = self.focusWidget()
        place = next((at for at, pane in enumerate(panes) if pane is focused), -1)
        panes[(place + 1) % len(panes)].setFocus()

    def _set_enabled(self, enabled: bool) -> None:
        for widget in (self.split, self.accounts, self.map_button, self.skip_button):
            widget.setEnabled(enabled)

    def _on_import(self) -> None:
        look = self._look
        chosen = self.accounts.chosen
        if look is None or look.file is None or not chosen:
            self.import_button.finish()
            return
        self.message.clear()
        self._set_enabled(False)
        self.import_wanted.emit(
            ImportStatement(
                look.path,
                chosen[0].provider,
                look.profile_name,
                date_order=look.date_order,
                accounts=chosen,
                looked=look,
            )
        )


def _holds_lines(look: LookedInto) -> bool:
    return look.file is not None and any(each.lines for each in look.file.statements)
