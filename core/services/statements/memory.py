"""What was answered about an account's files, so that next month's is read with no question."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.unit_of_work import UnitOfWork
from core.errors import NotFoundError
from core.model.journal import Topic
from core.model.reconciliations import StatementProvider
from core.model.statement_memory import StatementAnswer
from core.services.statements.layouts import FileLayout

_ACCOUNT_LENGTH = 64


@dataclass(frozen=True, slots=True)
class RememberedAnswer:
    """One account's answers; an empty text means that the file itself tells."""

    answer_id: int
    account: str
    layout: str
    layout_words: str
    provider: StatementProvider
    profile_name: str
    date_order: str
    currency: str
    answered_by: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class GivenAnswers:
    """What holds for a file as it is taken in."""

    layout: FileLayout
    profile_name: str = ""
    date_order: str = ""
    currency: str = ""


def account_key(account: str) -> str:
    """Return an account for comparison: banks put spaces and dashes in as they like."""
    return re.sub(r"\W", "", account).casefold()[:_ACCOUNT_LENGTH]


def remembered(
    session: Session, *, layouts: Collection[str] | None = None
) -> tuple[RememberedAnswer, ...]:
    """Return what is remembered, the newest first; only of some layouts where they are given."""
    wanted = select(StatementAnswer).where(StatementAnswer.forgotten_at.is_(None))
    if layouts is not None:
        wanted = wanted.where(StatementAnswer.layout.in_(layouts))
    found = session.scalars(
        wanted.order_by(StatementAnswer.answered_at.desc(), StatementAnswer.id.desc())
    )
    return tuple(_row(answer) for answer in found)


def answer_for(answers: Iterable[RememberedAnswer], account: str) -> RememberedAnswer | None:
    """Return the answer that belongs to an account."""
    wanted = account_key(account)
    return next((each for each in answers if account_key(each.account) == wanted), None)


def remember(
    unit: UnitOfWork, accounts: Sequence[tuple[str, StatementProvider]], given: GivenAnswers
) -> None:
    """Remember what held for these accounts; what was known already is not written again."""
    for account, provider in dict.fromkeys(accounts):
        facts = {
            "provider": provider,
            "profile_name": given.profile_name,
            "date_order": given.date_order,
            "currency": given.currency,
        }
        answer = _find(unit.session, account, given.layout.mark)
        if answer is not None and all(
            getattr(answer, name) == value for name, value in facts.items()
        ):
            continue
        if answer is None:
            answer = StatementAnswer(
                account=account[:_ACCOUNT_LENGTH],
                layout=given.layout.mark,
                layout_words=given.layout.words,
            )
            unit.session.add(answer)
        for name, value in facts.items():
            setattr(answer, name, value)
        answer.answered_by = unit.actor_name
        answer.answered_at = unit.now
        unit.session.flush()
        unit.audit(
            "statement_answer:remembered",
            "statement_answer",
            str(answer.id),
            account=answer.account,
            layout=answer.layout_words,
            **{name: str(value) for name, value in facts.items()},
        )


def forget(unit: UnitOfWork, answer_id: int) -> None:
    """Forget an answer: the next file of that account is asked about again.

    Raises:
        NotFoundError: there is none, or it was forgotten already.

    """
    answer = unit.session.get(StatementAnswer, answer_id)
    if answer is None or answer.forgotten_at is not None:
        raise NotFoundError("Nothing was forgotten. This was forgotten already.")
    answer.forgotten_at = unit.now
    answer.forgotten_by = unit.actor_name
    unit.audit(
        "statement_answer:forgotten",
        "statement_answer",
        str(answer.id),
        account=answer.account,
        layout=answer.layout_words,
    )
    unit.changed(Topic.SETTINGS)


def _find(session: Session, account: str, layout: str) -> StatementAnswer | None:
    found = session.scalars(
        select(StatementAnswer).where(
            StatementAnswer.layout == layout, StatementAnswer.forgotten_at.is_(None)
        )
    )
    wanted = account_key(account)
    return next((each for each in found if account_key(each.account) == wanted), None)


def _row(answer: StatementAnswer) -> RememberedAnswer:
    return RememberedAnswer(
        answer_id=answer.id,
        account=answer.account,
        layout=answer.layout,
        layout_words=answer.layout_words,
        provider=answer.provider,
        profile_name=answer.profile_name,
        date_order=answer.date_order,
        currency=answer.currency,
        answered_by=answer.answered_by,
        answered_at=answer.answered_at,
    )
