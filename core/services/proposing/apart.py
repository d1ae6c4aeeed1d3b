"""Searching for matches where the window can go on answering: a large statement in its own process.

Python runs one thread at a time, so a search of many seconds would make the window stutter, and
its memory would stay with the program for the rest of the day.
"""

from __future__ import annotations

import logging

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.child_process import Child
from core.database.unit_of_work import Database
from core.errors import StorageError
from core.model.payments import Payment
from core.model.reconciliations import UNFINISHED_SEARCH, PaymentReconciliation
from core.permissions import Actor
from core.services.matching.candidates import LOOK_BACK
from core.services.proposing import MANY_LINES, MANY_PAYMENTS
from core.services.proposing.messages import (
    Failure,
    MatchingTask,
    Message,
    PaymentsRead,
    Progress,
    Refusal,
    Stop,
    Stored,
)
from core.services.proposing.search import Watch, search, take_back_unfinished
from core.services.proposing.standby import Standby
from core.services.reconciliations.detail import unproven_conditions
from core.services.reconciliations.service import find_reconciliation

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.05


def look_for(
    database: Database, actor: Actor, reconciliation_id: str, watch: Watch, standby: Standby
) -> None:
    """Match every open line and store the proposals, in a process of its own if it takes long.

    ``standby`` has the process, if one waits already. ``watch.progress`` is told on this thread.
    Where the person stops it, nothing is stored.

    Raises:
        MatchingCancelledError: the watch wanted no more of it.
        StorageError: the process died.

    """
    with database.read() as session:
        reconciliation = find_reconciliation(session, reconciliation_id)
        reconciliation.require_open()
        is_large = _is_large(session, reconciliation)
        was_unfinished = UNFINISHED_SEARCH in reconciliation.not_searched
    if is_large:
        task = MatchingTask(database.url, database.initiator, actor, reconciliation_id)
        try:
            search_apart(task, watch, standby)
        except BaseException:
            if not was_unfinished:  # otherwise what stands is not this search's
                take_back_unfinished(database, actor, reconciliation_id)
            raise
    else:
        search(database, actor, reconciliation_id, watch)


def _is_large(session: Session, reconciliation: PaymentReconciliation) -> bool:
    if reconciliation.unmatched_count >= MANY_LINES:
        return True
    unproven = select(Payment.id).where(*unproven_conditions(reconciliation, before=LOOK_BACK))
    some = unproven.limit(MANY_PAYMENTS).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) >= MANY_PAYMENTS


def search_apart(task: MatchingTask, watch: Watch, standby: Standby) -> None:
    """Have a search done by another process, and wait for it.

    Raises:
        KnownError: what the search raises there, word for word.
        StorageError: the process died; nothing is stored.

    """
    child = standby.take()
    try:
        _wait_for(child, task, watch)
    except BaseException:
        child.end()
        raise
    standby.let_finish(child)


def _wait_for(child: Child[Message], task: MatchingTask, watch: Watch) -> None:
    """Wait until a process has stored what it found."""
    told_to_stop = False
    try:
        child.tell(task)
        while True:
            message = child.next(_LOOK_EVERY_S)
            if message is not None and _is_last(message, watch):
                return
            if message is None and child.is_silent:
                raise _dead(task, child)
            if not told_to_stop and watch.cancelled is not None and watch.cancelled():
                # It may be about to commit: it says itself whether it stopped in time.
                told_to_stop = True
                child.tell(Stop())
    except OSError as error:
        raise _dead(task, child) from error


def _is_last(message: Message, watch: Watch) -> bool:
    match message:
        case Progress(done, total):
            if watch.progress is not None:
                watch.progress(done, total)
            return False
        case PaymentsRead():
            return False
        case Stored():
            return True
        case Refusal(error):
            raise error
        case Failure(trace):
            raise RuntimeError(f"the matching failed in its process:\n{trace}")


def _dead(task: MatchingTask, child: Child[Message]) -> StorageError:
    code = child.process.wait()
    logger.error("matching %s: its process ended with %s", task.reconciliation_id, code)
    return StorageError(
        "Nothing was matched. The matching stopped before it was done, perhaps for want of memory:"
        " close other programs, then try again.",
        details=f"exit code {code}",
    )
