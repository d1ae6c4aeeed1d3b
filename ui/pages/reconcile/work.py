"""Working on one statement: its lines at the left, what each may be at the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from core.errors import KnownError
from core.permissions import Permission
from core.services.matching.line_candidates import LineDetail
from core.services.reconciliations.lists import LineFilter, ReconciliationSummary
from core.services.rows import StatementLineRow
from ui.context import PageContext
from ui.pages.reconcile.act_queue import ActQueue
from ui.pages.reconcile.bench import Undo, bench_of
from ui.pages.reconcile.candidates import CandidatesPane
from ui.pages.reconcile.hand_acts import HandActs
from ui.pages.reconcile.keys import bind_keys
from ui.pages.reconcile.line_acts import LineActs
from ui.pages.reconcile.line_reader import LineReader
from ui.pages.reconcile.lines import CategoryChips
from ui.pages.reconcile.lines_pane import LinesPane
from ui.pages.reconcile.match_search import MatchSearch
from ui.pages.reconcile.missing import MissingPayments
from ui.pages.reconcile.payments import PaymentsPane
from ui.pages.reconcile.verbs import Go, Look, Verbs
from ui.pages.reconcile.whole_acts import WholeActs
from ui.pages.reconcile.words import filled, number
from ui.pages.reconcile.work_head import WorkHead
from ui.pages.reconcile.work_keys import keys_of
from ui.tasks import Progress
from ui.theme import gap
from ui.widgets.basics import splitter
from ui.widgets.messages import InlineMessage
from ui.widgets.progress_line import ProgressLine

_REST_MS = 300
"""The lists of payments follow the acts at this distance, not each of them."""


class WorkView(QWidget):
    """One reconciliation. Acts are done one after the other, each seeing what the last one left.

    Signals:
        left: back to the list.
        form_wanted(dialog): open this form.
        notice_raised(text): tell this in passing.
        payment_wanted(payment_id): show this payment on the payments page.
    """

    left = Signal()
    form_wanted = Signal(object)
    notice_raised = Signal(str)
    payment_wanted = Signal(str)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._id = ""
        self.summary: ReconciliationSummary | None = None
        self.verbs = Verbs(context, "")
        self._acts = ActQueue(context.tasks, self)
        self.may_work = context.actor.may(Permission.RECONCILE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self))
        self.head = WorkHead(context.actor)
        self.message = InlineMessage()
        self.progress = ProgressLine()
        self.chips = CategoryChips()
        for widget in (self.head, self.message, self.progress, self.chips):
            column.addWidget(widget)
        self.search = MatchSearch(context.tasks, self.progress, self)
        self.lines = LinesPane(context)
        self.table, self.place = self.lines.table, self.lines.place
        self.missing = MissingPayments(context)
        self.lists = QStackedWidget()
        self.lists.addWidget(self.lines)
        self.lists.addWidget(self.missing)
        self.candidates = CandidatesPane()
        self.payments = PaymentsPane(context)
        right = splitter(self.candidates, self.payments, vertical=True, shares=(6, 5))
        self.split = splitter(self.lists, right, shares=(6, 5))
        column.addWidget(self.split, 1)
        self.reader = LineReader(context, self.place, self)
        self.line_acts = LineActs(self)
        self.hand = HandActs(context, bench_of(self), self)
        self.whole_acts = WholeActs(self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._read_payments)
        self._connect()
        bind_keys(self, keys_of(self))

    @property
    def is_locked(self) -> bool:
        """Tell whether the reconciliation is closed, or not read yet."""
        return self.summary is None or self.summary.is_locked

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing is being read, searched or changed."""
        is_read = self.table.model_of_lines.is_answered and not self.reader.is_reading
        is_working = self._acts.is_busy or self.search.is_running or self._rest.isActive()
        return self.summary is not None and is_read and not is_working

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the height."""
        super().resizeEvent(event)
        self.payments.table.fit_into(self.height())

    def open(self, reconciliation_id: str) -> None:
        """Work on another reconciliation."""
        self._id = reconciliation_id
        self.verbs = Verbs(self.context, reconciliation_id)
        self.hand.begin(self.verbs, reconciliation_id)
        self.line_acts.begin()
        self.summary = None
        self.reader.take(None)
        self._acts.clear()
        self.message.clear()
        self.head.show_opening()
        self.chips.hide()
        self.lines.search.search_for("")
        self.chips.choose(None)
        self.payments.search.clear()
        self.place.begin(reconciliation_id)
        self.missing.begin(reconciliation_id)
        self._show_line()
        self.refresh(Go.FIRST_OPEN)

    def leave(self) -> None:
        """Stop showing it; what was approved stays."""
        self._id = ""
        self._stop()

    def refresh(self, go: Go = Go.STAY) -> None:
        """Read it again; line, selection and scroll position stay unless told to go on."""
        if not self._id:
            return
        verbs, wanted, line_id = self.verbs, self.place.wanted, self.place.line_id

        def show(look: Look) -> None:
            # Who went on meanwhile is not fetched back.
            self._show(look, follow=go is not Go.STAY or self.place.line_id in {line_id, None})

        self.context.tasks.query(
            self,
            lambda: verbs.look(wanted, line_id, go),
            on_success=show,
            on_known_error=self.message.show_error,
            latest="look",
        )

    def propose(self) -> None:
        """Look for matches of the open lines, off the GUI thread, until done or cancelled."""
        if self._id:
            self.search.start(self.verbs, self.summary.total.count if self.summary else 0)

    # What acts see of the page, and what they let it do

    def current(self) -> LineDetail | None:
        """Return the line the clerk is at; None where there is none or it is still being read."""
        return self.reader.current

    def chosen_lines(self) -> list[StatementLineRow]:
        """Return the open lines that are selected, or else the current one."""
        return self.lines.chosen()

    def may_act(self) -> bool:
        """Tell whether the statement is open and the person may work on it; where not, say why."""
        if self.summary is None:
            return False
        why = self.whole_acts.why_locked()
        if why:
            self.notice_raised.emit(why)
        return not why

    def must_wait(self, act: Callable[[], object]) -> bool:
        """Keep an act until those before it are done and its line is read, and tell so."""
        if self._acts.must_wait(act):
            return True
        if self.reader.is_reading:
            self.reader.once_read(act)
            return True
        return False

    def act(
        self, work: Callable[[Verbs], object], *, told: str = "", undo: Undo | None = None
    ) -> None:
        """Do an act when those before it are done.

        One that can be taken back, by ``undo``, goes to the next open line.
        """
        if not self.may_act():
            return
        if self._acts.must_wait(partial(self.act, work, told=told, undo=undo)):
            return
        self.message.clear()
        verbs, wanted, line_id = self.verbs, self.place.wanted, self.place.line_id
        go = Go.STAY if undo is None else Go.NEXT_OPEN

        def done() -> Look:
            work(verbs)
            return verbs.look(wanted, line_id, go)

        self._acts.run(done, lambda look: self._finish(look, told, undo))

    def act_long(
        self,
        work: Callable[[Verbs, Progress], object],
        *,
        doing: str,
        told: Callable[[ReconciliationSummary], str],
        undo: Undo | None = None,
    ) -> None:
        """Do an act of many matches beside the lists; ``doing`` has room for how many of how many.

        Until it is done Cancel stops it, and nothing of it stands.
        """
        if not self.may_act():
            return
        if self._acts.must_wait(partial(self.act_long, work, doing=doing, told=told, undo=undo)):
            return
        self.message.clear()
        self.progress.start(filled(doing, "…", "…"))
        verbs, wanted, line_id = self.verbs, self.place.wanted, self.place.line_id

        def then(look: Look) -> None:
            self.progress.stop()
            self._finish(look, told(look.summary), undo)

        def done(progress: Progress) -> Look:
            work(verbs, progress)
            return verbs.look(wanted, line_id, Go.NEXT_OPEN)

        def tell(count: int, total: int) -> None:
            self.progress.show_step(filled(doing, number(count), number(total)), count, total)

        self._acts.run_long(done, then, tell)

    def form_done(self, undo: Undo) -> None:
        """Show what a form did, and go to the next open line."""
        self._leave_line(undo)
        self.refresh(Go.NEXT_OPEN)

    def _finish(self, look: Look, told: str, undo: Undo | None) -> None:
        if look.summary.row.reconciliation_id != self._id:
            return
        if undo is not None:
            self._leave_line(undo)
        self._show(look, follow=True)
        if told:
            self.notice_raised.emit(told)

    def _leave_line(self, undo: Undo) -> None:
        self.line_acts.remember(undo)
        self.payments.clear_ticks()
        self.table.setFocus()

    # Building

    def _connect(self) -> None:
        acts = self.line_acts
        self.progress.cancelled.connect(self._on_cancel)
        self.head.leave_wanted.connect(self.left)
        self.head.approve_certain_wanted.connect(acts.approve_certain)
        self.head.search_wanted.connect(self.whole_acts.look_again)
        self.head.close_wanted.connect(self.whole_acts.close_reconciliation)
        self.head.resolve_wanted.connect(self.whole_acts.resolve)
        self.head.reopen_wanted.connect(self.whole_acts.reopen)
        self.head.original_wanted.connect(self.whole_acts.open_original)
        self.head.original_copy_wanted.connect(self.whole_acts.save_original)
        self.lines.approve_wanted.connect(acts.approve_current)
        self.lines.fee_wanted.connect(self.hand.fee)
        self.lines.write_off_wanted.connect(self.hand.explain)
        self.lines.ignore_wanted.connect(self.hand.set_aside)
        self.lines.undo_wanted.connect(acts.undo_current)
        self.lines.undo_last_wanted.connect(acts.undo_last)
        self.lines.undo_all_wanted.connect(acts.undo_all)
        self.lines.search_changed.connect(lambda _text: self._on_filter_changed())
        self.chips.category_chosen.connect(lambda _category: self._on_filter_changed())
        self.chips.missing_chosen.connect(self._on_missing_chosen)
        self.missing.counted.connect(self.chips.show_missing)
        self.missing.payment_wanted.connect(self.payment_wanted)
        self.table.approve_wanted.connect(acts.approve_current)
        self.table.selection_changed.connect(self._show_chosen)
        self.place.moved.connect(self._show_line)
        self.reader.arrived.connect(self._show_line)
        self.place.arrived.connect(self._show_chosen)
        self.candidates.approve_wanted.connect(acts.approve)
        self.candidates.decline_wanted.connect(acts.decline)
        self.candidates.decline_all_wanted.connect(acts.decline_all)
        self.candidates.as_before_wanted.connect(self.hand.set_aside_as_before)
        self.candidates.undo_wanted.connect(acts.undo)
        self.candidates.take_back_wanted.connect(acts.undo_current)
        self.payments.match_wanted.connect(self.hand.match)
        self.payments.split_wanted.connect(self.hand.split)
        self.payments.table.selection_changed.connect(
            lambda: self.lines.fee_button.setEnabled(self.hand.may_take_fee())
        )
        self._acts.refused.connect(self._on_refused)
        self._acts.stopped.connect(self._on_stopped)
        self.search.refused.connect(self._on_refused)
        self.search.started.connect(self._show_line)
        self.search.found.connect(self.refresh)
        for refused in (self.place.refused, self.reader.refused):
            refused.connect(self.message.show_error)
        for failed in (self.missing.failed, self.payments.failed):
            failed.connect(self.message.show_error)

    # Showing

    def _show(self, look: Look, *, follow: bool) -> None:
        if look.summary.row.reconciliation_id != self._id:
            return
        is_first = self.summary is None
        self.summary = look.summary
        self.chips.show()
        self.head.show_summary(look.summary, is_searching=self.search.is_running)
        self.chips.show_counts(look.summary)
        self.place.refresh()
        if follow:
            self.reader.take(look.line)
            self.place.go_to(look.line.line_id if look.line else None, look.place)
        else:
            self.reader.read()
        if is_first:
            self.table.setFocus()
            self._read_payments()
        else:
            self._rest.start()
        self._show_line()

    def _show_line(self) -> None:
        shown = self.current()
        locked = self.is_locked or not self.may_work
        if shown is not None or not self.reader.is_reading:
            self.candidates.show_line(shown, is_locked=locked, is_searching=self.search.is_running)
        self.lines.show_state(
            shown,
            is_locked=locked,
            may_take_fee=self.hand.may_take_fee(),
            may_undo_last=self.line_acts.may_undo_last,
            may_undo_all=self.summary is not None and self.summary.matches > 0,
        )
        self._show_chosen()

    def _show_chosen(self) -> None:
        self.payments.set_lines(self.chosen_lines())

    def _read_payments(self) -> None:
        if self.summary is not None and self._id:
            self.payments.show_reconciliation(self.summary.row)
            self.missing.refresh(self.summary.row)

    def _on_filter_changed(self) -> None:
        self.lists.setCurrentWidget(self.lines)
        wanted = LineFilter(self.chips.chosen, self.lines.search.text().strip())
        if self.summary is not None and wanted != self.place.wanted:
            self.place.show_filter(wanted)
            self.refresh()

    def _on_missing_chosen(self) -> None:
        self.lists.setCurrentWidget(self.missing)
        self.missing.table.setFocus()

    # When something is refused or stopped

    def _on_refused(self, error: KnownError) -> None:
        self.progress.stop()
        self.message.show_error(error)
        self.refresh()

    def _stop(self) -> None:
        self._acts.clear()
        self.search.stop()

    def _on_cancel(self) -> None:
        self._stop()
        self._acts.stop_long()
        self.refresh()

    def _on_stopped(self) -> None:
        self.progress.stop()
        self.notice_raised.emit(self.tr("Stopped. Nothing was changed."))
        self.refresh()

    def go_to_next_pane(self) -> None:
        """Put the keyboard into the next of the panes."""
        first = self.missing.table if self.chips.is_missing_chosen else self.table
        panes = (first, self.payments.table, self.payments.search)
        focused = QApplication.focusWidget()
        place = panes.index(focused) if focused in panes else -1
        panes[(place + 1) % len(panes)].setFocus()
