"""One entry of the audit trail beside the list: the sentence, the facts, the place in the chain."""

from __future__ import annotations

from textwrap import wrap

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.clock import shop_time
from core.services.audit.lists import ListedEntry
from ui.audit.history import details_of, who_acted
from ui.audit.words import about_text, sentence
from ui.theme import gap
from ui.widgets.basics import PlainLabel, SelectableLabel
from ui.widgets.buttons import IconButton, button
from ui.widgets.facts import KeyValueList
from ui.widgets.json_view import JsonView
from ui.widgets.panes import scrolled_card

OPENED_ON = {
    "payment": "payments",
    "refund": "refunds",
    "reconciliation": "reconcile",
    "invoice": "invoices",
    "credit_note": "invoices",
}
"""On which page the thing an entry is about is shown."""


class EntryPane(QFrame):
    """Shows one entry.

    Signals:
        subject_wanted(entry): show what the entry is about.
        entries_wanted(number): show all entries about it.
        closed: the person closed the pane.
    """

    subject_wanted = Signal(object)
    entries_wanted = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry: ListedEntry | None = None
        self._facts = KeyValueList()
        self.details = JsonView(self.tr("Details"))
        self.area, self._column = scrolled_card(
            self,
            self._make_head(),
            name=self.tr("Entry"),
            shown=self.tr("The entry chosen"),
            characters=64,
        )
        self._fill()

    def show_entry(self, entry: ListedEntry) -> None:
        """Show an entry."""
        self.entry = entry
        self.title.setText(about_text(entry.row))
        self.told.setText(sentence(entry.row))
        self.subject_button.setVisible(entry.subject_type in OPENED_ON)
        self.entries_button.setVisible(bool(entry.subject_id))
        about = self.tr("Number")
        facts = [
            (self.tr("When"), f"{shop_time(entry.at):%Y-%m-%d %H:%M:%S}"),
            (self.tr("Who"), who_acted(entry.user_name)),
            (self.tr("Desk"), entry.desk),
            (about, entry.subject_id),
            (self.tr("Kept as"), entry.action),
            (
                self.tr("Place"),
                self.tr("entry %1 of %2's own chain")
                .replace("%1", str(entry.sequence))
                .replace("%2", who_acted(entry.user_name)),
            ),
            # In groups, which wrap, and which can be held to the paper of a day's report.
            (self.tr("Hash"), " ".join(wrap(entry.entry_hash, 8))),
        ]
        shown = KeyValueList(facts, copyable=frozenset({about}))
        self._column.replaceWidget(self._facts, shown)
        self._facts.hide()
        self._facts.deleteLater()
        self._facts = shown
        details = details_of(entry.details)
        self.details.set_text(entry.details)
        self.details.setVisible(bool(details))

    def ask_for_subject(self) -> None:
        """Ask to be shown what the entry is about, where a page shows it."""
        if self.entry is not None and self.entry.subject_type in OPENED_ON:
            self.subject_wanted.emit(self.entry)

    def ask_for_entries(self) -> None:
        """Ask for all entries about it."""
        if self.entry is not None and self.entry.subject_id:
            self.entries_wanted.emit(self.entry.subject_id)

    def _make_head(self) -> QVBoxLayout:
        head = QVBoxLayout()
        row = QHBoxLayout()
        self.title = PlainLabel(look="heading")
        row.addWidget(self.title)
        row.addStretch(1)
        close = IconButton("cross", self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        row.addWidget(close)
        head.addLayout(row)
        return head

    def _fill(self) -> None:
        self.told = SelectableLabel()
        self.told.setWordWrap(True)
        self._column.addWidget(self.told)
        row = QHBoxLayout()
        row.setSpacing(gap(self, 0.8))
        self.subject_button = button(self.tr("Show it (Enter)"))
        self.subject_button.setToolTip("Ctrl+J")
        self.subject_button.clicked.connect(self.ask_for_subject)
        self.entries_button = button(self.tr("All entries about it"))
        self.entries_button.setToolTip("Ctrl+L")
        self.entries_button.clicked.connect(self.ask_for_entries)
        row.addWidget(self.subject_button)
        row.addWidget(self.entries_button)
        row.addStretch(1)
        self._column.addLayout(row)
        self._column.addWidget(self._facts)
        self._column.addWidget(self.details)
        self._column.addStretch(1)
