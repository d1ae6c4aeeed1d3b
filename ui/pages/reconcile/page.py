"""The reconcile page: drop a statement, look at it, take it in, match its lines, close it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from core.errors import KnownError, UnreadableFileError
from core.permissions import Permission
from core.services.statements.importing import ImportedStatement, ImportStatement
from core.services.statements.looking import Asked, LookedInto
from core.statements.sources import RawTable
from ui.context import PageContext
from ui.lists.filter_values import FilterValues
from ui.pages.page import Page
from ui.pages.reconcile.intake import Intake
from ui.pages.reconcile.keys import bind_keys
from ui.pages.reconcile.learned_dialog import LearnedDialog
from ui.pages.reconcile.mapping import MappingDialog
from ui.pages.reconcile.mapping_profile import ColumnChoices
from ui.pages.reconcile.memory_dialog import MemoryDialog
from ui.pages.reconcile.preview import PreviewPanel
from ui.pages.reconcile.report import ReportView, import_text
from ui.pages.reconcile.report_desk import ReportDesk
from ui.pages.reconcile.start import StartView
from ui.pages.reconcile.words import filled
from ui.pages.reconcile.work import WorkView
from ui.tasks import Progress
from ui.widgets.basics import page_layout
from ui.widgets.drop_zone import dropped_files
from ui.widgets.inputs import SearchField
from ui.widgets.progress_line import ProgressLine


class ReconcilePage(Page):
    """Four views, one at a time: the list, a file looked at, a report, a reconciliation."""

    watches = frozenset({"reconciliations", "payments"})

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._may_import = context.actor.may(Permission.RECONCILE)
        self._half_mapped: dict[Path, ColumnChoices] = {}
        self._reading_text = ""
        self.setAcceptDrops(self._may_import)
        column = page_layout(self)
        self.intake = Intake(context, self)
        self.start = StartView(context)
        self.preview = PreviewPanel()
        self.report = ReportView()
        self.work = WorkView(context)
        self.stack = QStackedWidget()
        for view in (self.start, self.preview, self.report, self.work):
            self.stack.addWidget(view)
        self.report_desk = ReportDesk(context, self)
        for line in (
            self.report_desk.bar,
            self.report_desk.progress,
            self.report_desk.print_desk.line,
        ):
            column.addWidget(line)
        column.addWidget(self.stack)
        self.stack.currentChanged.connect(self._on_view_changed)
        self._on_view_changed()
        self.start.drop_zone.setVisible(self._may_import)
        self.start.acts.setVisible(self._may_import)
        self._connect()

    def refresh(self) -> None:
        """Read the list, and the reconciliation that is shown."""
        self.start.refresh()
        self.work.refresh()

    def open_item(self, item_id: str) -> None:
        """Work on one reconciliation."""
        self.work.open(item_id)
        self.stack.setCurrentWidget(self.work)

    def show_values(self, values: FilterValues) -> None:
        """Show the statements taken in that fit."""
        self._show_start()
        self.start.list.show_values(values)
        self.start.table.setFocus()

    def has_unsaved_input(self) -> bool:
        """Tell whether a file is being taken in."""
        return self.preview.is_busy

    def open_files(self, paths: Sequence[Path]) -> None:
        """Look into files, one after the other; nothing is taken in before Import."""
        if not self._may_import or self.preview.is_busy:
            return
        self._show_start()
        self.start.clear_messages()
        self.intake.expect_files()
        self.intake.begin(paths)

    def showEvent(self, event: QShowEvent) -> None:
        """Have what a large statement needs ready while the page is shown."""
        super().showEvent(event)
        if self._may_import:
            self.intake.expect_files()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go of it."""
        super().hideEvent(event)
        if self._may_import:
            self.intake.expect_no_files()

    # Building

    def _connect(self) -> None:
        self.start.files_chosen.connect(self.open_files)
        self.start.paste_wanted.connect(self._on_paste)
        self.start.memory_wanted.connect(self._on_memory)
        self.start.learned_wanted.connect(self._on_learned)
        self.start.opened.connect(self.open_item)
        self.start.failed.connect(self.start.message.show_error)
        self.start.progress.cancelled.connect(self._on_stop_reading)
        self.preview.left.connect(self._on_preview_left)
        self.preview.skipped.connect(self.intake.skip)
        self.preview.read_wanted.connect(self._on_read_wanted)
        self.preview.standing_wanted.connect(self._on_standing_wanted)
        self.preview.mapping_wanted.connect(self._on_mapping_wanted)
        self.preview.import_wanted.connect(self._on_import_wanted)
        self.preview.cancelled.connect(self._on_stop_reading)
        self.report.opened.connect(self._on_report_opened)
        self.report.left.connect(self._on_work_left)
        self.work.left.connect(self._on_work_left)
        self.work.form_wanted.connect(self.open_form)
        self.work.notice_raised.connect(self.notice_raised)
        self.work.payment_wanted.connect(self.payment_requested)
        self.start.report_wanted.connect(
            lambda row: self.report_desk.ask(row, self.start.report_button)
        )
        self.work.head.report_wanted.connect(
            lambda row: self.report_desk.ask(row, self.work.head.report_button)
        )
        self.report_desk.form_wanted.connect(self.open_form)
        self.report_desk.notice_raised.connect(self.notice_raised)
        self.intake.reading_began.connect(self._on_reading_began)
        self.intake.reading_moved.connect(self._on_reading_moved)
        self.intake.reading_ended.connect(self._on_reading_ended)
        self.intake.looked.connect(self._on_looked)
        self.intake.refused.connect(self._on_refused)
        self.intake.imported.connect(self._on_imported)
        self.intake.not_imported.connect(self._on_not_imported)
        self.intake.import_ended.connect(self.preview.stop)
        self.intake.counted.connect(self.preview.show_standing)
        self.intake.emptied.connect(self._on_emptied)
        bind_keys(
            self, {"Ctrl+O": self._on_choose, "Ctrl+V": self._on_paste, "Esc": self._on_escape}
        )

    # Looking into a file

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files anywhere on the page."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look into the files."""
        paths = dropped_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.open_files(paths)

    def _show_start(self) -> StartView:
        if self.stack.currentWidget() is self.work:
            self.work.leave()
        self.stack.setCurrentWidget(self.start)
        return self.start

    def _on_view_changed(self) -> None:
        """Let the page's keyboard begin where the work of the view shown is done."""
        places = (
            self.start.table,
            self.preview.import_button,
            self.report.table,
            self.work.table,
        )
        self.setFocusProxy(places[self.stack.currentIndex()])
        if not self.report_desk.is_writing:
            self.report_desk.clear()

    def _progress(self) -> ProgressLine:
        is_preview = self.stack.currentWidget() is self.preview
        return self.preview.progress if is_preview else self.start.progress

    def _on_reading_began(self, name: str, again: bool) -> None:
        if not again:
            self._show_start()
        self._reading_text = filled(self.tr("Reading %1…"), name)
        self._progress().start(self._reading_text)
        self._progress().cancel_button.setText(self.tr("Cancel (Esc)"))

    def _on_reading_moved(self, done: int, total: int) -> None:
        self._progress().show_step(self._reading_text, done, total)

    def _on_reading_ended(self) -> None:
        self.start.progress.stop()
        self.preview.progress.stop()

    def _on_looked(self, look: LookedInto) -> None:
        self.stack.setCurrentWidget(self.preview)
        self.preview.show_file(look, waiting=self.intake.waiting)

    def _on_refused(self, error: KnownError) -> None:
        is_preview = self.stack.currentWidget() is self.preview
        (self.preview if is_preview else self.start).message.show_error(error)

    def _on_stop_reading(self) -> None:
        if self.stack.currentWidget() is self.preview:
            self.intake.stop_reading()
        else:
            self.intake.leave()

    def _on_read_wanted(self, asked: Asked) -> None:
        if self.preview.look is not None:
            self.intake.read(self.preview.look.path, asked, again=True)

    def _on_standing_wanted(self, providers: object) -> None:
        if self.preview.look is not None:
            self.intake.count(self.preview.look, providers)  # type: ignore[arg-type]  # a signal's

    def _on_mapping_wanted(self) -> None:
        look = self.preview.look
        if look is None:
            return
        app, path = self.context.app, look.path
        self.preview.map_button.setEnabled(False)

        def work(progress: Progress) -> RawTable:
            profile = app.statements.profile(look.profile_name) if look.profile_name else None
            return app.statements.table(path, profile, watch=progress)

        self.context.tasks.slow(
            self,
            work,
            on_success=lambda table: self.open_form(self._mapping_dialog(look, table)),
            on_known_error=self.preview.show_error,
            on_finished=lambda: self.preview.map_button.setEnabled(True),
        )

    def _mapping_dialog(self, look: LookedInto, table: RawTable) -> MappingDialog:
        dialog = MappingDialog(
            self.context,
            look,
            table,
            self,
            half_made=self._half_mapped.get(look.path),
        )

        def saved(name: str) -> None:
            self._half_mapped.pop(look.path, None)
            self.intake.read(look.path, Asked(name, look.date_order, look.currency), again=True)

        dialog.profile_saved.connect(saved)

        def keep(choices: ColumnChoices) -> None:
            self._half_mapped[look.path] = choices

        dialog.half_made.connect(keep)
        return dialog

    def _on_preview_left(self) -> None:
        if self.preview.is_busy:
            return
        if self.intake.is_reading:
            self.intake.stop_reading()
            return
        self.intake.leave()

    def _on_paste(self) -> None:
        if not self._may_import or self.preview.is_busy:
            return
        clipboard = QGuiApplication.clipboard()
        # Qt says that there always is one; an empty clipboard has none on some systems.
        data: QMimeData | None = clipboard.mimeData()
        if data is not None and (paths := dropped_files(data)):
            self.open_files(paths)
            return
        self._show_start()
        self.start.clear_messages()
        self.intake.paste(clipboard.text())

    def _on_memory(self) -> None:
        self.open_form(MemoryDialog(self.context, self))

    def _on_learned(self) -> None:
        self.open_form(LearnedDialog(self.context, self))

    # Taking it in

    def _on_import_wanted(self, command: ImportStatement) -> None:
        told = filled(self.tr("Taking %1 in…"), command.path.name)
        # A write that has begun is not cut off; the search for matches after it can be.
        self.preview.progress.start(told, may_cancel=False)
        self.intake.take_in(command)

    def _on_not_imported(self, error: KnownError) -> None:
        self.preview.show_error(error)
        if isinstance(error, UnreadableFileError):
            self.preview.refuse_import()

    def _on_imported(self, _accounts: tuple[ImportedStatement, ...]) -> None:
        self.start.refresh()
        self.intake.go_on()

    def _on_emptied(self) -> None:
        """Show what came of the files: the one account, a report of several, or a refusal."""
        outcomes = self.intake.outcomes
        accounts = [account for outcome in outcomes for account in outcome.accounts]
        refusals = [outcome.refusal for outcome in outcomes if outcome.refusal is not None]
        if len(outcomes) > 1 or len(accounts) > 1:
            self.report.show_outcomes(outcomes)
            self.stack.setCurrentWidget(self.report)
            self.report.table.setFocus()
        elif accounts:
            self._open_imported(accounts[0])
        else:
            self._show_start()
            self.start.table.setFocus()
            if refusals:
                self.start.show_refusal(refusals[0])

    def _open_imported(self, account: ImportedStatement) -> None:
        self.open_item(account.reconciliation.reconciliation_id)
        if account.new_lines and not account.known_lines:
            # All as usual: no message takes room from the work.
            self.notice_raised.emit(import_text(account))
        else:
            level = "warning" if account.already_imported else "info"
            self.work.message.show_message(import_text(account), level=level)
        if account.new_lines:
            self.work.propose()

    def _on_report_opened(self, reconciliation_id: str, new_lines: int) -> None:
        self.open_item(reconciliation_id)
        if new_lines:
            self.work.propose()

    # Keys

    def _on_choose(self) -> None:
        if self._may_import and not self.preview.is_busy:
            self.start.drop_zone.choose()

    def _on_escape(self) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, SearchField) and focused.text():
            focused.clear()
            focused.returnPressed.emit()
        elif self.stack.currentWidget() in {self.work, self.report}:
            self._on_work_left()
        elif self.stack.currentWidget() is self.preview:
            self._on_preview_left()
        elif self.intake.is_reading:
            self._on_stop_reading()

    def _on_work_left(self) -> None:
        self._show_start()
        self.start.clear_messages()
        self.start.refresh()
        self.start.table.setFocus()
