"""Tables become statements: blocks, accounts, currencies, signs, opening and closing balances."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from core.errors import InvalidInputError
from core.money import exponent, from_major
from core.statements.amounts import currency_inside
from core.statements.currencies import currency_of
from core.statements.profile import ColumnProfile, Role, SignRule, plain
from core.statements.statement import Problem, Statement, StatementLine
from core.statements.tables.columns import Layout
from core.statements.tables.entries import Entry, Reading, RowReader
from core.statements.tables.preamble import Preamble, preamble_of
from core.statements.tables.signs import Settled, Terms, settle
from core.statements.tables.text import Table


@dataclass(frozen=True, slots=True)
class Assembled:
    """The statements of one table and what a person should know about it."""

    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]


def assemble(
    table: Table, layout: Layout, profile: ColumnProfile | None, currency: str
) -> Assembled:
    """Return the statements in a table; ``currency`` is assumed where the file names none."""
    reader = RowReader(layout, table.rows, profile)
    problems = list(reader.notes)
    statements: list[Statement] = []
    for preamble, reading in _blocks(table, layout, reader):
        code = _stated_currency(layout, preamble, profile)
        context = _Context(preamble, reading, layout, profile, reader.decimal_mark, currency)
        problems.extend(reading.problems)
        groups = _groups(reading.entries, code)
        for (account, stated), entries in groups.items():
            shared = context if len(groups) == 1 else context.without_balances()
            statement, found = _statement(entries, account, stated, shared)
            statements.append(statement)
            problems.extend(found)
        if not reading.entries:
            statements.append(_empty(context, code or currency))
    if not any(statement.lines for statement in statements):
        problems.append(Problem(None, "There is no transaction in this file."))
    return Assembled(tuple(statements), tuple(problems))


def _blocks(table: Table, layout: Layout, reader: RowReader) -> list[tuple[Preamble, Reading]]:
    """Split a table where its header comes again under another account's name."""
    order = reader.date_order
    preamble = preamble_of(table.rows[: layout.header_row or 0], date_order=order)
    start = layout.first_row
    found: list[tuple[Preamble, Reading]] = []
    for header in reader.headers():
        above = reader.last_transaction(header)
        next_preamble = preamble_of(table.rows[above:header], date_order=order)
        if next_preamble.account and next_preamble.account != preamble.account:
            found.append((preamble, reader.read(start, above)))
            preamble, start = next_preamble, header + 1
    found.append((preamble, reader.read(start, len(table.rows))))
    return found


def _groups(entries: Sequence[Entry], stated: str) -> dict[tuple[str, str], list[Entry]]:
    """Split by own account and currency: balances and sums are per account and currency."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    accounts = {entry.account for entry in entries}
    use_account = 1 < len(accounts) <= 12
    currencies = {entry.currency for entry in entries} - {""}
    last = currencies.pop() if len(currencies) == 1 else stated
    for entry in entries:
        last = entry.currency or last
        account = entry.account if use_account or len(accounts) == 1 else ""
        groups.setdefault((account, last), []).append(entry)
    return groups


@dataclass(frozen=True, slots=True)
class _Context:
    """What is known about a block of rows besides its entries."""

    preamble: Preamble
    reading: Reading
    layout: Layout
    profile: ColumnProfile | None
    decimal_mark: str
    assumed_currency: str

    def opening(self) -> Decimal | None:
        """Return the stated opening balance: a row of the table, or above it."""
        stated = self.reading.opening
        return self.preamble.opening(self.decimal_mark) if stated is None else stated

    def closing(self) -> Decimal | None:
        """Return the stated closing balance: a row of the table, or above it."""
        stated = self.reading.closing
        return self.preamble.closing(self.decimal_mark) if stated is None else stated

    def without_balances(self) -> _Context:
        """Return the context for one of several accounts: the stated balances are of none."""
        return replace(self, preamble=Preamble(), reading=Reading())


def _statement(
    entries: list[Entry], account: str, stated: str, context: _Context
) -> tuple[Statement, list[Problem]]:
    preamble, profile = context.preamble, context.profile
    opening, closing = context.opening(), context.closing()
    own = account or preamble.account
    settled, untrusted = _settled(
        entries,
        context.reading.undated,
        Terms(
            rule=profile.sign_rule if profile else SignRule.AUTO,
            own_account=own,
            opening=opening,
            card=_is_card(context.layout),
            net=_is_net(context.layout),
        ),
    )
    amounts = (entry.effect for entry in settled.entries)
    code, found = currency_of(amounts, stated, context.assumed_currency)
    problems = [*untrusted, *settled.problems, *found]
    lines: list[StatementLine] = []
    for entry in settled.entries:
        try:
            lines.append(_line(entry, code))
        except InvalidInputError as error:
            message = f"Row {entry.line}: {error.message} The row was not counted."
            problems.append(Problem(entry.line, message))
    opening, closing = _balances(settled, opening, closing)
    days = [line.date for line in lines]
    statement = Statement(
        account=own,
        currency=code,
        lines=tuple(lines),
        opening_balance_minor=_minor(opening, code),
        closing_balance_minor=_minor(closing, code),
        period_start=preamble.start or min(days, default=None),
        period_end=preamble.end or max(days, default=None),
        fees_separate=settled.fees_separate,
    )
    gap = statement.balance_gap_minor()
    if gap and not settled.chain.breaks:
        problems.append(
            Problem(None, "Opening balance and movements do not add up to the closing balance.")
        )
    return statement, problems


def _settled(
    entries: list[Entry],
    undated: Sequence[tuple[int, Entry]],
    terms: Terms,
) -> tuple[Settled, list[Problem]]:
    """Settle the signs; rows without a date count only where the running balance includes them.

    Some banks print a day's date once. Others put sub-totals or the parts of a batch there,
    and those would count money twice.
    """
    plain_run = settle(entries, terms)
    if not undated:
        return plain_run, []
    merged = list(entries)
    for place, entry in reversed(undated):
        merged.insert(place, entry)
    full_run = settle(merged, terms)
    if full_run.chain.holds and len(full_run.chain.breaks) < len(plain_run.chain.breaks):
        return full_run, []
    lines = [entry.line for _, entry in undated]
    more = f" and {len(lines) - 1} more rows" if len(lines) > 1 else ""
    message = f"Row {lines[0]}{more}: an amount without a date was not counted."
    return plain_run, [Problem(lines[0], message)]


def _balances(
    settled: Settled, opening: Decimal | None, closing: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """Stated balances count; where none is stated the running balance gives them, if it holds."""
    entries = settled.entries[::-1] if settled.chain.newest_first else settled.entries
    with_balance = [index for index, entry in enumerate(entries) if entry.balance is not None]
    if not with_balance or (settled.chain.compared and not settled.chain.holds):
        return opening, closing
    effects = [e.effect - (e.fee if settled.fees_separate else 0) for e in entries]
    first, last = with_balance[0], with_balance[-1]
    if opening is None and (balance := entries[first].balance) is not None:
        opening = balance - sum(effects[: first + 1])
    if closing is None and (balance := entries[last].balance) is not None:
        closing = balance + sum(effects[last + 1 :])
    return opening, closing


def _line(entry: Entry, currency: str) -> StatementLine:
    fee = from_major(_coined(entry.fee, currency), currency)
    party, party_account = entry.counterparty, entry.counterparty_account
    if any(entry.payer) or any(entry.payee):
        other = entry.payer if entry.effect > 0 else entry.payee
        party_account = party_account or _subscriber(other[0])
        party = party or other[1]
    balance = None
    if entry.balance is not None:
        balance = _minor(entry.balance, currency)
    return StatementLine(
        line=entry.line,
        date=entry.day,
        amount_minor=from_major(_coined(entry.effect, currency), currency),
        currency=currency,
        value_date=entry.value_day,
        fee_minor=fee,
        balance_minor=balance,
        reference=entry.reference,
        transaction_id=entry.transaction_id,
        description=" ".join(entry.texts),
        counterparty=" ".join(party.split()),
        counterparty_account=party_account,
        status=entry.status,
        time=entry.moment,
    )


def _subscriber(account: str) -> str:
    """Return the number in a wallet address such as FRI:250788000111/MSISDN."""
    match = re.fullmatch(r"(?:FRI:|ID:)?([^/@]+)(?:/\w+)?(?:@.*)?", account.strip(), re.IGNORECASE)
    return match[1] if match else account


def _coined(amount: Decimal, currency: str) -> Decimal:
    """Drop binary noise far below the smallest coin; anything larger stays and is refused."""
    try:
        rounded = round(amount, exponent(currency))
    except InvalidOperation:
        return amount
    return rounded if abs(rounded - amount) < Decimal("0.0001") else amount


def _minor(amount: Decimal | None, currency: str) -> int | None:
    if amount is None:
        return None
    try:
        return from_major(_coined(amount, currency), currency)
    except InvalidInputError:
        return None


def _stated_currency(layout: Layout, preamble: Preamble, profile: ColumnProfile | None) -> str:
    if profile and profile.currency:
        return profile.currency
    money = (Role.BALANCE, Role.AMOUNT, Role.CREDIT, Role.DEBIT)
    headers = [layout.header[i] for r in money for i in layout.indices(r) if i < len(layout.header)]
    for header in headers:
        if code := currency_inside(header):
            return code
    return preamble.currency


def _is_card(layout: Layout) -> bool:
    """Tell a cardholder's statement, where a plain amount is a charge, from a till's card sales."""
    names = " ".join(plain(cell) for cell in layout.header)
    words = set(names.split())
    card = words & {"card", "karte", "kartennummer", "carta", "carte", "tarjeta", "kaart"}
    till = words & {
        "terminal",
        "tid",
        "mid",
        "rrn",
        "auth",
        "authorization",
        "acquirer",
        "settlement",
    }
    return bool(card) and not till and not layout.indices(Role.BALANCE)


def _is_net(layout: Layout) -> bool:
    index = layout.index(Role.AMOUNT)
    name = plain(layout.header[index]) if index is not None and layout.header else ""
    return bool({"net", "netto"} & set(name.split()))


def _empty(context: _Context, currency: str) -> Statement:
    return Statement(
        account=context.preamble.account,
        currency=currency,
        lines=(),
        opening_balance_minor=_minor(context.opening(), currency),
        closing_balance_minor=_minor(context.closing(), currency),
        period_start=context.preamble.start,
        period_end=context.preamble.end,
    )
