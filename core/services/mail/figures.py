"""How much mail waits and was refused, for a glance; read through the index on the state."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.model.mail import MailMessage, MailStatus
from core.services.dashboard import MailFigures
from core.services.mail.writing import UNDER_WAY


def mail_figures(session: Session) -> MailFigures | None:
    """Return the mails that are still to leave and those refused; None before the first mail."""
    if session.scalar(select(MailMessage.id).limit(1)) is None:
        return None
    open_states = [*UNDER_WAY, MailStatus.REFUSED]
    rows = session.execute(
        select(MailMessage.status, func.count())
        .where(MailMessage.status.in_(open_states))
        .group_by(MailMessage.status)
    )
    found = {row[0]: row[1] for row in rows}
    return MailFigures(
        waiting=sum(found.get(status, 0) for status in UNDER_WAY),
        refused=found.get(MailStatus.REFUSED, 0),
    )
