"""The head of a reconciliation: the file, where it stands, what may be done with all of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.clock import shop_time
from core.model.reconciliations import UNFINISHED_SEARCH, LineCategory, ReconciliationStatus
from core.permissions import Actor, Permission
from core.services.reconciliations.lists import ReconciliationSummary
from core.services.rows import ReconciliationRow
from ui.badges import badge_for
from ui.pages.reconcile.figures import Figures
from ui.pages.reconcile.words import filled, number, period_text, report_text
from ui.theme import gap
from ui.widgets.basics import BadgeLabel, ElidedLabel
from ui.widgets.buttons import button
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import InfoBar, InlineMessage


class WorkHead(QWidget):
    """File, period, status, the sums, and the buttons that concern the whole statement.

    Signals:
        leave_wanted, approve_certain_wanted, search_wanted, close_wanted, resolve_wanted,
        reopen_wanted, original_wanted, original_copy_wanted: the button of that act was pressed.
        report_wanted(row): hand the report of this reconciliation out.
    """

    leave_wanted = Signal()
    approve_certain_wanted = Signal()
    search_wanted = Signal()
    close_wanted = Signal()
    resolve_wanted = Signal()
    reopen_wanted = Signal()
    original_wanted = Signal()
    original_copy_wanted = Signal()
    report_wanted = Signal(object)

    def __init__(self, actor: Actor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_reopen = actor.may(Permission.REOPEN_RECONCILIATION)
        self._row: ReconciliationRow | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self))
        column.addLayout(self._make_title())
        self.lock_bar = InfoBar(self)
        column.addWidget(self.lock_bar)
        self.problems = InlineMessage()
        column.addWidget(self.problems)
        self.figures = Figures()
        self.place = self.figures.place
        column.addWidget(self.figures)

    def show_opening(self) -> None:
        """Show that a statement is being read: nothing of another one, and nothing to press."""
        self.title.setText(self.tr("Opening…"))
        self.place.setText("")
        for shown in (self.provider, self.status, self.buttons, self.figures):
            shown.hide()
        self.lock_bar.clear()
        self.problems.clear()

    def show_summary(self, summary: ReconciliationSummary, *, is_searching: bool = False) -> None:
        """Show another state; that a search was not finished is not said while it goes on."""
        row = self._row = summary.row
        for shown in (self.provider, self.status, self.buttons, self.figures):
            shown.show()
        self.title.setText(row.file_name)
        self.provider.set_badge(badge_for("method", row.provider))
        self.status.set_badge(badge_for("reconciliation", row.status))
        told = [period_text(row), row.account, report_text(row)]
        self.place.setText(" · ".join(filter(None, told)))
        self.figures.show_summary(summary)
        self._show_buttons(row, summary.shares[LineCategory.CERTAIN].count)
        self._show_lock(row)
        left = [
            each for each in summary.not_searched if each != UNFINISHED_SEARCH or not is_searching
        ]
        self._show_problems(summary.problems, left)

    def _make_title(self) -> FlowLayout:
        row = FlowLayout(spacing=gap(self))
        row.addWidget(self._make_name())
        self.buttons = self._make_buttons()
        row.addWidget(self.buttons)
        return row

    def _make_name(self) -> QWidget:
        name = QWidget()
        name.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(name)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        self.back_button = button(self.tr("Back (Esc)"))
        self.back_button.clicked.connect(self.leave_wanted)
        row.addWidget(self.back_button)
        texts = QVBoxLayout()
        texts.setSpacing(gap(self, 0.2))
        self.title = ElidedLabel(look="heading")
        self.provider, self.status = BadgeLabel(), BadgeLabel()
        badges = QHBoxLayout()
        badges.setSpacing(gap(self))
        badges.addWidget(self.provider)
        badges.addWidget(self.status)
        badges.addStretch(1)
        texts.addWidget(self.title)
        texts.addLayout(badges)
        row.addLayout(texts, 1)
        return name

    def _make_buttons(self) -> QWidget:
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        self.original_button = QToolButton()
        self.original_button.setText(self.tr("File (V)"))
        self.original_button.setToolTip(
            self.tr("Open a copy of the file as it was received; Ctrl+S saves one")
        )
        self.original_button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menu = QMenu(self.original_button)
        menu.addAction(self.tr("Open a copy (V)"), self.original_wanted.emit)
        menu.addAction(self.tr("Save a copy… (Ctrl+S)"), self.original_copy_wanted.emit)
        self.original_button.setMenu(menu)
        self.original_button.clicked.connect(self.original_wanted)
        row.addWidget(self.original_button)
        self.report_button = button(self.tr("Report… (T)"), icon_name="download")
        self.report_button.setToolTip(
            self.tr("What is matched, missing and different, as PDF, spreadsheet or CSV")
        )
        self.report_button.clicked.connect(lambda: self.report_wanted.emit(self._row))
        row.addWidget(self.report_button)
        self.search_button = button(self.tr("Look again (L)"), icon_name="refresh")
        self.search_button.setToolTip(
            self.tr("Compare the open lines with the payments as they are now")
        )
        self.resolve_button = button(self.tr("Resolve… (R)"))
        self.reopen_button = button(self.tr("Reopen… (O)"))
        self.close_button = button(self.tr("Close… (F12)"), icon_name="lock")
        self.approve_button = button("", kind="primary")
        for made, signal in (
            (self.search_button, self.search_wanted),
            (self.resolve_button, self.resolve_wanted),
            (self.reopen_button, self.reopen_wanted),
            (self.close_button, self.close_wanted),
            (self.approve_button, self.approve_certain_wanted),
        ):
            made.clicked.connect(signal)
            row.addWidget(made)
        return buttons

    def _show_buttons(self, row: ReconciliationRow, certain: int) -> None:
        closed = row.status.is_closed
        self.search_button.setVisible(not closed)
        self.close_button.setVisible(not closed)
        self.approve_button.setVisible(not closed)
        self.approve_button.setEnabled(bool(certain))
        told = self.tr("Approve all certain: %1 (A)")
        self.approve_button.setText(filled(told, number(certain)))
        self.resolve_button.setVisible(row.status is ReconciliationStatus.DISCREPANCY)
        self.reopen_button.setVisible(closed)
        self.reopen_button.setEnabled(self._may_reopen)
        self.reopen_button.setToolTip(
            "" if self._may_reopen else self.tr("Only a manager reopens a closed reconciliation.")
        )

    def _show_lock(self, row: ReconciliationRow) -> None:
        if not row.status.is_closed:
            self.lock_bar.clear()
            return
        when = f"{shop_time(row.reconciled_at):%Y-%m-%d %H:%M}" if row.reconciled_at else ""
        told = filled(
            self.tr("Closed by %1 on %2. Its lines and matches are locked."),
            row.reconciled_by,
            when,
        )
        if row.notes:
            told = f"{told} {row.notes}"
        level = "warning" if row.status is ReconciliationStatus.DISCREPANCY else "success"
        self.lock_bar.show_state(told, level=level)

    def _show_problems(self, problems: Sequence[str], not_searched: Sequence[str]) -> None:
        told = []
        if problems:
            told.append(filled(self.tr("Problems in the file: %1"), number(len(problems))))
        if UNFINISHED_SEARCH in not_searched:
            told.append(self.tr("The search for matches was not finished: look again"))
        elif not_searched:
            count = number(len(not_searched))
            told.append(filled(self.tr("Lines no search could decide: %1"), count))
        if not told:
            self.problems.clear()
            return
        text = f"{' · '.join(told)} (P)"
        if text != self.problems.text:
            details = "\n".join([*problems, *not_searched])
            self.problems.show_message(text, level="warning", details=details)
