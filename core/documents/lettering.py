"""The letters of every document: the two fonts it embeds, its styles, and lines that fit a width.

Reportlab is imported when the first document is drawn, not when the program starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from core.documents.text import break_of, plain
from resources import resource_path

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "DejaVuSans"
BOLD = "DejaVuSans-Bold"

Colour = tuple[float, float, float]
INK: Colour = (0.10, 0.13, 0.18)
MUTED: Colour = (0.38, 0.42, 0.48)
ACCENT: Colour = (0.04, 0.33, 0.37)
HAIRLINE: Colour = (0.83, 0.85, 0.88)
PAPER_TINT: Colour = (0.955, 0.965, 0.97)
GREEN: Colour = (0.07, 0.44, 0.25)
RED: Colour = (0.70, 0.14, 0.14)


@dataclass(frozen=True, slots=True)
class Style:
    """How a line of text looks; sizes in points."""

    size: float
    leading: float
    colour: Colour = INK
    font: str = REGULAR


BODY = Style(8.5, 12.5)
BODY_MUTED = Style(8.5, 12.5, MUTED)
BODY_BOLD = Style(8.5, 12.5, INK, BOLD)
SMALL = Style(7.2, 10.5, MUTED)
LABEL = Style(7.2, 13.5, ACCENT, BOLD)


def text_width(text: str, style: Style) -> float:
    """Return the width in points of a line of text."""
    return float(fonts()[style.font].stringWidth(text, style.size))


def wrap(text: str, style: Style, width: float) -> list[str]:
    """Return plain text in lines no wider than ``width`` points; a longer word is broken."""
    text = _drawable(plain(text), style)
    if text_width(text, style) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if text_width(longer, style) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, style, width)
        lines.extend(full)
    # A line's end parts what a dot parted before.
    return [each.strip().removeprefix("· ").removesuffix(" ·").strip() for each in (*lines, line)]


def _drawable(text: str, style: Style) -> str:
    """Show a replacement mark where the font has no picture, rather than nothing at all."""
    if text.isascii():
        return text
    glyphs = fonts()[style.font].face.charToGlyph
    return "".join(c if ord(c) in glyphs else "\ufffd" for c in text)


def _broken(word: str, style: Style, width: float) -> list[str]:
    """Break a word where the line is full, after a hyphen if one is near; no line stays empty."""
    pieces: list[str] = []
    piece, used = "", 0.0
    for character in word:
        wide = text_width(character, style)
        if piece and used + wide > width:
            at = break_of(piece)
            pieces.append(piece[:at])
            piece = piece[at:]
            used = text_width(piece, style)
        piece += character
        used += wide
    return [*pieces, piece]


@cache
def fonts() -> dict[str, TTFont]:
    """Return the fonts by name, registered with reportlab when first asked for."""
    from reportlab.pdfbase.pdfmetrics import registerFont  # noqa: PLC0415 - see the module
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415 - see the module

    fonts = {
        name: TTFont(name, str(resource_path("fonts", f"{name}.ttf"))) for name in (REGULAR, BOLD)
    }
    for font in fonts.values():
        registerFont(font)
    return fonts
