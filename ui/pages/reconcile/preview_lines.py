"""The lines of one account before it is taken in, what was not counted, and the file's problems."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.money import grouped, major
from core.statements.statement import Problem, StatementFile
from ui.models.rows import RowsModel
from ui.models.table import Column, ColumnKind
from ui.pages.reconcile.reading import PreviewRow, preview_rows
from ui.pages.reconcile.words import filled, number, said_of
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.data_table import DataTable

_PAGE = 200
_SHOWN_PROBLEMS = 500
_FEE, _BALANCE = 3, 4
"""Columns that are hidden where a file has none of them."""
_PROBLEM = Qt.ItemDataRole.UserRole


class PreviewLines(QWidget):
    """All lines of an account; rows that were not counted stand muted where they are in the file.

    Signals:
        problem_opened(problem): the person wants to see the row a problem is about.
    """

    problem_opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.6))
        self.heading = PlainLabel(look="muted")
        column.addWidget(self.heading)
        self.model: RowsModel[PreviewRow] = RowsModel(
            self._columns(), row_id=id, page_size=_PAGE, parent=self
        )
        self._rows: tuple[PreviewRow, ...] = ()
        self.table = DataTable(self.model, self.tr("Lines of the file"))
        column.addWidget(self.table, 5)
        self.problems_heading = PlainLabel(look="muted")
        column.addWidget(self.problems_heading)
        self.problems = QListWidget()
        self.problems.setAccessibleName(self.tr("Problems of the file"))
        self.problems.setWordWrap(True)
        self.problems.setToolTip(self.tr("Enter shows the row"))
        self.problems.itemClicked.connect(self._on_problem)
        column.addWidget(self.problems, 2)

    @property
    def problem_texts(self) -> tuple[str, ...]:
        """The problems listed."""
        return tuple(self.problems.item(row).text() for row in range(self.problems.count()))

    def show_account(self, file: StatementFile, index: int) -> None:
        """Show another account's lines."""
        self._rows = preview_rows(file, index) if index < len(file.statements) else ()
        self.model.show_rows(self._rows)
        left_out = sum(row.line is None for row in self._rows)
        lines = [row.line for row in self._rows if row.line is not None]
        self.table.setColumnHidden(_FEE, not any(line.fee_minor for line in lines))
        without = all(line.balance_minor is None for line in lines)
        self.table.setColumnHidden(_BALANCE, without)
        told = filled(self.tr("%1 lines"), number(len(self._rows) - left_out))
        if left_out:
            told += "  ·  " + filled(self.tr("Rows not counted: %1"), number(left_out))
        self.heading.setText(told)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """List what a person should know about the file."""
        self.problems.clear()
        for problem in problems[:_SHOWN_PROBLEMS]:
            item = QListWidgetItem(problem.message)
            item.setData(_PROBLEM, problem)
            self.problems.addItem(item)
        hidden = len(problems) - _SHOWN_PROBLEMS
        if hidden > 0:
            self.problems.addItem(filled(self.tr("and %1 more"), number(hidden)))
        told = filled(self.tr("Problems: %1 (Enter shows the row)"), number(len(problems)))
        self.problems_heading.setText(told)
        for widget in (self.problems_heading, self.problems):
            widget.setVisible(bool(problems))

    def show_nothing(self) -> None:
        """Show no file."""
        self._rows = ()
        self.model.show_rows(())
        self.heading.setText("")
        self.show_problems(())

    def go_to(self, line: int) -> None:
        """Make the row of this number of the file current; else the one behind it."""
        place = next((at for at, row in enumerate(self._rows) if row.number == line), None)
        if place is None:
            later = (at for at, row in enumerate(self._rows) if row.number > line)
            place = next(later, len(self._rows) - 1)
        if place >= 0:
            self.table.selectRow(place)
            self.table.scrollTo(self.model.index(place, 0), DataTable.ScrollHint.PositionAtCenter)

    def open_problem(self) -> None:
        """Ask for the row of the problem that is current in the list."""
        item = self.problems.currentItem()
        if item is not None:
            self._on_problem(item)

    def _columns(self) -> tuple[Column[PreviewRow], ...]:
        def money(key: str, header: str, field: str, width: int) -> Column[PreviewRow]:
            def amount(row: PreviewRow) -> int | None:
                found: int | None = getattr(row.line, field) if row.line else None
                return None if field == "fee_minor" and not found else found

            return Column(
                key,
                header,
                lambda row: _written(row, amount(row)),
                ColumnKind.AMOUNT,
                copy=lambda row: _plainly(row, amount(row)),
                tone=lambda row: "danger" if (amount(row) or 0) < 0 else None,
                width=width,
            )

        return (
            Column("line", self.tr("Line"), lambda row: str(row.number), tone=_tone, width=5),
            Column(
                "date",
                self.tr("Date"),
                lambda row: str(row.line.date) if row.line else "",
                width=10,
            ),
            money("amount", self.tr("Amount"), "amount_minor", 11),
            money("fee", self.tr("Fee"), "fee_minor", 7),
            money("balance", self.tr("Balance"), "balance_minor", 11),
            Column(
                "text",
                self.tr("Text"),
                _text,
                tone=_tone,
                tool_tip=lambda row: row.problem or _text(row),
                width=36,
                grows=True,
            ),
            Column(
                "reference",
                self.tr("Reference"),
                lambda row: (row.line.transaction_id or row.line.reference) if row.line else "",
                width=18,
            ),
        )

    def _on_problem(self, item: QListWidgetItem) -> None:
        problem = item.data(_PROBLEM)
        if problem is not None:
            self.problem_opened.emit(problem)


def _written(row: PreviewRow, amount_minor: int | None) -> str:
    return "" if amount_minor is None or not row.line else grouped(amount_minor, row.line.currency)


def _plainly(row: PreviewRow, amount_minor: int | None) -> str:
    return "" if amount_minor is None or not row.line else major(amount_minor, row.line.currency)


def _text(row: PreviewRow) -> str:
    return said_of(row.line.description, row.line.counterparty) if row.line else row.problem


def _tone(row: PreviewRow) -> str | None:
    if row.line is None:
        return "text_muted"
    return "warning" if row.problem else None
