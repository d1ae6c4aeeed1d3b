"""Work owed after a commit: kept until done, in order of arrival; one bad job stops no other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping

from sqlalchemy import select

from core.database.unit_of_work import Database
from core.errors import KnownError
from core.model.journal import OutboxJob, OutboxState

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
"""How often a job that fails by a bug is begun; one the disk refuses is never given up."""

REST_S = 30
"""How long the thread leaves a job alone that has just failed."""

_IDLE_S = 0.5
_BATCH = 50

JobHandler = Callable[[str], object]


class Outbox:
    """Runs waiting jobs by their kind; a job is repeatable, so a kill in the middle repeats it."""

    def __init__(self, database: Database, handlers: Mapping[str, JobHandler]) -> None:
        self._database = database
        self._handlers = handlers
        self._rest_until_ns: dict[int, int] = {}
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def run_waiting(self, subject_ids: Collection[str] | None = None) -> int:
        """Do every job that waits now, or those of some papers; return how many were done."""
        return self._run_jobs(subject_ids, leave_resting=False)

    def start(self) -> None:
        """Begin to do jobs on a thread of their own as they come."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._thread = threading.Thread(target=self._work, name="outbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the job in hand and stop; the others wait for the next start."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=30)
            self._thread = None
        self._stopping.clear()

    def _run_jobs(self, subject_ids: Collection[str] | None, *, leave_resting: bool) -> int:
        done = 0
        seen = 0
        while jobs := self._waiting(subject_ids, after=seen):
            for job_id, kind, subject_id in jobs:
                seen = job_id
                if self._stopping.is_set():
                    return done
                if leave_resting and time.monotonic_ns() < self._rest_until_ns.get(job_id, 0):
                    continue
                done += self._run(job_id, kind, subject_id)
        return done

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._run_jobs(None, leave_resting=True)
            except KnownError as error:
                logger.info("the outbox waits: %s", error.message)
            self._stopping.wait(_IDLE_S)

    def _waiting(
        self, subject_ids: Collection[str] | None, *, after: int
    ) -> list[tuple[int, str, str]]:
        wanted = [OutboxJob.kind.in_(list(self._handlers)), OutboxJob.id > after]
        if subject_ids is not None:
            wanted.append(OutboxJob.subject_id.in_(subject_ids))
        with self._database.read() as session:
            rows = session.execute(
                select(OutboxJob.id, OutboxJob.kind, OutboxJob.subject_id)
                .where(OutboxJob.state == OutboxState.WAITING, *wanted)
                .order_by(OutboxJob.id)
                .limit(_BATCH)
            )
            return [(job_id, kind, subject_id) for job_id, kind, subject_id in rows]

    def _run(self, job_id: int, kind: str, subject_id: str) -> int:
        try:
            self._handlers[kind](subject_id)
        except KnownError as error:
            self._record(job_id, error=error.message, give_up=False)
            return 0
        except Exception as error:
            logger.exception("the job %s of %s failed", kind, subject_id)
            self._record(job_id, error=repr(error), give_up=True)
            return 0
        self._record(job_id, error="", give_up=False)
        return 1

    def _record(self, job_id: int, *, error: str, give_up: bool) -> None:
        if error:
            self._rest_until_ns[job_id] = time.monotonic_ns() + REST_S * 1_000_000_000
        else:
            self._rest_until_ns.pop(job_id, None)
        with self._database.write(None, beside_others=True) as unit:
            job = unit.session.get_one(OutboxJob, job_id)
            job.attempts += 1
            job.last_error = error
            if not error:
                job.state = OutboxState.DONE
                job.done_at = unit.now
            elif give_up and job.attempts >= MAX_ATTEMPTS:
                job.state = OutboxState.FAILED
            unit.commit()
