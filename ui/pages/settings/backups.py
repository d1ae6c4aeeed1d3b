"""The tab of backups: save one now, and see what one holds before it replaces anything."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from core.clock import shop_date, shop_time
from core.errors import KnownError
from core.services.backups import BackupContents
from ui.context import PageContext
from ui.theme import gap
from ui.widgets.basics import Card, PlainLabel
from ui.widgets.buttons import BusyButton
from ui.widgets.facts import KeyValueList
from ui.widgets.messages import InlineMessage
from ui.words import count_text

_MOST_PROBLEMS = 5


class BackupsCard(Card):
    """Saves and looks; bringing a backup back needs the shop closed, and is told how."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._context = context
        told = self.tr(
            "A backup is one file with everything but the papers' PDFs. Keep it on another disk."
        )
        is_shared = context.app.database.is_shared
        if is_shared:
            told = self.tr(
                "This shop is on a server, and backed up there by whoever looks after it, with"
                " “sanduku database backup”. No desk may read all of it."
            )
        self.body.addWidget(PlainLabel(told, look="muted", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        self.save_button = BusyButton(
            self.tr("Back up now… (Ctrl+Shift+B)"), busy_text=self.tr("Backing up…")
        )
        self.save_button.setShortcut("Ctrl+Shift+B")
        self.look_button = BusyButton(
            self.tr("Look into a backup… (Ctrl+Shift+L)"),
            busy_text=self.tr("Checking it…"),
            kind="",
        )
        self.look_button.setShortcut("Ctrl+Shift+L")
        self.save_button.clicked.connect(self._choose_target)
        self.look_button.clicked.connect(self._choose_source)
        row.addWidget(self.save_button)
        row.addWidget(self.look_button)
        row.addStretch(1)
        self.body.addLayout(row)
        for each in (self.save_button, self.look_button):
            each.setVisible(not is_shared)
        self.message = InlineMessage()
        self.body.addWidget(self.message)
        self.facts = KeyValueList()
        self.body.addWidget(self.facts)
        self.way = PlainLabel(look="muted", wrap=True)
        self.way.hide()
        self.body.addWidget(self.way)

    def save(self, path: Path) -> None:
        """Back the shop up into a file."""
        backups, actor = self._context.app.backups, self._context.actor
        told = self.tr("Saved as %1.").replace("%1", str(path))
        self._context.tasks.slow(
            self,
            lambda _progress: backups.save(actor, path),
            on_success=lambda _none: self.message.show_message(told, level="success"),
            on_known_error=self.message.show_error,
            on_finished=self.save_button.finish,
        )

    def look(self, path: Path) -> None:
        """Show what a backup holds."""
        backups, actor = self._context.app.backups, self._context.actor
        self.facts.set_facts(())
        self.way.hide()
        self.message.clear()
        self._context.tasks.slow(
            self,
            lambda _progress: backups.look(actor, path),
            on_success=lambda found: self._show(path, found),
            on_known_error=self._refuse,
            on_finished=self.look_button.finish,
        )

    def _choose_target(self) -> None:
        name = f"sanduku-{shop_date(self._context.app.configuration.clock())}.db"
        dialog = self._dialog(self.tr("Back up"), self.save_button)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("db")
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen)))
        dialog.open()

    def _choose_source(self) -> None:
        dialog = self._dialog(self.tr("Look into a backup"), self.look_button)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda chosen: self.look(Path(chosen)))
        dialog.open()

    def _dialog(self, title: str, pressed: BusyButton) -> QFileDialog:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self, title, folder, self.tr("Backups (*.db)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.rejected.connect(pressed.finish)
        return dialog

    def _refuse(self, error: KnownError) -> None:
        self.message.show_error(error)

    def _show(self, path: Path, found: BackupContents) -> None:
        last = found.last_act_at
        self.facts.set_facts(
            (
                (self.tr("File"), str(path)),
                (self.tr("Shop"), found.shop_name or self.tr("without a name")),
                (
                    self.tr("Last act in it"),
                    f"{shop_time(last):%Y-%m-%d %H:%M}" if last else self.tr("none"),
                ),
                (self.tr("Payments"), count_text(found.payments)),
                (self.tr("Refunds"), count_text(found.refunds)),
                (self.tr("Statements"), count_text(found.statements)),
                (self.tr("People"), ", ".join(found.people)),
                (self.tr("Audit trail"), count_text(found.audit_entries)),
            )
        )
        if found.problems:
            shown = "\n".join(found.problems[:_MOST_PROBLEMS])
            more = len(found.problems) - _MOST_PROBLEMS
            if more > 0:
                shown += "\n" + self.tr("and %1 more").replace("%1", count_text(more))
            told = self.tr("The books in it do not agree with themselves:")
            self.message.show_message(f"{told}\n{shown}", level="error")
        else:
            told = self.tr("Its books agree with themselves, and every audit chain holds.")
            self.message.show_message(told, level="success")
        way = self.tr(
            "To bring it back, close every window of this shop and run: sanduku database restore"
            " “%1”. The shop that is there now is kept beside it."
        )
        self.way.setText(way.replace("%1", str(path)))
        self.way.show()
