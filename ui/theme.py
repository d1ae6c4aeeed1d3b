"""How the program looks: Fusion, one light and one dark palette, one small stylesheet.

Every colour has a name and two values in ``TOKENS``; nothing else in the user interface spells a
colour out. Distances follow the font, so a larger text size enlarges everything with it. Only
hairlines and corner radii are in pixels.

Use: ``theme = Theme(app); theme.apply(Scheme.SYSTEM, text_percent=110)``. Painting code asks
``color("accent")``; widgets choose a look by ``set_look(button, kind="primary")``.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from resources import resource_path
from ui import icons
from ui.stylesheet import STYLESHEET

MIN_ROW_HEIGHT = 28
"""The smallest comfortable target for a pointer (WCAG 2.2 SC 2.5.8 asks for 24)."""
MIN_TEXT_PERCENT, MAX_TEXT_PERCENT = 100, 150
_FONT_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf")

TOKENS: dict[str, tuple[str, str]] = {
    # name: (light, dark)
    "window": ("#f4f5f8", "#15171c"),
    "surface": ("#ffffff", "#1e2128"),
    "surface_alternate": ("#f9fafc", "#22262e"),
    "surface_hover": ("#eceef5", "#2a2f39"),
    "navigation": ("#eceef4", "#111318"),
    "text": ("#1b1f27", "#e8eaf0"),
    "text_muted": ("#5a6272", "#a3abba"),
    "text_disabled": ("#8d94a3", "#6d7482"),
    "border": ("#d9dde6", "#343a46"),
    "border_strong": ("#7f8798", "#707a8b"),
    "accent": ("#4338ca", "#a5b4fc"),
    "accent_hover": ("#3730a3", "#c1cbfd"),
    "accent_soft": ("#e4e6fb", "#2d3157"),
    "on_accent": ("#ffffff", "#15171c"),
    "progress": ("#a5b4fc", "#4f46e5"),
    "focus": ("#4f46e5", "#a5b4fc"),
    "danger": ("#b3202f", "#ff8f98"),
    "danger_hover": ("#8f1824", "#ffb0b6"),
    "danger_soft": ("#fbe7e9", "#43232a"),
    "on_danger": ("#ffffff", "#15171c"),
    "warning": ("#7a5900", "#f5c542"),
    "warning_soft": ("#fff4d1", "#3d3418"),
    "info": ("#0b6272", "#63c8da"),
    "info_soft": ("#dff3f6", "#173842"),
    "success": ("#1a6b2f", "#6fd78a"),
    "success_soft": ("#e0f3e5", "#1b3a25"),
}


class Scheme(StrEnum):
    """Which palette to use; ``SYSTEM`` follows the desktop's own choice."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """The look in force.

    Signals:
        changed: the palette or the text size is another one now.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = Scheme.SYSTEM
        self._text_percent = MIN_TEXT_PERCENT
        self._images = QTemporaryDir()
        load_fonts()
        self._base_font = _with_tabular_digits(app.font())
        app.styleHints().colorSchemeChanged.connect(self._on_system_scheme_changed)

    @property
    def scheme(self) -> Scheme:
        """The choice made, which may be to follow the system."""
        return self._scheme

    @property
    def text_percent(self) -> int:
        """The text size in percent of the platform's own."""
        return self._text_percent

    def apply(
        self, scheme: Scheme | str = Scheme.SYSTEM, text_percent: int = MIN_TEXT_PERCENT
    ) -> None:
        """Put a palette and a text size (100–150 %, values outside are limited) in force."""
        self._scheme = Scheme(scheme)
        self._text_percent = max(MIN_TEXT_PERCENT, min(MAX_TEXT_PERCENT, text_percent))
        font = QFont(self._base_font)
        font.setPointSizeF(self._base_font.pointSizeF() * self._text_percent / 100)
        dark = self._wants_dark()
        self._app.setStyle("Fusion")
        self._app.setFont(font)
        self._app.setPalette(build_palette(dark=dark))
        self._app.setStyleSheet(
            build_stylesheet(dark=dark, font=font, images=Path(self._images.path()))
        )
        self.changed.emit()

    def _wants_dark(self) -> bool:
        if self._scheme is Scheme.SYSTEM:
            return self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self._scheme is Scheme.DARK

    def _on_system_scheme_changed(self) -> None:
        if self._scheme is Scheme.SYSTEM:
            self.apply(self._scheme, self._text_percent)


def is_dark() -> bool:
    """Tell whether the palette in force is the dark one."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def color(name: str) -> QColor:
    """Return a token's colour in the palette in force."""
    return QColor(TOKENS[name][is_dark()])


def color_name(name: str) -> str:
    """Return a token's colour in the palette in force as ``#rrggbb``."""
    return TOKENS[name][is_dark()]


def row_height(metrics: QFontMetrics) -> int:
    """Return the height of a table row for a font, never less than 28 pixels."""
    return max(MIN_ROW_HEIGHT, round(metrics.height() * 2.1))


def gap(widget: QWidget, times: float = 1.0) -> int:
    """Return a distance that grows with the text: one gap is half the height of a line."""
    return round(widget.fontMetrics().height() * 0.5 * times)


def set_look(widget: QWidget, **properties: str) -> None:
    """Set the stylesheet's switches (``kind="primary"``, ``look="card"``) and repaint.

    Kinds of button: primary, danger, quiet, chip, link. Looks of a label: title, heading, muted,
    amount, wrong, good. Looks of a frame: card, navigation, info, warning, error, success.
    """
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def load_fonts() -> None:
    """Load the program's own fonts where the platform has none at all."""
    if QFontDatabase.families():
        return
    for name in _FONT_FILES:
        QFontDatabase.addApplicationFontFromData(resource_path("fonts", name).read_bytes())
    QApplication.setFont(QFont("DejaVu Sans", 10))


def _with_tabular_digits(font: QFont) -> QFont:
    """Return the font with digits of one width, so that amounts line up."""
    font = QFont(font)
    if font.pointSizeF() <= 0:
        font.setPointSizeF(10)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


@cache
def relative_luminance(color_text: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2, definition in SC 1.4.3)."""
    value = QColor(color_text)
    channels = (value.redF(), value.greenF(), value.blueF())
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2 SC 1.4.3)."""
    lighter, darker = sorted((relative_luminance(first), relative_luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(background: str) -> str:
    """Return black or white, whichever is easier to read on a colour."""
    black, white = "#000000", "#ffffff"
    return black if contrast(black, background) >= contrast(white, background) else white


def build_palette(*, dark: bool) -> QPalette:
    """Return the palette of the light or the dark theme."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    roles = {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "surface_alternate",
        role.Text: "text",
        role.Button: "surface",
        role.ButtonText: "text",
        role.BrightText: "danger",
        role.ToolTipBase: "surface",
        role.ToolTipText: "text",
        role.PlaceholderText: "text_muted",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.Link: "accent",
        role.LinkVisited: "accent",
        role.Accent: "accent",
        role.Light: "surface",
        role.Midlight: "surface_hover",
        role.Mid: "border",
        role.Dark: "border_strong",
        role.Shadow: "border_strong",
    }
    palette = QPalette()
    for palette_role, name in roles.items():
        palette.setColor(palette_role, QColor(TOKENS[name][dark]))
    for palette_role in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, palette_role, QColor(TOKENS["text_disabled"][dark]))
    palette.setColor(group.Disabled, role.Highlight, QColor(TOKENS["border"][dark]))
    return palette


def build_stylesheet(*, dark: bool, font: QFont, images: Path) -> str:
    """Return the stylesheet; arrows and ticks are written to ``images`` in the theme's colours."""
    shade = "dark" if dark else "light"
    values = {name: pair[dark] for name, pair in TOKENS.items()}
    drawings = {
        "arrow_down": ("chevron-down", "text_muted"),
        "arrow_up": ("chevron-up", "text_muted"),
        "tick": ("check", "on_accent"),
        "partly": ("minus", "on_accent"),
        "bullet": ("bullet", "on_accent"),
    }
    for key, (name, token) in drawings.items():
        path = images / f"{key}-{shade}.svg"
        path.write_bytes(icons.svg(name, values[token], stroke=2.6))
        values[key] = path.as_posix()
    height = QFontMetrics(font).height()
    for key, times in {"quarter": 0.25, "half": 0.5, "three_quarters": 0.75, "one": 1.0}.items():
        values[key] = f"{round(height * times)}px"
    values["box"] = f"{round(height * 0.95)}px"
    values["box_radius"] = f"{round(height * 0.95) // 2 + 1}px"
    values["hairline_less"] = f"{max(0, round(height * 0.25) - 1)}px"
    points = font.pointSizeF()
    values["title_size"] = f"{points * 1.6:.1f}pt"
    values["heading_size"] = f"{points * 1.15:.1f}pt"
    values["amount_size"] = f"{points * 2.0:.1f}pt"
    values["small_size"] = f"{points * 0.92:.1f}pt"
    return Template(STYLESHEET).substitute(values)
