"""A receipt in ESC/POS, the language of receipt printers.

python-escpos, the ``printers`` extra, spells the commands; it is imported when the first one is
printed. Text is brought to what the printer's code page has before it is sent, because a printer
shows another character, or none, for what it does not know. Centring and right edges are made of
spaces, so that they hold on printers that ignore the commands for them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

from core.documents.receipt import (
    ReceiptLogo,
    ReceiptPair,
    ReceiptPart,
    ReceiptQr,
    ReceiptRule,
    ReceiptText,
)
from core.documents.text import plain
from core.documents.ticket import laid_out
from core.errors import KnownError

if TYPE_CHECKING:
    from escpos.printer import Dummy
    from PIL.Image import Image

COLUMNS = {58: 32, 80: 48}
"""Characters of the usual 12-dot font on a line, by the roll's width in millimetres."""

DOTS = {58: 384, 80: 576}
"""Dots across the printable part of a roll at 8 dots per millimetre."""

CODE_PAGES = ("CP858", "CP850", "CP1252", "CP437")
"""What a printer can be set to. The first has the euro, and its small French letters stand where
the printer's own page 437 has them too: a printer that ignores the command still prints them."""

_ALWAYS_SIMPLE = {"\u00d7": "x", "\u00b7": "-"}
"""Our own typography, which a printer that ignores the command for its code page would not know."""

_LOGO_SHARE = 0.6
_MOST_LOGO_DOTS = 200
_QR_MODULE_DOTS = 5
_RUNS_TO_ONE = {
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u2032": "'", "\u201c": '"', "\u201d": '"',
    "\u201e": '"', "\u2033": '"', "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-",
    "\u2014": "-", "\u2015": "-", "\u2212": "-", "\u2022": "*", "\u2026": "...",
    "\u2192": "->", "\u20ac": "EUR", "\u0153": "oe", "\u0152": "OE",
    "\u00ab": '"', "\u00bb": '"', "\u00df": "ss", "\u00d8": "O", "\u00f8": "o", "\u0141": "L",
    "\u0142": "l", "\u2116": "No", "\u00b0": "o",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TicketForm:
    """What a printer can do: ``width_mm`` of the roll, its code page, QR codes of its own."""

    width_mm: int = 80
    code_page: str = CODE_PAGES[0]
    draws_qr: bool = True


def printable(text: str, code_page: str) -> str:
    """Return text with only what a code page has: "Müşteri – 5 €" may come out "Musteri - 5 EUR".

    Accents go before letters do; what has no likeness at all becomes a question mark.
    """
    codec = code_page.lower()
    return "".join(_nearest(character, codec) for character in text)


def _nearest(character: str, codec: str) -> str:
    if character.isspace():
        return " "
    if character in _ALWAYS_SIMPLE:
        return _ALWAYS_SIMPLE[character]
    if _has(character, codec):
        return character
    if character in _RUNS_TO_ONE:
        return _RUNS_TO_ONE[character]
    decomposed = unicodedata.normalize("NFKD", character)
    kept = "".join(c for c in decomposed if not unicodedata.combining(c))
    return kept if kept and kept != character and _has(kept, codec) else "?"


def _has(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def receipt_bytes(
    parts: Iterable[ReceiptPart], form: TicketForm, *, kick_drawer: bool = False, cut: bool = True
) -> bytes:
    """Return what a printer is sent for a receipt.

    ``kick_drawer`` opens the drawer first, so that it is open while the paper still comes.

    Raises:
        KnownError: the ``printers`` extra is not installed.

    """
    printer = _dummy(form.width_mm)
    printer.hw("INIT")
    if kick_drawer:
        printer.cashdraw(2)
    printer.charcode(form.code_page)
    for part in parts:
        _print(printer, part, form)
    if cut:
        printer.cut(mode="PART")
    return bytes(printer.output)


def drawer_bytes() -> bytes:
    """Return what opens the drawer and prints nothing.

    Raises:
        KnownError: the ``printers`` extra is not installed.

    """
    printer = _dummy(80)
    printer.cashdraw(2)
    return bytes(printer.output)


def require_extra() -> None:
    """Refuse before anything is done for a printer that cannot be spoken to.

    Raises:
        KnownError: the ``printers`` extra is not installed.

    """
    _dummy(80)


def _dummy(width_mm: int) -> Dummy:
    """Return what gathers the bytes of a printer of this width."""
    try:
        from escpos.capabilities import Profile, get_profile  # noqa: PLC0415 - 250 ms
        from escpos.printer import Dummy  # noqa: PLC0415 - as above
    except ImportError as error:
        raise KnownError(
            "Nothing was printed. Receipt printers on the network need the program's extra"
            ' “printers”: install it with pip install "sanduku[printers]", or print by the'
            " system's printer.",
            details=str(error),
        ) from error
    known = get_profile("default")
    profile = Profile(columns=COLUMNS[width_mm], features=known.features)
    # Without a width of paper no picture can be put into its middle.
    width = {"mm": width_mm, "pixels": DOTS[width_mm]}
    profile.profile_data = {**known.profile_data, "media": {"dpi": 203, "width": width}}
    return Dummy(profile=profile)


def _print(printer: Dummy, part: ReceiptPart, form: TicketForm) -> None:
    columns = COLUMNS[form.width_mm]
    match part:
        case ReceiptText() | ReceiptPair():
            bold, large = part.weight != "plain", part.weight in {"name", "total"}
            for line in laid_out(_replaced(part, form.code_page), columns):
                _say(printer, line, bold=bold, large=large)
        case ReceiptRule():
            _say(printer, "-" * columns)
        case ReceiptQr():
            _draw_qr(printer, plain(part.payload), form)
        case ReceiptLogo():
            _draw_logo(printer, part.picture, form)


def _replaced(part: ReceiptText | ReceiptPair, code_page: str) -> ReceiptText | ReceiptPair:
    """Make the text printable before it is measured: "…" is one character, "..." are three."""
    if isinstance(part, ReceiptText):
        return replace(part, text=printable(plain(part.text), code_page))
    label = printable(plain(part.label), code_page)
    return replace(part, label=label, amount=printable(plain(part.amount), code_page))


def _say(printer: Dummy, line: str, *, bold: bool = False, large: bool = False) -> None:
    # In one call: the command for the size takes an earlier one for bold away.
    if large:
        printer.set(align="left", bold=bold, double_height=True, double_width=False)
    else:
        printer.set(align="left", bold=bold, normal_textsize=True)
    printer.text(f"{line}\n")


def _draw_qr(printer: Dummy, payload: str, form: TicketForm) -> None:
    if form.draws_qr:
        from escpos.constants import QR_ECLEVEL_M  # noqa: PLC0415 - see _dummy

        printer.set(align="center")
        printer.qr(payload, ec=QR_ECLEVEL_M, size=_QR_MODULE_DOTS, native=True)
        printer.text("\n")
    else:
        printer.image(_qr_picture(payload), impl="bitImageRaster", center=True)


def _qr_picture(payload: str) -> Image:
    import segno  # noqa: PLC0415 - not owed at start
    from PIL import Image  # noqa: PLC0415 - not owed at start

    # The quiet zone of four modules belongs to the code (ISO/IEC 18004).
    code = segno.make_qr(payload, error="m")
    rows = [list(row) for row in code.matrix_iter(scale=_QR_MODULE_DOTS, border=4)]
    picture = Image.new("1", (len(rows[0]), len(rows)), 1)
    picture.putdata([0 if dark else 1 for row in rows for dark in row])
    return picture


def _draw_logo(printer: Dummy, logo: bytes, form: TicketForm) -> None:
    """Draw a logo in black and white; one that cannot be read is left out, the receipt is not."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - not owed at start

    try:
        with Image.open(BytesIO(logo)) as opened:
            picture = opened.convert("RGBA")
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError):
        return
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    grey = paper.convert("L")
    grey.thumbnail((round(DOTS[form.width_mm] * _LOGO_SHARE), _MOST_LOGO_DOTS))
    printer.image(grey.convert("1"), impl="bitImageRaster", center=True)
