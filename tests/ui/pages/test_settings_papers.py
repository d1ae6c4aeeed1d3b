"""Paper templates in the settings: typed, looked at, kept, and what papers make of them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from core.model.payments import PaymentMethod
from core.services.payments.rules import RecordPayment
from tests.ui.pages.small_shop import Shop, open_small_shop
from ui.pages.settings.templates import TemplatesTab

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def shop(qapp, tmp_path) -> Iterator[Shop]:
    made = open_small_shop(tmp_path / "shop")
    yield made
    made.close()


@pytest.fixture
def logo(tmp_path):
    path = tmp_path / "logo.png"
    Image.new("RGB", (300, 120), (200, 20, 40)).save(path)
    return path


@pytest.fixture
def tab(qtbot, shop, logo) -> TemplatesTab:
    made = TemplatesTab(shop.context("ange"), ask_logo=lambda _window, go: go(logo))
    qtbot.addWidget(made)
    made.resize(1500, 900)
    made.show()
    made.refresh()
    drawn(qtbot, shop, made)
    return made


def drawn(qtbot, shop, tab) -> str:
    """Wait for the picture of what is typed, and return its text."""
    qtbot.waitUntil(
        lambda: (
            tab.is_settled
            and not tab.form._timer.isActive()
            and not shop.tasks.is_busy
            and tab.preview.is_drawn
        ),
        timeout=10_000,
    )
    return text_of(tab.preview.pdf.content)


def text_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return " ".join(document[0].get_textpage().get_text_bounded().split())


def save(qtbot, shop, tab) -> str:
    tab.form.save.click()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    return tab.form.message.text


def sale(shop, number: int):
    return shop.app.payments.record(
        shop.actor("aline"),
        RecordPayment(
            key=f"sale-{number}",
            method=PaymentMethod.CASH,
            amount_minor=11_800,
            tendered_minor=11_800,
            complete_now=True,
        ),
    )


def paper_of(shop, payment) -> bytes:
    return shop.app.invoices.pdf(shop.actor("claude"), payment.payment_id).read_bytes()


def type_template(qtbot, tab, name: str, shop_name: str) -> None:
    qtbot.keyClicks(tab.form.fields["name"], name)
    qtbot.keyClicks(tab.form.fields["shop_name"], shop_name)


def test_the_picture_follows_what_is_typed(qtbot, shop, tab):
    assert tab.none_yet.isVisible()
    type_template(qtbot, tab, "Wholesale", "Inzozi Wholesale")
    tab.form.language.setCurrentIndex(tab.form.language.findData("fr"))
    tab.form.due_days.setValue(30)
    qtbot.keyClicks(tab.form.fields["accent_colour"], "#aa")
    told = drawn(qtbot, shop, tab)
    assert "Inzozi Wholesale" in told
    assert "FACTURE" in told


def test_an_edit_changes_new_invoices_and_no_old_one(qtbot, shop, tab):
    type_template(qtbot, tab, "Shop", "Isoko")
    assert save(qtbot, shop, tab) == "Saved."
    first = sale(shop, 1)
    before = paper_of(shop, first)
    assert "Isoko" in text_of(before)
    tab.form.fields["shop_name"].clear()
    qtbot.keyClicks(tab.form.fields["shop_name"], "Isoko Ryiza")
    tab.form.language.setCurrentIndex(tab.form.language.findData("rw"))
    assert save(qtbot, shop, tab) == "Saved."
    second = sale(shop, 2)
    assert "Isoko Ryiza" in text_of(paper_of(shop, second))
    for kept in shop.folder.glob("documents/invoices/*/*/*.pdf"):
        kept.unlink()
    assert paper_of(shop, first) == before


def test_a_logo_is_chosen_kept_and_taken_away(qtbot, shop, tab):
    type_template(qtbot, tab, "Shop", "Isoko")
    tab.form.choose_logo.click()
    drawn(qtbot, shop, tab)
    assert has_red(tab)
    assert save(qtbot, shop, tab) == "Saved."
    [row] = shop.app.paper_templates.list(shop.actor("ange"))
    assert Image.open(BytesIO(row.logo)).size == (300, 120)
    drawn(qtbot, shop, tab)
    assert has_red(tab)
    tab.form.drop_logo.click()
    drawn(qtbot, shop, tab)
    assert not has_red(tab)
    assert save(qtbot, shop, tab) == "Saved."
    [row] = shop.app.paper_templates.list(shop.actor("ange"))
    assert row.logo == b""


def has_red(tab) -> bool:
    picture = tab.preview.pdf.picture(0, 40)
    colors = (
        picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())
    )
    return any(color.red() > 150 and color.green() < 80 for color in colors)


def test_what_is_no_picture_is_refused_when_it_is_kept(qtbot, shop, tab, logo):
    logo.write_text("no picture")
    type_template(qtbot, tab, "Shop", "Isoko")
    tab.form.choose_logo.click()
    drawn(qtbot, shop, tab)
    assert "no PNG or JPEG" in save(qtbot, shop, tab)
    assert tab.form.has_edits


def test_a_wrong_field_is_marked(qtbot, shop, tab):
    type_template(qtbot, tab, "Shop", "Isoko")
    qtbot.keyClicks(tab.form.fields["tin"], "12")
    assert "nine digits" in save(qtbot, shop, tab)
    assert tab.form.fields["tin"].property("invalid") == "true"


def listed(tab) -> list[str]:
    return [tab.list.item(number).text() for number in range(tab.list.count())]


def test_another_template_is_made_the_default_and_the_first_retired(qtbot, shop, tab):
    type_template(qtbot, tab, "Retail", "Isoko")
    save(qtbot, shop, tab)
    qtbot.keyClick(tab, Qt.Key.Key_N, CONTROL | SHIFT)
    type_template(qtbot, tab, "Wholesale", "Isoko Gros")
    save(qtbot, shop, tab)
    assert listed(tab) == ["Retail (default)", "Wholesale"]
    tab.form.make_default.click()
    qtbot.waitUntil(lambda: listed(tab) == ["Wholesale (default)", "Retail"])
    assert "Isoko Gros" in text_of(paper_of(shop, sale(shop, 1)))
    tab.form.retire.click()
    qtbot.waitUntil(lambda: "make another template" in tab.form.message.text)
    tab.list.setCurrentRow(1)
    assert tab.form.fields["name"].text() == "Retail"
    tab.form.retire.click()
    qtbot.waitUntil(lambda: listed(tab) == ["Wholesale (default)"])
    drawn(qtbot, shop, tab)


def test_what_is_typed_is_not_lost_by_choosing_another(qtbot, shop, tab):
    type_template(qtbot, tab, "Retail", "Isoko")
    save(qtbot, shop, tab)
    tab.form.fields["footer"].setPlainText("Murakoze")
    tab.add.click()
    assert "Save what you typed first" in tab.form.message.text
    assert tab.form.fields["name"].text() == "Retail"
    tab.refresh()
    drawn(qtbot, shop, tab)
    assert tab.form.fields["footer"].toPlainText() == "Murakoze"
    qtbot.keyClick(tab, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert tab.form.fields["footer"].toPlainText() == ""
    assert not tab.form.has_edits
    drawn(qtbot, shop, tab)


def test_another_desk_s_change_is_not_overwritten(qtbot, shop, tab):
    type_template(qtbot, tab, "Retail", "Isoko")
    save(qtbot, shop, tab)
    elsewhere = TemplatesTab(shop.context("ange"))
    qtbot.addWidget(elsewhere)
    elsewhere.show()
    elsewhere.refresh()
    qtbot.waitUntil(lambda: elsewhere.form.fields["name"].text() == "Retail")
    elsewhere.form.fields["phone"].setText("0788 000 000")
    save(qtbot, shop, elsewhere)
    tab.form.fields["phone"].setText("0788 111 111")
    assert "was changed since you opened it" in save(qtbot, shop, tab)
    assert tab.form.fields["phone"].text() == "0788 111 111"
    drawn(qtbot, shop, tab)
    elsewhere.hide()
