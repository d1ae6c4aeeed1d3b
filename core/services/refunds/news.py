"""What a person should hear of refunds that somebody else, or a network, moved on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from core.database.unit_of_work import Database
from core.model.refunds import RefundRequest, RefundStatus
from core.permissions import Actor, Permission
from core.services.refunds.steps import requested_refund_row
from core.services.rows import RefundRow

MOST_NEWS = 50


@dataclass(frozen=True, slots=True)
class RefundNews:
    """A refund as it now stands, for a person it concerns; ``is_mine``: they asked for it."""

    refund: RefundRow
    is_mine: bool


class RefundNewsService:
    """The questions of a window that tells its person what happened; nothing here changes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, actor: Actor, moment: datetime) -> tuple[RefundNews, ...]:
        """Return what moved on since a moment and concerns the person, oldest first.

        What they did themselves is no news. At most the newest :data:`MOST_NEWS` are looked at.
        """
        self._database.require(actor, Permission.VIEW_REFUNDS)
        with self._database.read() as session:
            refunds = session.scalars(
                select(RefundRequest)
                .where(RefundRequest.updated_at >= moment)
                .options(
                    joinedload(RefundRequest.payment),
                    joinedload(RefundRequest.credit_note),
                    joinedload(RefundRequest.attempts),
                )
                .order_by(RefundRequest.updated_at.desc(), RefundRequest.id.desc())
                .limit(MOST_NEWS)
            ).unique()
            found = [
                RefundNews(requested_refund_row(refund), refund.requested_by == actor.name)
                for refund in refunds
                if _concerns(actor, refund)
            ]
        return tuple(reversed(found))

    def waiting(self, actor: Actor) -> int:
        """Return how many refunds wait for this person's decision.

        A manager's are those that nobody passed on, an admin's those that were; one's own wait
        for somebody else.
        """
        self._database.require(actor, Permission.VIEW_REFUNDS)
        passed_on = actor.may(Permission.DECIDE_PASSED_ON_REFUND)
        if not passed_on and not actor.may(Permission.DECIDE_REFUND):
            return 0
        with self._database.read() as session:
            return (
                session.scalar(
                    select(func.count())
                    .select_from(RefundRequest)
                    .where(
                        RefundRequest.status == RefundStatus.REQUESTED,
                        RefundRequest.requested_by != actor.name,
                        RefundRequest.passed_on_by != ""
                        if passed_on
                        else RefundRequest.passed_on_by == "",
                    )
                )
                or 0
            )


def _concerns(actor: Actor, refund: RefundRequest) -> bool:
    """Tell whether a person should hear where a refund now stands, having not put it there."""
    is_mine = refund.requested_by == actor.name
    if refund.status is RefundStatus.REQUESTED:
        if not refund.passed_on_by:
            return actor.may(Permission.DECIDE_REFUND) and not is_mine
        to_decide = actor.may(Permission.DECIDE_PASSED_ON_REFUND)
        return (to_decide or is_mine) and refund.passed_on_by != actor.name
    if refund.status is RefundStatus.APPROVED:
        return is_mine
    if refund.status is RefundStatus.REJECTED:
        return is_mine and refund.rejected_by != actor.name
    if refund.status is RefundStatus.WITHDRAWN:
        decided = actor.name in {refund.approved_by, refund.passed_on_by}
        return (decided or actor.may(Permission.DECIDE_REFUND)) and not is_mine
    if refund.status is RefundStatus.PROCESSING:
        return is_mine and refund.processed_by != actor.name
    # A network's end is news to whoever sent the money, too.
    sent = refund.processed_by == actor.name
    return (sent and bool(refund.attempts)) or (is_mine and not sent)
