"""Matches kept as soon as they are settled, while the search for the others goes on.

To store a hundred thousand matches takes half as long as to find them, and most are settled early.
Stored meanwhile, on the processor core that is idle otherwise, they are there sooner, and the shop
is locked for a moment at a time. A statement of which matches are stored says that its search was
not finished until all of them are, or none.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.bulk import room_for_many
from core.database.engine import put_off_checkpoints
from core.database.unit_of_work import Database
from core.errors import KnownError
from core.matching.records import Proposal
from core.model.journal import Topic
from core.model.reconciliations import Match, PaymentReconciliation
from core.services.matching.proposals import keep_settled, payment_keys
from core.services.proposing.ahead import Ahead, BooksAhead, Thinking, unchanged
from core.services.proposing.messages import MatchingTask
from core.services.reconciliations.service import find_reconciliation

_LEAST, _MOST = 5_000, 20_000
"""Fewer matches wait for more of them; no more are stored in one go, which takes half a second."""

_ROOM_KIB = 64_000
"""What so many touch of a shop's file."""


class KeptAsFound:
    """What is stored of one search that began before anybody asked for it.

    ``task`` waits until it is asked for, in whose name; ``is_unwanted`` tells that it is not any
    more. Nothing is stored unless a search at that moment would find the same.
    """

    def __init__(
        self,
        read: BooksAhead,
        about: Thinking,
        task: Callable[[], MatchingTask],
        is_unwanted: Callable[[], bool],
    ) -> None:
        self._read, self._about = read, about
        self._task, self._is_unwanted = task, is_unwanted
        self._settled: queue.SimpleQueue[Sequence[Proposal] | None] = queue.SimpleQueue()
        self._line_ids: set[int] = set()
        self._is_sure = True
        self._done: Future[None] = Future()
        # A process whose search has a mistake ends at once: nothing waits for this thread.
        threading.Thread(target=self._run, name="kept as found", daemon=True).start()

    def settled(self, matches: Sequence[Proposal]) -> None:
        """Have matches stored that nothing found later undoes."""
        self._settled.put(matches)

    def finish(self) -> frozenset[int]:
        """Wait until no more is stored; return the lines of the matches that are.

        None of them where it is not known what became of some. Only once the search was asked for.
        """
        self._settled.put(None)
        self._done.result()
        return frozenset(self._line_ids if self._is_sure else ())

    def _run(self) -> None:
        try:
            self._keep()
        except BaseException as error:  # told to whoever finishes
            self._done.set_exception(error)
        else:
            self._done.set_result(None)

    def _keep(self) -> None:
        task = self._task()
        database = Database(task.url, initiator=task.initiator)
        put_off_checkpoints(database.engine)
        try:
            if task.reconciliation_id == self._about.reconciliation_id and self._is_first(database):
                self._keep_all(database, task)
        except KnownError:
            return  # whatever stands in the way, the search itself meets it and tells
        finally:
            database.close()

    def _keep_all(self, database: Database, task: MatchingTask) -> None:
        waiting: list[Proposal] = []
        while (some := self._settled.get()) is not None:
            waiting += some
            while len(waiting) >= _LEAST:
                stretch, waiting = waiting[:_MOST], waiting[_MOST:]
                if self._is_unwanted() or not self._store(database, task, stretch):
                    return

    def _is_first(self, database: Database) -> bool:
        """Tell whether nothing was proposed yet, and the search is about what is there now."""
        with database.read() as session:
            reconciliation = find_reconciliation(session, self._about.reconciliation_id)
            proposed = select(Match.id).where(Match.reconciliation_id == reconciliation.id)
            return (
                session.scalar(proposed.limit(1)) is None
                and self._about.is_what_is(session, reconciliation)
                and self._holds(session, reconciliation)
            )

    def _holds(self, session: Session, reconciliation: PaymentReconciliation) -> bool:
        return unchanged(session, reconciliation, Ahead(self._read)) is not None

    def _store(self, database: Database, task: MatchingTask, matches: Sequence[Proposal]) -> bool:
        """Store some matches in a unit of work of their own, unless payments changed meanwhile."""
        reconciliation_id, keys = task.reconciliation_id, payment_keys(database, matches)
        with database.write(task.actor) as unit, room_for_many(unit.session, _ROOM_KIB):
            reconciliation = find_reconciliation(unit.session, reconciliation_id)
            reconciliation.require_open()
            if not self._holds(unit.session, reconciliation):
                return False
            keep_settled(unit, reconciliation, matches, keys)
            found = {"certain": len(matches), "suggested": 0}
            unit.audit("matches:proposed", "reconciliation", reconciliation_id, **found)
            unit.changed(Topic.RECONCILIATIONS, reconciliation_id)
            self._is_sure = False
            unit.commit()
            self._is_sure = True
        self._line_ids.update(line_id for each in matches for line_id in each.line_ids)
        return True
