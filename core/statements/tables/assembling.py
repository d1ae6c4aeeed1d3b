"""Tables become statements: blocks, accounts, currencies, signs, opening and closing balances."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.errors import InvalidInputError
from core.statements.currencies import currency_of
from core.statements.profile import ColumnProfile, Role, SignRule
from core.statements.sources import unwatched
from core.statements.statement import Problem, Statement, StatementLine
from core.statements.tables.cells import Body
from core.statements.tables.columns import Layout
from core.statements.tables.columnwise import plain_rows
from core.statements.tables.columnwise_signs import (
    balances_of,
    gap_of,
    settle_plain,
    uneven_figures,
)
from core.statements.tables.context import Context, stated_currency
from core.statements.tables.conventions import Conventions, conventions_of
from core.statements.tables.entries import Entry, Reading, RowReader
from core.statements.tables.lines import line_of, minor, plain_lines
from core.statements.tables.preamble import Preamble, preamble_of
from core.statements.tables.sign_rules import Terms
from core.statements.tables.signs import Settled, settle
from core.statements.tables.text import Table
from core.statements.tables.totals import total_problems


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one account's signs were settled and what its running balance says."""

    rule: SignRule
    unsure: bool
    compared: int
    """How many balances could be compared with the one before."""
    breaks: tuple[int, ...]
    """Rows (as ``StatementLine.line``) whose balance does not follow."""
    fees_separate: bool


@dataclass(frozen=True, slots=True)
class Assembled:
    """The statements of one table, how it was read, and what a person should know about it."""

    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]
    conventions: Conventions
    verdicts: tuple[Verdict, ...]


def assemble(
    table: Table,
    layout: Layout,
    profile: ColumnProfile | None,
    currency: str,
    progress: Callable[[int, int], None] = unwatched,
) -> Assembled:
    """Return the statements in a table; ``currency`` is assumed where the file names none."""
    body = Body(table.rows, layout.first_row, may_hold_numbers=not table.delimiter)
    conventions = conventions_of(layout, table.rows, body, profile)
    reader = RowReader(layout, table.rows, body, conventions, progress, tidy=table.tidy)
    assembled = assemble_plainly(table, reader, profile, currency) or assemble_carefully(
        table, reader, profile, currency
    )
    return _with_overflow(assembled, layout, body) if table.delimiter else assembled


def _with_overflow(assembled: Assembled, layout: Layout, body: Body) -> Assembled:
    """Tell a row with more cells than the header: a delimiter inside it has moved its amounts."""
    row = body.first_beyond(len(layout.header)) if layout.header else None
    proved = all(each.compared and not each.breaks for each in assembled.verdicts)
    if row is None or (proved and assembled.verdicts):
        return assembled
    message = (
        f"Row {row + 1} has more cells than the header: an amount or text in it may have been cut"
        " in two. Check the amounts of such rows."
    )
    return replace(assembled, problems=(*assembled.problems, Problem(row + 1, message)))


def assemble_carefully(
    table: Table, reader: RowReader, profile: ColumnProfile | None, currency: str
) -> Assembled:
    """Return the statements in a table, read row by row."""
    layout, conventions = reader.layout, reader.conventions
    problems = [*_unproved(layout), *conventions.notes()]
    statements: list[Statement] = []
    verdicts: list[Verdict] = []
    for preamble, reading in _blocks(table, layout, reader, conventions.date_order):
        code = stated_currency(layout, preamble, profile)
        context = Context(preamble, reading, layout, profile, conventions.decimal_mark, currency)
        problems.extend(reading.problems)
        groups = _groups(reading.entries, code)
        for (account, stated), entries in groups.items():
            shared = context if len(groups) == 1 else context.without_balances()
            statement, verdict, found = _statement(entries, account, stated, shared)
            statements.append(statement)
            verdicts.append(verdict)
            problems.extend(found)
        made = statements[len(statements) - len(groups) :]
        problems.extend(total_problems(preamble, reading, conventions.decimal_mark, made))
        if not reading.entries:
            statements.append(_empty(context, code or currency))
    if not any(statement.lines for statement in statements):
        problems.append(Problem(None, "There is no transaction in this file."))
    return Assembled(tuple(statements), tuple(problems), conventions, tuple(verdicts))


def assemble_plainly(
    table: Table, reader: RowReader, profile: ColumnProfile | None, currency: str
) -> Assembled | None:
    """Return the one statement in a plain table, or None where it has to be read row by row."""
    layout, conventions = reader.layout, reader.conventions
    found = plain_rows(reader)
    if found is None:
        return None
    rows, reading = found
    preamble = preamble_of(table.rows[: layout.header_row or 0], date_order=conventions.date_order)
    context = Context(preamble, reading, layout, profile, conventions.decimal_mark, currency)
    own = rows.account or preamble.account
    settled = settle_plain(rows, context.terms(own))
    stated = rows.currency or stated_currency(layout, preamble, profile)
    if settled is None:
        return None
    uneven = uneven_figures(rows, settled, stated or currency)
    code, doubts = currency_of(uneven, stated, currency)
    if stated and uneven:
        return None
    first, last = reading.above, reading.below
    if settled.newest_first:
        first, last = last, first
    opening = _first_known(context.opening(), first)
    closing = _first_known(context.closing(), last)
    ends = balances_of(rows, settled)
    if ends is not None:
        opening, closing = _first_known(opening, ends[0]), _first_known(closing, ends[1])
    distinct = set(rows.days)
    statement = Statement(
        account=own,
        currency=code,
        lines=tuple(plain_lines(rows, settled, code)),
        opening_balance_minor=minor(opening, code),
        closing_balance_minor=minor(closing, code),
        period_start=preamble.start or min(distinct),
        period_end=preamble.end or max(distinct),
        fees_separate=settled.fees_separate,
    )
    problems = [*_unproved(layout), *conventions.notes(), *reading.problems]
    if settled.doubt:
        problems.append(Problem(None, settled.doubt))
    problems += [
        *doubts,
        *_gap_problems(gap_of(rows, settled, statement)),
        *total_problems(preamble, reading, conventions.decimal_mark, [statement]),
    ]
    verdict = Verdict(
        settled.rule, bool(settled.doubt), settled.compared, (), settled.fees_separate
    )
    return Assembled((statement,), tuple(problems), conventions, (verdict,))


def _unproved(layout: Layout) -> list[Problem]:
    """Tell a table whose columns were known by their cells, with no balance to prove them."""
    amount = layout.index(Role.AMOUNT)
    if layout.header_row is not None or layout.profile or layout.indices(Role.BALANCE):
        return []
    message = (
        f"The table has no header: column {(amount or 0) + 1} was read as the amount, + for money"
        " in. Check it, or map the columns."
    )
    return [Problem(None, message)]


def _blocks(
    table: Table, layout: Layout, reader: RowReader, order: str
) -> list[tuple[Preamble, Reading]]:
    """Split a table where its header comes again under another account or opening balance."""
    preamble = preamble_of(table.rows[: layout.header_row or 0], date_order=order)
    start = layout.first_row
    found: list[tuple[Preamble, Reading]] = []
    repeated = frozenset(reader.headers())
    since = start
    for header in sorted(repeated):
        above, since = reader.last_transaction(since, header), header + 1
        next_preamble = preamble_of(table.rows[above:header], date_order=order)
        if _begins_another(next_preamble, preamble):
            found.append((preamble, reader.read(start, above, repeated)))
            preamble, start = next_preamble, header + 1
    found.append((preamble, reader.read(start, len(table.rows), repeated)))
    return found


def _begins_another(found: Preamble, before: Preamble) -> bool:
    """Tell another statement from a page's header that repeats the first one's."""
    if found.account and found.account != before.account:
        return True
    return bool(found.opening_text) and found.opening_text != before.opening_text


def _groups(entries: Sequence[Entry], stated: str) -> dict[tuple[str, str], list[Entry]]:
    """Split by own account and currency: balances and sums are per account and currency."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    accounts = {entry.account for entry in entries}
    # an account in every row that is another in every row is the other party's
    use_account = 1 < len(accounts) <= 12 and "" not in accounts and len(accounts) < len(entries)
    currencies = {entry.currency for entry in entries} - {""}
    last = currencies.pop() if len(currencies) == 1 else stated
    for entry in entries:
        last = entry.currency or last
        account = entry.account if use_account or len(accounts) == 1 else ""
        groups.setdefault((account, last), []).append(entry)
    return groups


def _statement(
    entries: list[Entry], account: str, stated: str, context: Context
) -> tuple[Statement, Verdict, list[Problem]]:
    preamble = context.preamble
    opening, closing = context.opening(), context.closing()
    own = account or preamble.account
    settled, untrusted = _settled(entries, context.reading.undated, context.terms(own))
    opening, closing = _by_direction(context, settled, opening, closing)
    code, found = currency_of(_figures(settled), stated, context.assumed_currency)
    problems = [*untrusted, *settled.problems, *found]
    lines: list[StatementLine] = []
    for entry in settled.entries:
        try:
            lines.append(line_of(entry, code))
        except InvalidInputError as error:
            message = f"Row {entry.line}: {error.message} The row was not counted."
            problems.append(Problem(entry.line, message))
    opening, closing = _balances(settled, opening, closing)
    days = [line.date for line in lines]
    statement = Statement(
        account=own,
        currency=code,
        lines=tuple(lines),
        opening_balance_minor=minor(opening, code),
        closing_balance_minor=minor(closing, code),
        period_start=preamble.start or min(days, default=None),
        period_end=preamble.end or max(days, default=None),
        fees_separate=settled.fees_separate,
    )
    if not settled.chain.breaks:
        problems += _gap_problems(statement.balance_gap_minor())
    verdict = Verdict(
        settled.rule,
        settled.unsure,
        settled.chain.compared,
        settled.broken_lines,
        settled.fees_separate,
    )
    return statement, verdict, problems


def _gap_problems(gap_minor: int | None) -> list[Problem]:
    """Tell where opening balance and movements do not make the closing balance."""
    if not gap_minor:
        return []
    message = "Opening balance and movements do not add up to the closing balance."
    return [Problem(None, message)]


def _first_known(*balances: Decimal | None) -> Decimal | None:
    return next((balance for balance in balances if balance is not None), None)


def _figures(settled: Settled) -> Iterator[Decimal]:
    """Yield every amount that must fit the currency's smallest coin."""
    for entry in settled.entries:
        yield entry.effect
        yield entry.fee
        if entry.balance is not None:
            yield entry.balance


def _by_direction(
    context: Context, settled: Settled, opening: Decimal | None, closing: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """Use balances above and below the rows that do not say which of the two they are."""
    first, last = context.reading.above, context.reading.below
    if settled.chain.newest_first:
        first, last = last, first
    return (first if opening is None else opening), (last if closing is None else closing)


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


def _empty(context: Context, currency: str) -> Statement:
    return Statement(
        account=context.preamble.account,
        currency=currency,
        lines=(),
        opening_balance_minor=minor(context.opening(), currency),
        closing_balance_minor=minor(context.closing(), currency),
        period_start=context.preamble.start,
        period_end=context.preamble.end,
    )
