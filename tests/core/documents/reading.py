"""Reads a PDF back, as a customer's viewer would."""

from io import BytesIO

import pypdfium2 as pdfium
from PIL.Image import Image


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page with every run of white space as one space."""
    with pdfium.PdfDocument(BytesIO(pdf)) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def squeezed(pdf: bytes) -> str:
    """Return all text without any white space, for text that was wrapped."""
    return "".join("".join(pages(pdf)).split())


def outside(pdf: bytes, margin: float) -> list[tuple[str, tuple[float, ...]]]:
    """Return the characters that stand nearer than ``margin`` points to the page's edge."""
    found = []
    with pdfium.PdfDocument(BytesIO(pdf)) as document:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            for index in range(text.count_chars()):
                left, bottom, right, top = text.get_charbox(index)
                inside = left >= margin and bottom >= margin
                inside = inside and right <= width - margin and top <= height - margin
                if right > left and not inside:
                    found.append((text.get_text_range(index, 1), (left, bottom, right, top)))
    return found


def overlapping(pdf: bytes) -> list[tuple[str, str]]:
    """Return pairs of characters that are drawn over each other."""
    pairs = []
    with pdfium.PdfDocument(BytesIO(pdf)) as document:
        for page in document:
            text = page.get_textpage()
            boxes = [
                (text.get_text_range(index, 1), text.get_charbox(index))
                for index in range(text.count_chars())
            ]
            drawn = sorted((b for b in boxes if b[1][2] > b[1][0]), key=lambda box: box[1][0])
            for at, (first, a) in enumerate(drawn):
                for second, b in drawn[at + 1 :]:
                    if b[0] >= a[2] - 1:
                        break
                    if min(a[3], b[3]) - max(a[1], b[1]) > 1:
                        pairs.append((first, second))
    return pairs


def picture(pdf: bytes, scale: float = 4) -> Image:
    """Return the first page as a grey picture of ``scale`` pixels per point."""
    with pdfium.PdfDocument(BytesIO(pdf)) as document:
        return document[0].render(scale=scale).to_pil().convert("L")


def frame_of(pdf: bytes, height: float) -> tuple[float, ...]:
    """Return left, bottom, right and top of the first page's only shape so many points high."""
    with pdfium.PdfDocument(BytesIO(pdf)) as document:
        bounds = [shape.get_bounds() for shape in document[0].get_objects()]
    (found,) = [box for box in bounds if abs(box[3] - box[1] - height) < 2]
    return found


def metadata(pdf: bytes) -> dict[str, str]:
    with pdfium.PdfDocument(BytesIO(pdf)) as document:
        return document.get_metadata_dict()


def sizes_mm(pdf: bytes) -> list[tuple[int, int]]:
    with pdfium.PdfDocument(BytesIO(pdf)) as document:
        return [(round(w * 25.4 / 72), round(h * 25.4 / 72)) for w, h in map(_size, document)]


def _size(page: pdfium.PdfPage) -> tuple[float, float]:
    return page.get_size()
