"""What is done with a whole statement: close, resolve, reopen it, look at its file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.model.reconciliations import ReconciliationStatus
from core.services.rows import ReconciliationRow
from ui.pages.reconcile.dialogs import CloseSheet, StepDialog, reopen_dialog, resolve_dialog
from ui.pages.reconcile.original import OriginalFile

if TYPE_CHECKING:
    from ui.pages.reconcile.work import WorkView


class WholeActs(QObject):
    """The acts of a :class:`WorkView` that open a form, and those of the file it came in."""

    def __init__(self, work: WorkView) -> None:
        super().__init__(work)
        self._work = work
        self.original = OriginalFile(work.context, work)
        self.original.saved.connect(work.notice_raised)
        self.original.refused.connect(work.message.show_error)

    def close_reconciliation(self) -> None:
        """Open the review before closing."""
        work = self._work
        if work.summary is None or work.is_locked:
            return
        sheet = CloseSheet(
            work.context,
            work.verbs,
            work.summary,
            self._on_closed,
            work,
            missing=work.missing.count,
        )
        work.form_wanted.emit(sheet)

    def _on_closed(self, row: ReconciliationRow) -> None:
        told = self.tr("Closed as complete.")
        if row.status is ReconciliationStatus.DISCREPANCY:
            told = self.tr("Closed with a discrepancy.")
        # Replaces what still says that Ctrl+Z takes the last act back: locked lines keep it.
        self._work.notice_raised.emit(told)
        self._work.refresh()

    def resolve(self) -> None:
        """Ask how a discrepancy was settled."""
        self._open_step(resolve_dialog)

    def reopen(self) -> None:
        """Ask why a closed reconciliation is reopened."""
        self._open_step(reopen_dialog)

    def open_original(self) -> None:
        """Open a copy of the file."""
        self._with_original(self.original.open)

    def save_original(self) -> None:
        """Save a copy of the file."""
        self._with_original(self.original.save)

    def _open_step(self, make: Callable[..., StepDialog]) -> None:
        work = self._work
        work.form_wanted.emit(make(work.context, work.verbs, lambda _row: work.refresh(), work))

    def _with_original(self, act: Callable[[ReconciliationRow], object]) -> None:
        if self._work.summary is not None:
            act(self._work.summary.row)
