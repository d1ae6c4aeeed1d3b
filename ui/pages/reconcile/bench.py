"""What the acts by hand see of the page, and what they let it do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

from core.services.matching.line_candidates import LineDetail
from core.services.rows import PaymentRow, StatementLineRow
from ui.pages.reconcile.verbs import Verbs

if TYPE_CHECKING:
    from ui.pages.reconcile.work import WorkView

Act = Callable[[Verbs], object]
Lines = Sequence[StatementLineRow]

_MOST_OFFERED = 500
"""Open lines, and payments, that the sheet offers beside the chosen ones."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What the sheet may put together: the first open lines, the oldest payments, how many are."""

    lines: Sequence[StatementLineRow]
    payments: Sequence[PaymentRow]
    payments_count: int


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

    ``current`` is the line the clerk is at, once it is read: ``must_wait(act)`` keeps an act until
    then and says so. ``chosen_lines`` are the open ones selected, or else that one;
    ``suggested_lines`` those of them that may be set aside as before; ``read_offers`` what may be
    put with them. ``run_act(work, told, undo)`` does an act off
    the GUI thread and goes to the next open line; ``form_done(undo)`` does the rest of it after a
    form did the act.
    """

    current: Callable[[], LineDetail | None]
    must_wait: Callable[[Callable[[], object]], bool]
    chosen_lines: Callable[[], Lines]
    suggested_lines: Callable[[], Lines]
    read_offers: Callable[[Callable[[Offers], object]], object]
    ticked_payments: Callable[[], Sequence[PaymentRow]]
    may_act: Callable[[], bool]
    is_locked: Callable[[], bool]
    is_settled: Callable[[], bool]
    run_act: Callable[[Act, str, Undo], object]
    form_done: Callable[[Undo], object]
    open_form: Callable[[QDialog], object]
    tell: Callable[[str], object]


def bench_of(work: WorkView) -> Bench:
    """Return the bench of a page."""

    def read_offers(then: Callable[[Offers], object]) -> None:
        verbs = work.verbs

        def read() -> Offers:
            payments = verbs.unmatched_payments(_MOST_OFFERED)
            return Offers(verbs.open_lines(_MOST_OFFERED), payments.rows, payments.total)

        work.context.tasks.query(
            work,
            read,
            on_success=then,
            on_known_error=work.message.show_error,
            latest="offers",
        )

    return Bench(
        current=work.current,
        must_wait=work.must_wait,
        chosen_lines=work.chosen_lines,
        suggested_lines=work.lines.suggested,
        read_offers=read_offers,
        ticked_payments=lambda: work.payments.ticked,
        may_act=work.may_act,
        is_locked=lambda: work.is_locked or not work.may_work,
        is_settled=lambda: work.is_settled,
        run_act=lambda act, told, undo: work.act(act, told=told, undo=undo),
        form_done=work.form_done,
        open_form=work.form_wanted.emit,
        tell=work.notice_raised.emit,
    )
