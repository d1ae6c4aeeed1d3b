"""The list of what was learned, the newest of each kind first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from core.model.customers import Customer
from core.model.lessons import PayerLesson, WordingLesson
from core.model.payments import Payment
from core.model.reconciliations import (
    Match,
    MatchLine,
    MatchPayment,
    PaymentReconciliation,
    ReconciliationStatus,
    StatementLine,
)
from core.money import display
from core.services.learning.declines import standing_declines
from core.services.learning.fees import all_learned_fees
from core.services.learning.payers import payer_key, shown_payer, with_survivor
from core.services.learning.rows import LessonKind, LessonRef, LessonRow

MOST_SHOWN = 1_000
"""Of each kind no more are listed: a search finds the others."""

_CLOSED = [each for each in ReconciliationStatus if each.is_closed]


def list_lessons(session: Session, search: str) -> tuple[LessonRow, ...]:
    """Return what was learned and still counts; only what holds ``search``, if given."""
    wanted = search.strip().casefold()
    return (
        *_payers(session, wanted),
        *_wordings(session, wanted),
        *(each for each in _fees(session) if wanted in each.shown.casefold().replace("_", " ")),
        *(
            each
            for each in _declined(session)
            if wanted in f"{each.statement} {each.shown} {each.meaning}".casefold()
        ),
    )


def _payers(session: Session, wanted: str) -> Iterator[LessonRow]:
    survivor = aliased(Customer)
    name = func.coalesce(survivor.name, PayerLesson.payer_name)
    alike = (
        with_survivor(_newest_of(PayerLesson.id), survivor)
        .where(
            PayerLesson.taken_back_at.is_(None),
            PayerLesson.forgotten_at.is_(None),
            *_holds(wanted, PayerLesson.mark_words, PayerLesson.payer_phone, name),
        )
        .group_by(PayerLesson.provider, PayerLesson.kind, PayerLesson.mark, payer_key(survivor))
        .subquery()
    )
    rows = session.execute(
        with_survivor(
            select(
                alike.c.newest,
                alike.c.times,
                PayerLesson.provider,
                PayerLesson.kind,
                PayerLesson.mark_words,
                name.label("name"),
                PayerLesson.payer_phone,
                PayerLesson.taught_by,
                PayerLesson.taught_at,
            ).join_from(PayerLesson, alike, alike.c.newest == PayerLesson.id),
            survivor,
        ).order_by(alike.c.newest.desc())
    )
    for row in rows:
        yield LessonRow(
            ref=LessonRef(LessonKind.PAYER, str(row.newest)),
            provider=row.provider,
            shown=row.mark_words,
            meaning=shown_payer(row.name, row.payer_phone),
            times=row.times,
            last_by=row.taught_by,
            last_at=row.taught_at,
            mark=row.kind,
        )


def _wordings(session: Session, wanted: str) -> Iterator[LessonRow]:
    alike = (
        _newest_of(WordingLesson.id)
        .where(
            WordingLesson.taken_back_at.is_(None),
            WordingLesson.forgotten_at.is_(None),
            *_holds(wanted, WordingLesson.wording_words, WordingLesson.reason),
        )
        .group_by(
            WordingLesson.provider,
            WordingLesson.is_money_in,
            WordingLesson.wording,
            WordingLesson.reason,
        )
        .subquery()
    )
    rows = session.execute(
        select(
            alike.c.newest,
            alike.c.times,
            WordingLesson.provider,
            WordingLesson.wording_words,
            WordingLesson.reason,
            WordingLesson.taught_by,
            WordingLesson.taught_at,
        )
        .join_from(WordingLesson, alike, alike.c.newest == WordingLesson.id)
        .order_by(alike.c.newest.desc())
    )
    for row in rows:
        yield LessonRow(
            ref=LessonRef(LessonKind.WORDING, str(row.newest)),
            provider=row.provider,
            shown=row.wording_words,
            meaning=row.reason,
            times=row.times,
            last_by=row.taught_by,
            last_at=row.taught_at,
        )


def _fees(session: Session) -> Iterator[LessonRow]:
    for fee in all_learned_fees(session):
        yield LessonRow(
            ref=LessonRef(LessonKind.FEE, fee.channel.key),
            provider=fee.channel.provider,
            shown=fee.channel.method,
            meaning="",
            times=fee.times,
            last_by=fee.last_by,
            last_at=fee.last_at,
            fee=fee.rule,
            currency=fee.channel.currency,
        )


def _declined(session: Session) -> Iterator[LessonRow]:
    """Yield what was declined on statements that are still open."""
    declined = session.execute(
        standing_declines()
        .join(PaymentReconciliation, PaymentReconciliation.id == Match.reconciliation_id)
        .where(PaymentReconciliation.status.not_in(_CLOSED))
        .add_columns(
            Match.decided_by,
            Match.decided_at,
            PaymentReconciliation.provider,
            PaymentReconciliation.file_name,
        )
        .order_by(Match.decided_at.desc(), Match.id.desc())
        .limit(MOST_SHOWN)
    ).all()
    keys = [row.id for row in declined]
    lines = _by_match(
        session.execute(
            select(
                MatchLine.match_id,
                StatementLine.line_number,
                StatementLine.amount_minor,
                StatementLine.currency,
                StatementLine.description,
            )
            .join(StatementLine, StatementLine.id == MatchLine.line_id)
            .where(MatchLine.match_id.in_(keys))
            .order_by(MatchLine.match_id, StatementLine.line_number)
        ).all()
    )
    payments = _by_match(
        session.execute(
            select(
                MatchPayment.match_id,
                Payment.customer_name,
                Payment.phone_number,
                Payment.amount_minor,
                Payment.currency,
                Payment.transaction_reference,
            )
            .join(Payment, Payment.id == MatchPayment.payment_id)
            .where(MatchPayment.match_id.in_(keys))
            .order_by(MatchPayment.match_id, Payment.id)
        ).all()
    )
    for row in declined:
        yield LessonRow(
            ref=LessonRef(LessonKind.DECLINED, str(row.id)),
            provider=row.provider,
            shown=", ".join(map(_line_words, lines[row.id])),
            meaning=", ".join(map(_payment_words, payments[row.id])),
            times=1,
            last_by=row.decided_by,
            last_at=row.decided_at,
            statement=row.file_name,
        )


def _line_words(row: Any) -> str:
    return f"{row.line_number}: {display(row.amount_minor, row.currency)} {row.description}".strip()


def _payment_words(row: Any) -> str:
    who = shown_payer(row.customer_name, row.phone_number)
    money = display(row.amount_minor, row.currency)
    return " ".join(filter(None, (money, who, row.transaction_reference)))


def _by_match(rows: Sequence[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.match_id].append(row)
    return found


def _newest_of(key: InstrumentedAttribute[int]) -> Select[int, int]:
    """Begin to ask for the newest of the lessons that are alike, and how many they are."""
    newest = func.max(key).label("newest")
    return select(newest, func.count().label("times")).order_by(newest.desc()).limit(MOST_SHOWN)


def _holds(wanted: str, *columns: Any) -> list[ColumnElement[bool]]:
    if not wanted:
        return []
    found: ColumnElement[bool] = func.lower(columns[0]).contains(wanted, autoescape=True)
    for column in columns[1:]:
        found = found | func.lower(column).contains(wanted, autoescape=True)
    return [found]
