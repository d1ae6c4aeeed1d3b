"""The paper every document is drawn on: text that wraps, flows over pages and is never cut.

Places are measured in points from the top left corner. What is drawn is first kept as a list of
operations per page, so that a footer can say "Page 1 of 3" and a receipt can be as long as its
content. Reportlab is imported when the first document is drawn, not when the program starts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.documents.lettering import (
    ACCENT,
    HAIRLINE,
    SMALL,
    Colour,
    Style,
    fonts,
    text_width,
    wrap,
)
from core.documents.phrases import ENGLISH
from core.documents.pictures import image_reader, qr_squares
from core.documents.text import plain

if TYPE_CHECKING:
    from reportlab.graphics.shapes import Drawing
    from reportlab.pdfgen.canvas import Canvas

MM = 72 / 25.4

Align = Literal["left", "right", "center"]
Operation = Callable[["Canvas", float], None]


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of text: where it stands and its lines, each with its style."""

    x: float
    width: float
    lines: Sequence[tuple[str, Style]]
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Paper:
    """The size of a page and its empty edges, in points; ``endless`` fits the page to its text."""

    width: float
    height: float
    side: float
    top: float
    bottom: float
    endless: bool = False


A4 = Paper(width=210 * MM, height=297 * MM, side=20 * MM, top=18 * MM, bottom=22 * MM)
A4_LANDSCAPE = Paper(width=297 * MM, height=210 * MM, side=18 * MM, top=16 * MM, bottom=20 * MM)


@dataclass(frozen=True, slots=True)
class Band:
    """Cells side by side with their text in lines, before they stand anywhere."""

    columns: list[tuple[Cell, list[tuple[str, Style]]]]

    @property
    def height(self) -> float:
        """The points that the longest cell takes."""
        return max(sum(style.leading for _, style in lines) for _, lines in self.columns)


class Sheet:
    """Pages that fill from the top; ``y`` is where the next thing goes, ``page`` on which page."""

    def __init__(
        self,
        paper: Paper,
        *,
        title: str,
        author: str,
        subject: str,
        language: str = "en",
        accent: str = "",
    ) -> None:
        """Begin a document; ``accent`` is a colour "#rrggbb" in the place of :data:`ACCENT`."""
        self.paper = paper
        self.left = paper.side
        self.right = paper.width - paper.side
        self.width = self.right - self.left
        self.page = 0
        self.y = paper.top
        self.head: Callable[[], None] | None = None
        self._metadata = (plain(title), plain(author), plain(subject))
        self._language = language
        self._accent = _colour(accent) if accent else ACCENT
        self._pages: list[list[Operation]] = [[]]
        self._starts = [paper.top]

    @property
    def room(self) -> float:
        """The points left above the bottom edge of this page."""
        return self.paper.height - self.paper.bottom - self.y

    def need(self, height: float) -> None:
        """Go on to the next page unless this one has room for ``height`` points."""
        fresh = self.paper.height - self.paper.bottom - self.paper.top
        if self.room < min(height, fresh):
            self.turn()

    def space(self, height: float) -> None:
        """Leave ``height`` points empty."""
        self.y += height

    def band(self, *cells: Cell, before: float = 0.0, keep: bool = True) -> None:
        """Draw cells side by side, ``before`` points below ``y``, and go below the longest.

        A band stays on one page if it can (``keep``); a longer one flows on, line by line.
        """
        self.place(self.laid(*cells), before=before, keep=keep)

    def laid(self, *cells: Cell) -> Band:
        """Return cells wrapped, to be measured and then placed."""
        return Band([(cell, _wrapped(cell)) for cell in cells])

    def place(self, band: Band, *, before: float = 0.0, keep: bool = True) -> None:
        """Draw a band as :meth:`band` does."""
        if keep:
            self.need(before + band.height)
        self.y += before
        ends = [self._flow(cell, lines) for cell, lines in band.columns]
        self.page, self.y = max(ends)

    def holds(self, height: float, reserve: float = 0.0) -> bool:
        """Tell whether ``height`` points fit above a reserve, or would not fit on any page."""
        fresh = self.paper.height - self.paper.bottom - self.paper.top
        return self.room >= height + reserve or height > fresh

    def turn(self) -> None:
        """Go on to the next page."""
        self.page, self.y = self._next_page(self.page)

    def _flow(self, cell: Cell, lines: list[tuple[str, Style]]) -> tuple[int, float]:
        page, y = self.page, self.y
        bottom = self.paper.height - self.paper.bottom
        for line, style in lines:
            if y + style.leading > bottom + 0.01:
                page, y = self._next_page(page)
            self._draw_line(page, y, cell, line, style)
            y += style.leading
        return page, y

    def _draw_line(self, page: int, y: float, cell: Cell, line: str, style: Style) -> None:
        baseline = y + style.size * 0.93
        colour = self._accent if style.colour is ACCENT else style.colour
        x = cell.x
        if cell.align == "right":
            x += cell.width - text_width(line, style)
        elif cell.align == "center":
            x += (cell.width - text_width(line, style)) / 2

        def draw(canvas: Canvas, height: float) -> None:
            canvas.setFillColorRGB(*colour)
            canvas.setFont(style.font, style.size)
            canvas.drawString(x, height - baseline, line)

        self._pages[page].append(draw)

    def rule(self, *, colour: Colour = HAIRLINE, weight: float = 0.6) -> None:
        """Draw a line across the page at ``y``."""
        y = self.y
        drawn = self._accent if colour is ACCENT else colour

        def draw(canvas: Canvas, height: float) -> None:
            canvas.setStrokeColorRGB(*drawn)
            canvas.setLineWidth(weight)
            canvas.line(self.left, height - y, self.right, height - y)

        self._pages[self.page].append(draw)

    def frame(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        stroke: Colour | None = None,
        fill: Colour | None = None,
        radius: float = 3,
    ) -> None:
        """Draw a rounded rectangle on this page."""

        def draw(canvas: Canvas, page_height: float) -> None:
            if stroke:
                canvas.setStrokeColorRGB(*stroke)
            if fill:
                canvas.setFillColorRGB(*fill)
            canvas.setLineWidth(1.4)
            bottom = page_height - y - height
            canvas.roundRect(
                x, bottom, width, height, radius, stroke=int(bool(stroke)), fill=int(bool(fill))
            )

        self._pages[self.page].append(draw)

    def image(
        self, picture: bytes | Path, *, max_width: float, max_height: float, align: Align = "left"
    ) -> None:
        """Draw a picture, or a file's, at ``y`` as large as fits, and go below it.

        Raises:
            OSError: the file is missing or no picture that can be read.

        """
        read = image_reader(picture if isinstance(picture, bytes) else picture.read_bytes())
        pixels_x, pixels_y = read.getSize()
        scale = min(min(max_width, self.width) / pixels_x, max_height / pixels_y)
        width, height, y = pixels_x * scale, pixels_y * scale, self.y
        room = {"left": 0.0, "center": (self.width - width) / 2, "right": self.width - width}
        x = self.left + room[align]

        def draw(canvas: Canvas, page_height: float) -> None:
            canvas.drawImage(read, x, page_height - y - height, width, height, mask="auto")

        self._pages[self.page].append(draw)
        self.y += height

    def drawings(self, drawings: Sequence[Drawing], *, gap: float) -> None:
        """Draw reportlab's own drawings side by side on one page, and go below the tallest."""
        from reportlab.graphics import renderPDF  # noqa: PLC0415 - see the module

        tallest = max(drawing.height for drawing in drawings)
        self.need(tallest)
        y = self.y

        def draw(canvas: Canvas, page_height: float) -> None:
            x = self.left
            for drawing in drawings:
                renderPDF.draw(drawing, canvas, x, page_height - y - drawing.height)
                x += drawing.width + gap

        self._pages[self.page].append(draw)
        self.y += tallest

    def qr(self, payload: str, x: float, y: float, size: float) -> None:
        """Draw a QR code (ISO/IEC 18004, error correction M) of plain text on this page.

        One path of horizontal runs stays sharp at any zoom and shows no seams between modules.
        """
        squares, modules = qr_squares(payload)
        step = size / modules

        def draw(canvas: Canvas, height: float) -> None:
            canvas.saveState()
            canvas.setFillColorRGB(0, 0, 0)
            # On a grid of modules every number is short, in the file and for whoever formats it.
            canvas.transform(step, 0, 0, step, x, height - y - size)
            canvas.addLiteral(squares)
            canvas.restoreState()

        self._pages[self.page].append(draw)

    def finish(self, *, footer: str = "", page_words: str = ENGLISH.page) -> bytes:
        """Return the PDF. The same content gives the same bytes, today and tomorrow.

        ``footer`` stands below every page beside ``page_words``, "Page {page} of {pages}".
        """
        from reportlab import rl_config  # noqa: PLC0415 - see below
        from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 - 90 ms not owed at start

        # Text that mail programs of the last century let through is a fifth longer, and slower.
        rl_config.useA85 = 0
        fonts()
        height = self.paper.height
        if self.paper.endless and len(self._pages) == 1:
            height = self.y + self.paper.bottom
        if footer:
            self._add_footer(footer, page_words)
        buffer = BytesIO()
        canvas = Canvas(
            buffer, pagesize=(self.paper.width, height), invariant=1, pageCompression=1,
            lang=self._language,
        )  # fmt: skip
        title, author, subject = self._metadata
        canvas.setTitle(title)
        canvas.setAuthor(author)
        canvas.setSubject(subject)
        canvas.setCreator("Sanduku")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        for operations in self._pages:
            for operation in operations:
                operation(canvas, height)
            canvas.showPage()
        canvas.save()
        return buffer.getvalue()

    def _add_footer(self, footer: str, page_words: str) -> None:
        y = self.paper.height - self.paper.bottom + 18
        # It repeats what the page says, so it need not be whole where it would leave the paper.
        lines = wrap(footer, SMALL, self.width - 90)[:2]
        for page in range(len(self._pages)):
            count = page_words.format(page=page + 1, pages=len(self._pages))
            left, right = Cell(self.left, self.width, ()), Cell(self.left, self.width, (), "right")
            self._draw_line(page, y, right, count, SMALL)
            for place, line in enumerate(lines):
                self._draw_line(page, y + place * SMALL.leading, left, line, SMALL)

    def _next_page(self, page: int) -> tuple[int, float]:
        """Return the following page and where it starts, with the table's head drawn on it."""
        following = page + 1
        if following == len(self._pages):
            self._pages.append([])
            self._starts.append(self.paper.top)
            if self.head:
                head, here = self.head, (self.page, self.y)
                self.head, self.page, self.y = None, following, self.paper.top
                head()
                self._starts[following] = self.y
                self.head, (self.page, self.y) = head, here
        return following, self._starts[following]


def _colour(code: str) -> Colour:
    """Return "#rrggbb" as three shares of one."""
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _wrapped(cell: Cell) -> list[tuple[str, Style]]:
    return [(line, style) for text, style in cell.lines for line in wrap(text, style, cell.width)]
