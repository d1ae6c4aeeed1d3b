"""The accounts at mobile networks by command line: live and sandbox, in use, tried out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.gateways.sandbox.server import Sandbox
from core.gateways.sandbox.settings import DEMO_ACCOUNT, airtel_keys, mtn_keys
from tests.desktop.conftest import Typed

AsRole = Callable[..., Typed]


@pytest.fixture
def networks() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def keys_file(tmp_path: Path, networks: Sandbox) -> Callable[..., Path]:
    def write(provider: str, **other: str) -> Path:
        keys = {"mtn": mtn_keys, "airtel": airtel_keys}[provider](networks.url, networks.settings)
        file = tmp_path / f"{provider}.json"
        file.write_text(json.dumps(keys | other), "utf-8")
        return file

    return write


def listed(as_role: AsRole) -> dict[tuple[str, str | None], dict[str, object]]:
    rows = as_role("cashier", "providers", "list", "--json").document
    return {(row["provider"], row["environment"]): row for row in rows}


def test_without_an_option_the_live_account_is_meant(as_role: AsRole) -> None:
    done = as_role("admin", "providers", "set", "mtn", "merchant_id=L")
    assert (done.code, done.out) == (0, "mtn: merchant_id set\n")
    done = as_role("admin", "providers", "set", "mtn", "merchant_id=S", "--sandbox")
    assert (done.code, done.out) == (0, "mtn sandbox: merchant_id set\n")
    rows = listed(as_role)
    assert rows["mtn", "live"]["account"] == "L"
    assert rows["mtn", "sandbox"]["account"] == "S"
    assert rows["mtn", "sandbox"]["base_url"] == "https://sandbox.momodeveloper.mtn.com"
    assert (rows["mtn", "live"]["in_use"], rows["mtn", "live"]["active"]) == (True, True)
    assert (rows["mtn", "sandbox"]["in_use"], rows["mtn", "sandbox"]["active"]) == (False, False)
    table = as_role("cashier", "providers", "list").out.splitlines()
    assert table[0].split()[:2] == ["Provider", "Environment"]
    assert ["in use" in line for line in table[1:]] == [True, False]


def test_a_bank_has_no_sandbox(as_role: AsRole) -> None:
    words = ("providers", "set", "bank", "bank_name=BK", "account_number=1")
    assert as_role("admin", *words, "--sandbox").code == 2
    assert as_role("admin", *words).code == 0
    assert list(listed(as_role)) == [("bank", None)]


def test_the_account_in_use_is_chosen(as_role: AsRole) -> None:
    missing = as_role("admin", "providers", "use", "airtel", "live")
    assert (missing.code, missing.err.startswith("Nothing was changed.")) == (1, True)
    as_role("admin", "providers", "set", "airtel", "merchant_id=L")
    as_role("admin", "providers", "set", "airtel", "merchant_id=S", "--sandbox")
    used = as_role("admin", "providers", "use", "airtel", "sandbox")
    assert used.out == "Airtel Money: the sandbox account is in use; no real money moves\n"
    assert {key: row["in_use"] for key, row in listed(as_role).items()} == {
        ("airtel", "live"): False,
        ("airtel", "sandbox"): True,
    }
    assert as_role("admin", "providers", "use", "airtel", "none").code == 0
    assert not any(row["in_use"] for row in listed(as_role).values())
    assert as_role("clerk", "providers", "use", "airtel", "live").code == 1
    assert as_role("admin", "providers", "use", "bank", "live").code == 2
    assert as_role("admin", "providers", "use", "mtn", "maybe").code == 2


def test_each_step_of_a_test_is_told_and_a_failed_one_ends_with_1(
    as_role: AsRole, keys_file: Callable[..., Path], shop: Path
) -> None:
    as_role("admin", "providers", "set", "mtn", "--from", keys_file("mtn"), "--sandbox")
    done = as_role("admin", "providers", "test", "mtn", "--sandbox")
    assert done.code == 0, done.err
    first, *steps = done.out.splitlines()
    assert first == "MTN Mobile Money (sandbox)"
    assert len(steps) > 2
    assert all(step.startswith("passed  ") for step in steps)

    wrong = keys_file("airtel", client_secret="canary-91d2")
    as_role("admin", "providers", "set", "airtel", "--from", wrong)
    failed = as_role("admin", "providers", "test", "airtel")
    assert failed.code == 1
    assert any(line.startswith("FAILED  ") for line in failed.out.splitlines())
    as_json = as_role("admin", "providers", "test", "airtel", "--json")
    assert as_json.code == 1
    document = as_json.document
    assert (document["provider"], document["environment"]) == ("airtel", "live")
    assert document["passed"] is False
    assert all(set(check) == {"what", "passed", "told"} for check in document["checks"])

    kept = b"".join(path.read_bytes() for path in shop.rglob("*") if path.is_file())
    said = "".join(each.out + each.err for each in (done, failed, as_json))
    for secret in ("canary-91d2", DEMO_ACCOUNT.api_key, DEMO_ACCOUNT.collection_subscription_key):
        assert secret not in said
        assert secret.encode() not in kept


def test_an_account_that_cannot_be_tested_says_why_on_one_line(as_role: AsRole) -> None:
    unknown = as_role("admin", "providers", "test", "mtn")
    assert (unknown.code, unknown.out) == (1, "")
    assert unknown.err.startswith("Nothing was sent. MTN Mobile Money has no live account yet")
    as_role("admin", "providers", "set", "mtn", "api_user=u")
    incomplete = as_role("admin", "providers", "test", "mtn")
    assert incomplete.code == 1
    assert "collection_subscription_key, api_key" in incomplete.err
    assert as_role("manager", "providers", "test", "mtn").code == 1
