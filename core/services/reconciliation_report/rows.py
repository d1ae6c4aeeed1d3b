"""The rows of a reconciliation's report, read a stretch at a time: never all of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from core.clock import shop_date
from core.model.customers import Order
from core.model.journal import AuditEntry
from core.model.payments import Payment
from core.model.reconciliations import (
    LineState,
    Match,
    MatchLine,
    MatchPayment,
    PaymentReconciliation,
    StatementLine,
)
from core.services.reconciliation_report.contract import ReportHead, Row, SectionName
from core.services.reconciliation_report.differences import (
    DIFFERENCE_COLUMNS,
    difference_of,
    may_differ,
)
from core.services.reconciliation_report.figures import entry_details, standing
from core.services.reconciliation_report.words import (
    BY_PERSON,
    CERTAIN,
    OFFERED_WORDS,
    kind_words,
    line_text,
    payment_reference,
)
from core.services.reconciliations.detail import not_shown_conditions

_STRETCH = 500
"""How many matches or rows are read at once."""

_LINE_COLUMNS = (
    StatementLine.line_number,
    StatementLine.line_date,
    StatementLine.description,
    StatementLine.counterparty,
    StatementLine.transaction_id,
    StatementLine.reference,
    StatementLine.amount_minor,
)
_MATCH_COLUMNS = (
    Match.id,
    Match.kind,
    Match.automatic,
    Match.reasons,
    Match.decided_by,
    Match.decided_at,
    *DIFFERENCE_COLUMNS,
)
_PAYMENT_NUMBERS = (
    Payment.invoice_number,
    Order.order_number,
    Payment.transaction_reference,
    Payment.transaction_id,
    Payment.payment_id,
)
"""By which number people know a payment, the best known first."""

_SHOWN_NUMBERS = 5
"""Numbers of lines or payments named in one cell; of more, how many there are."""

_Read = Any
"""A row of the database with the columns above, by their names."""


class ReportRows:
    """Reads each section's rows of one reconciliation, all within one session."""

    def __init__(
        self, session: Session, reconciliation: PaymentReconciliation, head: ReportHead
    ) -> None:
        self._session = session
        self._reconciliation = reconciliation
        self._head = head

    def of(self, name: SectionName) -> Iterator[Row]:
        """Yield the rows of a section, each with a cell for every column of it."""
        match name:
            case SectionName.DIFFERENCES:
                return self._differences()
            case SectionName.MISSING_IN_BOOKS:
                return self._open_lines(came_in=True)
            case SectionName.MONEY_OUT:
                return self._open_lines(came_in=False)
            case SectionName.MISSING_IN_STATEMENT:
                return self._missing_payments()
            case SectionName.SET_ASIDE:
                return self._set_aside()
            case SectionName.MATCHED:
                return self._matched()
            case SectionName.HISTORY:
                return iter(
                    [(each.act, each.notes, each.user_name, each.at) for each in self._head.history]
                )

    def _matched(self) -> Iterator[Row]:
        """Yield matches in the order of the statement, lines and payments side by side.

        A line or payment stands on one row only, so that a sum over a column is true.
        """
        for match, lines, payments in self._matches(differing=False):
            facts = (kind_words(match.kind), "; ".join(match.reasons))
            decided = (match.decided_by, match.decided_at)
            found_by = CERTAIN if match.automatic else BY_PERSON
            difference = difference_of(*match[-len(DIFFERENCE_COLUMNS) :])
            told = (difference.amount_minor, difference.reason) if difference else (None, None)
            for line, payment in zip_longest(lines, payments):
                numbers = (None,) * 5 if line is None else _line_cells(line)
                paid = (None,) * 3 if payment is None else _payment_cells(payment)
                yield (match.id, *numbers, *paid, *facts, found_by, *told, *decided)
                told = (None, None)

    def _differences(self) -> Iterator[Row]:
        for match, lines, payments in self._matches(differing=True):
            difference = difference_of(*match[-len(DIFFERENCE_COLUMNS) :])
            if difference is None:
                continue
            first = _line_cells(lines[0])
            text = (
                first[2] if len(lines) == 1 else _listed([_line_cells(each)[2] for each in lines])
            )
            paid = [_payment_cells(each) for each in payments]
            yield (
                match.id,
                *first[:2],
                text,
                sum(each.amount_minor for each in lines),
                _listed([each[0] for each in paid]),
                _listed(list(dict.fromkeys(each[1] for each in paid if each[1]))),
                sum(each[2] or 0 for each in paid),
                difference.amount_minor,
                difference.reason,
                difference.who or match.decided_by,
                difference.at or match.decided_at,
            )

    def _open_lines(self, *, came_in: bool) -> Iterator[Row]:
        amount = StatementLine.amount_minor
        for line in self._lines(
            StatementLine.state.in_((LineState.UNMATCHED, LineState.SUGGESTED)),
            amount > 0 if came_in else amount <= 0,
        ):
            number, day, text, reference, amount_minor = _line_cells(line)
            yield (
                number,
                day,
                text,
                reference,
                line.counterparty_account,
                amount_minor,
                OFFERED_WORDS[line.state],
            )

    def _set_aside(self) -> Iterator[Row]:
        acts = self._acts_of_setting_aside()
        for line in self._lines(StatementLine.state == LineState.IGNORED):
            who, at = acts.get(line.line_number, ("", None))
            yield (*_line_cells(line), line.ignored_reason, who, at)

    def _missing_payments(self) -> Iterator[Row]:
        found = self._session.execute(
            select(
                Payment.paid_at,
                Payment.created_at,
                Payment.customer_name,
                Payment.payment_method,
                Payment.amount_minor,
                Payment.reconciled_at,
                *_PAYMENT_NUMBERS,
            )
            .outerjoin(Order, Order.id == Payment.order_id)
            .where(*not_shown_conditions(self._reconciliation))
            .order_by(Payment.created_at, Payment.id)
            .execution_options(yield_per=_STRETCH)
        )
        for paid_at, created_at, customer, method, amount_minor, proved_at, *numbers in found:
            yield (
                shop_date(paid_at or created_at),
                payment_reference(*numbers),
                numbers[-1],
                customer,
                method,
                amount_minor,
                proved_at,
            )

    def _lines(self, *conditions: ColumnElement[bool]) -> Iterator[_Read]:
        return iter(
            self._session.execute(
                select(
                    *_LINE_COLUMNS,
                    StatementLine.counterparty_account,
                    StatementLine.state,
                    StatementLine.ignored_reason,
                )
                .where(StatementLine.reconciliation_id == self._reconciliation.id, *conditions)
                .order_by(StatementLine.line_number, StatementLine.id)
                .execution_options(yield_per=_STRETCH)
            )
        )

    def _acts_of_setting_aside(self) -> dict[int, tuple[str, datetime]]:
        """Return who set each line aside last, and when; the line itself keeps only the reason."""
        acts: dict[int, tuple[str, datetime]] = {}
        for at, user_name, details in self._session.execute(
            select(AuditEntry.at, AuditEntry.user_name, AuditEntry.details)
            .where(
                AuditEntry.subject_type == "reconciliation",
                AuditEntry.subject_id == self._reconciliation.reconciliation_id,
                AuditEntry.action == "line:ignored",
            )
            .order_by(AuditEntry.id)
            .execution_options(yield_per=_STRETCH)
        ):
            number = entry_details(details).get("line")
            if isinstance(number, int):
                acts[number] = (user_name, at)
        return acts

    def _matches(self, *, differing: bool) -> Iterator[tuple[_Read, list[_Read], list[_Read]]]:
        """Yield the matches that stand, each with its lines and payments."""
        wanted = (
            select(Match.id)
            .join(MatchLine, MatchLine.match_id == Match.id)
            .join(StatementLine, StatementLine.id == MatchLine.line_id)
            .where(*standing(self._reconciliation), *(may_differ() if differing else ()))
            .group_by(Match.id)
            .order_by(func.min(StatementLine.line_number), Match.id)
        )
        # Keys alone are small, and a cursor left open would see what its own session reads.
        keys = self._session.scalars(wanted).all()
        for start in range(0, len(keys), _STRETCH):
            stretch = keys[start : start + _STRETCH]
            lines = self._lines_of(stretch)
            payments = self._payments_of(stretch)
            matches = {
                match.id: match
                for match in self._session.execute(
                    select(*_MATCH_COLUMNS).where(Match.id.in_(stretch))
                )
            }
            for key in stretch:
                yield matches[key], lines[key], payments.get(key, [])

    def _lines_of(self, keys: Sequence[int]) -> dict[int, list[_Read]]:
        found: dict[int, list[_Read]] = defaultdict(list)
        for line in self._session.execute(
            select(*_LINE_COLUMNS, MatchLine.match_id)
            .join(MatchLine, MatchLine.line_id == StatementLine.id)
            .where(MatchLine.match_id.in_(keys))
            .order_by(StatementLine.line_number, StatementLine.id)
        ):
            found[line.match_id].append(line)
        return found

    def _payments_of(self, keys: Sequence[int]) -> dict[int, list[_Read]]:
        found: dict[int, list[_Read]] = defaultdict(list)
        for payment in self._session.execute(
            select(
                Payment.customer_name,
                # A reversal names the payment it took back, and proves none.
                case((MatchPayment.active, Payment.amount_minor)).label("proved_minor"),
                MatchPayment.match_id,
                *_PAYMENT_NUMBERS,
            )
            .join(MatchPayment, MatchPayment.payment_id == Payment.id)
            .outerjoin(Order, Order.id == Payment.order_id)
            .where(MatchPayment.match_id.in_(keys))
            .order_by(Payment.created_at, Payment.id)
        ):
            found[payment.match_id].append(payment)
        return found


def _line_cells(line: _Read) -> tuple[int, date, str, str, int]:
    """Return a line's number, day, text, most telling identifier and amount."""
    return (
        line.line_number,
        line.line_date,
        line_text(line.description, line.counterparty),
        line.transaction_id or line.reference,
        line.amount_minor,
    )


def _payment_cells(payment: _Read) -> tuple[str, str, int | None]:
    """Return a payment's best known number, its customer, and the amount that was proved."""
    numbers = payment[-len(_PAYMENT_NUMBERS) :]
    return payment_reference(*numbers), payment.customer_name, payment.proved_minor


def _listed(texts: Sequence[str]) -> str:
    """Return texts in one cell; of many the first, and how many more there are."""
    told = ", ".join(texts[:_SHOWN_NUMBERS])
    more = len(texts) - _SHOWN_NUMBERS
    return f"{told} and {more} more" if more > 0 else told
