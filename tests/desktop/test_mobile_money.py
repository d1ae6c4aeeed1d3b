"""Mobile money by commands, against both networks as documented."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.configuration import DATABASE_FILE, Configuration
from core.gateways.sandbox import (
    Fault,
    Kind,
    Sandbox,
    Settings,
    airtel_keys,
    mtn_keys,
    payment_number,
)
from desktop.__main__ import run
from desktop.cli.common import Invocation
from tests.desktop.conftest import CHEAP, PASSWORD, Typed

Typing = Callable[..., Typed]


@pytest.fixture
def networks() -> Iterator[Sandbox]:
    with Sandbox(Settings(speed=20, prompt_s=2)) as sandbox:
        yield sandbox


class _Hurried(Invocation):
    """How a command is started that waits: the network is asked at once, not after 3 seconds."""

    def shop(self) -> Configuration:
        found = Invocation.shop(self)
        timing = replace(found.gateway_timing, ladder=(0.1, 0.1, 0.2, 0.5))
        return replace(found, gateway_timing=timing)


@pytest.fixture
def type_in(capsys: pytest.CaptureFixture[str]) -> Typing:
    """Run a command line in this process; the networks are asked as real time goes by."""

    def typed(*words: str | Path) -> Typed:
        capsys.readouterr()
        started = _Hurried if "--wait" in words else Invocation
        code = run([str(word) for word in words], started(password_cost=CHEAP))
        out, err = capsys.readouterr()
        return Typed(code, out, err)

    return typed


def connect(as_role: Typing, networks: Sandbox, folder: Path) -> None:
    """Set the shop's accounts from files, as a person would."""
    for name, keys in (("mtn", mtn_keys), ("airtel", airtel_keys)):
        file = folder / f"{name}.json"
        file.write_text(json.dumps(keys(networks.url, networks.settings)), encoding="utf-8")
        assert as_role("admin", "providers", "set", name, "--from", file).code == 0


@pytest.fixture
def connected(as_role: Typing, networks: Sandbox, tmp_path: Path) -> Typing:
    """A shop with accounts at both networks."""
    connect(as_role, networks, tmp_path)
    return as_role


def collect(typed: Typing, method: str, phone: str, reference: str, *more: str) -> Typed:
    words = ("--method", method, "--amount", "15000", "--reference", reference, "--phone", phone)
    return typed("cashier", "payments", "collect", *words, *more, "--json")


@pytest.mark.parametrize(
    ("method", "phone"), [("mtn_mobile_money", "0788555001"), ("airtel_money", "0733555001")]
)
def test_a_payment_is_collected_while_one_waits(
    connected: Typing, networks: Sandbox, method: str, phone: str
) -> None:
    done = collect(connected, method, phone, "ORD-2026-01-16-001", "--wait", "20")
    assert done.code == 0
    assert done.err == ""
    assert done.document["status"] == "completed"
    assert done.document["invoice_number"].endswith("-00001")
    assert done.document["transaction_id"]
    [entry] = networks.ledger()
    assert (entry.amount, entry.currency, entry.posts, entry.times_charged) == (
        "15000",
        "RWF",
        1,
        1,
    )


def test_a_refused_payment_ends_with_one_and_says_why(connected: Typing) -> None:
    done = collect(connected, "mtn_mobile_money", "0788123451", "ORD-1", "--wait", "20")
    assert done.code == 1
    assert done.document["status"] == "failed"
    assert done.err.strip() == done.document["error_message"]
    assert done.err.startswith("Nothing was charged.")


def test_without_waiting_the_request_leaves_and_a_later_command_resolves_it(
    connected: Typing, networks: Sandbox
) -> None:
    sent = collect(connected, "mtn_mobile_money", "0788555002", "ORD-2")
    assert sent.code == 0
    assert sent.document["status"] == "processing"
    assert networks.ledger()[0].posts == 1
    again = collect(connected, "airtel_money", "0733555002", "ORD-2")
    assert again.code == 1
    assert "already being paid" in again.err

    resolved = connected("manager", "payments", "resolve", "--wait", "20", "--json")
    assert resolved.code == 0
    [payment] = resolved.document
    assert payment["payment_id"] == sent.document["payment_id"]
    assert payment["status"] == "completed"
    assert payment["invoice_generated"]
    assert connected("manager", "payments", "resolve", "--json").document == []


def test_resolving_finds_money_that_came_late_whether_one_waits_or_not(
    as_role: Typing, tmp_path: Path
) -> None:
    phone = f"0788{payment_number(Fault.LATE_SUCCESS)}"
    # The money comes half a minute of the network's time after the refusal.
    with Sandbox(Settings(speed=10)) as networks:
        connect(as_role, networks, tmp_path)
        failed = collect(as_role, "mtn_mobile_money", phone, "ORD-33", "--wait", "20")
        assert (failed.code, failed.document["status"]) == (1, "failed")
        end_s = time.monotonic() + 20
        while not networks.ledger()[0].times_charged and time.monotonic() < end_s:
            time.sleep(0.02)
        [payment] = as_role("cashier", "payments", "resolve", "--wait", "10", "--json").document
    assert payment["payment_id"] == failed.document["payment_id"]
    assert payment["status"] == "completed"
    assert payment["invoice_number"]


def test_a_sale_is_charged_again_only_when_told_so(connected: Typing) -> None:
    first = collect(connected, "mtn_mobile_money", "0788555021", "ORD-34", "--wait", "20")
    again = collect(connected, "mtn_mobile_money", "0788555021", "ORD-34", "--wait", "20")
    assert (first.code, again.code) == (0, 1)
    assert "ORD-34 was already paid: 15\u202f000\u00a0RWF by MTN" in again.err
    meant = collect(connected, "mtn_mobile_money", "0788555021", "ORD-34", "--wait", "9", "--again")
    assert meant.document["status"] == "completed"


def test_resolving_once_asks_about_everything_and_waits_for_nothing(connected: Typing) -> None:
    waiting = collect(connected, "mtn_mobile_money", "0788123453", "ORD-3")
    resolved = connected("cashier", "payments", "resolve", "--json")
    assert [p["payment_id"] for p in resolved.document] == [waiting.document["payment_id"]]
    assert resolved.document[0]["status"] == "processing"


def test_the_same_key_collects_once(connected: Typing, networks: Sandbox) -> None:
    words = ("--wait", "20", "--key", "till-1-000017")
    first = collect(connected, "mtn_mobile_money", "0788555003", "ORD-4", *words)
    second = collect(connected, "mtn_mobile_money", "0788555003", "ORD-4", *words)
    assert first.document["payment_id"] == second.document["payment_id"]
    assert second.code == 0
    assert sum(entry.posts for entry in networks.ledger()) == 1


def test_a_refund_goes_back_through_the_network_and_by_hand(
    connected: Typing, networks: Sandbox
) -> None:
    paid = collect(connected, "mtn_mobile_money", "0788555004", "ORD-5", "--wait", "20").document

    def approved(amount: str) -> str:
        words = (paid["payment_id"], "--amount", amount, "--reason", "returned", "--json")
        refund_id = connected("cashier", "refunds", "request", *words).document["refund_id"]
        assert connected("manager", "refunds", "approve", refund_id).code == 0
        return str(refund_id)

    by_network = connected(
        "cashier", "refunds", "process", approved("4000"), "--wait", "20", "--json"
    )
    assert by_network.document["status"] == "completed"
    assert by_network.document["refund_transaction_id"]
    by_hand = connected(
        "cashier", "refunds", "process", approved("1000"), "--transaction-id", "R-77", "--json"
    )
    assert by_hand.document["refund_transaction_id"] == "R-77"
    assert [e.amount for e in networks.ledger() if e.kind is Kind.REFUND] == ["4000"]


def test_mobile_money_without_an_account_says_that_nobody_was_asked(as_role: Typing) -> None:
    done = collect(as_role, "mtn_mobile_money", "0788555005", "ORD-6", "--wait", "5")
    assert done.code == 0
    assert done.document["status"] == "pending"
    assert done.err.startswith("Nothing was charged. No account with this network is in use")


def start(shop: Path, *words: str) -> subprocess.Popen[str]:
    environment = os.environ | {
        "SANDUKU_DATA_DIR": str(shop),
        "SANDUKU_USER": "cashier",
        "SANDUKU_PASSWORD": PASSWORD,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "desktop", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_command_killed_while_the_network_answers_is_resolved_by_the_next(
    connected: Typing, networks: Sandbox, shop: Path
) -> None:
    phone = f"0788{payment_number(Fault.SLOW_ANSWER)}"
    words = ("--method", "mtn_mobile_money", "--amount", "15000", "--phone", phone)
    collecting = start(shop, "payments", "collect", *words, "--reference", "ORD-7", "--wait", "60")
    end_s = time.monotonic() + 20
    while not networks.ledger() and time.monotonic() < end_s:
        time.sleep(0.02)
    collecting.kill()
    collecting.communicate()
    resolving = start(shop, "payments", "resolve", "--wait", "30", "--json")
    out, err = resolving.communicate(timeout=60)
    assert (resolving.returncode, err) == (0, "")
    [payment] = json.loads(out)
    assert payment["status"] == "completed"
    [entry] = networks.ledger()
    assert (entry.posts, entry.times_charged) == (1, 1)


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGTERM")
def test_the_service_serves_what_other_programs_record(
    connected: Typing, networks: Sandbox, shop: Path
) -> None:
    service = start(shop, "service")
    assert service.stdout is not None
    assert str(shop / DATABASE_FILE) in service.stdout.readline()
    collecting = start(
        shop, "payments", "collect", "--method", "airtel_money", "--amount", "900", "--phone",
        "0733555006", "--reference", "ORD-8", "--wait", "30", "--json",
    )  # fmt: skip
    out, _ = collecting.communicate(timeout=60)
    assert json.loads(out)["status"] == "completed"
    service.send_signal(signal.SIGTERM)
    out, err = service.communicate(timeout=30)
    assert (service.returncode, out.strip(), err) == (0, "Stopped", "")
    assert networks.ledger()[0].posts == 1


def test_a_refund_the_network_cannot_send_is_refused_with_the_reason(as_role: Typing) -> None:
    sale = collect(as_role, "mtn_mobile_money", "0788555006", "ORD-8").document["payment_id"]
    assert (
        as_role("manager", "payments", "complete", sale, "--note", "seen in the portal").code == 0
    )
    words = (sale, "--amount", "1000", "--reason", "returned", "--json")
    refund_id = as_role("cashier", "refunds", "request", *words).document["refund_id"]
    assert as_role("manager", "refunds", "approve", refund_id).code == 0
    refused = as_role("cashier", "refunds", "process", refund_id)
    assert refused.code == 1
    assert refused.err.startswith("Nothing was sent back. The network did not confirm this payment")
