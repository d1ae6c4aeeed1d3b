"""Reading a shop's open payments while the statement that may prove them is still being stored.

Which they are follows from what a statement says of itself, not from its lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database
from core.model.journal import Change, Topic
from core.model.reconciliations import PaymentReconciliation, StatementProvider
from core.services.matching.candidates import open_payments

if TYPE_CHECKING:
    from core.matching.books import Books

_TOUCH_NO_PAYMENT = (Topic.RECONCILIATIONS, Topic.SETTINGS)
"""What taking a statement in tells of itself; whoever approves a match tells of its payments."""


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


@dataclass(frozen=True, slots=True)
class BooksAhead:
    """The payments of a frame, and the newest change of the shop they were read after."""

    frame: Frame
    newest_change: int
    books: Books


def read_ahead(database: Database, frame: Frame) -> BooksAhead:
    """Read the payments that a statement of a frame could prove."""
    from core.matching.books import Books  # noqa: PLC0415 - not owed until somebody searches

    statement = PaymentReconciliation(
        provider=frame.provider,
        currency=frame.currency,
        statement_period_start=frame.first_day,
        statement_period_end=frame.last_day,
        imported_at=database.clock(),
    )
    with database.read() as session:
        newest = session.scalar(select(func.max(Change.id))) or 0
        payments = open_payments(session, statement)
    return BooksAhead(frame, newest, Books(payments))


def books_for(
    session: Session,
    reconciliation: PaymentReconciliation,
    ahead: BooksAhead | None,
    check: Callable[[], None],
) -> Books:
    """Return a statement's payments: those read ahead, unless it is another's or they changed."""
    from core.matching.books import Books  # noqa: PLC0415 - as above

    if ahead is not None and ahead.frame == Frame.of(reconciliation):
        touched = select(Change.id).where(
            Change.id > ahead.newest_change, Change.topic.not_in(_TOUCH_NO_PAYMENT)
        )
        if session.scalar(touched.limit(1)) is None:
            return ahead.books
    return Books(open_payments(session, reconciliation, check))
