"""Who pays for whom: taught by a match a person decided on, taken back when it is undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, insert, literal, select, update
from sqlalchemy.orm import Session, aliased

from core.clock import shop_date
from core.database.unit_of_work import UnitOfWork
from core.matching.identifiers import fold
from core.matching.learned import LearnedPayer
from core.matching.marks import Mark, marks_of, person_key
from core.matching.names import Agreement, compare, name_words
from core.matching.phones import national_number
from core.matching.records import OpenLine
from core.model.customers import Customer
from core.model.lessons import PayerLesson, PayerMark
from core.model.payments import Payment
from core.model.reconciliations import (
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
    PaymentReconciliation,
    StatementLine,
    StatementProvider,
)
from core.services.learning.keys import these

Columns = TypeVarTuple("Columns")

TEACHING_KINDS = ("one_to_one", "fee_net", "split", "by_hand")
"""Matches of one payer's money; the counterparty of a settlement is the channel."""

_MOST_LESSONS = 50_000
"""Older ones than so many are not asked any more."""


@dataclass(frozen=True, slots=True)
class _Payer:
    """The payer of one payment, and all that the shop knows them by."""

    key: str
    customer_id: int | None
    name: str
    phone: str
    names: frozenset[str]
    phones: frozenset[str]
    account: str

    def carries(self, mark: Mark) -> bool:
        """Tell whether the mark is the payer's own, so that there is nothing to learn."""
        if mark.kind == PayerMark.ACCOUNT:
            return mark.folded == self.account
        if mark.kind == PayerMark.PHONE:
            return mark.folded in self.phones
        words = tuple(mark.folded.split())
        is_name = mark.kind == PayerMark.NAME
        return any(
            person_key(name) == mark.folded
            or compare(name, words if is_name else (), frozenset(words)) is Agreement.AGREES
            for name in map(name_words, self.names)
        )


def learn_from(unit: UnitOfWork, match_ids: Iterable[int]) -> None:
    """Remember who paid for whom in matches just approved.

    What was certain by its own evidence teaches nothing. A mark that the payer is known by, and a
    match of several payers, teach nothing either.
    """
    unit.session.flush()
    teaching = (
        select(Match.id)
        .where(
            Match.id.in_(these(match_ids)),
            Match.state == MatchState.APPROVED,
            Match.automatic.is_(False),
            Match.kind.in_(TEACHING_KINDS),
        )
        .subquery()
    )
    payers = _payers(unit.session, select(teaching.c.id))
    if not payers:
        return
    lessons = [
        {
            "match_id": match_id,
            "provider": provider,
            "kind": PayerMark(mark.kind),
            "mark": mark.folded,
            "mark_words": mark.words,
            "customer_id": payers[match_id].customer_id,
            "payer_key": payers[match_id].key,
            "payer_name": payers[match_id].name,
            "payer_phone": payers[match_id].phone,
            "taught_by": unit.actor_name,
            "taught_at": unit.now,
        }
        for match_id, (provider, marks) in _marks(unit.session, payers).items()
        for mark in marks
        if not payers[match_id].carries(mark)
    ]
    if lessons:
        unit.session.execute(insert(PayerLesson), lessons)


def unlearn(unit: UnitOfWork, match_ids: Iterable[int]) -> None:
    """Take back what matches taught that are undone now."""
    unit.session.flush()
    unit.session.execute(
        update(PayerLesson)
        .where(PayerLesson.match_id.in_(these(match_ids)), PayerLesson.taken_back_at.is_(None))
        .values(taken_back_at=unit.now),
        execution_options={"synchronize_session": False},
    )


def learned_payers(session: Session, provider: StatementProvider) -> tuple[LearnedPayer, ...]:
    """Return who was matched with which mark on a provider's statements, the newest first."""
    survivor = aliased(Customer)
    asked = with_survivor(
        select(
            PayerLesson.kind,
            PayerLesson.mark,
            PayerLesson.mark_words,
            PayerLesson.payer_name,
            PayerLesson.payer_phone,
            PayerLesson.taught_by,
            PayerLesson.taught_at,
            payer_key(survivor).label("payer"),
            survivor.name.label("customer_name"),
            survivor.phone_number.label("customer_phone"),
        ),
        survivor,
    )
    rows = session.execute(
        asked.where(
            PayerLesson.provider == provider,
            PayerLesson.taken_back_at.is_(None),
            PayerLesson.forgotten_at.is_(None),
        )
        .order_by(PayerLesson.id.desc())
        .limit(_MOST_LESSONS)
    ).all()
    groups = defaultdict(list)
    for row in rows:
        groups[row.kind, row.mark, row.payer].append(row)
    return tuple(
        LearnedPayer(
            mark_kind=str(kind),
            mark=mark,
            mark_words=last.mark_words,
            payer=shown_payer(last.customer_name or last.payer_name, last.payer_phone),
            names=tuple(
                sorted({n for row in taught for n in (row.customer_name, row.payer_name) if n})
            ),
            phones=tuple(
                sorted(
                    {
                        national
                        for row in taught
                        for phone in (row.customer_phone, row.payer_phone)
                        if (national := national_number(phone or ""))
                    }
                )
            ),
            times=len(taught),
            by=last.taught_by,
            day=shop_date(last.taught_at),
        )
        for (kind, mark, _), taught in groups.items()
        for last in taught[:1]
    )


def same_lesson(session: Session, lesson: PayerLesson) -> Sequence[int]:
    """Return the keys of all that taught the same: this mark, this payer."""
    survivor = aliased(Customer)
    asked = with_survivor(select(PayerLesson.id, payer_key(survivor).label("payer")), survivor)
    rows = session.execute(
        asked.where(
            PayerLesson.provider == lesson.provider,
            PayerLesson.kind == lesson.kind,
            PayerLesson.mark == lesson.mark,
            PayerLesson.taken_back_at.is_(None),
        )
    ).all()
    payers = {row.payer for row in rows if row.id == lesson.id}
    return [row.id for row in rows if row.payer in payers]


def with_survivor(asked: Select[*Columns], survivor: type[Customer]) -> Select[*Columns]:
    """Join a lesson's customer, or whom they were merged into."""
    return asked.outerjoin(Customer, Customer.id == PayerLesson.customer_id).outerjoin(
        survivor, survivor.id == func.coalesce(Customer.merged_into_id, Customer.id)
    )


def payer_key(survivor: type[Customer]) -> ColumnElement[str]:
    """Return what tells payers apart, after customers were merged too."""
    return func.coalesce(literal("customer:").concat(survivor.id), PayerLesson.payer_key)


def shown_payer(name: str, phone: str) -> str:
    """Return what a payer is called: by name, else by phone."""
    national = national_number(phone)
    return name or (f"0{national}" if national else phone)


def _payers(session: Session, matches: Select[int]) -> dict[int, _Payer]:
    """Return the one payer of each match; a match of several has none."""
    survivor = aliased(Customer)
    rows = session.execute(
        select(
            MatchPayment.match_id,
            Payment.customer_name,
            Payment.phone_number,
            Payment.account_number,
            survivor.id,
            survivor.name,
            survivor.phone_number,
        )
        .join(Payment, Payment.id == MatchPayment.payment_id)
        .outerjoin(Customer, Customer.id == Payment.customer_id)
        .outerjoin(survivor, survivor.id == func.coalesce(Customer.merged_into_id, Customer.id))
        .where(MatchPayment.match_id.in_(matches))
        .order_by(MatchPayment.match_id, Payment.id)
    )
    found: dict[int, list[_Payer]] = defaultdict(list)
    for match_id, name, phone, account, customer_id, customer_name, customer_phone in rows:
        payer = _payer(name, phone, account, customer_id, customer_name, customer_phone)
        found[match_id].append(payer)
    return {
        match_id: payers[0]
        for match_id, payers in found.items()
        if payers[0].key and len({payer.key for payer in payers}) == 1
    }


def _payer(
    name: str,
    phone: str,
    account: str,
    customer_id: int | None,
    customer_name: str | None,
    customer_phone: str | None,
) -> _Payer:
    national, folded_name = national_number(phone), person_key(name_words(name))
    if customer_id is not None:
        key = f"customer:{customer_id}"
    elif national:
        key = f"phone:{national}"
    else:
        key = f"name:{folded_name}"[:240] if folded_name else ""
    numbers = (national, national_number(customer_phone or ""))
    return _Payer(
        key=key,
        customer_id=customer_id,
        name=name or customer_name or "",
        phone=phone or customer_phone or "",
        names=frozenset(each for each in (name, customer_name) if each),
        phones=frozenset(filter(None, numbers)),
        account=fold(account),
    )


def _marks(
    session: Session, matches: Mapping[int, _Payer]
) -> dict[int, tuple[StatementProvider, list[Mark]]]:
    """Return the marks of every match's money coming in, each once."""
    rows = session.execute(
        select(
            MatchLine.match_id,
            PaymentReconciliation.provider,
            StatementLine.id,
            StatementLine.line_date,
            StatementLine.amount_minor,
            StatementLine.currency,
            StatementLine.description,
            StatementLine.reference,
            StatementLine.transaction_id,
            StatementLine.counterparty,
            StatementLine.counterparty_account,
        )
        .join(StatementLine, StatementLine.id == MatchLine.line_id)
        .join(PaymentReconciliation, PaymentReconciliation.id == StatementLine.reconciliation_id)
        .where(MatchLine.match_id.in_(these(matches)), StatementLine.amount_minor > 0)
        .order_by(MatchLine.match_id, StatementLine.line_number)
    )
    found: dict[int, tuple[StatementProvider, list[Mark]]] = {}
    for match_id, provider, *fields in rows:
        _, marks = found.setdefault(match_id, (provider, []))
        marks.extend(_new(marks_of(OpenLine(*fields)), marks))
    return found


def _new(marks: Iterable[Mark], known: Sequence[Mark]) -> Iterator[Mark]:
    seen = {(mark.kind, mark.folded) for mark in known}
    return (mark for mark in marks if (mark.kind, mark.folded) not in seen)
