"""What an import of payments did, file by file, with every refused row and its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from core.app import App
from core.errors import KnownError
from core.permissions import Actor
from core.services.payments.import_report import ImportReport
from ui.models.rows import RowsModel
from ui.models.table import Column
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.messages import InlineMessage, Toast

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file: its report, or why it was not taken in."""

    file_name: str
    report: ImportReport | None
    error: KnownError | None = None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was not taken in; ``number`` tells rows apart."""

    number: int
    file_name: str
    position: int
    payment_id: str
    reason: str


def import_files(app: App, actor: Actor, paths: Sequence[Path]) -> tuple[FileOutcome, ...]:
    """Take in files one after the other; one that cannot be read stops no other."""
    outcomes = []
    for path in paths:
        try:
            report = app.imports.import_file(actor, path)
        except KnownError as error:
            outcomes.append(FileOutcome(path.name, None, error))
        else:
            outcomes.append(FileOutcome(path.name, report))
    return tuple(outcomes)


def refused_rows(outcomes: Sequence[FileOutcome]) -> list[RefusedRow]:
    """Return the refused rows of all files."""
    found = [
        (outcome.file_name, row)
        for outcome in outcomes
        if outcome.report is not None
        for row in outcome.report.refused
    ]
    return [
        RefusedRow(number, file_name, row.position, row.payment_id, row.reason)
        for number, (file_name, row) in enumerate(found)
    ]


class ImportReportDialog(QDialog):
    """Says how many payments were new and known, and lists those that were refused."""

    def __init__(self, outcomes: Sequence[FileOutcome], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import of payments"))
        self.setModal(True)
        margin = gap(self, 2.5)
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.5))
        column.addWidget(PlainLabel(self.tr("Import of payments"), look="title"))
        self.messages: list[InlineMessage] = []
        for outcome in outcomes:
            message = InlineMessage()
            column.addWidget(message)
            _show(message, outcome)
            self.messages.append(message)
        refused = refused_rows(outcomes)
        self.table = self._table(refused)
        buttons = QHBoxLayout()
        if refused:
            column.addWidget(PlainLabel(self.tr("Refused rows"), look="heading"))
            column.addWidget(self.table, 1)
            self.copy_button = button(self.tr("Copy refused rows"), icon_name="copy")
            self.copy_button.clicked.connect(self._on_copy)
            buttons.addWidget(self.copy_button)
        else:
            self.table.hide()
            column.addStretch(1)
        close = button(self.tr("Close"), kind="primary")
        close.clicked.connect(self.accept)
        close.setDefault(True)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column.addLayout(buttons)
        metrics = self.fontMetrics()
        self.resize(metrics.averageCharWidth() * 100, metrics.height() * (28 if refused else 12))

    def _table(self, rows: list[RefusedRow]) -> DataTable[RefusedRow]:
        columns: tuple[Column[RefusedRow], ...] = (
            Column("file", self.tr("File"), lambda row: row.file_name, width=20),
            Column("row", self.tr("Row"), lambda row: str(row.position), width=7),
            Column("id", self.tr("Payment"), lambda row: row.payment_id, width=16),
            Column(
                "reason",
                self.tr("Reason"),
                lambda row: row.reason,
                tool_tip=lambda row: row.reason,
                width=60,
                grows=True,
            ),
        )
        model = RowsModel(columns, row_id=lambda row: row.number, parent=self)
        model.show_rows(rows)
        return DataTable(model, self.tr("Refused rows"), self)

    def _on_copy(self) -> None:
        self.table.selectAll()
        self.table.copy_selection()
        Toast.of(self).tell(self.tr("Copied"))


def _show(message: InlineMessage, outcome: FileOutcome) -> None:
    if outcome.error is not None:
        message.show_error(outcome.error)
        return
    report = outcome.report
    if report is None:
        return
    told = translate("ImportReportDialog", "%1: %2 new, %3 known already, %4 refused.")
    refused = len(report.refused)
    texts = (report.file_name, str(report.new), str(report.known), str(refused))
    # The file's own name comes last: it may hold a percent sign.
    for place in (4, 3, 2, 1):
        told = told.replace(f"%{place}", texts[place - 1])
    message.show_message(told, level="warning" if refused else "success")
