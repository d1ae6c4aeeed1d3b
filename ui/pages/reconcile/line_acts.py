"""What one key does with the current line: approve, decline, undo; or with everything certain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.model.reconciliations import LineCategory
from core.services.line_candidates import Candidate
from core.services.rows import MatchRow, PaymentRow
from ui.pages.reconcile.dialogs import IgnoreDialog
from ui.pages.reconcile.verbs import Go
from ui.pages.reconcile.words import filled, number

if TYPE_CHECKING:
    from ui.pages.reconcile.work import WorkView


class LineActs(QObject):
    """The acts of a :class:`WorkView`; each waits until the line it means has been read."""

    def __init__(self, work: WorkView) -> None:
        super().__init__(work)
        self._work = work

    def approve_current(self) -> None:
        """Approve the current line's best candidate and go to the next open line."""
        work = self._work
        if work.must_wait(self.approve_current):
            return
        shown = work.current()
        if shown is None or not shown.category.is_open:
            work.refresh(Go.NEXT_OPEN)
        elif shown.best is not None:
            self.approve(shown.best)
        elif shown.category is LineCategory.AMBIGUOUS:
            work.notice_raised.emit(self.tr("Several fit equally: choose one by its number."))
        else:
            work.notice_raised.emit(
                self.tr("Nothing fits this line: tick payments and press S, or set it aside (I).")
            )

    def approve_numbered(self, place: int) -> None:
        """Approve the n-th candidate of the current line, counted from 0."""
        if self._work.must_wait(lambda: self.approve_numbered(place)):
            return
        shown = self._work.current()
        if shown is not None and place < len(shown.candidates):
            self.approve(shown.candidates[place])

    def approve(self, candidate: Candidate) -> None:
        """Approve a candidate of the current line and go to the next open one."""
        shown = self._work.current()
        if shown is not None and candidate in shown.candidates:
            self._work.act(lambda verbs: verbs.approve(shown.line_id, candidate), advance=True)

    def approve_certain(self) -> None:
        """Approve every certain match, all or none."""
        summary = self._work.summary
        count = summary.shares[LineCategory.CERTAIN].count if summary is not None else 0
        if not count:
            return
        self._work.act_long(
            lambda verbs: verbs.approve_certain(),
            doing=filled(self.tr("Approving the certain matches of %1 lines…"), number(count)),
            told=lambda after: filled(
                self.tr("%1 matches approved. Ctrl+Z takes them back."), number(after.last_matches)
            ),
        )

    def match_by_hand(self, payments: Sequence[PaymentRow]) -> None:
        """Match the selected lines with payments."""
        lines = [line.line_id for line in self._work.chosen_lines()]
        ids = [payment.payment_id for payment in payments]
        if lines and ids:
            self._work.act(lambda verbs: verbs.match_by_hand(lines, ids), advance=True)

    def decline_current(self) -> None:
        """Decline the first candidate of the current line."""
        if self._work.must_wait(self.decline_current):
            return
        shown = self._work.current()
        if shown is not None and shown.candidates:
            self.decline(shown.candidates[0].match)

    def decline(self, match: MatchRow) -> None:
        """Decline a proposal; it does not come again."""
        self._work.act(lambda verbs: verbs.decline(match.match_id))

    def ignore_current(self) -> None:
        """Ask why the current line is set aside."""
        work = self._work
        if work.must_wait(self.ignore_current):
            return
        shown = work.current()
        if shown is None or not shown.category.is_open or not work.may_act():
            return
        work.form_wanted.emit(
            IgnoreDialog(
                work.context, work.verbs, shown.line, lambda: work.refresh(Go.NEXT_OPEN), work
            )
        )

    def undo_current(self) -> None:
        """Undo the current line's match, or take it back from those set aside."""
        if self._work.must_wait(self.undo_current):
            return
        shown = self._work.current()
        if shown is not None and shown.approved is not None:
            self.undo(shown.approved)
        elif shown is not None and shown.category is LineCategory.IGNORED:
            self._work.act(lambda verbs: verbs.take_back(shown.line_id))

    def undo(self, match: MatchRow) -> None:
        """Take an approved match back, and look again so that its lines can be decided anew."""
        self._work.act(
            lambda verbs: verbs.undo([match.match_id]),
            told=self.tr("The match was undone."),
            search_after=True,
        )

    def undo_last(self) -> None:
        """Undo what this person approved last, by one key as it was approved by one key."""
        if self._work.must_wait(self.undo_last):
            return
        summary = self._work.summary
        count = summary.last_matches if summary is not None else 0
        if count == 1:
            told = self.tr("The match was undone.")
            self._work.act(lambda verbs: verbs.undo_last(), told=told, search_after=True)
        elif count:
            told = filled(self.tr("%1 matches were undone."), number(count))
            self._work.act_long(
                lambda verbs: verbs.undo_last(),
                doing=filled(self.tr("Undoing %1 matches…"), number(count)),
                told=lambda _after: told,
                search_after=True,
            )
