"""Working on one statement: its lines at the left, what each may be at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from core.errors import KnownError
from core.permissions import Permission
from core.services.rows import MatchRow, ReconciliationRow, StatementLineRow
from ui.context import PageContext
from ui.pages.reconcile.act_queue import ActQueue
from ui.pages.reconcile.bench import MATCHES, Undo, bench_of
from ui.pages.reconcile.board import Board, BoardLine, Candidate, Category
from ui.pages.reconcile.candidates import CandidatesPane
from ui.pages.reconcile.dialogs import CloseSheet, StepDialog, reopen_dialog, resolve_dialog
from ui.pages.reconcile.hand_acts import HandActs
from ui.pages.reconcile.keys import bind_keys
from ui.pages.reconcile.lines import CategoryChips
from ui.pages.reconcile.lines_pane import LinesPane
from ui.pages.reconcile.original import OriginalFile
from ui.pages.reconcile.payments import PaymentsPane
from ui.pages.reconcile.verbs import Verbs
from ui.pages.reconcile.words import filled, number
from ui.pages.reconcile.work_head import WorkHead
from ui.tasks import Progress, Task
from ui.theme import gap
from ui.widgets.basics import splitter
from ui.widgets.messages import InlineMessage
from ui.widgets.progress_line import ProgressLine


class WorkView(QWidget):
    """One reconciliation. Acts are done one after the other, each seeing what the last one left.

    Signals:
        left: back to the list.
        form_wanted(dialog): open this form.
        notice_raised(text): tell this in passing.
    """

    left = Signal()
    form_wanted = Signal(object)
    notice_raised = Signal(str)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._id = ""
        self._board: Board | None = None
        self._verbs = Verbs(context, "")
        self._acts = ActQueue(context.tasks, self)
        self._searching: Task[Board] | None = None
        self._may_work = context.actor.may(Permission.RECONCILE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self))
        self.head = WorkHead(context.actor)
        column.addWidget(self.head)
        self.message = InlineMessage()
        column.addWidget(self.message)
        self.progress = ProgressLine()
        self.progress.cancelled.connect(self._on_cancel)
        column.addWidget(self.progress)
        self.chips = CategoryChips()
        column.addWidget(self.chips)
        self.lines = LinesPane()
        self.table, self.place = self.lines.table, self.lines.place
        self.candidates = CandidatesPane()
        self.payments = PaymentsPane(context)
        self.original = OriginalFile(context, self)
        self.hand = HandActs(context, bench_of(self), self)
        self._undos: list[Undo] = []
        right = splitter(self.candidates, self.payments, vertical=True, shares=(6, 5))
        self.split = splitter(self.lines, right, shares=(11, 10))
        column.addWidget(self.split, 1)
        self._connect()
        self._add_keys()

    @property
    def board(self) -> Board | None:
        """What is shown, once it was read."""
        return self._board

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing is being read, searched or changed."""
        return self._board is not None and not self._acts.is_busy and self._searching is None

    def open(self, reconciliation_id: str) -> None:
        """Work on another reconciliation."""
        self._id = reconciliation_id
        self._verbs = Verbs(self._context, reconciliation_id)
        self.hand.begin(self._verbs, reconciliation_id)
        self._undos.clear()
        self._board = None
        self._acts.clear()
        self.message.clear()
        self.head.show_opening()
        self.chips.hide()
        self.place.show_rows(())
        self._show_line()
        self.chips.choose(None)
        self.payments.search.clear()
        self.refresh()

    def leave(self) -> None:
        """Stop showing it; what was approved stays."""
        self._id = ""
        self._stop()

    def refresh(self) -> None:
        """Read it again; line and selection stay."""
        if not self._id:
            return
        verbs, shown = self._verbs, self._board
        self._context.tasks.query(
            self,
            lambda: verbs.read(shown),
            on_success=self._show,
            on_known_error=self.message.show_error,
            latest="detail",
        )

    def propose(self) -> None:
        """Look for matches of the open lines, off the GUI thread, until done or cancelled."""
        if self._searching is not None or not self._id:
            return
        verbs = self._verbs

        def work(progress: Progress) -> Board:
            return verbs.propose(cancelled=lambda: progress.is_cancelled)

        self.progress.start(self.tr("Looking for matches…"))
        self._searching = self._context.tasks.slow(
            self,
            work,
            on_success=self._show,
            on_known_error=self._on_refused,
            on_finished=self._on_searched,
        )

    # Building

    def _connect(self) -> None:
        self.head.leave_wanted.connect(self.left)
        self.head.approve_certain_wanted.connect(self.approve_certain)
        self.head.search_wanted.connect(self.propose)
        self.head.close_wanted.connect(self.close_reconciliation)
        self.head.resolve_wanted.connect(lambda: self._open_step(resolve_dialog))
        self.head.reopen_wanted.connect(lambda: self._open_step(reopen_dialog))
        self.head.original_wanted.connect(lambda: self._with_original(self.original.open))
        self.head.original_copy_wanted.connect(lambda: self._with_original(self.original.save))
        self.original.refused.connect(self.message.show_error)
        self.original.saved.connect(self.notice_raised)
        self.lines.approve_wanted.connect(self.approve_current)
        self.lines.fee_wanted.connect(self.hand.fee)
        self.lines.write_off_wanted.connect(self.hand.explain)
        self.lines.ignore_wanted.connect(self.hand.set_aside)
        self.lines.undo_wanted.connect(self.undo_current)
        self.lines.undo_last_wanted.connect(self.undo_last)
        self.chips.category_chosen.connect(self._on_category_chosen)
        self.table.approve_wanted.connect(self.approve_current)
        self.table.current_row_changed.connect(lambda _row: self._show_line())
        self.table.selection_changed.connect(self._show_chosen)
        self.candidates.approve_wanted.connect(self.approve)
        self.candidates.decline_wanted.connect(self.decline)
        self.candidates.undo_wanted.connect(lambda match: self.undo((match.match_id,)))
        self.candidates.take_back_wanted.connect(self.undo_current)
        self._acts.refused.connect(self._on_refused)
        self.payments.match_wanted.connect(self.hand.match)
        self.payments.split_wanted.connect(self.hand.split)
        self.payments.failed.connect(self.message.show_error)

    def _add_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            str(place + 1): partial(self.approve_numbered, place) for place in range(9)
        }
        keys |= {
            "A": self.approve_certain,
            "S": self.hand.split,
            "F": self.hand.fee,
            "W": self.hand.explain,
            "I": self.hand.set_aside,
            "D": self.decline_current,
            "Del": self.decline_current,
            "U": self.undo_current,
            "L": self.head.search_button.click,
            "R": self.head.resolve_button.click,
            "O": self.head.reopen_button.click,
            "Ctrl+Z": self.undo_last,
            "F12": self.head.close_button.click,
            "V": lambda: self._with_original(self.original.open),
            "Ctrl+S": lambda: self._with_original(self.original.save),
            "P": self.head.problems.toggle_details,
            "F6": self._on_next_pane,
        }
        bind_keys(self, keys)

    # Showing

    def _show(self, board: Board) -> None:
        if board.detail.reconciliation.reconciliation_id != self._id:
            return
        is_first = self._board is None
        if self._board is board:
            return
        self._board = board
        self.chips.show()
        self.head.show_board(board)
        self.chips.show_counts(board)
        self.payments.show_detail(board.detail)
        self.place.show_rows(board.of(self.chips.chosen))
        if is_first:
            self.place.go_to(self.place.first_open_id())
            self.table.setFocus()
        self._show_line()

    def _show_line(self) -> None:
        board, shown = self._board, self.current()
        locked = board is None or board.is_locked or not self._may_work
        self.candidates.show_line(shown, is_locked=locked)
        decided = () if board is None else board.last_decided_by(self._context.actor.name)
        self.lines.show_state(shown, is_locked=locked, may_undo_last=bool(decided or self._undos))
        self._show_chosen()

    def _show_chosen(self) -> None:
        self.payments.set_lines(self.chosen_lines())

    def current(self) -> BoardLine | None:
        """Return the current line as it is now."""
        line_id = self.place.line_id
        return None if self._board is None or line_id is None else self._board.line(line_id)

    # Acts

    def approve_current(self) -> None:
        """Approve the current line's best candidate and go to the next open line."""
        if self._acts.must_wait(self.approve_current):
            return
        shown = self.current()
        if shown is None or not shown.category.is_open:
            self.place.advance(self.place.open_ids_after())
        elif shown.best is not None:
            self.approve(shown.best)
        elif shown.category is Category.AMBIGUOUS:
            self.notice_raised.emit(self.tr("Several fit equally: choose one by its number."))
        else:
            self.notice_raised.emit(self.tr("Nothing fits: tick payments, or set it aside (I)."))

    def approve_numbered(self, place: int) -> None:
        """Approve the n-th candidate of the current line, counted from 0."""
        if self._acts.must_wait(lambda: self.approve_numbered(place)):
            return
        shown = self.current()
        if shown is not None and place < len(shown.candidates):
            self.approve(shown.candidates[place])

    def approve(self, candidate: Candidate) -> None:
        """Approve a candidate for the current line and go to the next open one."""
        shown = self.current()
        if shown is not None:
            self.act(lambda verbs: verbs.approve(shown.line_id, candidate), undo=MATCHES)

    def approve_certain(self) -> None:
        """Approve exactly the certain matches that are shown, all or none."""
        ids = self._board.certain_match_ids if self._board is not None else ()
        if ids:
            told = self.tr("%1 matches approved. Ctrl+Z takes them back.")
            told = filled(told, number(len(ids)))
            self.act(lambda verbs: verbs.approve_all(ids), told=told, undo=MATCHES)

    def decline_current(self) -> None:
        """Decline the first candidate of the current line."""
        shown = self.current()
        if shown is not None and shown.candidates:
            self.decline(shown.candidates[0].match)

    def decline(self, match: MatchRow) -> None:
        """Decline a proposal; it does not come again."""
        self.act(lambda verbs: verbs.decline(match.match_id))

    def undo_current(self) -> None:
        """Undo the current line's match, or take it back from those set aside."""
        shown = self.current()
        if shown is not None and shown.approved is not None:
            self.undo((shown.approved.match_id,))
        elif shown is not None and shown.category is Category.IGNORED:
            self.act(lambda verbs: verbs.take_back(shown.line_id))

    def undo_last(self) -> None:
        """Take back what this person did last, by one key as it was done by one key."""
        if self._acts.must_wait(self.undo_last) or self._board is None:
            return
        last = self._undos[-1] if self._undos else MATCHES
        if last.work is None:
            self.undo(self._board.last_decided_by(self._context.actor.name))
        else:
            self._undos.pop()
            self.act(last.work, told=last.told)

    def undo(self, match_ids: Sequence[int]) -> None:
        """Take approved matches back, all or none."""
        if MATCHES in self._undos:
            del self._undos[len(self._undos) - 1 - self._undos[::-1].index(MATCHES)]
        if not match_ids or not self.may_act():
            return
        told = self.tr("The match was undone.")
        if len(match_ids) > 1:
            count = number(len(match_ids))
            told = filled(self.tr("%1 matches were undone."), count)
            self.progress.start(filled(self.tr("Undoing %1 matches…"), count), may_cancel=False)
        self.act(lambda verbs: verbs.undo(match_ids), told=told)

    def close_reconciliation(self) -> None:
        """Open the review before closing."""
        if self._board is not None and not self._board.is_locked:
            self.form_wanted.emit(
                CloseSheet(
                    self._context, self._verbs, self._board, lambda _row: self.refresh(), self
                )
            )

    def _open_step(self, make: Callable[..., StepDialog]) -> None:
        self.form_wanted.emit(make(self._context, self._verbs, lambda _row: self.refresh(), self))

    def _with_original(self, act: Callable[[ReconciliationRow], object]) -> None:
        if self._board is not None:
            act(self._board.detail.reconciliation)

    def may_act(self) -> bool:
        """Tell whether the statement is open and the person may work on it."""
        return self._board is not None and not self._board.is_locked and self._may_work

    def chosen_lines(self) -> list[StatementLineRow]:
        """Return the open lines that are selected, or else the current one."""
        return [each.line for each in self.lines.chosen(self._board)]

    def finish(self, board: Board, after: Sequence[int], undo: Undo | None) -> None:
        """Show what an act left; one that can be taken back goes to the next open line."""
        self._show(board)
        if undo is not None:
            self._undos.append(undo)
            self.payments.clear_ticks()
            self.place.advance(after)
            self._show_line()
            self.table.setFocus()

    def act(
        self, work: Callable[[Verbs], Board], *, told: str = "", undo: Undo | None = None
    ) -> None:
        """Do an act when those before it are done; ``undo`` is how it is taken back."""
        verbs = self._verbs
        if not self.may_act():
            return
        if self._acts.must_wait(lambda: self.act(work, told=told, undo=undo)):
            return
        self.message.clear()
        after = self.place.open_ids_after()

        def then(board: Board) -> None:
            self.progress.stop()
            self.finish(board, after, undo)
            if told:
                self.notice_raised.emit(told)

        self._acts.run(lambda: work(verbs), then)

    def _on_refused(self, error: KnownError) -> None:
        self.progress.stop()
        self.message.show_error(error)
        self.refresh()

    def _on_searched(self) -> None:
        self._searching = None
        self.progress.stop()

    def _stop(self) -> None:
        self._acts.clear()
        if self._searching is not None:
            self._searching.cancel()
        self._on_searched()

    def _on_cancel(self) -> None:
        self._stop()
        self.refresh()

    def _on_category_chosen(self, category: Category | None) -> None:
        if self._board is not None:
            self.place.show_rows(self._board.of(category))
            self._show_line()

    def _on_next_pane(self) -> None:
        panes = (self.table, self.payments.table, self.payments.search)
        focused = QApplication.focusWidget()
        place = panes.index(focused) if focused in panes else -1
        panes[(place + 1) % len(panes)].setFocus()
