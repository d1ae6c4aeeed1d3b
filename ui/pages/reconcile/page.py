"""The reconcile page: drop a statement, look at it, take it in, match its lines, close it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from core.clock import shop_time
from core.errors import KnownError, UnreadableFileError
from core.permissions import Permission
from core.services.statement_desk import ImportedStatement, ImportStatement
from core.statements.sources import RawTable
from ui.context import PageContext
from ui.pages.page import Page
from ui.pages.reconcile.keys import bind_keys
from ui.pages.reconcile.mapping import MappingDialog
from ui.pages.reconcile.preview import PreviewPanel
from ui.pages.reconcile.reading import ReadFile, read_file
from ui.pages.reconcile.start import StartView
from ui.pages.reconcile.words import filled, number
from ui.pages.reconcile.work import WorkView
from ui.tasks import Task
from ui.widgets.basics import page_layout
from ui.widgets.drop_zone import dropped_files
from ui.widgets.inputs import SearchField


class ReconcilePage(Page):
    """Three views, one at a time: the list, a file looked at, a reconciliation worked on."""

    watches = frozenset({"reconciliations", "payments"})

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._may_import = context.actor.may(Permission.RECONCILE)
        self._files: deque[Path] = deque()
        self._reading: Task[ReadFile] | None = None
        self.setAcceptDrops(self._may_import)
        column = page_layout(self)
        self.start = StartView(context)
        self.preview = PreviewPanel()
        self.work = WorkView(context)
        self.stack = QStackedWidget()
        for view in (self.start, self.preview, self.work):
            self.stack.addWidget(view)
        column.addWidget(self.stack)
        self.stack.currentChanged.connect(self._on_view_changed)
        self._on_view_changed()
        self.start.drop_zone.setVisible(self._may_import)
        self._connect()

    def refresh(self) -> None:
        """Read the list, and the reconciliation that is shown."""
        self.start.refresh()
        self.work.refresh()

    def open_item(self, item_id: str) -> None:
        """Work on one reconciliation."""
        self.work.open(item_id)
        self.stack.setCurrentWidget(self.work)

    def has_unsaved_input(self) -> bool:
        """Tell whether a file is being taken in."""
        return self.preview.is_busy

    def open_files(self, paths: Sequence[Path]) -> None:
        """Look into files, one after the other; nothing is taken in before Import."""
        if not self._may_import or self.preview.is_busy:
            return
        self._files = deque(paths)
        self._open_next()

    # Building

    def _connect(self) -> None:
        self.start.files_chosen.connect(self.open_files)
        self.start.opened.connect(self.open_item)
        self.start.failed.connect(self.start.message.show_error)
        self.start.progress.cancelled.connect(self._on_stop_reading)
        self.preview.left.connect(self._on_preview_left)
        self.preview.profile_chosen.connect(self._on_profile_chosen)
        self.preview.mapping_wanted.connect(self._on_mapping_wanted)
        self.preview.import_wanted.connect(self._on_import_wanted)
        self.work.left.connect(self._on_work_left)
        self.work.form_wanted.connect(self.open_form)
        self.work.notice_raised.connect(self.notice_raised)
        bind_keys(self, {"Ctrl+O": self._on_choose, "Esc": self._on_escape})

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

    def _open_next(self) -> None:
        if self._files:
            self._read(self._files[0])

    def _read(self, path: Path, profile_name: str = "", *, again: bool = False) -> None:
        if self._reading is not None:
            self._reading.cancel()
        app = self.context.app
        view = self.preview if again else self._show_start()
        view.message.clear()
        view.progress.start(filled(self.tr("Reading %1…"), path.name))

        def finished() -> None:
            self._reading = None
            view.progress.stop()

        self._reading = self.context.tasks.slow(
            self,
            lambda _progress: read_file(app, path, profile_name),
            on_success=lambda read: self._on_read(read, again=again),
            on_known_error=self._on_unreadable if not again else self.preview.show_error,
            on_finished=finished,
        )

    def _show_start(self) -> StartView:
        if self.stack.currentWidget() is self.work:
            self.work.leave()
        self.stack.setCurrentWidget(self.start)
        return self.start

    def _on_view_changed(self) -> None:
        """Let the page's keyboard begin where the work of the view shown is done."""
        places = (self.start.table, self.preview.import_button, self.work.table)
        self.setFocusProxy(places[self.stack.currentIndex()])

    def _on_read(self, read: ReadFile, *, again: bool) -> None:
        self.stack.setCurrentWidget(self.preview)
        self.preview.show_file(read, keep_provider=again)

    def _on_unreadable(self, error: KnownError) -> None:
        self._files.clear()
        self.start.message.show_error(error)

    def _on_stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        self._files.clear()
        self.start.progress.stop()

    def _on_profile_chosen(self, name: str) -> None:
        read = self.preview.read
        if read is not None:
            self._read(read.path, name, again=True)

    def _on_mapping_wanted(self) -> None:
        read = self.preview.read
        if read is None:
            return
        app, path = self.context.app, read.path
        self.preview.map_button.setEnabled(False)
        self.context.tasks.slow(
            self,
            lambda _progress: app.statements.table(path),
            on_success=lambda table: self.open_form(self._mapping_dialog(read, table)),
            on_known_error=self.preview.show_error,
            on_finished=lambda: self.preview.map_button.setEnabled(True),
        )

    def _mapping_dialog(self, read: ReadFile, table: RawTable) -> MappingDialog:
        dialog = MappingDialog(self.context, read.path, table, self, name=read.profile_name)
        dialog.profile_saved.connect(lambda name: self._read(read.path, name, again=True))
        return dialog

    def _on_preview_left(self) -> None:
        if self.preview.is_busy:
            return
        self._files.clear()
        self._show_start()
        self.start.table.setFocus()

    # Taking it in

    def _on_import_wanted(self, command: ImportStatement) -> None:
        app, actor = self.context.app, self.context.actor
        read = self.preview.read
        lines = number(len(read.file.lines)) if read is not None and read.file else ""
        told = filled(self.tr("Taking %1 lines in…"), lines)
        # A write that has begun is not cut off; the search for matches after it can be.
        self.preview.progress.start(told, may_cancel=False)
        self.context.tasks.slow(
            self,
            lambda _progress: app.statements.import_file(actor, command),
            on_success=self._on_imported,
            on_known_error=self._on_not_imported,
            on_finished=self.preview.stop,
        )

    def _on_not_imported(self, error: KnownError) -> None:
        self.preview.show_error(error)
        if isinstance(error, UnreadableFileError):
            self.preview.import_button.setEnabled(False)

    def _on_imported(self, results: tuple[ImportedStatement, ...]) -> None:
        if self._files:
            self._files.popleft()
        self.start.refresh()
        if not results:
            self._on_preview_left()
            return
        if self._files:
            # The other dropped files come first; each is found in the list afterwards.
            self.notice_raised.emit(self._told(results))
            self._open_next()
            return
        first = next((each for each in results if each.new_lines), results[0])
        self.open_item(first.reconciliation.reconciliation_id)
        if all(each.new_lines and not each.known_lines for each in results):
            # All as usual: no message takes room from the work.
            self.notice_raised.emit(self._told(results))
        else:
            level = "warning" if all(each.already_imported for each in results) else "info"
            self.work.message.show_message(self._told(results), level=level)
        if first.new_lines:
            self.work.propose()

    def _told(self, results: tuple[ImportedStatement, ...]) -> str:
        sentences = []
        for each in results:
            row = each.reconciliation
            if each.already_imported:
                told = self.tr("This file was already imported on %1 by %2: nothing was added.")
                when = f"{shop_time(row.imported_at):%Y-%m-%d %H:%M}"
                sentences.append(filled(told, when, row.imported_by))
            elif each.known_lines:
                told = self.tr("%1 lines: %2 already here, %3 new.")
                counts = (each.new_lines + each.known_lines, each.known_lines, each.new_lines)
                sentences.append(filled(told, *(number(count) for count in counts)))
            else:
                sentences.append(filled(self.tr("%1 new lines."), number(each.new_lines)))
            if len(results) > 1:
                sentences[-1] = f"{row.account or row.currency}: {sentences[-1]}"
        return "\n".join(sentences)

    # Keys

    def _on_choose(self) -> None:
        if self._may_import and not self.preview.is_busy:
            self.start.drop_zone.choose()

    def _on_escape(self) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, SearchField) and focused.text():
            focused.clear()
            focused.returnPressed.emit()
        elif self.stack.currentWidget() is self.work:
            self._on_work_left()
        elif self.stack.currentWidget() is self.preview:
            self._on_preview_left()
        elif self._reading is not None:
            self._on_stop_reading()

    def _on_work_left(self) -> None:
        self._show_start()
        self.start.message.clear()
        self.start.refresh()
        self.start.table.setFocus()
