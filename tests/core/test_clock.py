from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime

from core.clock import day_end, day_start, shop_date


def test_a_day_of_the_shop_is_two_hours_ahead_of_utc() -> None:
    assert day_start(date(2026, 1, 16)) == datetime(2026, 1, 15, 22, tzinfo=UTC)
    assert day_end(date(2026, 7, 16)) == datetime(2026, 7, 16, 22, tzinfo=UTC)
    assert shop_date(datetime(2026, 1, 16, 22, tzinfo=UTC)) == date(2026, 1, 17)


def test_the_ends_of_the_calendar_are_days_too() -> None:
    assert day_start(date.min) < day_end(date.min) < day_start(date.max) < day_end(date.max)


def test_a_computer_without_zone_files_knows_the_shops_time() -> None:
    without = os.environ | {"PYTHONTZPATH": ""}
    program = "import sys; sys.modules['tzdata'] = None; import core.clock"
    done = subprocess.run([sys.executable, "-c", program], env=without, check=False)
    assert done.returncode == 0
