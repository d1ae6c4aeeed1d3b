"""A renewal from the command line asks the network and waits for the customer's PIN."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.clock import system_clock
from core.gateways.sandbox import Sandbox, Settings, mtn_keys
from desktop.__main__ import run
from desktop.cli.common import Invocation
from tests.desktop.conftest import CHEAP, NOW, Typed


@pytest.fixture
def type_in(capsys: pytest.CaptureFixture[str]) -> Callable[..., Typed]:
    """Run a command line in this process; the shop's clock goes, and begins by day."""
    ahead = NOW - system_clock()

    def typed(*words: str | Path) -> Typed:
        capsys.readouterr()
        given = Invocation(clock=lambda: system_clock() + ahead, password_cost=CHEAP)
        code = run([str(word) for word in words], given)
        out, err = capsys.readouterr()
        return Typed(code, out, err)

    return typed


def test_a_due_period_is_asked_for_and_paid(as_role: Callable[..., Typed], tmp_path: Path) -> None:
    with Sandbox(Settings(speed=20, prompt_s=2)) as networks:
        file = tmp_path / "mtn.json"
        file.write_text(json.dumps(mtn_keys(networks.url, networks.settings)), encoding="utf-8")
        assert as_role("admin", "providers", "set", "mtn", "--from", file).code == 0
        as_role(
            "clerk", "subscriptions", "start", "--customer", "Jean", "--phone", "0788555001",
            "--plan", "weekly", "--price", "50000", "--method", "mtn_mobile_money",
        )  # fmt: skip
        report = as_role("clerk", "subscriptions", "renew", "--wait", "30", "--json")
        assert report.code == 0
        [charged] = report.document["charged"]
        assert charged["pushed"] is True
        [entry] = networks.ledger()
        assert (entry.external_id, entry.times_charged) == ("SUB-00001-2026-01-16", 1)
    [payment] = as_role("clerk", "payments", "list", "--json").document
    assert (payment["status"], payment["amount"]) == ("completed", "50000")


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGTERM")
def test_the_service_renews_what_fell_due_since(as_role: Callable[..., Typed], shop: Path) -> None:
    as_role(
        "clerk", "subscriptions", "start", "--customer", "Jean", "--plan", "monthly",
        "--price", "200000", "--method", "bank_transfer",
    )  # fmt: skip
    # The service lives by this computer's clock, to which the shop's months are past.
    service = subprocess.Popen(
        [sys.executable, "-m", "desktop", "service", "--data-dir", str(shop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end_s = time.monotonic() + 60
    while not as_role("clerk", "payments", "list", "--json").document:
        assert time.monotonic() < end_s, "the service charged nothing"
        time.sleep(0.1)
    service.send_signal(signal.SIGTERM)
    out, err = service.communicate(timeout=60)
    assert (service.returncode, err) == (0, "")
    assert out.endswith("Stopped\n")
    listed = as_role("clerk", "payments", "list", "--json").document
    assert "SUB-00001-2026-01" in {payment["transaction_reference"] for payment in listed}
