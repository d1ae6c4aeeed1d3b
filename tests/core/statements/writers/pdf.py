"""Statements as PDF, in the layouts that banks and networks in Rwanda print."""

from __future__ import annotations

import copy
import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from core.clock import SHOP_ZONE
from core.money import exponent
from core.statements.statement import Statement, StatementFile, StatementLine

Cells = Callable[[StatementLine, "Layout"], str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its printed name, its width as a share, how it is aligned and filled."""

    name: str
    share: float
    cell: Cells
    right: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How a bank prints: columns, header lines, dates and amounts."""

    name: str
    columns: tuple[Column, ...]
    date_format: str = "%Y-%m-%d"
    decimals: bool = False
    labels: tuple[str, ...] = ()
    period_rows: bool = False
    newest_first: bool = False
    footer: str = ""


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
    encrypt: object = None
    extra: dict[str, str] = field(default_factory=dict)


def _amount(minor: int, layout: Layout, currency: str) -> str:
    places = exponent(currency)
    whole, rest = divmod(abs(minor), 10**places)
    text = f"{whole:,}"
    if places:
        text += f".{rest:0{places}}"
    elif layout.decimals:
        text += ".00"
    return f"-{text}" if minor < 0 else text


def _day(line: StatementLine, layout: Layout) -> str:
    if line.time is not None and "%H" in layout.date_format:
        return line.time.astimezone(SHOP_ZONE).strftime(layout.date_format)
    return line.date.strftime(layout.date_format)


def _value_day(line: StatementLine, layout: Layout) -> str:
    return (line.value_date or line.date).strftime(layout.date_format)


def _credit(line: StatementLine, layout: Layout) -> str:
    return _amount(line.amount_minor, layout, line.currency) if line.amount_minor > 0 else ""


def _debit(line: StatementLine, layout: Layout) -> str:
    return _amount(-line.amount_minor, layout, line.currency) if line.amount_minor < 0 else ""


def _signed(line: StatementLine, layout: Layout) -> str:
    return _amount(line.amount_minor, layout, line.currency)


def _balance(line: StatementLine, layout: Layout) -> str:
    minor = line.balance_minor
    return "" if minor is None else _amount(minor, layout, line.currency)


def _text(line: StatementLine, _layout: Layout) -> str:
    return line.description


def _reference(line: StatementLine, _layout: Layout) -> str:
    return line.reference


def _nothing(_line: StatementLine, _layout: Layout) -> str:
    return ""


BK_ACCOUNT = Layout(
    "bk_account",
    (
        Column("Book Date", 0.1, _day),
        Column("Value Date", 0.1, _value_day),
        Column("Reference", 0.15, _reference),
        Column("Narration", 0.29, _text),
        Column("Debit", 0.11, _debit, right=True),
        Column("Credit", 0.11, _credit, right=True),
        Column("Balance", 0.14, _balance, right=True),
    ),
    labels=(
        "Customer Name : UMUCYO SHOP LTD",
        "Phone Number : 250788123456",
        "Address : KG 7 AVE KIGALI",
        "Email : shop@example.rw",
        "Period : {start} To {end}",
        "Account No: {account}",
        "Account Name : UMUCYO SHOP LTD",
        "Account Type : CURRENT ACCOUNT",
        "IBAN : RW00 0400 0000 1234",
        "Currency : {currency}",
        "Issued on : 2026-02-01 08:15:00",
        "Total Debits : {debits}",
        "Total Credits : {credits}",
        "Open Balance : {opening}",
        "Closing Balance : {closing}",
    ),
    footer="www.bk.rw (+250) 252 593 100",
)
BK_BRANCH = Layout(
    "bk_branch",
    (
        Column("Book Date", 0.09, _day),
        Column("Reference", 0.14, _reference),
        Column("Description", 0.11, lambda _l, _: "Movement"),
        Column("Narration", 0.23, _text),
        Column("Value Date", 0.09, _value_day),
        Column("Debit", 0.11, _debit, right=True),
        Column("Credit", 0.11, _credit, right=True),
        Column("Closing Balance", 0.12, _balance, right=True),
    ),
    date_format="%d %b %y",
    labels=(
        "Account Number : {account}",
        "Account Name : UMUCYO SHOP LTD",
        "Currency : {currency}",
    ),
    period_rows=True,
)
BK_INTERNET = Layout(
    "bk_internet",
    (
        Column("Date", 0.11, _day),
        Column("Narration", 0.37, _text),
        Column("Ref Number", 0.16, _reference),
        Column("Money In", 0.11, _credit, right=True),
        Column("Money Out", 0.11, _debit, right=True),
        Column("Balance", 0.14, _balance, right=True),
    ),
    date_format="%d/%m/%Y",
    labels=(
        "AccountNumber : {account}",
        "Currency : {currency}",
        "Opening Balance {opening}",
        "Closing Balance {closing}",
    ),
    newest_first=True,
)


def _from(line: StatementLine, _layout: Layout) -> str:
    number = line.counterparty_account if line.amount_minor > 0 else "250788000111"
    return f"FRI:{number}/MSISDN"


def _to(line: StatementLine, _layout: Layout) -> str:
    number = "250788000111" if line.amount_minor > 0 else line.counterparty_account
    return f"FRI:{number}/MSISDN"


def _from_name(line: StatementLine, _layout: Layout) -> str:
    return line.counterparty if line.amount_minor > 0 else "UMUCYO SHOP"


def _to_name(line: StatementLine, _layout: Layout) -> str:
    return "UMUCYO SHOP" if line.amount_minor > 0 else line.counterparty


MTN = Layout(
    "mtn",
    (
        Column("Id", 0.08, lambda line, _: line.transaction_id),
        Column("Date", 0.08, _day),
        Column("Status", 0.08, lambda line, _: line.status or "Successful"),
        Column("Type", 0.07, _text),
        Column("From", 0.13, _from),
        Column("From Name", 0.1, _from_name),
        Column("To", 0.13, _to),
        Column("To Name", 0.1, _to_name),
        Column("Amount", 0.08, _signed, right=True),
        Column("Fee", 0.05, lambda line, lay: _amount(line.fee_minor, lay, line.currency), True),
        Column("Balance", 0.1, _balance, right=True),
    ),
    date_format="%Y-%m-%d %H:%M:%S",
    labels=("Account number : {account}", "Currency : {currency}"),
)
AIRTEL = Layout(
    "airtel",
    (
        Column("transfer_date", 0.11, _day),
        Column("transfer_id", 0.17, lambda line, _: line.transaction_id),
        Column("entry_type", 0.08, lambda line, _: "CR" if line.amount_minor > 0 else "DR"),
        Column("service_type", 0.12, _text),
        Column("account_id", 0.12, lambda _l, _: "250733000111"),
        Column("second_party_account_id", 0.17, lambda line, _: line.counterparty_account),
        Column(
            "transfer_value", 0.12, lambda line, lay: _credit(line, lay) or _debit(line, lay), True
        ),
        Column("post_balance", 0.11, _balance, right=True),
    ),
    date_format="%d/%m/%Y",
)
MPESA = Layout(
    "mpesa",
    (
        Column("Receipt No.", 0.12, lambda line, _: line.transaction_id),
        Column("Completion Time", 0.14, _day),
        Column("Details", 0.27, _text),
        Column("Transaction Status", 0.12, lambda line, _: line.status or "Completed"),
        Column("Paid In", 0.11, _credit, right=True),
        Column(
            "Withdrawn", 0.11, lambda line, lay: f"-{d}" if (d := _debit(line, lay)) else "", True
        ),
        Column("Balance", 0.13, _balance, right=True),
    ),
    date_format="%Y-%m-%d %H:%M:%S",
    decimals=True,
    newest_first=True,
    labels=("Customer Name: UMUCYO SHOP", "Mobile Number: {account}", "Currency : {currency}"),
)
FRENCH = Layout(
    "french",
    (
        Column("Date opération", 0.12, _day),
        Column("Libellé", 0.4, _text),
        Column("Référence", 0.14, _reference),
        Column("Débit", 0.11, _debit, right=True),
        Column("Crédit", 0.11, _credit, right=True),
        Column("Solde", 0.12, _balance, right=True),
    ),
    date_format="%d/%m/%Y",
    labels=(
        "Numéro de compte : {account}",
        "Devise : {currency}",
        "Solde initial : {opening}",
        "Solde final : {closing}",
    ),
)
LAYOUTS = {
    layout.name: layout
    for layout in (BK_ACCOUNT, BK_BRANCH, BK_INTERNET, MTN, AIRTEL, MPESA, FRENCH)
}

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
    for _ in range(2):  # the second time the number of pages is known
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
            "debits": _amount(outs, layout, currency),
            "credits": _amount(ins, layout, currency),
            "opening": _amount(statement.opening_balance_minor or 0, layout, currency),
            "closing": _amount(statement.closing_balance_minor or 0, layout, currency),
            **self.look.extra,
        }

    def _period(self, text: str, minor: int | None) -> list[str]:
        cells = [""] * len(self.layout.columns)
        cells[2] = text
        cells[-1] = _amount(minor or 0, self.layout, self.said["currency"])
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
            for text in (title, f"Page {self.number} of {self.pages}", *self.layout.labels):
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
