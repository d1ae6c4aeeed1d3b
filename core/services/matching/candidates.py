"""What the matcher is given: the open lines, and the payments a statement could prove.

There may be a million of them, so both are read as narrow rows, never as mapped objects.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from core.clock import shop_date
from core.database.spelling import json_list
from core.matching.records import OpenLine, OpenRefund, PaymentColumns
from core.model.payments import Payment, PaymentStatus
from core.model.reconciliations import LineState, PaymentReconciliation, StatementLine
from core.model.refunds import RefundRequest, RefundStatus
from core.services.matching.payment_reading import (
    PaymentReading,
    listed_texts,
    stretch_of,
    stretches_of,
    whole_stretches,
)
from core.services.reconciliations.detail import (
    PROVEN_METHODS,
    first_moment,
    in_days_of,
    open_payment_conditions,
    unproven_conditions,
)
from core.services.refunds.lines import ShownRefund, shown_refunds

if TYPE_CHECKING:
    from core.matching.books import Books
    from core.matching.facts import LineFacts

LOOK_BACK = timedelta(days=45)
"""How long before a statement's first day a payment may have been recorded."""

MATCHABLE_STATUSES = (
    PaymentStatus.PENDING,
    PaymentStatus.PROCESSING,
    PaymentStatus.COMPLETED,
    PaymentStatus.REFUNDED,
)
"""Money for a failed or cancelled payment is a question for a person, never a match."""

_OPEN = (LineState.UNMATCHED, LineState.SUGGESTED)

_MOST_AHEAD = 1_000_000
"""So many payments are read before it is known which a statement could prove; memory is bounded."""


def open_line_ids(session: Session, reconciliation: PaymentReconciliation) -> list[int]:
    """Return which lines no approved match and no person has explained yet."""
    listed = select(json_list(StatementLine.id)).where(
        StatementLine.reconciliation_id == reconciliation.id, StatementLine.state.in_(_OPEN)
    )
    found: list[int] = json.loads(session.scalars(listed).one())
    return found


def open_lines(
    session: Session, reconciliation: PaymentReconciliation, *conditions: ColumnElement[bool]
) -> list[OpenLine]:
    """Return the lines that no approved match and no person has explained yet."""
    numbers = (StatementLine.id, StatementLine.amount_minor, StatementLine.fee_minor)
    texts = (
        StatementLine.currency,
        StatementLine.description,
        StatementLine.reference,
        StatementLine.transaction_id,
        StatementLine.counterparty,
        StatementLine.counterparty_account,
    )
    lists = session.execute(
        select(*map(json_list, (*numbers, StatementLine.line_date, *texts))).where(
            StatementLine.reconciliation_id == reconciliation.id,
            StatementLine.state.in_(_OPEN),
            *conditions,
        )
    ).one()
    ids, amounts, fees = map(json.loads, lists[: len(numbers)])
    days, *rest = map(listed_texts, lists[len(numbers) :])
    day_of = {each: date.fromisoformat(each) for each in set(days)}
    return list(map(OpenLine, ids, map(day_of.__getitem__, days), amounts, *rest, fees))


def open_payments(
    session: Session,
    reconciliation: PaymentReconciliation,
    check: Callable[[], None] = lambda: None,
) -> PaymentColumns:
    """Return the payments that the statement could prove; ``check`` is called now and then.

    The id on a customer's own message is a trail, which only the statement itself confirms: it
    stands in for the network's own where there is none.
    """
    reading = PaymentReading(session, reconciliation.currency, check)
    reading.add(_unproven_stretches(session, reconciliation), _unproven(reconciliation))
    return _with_refunded(session, reconciliation, reading)


def open_payments_ahead(
    session: Session,
    guess: PaymentReconciliation,
    is_told: Callable[[], bool],
    told: Callable[[], PaymentReconciliation | None],
    check: Callable[[], None] = lambda: None,
) -> PaymentColumns | None:
    """Return what :func:`open_payments` does of a statement that is not known yet.

    Until ``is_told`` answers yes, payments are read as if the statement were the ``guess``, which
    has no days, the newest first. ``told`` waits for the statement; where it is none, so is the
    answer. Of what was read too much goes again, and what is missing is read.
    """
    reading = PaymentReading(session, guess.currency, check)
    newest_first = reversed(whole_stretches(session))
    likely = takewhile(lambda _: len(reading.columns) < _MOST_AHEAD and not is_told(), newest_first)
    reading.add(likely, _unproven(guess))
    reconciliation = told()
    if reconciliation is None:
        return None
    if (reconciliation.provider, reconciliation.currency) != (guess.provider, guess.currency):
        return open_payments(session, reconciliation, check)
    wanted = _unproven_stretches(session, reconciliation)
    reading.keep(set(wanted) - _stretches_beyond(session, reconciliation))
    missing = [stretch for stretch in wanted if stretch not in reading.stretches]
    reading.add(missing, _unproven(reconciliation))
    return _with_refunded(session, reconciliation, reading)


def _unproven_stretches(session: Session, reconciliation: PaymentReconciliation) -> range:
    """Return the stretches of payments in which some of a statement's days are unproven."""
    unproven = select(Payment.id).where(*unproven_conditions(reconciliation, before=LOOK_BACK))
    return stretches_of(session, unproven)


def _stretches_beyond(session: Session, reconciliation: PaymentReconciliation) -> set[int]:
    """Return the stretches of payments in which some of other days than a statement's are."""
    found = set[int]()
    for bound in in_days_of(reconciliation, LOOK_BACK):
        beyond = select(stretch_of(Payment.id)).where(Payment.reconciled.is_(False), ~bound)
        found.update(session.scalars(beyond.distinct()))
    return found


def _with_refunded(
    session: Session, reconciliation: PaymentReconciliation, reading: PaymentReading
) -> PaymentColumns:
    """Add the payments that were refunded: one proven long ago matters when its refund leaves."""
    columns = reading.columns
    first_proven = len(columns)
    refunded = stretches_of(session, _refunded_keys(reconciliation))
    reading.add(refunded, _lately_refunded(reconciliation))
    columns.reconciled.update(range(first_proven, len(columns)))
    _add_refunds(session, reconciliation, columns)
    return columns


def are_provable(
    session: Session, reconciliation: PaymentReconciliation, payment_ids: Sequence[str]
) -> bool:
    """Tell whether a statement could prove one of a few payments."""
    if not payment_ids:
        return False
    provable = select(Payment.id).where(
        Payment.payment_id.in_(payment_ids), *_unproven(reconciliation)
    )
    return session.scalar(provable.limit(1)) is not None


def facts_of(
    session: Session,
    reconciliation: PaymentReconciliation,
    line_ids: Sequence[int],
    payment_keys: Sequence[int],
) -> tuple[dict[int, LineFacts], Books]:
    """Return a few lines, those of them that are open, and payments as the matcher sees them."""
    from core.matching.books import Books  # noqa: PLC0415 - not owed until somebody searches
    from core.matching.finding import line_facts  # noqa: PLC0415 - as above

    reading = PaymentReading(session, reconciliation.currency)
    reading.add_those(Payment.id.in_(payment_keys))
    books = Books(reading.columns)
    lines = open_lines(session, reconciliation, StatementLine.id.in_(line_ids))
    return line_facts(lines, books.identifiers), books


def _unproven(reconciliation: PaymentReconciliation) -> list[ColumnElement[bool]]:
    return [
        *open_payment_conditions(reconciliation, before=LOOK_BACK),
        Payment.status.in_(MATCHABLE_STATUSES),
    ]


def _lately_refunded(reconciliation: PaymentReconciliation) -> list[ColumnElement[bool]]:
    return [
        Payment.reconciled.is_(True),
        Payment.currency == reconciliation.currency,
        Payment.payment_method.in_(PROVEN_METHODS[reconciliation.provider]),
        Payment.id.in_(_refunded_keys(reconciliation)),
    ]


def _refunded_keys(reconciliation: PaymentReconciliation) -> Select[int]:
    return select(RefundRequest.payment_id).where(
        RefundRequest.status == RefundStatus.COMPLETED,
        RefundRequest.refund_completed_at >= first_moment(reconciliation) - LOOK_BACK,
    )


def _add_refunds(
    session: Session, reconciliation: PaymentReconciliation, columns: PaymentColumns
) -> None:
    given = select(
        Payment.payment_id,
        RefundRequest.refund_id,
        RefundRequest.refund_amount_minor,
        RefundRequest.refund_completed_at,
        RefundRequest.refund_transaction_id,
    ).join(RefundRequest, RefundRequest.payment_id == Payment.id)
    completed = given.where(
        RefundRequest.status == RefundStatus.COMPLETED,
        RefundRequest.refund_completed_at.is_not(None),
        Payment.currency == reconciliation.currency,
    ).order_by(RefundRequest.id)
    refunds: dict[str, list[OpenRefund]] = defaultdict(list)
    for row in session.execute(completed):
        refund = OpenRefund(
            refund_id=row.refund_id,
            amount_minor=row.refund_amount_minor,
            day=shop_date(row.refund_completed_at),
            transaction_id=row.refund_transaction_id,
        )
        refunds[row.payment_id].append(refund)
    if not refunds:
        return
    shown = shown_refunds(session)
    for place, payment_id in enumerate(columns.payment_ids):
        if payment_id in refunds:
            open_ones = _not_shown(refunds[payment_id], shown.get(payment_id, ()))
            if open_ones:
                columns.refunded[place] = open_ones


def _not_shown(
    refunds: Sequence[OpenRefund], shown: Sequence[ShownRefund]
) -> tuple[OpenRefund, ...]:
    """Return the refunds of a payment that no standing match explains: one refund is one debit."""
    left = list(refunds)
    for line in shown:
        same = [refund for refund in left if refund.amount_minor == line.amount_minor]
        named = [each for each in same if each.transaction_id and each.transaction_id in line.text]
        for settled in (named or same)[:1]:
            left.remove(settled)
    return tuple(left)
