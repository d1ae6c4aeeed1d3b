"""Users, providers, the shop's file and its trail by command line."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.desktop.conftest import PASSWORD, Typed

AsRole = Callable[..., Typed]


def test_the_first_person_of_a_shop_is_an_admin(
    tmp_path: Path, type_in: Callable[..., Typed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDUKU_DATA_DIR", str(tmp_path / "new"))
    monkeypatch.setenv("SANDUKU_NEW_PASSWORD", PASSWORD)
    assert type_in("users", "add", "eve", "--role", "cashier").code == 1
    assert type_in("users", "add", "ada", "--role", "admin").code == 0
    stranger = type_in("users", "add", "eve", "--role", "admin")
    assert stranger.code == 1
    assert stranger.err.startswith("You are not signed in.")


def test_a_disabled_person_cannot_act(as_role: AsRole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDUKU_NEW_PASSWORD", "weak")
    assert as_role("admin", "users", "add", "kez", "--role", "cashier").code == 1
    assert as_role("admin", "users", "disable", "cashier").code == 0
    assert as_role("cashier", "payments", "list").code == 1
    listed = as_role("admin", "users", "list", "--json").document
    people = {each["name"]: each["active"] for each in listed}
    assert people == {"admin": True, "cashier": False, "clerk": True, "manager": True}


def test_a_secret_is_never_taken_as_a_word(as_role: AsRole, shop: Path, tmp_path: Path) -> None:
    typed = as_role("admin", "providers", "set", "mtn", "currency=RWF", "api_key=canary-7f3a")
    assert typed.code == 1
    assert "canary" not in typed.err
    assert as_role("admin", "providers", "list", "--json").document == []
    asked = as_role("admin", "providers", "set", "mtn", "api_key")
    assert (asked.code, "--from FILE.json" in asked.err) == (1, True)

    file = tmp_path / "mtn.json"
    file.write_text(json.dumps({"api_key": "canary-7f3a", "api_user": "u"}), "utf-8")
    done = as_role("admin", "providers", "set", "mtn", "currency=RWF", "--from", file)
    assert done.code == 0, done.err
    (listed,) = as_role("admin", "providers", "list", "--json").document
    assert "api_key" not in listed["missing"]
    kept = b"".join(path.read_bytes() for path in shop.rglob("*") if path.is_file())
    assert b"canary-7f3a" not in kept + done.out.encode() + done.err.encode()


@pytest.mark.parametrize("content", ["[1]", "{", '{"api_key": 5}', '{"base_url": "http://x.com"}'])
def test_an_unusable_file_of_values_changes_nothing(
    as_role: AsRole, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "mtn.json"
    file.write_text(content, "utf-8")
    typed = as_role("admin", "providers", "set", "mtn", "currency=RWF", "--from", file)
    assert typed.code == 1
    assert typed.err.startswith("Nothing was changed.")
    assert as_role("admin", "providers", "list", "--json").document == []


def test_a_backup_brings_the_shop_back(as_role: AsRole, shop: Path, tmp_path: Path) -> None:
    collect = ("payments", "collect", "--method", "cash", "--amount", "5", "--reference", "A")
    as_role("cashier", *collect)
    file = tmp_path / "backup.db"
    assert as_role("admin", "database", "backup", file).code == 0
    twice = as_role("admin", "database", "backup", file)
    assert (twice.code, twice.err) == (1, f"Nothing was saved. {file} exists already.\n")
    as_role("cashier", *collect)
    restored = as_role("admin", "database", "restore", file)
    assert restored.code == 0, restored.err
    assert len(as_role("cashier", "payments", "list", "--json").document) == 1
    assert "before-restore" in restored.out
    assert len(list(shop.glob("*before-restore*"))) == 1
    assert as_role("admin", "database", "restore", tmp_path / "none").code == 1


def test_check_finds_what_cannot_be_right_and_changes_nothing(as_role: AsRole, shop: Path) -> None:
    assert as_role("admin", "database", "check").code == 0
    file = shop / "sanduku.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("INSERT INTO number_series VALUES ('INV-20260116', 3)")
        connection.commit()
    typed = as_role("admin", "database", "check", "--json")
    assert typed.code == 1
    assert len(typed.document["problems"]) == 3
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
        connection.commit()
    old = as_role("admin", "database", "check")
    assert (old.code, "database upgrade" in old.err) == (1, True)


def test_the_trail_shows_a_forged_entry(as_role: AsRole, shop: Path) -> None:
    assert as_role("admin", "audit", "verify").code == 0
    with closing(sqlite3.connect(shop / "sanduku.db")) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE audit_entry SET action = 'user:praised' WHERE sequence = 1")
        connection.commit()
    typed = as_role("admin", "audit", "verify", "--json")
    assert typed.code == 1
    assert typed.document["intact"] is False
    assert "is broken at entry 1" in typed.err


def test_a_trail_whose_end_was_cut_off_does_not_fit_the_days_report(
    as_role: AsRole, shop: Path, tmp_path: Path
) -> None:
    day, report = "2026-01-16", tmp_path / "day.json"
    asked = ("--from", day, "--to", day, "--format", "json", "-o", report)
    assert as_role("manager", "reports", "day-close", *asked).code == 0
    held = as_role("admin", "audit", "verify", "--against", report, "--json")
    assert held.code == 0, held.err
    assert held.document["heads"] >= 2
    with closing(sqlite3.connect(shop / "sanduku.db")) as connection:
        connection.execute("DROP TRIGGER guard_audit_entry_delete")
        last = connection.execute(
            "SELECT MAX(sequence) FROM audit_entry WHERE user_name = 'admin'"
        ).fetchone()[0]
        connection.execute(
            "DELETE FROM audit_entry WHERE id >= (SELECT MAX(id) FROM audit_entry"
            " WHERE user_name = 'admin')"
        )
        connection.commit()
    assert as_role("admin", "audit", "verify").code == 0
    cut = as_role("admin", "audit", "verify", "--against", report, "--json")
    assert cut.code == 1
    assert {"user": "admin", "entry": last} in [
        {"user": each["user"], "entry": each["entry"]} for each in cut.document["breaks"]
    ]
    assert cut.document["first"] == cut.document["breaks"][0]


@pytest.mark.parametrize("content", ["[]", "{", '{"report": "revenue", "rows": []}'])
def test_what_is_no_days_report_bears_no_heads(
    as_role: AsRole, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "day.json"
    file.write_text(content, "utf-8")
    typed = as_role("admin", "audit", "verify", "--against", file)
    assert (typed.code, "is not a day's close" in typed.err) == (1, True)


def test_a_backup_is_looked_into_before_it_replaces_anything(
    as_role: AsRole, shop: Path, tmp_path: Path
) -> None:
    collect = ("payments", "collect", "--method", "cash", "--amount", "5", "--reference", "A")
    as_role("cashier", *collect)
    file = tmp_path / "backup.db"
    as_role("admin", "database", "backup", file)
    before = file.read_bytes()
    looked = as_role("admin", "database", "look", file, "--json")
    assert looked.code == 0, looked.err
    assert looked.document["payments"] == 1
    assert looked.document["people"] == ["admin", "cashier", "clerk", "manager"]
    assert looked.document["problems"] == []
    assert file.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir() if "backup" in each.name] == ["backup.db"]
    spoken = as_role("admin", "database", "look", file)
    assert "every audit chain holds" in spoken.out


def test_a_backup_somebody_tampered_with_is_restored_only_on_purpose(
    as_role: AsRole, shop: Path, tmp_path: Path
) -> None:
    file = tmp_path / "backup.db"
    as_role("admin", "database", "backup", file)
    with closing(sqlite3.connect(file)) as connection:
        guard = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'guard_audit_entry_facts'"
        ).fetchone()[0]
        connection.execute("DROP TRIGGER guard_audit_entry_facts")
        connection.execute("UPDATE audit_entry SET action = 'user:praised' WHERE id = 2")
        connection.execute(guard)
        connection.commit()
    shop_before = (shop / "sanduku.db").read_bytes()
    looked = as_role("admin", "database", "look", file)
    assert (looked.code, "is broken at entry" in looked.err) == (1, True)
    refused = as_role("admin", "database", "restore", file)
    assert refused.code == 1
    assert refused.err.startswith("Nothing was changed. The books in")
    assert (shop / "sanduku.db").read_bytes() == shop_before
    assert not list(shop.glob("*before-restore*"))
    assert as_role("admin", "database", "restore", file, "--anyway").code == 0
    assert len(list(shop.glob("*before-restore*"))) == 1
