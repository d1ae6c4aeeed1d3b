"""What came of the files just imported: account by account, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from core.clock import shop_time
from core.services.statements.importing import ImportedStatement
from ui.badges import BLUE, GRAY, GREEN, RED, Badge
from ui.models.columns import badge_column
from ui.models.rows import RowsModel
from ui.models.table import Column, ColumnKind
from ui.pages.reconcile.intake import FileOutcome
from ui.pages.reconcile.keys import bind_keys
from ui.pages.reconcile.words import account_text, filled, number, report_text
from ui.theme import gap
from ui.widgets.basics import PageHeader, PlainLabel
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable

_t = partial(QCoreApplication.translate, "Reconcile")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One account that was taken in, or one file that was refused."""

    place: int
    file_name: str
    account: ImportedStatement | None
    refusal: str = ""

    @property
    def reconciliation_id(self) -> str:
        """What can be opened; empty for a refused file."""
        return self.account.reconciliation.reconciliation_id if self.account else ""


def report_rows(outcomes: Sequence[FileOutcome]) -> tuple[ReportRow, ...]:
    """Return the report's rows in the order of the files."""
    rows: list[ReportRow] = []
    for outcome in outcomes:
        if outcome.refusal is not None:
            rows.append(ReportRow(len(rows), outcome.name, None, outcome.refusal.message))
        for account in outcome.accounts:
            rows.append(ReportRow(len(rows), outcome.name, account))
    return tuple(rows)


def import_text(each: ImportedStatement) -> str:
    """Return what came of one account: "132 lines: 118 already here, 14 new."."""
    row = each.reconciliation
    if each.already_imported:
        told = _t("This file was already imported on %1 by %2: nothing was added.")
        return filled(told, f"{shop_time(row.imported_at):%Y-%m-%d %H:%M}", row.imported_by)
    return f"{report_text(row)}."


class ReportView(QWidget):
    """The report of several accounts or files; each is opened from here, or later from the list.

    Signals:
        opened(reconciliation_id, new_lines): work on this one.
        left: back to the list.
    """

    opened = Signal(str, int)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 1.4))
        self.header = PageHeader(self.tr("Imported"), " ")
        column.addWidget(self.header)
        self.model: RowsModel[ReportRow] = RowsModel(
            _columns(), row_id=lambda row: row.place, parent=self
        )
        self.table = DataTable(self.model, self.tr("What was imported"))
        self.table.setToolTip(self.tr("Enter opens a statement"))
        self.table.row_opened.connect(self._open)
        self.table.current_row_changed.connect(self._show_problems)
        column.addWidget(self.table, 3)
        self.problems_heading = PlainLabel(look="muted")
        column.addWidget(self.problems_heading)
        self.problems = QListWidget()
        self.problems.setWordWrap(True)
        self.problems.setAccessibleName(self.tr("Problems of the file"))
        column.addWidget(self.problems, 1)
        column.addLayout(self._make_buttons())

    def show_outcomes(self, outcomes: Sequence[FileOutcome]) -> None:
        """Show what came of the files."""
        rows = report_rows(outcomes)
        self.model.show_rows(rows)
        self.header.subtitle.setText(_summary(rows))
        wanted = next((row.place for row in rows if row.account and row.account.new_lines), 0)
        if rows:
            self.table.selectRow(wanted)
            self._show_problems(rows[wanted])

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        self.leave_button = button(self.tr("All statements (Esc)"))
        self.leave_button.clicked.connect(self.left)
        self.open_button = button(self.tr("Work on it (Enter)"), kind="primary")
        self.open_button.clicked.connect(lambda: self._open(self.table.current_row()))
        row.addWidget(self.leave_button)
        row.addStretch(1)
        row.addWidget(self.open_button)
        bind_keys(self, {"Return": self._on_enter, "Enter": self._on_enter})
        return row

    def _on_enter(self) -> None:
        focused = self.focusWidget()
        if isinstance(focused, QPushButton):
            focused.click()
        else:
            self._open(self.table.current_row())

    def _open(self, row: ReportRow | None) -> None:
        if row is not None and row.account is not None:
            self.opened.emit(row.reconciliation_id, row.account.new_lines)

    def _show_problems(self, row: ReportRow | None) -> None:
        self.problems.clear()
        told: tuple[str, ...] = ()
        if row is not None:
            told = row.account.problems if row.account else (row.refusal,)
        self.problems.addItems(list(told))
        is_there = bool(told)
        self.problems_heading.setText(
            filled(self.tr("Problems of %1"), row.file_name) if row and is_there else ""
        )
        self.problems_heading.setVisible(is_there)
        self.problems.setVisible(is_there)
        self.open_button.setEnabled(row is not None and row.account is not None)


def _summary(rows: Sequence[ReportRow]) -> str:
    taken = [row.account for row in rows if row.account is not None]
    new = sum(each.new_lines for each in taken)
    known = sum(each.known_lines for each in taken)
    refused = sum(row.account is None for row in rows)
    told = [
        filled(_t("%1 accounts"), number(len(taken))),
        filled(
            _t("%1 lines: %2 already here, %3 new."),
            number(new + known),
            number(known),
            number(new),
        ),
    ]
    if refused:
        told.append(filled(_t("Files refused: %1."), number(refused)))
    return "  ·  ".join(told)


def _state_badge(row: ReportRow) -> Badge:
    if row.account is None:
        return Badge(_t("Refused"), "cross", RED)
    if row.account.already_imported:
        return Badge(_t("Was here"), "equal", GRAY)
    if not row.account.new_lines:
        return Badge(_t("Nothing new"), "equal", BLUE)
    return Badge(_t("Imported"), "check", GREEN)


def _columns() -> tuple[Column[ReportRow], ...]:
    return (
        Column(
            "state",
            _t("Result"),
            lambda row: _state_badge(row).text,
            ColumnKind.BADGE,
            badge=_state_badge,
            width=11,
        ),
        Column("file", _t("File"), lambda row: row.file_name, width=25),
        Column(
            "account",
            _t("Account"),
            lambda row: account_text(row.account.reconciliation) if row.account else "",
            tool_tip=lambda row: row.account.reconciliation.account if row.account else "",
            width=18,
        ),
        badge_column(
            "provider",
            _t("From"),
            "method",
            lambda row: row.account.reconciliation.provider if row.account else None,
            width=6,
        ),
        Column("problems", _t("Problems"), _problem_count, ColumnKind.AMOUNT, width=8),
        Column("told", _t("What came of it"), _told, tool_tip=_told, width=44),
    )


def _problem_count(row: ReportRow) -> str:
    return number(len(row.account.problems)) if row.account and row.account.problems else ""


def _told(row: ReportRow) -> str:
    return import_text(row.account) if row.account else row.refusal
