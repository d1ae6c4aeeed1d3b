"""A life of a shop that renews its subscriptions, and may be killed at any instant."""

from __future__ import annotations

import logging
import os
import sys
import time
import traceback
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from core.app import App, open_shop
from core.clock import system_clock
from core.errors import StorageError
from tests.faults import renewal_mutants
from tests.faults.child import _is_at_rest
from tests.faults.orders import log_of
from tests.faults.sales import TIMING
from tests.faults.shop import configuration

_LOOK_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class RenewalLife:
    """Which shop, how far its clock is ahead of this computer's, and the mistake to make."""

    folder: Path
    clock_ahead: timedelta
    mutant: str = ""
    longest_s: float = 1200.0

    def now(self) -> datetime:
        """Return what the shop's clock shows."""
        return system_clock() + self.clock_ahead


def live(life: RenewalLife, said: Connection) -> None:
    """Renew until nothing is due and every network has answered; say when the shop is open."""
    log = os.open(log_of(life.folder), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 2)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, force=True)
    try:
        renewal_mutants.plant(life.mutant)
        opened = replace(configuration(life.folder, TIMING), clock=life.now)
        with open_shop(opened) as app:
            app.gateway_worker.start()
            said.send_bytes(b"open")
            _renew_all(app, life.longest_s)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def _renew_all(app: App, longest_s: float) -> None:
    end_s = time.monotonic() + longest_s
    quiet = 0
    # Twice quiet: what the last answers let follow, such as the next missed period, comes after.
    while quiet < 2:
        if time.monotonic() > end_s:
            raise TimeoutError("the renewal did not come to an end")
        quiet = quiet + 1 if _is_quiet(app) else 0
        time.sleep(_LOOK_EVERY_S)


def _is_quiet(app: App) -> bool:
    """Renew once; tell whether nothing was due and every network has answered."""
    try:
        report = app.renewals.renew_by_itself()
        return not report.charged and not report.waits_for_room and _is_at_rest(app)
    except StorageError:
        # The file was busy for long: as the shop's own clock does, look again later.
        return False
