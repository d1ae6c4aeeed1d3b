"""The audit trail: who did what, when and at which desk, in sentences; looked at, never changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from core.clock import shop_date
from core.errors import KnownError
from core.services.audit.export import ExportAudit
from core.services.audit.lists import ListedEntry
from core.services.audit.trail import AuditReport
from core.services.exports.table import Exported
from core.services.reports.contract import ExportFormat
from ui.audit.history import who_acted
from ui.audit.words import about_text, deed_text
from ui.context import PageContext
from ui.exports.button import ExportButton
from ui.exports.list_export import ExportJob, ListExport
from ui.lists.filter_values import FilterValues
from ui.lists.frame import ListFrame
from ui.open_document import Opener
from ui.pages.audit.detail import OPENED_ON, EntryPane
from ui.pages.audit.source import AuditSource, audit_plan
from ui.pages.page import Page
from ui.widgets.basics import PageHeader, page_layout
from ui.widgets.buttons import BusyButton
from ui.widgets.filters import Choice
from ui.widgets.messages import InfoBar
from ui.widgets.panes import turn_panes
from ui.words import count_text


class AuditPage(Page):
    """Everything anybody did, in one list."""

    watches = frozenset(
        {
            "payments",
            "refunds",
            "invoices",
            "reconciliations",
            "providers",
            "users",
            "settings",
            "tills",
            "customers",
            "orders",
            "subscriptions",
        }
    )

    def __init__(
        self,
        context: PageContext,
        parent: QWidget | None = None,
        *,
        opener: Opener = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(context, parent)
        self.detail = EntryPane()
        self.detail.hide()
        self.source = AuditSource(context)
        self.list = ListFrame(context, audit_plan(), self.source, beside=self.detail)
        self.bar = InfoBar()
        header = PageHeader(self.tr("Audit trail"))
        self.verify_button = BusyButton(
            self.tr("Check the trail"), busy_text=self.tr("Checking every entry…"), kind=""
        )
        self.verify_button.setToolTip(self.tr("See that nobody changed an entry (F12)"))
        header.buttons.addWidget(self.verify_button)
        column = page_layout(self)
        column.addWidget(header)
        column.addWidget(self.bar)
        column.addWidget(self.list, 1)
        self.export = ListExport(context.tasks, opener)
        column.addWidget(self.export)
        self.export_button = ExportButton(self)
        self.list.foot.addWidget(self.export_button)
        self.setFocusProxy(self.list.table)
        self._connect()

    def refresh(self) -> None:
        """Read the list again, and who ever acted."""
        self.list.refresh()
        lists, actor = self.context.app.audit_lists, self.context.actor
        self.context.tasks.query(
            self,
            lambda: lists.people(actor),
            on_success=self._on_people,
            on_known_error=self._show_error,
            latest="people",
        )

    def show_values(self, values: FilterValues) -> None:
        """Show the entries another page leads to."""
        self.list.show_values(values)
        self.list.table.setFocus()

    def export_job(self, *, selected_only: bool = False) -> ExportJob:
        """Return how the entries that fit the filters now, or those selected, go into a file."""
        app, actor = self.context.app, self.context.actor
        wanted, newest_first = self.source.wanted(self.list.values), self.list.order.descending
        chosen = tuple(self.list.selected_rows()) if selected_only else None

        def write(
            format_: ExportFormat, path: Path, report: Callable[[int, int], None]
        ) -> Exported:
            command = ExportAudit(
                wanted,
                format_,
                path,
                about_text,
                deed_text,
                newest_first=newest_first,
                chosen=chosen,
            )
            return app.audit_export.export(actor, command, report)

        return ExportJob(f"audit-trail-{shop_date(app.configuration.clock())}", write)

    def verify(self) -> None:
        """Recompute every chain and tell whether all hold."""
        self.bar.clear()
        audit = self.context.app.audit
        self.context.tasks.slow(
            self,
            lambda _progress: audit.verify(),
            on_success=self._on_verified,
            on_known_error=self._show_error,
            on_finished=self.verify_button.finish,
        )

    def _connect(self) -> None:
        self.verify_button.clicked.connect(self.verify)
        self.export_button.wanted.connect(self._on_export_wanted)
        self.list.selection_changed.connect(self._on_selection_changed)
        self.bar.action_triggered.connect(self._on_try_again)
        self.list.asked.connect(self._on_asked)
        self.list.current_changed.connect(self._on_current_changed)
        self.list.row_opened.connect(self._open_subject)
        self.list.failed.connect(self._show_error)
        self.detail.subject_wanted.connect(self._open_subject)
        self.detail.entries_wanted.connect(self._show_entries_about)
        self.detail.closed.connect(self._on_detail_closed)
        for keys, pressed in (
            ("Ctrl+J", self.detail.ask_for_subject),
            ("Ctrl+L", self.detail.ask_for_entries),
            ("F12", self.verify_button.click),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(pressed)
        leave = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Esc"), self, context=leave).activated.connect(self._on_escape)
        turn_panes(self, lambda: self.list.table, lambda: self.detail.area)

    def _on_people(self, names: tuple[str, ...]) -> None:
        self.list.bar.set_choices("user_name", [Choice(name, who_acted(name)) for name in names])

    def _on_export_wanted(self, selected_only: bool, format_: ExportFormat) -> None:
        self.export.choose_file(self.export_job(selected_only=selected_only), format_)

    def _on_selection_changed(self) -> None:
        # Of a selection that goes beyond what is loaded nobody knows all rows.
        count = self.list.selection_count
        is_loaded = bool(count) and len(self.list.selected_rows()) == count
        self.export_button.show_selection(count if is_loaded else 0)

    def _on_asked(self) -> None:
        self.bar.clear()
        self.detail.hide()

    def _on_escape(self) -> None:
        if self.detail.isVisible():
            self._on_detail_closed()
        elif self.list.values:
            self.list.clear()

    def _on_current_changed(self, entry: ListedEntry | None) -> None:
        if entry is not None:
            self.detail.show_entry(entry)
            self.detail.show()

    def _open_subject(self, entry: ListedEntry) -> None:
        page = OPENED_ON.get(entry.subject_type)
        if page is not None:
            self.item_requested.emit(page, entry.subject_id)

    def _show_entries_about(self, number: str) -> None:
        self.show_values(FilterValues(search=number))

    def _on_detail_closed(self) -> None:
        self.detail.hide()
        self.list.table.setFocus()

    def _on_verified(self, report: AuditReport) -> None:
        if report.is_intact:
            told = self.tr("All %1 entries are as they were written.")
            told = told.replace("%1", count_text(report.checked))
            self.bar.show_state(told, level="success")
            return
        first = report.breaks[0]
        told = self.tr("The trail was tampered with: %1 places, the first: %2")
        told = told.replace("%1", count_text(len(report.breaks))).replace("%2", first.sentence)
        self.bar.show_state(told, level="error")

    def _show_error(self, error: KnownError) -> None:
        self.bar.show_state(error.message, level="error", action=self.tr("Try again"))

    def _on_try_again(self) -> None:
        self.bar.clear()
        self.refresh()
