"""Pictures from outside: read carefully, and made small enough for paper."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_SIDE_PIXELS = 800
"""A logo is printed at most 53 mm wide; finer than this no printer shows it."""


def read_picture(content: bytes) -> Image:
    """Return a PNG or JPEG picture, no larger than paper needs.

    Raises:
        OSError: the content is no picture that can be read.

    """
    from PIL import Image  # noqa: PLC0415 - not owed at start

    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as image:
            image.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
            return image.convert("RGBA")
    except (SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise OSError(f"this is no picture that can be read: {error}") from error


def small_picture(content: bytes) -> bytes:
    """Return a picture as a small PNG that :func:`read_picture` takes as it is.

    Raises:
        OSError: the content is no picture that can be read.

    """
    kept = BytesIO()
    read_picture(content).save(kept, "PNG", optimize=True)
    return kept.getvalue()
