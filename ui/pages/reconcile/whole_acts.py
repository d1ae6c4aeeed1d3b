"""What is done with a whole statement: close, resolve, reopen it, look at its file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

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
        self._original = OriginalFile(work.context, work)
        self._original.saved.connect(work.notice_raised)
        self._original.refused.connect(work.message.show_error)

    def close_reconciliation(self) -> None:
        """Open the review before closing."""
        work = self._work
        if work.summary is None or work.is_locked:
            return
        sheet = CloseSheet(
            work.context,
            work.verbs,
            work.summary,
            lambda _row: work.refresh(),
            work,
            missing=work.missing.count,
        )
        work.form_wanted.emit(sheet)

    def resolve(self) -> None:
        """Ask how a discrepancy was settled."""
        self._open_step(resolve_dialog)

    def reopen(self) -> None:
        """Ask why a closed reconciliation is reopened."""
        self._open_step(reopen_dialog)

    def open_original(self) -> None:
        """Open a copy of the file."""
        self._with_original(self._original.open)

    def save_original(self) -> None:
        """Save a copy of the file."""
        self._with_original(self._original.save)

    def _open_step(self, make: Callable[..., StepDialog]) -> None:
        work = self._work
        work.form_wanted.emit(make(work.context, work.verbs, lambda _row: work.refresh(), work))

    def _with_original(self, act: Callable[[ReconciliationRow], object]) -> None:
        if self._work.summary is not None:
            act(self._work.summary.row)
