"""One unit of work = one act of one person = one transaction, rolled back unless committed.

The audit entry, the line of the change feed and any job owed later are written through the same
unit, so they exist exactly when the change exists.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.clock import Clock, system_clock
from core.database import engine as engines
from core.database.audit import Deed
from core.database.driver_questions import DriverQuestion
from core.database.journal import Journal
from core.database.known_errors import known_errors
from core.database.list_reading import FoundRows, ListReader
from core.database.lock_order import Lock
from core.database.unknown_acts import UnknownAct, UnknownActs
from core.errors import KnownError, NotAllowedError
from core.model.journal import Topic
from core.model.people import User
from core.permissions import Actor, Permission

logger = logging.getLogger(__name__)

SYSTEM_USER = "sanduku"
"""The name under which the program itself acts: outbox, imports of the demo, upgrades."""


class UnitOfWork:
    """A session with the journal beside it. Use as a context manager and call :meth:`commit`."""

    def __init__(
        self,
        engine: Engine,
        actor: Actor | None,
        clock: Clock,
        initiator: str,
        unknown: UnknownActs,
        *,
        beside_others: bool = False,
    ) -> None:
        self.session = Session(engine, expire_on_commit=False)
        self._unknown = unknown
        self.clock = clock
        self.now = clock()
        self._actor = actor
        self._journal = Journal(
            self.session,
            person=self.actor_name,
            desk=actor.desk if actor else "",
            now=self.now,
            initiator=initiator,
        )
        self._is_shared = engines.is_server(engine)
        self._beside_others = beside_others
        self._held: tuple[Lock, str] | None = None

    def __enter__(self) -> Self:
        if self._is_shared:
            from core.database.postgresql import locks  # noqa: PLC0415 - a shop of one desk owes none of it

            if self._beside_others:
                locks.go_beside_others(self.session.connection(), self.actor_name)
            else:
                locks.be_alone(self.session.connection())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.session.rollback()
        self.session.close()

    @property
    def actor_name(self) -> str:
        """The name that stands in the audit trail."""
        return self._actor.name if self._actor else SYSTEM_USER

    def lock(self, kind: Lock, name: str) -> None:
        """Hold what this act decides about until it ends; lock first, then look.

        Only a unit that goes on beside others needs it; any other holds the whole shop.

        Raises:
            RuntimeError: the order of :class:`~core.database.lock_order.Lock` is not kept.

        """
        if not self._beside_others or self._held == (kind, name):
            return
        if self._held is not None and kind <= self._held[0]:
            raise RuntimeError(f"{kind.name} is locked after {self._held[0].name}")
        self._held = (kind, name)
        if self._is_shared and kind is not Lock.NUMBER:
            from core.database.postgresql import locks  # noqa: PLC0415 - as above

            locks.lock_name(self.session.connection(), kind, name)

    def audit(self, action: str, subject_type: str, subject_id: str, **details: object) -> None:
        """Write what was done, to what, with which values before and after."""
        self.audit_details(action, subject_type, subject_id, details)

    def audit_details(
        self, action: str, subject_type: str, subject_id: str, details: Mapping[str, object]
    ) -> None:
        """Write an audit entry whose details are already a mapping."""
        self._journal.tell([Deed(action, subject_type, subject_id, details)])

    def audit_all(self, deeds: Iterable[Deed]) -> None:
        """Write what one act did to many things, an entry for each."""
        self._journal.tell(deeds)

    def changed(self, topic: Topic, subject_id: str = "") -> None:
        """Tell other windows what to fetch again, once this unit is committed."""
        self._journal.changed(topic, subject_id)

    def enqueue(self, kind: str, subject_id: str) -> None:
        """Owe a job that is done after the commit, even after a kill."""
        self._journal.owe(kind, subject_id)

    def keep_key(self, key: str, action: str, fingerprint: str, subject_id: str) -> None:
        """Keep the outcome of a command, so that its key has no other."""
        self._journal.keep_key(key, action, fingerprint, subject_id)

    def commit(self) -> None:
        """Make everything of this unit permanent, or raise and leave nothing of it.

        Where a server's answer is lost, what became of the unit is looked up, and nothing is done
        a second time.

        Raises:
            ConflictError: another writer changed or took the same thing first.
            StorageError: the disk is full, read-only or failing, or the server is not there.
            OutcomeUnknownError: the answer was lost, and the server stays away.

        """
        self.session.flush()
        connection = self.session.connection()
        if not self._is_shared:
            self._journal.write(connection)
            self.session.commit()
            return
        from core.database.postgresql.pipelines import sent_together  # noqa: PLC0415 - as above

        # What fails before the COMMIT is sent is certainly undone.
        with sent_together(connection):
            self._journal.write(connection)
        try:
            self.session.commit()
        except DBAPIError as error:
            # A key that is repeated changes nothing: there is nothing to look up.
            if self._journal.told_others or self._journal.head is not None:
                self._unknown.look_up(error, self._as_unknown())

    def _as_unknown(self) -> UnknownAct | None:
        head, deed = self._journal.head, self._journal.first_deed
        if head is None or deed is None:
            return None
        from core.database.postgresql.lost_commits import Mark  # noqa: PLC0415 - as above

        mark = Mark(self.actor_name, *head)
        return UnknownAct(deed.action, deed.subject_id, self.actor_name, self.now, mark)


class Database:
    """The shop's database: the one door for reading and writing."""

    def __init__(self, url: str, *, clock: Clock = system_clock, initiator: str = "") -> None:
        self.url = url
        self.engine = engines.open_engine(url)
        self._lists = engines.open_list_engine(self.engine)
        self.clock = clock
        self.initiator = initiator
        self._reader = self.engine.execution_options(**{engines.READ_ONLY_OPTION: True})
        self._reader_of_lists = ListReader(self.engine, self._lists)
        self.is_shared = engines.is_server(self.engine)
        self.unknown_acts = UnknownActs(self.engine)

    @property
    def engines(self) -> frozenset[Engine]:
        """Return all that connect to the shop, for whoever decides as whom they do."""
        return frozenset({self.engine, self._lists})

    def require(self, actor: Actor, permission: Permission) -> None:
        """Refuse an act unless the person's role holds the permission; a refusal is recorded.

        Raises:
            NotAllowedError: the role does not hold it.

        """
        try:
            actor.require(permission)
        except NotAllowedError as refusal:
            self._record_refusal(actor, refusal)
            raise

    @contextmanager
    def write(self, actor: Actor | None, *, beside_others: bool = False) -> Iterator[UnitOfWork]:
        """Open a unit of work that holds the write lock from its first statement.

        ``beside_others`` lets other such units of a shared shop go on meanwhile: for acts that lock
        what they decide about by name (:meth:`UnitOfWork.lock`).

        Raises:
            NotAllowedError: the person was disabled since they signed in. This refusal and any
                other within the unit is recorded.

        """
        try:
            with (
                known_errors(),
                UnitOfWork(
                    self.engine,
                    actor,
                    self.clock,
                    self.initiator,
                    self.unknown_acts,
                    beside_others=beside_others,
                ) as unit,
            ):
                if actor is not None:
                    _refuse_disabled(unit.session, actor)
                yield unit
        except NotAllowedError as refusal:
            if actor is not None:
                self._record_refusal(actor, refusal)
            raise

    @contextmanager
    def read(self, cancelled: Callable[[], bool] | None = None) -> Iterator[Session]:
        """Open a session for looking only; nothing it does is kept.

        Raises:
            ReadCancelledError: ``cancelled`` answered yes while the database was at work.

        """
        with known_errors(), Session(self._reader) as session:
            if cancelled is None:
                yield session
                return
            driver = session.connection().connection.driver_connection
            with engines.interrupted_when(driver, cancelled):
                yield session

    def rows(
        self,
        question: DriverQuestion,
        values: Mapping[str, object],
        cancelled: Callable[[], bool] | None = None,
    ) -> Sequence[Any]:
        """Return a question's rows as the driver gives them, for lists that are read all the time.

        ``values`` are the parameters left open in it, in the form the database stores.

        Raises:
            ReadCancelledError: ``cancelled`` answered yes while the database was at work.

        """
        return self._reader_of_lists.rows(question, values, cancelled)

    def rows_until(
        self,
        question: DriverQuestion,
        values: Mapping[str, object],
        is_enough: Callable[[int], bool],
        cancelled: Callable[[], bool],
    ) -> FoundRows:
        """Return the rows that are found, in their order, until it is enough.

        ``is_enough`` is asked now and then while the database is at work, with the number of rows
        found so far. A server gives its rows all together: there it is not asked.

        Raises:
            ReadCancelledError: ``cancelled`` answered yes while the database was at work.

        """
        return self._reader_of_lists.rows_until(question, values, is_enough, cancelled)

    def one_moment(self) -> AbstractContextManager[None]:
        """Let all :meth:`rows` this thread reads meanwhile be of one moment of the shop."""
        return self._reader_of_lists.one_moment()

    def close(self) -> None:
        """Let go of every connection."""
        for engine in self.engines:
            engine.dispose()

    def _record_refusal(self, actor: Actor, refusal: NotAllowedError) -> None:
        try:
            with (
                known_errors(),
                UnitOfWork(
                    self.engine,
                    actor,
                    self.clock,
                    self.initiator,
                    self.unknown_acts,
                    beside_others=True,
                ) as unit,
            ):
                unit.audit("act:refused", "user", actor.name, refusal=refusal.message)
                unit.commit()
        except KnownError as error:
            # The refusal stands all the same; it is what the person must hear.
            logger.warning("a refusal could not be recorded: %s", error.message)


def _refuse_disabled(session: Session, actor: Actor) -> None:
    """Refuse a person whose account was disabled while they were signed in."""
    is_active = session.scalar(
        select(User.is_active).where(User.id == actor.user_id, User.name == actor.name)
    )
    if is_active is False:
        raise NotAllowedError(
            f"Nothing was changed. {actor.name} is disabled and may no longer act; ask an admin."
        )
