from itertools import product

import pytest
from PySide6.QtGui import QFontMetrics, QPalette

from ui.badges import KINDS, Badge, badge_for, values_of
from ui.delegates.badge import badge_pixmap, badge_size
from ui.icons import NAMES, icon_pixmap
from ui.theme import TOKENS, Scheme, build_palette, contrast, is_dark, row_height

ALL_BADGES = [badge_for(kind, value) for kind in KINDS for value in values_of(kind)]


def test_black_on_white_has_the_contrast_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("badge", ALL_BADGES, ids=lambda badge: f"{badge.text}-{badge.background}")
def test_every_badge_is_readable_and_says_its_state_without_colour(badge):
    # The badge carries its own background, so the contrast is the same in both themes.
    assert contrast(badge.foreground, badge.background) >= 4.5
    assert badge.text
    assert badge.icon in NAMES or len(badge.icon) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_states_of_a_kind_look_the_same_without_colour(kind):
    badges = [badge_for(kind, value) for value in values_of(kind)]
    looks = [(badge.icon, badge.text) for badge in badges]
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize(
    ("kind", "value", "background"),
    [
        ("method", "mtn_mobile_money", "#FFCC00"),
        ("method", "airtel_money", "#FF0000"),
        ("method", "bank_transfer", "#0099FF"),
        ("method", "cash_on_delivery", "#999999"),
        ("method", "card", "#006600"),
        ("status", "pending", "#FFC107"),
        ("status", "processing", "#17A2B8"),
        ("status", "completed", "#28A745"),
        ("status", "failed", "#DC3545"),
        ("status", "cancelled", "#6C757D"),
        ("status", "refunded", "#FFC107"),
        ("reconciliation", "IN_PROGRESS", "#17A2B8"),
        ("reconciliation", "DISCREPANCY", "#DC3545"),
        ("reconciliation", "RESOLVED", "#28A745"),
    ],
)
def test_badges_have_the_colours_people_know(kind, value, background):
    assert badge_for(kind, value).background == background


def test_a_state_from_a_newer_version_is_shown_as_written():
    assert badge_for("status", "disputed").text == "disputed"


@pytest.mark.parametrize(
    ("text", "background", "dark"),
    [
        (*pair, dark)
        for pair, dark in product(
            [
                ("text", "window"),
                ("text", "surface"),
                ("text", "surface_alternate"),
                ("text", "accent_soft"),
                ("text", "danger_soft"),
                ("text", "warning_soft"),
                ("text", "info_soft"),
                ("text", "success_soft"),
                ("text", "progress"),
                ("text_muted", "window"),
                ("text_muted", "surface"),
                ("text_muted", "danger_soft"),
                ("accent", "surface"),
                ("accent", "accent_soft"),
                ("accent", "danger_soft"),
                ("danger", "surface"),
                ("danger", "window"),
                ("success", "surface"),
                ("on_accent", "accent"),
                ("on_accent", "accent_hover"),
                ("on_danger", "danger"),
                ("surface", "text"),
            ],
            (False, True),
        )
    ],
)
def test_text_colours_are_readable_in_both_themes(text, background, dark):
    assert contrast(TOKENS[text][dark], TOKENS[background][dark]) >= 4.5


@pytest.mark.parametrize("name", ["focus", "border_strong"])
@pytest.mark.parametrize("dark", [False, True])
def test_edges_that_carry_meaning_stand_out(name, dark):
    for ground in ("window", "surface"):
        assert contrast(TOKENS[name][dark], TOKENS[ground][dark]) >= 3


def test_light_and_dark_can_be_forced(theme):
    theme.apply(Scheme.DARK)
    assert is_dark()
    theme.apply("light")
    assert not is_dark()


def test_the_system_decides_unless_forced(theme, qapp):
    theme.apply(Scheme.SYSTEM)
    assert theme.scheme is Scheme.SYSTEM
    assert not is_dark()


def test_text_size_enlarges_font_and_rows_within_limits(theme, qapp):
    theme.apply(Scheme.LIGHT, 100)
    small, low = qapp.font().pointSizeF(), row_height(QFontMetrics(qapp.font()))
    theme.apply(Scheme.LIGHT, 150)
    assert qapp.font().pointSizeF() == pytest.approx(small * 1.5)
    assert row_height(QFontMetrics(qapp.font())) > low >= 28
    theme.apply(Scheme.LIGHT, 400)
    assert theme.text_percent == 150


def test_a_badge_is_painted_once_per_height_and_scale(qapp):
    badge = Badge("Waiting", "clock", "#FFC107")
    first = badge_pixmap(badge, 24, 2.0, qapp.font())
    assert badge_pixmap(badge, 24, 2.0, qapp.font()) is first
    assert badge_pixmap(badge, 24, 1.0, qapp.font()) is not first
    size = badge_size(badge, 24, qapp.font())
    assert first.deviceIndependentSize().toSize() == size


def test_every_icon_draws_something(qapp):
    for name in NAMES:
        image = icon_pixmap(name, "#000000", 24).toImage()
        drawn = any(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24))
        assert drawn, name


def test_the_disabled_text_differs_from_the_enabled_one():
    palette = build_palette(dark=False)
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    assert palette.color(group.Disabled, role.Text) != palette.color(group.Active, role.Text)
