"""What is done with a whole statement: close, resolve, reopen it, look at its file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.model.reconciliations import ReconciliationStatus
from core.permissions import Permission
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

    def why_locked(self) -> str:
        """Return why nothing may be changed here, or an empty text."""
        work = self._work
        if not work.may_work:
            return self.tr("Only a clerk or a manager reconciles.")
        if not work.is_locked:
            return ""
        if work.context.actor.may(Permission.REOPEN_RECONCILIATION):
            return self.tr("The statement is closed: nothing is changed any more. O reopens it.")
        return self.tr(
            "The statement is closed: nothing is changed any more. Only a manager reopens it."
        )

    def look_again(self) -> None:
        """Look for matches of the open lines."""
        if self._work.may_act():
            self._work.propose()

    def close_reconciliation(self) -> None:
        """Open the review before closing."""
        work = self._work
        if work.summary is None or not work.may_act():
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
        summary = self._work.summary
        if summary is None:
            return
        if summary.row.status is ReconciliationStatus.DISCREPANCY and self._work.may_work:
            self._open_step(resolve_dialog)
        else:
            self._work.notice_raised.emit(
                self.tr("Only a statement that was closed with a discrepancy is resolved.")
                if self._work.may_work
                else self.why_locked()
            )

    def reopen(self) -> None:
        """Ask why a closed reconciliation is reopened."""
        work = self._work
        if work.summary is None:
            return
        if not work.is_locked:
            work.notice_raised.emit(self.tr("The statement is open: there is nothing to reopen."))
        elif work.context.actor.may(Permission.REOPEN_RECONCILIATION):
            self._open_step(reopen_dialog)
        else:
            work.notice_raised.emit(self.tr("Only a manager reopens a closed reconciliation."))

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
