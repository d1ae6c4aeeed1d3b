"""The button of a list's saved filters: choose one, keep what is chosen now, rename, delete."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit, QMenu, QToolButton, QWidget

from core.errors import ConflictError, KnownError
from core.services.lists.saved_filters import MOST_NAME_CHARACTERS, SavedFilterRow
from ui.context import PageContext
from ui.lists.filter_values import FilterValues
from ui.theme import set_look
from ui.widgets.form_dialog import FormDialog
from ui.widgets.messages import Toast

translate = QCoreApplication.translate
Rows = tuple[SavedFilterRow, ...]


class SavedFilters(QToolButton):
    """A person's filters of one list; ``now`` tells what is chosen at the moment.

    Signals:
        chosen(values): show these instead.
        failed(error): they could not be read or changed.
    """

    chosen = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        context: PageContext,
        page: str,
        now: Callable[[], FilterValues],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._page, self._now = context, page, now
        self.rows: Rows = ()
        set_look(self, kind="chip", active="false")
        self.setText(translate("SavedFilters", "Saved filters"))
        self.setToolTip(QKeySequence("Ctrl+Shift+S").toString())
        self.menu_of_filters = QMenu(self)
        self.menu_of_filters.setAccessibleName(self.text())
        self.menu_of_filters.aboutToShow.connect(self._fill)
        self.setMenu(self.menu_of_filters)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    @property
    def current(self) -> SavedFilterRow | None:
        """The filter that is what is chosen now."""
        content = self._now().to_text()
        return next((row for row in self.rows if row.content == content), None)

    def read(self, on_read: Callable[[FilterValues | None], object]) -> None:
        """Read the filters, and tell which of them the list is to begin with, if any."""

        def arrived(rows: Rows) -> None:
            self.rows = rows
            first = next((row for row in rows if row.is_default), None)
            on_read(None if first is None else FilterValues.from_text(first.content))

        def refused(error: KnownError) -> None:
            self.failed.emit(error)
            on_read(None)

        app, actor = self._context.app, self._context.actor
        self._context.tasks.query(
            self,
            lambda: app.saved_filters.of(actor, self._page),
            on_success=arrived,
            on_known_error=refused,
            latest="saved",
        )

    def open(self) -> None:
        """Show the menu, its first entry ready for Enter."""
        self.menu_of_filters.popup(self.mapToGlobal(QPoint(0, self.height())))
        first = next((act for act in self.menu_of_filters.actions() if act.isEnabled()), None)
        if first is not None:
            self.menu_of_filters.setActiveAction(first)

    def save_as(self) -> None:
        """Ask for a name for what is chosen now."""
        NameDialog(self, "").open()

    def rename(self, row: SavedFilterRow) -> None:
        """Ask for another name of a filter."""
        NameDialog(self, row.name, row).open()

    def remove(self, row: SavedFilterRow) -> None:
        """Delete a filter; for a moment it can be had back."""
        app, actor, page = self._context.app, self._context.actor, self._page

        def put_back() -> Rows:
            rows = app.saved_filters.save(actor, page, row.name, row.content)
            if not row.is_default:
                return rows
            again = next(each for each in rows if each.name == row.name)
            return app.saved_filters.use_at_start(actor, page, again.filter_id)

        def removed(rows: Rows) -> None:
            self.take(rows)
            told = translate("SavedFilters", "“%1” is deleted").replace("%1", row.name)
            Toast.of(self).tell(told, lambda: self._change(put_back))

        self._change(lambda: app.saved_filters.remove(actor, page, row.filter_id), removed)

    def use_at_start(self, row: SavedFilterRow, wanted: bool) -> None:
        """Let the list begin with a filter, or no longer."""
        app, actor, page = self._context.app, self._context.actor, self._page
        filter_id = row.filter_id if wanted else None
        self._change(lambda: app.saved_filters.use_at_start(actor, page, filter_id))

    def take(self, rows: Rows) -> None:
        """Take the filters as they are now."""
        self.rows = rows

    def keep(
        self, dialog: FormDialog, name: str, row: SavedFilterRow | None, replaces: bool
    ) -> None:
        """Do what a dialog asks: keep what is chosen now under a name, or rename a filter."""
        app, actor, page = self._context.app, self._context.actor, self._page
        content = self._now().to_text()

        def work() -> Rows:
            if row is not None:
                return app.saved_filters.rename(actor, page, row.filter_id, name)
            return app.saved_filters.save(actor, page, name, content, replaces=replaces)

        dialog.run(self._context.tasks, work, self.take)

    def _change(
        self, work: Callable[[], Rows], on_done: Callable[[Rows], object] | None = None
    ) -> None:
        self._context.tasks.operation(
            self, work, on_success=on_done or self.take, on_known_error=self.failed.emit
        )

    def _fill(self) -> None:
        menu, current = self.menu_of_filters, self.current
        menu.clear()
        for row in self.rows:
            text = row.name.replace("&", "&&")
            if row.is_default:
                text = translate("SavedFilters", "%1 (at the start)").replace("%1", text)
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(row == current)
            action.triggered.connect(
                lambda _checked=False, row=row: self.chosen.emit(
                    FilterValues.from_text(row.content)
                )
            )
        if not self.rows:
            told = translate("SavedFilters", "Choose filters, then keep them here by name.")
            menu.addAction(told).setEnabled(False)
        menu.addSeparator()
        save = menu.addAction(translate("SavedFilters", "Save as…"))
        save.setEnabled(bool(self._now()))
        save.triggered.connect(lambda _checked=False: self.save_as())
        if current is None:
            return
        name = current.name.replace("&", "&&")
        for words, act in (
            (translate("SavedFilters", "Rename “%1”…"), self.rename),
            (translate("SavedFilters", "Delete “%1”"), self.remove),
        ):
            menu.addAction(words.replace("%1", name)).triggered.connect(partial(_do, act, current))
        start = menu.addAction(
            translate("SavedFilters", "Begin with “%1” here").replace("%1", name)
        )
        start.setCheckable(True)
        start.setChecked(current.is_default)
        start.triggered.connect(lambda checked: self.use_at_start(current, checked))


class NameDialog(FormDialog):
    """Asks for a filter's name; one that is taken is replaced only when that is pressed again."""

    def __init__(self, owner: SavedFilters, name: str, row: SavedFilterRow | None = None) -> None:
        title = self.tr("Save these filters") if row is None else self.tr("Rename the filter")
        super().__init__(
            title, self.tr("Save") if row is None else self.tr("Rename"), owner.window()
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._owner, self._row = owner, row
        self._to_replace = ""
        self.name = QLineEdit(name)
        self.name.setMaxLength(MOST_NAME_CHARACTERS)
        self.name.textChanged.connect(self._on_typed)
        self.add_field(self.tr("Name"), self.name)
        self.submitted.connect(self._on_submitted)
        self.name.selectAll()
        self.name.setFocus()

    def fail(self, error: KnownError) -> None:
        """Show why it was not kept; where a name is taken, offer to replace that filter."""
        super().fail(error)
        if self._row is None and isinstance(error, ConflictError):
            self._to_replace = self.name.text()
            self.submit_button.setText(self.tr("Replace"))

    def _on_typed(self, text: str) -> None:
        if text != self._to_replace:
            self._to_replace = ""
            self.submit_button.setText(self.tr("Save") if self._row is None else self.tr("Rename"))

    def _on_submitted(self) -> None:
        name = self.name.text()
        self._owner.keep(self, name, self._row, replaces=bool(name) and name == self._to_replace)


def _do(
    act: Callable[[SavedFilterRow], object], row: SavedFilterRow, _checked: bool = False
) -> None:
    act(row)
