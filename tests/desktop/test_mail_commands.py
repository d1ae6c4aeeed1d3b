"""``sanduku mail`` and ``sanduku reminders`` as a script uses them, against a real mail server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.configuration import DATABASE_FILE
from tests.desktop.conftest import Typed
from tests.mail_host import PASSWORD, USER, MailHost, make_certificates

AsRole = Callable[..., Typed]

MAIL = {
    "mail_id", "message_id", "kind", "automatic", "payment_id", "refund_id", "recipient_address",
    "recipient_name", "language", "subject", "attachment", "status", "attempts",
    "next_attempt_at", "sent_at", "last_code", "last_answer", "reason", "created_by", "created_at",
}  # fmt: skip
REMINDER = {"payment_id", "queued", "mail_id", "recipient_address", "status", "refusal"}


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailHost]:
    certificates = make_certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    monkeypatch.setenv("SANDUKU_MAIL_PASSWORD", PASSWORD)
    with MailHost(certificates, needs_sign_in=True) as server:
        yield server


@pytest.fixture
def connected(as_role: AsRole, host: MailHost) -> AsRole:
    done = as_role(
        "admin", "mail", "set", "host=localhost", f"port={host.port}", f"user={USER}",
        f"from_address={USER}", "password",
    )  # fmt: skip
    assert done.code == 0, done.err
    return as_role


def collect(as_role: AsRole, number: int, *, complete: bool) -> dict[str, Any]:
    words = [
        "payments", "collect", "--method", "cash", "--amount", "15000", "--customer", "Claire",
        "--reference", f"ORD-{number}", "--json",
    ]  # fmt: skip
    typed = as_role("cashier", *words, *(["--complete"] if complete else []))
    assert typed.code == 0, typed.err
    document: dict[str, Any] = typed.document
    return document


def test_an_invoice_is_mailed_and_listed(connected: AsRole, host: MailHost) -> None:
    sale = collect(connected, 1, complete=True)
    sent = connected(
        "cashier", "mail", "send", "invoice", sale["payment_id"], "--to", "claire@example.rw",
        "--language", "rw", "--json",
    ).document  # fmt: skip
    assert sent.keys() == MAIL
    assert (sent["status"], sent["language"], sent["attempts"]) == ("sent", "rw", 1)
    assert host.ids_of("claire@example.rw") == [sent["message_id"]]
    assert connected("clerk", "mail", "list", "--json").document == [sent]
    assert connected("clerk", "mail", "list", "--status", "refused", "--json").document == []
    assert "1 mails" in connected("clerk", "mail", "list").out


def test_reminders_have_one_result_per_payment(connected: AsRole, host: MailHost) -> None:
    waiting, sale = collect(connected, 1, complete=False), collect(connected, 2, complete=True)
    first = connected(
        "cashier", "mail", "send", "receipt", sale["payment_id"], "--to", "claire@example.rw"
    )
    assert first.code == 0
    typed = connected(
        "cashier", "reminders", "send", waiting["payment_id"], sale["payment_id"], "--json"
    )
    assert typed.code == 1
    reminded, refused = typed.document
    assert reminded.keys() == refused.keys() == REMINDER
    assert (reminded["queued"], reminded["status"]) == (True, "sent")
    assert (refused["queued"], refused["mail_id"]) == (False, None)
    assert "only a waiting one needs a reminder" in refused["refusal"]
    again = connected("cashier", "reminders", "send", waiting["payment_id"])
    assert again.code == 1
    assert "the next may go on 2026-01-19" in again.out
    assert len(host.received) == 2


def test_a_refused_mail_is_retried_and_called_off(connected: AsRole, host: MailHost) -> None:
    sale = collect(connected, 1, complete=True)
    refused = connected(
        "cashier", "mail", "send", "invoice", sale["payment_id"], "--to", "nobody@x.rw", "--json"
    )
    assert refused.code == 1
    mail_id = refused.document["mail_id"]
    (again,) = connected("cashier", "mail", "retry", mail_id, "--json").document
    assert (again["status"], again["attempts"]) == ("refused", 2)
    cancelled = connected("cashier", "mail", "cancel", mail_id, "unknown", "--json")
    assert cancelled.code == 1
    done, unknown = cancelled.document
    assert done["status"] == "cancelled"
    assert unknown["mail_id"] == "unknown"


def test_trouble_with_the_account_is_told_and_nothing_is_lost(
    connected: AsRole, host: MailHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDUKU_MAIL_PASSWORD", "wrong one")
    assert connected("admin", "mail", "set", "password").code == 0
    tested = connected("admin", "mail", "test", "--json")
    assert (tested.code, tested.document["passed"]) == (1, False)
    sale = collect(connected, 1, complete=True)
    words = ("mail", "send", "invoice", sale["payment_id"], "--to", "claire@x.rw", "--json")
    assert connected("cashier", *words).document["status"] == "waiting"
    held = connected("cashier", "mail", "send-now", "--json")
    assert (held.code, held.document["trouble"]) == (1, "sign_in")
    assert "refuses the user or the password" in held.err
    monkeypatch.setenv("SANDUKU_MAIL_PASSWORD", PASSWORD)
    assert connected("admin", "mail", "set", "password").code == 0
    assert connected("cashier", "mail", "send-now", "--json").document["sent"] == 1
    assert "passed" in connected("admin", "mail", "test", "ange@example.rw").out
    assert [one.recipient for one in host.received] == ["claire@x.rw", "ange@example.rw"]


def test_the_password_is_never_a_word_of_the_command(
    connected: AsRole, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = connected("admin", "mail", "set", "password=my-secret-word")
    assert refused.code == 1
    assert "my-secret-word" not in refused.out + refused.err
    monkeypatch.delenv("SANDUKU_MAIL_PASSWORD")
    assert connected("admin", "mail", "set", "password").code == 1
    for file in shop.rglob("*"):
        assert not file.is_file() or PASSWORD.encode() not in file.read_bytes(), file


@pytest.mark.parametrize(
    "value", ["hosts=x", "host", "port=many", "refund_notice=perhaps", "security=ssl"]
)
def test_a_wrong_setting_changes_nothing(connected: AsRole, value: str) -> None:
    typed = connected("admin", "mail", "set", "from_name=Other", value)
    assert typed.code == 1
    assert typed.err.startswith("Nothing was changed.")
    assert connected("admin", "mail", "set", "reminder_days=5").code == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGTERM")
def test_the_service_sends_what_other_programs_queue(
    connected: AsRole, host: MailHost, shop: Path
) -> None:
    sale = collect(connected, 1, complete=True)
    service = subprocess.Popen(
        [sys.executable, "-m", "desktop", "--data-dir", str(shop), "service"],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert service.stdout is not None
    assert str(shop / DATABASE_FILE) in service.stdout.readline()
    sent = connected(
        "cashier", "mail", "send", "invoice", sale["payment_id"], "--to", "claire@example.rw",
        "--json",
    ).document  # fmt: skip
    end_s = time.monotonic() + 30
    while not host.received and time.monotonic() < end_s:
        time.sleep(0.02)
    service.send_signal(signal.SIGTERM)
    out, err = service.communicate(timeout=30)
    assert (service.returncode, out.strip(), err) == (0, "Stopped", "")
    assert host.ids_of("claire@example.rw") == [sent["message_id"]]
    (listed,) = connected("cashier", "mail", "list", "--json").document
    assert (listed["status"], listed["attempts"]) == ("sent", 1)
