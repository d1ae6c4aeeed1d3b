"""How the networks answer: written when it changes, so that every window can say what is wrong."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from sqlalchemy import select

from core.database.unit_of_work import Database
from core.gateways.contract import Reply, Trouble
from core.gateways.reasons import explain_trouble
from core.model.attempts import GatewayHealth
from core.model.journal import Topic
from core.model.providers import Environment

CLOCK_TOLERANCE_S = 120
"""A clock this far off makes certificates and tokens fail soon."""

_ANSWER_NOTED_EVERY = timedelta(minutes=1)

Account = tuple[str, Environment]


class HealthBook:
    """Keeps the last word about each network, and writes only what is new."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._known: dict[Account, tuple[str, int]] = {}
        self._noted: dict[Account, datetime] = {}

    def take(self, account: Account, reply: Reply, host: str) -> None:
        """Note what an answer, or its absence, says about the network."""
        told = explain_trouble(reply.trouble, host) if reply.trouble is not None else ""
        self.note(account, reply.trouble, told, clock_ahead_s=reply.clock_ahead_s)

    def note(
        self,
        account: Account,
        trouble: Trouble | None,
        told: str,
        *,
        clock_ahead_s: float | None = None,
    ) -> None:
        """Note how a network is; ``told`` says what is wrong and what to do."""
        now = self._database.clock()
        ahead = round(clock_ahead_s) if clock_ahead_s is not None else 0
        ahead = ahead if abs(ahead) >= CLOCK_TOLERANCE_S else 0
        with self._lock:
            news = (f"{trouble or ''}{told}", ahead)
            is_new = self._known.get(account) != news
            is_due = trouble is None and now - self._noted.get(account, now) > _ANSWER_NOTED_EVERY
            if not is_new and not is_due:
                self._noted.setdefault(account, now)
                return
        self._write(account, trouble, told, ahead, now, tell=is_new)
        with self._lock:
            self._known[account] = news
            self._noted[account] = now

    def _write(
        self,
        account: Account,
        trouble: Trouble | None,
        told: str,
        ahead: int,
        now: datetime,
        *,
        tell: bool,
    ) -> None:
        provider, environment = account
        with self._database.write(None) as unit:
            row = unit.session.scalar(
                select(GatewayHealth).where(
                    GatewayHealth.provider == provider, GatewayHealth.environment == environment
                )
            )
            if row is None:
                row = GatewayHealth(provider=provider, environment=environment, trouble="", told="")
                unit.session.add(row)
            word = trouble.value if trouble else ""
            if row.trouble != word:
                row.trouble = word
                row.since = now if trouble else None
            row.told = told
            row.clock_ahead_s = ahead
            if trouble is None:
                row.last_answer_at = now
            if tell:
                unit.changed(Topic.PROVIDERS, provider)
            unit.commit()
