"""The reports page: a report, its days, its figures, and the way to the payments behind them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QTabBar, QWidget

from core.clock import shop_date
from core.errors import KnownError
from core.services.reports.contract import ExportFormat, Report, ReportName, ReportQuery
from ui.context import PageContext
from ui.open_document import Opener
from ui.pages.page import Page
from ui.pages.reports.exporting import OFFERED, ReportExport, format_words, report_paper
from ui.pages.reports.kept_choices import ChoiceFile
from ui.pages.reports.range_bar import RangeBar
from ui.pages.reports.reader import ReportReader
from ui.pages.reports.spans import RangeChoice, Span
from ui.pages.reports.view import ReportView
from ui.pages.reports.words import GROUPED_REPORTS, report_question, report_title
from ui.printing.desk import PrintDesk
from ui.printing.system_printer import PrinterAsker, ask_for_printer
from ui.widgets.basics import PageHeader, page_layout
from ui.widgets.buttons import button
from ui.widgets.messages import InfoBar

ONE_DAY_REPORTS = frozenset({ReportName.DAY_CLOSE})
"""The reports of a single day."""


class ReportsPage(Page):
    """Seven reports; ``opener`` opens files in the system's programs, ``ask_printer`` a dialog.

    ``open_item("customers:17")`` shows the history of customer 17, ``open_item("revenue")`` a
    report.
    """

    watches = frozenset(
        {"payments", "refunds", "reconciliations", "tills", "customers", "providers", "orders"}
    )

    def __init__(
        self,
        context: PageContext,
        parent: QWidget | None = None,
        *,
        opener: Opener = QDesktopServices.openUrl,
        ask_printer: PrinterAsker = ask_for_printer,
    ) -> None:
        super().__init__(context, parent)
        self._names = tuple(ReportName)
        self._choices: dict[ReportName, RangeChoice] = {}
        self._customer_id: int | None = None
        self._saved: Path | None = None
        self._file = ChoiceFile(context.app.configuration.data_dir, context.actor.name)
        self._choices_are_read = False
        column = page_layout(self)
        column.addWidget(self._make_header())
        self.bar = InfoBar()
        self.bar.action_triggered.connect(self._on_bar_action)
        column.addWidget(self.bar)
        self.print_desk = PrintDesk(context, self, ask_printer=ask_printer)
        column.addWidget(self.print_desk.line)
        self.tabs = self._make_tabs()
        column.addWidget(self.tabs)
        self.range = RangeBar(self._today)
        self.all_customers = button(self.tr("All customers"))
        self.all_customers.clicked.connect(self._on_all_customers)
        row = QHBoxLayout()
        row.addWidget(self.range, 1)
        row.addWidget(self.all_customers)
        column.addLayout(row)
        self.view = ReportView()
        column.addWidget(self.view, 1)
        self.reader = ReportReader(context, self)
        self.export = ReportExport(context, opener, self)
        self.setFocusProxy(self.tabs)
        self._show_choice()
        self._connect()

    @property
    def name(self) -> ReportName:
        """The report chosen."""
        return self._names[max(0, self.tabs.currentIndex())]

    @property
    def subject(self) -> str:
        """The title of the report, over the payments behind a figure of it."""
        return report_title(self.name)

    @property
    def query(self) -> ReportQuery:
        """The question asked, as of today."""
        choice = self.range.choice
        first, last = choice.days(self._today())
        customer = self._customer_id if self.name is ReportName.CUSTOMERS else None
        return ReportQuery(self.name, first, last, choice.grouping, customer)

    @property
    def is_settled(self) -> bool:
        """Tell whether the figures shown are those asked for."""
        return not self.reader.is_reading and not self.view.is_dimmed

    def refresh(self) -> None:
        """Read the report again; the first time, what was chosen last."""
        if not self._choices_are_read:
            self._read_choices()
            return
        self.range.follow_today()
        self._ask()

    def open_item(self, item_id: str) -> None:
        """Show a report by its name, with ":" and its number the history of one customer."""
        name, _, number = item_id.partition(":")
        if name not in set(ReportName):
            return
        self._customer_id = int(number) if number.isdigit() else None
        place = self._names.index(ReportName(name))
        if place == self.tabs.currentIndex():
            self._on_tab_changed()
        else:
            self.tabs.setCurrentIndex(place)

    def choose(self, name: ReportName, choice: RangeChoice) -> None:
        """Show a report over other days."""
        self._choices[name] = choice
        self.open_item(name)

    def _make_header(self) -> PageHeader:
        self.header = PageHeader(self.tr("Reports"), " ")
        self.print_button = button(self.tr("Print…"), icon_name="printer")
        self.print_button.setToolTip("Ctrl+P")
        self.print_button.clicked.connect(self._on_print)
        self.open_button = button(self.tr("Open as PDF"))
        self.open_button.setToolTip("Ctrl+O")
        self.open_button.clicked.connect(self._on_open)
        self.export_button = button(self.tr("Export"), icon_name="download")
        self.export_button.setToolTip("Ctrl+E")
        self.menu = QMenu(self)
        for format_ in OFFERED:
            action = self.menu.addAction(format_words(format_))
            action.triggered.connect(lambda _=False, chosen=format_: self._on_export(chosen))
        self.export_button.setMenu(self.menu)
        self.header.buttons.addWidget(self.print_button)
        self.header.buttons.addWidget(self.open_button)
        self.header.buttons.addWidget(self.export_button)
        return self.header

    def _make_tabs(self) -> QTabBar:
        tabs = QTabBar()
        tabs.setAccessibleName(self.tr("Reports"))
        tabs.setExpanding(False)
        tabs.setDrawBase(False)
        for number, name in enumerate(self._names, start=1):
            place = tabs.addTab(report_title(name))
            tabs.setTabToolTip(place, f"{report_question(name)} (Ctrl+{number})")
        return tabs

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.range.choice_changed.connect(self._on_choice_changed)
        self.reader.arrived.connect(self._on_arrived)
        self.reader.refused.connect(self._on_refused)
        self.view.payments_requested.connect(self.payments_requested)
        self.view.nothing_behind.connect(self._on_nothing_behind)
        self.export.started.connect(self._on_export_started)
        self.export.finished.connect(self._on_export_finished)
        self.export.saved.connect(self._on_saved)
        self.export.failed.connect(self._on_not_saved)
        self.print_desk.told.connect(self.notice_raised)
        self.print_desk.failed.connect(self._on_not_saved)
        for number in range(len(self._names)):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number + 1}"), self)
            shortcut.activated.connect(lambda number=number: self.tabs.setCurrentIndex(number))
        QShortcut(QKeySequence("Ctrl+E"), self).activated.connect(self.export_button.showMenu)
        QShortcut(QKeySequence("Ctrl+P"), self).activated.connect(self._on_print)
        QShortcut(QKeySequence("Ctrl+O"), self).activated.connect(self._on_open)

    # The question

    def _today(self) -> date:
        return shop_date(self.context.app.configuration.clock())

    def _read_choices(self) -> None:
        self.context.tasks.slow(
            self, lambda _progress: self._file.load(), on_success=self._on_choices_read
        )

    def _on_choices_read(self, choices: dict[ReportName, RangeChoice]) -> None:
        self._choices = {**choices, **self._choices}
        self._choices_are_read = True
        self._show_choice()
        self._ask()

    def _show_choice(self) -> None:
        today = self._today()
        span = Span.TODAY if self.name in ONE_DAY_REPORTS else Span.THIS_MONTH
        choice = self._choices.get(self.name, RangeChoice(span, today, today))
        self.range.show_choice(
            choice,
            one_day=self.name in ONE_DAY_REPORTS,
            with_grouping=self.name in GROUPED_REPORTS,
        )
        self.header.subtitle.setText(report_question(self.name))
        self.header.subtitle.show()
        is_one = self.name is ReportName.CUSTOMERS and self._customer_id is not None
        self.all_customers.setVisible(is_one)

    def _on_tab_changed(self) -> None:
        self.bar.clear()
        self._show_choice()
        self._ask()

    def _on_choice_changed(self, choice: RangeChoice) -> None:
        self._choices[self.name] = choice
        kept = dict(self._choices)
        self.context.tasks.operation(self, lambda: self._file.save(kept))
        self._ask()

    def _on_all_customers(self) -> None:
        self._customer_id = None
        self._on_tab_changed()

    def _ask(self) -> None:
        query = self.query
        shown = self.view.report
        self.view.set_dimmed(shown is not None and shown.query != query)
        self.reader.ask(query)

    # The answer

    def _on_arrived(self, report: Report) -> None:
        if self._saved is None:
            self.bar.clear()
        self.view.show_report(report)

    def _on_refused(self, error: KnownError) -> None:
        self._saved = None
        self.bar.show_state(error.message, level="error", action=self.tr("Try again"))

    def _on_nothing_behind(self) -> None:
        self.notice_raised.emit(self.tr("No payments stand behind this row"))

    # Handing it out

    def _on_export(self, format_: ExportFormat) -> None:
        self.export.choose_file(self.query, format_, self)

    def _on_print(self) -> None:
        self.print_desk.print(report_paper(self.context, self.query))

    def _on_open(self) -> None:
        self.export.open_pdf(self.query)

    def _on_export_started(self, name: str) -> None:
        self._saved = None
        self.bar.show_state(self.tr("Writing %1 …").replace("%1", name), level="info")
        self._allow_export(False)

    def _on_export_finished(self) -> None:
        self.bar.clear()
        self._allow_export(True)

    def _allow_export(self, allowed: bool) -> None:
        self.export_button.setEnabled(allowed)
        self.open_button.setEnabled(allowed)

    def _on_saved(self, path: Path) -> None:
        self._saved = path
        sentence = self.tr("Saved as %1").replace("%1", str(path))
        self.bar.show_state(sentence, level="success", action=self.tr("Open"))

    def _on_not_saved(self, error: KnownError) -> None:
        self._saved = None
        self.bar.show_state(error.message, level="error")

    def _on_bar_action(self) -> None:
        saved, self._saved = self._saved, None
        self.bar.clear()
        if saved is not None:
            self.export.open(saved)
        else:
            self.refresh()
