"""The tab of paper templates: a list, the form of one, and what its invoices look like."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.errors import KnownError
from core.services.papers.templates import TemplateRow
from ui.context import PageContext
from ui.pages.settings.template_form import LogoAsker, TemplateForm
from ui.printing.pdf_pages import Pdf, read_pdf
from ui.printing.preview import PaperPreview
from ui.theme import gap, row_height
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button


class TemplatesTab(QWidget):
    """Templates side by side with a live picture; a form being edited is left alone by news."""

    def __init__(
        self,
        context: PageContext,
        parent: QWidget | None = None,
        *,
        ask_logo: LogoAsker | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._rows: dict[str, TemplateRow] = {}
        self.is_settled = False
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Templates"))
        self.add = button(self.tr("New template (Ctrl+Shift+N)"), icon_name="plus")
        self.form = TemplateForm(ask_logo=ask_logo)
        self.preview = PaperPreview(context.tasks, self.tr("The invoice this template makes"))
        self._lay_out()
        self.list.currentItemChanged.connect(self._on_chosen)
        self.add.clicked.connect(self._on_new)
        self.form.save_requested.connect(self._on_save)
        self.form.default_requested.connect(self._on_default)
        self.form.retire_requested.connect(self._on_retire)
        self.form.preview_wanted.connect(self._draw)
        QShortcut(QKeySequence("Ctrl+Shift+N"), self).activated.connect(self.add.click)
        QShortcut(QKeySequence("Ctrl+Shift+Z"), self).activated.connect(self._take_back)

    def refresh(self) -> None:
        """Read the templates again."""
        app, actor = self._context.app, self._context.actor
        self._context.tasks.query(
            self,
            lambda: app.paper_templates.list(actor),
            on_success=self._show_rows,
            on_known_error=self._on_refused,
            latest="templates",
        )

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self, 2))
        left = QVBoxLayout()
        left.setSpacing(gap(self))
        left.addWidget(PlainLabel(self.tr("Templates"), look="heading"))
        self.none_yet = PlainLabel(
            self.tr("None yet: papers are written from the Shop tab."), look="muted", wrap=True
        )
        left.addWidget(self.none_yet)
        left.addWidget(self.list)
        left.addWidget(self.add)
        left.addStretch(1)
        width = self.add.sizeHint().width()
        for widget in (self.none_yet, self.list, self.add):
            widget.setFixedWidth(width)
        self.list.setFixedHeight(self.fontMetrics().height() * 12)
        row.addLayout(left)
        row.addWidget(self.form, 3, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.preview, 3)

    # The list

    def _show_rows(self, rows: tuple[TemplateRow, ...]) -> None:
        chosen = self.form.template_id
        self._rows = {row.template_id: row for row in rows}
        self.list.blockSignals(True)
        self.list.clear()
        for row in rows:
            text = self.tr("%1 (default)").replace("%1", row.name) if row.is_default else row.name
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, row.template_id)
            item.setSizeHint(QSize(0, row_height(self.fontMetrics())))
            self.list.addItem(item)
        self.none_yet.setVisible(not rows)
        self.list.setVisible(bool(rows))
        first = not self.is_settled
        self.is_settled = True
        wanted = chosen or (rows[0].template_id if rows and first else "")
        self._mark(wanted)
        self.list.blockSignals(False)
        if not self.form.has_edits:
            self.form.show_template(self._rows.get(wanted))

    def _mark(self, template_id: str) -> None:
        for number in range(self.list.count()):
            if self.list.item(number).data(Qt.ItemDataRole.UserRole) == template_id:
                self.list.setCurrentRow(number)
                return
        self.list.setCurrentRow(-1)

    def _on_chosen(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        template_id = str(item.data(Qt.ItemDataRole.UserRole))
        if self._would_lose_edits():
            self.list.blockSignals(True)
            self._mark(self.form.template_id)
            self.list.blockSignals(False)
            return
        self.form.clear_messages()
        self.form.show_template(self._rows.get(template_id))

    def _on_new(self) -> None:
        if self._would_lose_edits():
            return
        self.list.setCurrentRow(-1)
        self.form.clear_messages()
        self.form.show_template(None)
        self.form.fields["name"].setFocus()

    def _take_back(self) -> None:
        """Show the template again as it is kept."""
        self.form.clear_messages()
        self.form.show_template(self._rows.get(self.form.template_id))

    def _would_lose_edits(self) -> bool:
        if not self.form.has_edits:
            return False
        self.form.message.show_message(
            self.tr("Save what you typed first, or press Ctrl+Shift+Z to take it back."),
            level="warning",
        )
        return True

    # One template

    def _on_save(self) -> None:
        app, actor, command = self._context.app, self._context.actor, self.form.command()
        self._context.tasks.operation(
            self,
            lambda: app.paper_templates.save(actor, command),
            on_success=self._on_saved,
            on_known_error=self.form.fail,
            on_finished=self.form.finish,
        )

    def _on_saved(self, row: TemplateRow) -> None:
        self.form.show_template(row)
        self.form.tell_saved()
        self.refresh()

    def _on_default(self) -> None:
        app, actor = self._context.app, self._context.actor
        template_id = self.form.template_id
        self.form.clear_messages()
        self._context.tasks.operation(
            self,
            lambda: app.paper_templates.set_default(actor, template_id),
            on_success=self._on_saved,
            on_known_error=self._on_refused,
        )

    def _on_retire(self) -> None:
        app, actor = self._context.app, self._context.actor
        template_id = self.form.template_id
        self.form.clear_messages()
        self._context.tasks.operation(
            self,
            lambda: app.paper_templates.retire(actor, template_id),
            on_success=lambda _: self._on_retired(),
            on_known_error=self._on_refused,
        )

    def _on_retired(self) -> None:
        self.form.show_template(None)
        self.is_settled = False
        self.refresh()

    def _on_refused(self, error: KnownError) -> None:
        self.form.finish()
        self.form.message.show_error(error)

    # The picture

    def _draw(self) -> None:
        app, actor = self._context.app, self._context.actor
        command, kept_logo = self.form.command(), self.form.kept_logo
        title = self.tr("Preview")

        def read(content: bytes) -> None:
            self._context.tasks.slow(
                self, lambda _progress: read_pdf(title, content), on_success=self._show_picture
            )

        self._context.tasks.query(
            self,
            lambda: app.paper_preview.invoice(actor, command, kept_logo),
            on_success=read,
            on_known_error=self._on_refused,
            latest="preview",
        )

    def _show_picture(self, pdf: Pdf) -> None:
        self.preview.show_pdf(pdf)
