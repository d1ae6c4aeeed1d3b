"""Messages become statements: order, doubles, and what the balances say of amounts and fees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise, product

from core.clock import SHOP_ZONE
from core.errors import InvalidInputError
from core.money import MAX_MINOR, from_major
from core.statements.checking import balance_problems
from core.statements.dates import order_of, written_date
from core.statements.sms.messages import Message
from core.statements.sms.sentences import Outcome, Sentence, understood
from core.statements.sources import Source
from core.statements.statement import Problem, Statement, StatementLine

MTN, AIRTEL = "MTN MoMo SMS", "Airtel Money SMS"
SHOWN_PROBLEMS = 20
MAX_UNSURE = 4
"""So many unsure messages between two balances are tried in every combination."""
_SHOWN_DIGITS = 40
_MOMENT = re.compile(
    r"(?<![\w./-])"
    r"(?P<date>\d{4}-\d{2}-\d{2}|\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2}(?!\d)))"
    r"(?:(?:\s+|T|,\s*)(?:(?:at|saa|à)\s+)?(?P<clock>\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AP]M)?))?",
    re.IGNORECASE,
)
_AIRTEL_NUMBER = re.compile(r"[A-Z]{2}(\d{2})(\d{2})(\d{2})\.(\d{2})(\d{2})\.\w+")
"""Airtel Money's transaction numbers begin with their day and minute: PP260116.1030.A12345."""
_AIRTEL_MARK = re.compile(r"\bairtel|\bTID\b|\b[A-Z]{2}\d{6}\.\d{4}\.", re.IGNORECASE)
_PERSON = re.compile(r"\+?\d{9,13}")


@dataclass(frozen=True, slots=True)
class Payment:
    """A message that moved money, with the time it did."""

    message: Message
    sentence: Sentence
    network: str
    day: date
    moment: datetime | None

    def key(self) -> str:
        """Return what two copies have in common; a reversal may bear the number of its payment."""
        if number := self.sentence.transaction_id:
            return f"{number} {self.sentence.amount}"
        return " ".join(self.message.text.split())


class Assembly:
    """Sorts the messages of one file into payments and problems."""

    def __init__(self, source: Source, messages: Sequence[Message], date_order: str) -> None:
        self._source = source
        self._messages = messages
        decided = order_of([_days(messages)])
        self.order_unsure = decided.guessed and not date_order
        self._order = date_order or decided.order
        self._problems: dict[str, list[Problem]] = {}
        self._payments: list[Payment] = []

    def network(self) -> str:
        """Return the network that most payments are of."""
        of_airtel = sum(payment.network == AIRTEL for payment in self._payments)
        return AIRTEL if of_airtel * 2 > len(self._payments) else MTN

    def statements(self) -> tuple[list[Statement], list[Problem]]:
        """Return the statements and everything that was left out."""
        ignored = 0
        seen: dict[tuple[str, str], int] = {}
        for at, message in enumerate(self._messages):
            if at % 1000 == 0:
                self._source.progress(at, len(self._messages))
            sentence = understood(message.text)
            if message.sent or sentence.outcome == Outcome.OTHER:
                ignored += 1
            elif payment := self._payment(message, sentence):
                first = seen.setdefault((payment.network, payment.key()), message.number)
                if first == message.number:
                    self._payments.append(payment)
                else:
                    self._tell(message, f"it repeats message {first} and was counted once")
        problems = [problem for found in self._problems.values() for problem in _capped(found)]
        if ignored:
            what = "1 message" if ignored == 1 else f"{ignored} messages"
            problems.append(Problem(None, f"Left out: {what} without an amount."))
        if self.order_unsure:
            problems.append(
                Problem(
                    None,
                    "The dates can be read day first or month first; they were read day first.",
                )
            )
        statements: list[Statement] = []
        for payments in self._groups():
            statement, found = _statement(payments)
            statements.append(statement)
            problems += found
        if not statements:
            problems.append(Problem(None, "There is no transaction in this file."))
            statements.append(Statement("", "RWF", ()))
        return statements, problems

    def _payment(self, message: Message, sentence: Sentence) -> Payment | None:
        """Return a message as a payment; what is none, and has an amount, is told."""
        if sentence.outcome == Outcome.FAILED:
            self._tell(message, "it failed or is not done yet, and was not counted as money")
        elif sentence.outcome == Outcome.UNCLEAR:
            self._tell(message, "it names an amount and was not understood, so it was not counted")
        elif _PERSON.fullmatch(re.sub(r"[ -]", "", message.sender)):
            self._tell(
                message, f"a person ({message.sender}) sent it, not the network: not counted"
            )
        elif (when := self._when(message, sentence)) is None:
            self._tell(message, "it has no date, so it was not counted")
        else:
            airtel = _AIRTEL_MARK.search(f"{message.sender} {message.text}")
            return Payment(message, sentence, AIRTEL if airtel else MTN, *when)
        return None

    def _when(self, message: Message, sentence: Sentence) -> tuple[date, datetime | None] | None:
        """Return day and moment: as the network wrote them, else as the phone received it."""
        found = _MOMENT.search(message.text)
        written = f"{found['date']} {found['clock'] or ''}" if found else ""
        for text in (written, message.written_at):
            if text and (parsed := written_date(text, self._order)):
                return parsed.day, parsed.moment()
        if match := _AIRTEL_NUMBER.fullmatch(sentence.transaction_id):
            year, month, day, hour, minute = map(int, match.groups())
            parsed = written_date(f"{2000 + year}-{month}-{day} {hour:02}:{minute:02}", "ymd")
            if parsed:
                return parsed.day, parsed.moment()
        if message.received:
            return message.received.astimezone(SHOP_ZONE).date(), message.received
        return None

    def _groups(self) -> list[list[Payment]]:
        """Return the payments by network and currency, each oldest first."""
        groups: dict[tuple[str, str], list[Payment]] = {}
        for payment in self._payments:
            key = (payment.network, payment.sentence.currency)
            groups.setdefault(key, []).append(payment)
        return [_oldest_first(group) for group in groups.values()]

    def _tell(self, message: Message, reason: str) -> None:
        sentence = f"Message {message.number}: {reason}: “{_shown(message)}”"
        kind = re.sub(r"\d+", "", reason)
        self._problems.setdefault(kind, []).append(Problem(message.number, sentence))


def _shown(message: Message) -> str:
    return message.text[:70] + ("…" if len(message.text) > 70 else "")


def _oldest_first(payments: list[Payment]) -> list[Payment]:
    """Order by moment; within one second the order of the file counts, whichever way it runs."""
    start = datetime.min.replace(tzinfo=UTC)
    whens = [(payment.day, payment.moment or start) for payment in payments]
    falling = sum(after < before for before, after in pairwise(whens))
    rising = sum(after > before for before, after in pairwise(whens))
    ordered = payments[::-1] if falling > rising else payments
    return sorted(ordered, key=lambda payment: (payment.day, payment.moment or start))


def _statement(payments: Sequence[Payment]) -> tuple[Statement, list[Problem]]:
    """Return the statement under which most balances follow: fees beside amounts, or in them."""
    runs = [_run(payments, separate=separate) for separate in (True, False)]
    statement, problems = min(runs, key=lambda run: len(balance_problems([run[0]])))
    breaks = balance_problems([statement])
    balanced = sum(line.balance_minor is not None for line in statement.lines)
    if len(breaks) * 10 <= balanced:
        statement = _with_balances(statement)
    elif breaks:
        problems.append(
            Problem(None, "Messages are missing: most balances do not follow from the one before.")
        )
    return statement, [*problems, *_capped(breaks)]


def _run(payments: Sequence[Payment], *, separate: bool) -> tuple[Statement, list[Problem]]:
    currency = payments[0].sentence.currency
    sure, unsure = _settled(payments, separate=separate)
    lines: list[StatementLine] = []
    problems = [
        Problem(
            payment.message.number,
            f"Message {payment.message.number}: the balances do not show that it moved the"
            f" wallet's money, so it was not counted: “{_shown(payment.message)}”",
        )
        for payment in unsure
    ]
    for payment in sure:
        try:
            lines.append(_line(payment, currency))
        except InvalidInputError as error:
            number = payment.message.number
            problems.append(
                Problem(number, f"Message {number}: {error.message} It was not counted.")
            )
    accounts = {payment.sentence.own_account for payment in sure} - {""}
    statement = Statement(
        account=accounts.pop() if len(accounts) == 1 else "",
        currency=currency,
        lines=tuple(lines),
        period_start=min((line.date for line in lines), default=None),
        period_end=max((line.date for line in lines), default=None),
        fees_separate=separate and any(line.fee_minor for line in lines),
    )
    return statement, problems


def _settled(payments: Sequence[Payment], *, separate: bool) -> tuple[list[Payment], list[Payment]]:
    """Part what moved the wallet's money from what the balances around it do not show to have."""
    kept: list[Payment] = []
    left: list[Payment] = []
    balance: Decimal | None = None
    since: list[Payment] = []
    for payment in payments:
        since.append(payment)
        stated = payment.sentence.balance
        if stated is None:
            continue
        counted = _counted(since, balance, stated, separate=separate)
        for one in since:
            (kept if one in counted or not _is_unsure(one) else left).append(one)
        balance, since = stated, []
    kept += [payment for payment in since if not _is_unsure(payment)]
    left += [payment for payment in since if _is_unsure(payment)]
    return kept, left


def _counted(
    between: Sequence[Payment], before: Decimal | None, after: Decimal, *, separate: bool
) -> list[Payment]:
    """Return the unsure ones that, and only that, lead from one stated balance to the next."""
    unsure = [payment for payment in between if _is_unsure(payment)]
    if before is None or not 1 <= len(unsure) <= MAX_UNSURE:
        return []
    moved = sum(
        payment.sentence.amount - (payment.sentence.fee if separate else 0)
        for payment in between
        if not _is_unsure(payment)
    )
    found = [
        [payment for payment, taken in zip(unsure, choice, strict=True) if taken]
        for choice in product((True, False), repeat=len(unsure))
        if after == before + moved + _sum_of(unsure, choice)
    ]
    return found[0] if len(found) == 1 else []


def _sum_of(payments: Sequence[Payment], choice: Sequence[bool]) -> Decimal:
    taken = (p.sentence.amount for p, chosen in zip(payments, choice, strict=True) if chosen)
    return sum(taken, Decimal(0))


def _is_unsure(payment: Payment) -> bool:
    return payment.sentence.outcome == Outcome.UNSURE


def _line(payment: Payment, currency: str) -> StatementLine:
    """Return the movement of a payment.

    Raises:
        InvalidInputError: a figure is finer than the currency's coin, or beyond any wallet.

    """
    sentence, balance = payment.sentence, payment.sentence.balance
    return StatementLine(
        line=payment.message.number,
        date=payment.day,
        amount_minor=_minor(sentence.amount, currency),
        currency=currency,
        fee_minor=_minor(sentence.fee, currency),
        balance_minor=None if balance is None else _minor(balance, currency),
        reference=sentence.external_id,
        transaction_id=sentence.transaction_id,
        description=" ".join(payment.message.text.split()),
        counterparty=sentence.counterparty,
        counterparty_account=sentence.counterparty_account,
        time=payment.moment,
    )


def _minor(amount: Decimal, currency: str) -> int:
    amount_minor = from_major(amount, currency)
    if abs(amount_minor) > MAX_MINOR:
        shown = f"{amount:f}"[:_SHOWN_DIGITS]
        raise InvalidInputError(f"“{shown}” is more than any wallet holds.", field="amount")
    return amount_minor


def _with_balances(statement: Statement) -> Statement:
    """Reckon back from the first balance and forth from the last; none beyond any wallet."""
    lines = statement.lines
    known = [at for at, line in enumerate(lines) if line.balance_minor is not None]
    if not known:
        return statement
    effects = [
        line.amount_minor - (line.fee_minor if statement.fees_separate else 0) for line in lines
    ]
    first, last = known[0], known[-1]
    opening = (lines[first].balance_minor or 0) - sum(effects[: first + 1])
    closing = (lines[last].balance_minor or 0) + sum(effects[last + 1 :])
    if max(abs(opening), abs(closing)) > MAX_MINOR:
        return statement
    return replace(statement, opening_balance_minor=opening, closing_balance_minor=closing)


def _capped(problems: Sequence[Problem]) -> Iterable[Problem]:
    yield from problems[:SHOWN_PROBLEMS]
    if len(problems) > SHOWN_PROBLEMS:
        yield Problem(None, f"{len(problems) - SHOWN_PROBLEMS} more messages: the same.")


def _days(messages: Sequence[Message]) -> list[str]:
    found = [m["date"] for message in messages for m in [_MOMENT.search(message.text)] if m]
    return [*found, *(message.written_at.split()[0] for message in messages if message.written_at)]
