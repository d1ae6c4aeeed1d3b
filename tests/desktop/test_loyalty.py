"""Points by commands: earned, shown, spent, corrected, and the rules they follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.desktop.conftest import Typed

AsRole = Callable[..., Typed]
ALICE = ("--customer", "Alice Uwase", "--phone", "0788123456")


def collect(as_role: AsRole, method: str, amount: int, *more: str) -> Typed:
    return as_role(
        "cashier", "payments", "collect", "--method", method, "--amount", str(amount),
        "--reference", "ORD-1", *ALICE, *more, "--json",
    )  # fmt: skip


@pytest.fixture
def earned(as_role: AsRole) -> Any:
    """Alice bought for 500 000 francs."""
    return collect(as_role, "cash", 500_000, "--complete").document


def test_points_are_shown_with_tier_and_ledger(as_role: AsRole, earned: Any) -> None:
    shown = as_role("cashier", "loyalty", "show", "0788123456", "--json").document
    entries = shown.pop("entries")
    assert shown == {
        "customer_id": 1,
        "customer_name": "Alice Uwase",
        "phone_number": "+250788123456",
        "points": 50,
        "points_owed": 0,
        "worth": "5000",
        "currency": "RWF",
        "tier": "silver",
        "spent_12_months": "500000",
        "since": "2025-01-17",
        "next_tier": "gold",
        "missing_to_next_tier": "1000000",
    }
    assert [(each["kind"], each["points"], each["payment_id"]) for each in entries] == [
        ("earned", 50, earned["payment_id"])
    ]
    told = as_role("cashier", "loyalty", "show", "Alice Uwase")
    assert "50 points" in told.out
    assert "Silver" in told.out


def test_points_pay_and_never_overdraw(as_role: AsRole, earned: Any) -> None:
    paid = collect(as_role, "loyalty_points", 3_000)
    assert paid.code == 0
    assert (paid.document["status"], paid.document["payment_type"]) == ("completed", "loyalty")
    assert paid.document["payment_method"] == "loyalty_points"
    assert paid.document["invoice_number"]

    refused = collect(as_role, "loyalty_points", 3_000)
    assert refused.code == 1
    assert refused.err.startswith("Nothing was paid. 30 points are needed, and Alice Uwase has 20")
    listed = as_role("cashier", "payments", "list", "--method", "loyalty_points", "--json")
    assert len(listed.document) == 1


def test_a_manager_corrects_and_a_cashier_does_not(as_role: AsRole, earned: Any) -> None:
    words = ("loyalty", "correct", "0788123456", "--points", "-5", "--reason", "twice")
    assert as_role("cashier", *words).code == 1
    done = as_role("manager", *words, "--json")
    assert (done.code, done.document["points"]) == (0, 45)
    again = ("loyalty", "correct", "0788123456", "--points", "1", "--reason", "x", "--key", "k")
    for _ in range(2):
        assert "46 points" in as_role("manager", *again).out.replace("\u202f", " ")


def test_the_rules_are_shown_and_changed_by_an_admin(as_role: AsRole) -> None:
    rules = as_role("cashier", "loyalty", "settings", "--json").document
    assert rules == {
        "enabled": True,
        "francs_per_point": "10000",
        "point_worth": "100",
        "part_payments": True,
        "silver_from": "400000",
        "gold_from": "1500000",
        "platinum_from": "5000000",
    }
    words = ("loyalty", "settings", "francs_per_point=1000", "part_payments=no")
    assert as_role("manager", *words).code == 1
    changed = as_role("admin", *words, "--json").document
    assert (changed["francs_per_point"], changed["part_payments"]) == ("1000", False)
    assert as_role("admin", "loyalty", "settings", "nonsense=1").code == 2
    assert as_role("admin", "loyalty", "settings", "enabled=maybe").code == 1
    assert as_role("admin", "loyalty", "settings", "gold_from=1").code == 1


def test_the_past_is_credited_once(as_role: AsRole) -> None:
    as_role("admin", "loyalty", "settings", "enabled=no")
    collect(as_role, "cash", 70_000, "--complete")
    as_role("admin", "loyalty", "settings", "enabled=yes")
    for expected in ({"payments": 1, "points": 7}, {"payments": 0, "points": 0}):
        assert as_role("manager", "loyalty", "credit-history", "--json").document == expected


def test_nobody_of_that_name_is_one_clear_line(as_role: AsRole) -> None:
    told = as_role("cashier", "loyalty", "show", "Nobody")
    assert (told.code, told.out) == (1, "")
    assert told.err.strip() == "Nobody was found. There is no customer “Nobody”."
