from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from core.permissions import Role
from tests.ui.pages.small_shop import PASSWORD, Shop, open_small_shop
from ui.pages.settings.page import SettingsPage
from ui.pages.settings.people import PersonDialog


@pytest.fixture
def shop(qapp, tmp_path) -> Iterator[Shop]:
    made = open_small_shop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def page(qtbot, shop) -> SettingsPage:
    made = SettingsPage(shop.context("ange"))
    qtbot.addWidget(made)
    made.resize(1100, 680)
    made.show()
    qtbot.waitUntil(lambda: made.is_settled and not shop.tasks.is_busy)
    return made


def save(qtbot, shop: Shop, form) -> str:
    form.save.click()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    return form.message.text


def test_the_shop_s_data_are_kept(qtbot, shop, page):
    qtbot.keyClicks(page.shop.fields["shop_name"], "Inzozi")
    page.shop.fields["address"].setPlainText("KN 4 Ave\nKigali")
    assert page.has_unsaved_input()
    assert save(qtbot, shop, page.shop) == "Saved."
    settings = shop.app.settings.load()
    assert (settings.shop_name, settings.address) == ("Inzozi", "KN 4 Ave\nKigali")
    assert not page.has_unsaved_input()


def test_a_wrong_tax_number_is_told_and_marked(qtbot, shop, page):
    tin = page.shop.fields["tin"]
    qtbot.keyClicks(tin, "12")
    assert "nine digits" in save(qtbot, shop, page.shop)
    assert tin.property("invalid") == "true"
    assert shop.app.settings.load().tin == ""


def test_another_desk_s_change_reaches_a_form_that_is_not_being_edited(qtbot, shop, page):
    qtbot.keyClicks(page.mtn.fields["merchant_id"], "M-1")
    settings = replace(shop.app.settings.load(), shop_name="Elsewhere")
    shop.app.settings.save(shop.actor("ange"), settings)
    page.changes_arrived({"settings", "providers"})
    qtbot.waitUntil(lambda: page.shop.fields["shop_name"].text() == "Elsewhere")
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert page.mtn.fields["merchant_id"].text() == "M-1"


def test_saving_the_look_leaves_another_desk_s_shop_data_alone(qtbot, shop, page):
    settings = replace(shop.app.settings.load(), shop_name="Elsewhere")
    shop.app.settings.save(shop.actor("ange"), settings)
    page.appearance.theme.setCurrentIndex(2)
    save(qtbot, shop, page.appearance)
    kept = shop.app.settings.load()
    assert (kept.shop_name, kept.theme) == ("Elsewhere", "dark")


def test_only_languages_with_texts_are_offered(page):
    box = page.appearance.language
    assert [box.itemData(place) for place in range(box.count())] == ["en"]


def test_a_secret_is_kept_hidden_and_stays_unless_replaced(qtbot, shop, page):
    secret = page.mtn.secrets["api_key"]
    assert secret.placeholderText() == "not set"
    qtbot.keyClicks(secret, "s3cret")
    assert save(qtbot, shop, page.mtn) == "Saved."
    assert secret.text() == ""
    assert "type to replace" in secret.placeholderText()
    qtbot.keyClicks(page.mtn.fields["merchant_id"], "M-1")
    assert save(qtbot, shop, page.mtn) == "Saved."
    kept = shop.app.providers.mtn_with_secrets()
    assert (kept.api_key, kept.merchant_id) == ("s3cret", "M-1")


def test_plain_http_to_airtel_is_refused_in_the_form(qtbot, shop, page):
    qtbot.keyClicks(page.airtel.fields["base_url"], "http://example.com")
    assert "https" in save(qtbot, shop, page.airtel)
    assert page.airtel.fields["base_url"].property("invalid") == "true"
    assert page.airtel.has_edits


def test_bank_accounts_are_added_and_changed(qtbot, shop, page):
    bank = page.bank
    bank.fields["bank_name"].setText("Bank of Kigali")
    bank.fields["account_number"].setText("00040")
    assert save(qtbot, shop, bank) == "Saved."
    assert bank.account.currentText() == "Bank of Kigali 00040"
    bank.fields["branch"].setText("Remera")
    save(qtbot, shop, bank)
    (kept,) = shop.app.providers.banks(shop.actor("ange"))
    assert kept.branch == "Remera"
    bank.account.setCurrentIndex(1)
    bank.account.activated.emit(1)
    assert bank.fields["bank_name"].text() == ""


def test_a_person_is_added_and_may_sign_in(qtbot, shop, page):
    page.people.add.click()
    dialog = page.findChild(PersonDialog)
    dialog.name.setText("eric")
    dialog.role.setCurrentIndex(dialog.role.findData(Role.MANAGER))
    dialog.password.setText(PASSWORD)
    dialog.again.setText("other")
    dialog.submit_button.click()
    assert "differ" in dialog.message.text
    dialog.again.setText(PASSWORD)
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: ("eric", "toggle") in page.people.buttons)
    assert shop.actor("eric").role is Role.MANAGER


def test_a_name_twice_is_told_in_the_dialog(qtbot, shop, page):
    page.people.add.click()
    dialog = page.findChild(PersonDialog)
    for field, text in (
        (dialog.name, "Aline"),
        (dialog.password, PASSWORD),
        (dialog.again, PASSWORD),
    ):
        field.setText(text)
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: "already" in dialog.message.text)
    assert dialog.name.text() == "Aline"


def test_a_new_password_ends_the_old_one(qtbot, shop, page):
    page.people.buttons["aline", "password"].click()
    dialog = page.findChild(PersonDialog)
    qtbot.keyClicks(dialog.password, "another-1")
    qtbot.keyClick(dialog.password, Qt.Key.Key_Return)
    qtbot.keyClicks(dialog.again, "another-1")
    qtbot.keyClick(dialog.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "new password" in page.people_message.text)
    assert shop.app.users.sign_in("aline", "another-1", "desk").name == "aline"


def test_a_disabled_person_is_out_and_can_be_let_in_again(qtbot, shop, page):
    page.people.buttons["claude", "toggle"].click()
    qtbot.waitUntil(lambda: "claude" not in shop.app.users.names())
    qtbot.waitUntil(lambda: page.people.buttons["claude", "toggle"].text() == "Enable")
    page.people.buttons["claude", "toggle"].click()
    qtbot.waitUntil(lambda: "claude" in shop.app.users.names())
    assert not page.people.buttons["ange", "toggle"].isEnabled()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
