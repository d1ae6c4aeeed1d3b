"""Acts of which nobody knows yet whether they were done: a server's answer to a COMMIT was lost."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from core.errors import OutcomeUnknownError

if TYPE_CHECKING:
    from core.database.postgresql.lost_commits import Mark

logger = logging.getLogger(__name__)

_UNKNOWN = (
    "It is not known whether this was done: the shop's server went away before it answered. Try"
    " again when it is back: what was done is not done a second time."
)


@dataclass(frozen=True, slots=True)
class UnknownAct:
    """What was to be done, to which thing, by whom and when; and how it is looked up, if it is."""

    action: str
    subject_id: str
    person: str
    at: datetime
    mark: Mark | None


class UnknownActs:
    """Those of one desk, until the server tells what became of them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._acts: list[UnknownAct] = []

    @property
    def acts(self) -> tuple[UnknownAct, ...]:
        """Return them, the oldest first."""
        return tuple(self._acts)

    def look_up(self, error: DBAPIError, act: UnknownAct | None) -> None:
        """Return if an act was done whose commit failed with ``error``; else raise what is known.

        ``act`` is None where the act left no mark.

        Raises:
            DBAPIError: it was certainly not done.
            OutcomeUnknownError: the server stays away; the act is kept.

        """
        from core.database.postgresql import lost_commits  # noqa: PLC0415 - a shop of one desk owes none of it

        if not lost_commits.is_lost(error):
            raise error
        mark = act.mark if act is not None else None
        done = lost_commits.looked_up(self._engine, mark) if mark is not None else None
        logger.warning("The answer of a commit was lost; it was done: %s", done)
        if done is None:
            if act is not None:
                self._acts.append(act)
            raise OutcomeUnknownError(_UNKNOWN, details=str(error)) from error
        if not done:
            raise error

    def look_again(self) -> dict[UnknownAct, bool]:
        """Ask the server, which is there again, which of them were done.

        What it cannot tell yet stays unknown.
        """
        from core.database.postgresql import lost_commits  # noqa: PLC0415 - as above

        found = {}
        for act in self.acts:
            if act.mark is None:
                continue
            done = lost_commits.looked_up(self._engine, act.mark, patience_s=0)
            if done is not None:
                found[act] = done
                self._acts.remove(act)
        return found
