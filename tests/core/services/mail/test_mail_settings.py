"""The mail account: what can be kept, its password, its test in words, and addresses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.database.unit_of_work import Database
from core.errors import InvalidInputError, NotAllowedError
from core.permissions import Actor
from core.services.mail.addresses import usable_address
from core.services.mail.settings import MailForm, MailSettings
from core.services.secrets import KEY_FILE_NAME
from tests.core.services.mail_shop import ADMIN, CASHIER, MailShop
from tests.mail_host import MailHost

GOOD = MailSettings(mail_host="smtp.inzozi.rw", mail_from_address="shop@inzozi.rw")


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> MailShop:
    return MailShop(database, tmp_path)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("claire@example.rw", "claire@example.rw"),
        ("  Claire.Uwase+shop@Example.RW ", "Claire.Uwase+shop@example.rw"),
        ("o'brien@sub.example.co.rw", "o'brien@sub.example.co.rw"),
        ("claire@café.rw", "claire@xn--caf-dma.rw"),
        ("claire@例え.jp", "claire@xn--r8jz45g.jp"),
    ],
)
def test_usual_and_international_addresses_are_kept_as_they_travel(typed: str, kept: str) -> None:
    assert usable_address(typed) == kept
    assert usable_address(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "claire", "@example.rw", "claire@", "claire@example", "claire@@example.rw",
        "claire@exa mple.rw", "cl aire@example.rw", ".claire@example.rw", "cl..aire@example.rw",
        "claire@-example.rw", "claire@example-.rw", "claire@.example.rw", "claire@example..rw",
        "claire@127.0.0.1", "claire@[127.0.0.1]", "a@x.rw,b@x.rw", "a@x.rw;b@x.rw",
        "Claire <claire@example.rw>", "claire@example.rw\r\nBcc: b@x.rw",
        "claire\r\n@example.rw", '"a b"@example.rw', "clairé@example.rw", f"{'a' * 65}@example.rw",
        f"a@{'b' * 64}.rw", f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 30}.rw",
        "claire@ex\u200bample\u0000.rw",
    ],
)  # fmt: skip
def test_what_no_mail_reaches_is_refused_with_a_reason(typed: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        usable_address(typed)
    assert caught.value.field == "address"
    assert "\n" not in caught.value.message or "\n" in typed


def test_the_account_is_kept_and_its_password_never_shown(shop: MailShop) -> None:
    saved = shop.app.mail_settings.save(ADMIN, MailForm(GOOD, "sésame"))
    assert (saved.settings, saved.password, saved.password_is_set) == (GOOD, None, True)
    assert shop.app.mail_settings.account().server.password == "sésame"
    again = shop.app.mail_settings.save(ADMIN, MailForm(replace(GOOD, mail_port=2525)))
    assert again.password_is_set
    assert not shop.app.mail_settings.save(ADMIN, MailForm(GOOD, "")).password_is_set


def test_the_trail_names_the_password_without_it(shop: MailShop, manager: Actor) -> None:
    shop.app.mail_settings.save(ADMIN, MailForm(GOOD, "sésame"))
    details = [row.details for row in shop.app.audit.page(manager).rows]
    assert any('"mail_password_encrypted": "changed"' in text for text in details)
    assert not any("sésame" in text or "gAAAA" in text for text in details)


def test_saving_the_same_leaves_no_trace(shop: MailShop, manager: Actor) -> None:
    shop.app.mail_settings.save(ADMIN, MailForm(GOOD))
    before = shop.app.audit.page(manager).total
    shop.app.mail_settings.save(ADMIN, MailForm(GOOD))
    assert shop.app.audit.page(manager).total == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"mail_host": "https://smtp.inzozi.rw"}, "mail_host"),
        ({"mail_host": "smtp inzozi"}, "mail_host"),
        ({"mail_port": 0}, "mail_port"),
        ({"mail_port": 70_000}, "mail_port"),
        ({"mail_security": "none"}, "mail_security"),
        ({"mail_security": "ssl"}, "mail_security"),
        ({"mail_from_address": ""}, "mail_from_address"),
        ({"mail_from_address": "shop"}, "mail_from_address"),
        ({"mail_from_name": "Inzozi\r\nBcc: x"}, "mail_from_name"),
        ({"mail_reply_to": "desk@"}, "mail_reply_to"),
        ({"mail_reminder_days": 0}, "mail_reminder_days"),
        ({"mail_reminders_most": 21}, "mail_reminders_most"),
        ({"mail_host": "", "mail_refund_notice": True}, "mail_host"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_field(
    shop: MailShop, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        shop.app.mail_settings.save(ADMIN, MailForm(replace(GOOD, **change)))
    assert caught.value.field == field
    assert shop.app.mail_settings.load() == MailSettings()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_only_this_computer_is_spoken_to_unencrypted(shop: MailShop, host: str) -> None:
    settings = replace(GOOD, mail_host=host, mail_security="none", mail_port=25)
    assert shop.app.mail_settings.save(ADMIN, MailForm(settings)).settings.mail_host == host


def test_only_an_admin_sees_or_changes_the_account(shop: MailShop) -> None:
    with pytest.raises(NotAllowedError):
        shop.app.mail_settings.save(CASHIER, MailForm(GOOD))
    with pytest.raises(NotAllowedError):
        shop.app.mail_settings.form(CASHIER)
    with pytest.raises(NotAllowedError):
        shop.app.mail_trial.run(CASHIER)


def test_a_trial_tells_each_step_and_sends_a_test_mail(shop: MailShop, mail_host: MailHost) -> None:
    shop.connect(mail_host)
    checks = shop.app.mail_trial.run(ADMIN, "ange@example.rw")
    assert [check.passed for check in checks] == [True] * 4
    assert checks[-1].what == "Send a test mail to ange@example.rw"
    (received,) = mail_host.received
    assert received.message["Subject"] == "Test mail from Sanduku"
    assert received.message["Auto-Submitted"] == "auto-generated"
    assert shop.mails() == ()


def test_a_trial_without_an_address_sends_nothing(shop: MailShop, mail_host: MailHost) -> None:
    shop.connect(mail_host)
    assert [check.passed for check in shop.app.mail_trial.run(ADMIN)] == [True] * 3
    assert mail_host.received == []


def test_a_trial_names_the_step_that_fails(
    shop: MailShop, mail_host: MailHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    (check,) = shop.app.mail_trial.run(ADMIN)
    assert "not set up" in check.told
    shop.connect(mail_host)
    shop.app.mail_settings.save(ADMIN, MailForm(shop.app.mail_settings.load(), "wrong"))
    *passed, failed = shop.app.mail_trial.run(ADMIN)
    assert [check.passed for check in passed] == [True, True]
    assert failed.what.startswith("Sign in as")
    assert "535" in failed.told
    shop.connect(mail_host)
    refused = shop.app.mail_trial.run(ADMIN, "nobody@example.rw")[-1]
    assert (refused.passed, "No such user" in refused.told) == (False, True)
    monkeypatch.delenv("SSL_CERT_FILE")
    reached, untrusted = shop.app.mail_trial.run(ADMIN)
    assert (reached.passed, untrusted.passed) == (True, False)


def test_a_password_from_another_computer_is_told_in_words(
    shop: MailShop, mail_host: MailHost, database: Database, tmp_path: Path
) -> None:
    shop.connect(mail_host)
    (tmp_path / KEY_FILE_NAME).unlink()
    moved = MailShop(database, tmp_path)
    (check,) = moved.app.mail_trial.run(ADMIN)
    assert "enters it again under Settings, Mail" in check.told
