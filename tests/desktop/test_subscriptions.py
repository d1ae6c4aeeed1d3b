"""Subscriptions from the command line: begun, paused, resumed, ended, and charged once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desktop.conftest import NOW, Typed

AsRole = Callable[..., Typed]
START = ("subscriptions", "start", "--customer", "Jean Bosco", "--plan", "monthly")
SUBSCRIPTION = {
    "subscription", "customer", "phone_number", "plan", "plan_name", "price", "currency",
    "payment_method", "status", "auto_renewal", "starts_on", "next_due_on", "paused_from",
    "ends_on", "past_due", "unpaid", "next_try_at",
}  # fmt: skip
CHARGED = {
    "subscription", "customer", "period_start", "reference", "amount", "currency",
    "payment_method", "try", "pushed", "payment_id",
}  # fmt: skip


def start(as_role: AsRole, *words: str) -> Typed:
    return as_role("clerk", *START, "--price", "200000", *words, "--json")


def test_a_renewal_charges_what_is_due_once(as_role: AsRole) -> None:
    made = start(as_role, "--method", "bank_transfer").document
    assert made.keys() == SUBSCRIPTION
    assert (made["subscription"], made["price"], made["next_due_on"]) == (
        "SUB-00001",
        "200000",
        "2026-01-16",
    )
    report = as_role("manager", "subscriptions", "renew", "--json").document
    assert report.keys() == {"until", "charged", "held", "refused"}
    [charged] = report["charged"]
    assert charged.keys() == CHARGED
    assert (charged["reference"], charged["pushed"]) == ("SUB-00001-2026-01", False)
    again = as_role("manager", "subscriptions", "renew", "--json").document
    assert again["charged"] == []
    [payment] = as_role("clerk", "payments", "list", "--json").document
    assert (payment["payment_id"], payment["payment_type"]) == (
        charged["payment_id"],
        "subscription",
    )
    [listed] = as_role("clerk", "subscriptions", "list", "--json").document
    assert listed["next_due_on"] == "2026-02-16"


def test_a_renewal_ends_in_reconciliation_as_any_payment_does(
    as_role: AsRole, shop: Path, tmp_path: Path
) -> None:
    start(as_role, "--method", "bank_transfer")
    as_role("clerk", "subscriptions", "renew")
    statement = tmp_path / "bank.csv"
    statement.write_text(
        "Date,Description,Reference,Debit,Credit,Balance\n"
        "16/01/2026,TRANSFER SUB-00001-2026-01,FT99,,200000,200000\n",
        encoding="utf-8",
    )
    words = ("reconcile", statement, "--provider", "BANK", "--approve", "--json")
    assert len(as_role("clerk", *words).document["matches"]) == 1
    [payment] = as_role("clerk", "payments", "list", "--json").document
    assert (payment["status"], payment["reconciled"]) == ("completed", True)
    with closing(sqlite3.connect(shop / "sanduku.db")) as books:
        assert books.execute("SELECT status FROM subscription_period").fetchall() == [("paid",)]
    assert as_role("admin", "database", "check").code == 0


def test_people_read_a_table(as_role: AsRole) -> None:
    start(as_role, "--method", "cash")
    assert "SUB-00001-2026-01" in as_role("clerk", "subscriptions", "renew").out
    assert "Jean Bosco" in as_role("clerk", "subscriptions", "list").out
    assert as_role("clerk", "subscriptions", "renew").out == (
        "0 periods charged up to 2026-01-16\n"
    )


def test_pause_resume_and_cancel(as_role: AsRole) -> None:
    start(as_role, "--method", "cash")
    paused = as_role("clerk", "subscriptions", "pause", "SUB-00001", "--json").document
    assert (paused["status"], paused["paused_from"], paused["next_due_on"]) == (
        "paused",
        "2026-01-16",
        None,
    )
    assert as_role("clerk", "subscriptions", "renew", "--json").document["charged"] == []
    resumed = as_role("clerk", "subscriptions", "resume", "SUB-00001", "--json").document
    assert (resumed["status"], resumed["next_due_on"]) == ("active", "2026-01-16")
    ended = as_role("clerk", "subscriptions", "cancel", "SUB-00001", "--at-once", "--json").document
    assert ended["status"] == "cancelled"
    refused = as_role("clerk", "subscriptions", "cancel", "SUB-00001", "--at-once")
    assert (refused.code, refused.out) == (1, "")
    assert "cancelled" in refused.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--method", "mtn_mobile_money"), "telephone number. (--phone)"),
        (("--method", "cash", "--from", "2026-01-15"), "first day is today or later"),
        (("--method", "cash", "--price", "0"), "more than zero"),
        (("--method", "cash", "--plan", "yearly"), "neither daily, weekly or monthly"),
    ],
)
def test_what_cannot_be_started_is_one_sentence(
    as_role: AsRole, words: tuple[str, ...], told: str
) -> None:
    typed = start(as_role, *words)
    assert (typed.code, typed.out, typed.err.count("\n")) == (1, "", 1)
    assert told in typed.err
    assert as_role("clerk", "subscriptions", "list", "--json").document == []


def test_a_card_is_no_way_to_pay_a_subscription(as_role: AsRole) -> None:
    assert start(as_role, "--method", "card").code == 2


def test_a_cashier_may_look_but_not_charge(as_role: AsRole) -> None:
    start(as_role, "--method", "cash")
    assert as_role("cashier", "subscriptions", "list", "--json").code == 0
    refused = as_role("cashier", "subscriptions", "renew")
    assert (refused.code, refused.out) == (1, "")
    assert "ask a clerk" in refused.err


def test_a_day_to_come_is_not_charged(as_role: AsRole) -> None:
    tomorrow = (NOW + timedelta(days=1)).date().isoformat()
    typed = as_role("clerk", "subscriptions", "renew", "--until", tomorrow)
    assert (typed.code, typed.err.count("\n")) == (1, 1)
    assert "Nothing was charged" in typed.err
