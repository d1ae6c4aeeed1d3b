"""What a person does with lines by hand, each by one key: match, split, fee, set aside, undo."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from core.model.reconciliations import DifferenceKind
from core.money import display
from core.services.matching.by_hand import ExplainDifference, MatchByHand
from core.services.matching.differences import STAYS_OPEN, DifferenceAnswer, looks_like_a_fee
from core.services.rows import DIFFERING_KINDS, MatchRow, PaymentRow, StatementLineRow
from ui.context import PageContext
from ui.pages.reconcile.balance import balance_of
from ui.pages.reconcile.bench import MATCHES, Bench, Offers, Undo
from ui.pages.reconcile.dialogs import IgnoreDialog
from ui.pages.reconcile.difference_dialog import DifferenceDialog, answer_of
from ui.pages.reconcile.reasons import set_aside_reasons
from ui.pages.reconcile.split_sheet import SplitSheet
from ui.pages.reconcile.verbs import Verbs
from ui.pages.reconcile.words import filled, number, numbers_text

FEE = DifferenceAnswer(DifferenceKind.FEE)


class HandActs(QObject):
    """The acts of one page; each but :meth:`match` waits until the line it means is read."""

    def __init__(self, context: PageContext, bench: Bench, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._bench, self._window = context, bench, parent
        self.verbs = Verbs(context, "")
        self.reconciliation_id = ""
        self._last_sides: tuple[tuple[int, ...], tuple[str, ...]] | None = None

    def begin(self, verbs: Verbs, reconciliation_id: str) -> None:
        """Work on another reconciliation."""
        self.verbs, self.reconciliation_id = verbs, reconciliation_id

    def match(self, payments: Sequence[PaymentRow]) -> None:
        """Match the chosen lines with payments that they sum up to; ask where they do not."""
        lines = self._bench.chosen_lines()
        if not payments or not self._bench.may_act() or not lines:
            return
        if balance_of(lines, payments, lines[0].currency).left_minor:
            self._open_sheet(payments, STAYS_OPEN)
        else:
            self._match(lines, payments, STAYS_OPEN)

    def split(self) -> None:
        """Open the sheet with what is chosen; without ticks, with what the best candidate names."""
        if self._bench.must_wait(self.split):
            return
        shown, ticked = self._bench.current(), self._bench.ticked_payments()
        if not ticked and shown is not None and shown.best is not None:
            ticked = shown.best.payments
        self._open_sheet(ticked, STAYS_OPEN)

    def fee(self) -> None:
        """Take what is missing for the channel's fee, or the line itself for the bank's charge."""
        if self._bench.must_wait(self.fee):
            return
        shown, ticked = self._bench.current(), self._bench.ticked_payments()
        if shown is None or not self._bench.may_act():
            return
        if not self.may_take_fee():
            self._bench.tell(
                self.tr("Money came in and nothing is missing: there is no fee to set aside.")
                if shown.category.is_open
                else self.tr("This line's match has no difference that could be a fee.")
            )
        elif shown.approved is not None:
            self._fee_of(shown.approved)
        elif ticked and shown.line.amount_minor > 0:
            self._fee_of_ticked(ticked)
        elif shown.best is not None and shown.best.match.difference_minor > 0:
            self._fee_of(shown.best.match)
        else:
            self._set_aside([shown.line], set_aside_reasons()[0])

    def may_take_fee(self) -> bool:
        """Tell whether :meth:`fee` has something to take, on the line as it is shown."""
        shown = self._bench.current()
        if shown is None or self._bench.is_locked():
            return False
        if shown.approved is not None:
            return shown.approved.may_be_explained
        if not shown.category.is_open:
            return False
        falls_short = shown.best is not None and shown.best.match.difference_minor > 0
        return shown.line.amount_minor < 0 or falls_short or bool(self._bench.ticked_payments())

    def explain(self) -> None:
        """Ask what became of the difference of the current line's match, or of its candidate."""
        if self._bench.must_wait(self.explain):
            return
        shown = self._bench.current()
        if shown is None or not self._bench.may_act():
            return
        match = shown.approved or (shown.best.match if shown.best is not None else None)
        if match is None or not match.may_be_explained:
            self._bench.tell(self.tr("This line's match has no difference to write off."))
            return
        undo = self._explained(match)
        self._bench.open_form(
            DifferenceDialog(
                self._context,
                match,
                self.verbs.explain,
                lambda _none: self._bench.form_done(undo),
                self._window,
            )
        )

    def set_aside(self) -> None:
        """Ask why the chosen lines are set aside."""
        if self._bench.must_wait(self.set_aside):
            return
        lines = self._bench.chosen_lines()
        if not self._bench.may_act() or not lines:
            return
        shown = self._bench.current()
        usual = shown.suggested if shown is not None else None
        undo = self._taken_back(lines)
        self._bench.open_form(
            IgnoreDialog(
                self._context,
                self.verbs,
                lines,
                lambda: self._bench.form_done(undo),
                self._window,
                suggestion=usual.reason if usual is not None else "",
            )
        )

    def set_aside_as_before(self) -> None:
        """Set those of the chosen lines aside that are worded as lines set aside before were."""
        if self._bench.must_wait(self.set_aside_as_before) or not self._bench.may_act():
            return
        lines = self._bench.suggested_lines()
        if not lines:
            self._bench.tell(self.tr("No line worded like this was set aside before."))
            return
        ids = [line.line_id for line in lines]
        told = self.tr("Set aside as before: lines %1. Ctrl+Z takes them back.")
        self._bench.run_act(
            lambda verbs: verbs.ignore_as_before(ids),
            filled(told, numbers_text(lines)),
            self._taken_back(lines),
        )

    def _open_sheet(self, payments: Sequence[PaymentRow], answer: DifferenceAnswer) -> None:
        lines = self._bench.chosen_lines()
        if not self._bench.may_act() or not lines:
            return

        def open_with(offers: Offers) -> None:
            sheet = SplitSheet(
                self._context,
                self.reconciliation_id,
                self.verbs.match_by_hand,
                lambda _none: self._bench.form_done(MATCHES),
                self._window,
                currency=lines[0].currency,
            )
            chosen = {line.line_id for line in lines}
            sheet.offer(
                [*lines, *(line for line in offers.lines if line.line_id not in chosen)],
                offers.payments,
                chosen_lines=lines,
                chosen_payments=payments,
                answer=answer,
                payments_count=offers.payments_count,
            )
            self._bench.open_form(sheet)

        self._bench.read_offers(open_with)

    def _match(
        self,
        lines: Sequence[StatementLineRow],
        payments: Sequence[PaymentRow],
        answer: DifferenceAnswer,
    ) -> None:
        command = MatchByHand(
            key=str(uuid.uuid4()),
            reconciliation_id=self.reconciliation_id,
            line_ids=tuple(line.line_id for line in lines),
            payment_ids=tuple(payment.payment_id for payment in payments),
            difference=answer,
        )
        sides = command.line_ids, command.payment_ids
        if sides == self._last_sides and not self._bench.is_settled():
            return  # the same key pressed again before the first press was answered
        self._last_sides = sides
        self._bench.run_act(lambda verbs: verbs.match_by_hand(command), "", MATCHES)

    def _fee_of_ticked(self, ticked: Sequence[PaymentRow]) -> None:
        lines = self._bench.chosen_lines()
        balance = balance_of(lines, ticked, lines[0].currency)
        if looks_like_a_fee(balance.chosen_minor, balance.difference_minor):
            self._match(lines, ticked, FEE)
        else:
            self._open_sheet(ticked, FEE)

    def _fee_of(self, match: MatchRow) -> None:
        """Approve a match net of its fee, or say of one that stands that its shortfall is one."""
        if match.kind not in DIFFERING_KINDS:
            self._bench.run_act(lambda verbs: verbs.approve_all([match.match_id]), "", MATCHES)
            return
        recorded = sum(line.amount_minor for line in match.lines) + match.difference_minor
        if not match.is_open_difference or not looks_like_a_fee(recorded, match.difference_minor):
            self.explain()
            return
        command = ExplainDifference(str(uuid.uuid4()), match.match_id, FEE)
        told = filled(
            self.tr("%1 is the channel's fee. Ctrl+Z takes it back."),
            display(match.difference_minor, match.lines[0].currency),
        )
        self._bench.run_act(lambda verbs: verbs.explain(command), told, self._explained(match))

    def _set_aside(self, lines: Sequence[StatementLineRow], reason: str) -> None:
        ids = [line.line_id for line in lines]
        told = filled(self.tr("Set aside: %1. Ctrl+Z takes it back."), reason)
        self._bench.run_act(lambda verbs: verbs.ignore(ids, reason), told, self._taken_back(lines))

    def _taken_back(self, lines: Sequence[StatementLineRow]) -> Undo:
        ids = [line.line_id for line in lines]
        told = self.tr("The line is open again.")
        if len(ids) > 1:
            told = filled(self.tr("%1 lines are open again."), number(len(ids)))
        return Undo(lambda verbs: verbs.take_back(ids), told)

    def _explained(self, match: MatchRow) -> Undo:
        """Return how an explanation is taken back: with its match, where that came with it."""
        if match.decided_at is None:
            return MATCHES
        before = answer_of(match)
        return Undo(
            lambda verbs: verbs.explain(
                ExplainDifference(str(uuid.uuid4()), match.match_id, before)
            ),
            self.tr("The difference stands as before."),
        )
