"""What one key does with the current line: approve, decline, undo; or with everything certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.model.reconciliations import LineCategory
from core.services.matching.line_candidates import Candidate
from core.services.rows import MatchRow
from ui.pages.reconcile.bench import MATCHES, Undo
from ui.pages.reconcile.dialogs import UndoAllDialog
from ui.pages.reconcile.verbs import Go
from ui.pages.reconcile.words import filled, number

if TYPE_CHECKING:
    from ui.pages.reconcile.work import WorkView


class LineActs(QObject):
    """The acts of a :class:`WorkView`; each waits until the line it means has been read."""

    def __init__(self, work: WorkView) -> None:
        super().__init__(work)
        self._work = work
        self._undos: list[Undo] = []

    @property
    def may_undo_last(self) -> bool:
        """Tell whether this person did anything here that one key takes back."""
        summary = self._work.summary
        return bool(self._undos) or (summary is not None and summary.last_matches > 0)

    def begin(self) -> None:
        """Work on another reconciliation."""
        self._undos.clear()

    def remember(self, undo: Undo) -> None:
        """Remember how what was just done is taken back."""
        self._undos.append(undo)

    def approve_current(self) -> None:
        """Approve the current line's best candidate and go to the next open line."""
        work = self._work
        if work.must_wait(self.approve_current) or not work.may_act():
            return
        shown = work.current()
        if shown is None or not shown.category.is_open:
            work.refresh(Go.NEXT_OPEN)
        elif shown.best is not None:
            self.approve(shown.best)
        elif shown.category is LineCategory.AMBIGUOUS:
            work.notice_raised.emit(self.tr("Several fit equally: choose one by its number."))
        elif work.search.is_running:
            told = self.tr("The search for matches is under way: nothing is known of this line.")
            work.notice_raised.emit(told)
        else:
            work.notice_raised.emit(self.tr("Nothing fits: tick payments, or set it aside (I)."))

    def approve_numbered(self, place: int) -> None:
        """Approve the n-th candidate of the current line, counted from 0."""
        if self._work.must_wait(lambda: self.approve_numbered(place)) or not self._work.may_act():
            return
        shown = self._work.current()
        if shown is not None and place < len(shown.candidates):
            self.approve(shown.candidates[place])

    def approve(self, candidate: Candidate) -> None:
        """Approve a candidate of the current line and go to the next open one."""
        shown = self._work.current()
        if shown is not None and candidate in shown.candidates:
            self._work.act(lambda verbs: verbs.approve(shown.line_id, candidate), undo=MATCHES)

    def approve_certain(self) -> None:
        """Approve every certain match, all or none."""
        summary = self._work.summary
        if summary is None or not self._work.may_act():
            return
        if not summary.shares[LineCategory.CERTAIN].count:
            self._work.notice_raised.emit(self.tr("No match is certain."))
            return
        self._work.act_long(
            lambda verbs, progress: verbs.approve_certain(progress),
            doing=self.tr("Approving %1 of %2 certain matches…"),
            told=lambda after: filled(
                self.tr("%1 matches approved. Ctrl+Z takes them back."), number(after.last_matches)
            ),
            undo=MATCHES,
        )

    def decline_current(self) -> None:
        """Decline the first proposal of the current line, with all it offers."""
        if self._work.must_wait(self.decline_current) or not self._work.may_act():
            return
        shown = self._work.current()
        if shown is not None and shown.candidates:
            self.decline_all(shown.candidates[0].match)

    def decline_numbered(self, place: int) -> None:
        """Decline the n-th candidate of the current line alone, counted from 0."""
        if self._work.must_wait(lambda: self.decline_numbered(place)) or not self._work.may_act():
            return
        shown = self._work.current()
        if shown is not None and place < len(shown.candidates):
            self.decline(shown.candidates[place])

    def decline(self, candidate: Candidate) -> None:
        """Decline a candidate, of a choice only this one; it does not come again."""
        self._work.act(lambda verbs: verbs.decline(candidate))

    def decline_all(self, match: MatchRow) -> None:
        """Decline a proposal with all it offers; it does not come again."""
        self._work.act(lambda verbs: verbs.decline_all(match.match_id))

    def undo_current(self) -> None:
        """Undo the current line's match, or take it back from those set aside."""
        if self._work.must_wait(self.undo_current) or not self._work.may_act():
            return
        shown = self._work.current()
        if shown is not None and shown.approved is not None:
            self.undo(shown.approved)
        elif shown is not None and shown.category is LineCategory.IGNORED:
            self._work.act(lambda verbs: verbs.take_back([shown.line_id]))

    def undo(self, match: MatchRow) -> None:
        """Take an approved match back; what was proposed is offered again."""
        self._forget_matches()
        self._work.act(
            lambda verbs: verbs.undo([match.match_id]), told=self.tr("The match was undone.")
        )

    def undo_last(self) -> None:
        """Take back what this person did last, by one key as it was done by one key."""
        work = self._work
        if work.must_wait(self.undo_last) or not work.may_act():
            return
        last = self._undos[-1] if self._undos else MATCHES
        if last.work is None:
            self._undo_matches(work.summary.last_matches if work.summary is not None else 0)
        else:
            self._undos.pop()
            work.act(last.work, told=last.told)

    def undo_all(self) -> None:
        """Ask whether every match of the statement shall be taken back."""
        work = self._work
        if work.must_wait(self.undo_all) or not work.may_act():
            return
        if work.summary is None or not work.summary.matches:
            work.notice_raised.emit(self.tr("No match stands: there is nothing to undo."))
            return
        work.form_wanted.emit(UndoAllDialog(work.summary, self._undo_all, work))

    def _undo_all(self) -> None:
        summary = self._work.summary
        if summary is None:
            return
        while MATCHES in self._undos:
            self._undos.remove(MATCHES)
        told = filled(self.tr("%1 matches were undone."), number(summary.matches))
        self._work.act_long(
            lambda verbs, progress: verbs.undo_all(progress),
            doing=self.tr("Undoing %1 of %2 matches…"),
            told=lambda _after: told,
        )

    def _undo_matches(self, count: int) -> None:
        self._forget_matches()
        if count == 1:
            told = self.tr("The match was undone.")
            self._work.act(lambda verbs: verbs.undo_last(), told=told)
        elif count:
            told = filled(self.tr("%1 matches were undone."), number(count))
            self._work.act_long(
                lambda verbs, progress: verbs.undo_last(progress),
                doing=self.tr("Undoing %1 of %2 matches…"),
                told=lambda _after: told,
            )

    def _forget_matches(self) -> None:
        """Forget the last approval: it is taken back by another way."""
        if MATCHES in self._undos:
            del self._undos[len(self._undos) - 1 - self._undos[::-1].index(MATCHES)]
