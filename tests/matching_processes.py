"""The matching processes that this one has started; other tests leave other children running."""

from __future__ import annotations

import psutil

from core.services.proposing.standby import ENTRY


def processes() -> set[psutil.Process]:
    """Return those that have not been waited for since they ended, or live."""
    return {each for each in psutil.Process().children() if _matches(each)}


def _matches(process: psutil.Process) -> bool:
    try:
        return ENTRY in process.cmdline()
    except psutil.ZombieProcess:
        return True  # a dead one of anybody's should have been waited for
    except psutil.NoSuchProcess:
        return False
