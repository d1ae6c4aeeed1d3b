"""Matching a statement while it is still being stored: nothing of it is kept until it is.

Which payments it may prove follows from what it says of itself, so they are read first; its lines
come under the keys they will be stored with. What came of it counts only if a search at the moment
it is asked for would find the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database
from core.matching.learned import Learned
from core.matching.records import MatchingResult, OpenLine, Proposal
from core.model.journal import Change, Topic
from core.model.reconciliations import PaymentReconciliation, StatementProvider
from core.services.learning.service import learned_for
from core.services.matching.candidates import are_provable, open_line_ids, open_payments_ahead

if TYPE_CHECKING:
    from core.matching.books import Books

_TELL_OF_PAYMENTS = (Topic.PAYMENTS, Topic.REFUNDS, Topic.ORDERS)
"""What the facts of a payment belong to; whoever approves a match tells of its payments."""

_MOST_TOUCHED = 500
"""Where more payments changed since, it is not looked into which."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What tells which payments a statement could prove."""

    provider: StatementProvider
    currency: str
    first_day: date | None
    last_day: date | None

    @classmethod
    def of(cls, reconciliation: PaymentReconciliation) -> Frame:
        """Return the frame of a stored statement."""
        return cls(
            reconciliation.provider,
            reconciliation.currency,
            reconciliation.statement_period_start,
            reconciliation.statement_period_end,
        )

    def as_statement(self, now: datetime) -> PaymentReconciliation:
        """Return a statement of this frame that is not stored, to read its payments."""
        return PaymentReconciliation(
            provider=self.provider,
            currency=self.currency,
            statement_period_start=self.first_day,
            statement_period_end=self.last_day,
            imported_at=now,
        )


@dataclass(frozen=True, slots=True)
class BooksAhead:
    """The payments of a frame, and the newest change of the shop they were read after."""

    frame: Frame
    newest_change: int
    books: Books


def read_ahead(
    database: Database,
    guess: Frame,
    is_told: Callable[[], bool],
    told: Callable[[], Frame | None],
    check: Callable[[], None],
    over: Callable[[], None] = lambda: None,
) -> BooksAhead | None:
    """Read the payments that a statement could prove, beginning before it is read itself.

    ``guess`` is its frame without its days. ``told`` waits for the frame, None when it is not
    wanted any more; ``is_told`` tells whether waiting is over. ``check`` is called now and then,
    ``over`` when the reading is, whatever came of it.
    """
    frame: Frame | None = None

    def statement() -> PaymentReconciliation | None:
        nonlocal frame
        frame = told()
        return None if frame is None else frame.as_statement(database.clock())

    try:
        with database.read() as session:
            newest = session.scalar(select(func.max(Change.id))) or 0
            payments = open_payments_ahead(
                session, guess.as_statement(database.clock()), is_told, statement, check
            )
    finally:
        over()
    if frame is None or payments is None:
        return None
    from core.matching.books import Books  # noqa: PLC0415 - loaded while the payments are read

    books = Books(payments)
    # To put payments in order takes Python's lock little: both go on beside each other.
    threading.Thread(target=books.prepared, name="books prepared", daemon=True).start()
    _ = books.identifiers  # the first pass begins with them
    return BooksAhead(frame, newest, books)


@dataclass(frozen=True, slots=True)
class Thinking:
    """What is thought about ahead: the lines of a statement, with what was learned until then."""

    reconciliation_id: str
    line_ids: tuple[int, ...]
    learned: Learned

    def is_what_is(self, session: Session, reconciliation: PaymentReconciliation) -> bool:
        """Tell whether a search now would be about the same.

        What a line says is written once, with the key it was thought of under; so only which
        lines are open can differ, and what was learned.
        """
        return (
            self.reconciliation_id == reconciliation.reconciliation_id
            and self.learned == learned_for(session, reconciliation)
            and set(self.line_ids) == set(open_line_ids(session, reconciliation))
        )


@dataclass(frozen=True, slots=True)
class Thought:
    """What the lines of a statement were found to be, before it was stored."""

    about: Thinking
    result: MatchingResult


@dataclass(frozen=True, slots=True)
class Ahead:
    """What was done before the search was asked for: payments read, and perhaps lines matched."""

    read: BooksAhead
    thought: Thought | None = None


def thinking_of(
    database: Database, read: BooksAhead, reconciliation_id: str, lines: Iterable[OpenLine]
) -> Thinking:
    """Return what there is to think about of the lines of a statement."""
    with database.read() as session:
        learned = learned_for(session, read.frame.as_statement(database.clock()))
    return Thinking(reconciliation_id, tuple(line.line_id for line in lines), learned)


def think_ahead(
    read: BooksAhead,
    about: Thinking,
    lines: Sequence[OpenLine],
    cancelled: Callable[[], bool],
    progress: Callable[[int, int], None],
    settled: Callable[[Sequence[Proposal]], None],
) -> Thought:
    """Match the lines of a statement that is still being stored; the rest is as of ``match``.

    Raises:
        MatchingCancelledError: ``cancelled`` answered yes.

    """
    from core.matching.engine import match  # noqa: PLC0415 - not owed until somebody searches

    result = match(
        lines,
        read.books,
        learned=about.learned,
        cancelled=cancelled,
        progress=progress,
        settled=settled,
    )
    return Thought(about, result)


def unchanged(
    session: Session, reconciliation: PaymentReconciliation, ahead: Ahead | None
) -> Ahead | None:
    """Return what was done ahead, unless it is another statement's or its payments changed since.

    At the counters they go on selling: cash, and what was paid days after the statement, is none
    of its payments.
    """
    if ahead is None or ahead.read.frame != Frame.of(reconciliation):
        return None
    touched = session.execute(
        select(Change.topic, Change.subject_id)
        .where(Change.id > ahead.read.newest_change, Change.topic.in_(_TELL_OF_PAYMENTS))
        .distinct()
        .limit(_MOST_TOUCHED)
    ).all()
    payment_ids = [subject_id for topic, subject_id in touched if topic is Topic.PAYMENTS]
    if len(payment_ids) < len(touched) or len(touched) == _MOST_TOUCHED or "" in payment_ids:
        return None
    is_read = payment_ids and not set(payment_ids).isdisjoint(ahead.read.books.columns.payment_ids)
    return None if is_read or are_provable(session, reconciliation, payment_ids) else ahead


def result_of(
    session: Session, reconciliation: PaymentReconciliation, thought: Thought | None
) -> MatchingResult | None:
    """Return what was found ahead, if a search would find the same now.

    The payments did not change (:func:`unchanged`).
    """
    if thought is None or not thought.about.is_what_is(session, reconciliation):
        return None
    return thought.result
