"""Backing up from the settings, and looking into a backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from core.permissions import Actor, Role
from tests.ui.pages.payments_steps import take
from ui.gallery_shop import open_sample_shop
from ui.pages.settings.backups import BackupsCard

ADMIN = Actor(4, "ange", Role.ADMIN, desk="office")


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


@pytest.fixture
def card(qtbot, shop):
    made = BackupsCard(shop.context(ADMIN))
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_backup_is_saved_and_looked_into(qtbot, shop, card, tmp_path):
    take(shop, 1, seen=True)
    path = tmp_path / "monday.db"
    card.save(path)
    qtbot.waitUntil(lambda: "Saved as" in card.message.text)
    take(shop, 2, seen=True)
    card.look(path)
    qtbot.waitUntil(lambda: bool(card.facts.facts))
    assert dict(card.facts.facts)["Payments"] == "1"
    assert "every audit chain holds" in card.message.text
    assert "sanduku database restore" in card.way.text()


def test_a_backup_somebody_changed_is_told(qtbot, shop, card, tmp_path):
    take(shop, 1, seen=True)
    path = tmp_path / "monday.db"
    card.save(path)
    qtbot.waitUntil(lambda: "Saved as" in card.message.text)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DROP TRIGGER guard_audit_entry_facts")
        raw.execute("UPDATE audit_entry SET desk = 'x' WHERE id = 1")
        raw.commit()
    card.look(path)
    qtbot.waitUntil(lambda: "do not agree" in card.message.text)
    assert "is broken at entry 1" in card.message.text


def test_what_is_no_backup_is_refused(qtbot, shop, card, tmp_path):
    path = tmp_path / "letter.db"
    path.write_text("Dear Sir")
    card.look(path)
    qtbot.waitUntil(lambda: bool(card.message.text))
    assert "damaged" in card.message.text
    assert card.facts.facts == ()
