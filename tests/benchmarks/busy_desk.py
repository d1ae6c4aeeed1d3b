"""A desk that takes a thousand payments a minute; its arguments are a shop's file and seconds."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.ui.live_list import Desk

A_MINUTE = 1_000


def work(path: Path, seconds: float) -> int:
    """Take payments one by one for some seconds; return how many."""
    desk = Desk(path)
    desk.count()
    before, began_s = desk.taken, time.monotonic()
    while (passed_s := time.monotonic() - began_s) < seconds:
        if desk.taken - before < passed_s * A_MINUTE / 60:
            desk.take(1)
        else:
            time.sleep(0.005)
    desk.database.close()
    return desk.taken - before


if __name__ == "__main__":
    print(work(Path(sys.argv[1]), float(sys.argv[2])))
