"""Statements as PDF, in the layouts that banks and networks in Rwanda print."""

from __future__ import annotations

import copy
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from core.clock import SHOP_ZONE
from core.statements.statement import Statement, StatementFile, StatementLine
from tests.core.statements.writers.pdf_layouts import (
    AIRTEL,
    BK_ACCOUNT,
    BK_BRANCH,
    BK_INTERNET,
    FRENCH,
    LAYOUTS,
    MPESA,
    MTN,
    Layout,
    amount_text,
)


@dataclass(frozen=True, slots=True)
class Look:
    """How the page looks, whatever the layout."""

    ruled: str = "grid"
    """"grid", "rows" (lines between the rows alone), "head" (a box around the header) or ""."""
    upright: str = "top"
    """Where a short cell stands in a high row: "top", "middle" or "bottom"."""
    landscape: bool = False
    turned: bool = False
    """The page is portrait and turned by its /Rotate entry."""
    embedded: bool = False
    size: float = 7.5
    padding: float = 2.5
    header_on_each_page: bool = True
    block_on_each_page: bool = True
    title: str = ""
    watermark: str = ""
    packed: bool = True
    numbered: bool = True
    """Each page says its number and how many there are."""
    encrypt: object = None
    extra: dict[str, str] = field(default_factory=dict)


_ACCOUNTS = {"mtn": "250788000111", "mpesa": "250788000111", "airtel": "250733000111"}


def write(
    file: StatementFile | Sequence[Statement],
    *,
    layout: Layout | str = BK_ACCOUNT,
    look: Look = Look(),
) -> bytes:
    """Return the statements as a PDF, one after the other, each on pages of its own."""
    statements = file.statements if isinstance(file, StatementFile) else tuple(file)
    chosen = LAYOUTS[layout] if isinstance(layout, str) else layout
    pages = 0
    for _ in range(1 + look.numbered):  # the second time the number of pages is known
        content, pages = _drawn(statements, chosen, look, pages)
    return content


def _drawn(
    statements: Sequence[Statement], layout: Layout, look: Look, pages: int
) -> tuple[bytes, int]:
    out = io.BytesIO()
    page = landscape(A4) if look.landscape else A4
    canvas = Canvas(out, pagesize=page, invariant=True, encrypt=copy.copy(look.encrypt))
    canvas.setPageCompression(look.packed)
    printer = _Printer(canvas, layout, look, pages)
    for statement in statements:
        printer.statement(statement)
    canvas.save()
    return out.getvalue(), printer.number


class _Printer:
    """Draws statements on a canvas, row by row."""

    def __init__(self, canvas: Canvas, layout: Layout, look: Look, pages: int) -> None:
        self.canvas, self.layout, self.look = canvas, layout, look
        width, height = A4
        if look.landscape:
            width, height = height, width
        self.width, self.height = width, height
        self.left, self.right = 28.0, width - 28.0
        self.font = "Helvetica"
        if look.embedded:
            self.font = "DejaVuSans"
            path = files("resources").joinpath("fonts/DejaVuSans.ttf")
            pdfmetrics.registerFont(TTFont(self.font, io.BytesIO(path.read_bytes())))
        self.edges = [self.left]
        for column in layout.columns:
            self.edges.append(self.edges[-1] + column.share * (self.right - self.left))
        self.y = 0.0
        self.number, self.pages = 0, pages

    def statement(self, statement: Statement) -> None:
        self.said = self._said(statement)
        self._begin(first=True)
        lines = statement.lines[::-1] if self.layout.newest_first else statement.lines
        if self.layout.period_rows:
            self._row(self._period("Balance at Period Start", statement.opening_balance_minor))
        for line in lines:
            self._row([column.cell(line, self.layout) for column in self.layout.columns])
        if self.layout.period_rows:
            self._row(self._period("Balance at Period End", statement.closing_balance_minor))
        self._end()

    def _said(self, statement: Statement) -> dict[str, str]:
        lines, layout, currency = statement.lines, self.layout, statement.currency
        ins = sum(max(line.amount_minor, 0) for line in lines)
        outs = -sum(min(line.amount_minor, 0) for line in lines)
        return {
            "account": statement.account,
            "currency": currency,
            "start": str(statement.period_start),
            "end": str(statement.period_end),
            "debits": amount_text(outs, layout, currency),
            "credits": amount_text(ins, layout, currency),
            "opening": amount_text(statement.opening_balance_minor or 0, layout, currency),
            "closing": amount_text(statement.closing_balance_minor or 0, layout, currency),
            **self.look.extra,
        }

    def _period(self, text: str, minor: int | None) -> list[str]:
        cells = [""] * len(self.layout.columns)
        cells[2] = text
        cells[-1] = amount_text(minor or 0, self.layout, self.said["currency"])
        return cells

    def _begin(self, *, first: bool) -> None:
        self.number += 1
        if self.look.turned:
            self.canvas.setPageRotation(90)
            self.canvas.translate(A4[0], 0)
            self.canvas.rotate(90)
        self.y = self.height - 30
        if self.look.watermark:
            self.canvas.saveState()
            self.canvas.translate(self.width / 2, self.height / 2)
            self.canvas.rotate(45)
            self.canvas.setFont("Helvetica", 40)
            self.canvas.setFillGray(0.9)
            self.canvas.drawCentredString(0, 0, self.look.watermark)
            self.canvas.restoreState()
        if first or self.look.block_on_each_page:
            title = self.look.title or "Account Statement"
            number = [f"Page {self.number} of {self.pages}"] if self.look.numbered else []
            for text in (title, *number, *self.layout.labels):
                self.canvas.setFont(self.font, self.look.size)
                self.canvas.drawString(self.left, self.y, text.format(**self.said))
                self.y -= self.look.size * 1.3
        if first or self.look.header_on_each_page:
            names = [column.name for column in self.layout.columns]
            self._draw(names, ruled=bool(self.look.ruled))

    def _end(self) -> None:
        if self.layout.footer:
            self.canvas.setFont(self.font, self.look.size)
            self.canvas.drawCentredString(self.width / 2, 22, self.layout.footer)
        self.canvas.showPage()

    def _row(self, cells: Sequence[str]) -> None:
        if self.y - self._height(cells) < 45:
            self._end()
            self._begin(first=False)
        self._draw(cells, ruled=self.look.ruled in ("grid", "rows"))

    def _height(self, cells: Sequence[str]) -> float:
        lines = max(len(part) for part in self._wrapped(cells))
        return lines * self.look.size * 1.15 + 2 * self.look.padding

    def _wrapped(self, cells: Sequence[str]) -> list[list[str]]:
        return [
            list(self._wrap(text, self.edges[i + 1] - self.edges[i] - 4)) or [""]
            for i, text in enumerate(cells)
        ]

    def _wrap(self, text: str, width: float) -> Iterator[str]:
        line = ""
        for word in text.split(" "):
            tried = f"{line} {word}" if line else word
            if self._long(tried) <= width:
                line = tried
                continue
            if line:
                yield line
            line = word
            while self._long(line) > width:
                cut = next(n for n in range(len(line), 0, -1) if self._long(line[:n]) <= width)
                yield line[:cut]
                line = line[cut:]
        if line:
            yield line

    def _long(self, text: str) -> float:
        return pdfmetrics.stringWidth(text, self.font, self.look.size)

    def _draw(self, cells: Sequence[str], *, ruled: bool) -> None:
        height, size = self._height(cells), self.look.size
        top = self.y
        self.canvas.setFont(self.font, size)
        for index, lines in enumerate(self._wrapped(cells)):
            spare = height - 2 * self.look.padding - len(lines) * size * 1.15
            drop = {"top": 0.0, "middle": spare / 2, "bottom": spare}[self.look.upright]
            y = top - self.look.padding - drop - size * 0.9
            for text in lines:
                if self.layout.columns[index].right:
                    self.canvas.drawRightString(self.edges[index + 1] - 2, y, text)
                else:
                    self.canvas.drawString(self.edges[index] + 2, y, text)
                y -= size * 1.15
        self.canvas.setLineWidth(0.5)
        if ruled and self.look.ruled == "rows":
            self.canvas.line(self.left, top - height, self.right, top - height)
        elif ruled:
            for start, end in zip(self.edges, self.edges[1:], strict=False):
                self.canvas.rect(start, top - height, end - start, height)
        self.y = top - height


def sample(
    layout: Layout | str = BK_ACCOUNT, *, count: int = 12, currency: str = "RWF"
) -> Statement:
    """Return an invented statement that a layout can say in full."""
    chosen = LAYOUTS[layout] if isinstance(layout, str) else layout
    timed = "%H" in chosen.date_format
    texts = (
        "Incoming Trsf frm local banks | KEZA TRADERS 00099887766 invoice 2026/17",
        "New App BK-BK Account Transfer : MUKAMANA Aline | Ubwishyu bw'inzu",
        "MTN MOBILE MONEY NEW MOBISERVE : kwishyura | 250788123456 payé à Rubavu",
        "ATM Cash Withdrawal | KIMIRONKO 09:44:14",
    )
    balance = 500_000
    lines: list[StatementLine] = []
    for number in range(1, count + 1):
        amount = (137 * number) % 9000 * 10 + 1000
        amount = -amount if number % 3 == 0 else amount
        balance += amount
        day = dt.date(2026, 1, 1) + dt.timedelta(days=number // 3)
        moment = dt.datetime(day.year, day.month, day.day, 8, number % 60, 5, tzinfo=SHOP_ZONE)
        lines.append(
            StatementLine(
                line=number,
                date=day,
                amount_minor=amount,
                currency=currency,
                balance_minor=balance,
                reference=f"FT26{number:05}ABCD",
                transaction_id=f"23{number:06}",
                description=texts[number % 4],
                counterparty="JEAN UWASE",
                counterparty_account=f"2507881234{number % 100:02}",
                time=moment.astimezone(dt.UTC) if timed else None,
            )
        )
    return Statement(
        account=_ACCOUNTS.get(chosen.name, "00040-0123456-78"),
        currency=currency,
        lines=tuple(lines),
        opening_balance_minor=500_000,
        closing_balance_minor=balance,
        period_start=lines[0].date,
        period_end=lines[-1].date,
    )


def sample_files() -> list[bytes]:
    """Return small files that differ in what readers stumble over."""
    plain = Look(ruled="")
    return [
        write([sample(BK_ACCOUNT)]),
        write([sample(BK_ACCOUNT, count=90)], look=plain),
        write([sample(BK_BRANCH)], layout=BK_BRANCH, look=Look(upright="middle", packed=False)),
        write([sample(BK_INTERNET)], layout=BK_INTERNET, look=replace(plain, embedded=True)),
        write([sample(MTN)], layout=MTN, look=Look(landscape=True, size=7, packed=False)),
        write([sample(MTN)], layout=MTN, look=Look(landscape=True, turned=True, size=7)),
        write([sample(AIRTEL)], layout=AIRTEL, look=Look(ruled="rows", landscape=True)),
        write([sample(MPESA)], layout=MPESA, look=Look(ruled="head", watermark="COPY")),
        write(
            [sample(FRENCH, count=40)],
            layout=FRENCH,
            look=Look(ruled="", header_on_each_page=False),
        ),
    ]
