"""A customer's statement of account on A4: what was ordered and paid, and what is open how long.

The words are in the customer's language; amounts and days are written alike in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.documents.account_statement_words import words_in
from core.documents.blocks import (
    Column,
    draw_amount,
    draw_logo,
    draw_pair,
    draw_table,
    draw_texts,
    draw_thanks,
)
from core.documents.contents import ShopBlock
from core.documents.lettering import (
    ACCENT,
    BODY,
    BODY_BOLD,
    BODY_MUTED,
    BOLD,
    INK,
    PAPER_TINT,
    SMALL,
    Style,
)
from core.documents.phrases import phrases_in
from core.documents.sheet import A4, Cell, Sheet
from core.money import display, grouped

__all__ = ["AccountStatement", "StatementEntry", "StatementParts", "render_account_statement"]

_TITLE = Style(15, 20, ACCENT, BOLD)
_SHOP_NAME = Style(14, 20, INK, BOLD)
_CLOSING = Style(12, 18, INK, BOLD)
_SECTION = Style(9.5, 16, ACCENT, BOLD)


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One line: ``kind`` and ``method`` are said in the paper's words; amounts in minor units."""

    day: date
    kind: str
    reference: str
    debit_minor: int
    credit_minor: int
    method: str = ""


@dataclass(frozen=True, slots=True)
class StatementParts:
    """What is open by how long it is overdue; ``credit_minor`` is what the shop owes."""

    not_due_minor: int = 0
    to_30_days_minor: int = 0
    to_60_days_minor: int = 0
    to_90_days_minor: int = 0
    older_minor: int = 0
    credit_minor: int = 0

    def open_parts(self) -> tuple[int, ...]:
        """Return the open parts, the newest first."""
        return (
            self.not_due_minor,
            self.to_30_days_minor,
            self.to_60_days_minor,
            self.to_90_days_minor,
            self.older_minor,
        )


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """Everything the statement shows. Balances above zero are owed by the customer.

    Raises:
        ValueError: the entries do not lead from the opening to the closing balance, or the open
            parts are not the closing balance.

    """

    language: str
    shop: ShopBlock
    customer_name: str
    customer_phone: str
    customer_tin: str
    customer_address: str
    currency: str
    first_day: date
    last_day: date
    issued_on: date
    opening_minor: int
    entries: tuple[StatementEntry, ...]
    closing_minor: int
    parts: StatementParts
    promised_minor: int = 0

    def __post_init__(self) -> None:
        moved = sum(entry.debit_minor - entry.credit_minor for entry in self.entries)
        if self.opening_minor + moved != self.closing_minor:
            raise ValueError(
                f"opening {self.opening_minor} and entries {moved} are not {self.closing_minor}"
            )
        open_minor = sum(self.parts.open_parts()) - self.parts.credit_minor
        if open_minor != self.closing_minor:
            raise ValueError(f"the open parts {open_minor} are not {self.closing_minor}")


def render_account_statement(statement: AccountStatement) -> bytes:
    """Return the statement as a PDF; the same statement gives the same bytes."""
    words, phrases = words_in(statement.language), phrases_in(statement.language)
    covered = f"{_day(statement.first_day)} – {_day(statement.last_day)}"
    title = words["title"]
    sheet = Sheet(
        A4,
        title=f"{title} {statement.customer_name}",
        author=statement.shop.name,
        subject=covered,
        language=phrases.language,
        accent=statement.shop.accent_colour,
    )
    _draw_heading(sheet, statement, words)
    draw_pair(
        sheet,
        (words["customer"], _customer(statement, words)),
        (words["period"], [covered, f"{words['issued']} {_day(statement.issued_on)}"]),
    )
    _draw_entries(sheet, statement, words)
    _draw_closing(sheet, statement, words)
    _draw_parts(sheet, statement, words)
    draw_texts(sheet, (words["bank_details"], statement.shop.bank_details))
    draw_thanks(sheet, statement.shop.footer)
    footer = f"{title}  ·  {statement.customer_name}  ·  {covered}"
    return sheet.finish(footer=footer, page_words=phrases.page)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _draw_heading(sheet: Sheet, statement: AccountStatement, words: Mapping[str, str]) -> None:
    top, shop = sheet.y, statement.shop
    logo = shop.logo or shop.logo_path
    if logo:
        draw_logo(sheet, logo)
    logo_height = sheet.y - top
    sheet.y = top
    spacer = [("", Style(1, logo_height))] if logo_height else []
    lines = [(line, BODY_MUTED) for line in shop.contact_lines()]
    half = sheet.width / 2 - 12
    sheet.band(
        Cell(sheet.left, half, [*spacer, (shop.name, _SHOP_NAME), *lines]),
        Cell(sheet.right - half, half, [(words["title"], _TITLE)], "right"),
    )
    sheet.space(14)
    sheet.rule(colour=ACCENT, weight=1.2)
    sheet.space(14)


def _customer(statement: AccountStatement, words: Mapping[str, str]) -> list[str]:
    tin = f"{words['tin']} {statement.customer_tin}" if statement.customer_tin else ""
    address = statement.customer_address.splitlines()
    return [statement.customer_name, statement.customer_phone, *address, tin]


def _draw_entries(sheet: Sheet, statement: AccountStatement, words: Mapping[str, str]) -> None:
    currency = statement.currency
    columns = (
        Column(words["date"], width=58),
        Column(words["details"], width=-1),
        Column(words["debit"], "right"),
        Column(words["credit"], "right"),
        Column(f"{words['balance']} ({currency})", "right"),
    )
    balance_minor = statement.opening_minor
    opening = grouped(balance_minor, currency)
    rows: list[Sequence[str]] = [(_day(statement.first_day), words["opening"], "", "", opening)]
    for entry in statement.entries:
        balance_minor += entry.debit_minor - entry.credit_minor
        rows.append(
            (
                _day(entry.day),
                _what(entry, words, statement.language),
                grouped(entry.debit_minor, currency) if entry.debit_minor else "",
                grouped(entry.credit_minor, currency) if entry.credit_minor else "",
                grouped(balance_minor, currency),
            )
        )
    draw_table(sheet, columns, rows)
    sheet.space(10)


def _what(entry: StatementEntry, words: Mapping[str, str], language: str) -> str:
    method = phrases_in(language).method(entry.method) if entry.method else ""
    named = " ".join(filter(None, (words[entry.kind], entry.reference)))
    return " · ".join(filter(None, (named, method)))


def _draw_closing(sheet: Sheet, statement: AccountStatement, words: Mapping[str, str]) -> None:
    currency, closing_minor = statement.currency, statement.closing_minor
    x = sheet.left + sheet.width * 0.4
    sheet.need(80)
    sums = (
        (words["sum_debit"], sum(entry.debit_minor for entry in statement.entries)),
        (words["sum_credit"], sum(entry.credit_minor for entry in statement.entries)),
    )
    for label, amount_minor in sums:
        draw_amount(sheet, x, label, display(amount_minor, currency), BODY, BODY_MUTED)
        sheet.space(2)
    sheet.space(4)
    sheet.frame(x - 8, sheet.y, sheet.right - x + 16, 27, fill=PAPER_TINT)
    sheet.space(5)
    label = words["to_pay"] if closing_minor > 0 else words["closing"]
    if closing_minor < 0:
        label = words["our_debt"]
    shown = display(abs(closing_minor), currency)
    draw_amount(sheet, x, label, shown, _CLOSING, _CLOSING)
    sheet.space(8)
    if statement.promised_minor:
        amount = display(statement.promised_minor, currency)
        draw_amount(sheet, x, words["under_way"], amount, BODY, BODY_MUTED)
    sheet.space(14)


def _draw_parts(sheet: Sheet, statement: AccountStatement, words: Mapping[str, str]) -> None:
    parts = statement.parts
    if not any(parts.open_parts()):
        return
    currency = statement.currency
    labels = [
        words["not_due"],
        *(words["days"].replace("%1", days) for days in ("1–30", "31–60", "61–90", "> 90")),
    ]
    amounts = list(parts.open_parts())
    if parts.credit_minor:
        labels.append(words["credit_left"])
        amounts.append(-parts.credit_minor)
    sheet.need(70)
    sheet.band(Cell(sheet.left, sheet.width, [(words["ageing"], _SECTION)]))
    sheet.space(2)
    width = sheet.width / len(labels)
    cells = [
        Cell(
            sheet.left + place * width,
            width - 8,
            [(label, SMALL), (grouped(amount, currency), BODY_BOLD if amount else BODY_MUTED)],
            "right",
        )
        for place, (label, amount) in enumerate(zip(labels, amounts, strict=True))
    ]
    sheet.rule(colour=ACCENT, weight=0.8)
    sheet.band(*cells, before=5)
    sheet.space(5)
    sheet.rule()
    sheet.space(14)
