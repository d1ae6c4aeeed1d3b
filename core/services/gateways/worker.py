"""The worker: asks the mobile networks, and brings every request to the end the networks tell.

One worker serves a shop, wherever it runs: the one that holds the lock beside the shop's file,
which the system frees even after a kill. It keeps nothing in memory that matters: an attempt is
committed before each call and after it, so whoever takes the lock next goes on where it stood.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from core.configuration import GatewayTiming
from core.database.unit_of_work import Database, UnitOfWork
from core.errors import KnownError, StorageError
from core.gateways.contract import GatewayCall, MobileMoneyGateway, Reply, Trouble
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.providers import Environment
from core.services.gateways import attempt_records as records
from core.services.gateways.attempt_steps import Step, next_step
from core.services.gateways.attempts import collect_order, may_be_hastened, refund_order
from core.services.gateways.call_threads import CallThreads
from core.services.gateways.health import HealthBook

if TYPE_CHECKING:
    from core.services.gateways.accounts import GatewayAccounts
    from core.services.providers.forms import Network

Account = tuple["Network", Environment]

logger = logging.getLogger(__name__)

MOST_CALLS = 16
"""So many calls wait for one network at a time: a slow answer holds up no other."""

LOCK_FILE = "gateways.lock"

_REST_S = 15
"""How long an attempt is left alone after the program itself failed with it."""

_TRY_LOCK_S = 1.0
_SETTINGS_AGE_S = 1.0
_READ_AHEAD = 200


@dataclass(frozen=True, slots=True)
class _Begun:
    """A call whose record is committed and which may now be made."""

    attempt_id: int
    account: Account
    call: GatewayCall
    call_id: int
    can_ask: bool


@dataclass(frozen=True, slots=True)
class _Finished:
    """A call that was made; without a reply it failed by a bug, and its end is not known."""

    begun: _Begun
    reply: Reply | None


class GatewayWorker:
    """Runs on threads of its own between :meth:`start` and :meth:`stop`.

    One thread does all that touches the books, for many requests in one transaction each time; the
    calls are made on threads of their own, so that a slow answer holds up no other.
    """

    def __init__(
        self, database: Database, accounts: GatewayAccounts, timing: GatewayTiming, lock_file: Path
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._timing = timing
        self._lock_file = lock_file
        self._health = HealthBook(database)
        self._stopping = threading.Event()
        self._abandoned = threading.Event()
        self._wake = threading.Event()
        self._threads = CallThreads("gateway call")
        self._finished: deque[_Finished] = deque()
        self._in_flight: dict[int, Account] = {}
        self._clients: dict[Account, tuple[MobileMoneyGateway, float]] = {}
        self._rest_until_s: dict[int, float] = {}
        self._paused_until_s: dict[Account, float] = {}
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to serve as soon as no other worker of this shop does."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._abandoned.clear()
        # What calls of an earlier life still bring goes into the old queue, which nobody reads.
        self._finished = deque()
        self._in_flight.clear()
        self._thread = threading.Thread(target=self._work, name="gateways", daemon=True)
        self._thread.start()

    def stop(self, *, wait_s: float = 5.0) -> None:
        """Start nothing new and wait for the calls in hand.

        An answer that does not come within ``wait_s`` seconds is not lost: the attempt stays as
        committed before the call, and the next worker asks for it.
        """
        self._stopping.set()
        self._wake.set()
        if self._thread is None:
            return
        self._thread.join(timeout=wait_s)
        self._abandoned.set()
        self._wake.set()
        self._threads.stop()
        self._thread.join(timeout=30)
        self._thread = None

    def _work(self) -> None:
        from filelock import FileLock, Timeout  # noqa: PLC0415 - not owed at start

        lock = FileLock(self._lock_file, thread_local=False)
        while not self._stopping.is_set():
            try:
                with lock.acquire(timeout=0):
                    self._serve()
            except Timeout:
                self._stopping.wait(_TRY_LOCK_S)
            except KnownError as error:
                logger.info("the networks wait: %s", error.message)
                self._stopping.wait(_TRY_LOCK_S)
            except Exception:
                logger.exception("the gateway worker stumbled; it goes on")
                self._stopping.wait(_TRY_LOCK_S)

    def _serve(self) -> None:
        """Record what was answered and start what is due, until told to stop.

        The lock is held as long as a call is in hand.
        """
        self._resume()
        last_look = self._database.clock()
        while not (self._stopping.is_set() and (self._abandoned.is_set() or not self._in_flight)):
            self._record_finished()
            if not self._stopping.is_set():
                now = self._database.clock()
                if now < last_look:
                    # The clock was set back: what was due then would wait as long again.
                    self._resume()
                last_look = now
                self._start_due(now)
            self._wake.wait(self._timing.idle_s)
            self._wake.clear()

    def _resume(self) -> None:
        """Ask soon about everything open: the last worker may have been gone for long."""
        with self._database.write(None) as unit:
            soon = unit.now + timedelta(seconds=self._timing.ladder[0])
            unit.session.execute(
                update(GatewayAttempt)
                .where(
                    GatewayAttempt.closed_at.is_(None),
                    GatewayAttempt.due_at > soon,
                    may_be_hastened(unit.now),
                )
                .values(due_at=soon)
            )
            unit.commit()

    def _start_due(self, now: datetime) -> None:
        with self._database.read() as session:
            due = session.execute(
                select(GatewayAttempt.id, GatewayAttempt.provider, GatewayAttempt.environment)
                .where(GatewayAttempt.due_at <= now)
                # New requests first: a customer stands at the till.
                .order_by(GatewayAttempt.sends > 0, GatewayAttempt.due_at)
                .limit(_READ_AHEAD)
            ).all()
        chosen: dict[int, Account] = {}
        for attempt_id, provider, environment in due:
            account: Account = (cast("Network", provider), environment)
            if self._may_start(attempt_id, account, chosen):
                chosen[attempt_id] = account
        for begun in self._claim(chosen):
            self._in_flight[begun.attempt_id] = begun.account
            self._threads.run(partial(self._call, begun, self._finished))

    def _may_start(self, attempt_id: int, account: Account, chosen: dict[int, Account]) -> bool:
        present_s = time.monotonic()
        calls = [*self._in_flight.values(), *chosen.values()].count(account)
        return (
            attempt_id not in self._in_flight
            and calls < MOST_CALLS
            and present_s >= self._paused_until_s.get(account, 0)
            and present_s >= self._rest_until_s.get(attempt_id, 0)
        )

    def _claim(self, chosen: dict[int, Account]) -> list[_Begun]:
        """Decide what each attempt needs and commit the records of the calls to be made."""
        clients = {account: self._client(account) for account in set(chosen.values())}

        def claim(attempts: Sequence[tuple[int, Account]]) -> list[_Begun]:
            with self._database.write(None) as unit:
                begun = [self._begin(unit, each, of, clients[of]) for each, of in attempts]
                unit.commit()
            return [one for one in begun if one is not None]

        try:
            return claim(list(chosen.items())) if chosen else []
        except Exception:
            logger.info("%s attempts are claimed one by one", len(chosen), exc_info=True)
        begun = []
        for attempt in chosen.items():
            with self._resting_if_refused(attempt[0]):
                begun += claim([attempt])
        return begun

    def _begin(
        self,
        unit: UnitOfWork,
        attempt_id: int,
        account: Account,
        gateway: MobileMoneyGateway | None,
    ) -> _Begun | None:
        attempt = unit.session.get_one(
            GatewayAttempt, attempt_id, options=[joinedload(GatewayAttempt.payment)]
        )
        if attempt.due_at is None or attempt.due_at > unit.now:
            return None
        collects = attempt.kind is AttemptKind.COLLECT
        can_ask = collects or (gateway is not None and gateway.tells_refund_status)
        step = next_step(attempt, unit.now, self._timing, can_ask=can_ask)
        if step is Step.GIVE_UP:
            records.give_up(unit, attempt)
            return None
        if gateway is None:
            records.postpone(unit, attempt, self._timing)
            return None
        if step is Step.HAND_OVER:
            records.hand_over(unit, attempt, self._timing, can_ask=can_ask)
            return None
        call = _describe(gateway, attempt, step)
        call_id = records.begin_call(unit, attempt, call, self._timing)
        return _Begun(attempt_id, account, call, call_id, can_ask)

    def _call(self, begun: _Begun, finished: deque[_Finished]) -> None:
        """Make a call; this runs on a thread of its own and touches no books."""
        reply = None
        try:
            reply = begun.call.send()
        except Exception:
            logger.exception("a call about attempt %s failed by a bug", begun.attempt_id)
        finished.append(_Finished(begun, reply))
        self._wake.set()

    def _record_finished(self) -> None:
        """Let every answer that has come have its effect, all in one transaction."""
        finished = [self._finished.popleft() for _ in range(len(self._finished))]
        if not finished:
            return
        answered = [one for one in finished if one.reply is not None]
        try:
            self._record(answered)
        except Exception:
            logger.info("%s answers are recorded one by one", len(answered), exc_info=True)
            for one in answered:
                # What cannot be recorded counts as never come, and is asked for.
                with self._resting_if_refused(one.begun.attempt_id):
                    self._record([one])
        # First of all: what fails below must not keep any of them from being asked again.
        for one in finished:
            self._in_flight.pop(one.begun.attempt_id, None)
        for one in finished:
            if one.reply is None:
                self._rest(one.begun.attempt_id)
            else:
                self._note_health(one.begun.account, one.reply)

    @contextmanager
    def _resting_if_refused(self, attempt_id: int) -> Iterator[None]:
        """Let one attempt's failure stop no other: it is left alone for a while."""
        try:
            yield
        except StorageError as error:
            logger.info("attempt %s waits: %s", attempt_id, error.message)
            self._rest(attempt_id)
        except Exception:
            # A refusal by the books' own rules is a bug here too: nobody else will be told.
            logger.exception("attempt %s failed by a bug; it is tried again", attempt_id)
            self._rest(attempt_id)

    def _record(self, answered: list[_Finished]) -> None:
        with self._database.write(None) as unit:
            for one in answered:
                if one.reply is None:
                    continue
                begun = one.begun
                attempt = unit.session.get_one(GatewayAttempt, begun.attempt_id)
                records.finish_call(
                    unit, attempt, begun.call_id, one.reply, self._timing, can_ask=begun.can_ask
                )
            unit.commit()

    def _note_health(self, account: Account, reply: Reply) -> None:
        if reply.trouble is Trouble.TOO_MANY_REQUESTS:
            self._paused_until_s[account] = time.monotonic() + (reply.retry_after_s or 1)
        host = self._accounts.host(*account) if reply.trouble is not None else ""
        self._health.take(account, reply, host)

    def _client(self, account: Account) -> MobileMoneyGateway | None:
        """Return an account's client, None where it cannot be used; looked up once a second."""
        now_s = time.monotonic()
        kept = self._clients.get(account)
        if kept is not None and now_s - kept[1] < _SETTINGS_AGE_S:
            return kept[0]
        try:
            gateway = self._accounts.gateway(*account)
        except KnownError as error:
            self._clients.pop(account, None)
            self._health.note(account, Trouble.CONFIGURATION, error.message)
            return None
        self._clients[account] = (gateway, now_s)
        return gateway

    def _rest(self, attempt_id: int) -> None:
        """Leave an attempt alone for a while that the program itself could not deal with."""
        self._rest_until_s[attempt_id] = time.monotonic() + _REST_S


def _describe(gateway: MobileMoneyGateway, attempt: GatewayAttempt, step: Step) -> GatewayCall:
    if attempt.kind is AttemptKind.COLLECT:
        order = collect_order(attempt)
        return gateway.collect(order) if step is Step.SEND else gateway.ask(order)
    refund = refund_order(attempt)
    return gateway.refund(refund) if step is Step.SEND else gateway.ask_refund(refund)
