from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.database.unit_of_work import Database
from core.errors import InvalidInputError, NotAllowedError
from core.permissions import Actor
from core.services.audit.trail import AuditService
from core.services.settings import SettingsService, ShopSettings


@pytest.fixture
def settings(database: Database) -> SettingsService:
    return SettingsService(database)


def test_a_new_shop_has_the_defaults(settings: SettingsService) -> None:
    assert settings.load() == ShopSettings()


def test_what_was_saved_is_loaded_with_the_blanks_around_it_gone(
    settings: SettingsService, admin: Actor
) -> None:
    wanted = ShopSettings(
        shop_name=" Isoko ", tin="123456789", text_size_percent=125, language="rw", theme="dark"
    )
    saved = settings.save(admin, wanted)
    assert saved == replace(wanted, shop_name="Isoko")
    assert settings.load() == saved


def test_the_audit_trail_shows_only_what_changed_before_and_after(
    settings: SettingsService, admin: Actor, database: Database
) -> None:
    settings.save(admin, ShopSettings(shop_name="Isoko"))
    settings.save(admin, ShopSettings(shop_name="Iduka"))
    settings.save(admin, ShopSettings(shop_name="Iduka"))
    rows = AuditService(database).page(admin).rows
    assert len(rows) == 2
    assert json.loads(rows[0].details) == {"shop_name": {"before": "Isoko", "after": "Iduka"}}


@pytest.mark.parametrize(
    ("settings_given", "field"),
    [
        (ShopSettings(tin="12345"), "tin"),
        (ShopSettings(email="nobody"), "email"),
        (ShopSettings(language="de"), "language"),
        (ShopSettings(theme="pink"), "theme"),
        (ShopSettings(text_size_percent=10), "text_size_percent"),
        (ShopSettings(default_currency="francs"), "currency"),
        (ShopSettings(shop_name="x" * 3000), "shop_name"),
        (ShopSettings(proxy_url="proxy:3128"), "proxy_url"),
        (ShopSettings(proxy_url="socks5://proxy:1080"), "proxy_url"),
        (ShopSettings(proxy_url="http://"), "proxy_url"),
        (ShopSettings(proxy_url="http://proxy:99999"), "proxy_url"),
        (ShopSettings(proxy_url="http://[::1"), "proxy_url"),
        (ShopSettings(proxy_url="http://proxy/path"), "proxy_url"),
        (ShopSettings(proxy_url="http://pro xy:3128"), "proxy_url"),
    ],
)
def test_a_value_that_cannot_be_used_changes_nothing(
    settings: SettingsService, admin: Actor, settings_given: ShopSettings, field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        settings.save(admin, settings_given)
    assert caught.value.field == field
    assert settings.load() == ShopSettings()


def test_only_an_admin_changes_settings(settings: SettingsService, manager: Actor) -> None:
    with pytest.raises(NotAllowedError):
        settings.save(manager, ShopSettings(shop_name="Mine"))


@pytest.mark.parametrize("url", ["", "http://proxy:3128", "https://proxy.example.rw/"])
def test_the_proxy_is_an_address_or_nothing(
    settings: SettingsService, admin: Actor, url: str
) -> None:
    settings.save(admin, ShopSettings(proxy_url=f" {url} "))
    assert settings.load().proxy_url == url


@pytest.mark.parametrize(
    "url", ["http://me:canary-5d@proxy:3128", "me:canary-5d@proxy", "http://@p"]
)
def test_a_proxy_s_password_is_neither_kept_nor_repeated(
    settings: SettingsService, admin: Actor, database: Database, url: str
) -> None:
    with pytest.raises(InvalidInputError, match="without a name and password") as caught:
        settings.save(admin, ShopSettings(proxy_url=url))
    assert "canary-5d" not in caught.value.message + caught.value.details
    assert "canary-5d" not in str(AuditService(database).page(admin))
    assert settings.load().proxy_url == ""
