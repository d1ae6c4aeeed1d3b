"""Where a clerk begins: a place to drop or paste a statement, and those taken in so far."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.errors import KnownError
from core.services.reconciliations.pages import ListedReconciliation
from ui.context import PageContext
from ui.lists.export import FrameExport
from ui.lists.frame import ListFrame
from ui.models.table import PagedTableModel
from ui.pages.reconcile.keys import bind_keys
from ui.pages.reconcile.source import reconciliation_source, reconciliations_plan
from ui.theme import gap
from ui.widgets.basics import PageHeader, PlainLabel
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.drop_zone import DropZone
from ui.widgets.messages import InlineMessage
from ui.widgets.panes import turn_panes
from ui.widgets.progress_line import ProgressLine

SUFFIXES = (
    "csv tsv txt xlsx xlsm xls ofx qfx qbo qif sta mt940 940 942 mt942 swi fin xml bai bai2 pdf"
    " sms zip"
)
"""What the file dialog shows first; what a file is, is found from its content alone."""


class StartView(QWidget):
    """The list of reconciliations under the drop zone.

    Signals:
        files_chosen(paths): look into these files.
        paste_wanted: look into what the clipboard holds.
        memory_wanted: show what was remembered about accounts.
        learned_wanted: show what was learned from decisions.
        opened(reconciliation_id): work on this one.
        report_wanted(row): hand the report of this one out.
        failed(error): the list could not be read.
    """

    files_chosen = Signal(object)
    paste_wanted = Signal()
    memory_wanted = Signal()
    learned_wanted = Signal()
    opened = Signal(str)
    report_wanted = Signal(object)
    failed = Signal(object)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 1.6))
        column.addWidget(
            PageHeader(
                self.tr("Reconcile"),
                self.tr("Compare what bank, MTN and Airtel say with what the shop recorded."),
            )
        )
        self.message = InlineMessage()
        column.addWidget(self.message)
        self.advice = PlainLabel(
            self.tr(
                "Nothing was stored. Ask the bank or network for the statement as CSV, XLSX, OFX,"
                " MT940 or CAMT.053, or as a PDF with text that can be marked; or choose another"
                " file (Ctrl+O)."
            ),
            self,
            look="muted",
            wrap=True,
        )
        self.advice.hide()
        column.addWidget(self.advice)
        self.progress = ProgressLine()
        column.addWidget(self.progress)
        self.drop_zone = DropZone(
            self.tr("Drop a statement here or press Ctrl+O"),
            self._file_filter(),
            hint=self.tr("CSV, Excel, PDF with text, MT940, CAMT, OFX, QIF, BAI2, or a ZIP of one"),
        )
        self.drop_zone.setMinimumHeight(round(self.fontMetrics().height() * 9.5))
        self.drop_zone.files_dropped.connect(self.files_chosen)
        column.addWidget(self.drop_zone, 1)
        self.acts = self._make_acts()
        column.addWidget(self.acts)
        self.list_heading = PlainLabel(self.tr("Statements so far"), look="heading")
        column.addWidget(self.list_heading)
        self.list: ListFrame[ListedReconciliation] = ListFrame(
            context, reconciliations_plan(), reconciliation_source(context)
        )
        self.export = FrameExport(context, self.list, "reconciliations")
        self.table.setToolTip(self.tr("Enter opens a statement"))
        self.list.row_opened.connect(lambda row: self.opened.emit(row.reconciliation_id))
        self.list.current_changed.connect(
            lambda row: self.report_button.setEnabled(row is not None)
        )
        self.list.emptiness_changed.connect(self._on_emptiness_changed)
        self.list.failed.connect(self.failed)
        column.addWidget(self.list, 1)
        self._on_emptiness_changed(True)
        turn_panes(self, lambda: self.drop_zone, lambda: self.list.bar, lambda: self.list.table)

    @property
    def model(self) -> PagedTableModel[ListedReconciliation]:
        """The rows of the list."""
        return self.list.model

    @property
    def table(self) -> DataTable[ListedReconciliation]:
        """The table of the list."""
        return self.list.table

    def refresh(self) -> None:
        """Read the list again; place and selection stay."""
        self.list.refresh()

    def show_refusal(self, error: KnownError) -> None:
        """Say why a file is not read, and what to do about it."""
        self.message.show_error(error)
        self.advice.show()

    def clear_messages(self) -> None:
        """Take what was said about the last file away."""
        self.message.clear()
        self.advice.hide()

    def _file_filter(self) -> str:
        patterns = " ".join(f"*.{suffix}" for suffix in SUFFIXES.split())
        return f"{self.tr('Statements')} ({patterns});;{self.tr('All files')} (*)"

    def _make_acts(self) -> QWidget:
        acts = QWidget()
        row = QHBoxLayout(acts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        self.paste_button = button(self.tr("Paste messages (Ctrl+V)"), icon_name="phone")
        self.paste_button.setToolTip(
            self.tr("MTN or Airtel messages copied from a phone, one after the other")
        )
        self.paste_button.clicked.connect(self.paste_wanted)
        self.memory_button = button(self.tr("What is remembered… (Ctrl+R)"), icon_name="columns")
        self.memory_button.setToolTip(
            self.tr("Columns, dates, currency and sender that were answered for each account")
        )
        self.memory_button.clicked.connect(self.memory_wanted)
        self.learned_button = button(self.tr("What was learned… (Ctrl+L)"), icon_name="info")
        self.learned_button.setToolTip(
            self.tr("Payers, wordings, fees and declined pairs, from what was decided before")
        )
        self.learned_button.clicked.connect(self.learned_wanted)
        self.report_button = button(self.tr("Report… (T)"), icon_name="download")
        self.report_button.setToolTip(self.tr("The report of the statement chosen in the list"))
        self.report_button.clicked.connect(self._on_report)
        self.report_button.setEnabled(False)
        row.addWidget(self.paste_button)
        row.addWidget(self.memory_button)
        row.addWidget(self.learned_button)
        row.addStretch(1)
        row.addWidget(self.report_button)
        bind_keys(
            self,
            {
                "Ctrl+R": self.memory_button.click,
                "Ctrl+L": self.learned_button.click,
                "T": self.report_button.click,
            },
        )
        return acts

    def _on_report(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self.report_wanted.emit(row)

    def _on_emptiness_changed(self, is_empty: bool) -> None:
        # Beside a list the zone takes what its words need, however large the screen.
        policy = QSizePolicy.Policy
        self.drop_zone.setSizePolicy(
            policy.Expanding, policy.Expanding if is_empty else policy.Fixed
        )
        self.list.setVisible(not is_empty)
        self.list_heading.setVisible(not is_empty)
        self.report_button.setVisible(not is_empty)
