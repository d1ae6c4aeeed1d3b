"""Rows of a table as entries: what each cell says, before signs and balances are settled."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from core.statements.amounts import MachineNumber, currency_named, exact, written_amount
from core.statements.dates import WrittenDate, serial_date, written_clock, written_date
from core.statements.profile import Role, plain
from core.statements.statement import Problem
from core.statements.tables.cells import BLANK_AMOUNTS, NO_NUMBER, Body
from core.statements.tables.columns import Layout, Row, header_name
from core.statements.tables.conventions import MONEY, Conventions
from core.statements.tables.words import (
    BALANCE_AT,
    CLOSING,
    NOT_DONE,
    OPENING,
    TOTAL,
    hints_at_balance,
    indicator_of,
)

_TOLD_EVERY = 1000
SHOWN_PROBLEMS = 5
"""So many rows are named for one reason; the rest are counted."""


@dataclass(slots=True)
class Entry:
    """One transaction row while it is being understood; amounts in major units as written."""

    line: int
    day: date
    value_day: date | None = None
    moment: datetime | None = None
    amount: Decimal | None = None
    credit: Decimal | None = None
    debit: Decimal | None = None
    mark: str = ""
    plus: bool = False
    fee: Decimal = Decimal(0)
    balance: Decimal | None = None
    currency: str = ""
    account: str = ""
    reference: str = ""
    transaction_id: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    status: str = ""
    payer: tuple[str, str] = ("", "")
    payee: tuple[str, str] = ("", "")
    texts: list[str] = field(default_factory=list)
    effect: Decimal = Decimal(0)

    @property
    def size(self) -> Decimal:
        """The written amount, whichever column it stands in."""
        return self.amount or self.credit or self.debit or Decimal(0)


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """A row that says what the rows above it add up to."""

    line: int
    credit: Decimal | None
    debit: Decimal | None


@dataclass(slots=True)
class Reading:
    """The entries of a table and what was seen beside them.

    ``above`` and ``below`` are balances of a day ("Solde au 30/09") before and after the rows:
    which of them is the opening depends on whether the newest row comes first.
    """

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    opening: Decimal | None = None
    closing: Decimal | None = None
    above: Decimal | None = None
    below: Decimal | None = None
    totals: list[StatedTotal] = field(default_factory=list)
    undated: list[tuple[int, Entry]] = field(default_factory=list)


class RowReader:
    """Reads the rows of one table under a layout and the table's number and date habits."""

    def __init__(
        self,
        layout: Layout,
        rows: Sequence[Row],
        body: Body,
        conventions: Conventions,
        progress: Callable[[int, int], None],
        *,
        tidy: bool = False,
    ) -> None:
        self.layout = layout
        self.rows = rows
        self.body = body
        self.tidy = tidy
        self.conventions = conventions
        self.reading = Reading()
        self._progress = progress
        self._order = conventions.date_order
        self._mark = conventions.decimal_mark
        self._zone = conventions.zone
        self._columns = {role: layout.indices(role) for role in Role}
        self._header = tuple(header_name(cell) for cell in layout.header)
        self._reasons: dict[str, list[int]] = {}

    def read(self, start: int, end: int, repeated: Container[int] = ()) -> Reading:
        """Return the entries of rows ``start`` to ``end`` (indices), without repeated headers."""
        self.reading = Reading()
        for index in range(start, end):
            row = self.rows[index]
            if index % _TOLD_EVERY == 0:
                self._progress(index, len(self.rows))
            if index not in repeated and any(cell and not cell.isspace() for cell in row):
                self._row(row, index + 1)
        self.tell_reasons()
        return self.reading

    def headers(self) -> list[int]:
        """Return the indices of rows that repeat the header, as printed pages and blocks do."""
        if not self._header:
            return []
        start = self.layout.first_row
        return [i for i in range(start, len(self.rows)) if self.is_header(self.rows[i])]

    def last_transaction(self, start: int, end: int) -> int:
        """Return the index after the last dated row of ``start`` to ``end``, or ``start``."""
        for index in range(end - 1, start - 1, -1):
            if self._date(self.rows[index]) and any(
                self._cell(self.rows[index], role) for role in MONEY[:3]
            ):
                return index + 1
        return start

    def _row(self, row: Row, line: int) -> None:
        dated = self._date(row)
        figures = {role: self._figure(row, role, line) for role in MONEY}
        moved = any(figures[role] for role in (Role.AMOUNT, Role.CREDIT, Role.DEBIT))
        if self._is_balance_row(row, line, figures, moved=moved, dated=dated is not None):
            return
        if dated is None:
            self._undated_row(row, line, figures, moved=moved)
            return
        if all(figures[role] is None for role in MONEY[:3]):
            self._tell_no_amount(row, line)
            return
        if not moved and not self._cell(row, Role.DATE):
            return
        status = self._cell(row, Role.STATUS)
        if status and NOT_DONE.search(plain(status)):
            self.skip(line, f"status “{status}”, not counted as money")
            return
        self.reading.entries.append(self._entry(row, line, dated, figures))

    def _tell_no_amount(self, row: Row, line: int) -> None:
        for text in (self._cell(row, role) for role in MONEY[:3]):
            if text.casefold() in NO_NUMBER:
                self.skip(line, f"“{text}” is not an amount, so the row was not counted")
                return

    def _entry(
        self, row: Row, line: int, dated: WrittenDate, figures: dict[Role, Decimal | None]
    ) -> Entry:
        value = self.parsed(self._cell(row, Role.VALUE_DATE))
        amount_text = self._text_of_amount(row)
        written = written_amount(amount_text)
        indicator = indicator_of(self._cell(row, Role.INDICATOR))
        currency = currency_cell(self._cell(row, Role.CURRENCY))
        return Entry(
            line=line,
            day=dated.day,
            value_day=value.day if value else None,
            moment=self._moment(row, dated),
            amount=figures[Role.AMOUNT],
            credit=figures[Role.CREDIT],
            debit=figures[Role.DEBIT],
            mark=indicator or (written.mark if written else ""),
            plus=written.plus if written else False,
            fee=abs(figures[Role.FEE] or Decimal(0)),
            balance=self._balance(row, figures),
            currency=currency or (written.currency if written else ""),
            account=self._cell(row, Role.ACCOUNT).strip("\"'"),
            reference=self._first(row, Role.REFERENCE),
            transaction_id=self._cell(row, Role.TRANSACTION_ID),
            counterparty=self._cell(row, Role.COUNTERPARTY),
            counterparty_account=self._cell(row, Role.COUNTERPARTY_ACCOUNT),
            status=self._cell(row, Role.STATUS),
            payer=(self._cell(row, Role.FROM_ACCOUNT), self._cell(row, Role.FROM_NAME)),
            payee=(self._cell(row, Role.TO_ACCOUNT), self._cell(row, Role.TO_NAME)),
            texts=self._texts(row),
        )

    def _balance(self, row: Row, figures: dict[Role, Decimal | None]) -> Decimal | None:
        balance = figures[Role.BALANCE]
        if balance is None:
            return None
        written = written_amount(self._cell(row, Role.BALANCE))
        return -abs(balance) if written and written.mark == "D" else balance

    def _undated_row(
        self, row: Row, line: int, figures: dict[Role, Decimal | None], *, moved: bool
    ) -> None:
        """A row without a date continues the one above, is a total, or cannot be trusted."""
        entries = self.reading.entries
        date_text = self._cell(row, Role.DATE)
        if moved and NOT_DONE.search(plain(date_text)):
            self.skip(line, f"status “{date_text}”, not counted as money")
        elif moved and date_text and written_amount(date_text) is None:
            self.skip(line, f"“{date_text[:30]}” is not a date, so the row was not counted")
        elif moved and entries and not date_text:
            shadow = self._entry(row, line, WrittenDate(entries[-1].day), figures)
            self.reading.undated.append((len(entries), shadow))
        elif moved:
            self.skip(line, "an amount without a date was not counted")
        elif entries:
            entries[-1].texts.extend(
                text for text in self._texts(row) if text not in entries[-1].texts
            )

    def _is_balance_row(
        self, row: Row, line: int, figures: dict[Role, Decimal | None], *, moved: bool, dated: bool
    ) -> bool:
        if not hints_at_balance(" ".join(row)):
            return False
        texts = [plain(cell) for cell in row if cell and any(c.isalpha() for c in cell)]
        opening = any(OPENING.match(text) for text in texts)
        closing = not opening and any(CLOSING.match(text) for text in texts)
        said = [text for text in texts if not currency_named(text)]
        at_a_day = len(said) == 1 and not closing and BALANCE_AT.fullmatch(said[0]) is not None
        if not opening and not closing and not at_a_day:
            total = (not dated or not moved) and any(TOTAL.search(text) for text in texts)
            if total and (figures[Role.CREDIT] or figures[Role.DEBIT]):
                self._totalled(line, figures)
            return total
        if moved and dated and figures[Role.BALANCE] is not None:
            amount = next(f for role in MONEY[:3] if (f := figures[role]))
            if abs(amount) != abs(figures[Role.BALANCE] or Decimal(0)):
                return False
        value = self._stated_balance(row, figures)
        if at_a_day and moved and dated:
            self.skip(line, f"“{said[0]}” was read as a balance, not as money")
        if opening and self.reading.opening is None:
            self.reading.opening = value
        elif closing:
            self.reading.closing = value
        elif at_a_day and not self.reading.entries:
            self.reading.above = value
        elif at_a_day:
            self.reading.below = value
        return True

    def _stated_balance(self, row: Row, figures: dict[Role, Decimal | None]) -> Decimal | None:
        value = self._balance(row, figures)
        if value is not None:
            return value
        found = [f for role in MONEY[:3] if (f := figures[role])]
        found = found or [f for cell in reversed(row) if (f := self._value(cell)) is not None]
        value = found[0] if found else None
        if figures[Role.DEBIT] and value == figures[Role.DEBIT] and value is not None:
            value = -abs(value)
        return value

    def _totalled(self, line: int, figures: dict[Role, Decimal | None]) -> None:
        self.reading.totals.append(StatedTotal(line, figures[Role.CREDIT], figures[Role.DEBIT]))

    def is_header(self, row: Row) -> bool:
        """Tell whether a row repeats the header."""
        first = next((cell for cell in row if cell and not cell.isspace()), "")
        if not first or first[0].isdigit() or header_name(first) not in self._header:
            return False
        named = sum(header_name(cell) in self._header for cell in row if cell.strip())
        return named >= 3 and self._date(row) is None

    def _figure(self, row: Row, role: Role, line: int) -> Decimal | None:
        text = self._cell(row, role)
        if not text or text.casefold() in BLANK_AMOUNTS:
            return None
        value = self._value(text)
        if value is None and role in (Role.AMOUNT, Role.CREDIT, Role.DEBIT):
            self.skip(line, f"“{text[:30]}” is not an amount, so the row was not counted")
        return value

    def _value(self, text: str) -> Decimal | None:
        written = written_amount(text if isinstance(text, MachineNumber) else text.strip())
        if written is None and (parts := re.split(r"\s*(?:<br ?/?>|\n)\s*", text.strip()))[1:]:
            return self._total_of(parts)
        return exact(written, self._mark) if written else None

    def _total_of(self, parts: Sequence[str]) -> Decimal | None:
        """Return the first of several amounts in one cell when the others add up to it."""
        values = [self._value(part) for part in parts]
        known = [value for value in values if value is not None]
        return known[0] if len(known) == len(values) and known[0] == sum(known[1:]) else None

    def _text_of_amount(self, row: Row) -> str:
        for role in (Role.AMOUNT, Role.CREDIT, Role.DEBIT):
            text = self._cell(row, role)
            if text and self._value(text):
                return text
        return ""

    def _date(self, row: Row) -> WrittenDate | None:
        for role in (Role.DATE, Role.TRADE_DATE, Role.VALUE_DATE):
            for index in self._columns[role]:
                text = row[index].strip() if index < len(row) else ""
                found = self.parsed(row[index]) if text else None
                if found:
                    return found
                if text and role == Role.DATE:
                    return None
        return None

    def parsed(self, text: str) -> WrittenDate | None:
        """Return the date in a cell, in the table's order of day and month."""
        return written_date(text, self._order) or serial_date(text)

    def _moment(self, row: Row, dated: WrittenDate) -> datetime | None:
        text = self._cell(row, Role.TIME)
        if text:
            if found := written_clock(text):
                return WrittenDate(dated.day, *found).moment(self._zone)
            other = self.parsed(text)
            if other and other.clock and other.day == dated.day:
                return other.moment(self._zone)
        if dated.clock and dated.clock != time():
            return dated.moment(self._zone)
        return None

    def _texts(self, row: Row) -> list[str]:
        texts: list[str] = []
        for index in self._columns[Role.DESCRIPTION]:
            text = " ".join(row[index].split()) if index < len(row) else ""
            if text and text not in texts:
                texts.append(text)
        return texts

    def _first(self, row: Row, role: Role) -> str:
        for index in self._columns[role]:
            if index < len(row) and row[index].strip():
                return row[index].strip()
        return ""

    def _cell(self, row: Row, role: Role) -> str:
        found = self._columns[role]
        if not found or found[0] >= len(row):
            return ""
        cell = row[found[0]]
        stripped = cell.strip()
        return cell if stripped == cell else stripped

    def skip(self, line: int, reason: str) -> None:
        """Note that a row was left out and why."""
        self._reasons.setdefault(reason, []).append(line)

    def tell_reasons(self) -> None:
        """Put what was left out into the reading's problems, a few rows by name."""
        reasons, self._reasons = self._reasons, {}
        for reason, lines in reasons.items():
            shown = lines[:SHOWN_PROBLEMS]
            self.reading.problems.extend(Problem(line, f"Row {line}: {reason}.") for line in shown)
            if len(lines) > len(shown):
                more = len(lines) - len(shown)
                self.reading.problems.append(Problem(None, f"{more} more rows: {reason}."))


def currency_cell(text: str) -> str:
    """Return the ISO code in a currency cell; any three letters count as one."""
    word = text.strip().upper()
    return currency_named(text) or (word if re.fullmatch(r"[A-Z]{3}", word) else "")
