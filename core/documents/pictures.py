"""What is drawn and not written: logos, read carefully and made small, and QR codes."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from core.documents.text import plain

if TYPE_CHECKING:
    from PIL.Image import Image
    from reportlab.lib.utils import ImageReader

MAX_SIDE_PIXELS = 640
"""A logo is printed at most 53 mm wide: 300 dots an inch, finer than a shop's printer shows."""


def read_picture(content: bytes) -> Image:
    """Return a PNG or JPEG picture, no larger than paper needs, on paper's white.

    Raises:
        OSError: the content is no picture that can be read.

    """
    from PIL import Image  # noqa: PLC0415 - not owed at start

    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as image:
            image.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
            picture = image.convert("RGBA")
    except (SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise OSError(f"this is no picture that can be read: {error}") from error
    on_paper = Image.new("RGB", picture.size, "white")
    on_paper.paste(picture, mask=picture)
    return on_paper


def small_picture(content: bytes) -> bytes:
    """Return a picture as a small PNG that :func:`read_picture` takes as it is.

    Raises:
        OSError: the content is no picture that can be read.

    """
    kept = BytesIO()
    read_picture(content).save(kept, "PNG", optimize=True)
    return kept.getvalue()


@lru_cache(maxsize=4)
def image_reader(content: bytes) -> ImageReader:
    """Return a picture for a page, read once: the logo is on every paper.

    Raises:
        OSError: the content is no picture that can be read.

    """
    from reportlab.lib.utils import ImageReader  # noqa: PLC0415 - not owed at start

    return ImageReader(read_picture(content))


def qr_squares(payload: str) -> tuple[str, int]:
    """Return the dark modules as one PDF path on a grid, and the number of modules per side."""
    import segno  # noqa: PLC0415 - not owed at start

    matrix = segno.make_qr(plain(payload), error="m").matrix
    modules = len(matrix)
    squares: list[str] = []
    for row, cells in enumerate(matrix, start=1):
        start = 0
        for column, dark in enumerate([*cells, 0]):
            if not dark:
                if column > start:
                    squares.append(f"{start} {modules - row} {column - start} 1 re")
                start = column + 1
    return " ".join([*squares, "f"]), modules
