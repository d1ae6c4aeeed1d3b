"""What the acts by hand see of the page, and what they let it do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

from core.services.rows import PaymentRow, StatementLineRow
from ui.pages.reconcile.board import Board, BoardLine
from ui.pages.reconcile.verbs import Verbs

if TYPE_CHECKING:
    from ui.pages.reconcile.work import WorkView

Act = Callable[[Verbs], Board]


@dataclass(frozen=True, slots=True)
class Undo:
    """How one act is taken back: by ``work``, or, where it is none, the last matches by theirs."""

    work: Act | None
    told: str = ""


MATCHES = Undo(None)
"""The act was an approval: the shop itself remembers what it approved."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What the acts see of the page, and what they let it do.

    ``current`` is the line the clerk is at; ``chosen_lines`` the open ones selected, or else that
    one; ``open_lines`` and ``offered_payments`` what may be put with them. ``run_act(work, told,
    undo)`` does an act off the GUI thread and goes to the next open line; ``form_done(board,
    undo)`` does the rest of it after a form did the act.
    """

    current: Callable[[], BoardLine | None]
    chosen_lines: Callable[[], Sequence[StatementLineRow]]
    open_lines: Callable[[], Sequence[StatementLineRow]]
    ticked_payments: Callable[[], Sequence[PaymentRow]]
    offered_payments: Callable[[], Sequence[PaymentRow]]
    may_act: Callable[[], bool]
    is_settled: Callable[[], bool]
    run_act: Callable[[Act, str, Undo], object]
    form_done: Callable[[Board, Undo], object]
    open_form: Callable[[QDialog], object]
    tell: Callable[[str], object]


def bench_of(work: WorkView) -> Bench:
    """Return the bench of a page."""

    def open_lines() -> list[StatementLineRow]:
        lines = work.board.lines if work.board is not None else ()
        return [each.line for each in lines if each.category.is_open]

    return Bench(
        current=work.current,
        chosen_lines=work.chosen_lines,
        open_lines=open_lines,
        ticked_payments=lambda: work.payments.ticked,
        offered_payments=lambda: work.payments.offered,
        may_act=work.may_act,
        is_settled=lambda: work.is_settled,
        run_act=lambda act, told, undo: work.act(act, told=told, undo=undo),
        form_done=lambda board, undo: work.finish(board, work.place.open_ids_after(), undo),
        open_form=work.form_wanted.emit,
        tell=work.notice_raised.emit,
    )
