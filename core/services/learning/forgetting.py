"""Forgetting what was learned, and taking that back: a lesson stays, with who forgot it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select, update

from core.database.unit_of_work import UnitOfWork
from core.errors import ConflictError, NotFoundError
from core.model.journal import Topic
from core.model.lessons import ForgottenFee, LiftedDecline, PayerLesson, WordingLesson
from core.model.reconciliations import Match, MatchState
from core.services.learning.fees import channel_of
from core.services.learning.keys import these
from core.services.learning.payers import same_lesson, shown_payer
from core.services.learning.rows import Forgotten, LessonKind, LessonRef

_ROWS_ONLY = {"synchronize_session": False}


def forget(unit: UnitOfWork, refs: Iterable[LessonRef]) -> Forgotten:
    """Forget lessons; what was forgotten already is left out.

    Raises:
        NotFoundError: a reference means nothing.
        ConflictError: a declined match belongs to a statement that is closed.

    """
    payers: list[int] = []
    wordings: list[int] = []
    fees: list[int] = []
    declines: list[int] = []
    for ref in dict.fromkeys(refs):
        match ref.kind:
            case LessonKind.PAYER:
                payers += _forget_payer(unit, _number(ref))
            case LessonKind.WORDING:
                wordings += _forget_wording(unit, _number(ref))
            case LessonKind.FEE:
                fees.append(_forget_fee(unit, ref))
            case LessonKind.DECLINED:
                declines += _lift(unit, _number(ref))
    unit.changed(Topic.SETTINGS)
    return Forgotten(tuple(payers), tuple(wordings), tuple(fees), tuple(declines))


def restore(unit: UnitOfWork, forgotten: Forgotten) -> None:
    """Let what one removal took out count again; what was taught meanwhile stays beside it.

    Raises:
        ConflictError: it was put back already.

    """
    put_back = [
        *_count_again(unit, PayerLesson, forgotten.payers),
        *_count_again(unit, WordingLesson, forgotten.wordings),
        *_end_removal(unit, ForgottenFee, forgotten.fees),
        *_end_removal(unit, LiftedDecline, forgotten.declines),
    ]
    if not put_back:
        raise ConflictError("Nothing was changed. This was put back already.")
    unit.audit(
        "lesson:restored",
        "lesson",
        "",
        payers=list(forgotten.payers),
        wordings=list(forgotten.wordings),
        fees=list(forgotten.fees),
        declines=list(forgotten.declines),
    )
    unit.changed(Topic.SETTINGS)


def _count_again(
    unit: UnitOfWork, lesson: type[PayerLesson | WordingLesson], keys: Iterable[int]
) -> Sequence[int]:
    return unit.session.scalars(
        update(lesson)
        .where(lesson.id.in_(these(keys)), lesson.forgotten_at.is_not(None))
        .values(forgotten_at=None, forgotten_by="")
        .returning(lesson.id),
        execution_options=_ROWS_ONLY,
    ).all()


def _end_removal(
    unit: UnitOfWork, removal: type[ForgottenFee | LiftedDecline], keys: Iterable[int]
) -> Sequence[int]:
    return unit.session.scalars(
        update(removal)
        .where(removal.id.in_(these(keys)), removal.restored_at.is_(None))
        .values(restored_at=unit.now)
        .returning(removal.id),
        execution_options=_ROWS_ONLY,
    ).all()


def _forget_payer(unit: UnitOfWork, lesson_id: int) -> Sequence[int]:
    lesson = unit.session.get(PayerLesson, lesson_id)
    if lesson is None:
        raise NotFoundError("Nothing was forgotten. There is no such lesson.")
    return _forget_rows(
        unit,
        PayerLesson,
        same_lesson(unit.session, lesson),
        mark=lesson.mark_words,
        payer=shown_payer(lesson.payer_name, lesson.payer_phone),
    )


def _forget_wording(unit: UnitOfWork, lesson_id: int) -> Sequence[int]:
    lesson = unit.session.get(WordingLesson, lesson_id)
    if lesson is None:
        raise NotFoundError("Nothing was forgotten. There is no such lesson.")
    same = unit.session.scalars(
        select(WordingLesson.id).where(
            WordingLesson.provider == lesson.provider,
            WordingLesson.is_money_in == lesson.is_money_in,
            WordingLesson.wording == lesson.wording,
            WordingLesson.reason == lesson.reason,
            WordingLesson.taken_back_at.is_(None),
        )
    )
    return _forget_rows(
        unit, WordingLesson, same.all(), wording=lesson.wording_words, reason=lesson.reason
    )


def _forget_rows(
    unit: UnitOfWork,
    lesson: type[PayerLesson | WordingLesson],
    keys: Sequence[int],
    **facts: str,
) -> Sequence[int]:
    gone = unit.session.scalars(
        update(lesson)
        .where(lesson.id.in_(these(keys)), lesson.forgotten_at.is_(None))
        .values(forgotten_at=unit.now, forgotten_by=unit.actor_name)
        .returning(lesson.id),
        execution_options=_ROWS_ONLY,
    ).all()
    if gone:
        unit.audit("lesson:forgotten", "lesson", str(max(gone)), times=len(gone), **facts)
    return gone


def _forget_fee(unit: UnitOfWork, ref: LessonRef) -> int:
    channel = channel_of(ref.key)
    if channel is None:
        raise NotFoundError("Nothing was forgotten. There is no such lesson.")
    removal = ForgottenFee(
        provider=channel.provider,
        method=channel.method,
        currency=channel.currency,
        forgotten_by=unit.actor_name,
        forgotten_at=unit.now,
    )
    unit.session.add(removal)
    unit.session.flush()
    unit.audit("lesson:forgotten", "lesson", ref.key, method=channel.method)
    return removal.id


def _lift(unit: UnitOfWork, match_id: int) -> Sequence[int]:
    declined = unit.session.get(Match, match_id)
    if declined is None or declined.state is not MatchState.DECLINED:
        raise NotFoundError("Nothing was changed. There is no such declined match.")
    declined.reconciliation.require_open()
    standing = select(LiftedDecline.id).where(
        LiftedDecline.match_id == match_id, LiftedDecline.restored_at.is_(None)
    )
    if unit.session.scalar(standing) is not None:
        return ()
    lifted = LiftedDecline(match_id=match_id, lifted_by=unit.actor_name, lifted_at=unit.now)
    unit.session.add(lifted)
    unit.session.flush()
    reconciliation_id = declined.reconciliation.reconciliation_id
    unit.audit("match:decline_lifted", "reconciliation", reconciliation_id, match=match_id)
    unit.changed(Topic.RECONCILIATIONS, reconciliation_id)
    return (lifted.id,)


def _number(ref: LessonRef) -> int:
    if not ref.key.isdecimal():
        raise NotFoundError(f"Nothing was forgotten. There is no lesson {ref.key}.")
    return int(ref.key)
