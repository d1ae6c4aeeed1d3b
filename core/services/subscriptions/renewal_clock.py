"""Renews subscriptions by itself while a window or the service is open."""

from __future__ import annotations

import logging
import threading

from core.errors import KnownError
from core.services.subscriptions.renewals import RenewalService

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0
"""How often to look whether something fell due: a day or an hour began, a retry came up."""

ROOM_WAIT_S = 3.0
"""How soon to go on where requests had to wait for others to leave."""


class RenewalClock:
    """One thread that looks at the start and then every minute, and is quiet where nothing is due.

    It may run in many programs at once: each period is charged once all the same.
    """

    def __init__(self, renewals: RenewalService) -> None:
        self._renewals = renewals
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to renew on a thread of its own."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._thread = threading.Thread(target=self._work, name="renewals", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the subscription in hand and stop; the next start goes on."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=30)
            self._thread = None

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self._look())

    def _look(self) -> float:
        """Renew what is due; return for how many seconds to rest."""
        try:
            report = self._renewals.renew_by_itself(stop=self._stopping.is_set)
        except KnownError as error:
            logger.info("renewal waits: %s", error.message)
            return LOOK_EVERY_S
        except Exception:
            logger.exception("renewal stumbled; it goes on")
            return LOOK_EVERY_S
        if report.charged:
            logger.info("renewed %s periods up to %s", len(report.charged), report.up_to)
        return ROOM_WAIT_S if report.waits_for_room else LOOK_EVERY_S
