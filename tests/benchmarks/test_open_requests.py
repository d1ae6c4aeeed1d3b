"""What following many open requests costs: 200 sent at the same moment, each on its own ladder.

The share is the service's processor time beside the time that went by. The first minute holds six
questions about each request; afterwards one a minute, later one every two minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.configuration import GatewayTiming
from core.database import schema
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.gateways.sandbox import Sandbox, Settings
from tests.core.services.empty_shop import EmptyShop
from tests.core.services.network_shop import AIRTEL, MTN, NetworkShop

REQUESTS = 200
MINUTES = 3
PENDING_FOR_EVER = "123453"


def processor_s(process: subprocess.Popen[bytes]) -> float:
    """Return the processor time of a process, as Linux counts it."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.benchmark
@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="processor time is read from /proc"
)
def test_the_service_leaves_the_processor_to_the_till(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    database = Database(sqlite_url(empty))
    schema.upgrade(database.engine)
    database.close()
    with Sandbox(Settings()) as networks:
        shop = NetworkShop(tmp_path / "shop", EmptyShop(empty), networks.url, GatewayTiming())
        for number in range(REQUESTS):
            shop.record(AIRTEL if number % 2 else MTN, ending=PENDING_FOR_EVER)
        shop.app.close()
        service = subprocess.Popen(
            [sys.executable, "-m", "desktop", "--data-dir", str(tmp_path / "shop"), "service"],
            stdout=subprocess.PIPE,
        )
        assert service.stdout is not None
        service.stdout.readline()
        try:
            for minute in range(1, MINUTES + 1):
                spent_s, start_s = processor_s(service), time.monotonic()
                time.sleep(60)
                share = (processor_s(service) - spent_s) / (time.monotonic() - start_s)
                print(f"{REQUESTS} open requests, minute {minute}: {share:.1%} of a core")
        finally:
            service.terminate()
            service.communicate()
        asked = sum(entry.asks for entry in networks.ledger())
        print(f"{asked} questions about {REQUESTS} requests in {MINUTES} minutes")
    assert asked >= REQUESTS * 8
