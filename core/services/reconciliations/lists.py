"""What the reconcile page asks about one statement, however many lines it has.

Each question reads what is looked at and no more: sums by category, a stretch of the lines, one
line with its candidates, a stretch of the payments the statement should show. Nothing a person
decided changes here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from core.database.spelling import has_text
from core.database.unit_of_work import Database
from core.errors import NotFoundError
from core.model.reconciliations import (
    UNSETTLED,
    DifferenceKind,
    LineCategory,
    Match,
    PaymentReconciliation,
    StatementLine,
)
from core.permissions import Actor, Permission
from core.services.learning.rows import SuggestedReason
from core.services.learning.wordings import reasons_of
from core.services.mapping import reconciliation_row
from core.services.matching.line_candidates import LineDetail, line_detail
from core.services.matching.line_offers import has_unsettled, settle_offers
from core.services.payments.filters import PaymentFilter, payment_conditions
from core.services.reconciliations.detail import (
    UnmatchedPayments,
    line_rows,
    unmatched_payments,
)
from core.services.reconciliations.service import find_reconciliation, is_explained
from core.services.rows import Page, ReconciliationRow, StatementLineRow

LineKey = tuple[int, int]
"""A line's place in its statement: its number in the file, and its id."""

_ORDER = (StatementLine.line_number, StatementLine.id)
_GROUPED = re.compile(r"(?<=\d)[\s\u00a0\u202f.,'](?=\d{3}(?:\D|$))")
_SEARCHED = (
    StatementLine.description,
    StatementLine.reference,
    StatementLine.transaction_id,
    StatementLine.counterparty,
    StatementLine.counterparty_account,
)


@dataclass(frozen=True, slots=True)
class Share:
    """How many lines, and their sum in minor units."""

    count: int = 0
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines a list shows: those of a category, or all; ``search`` in text or amount."""

    category: LineCategory | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A line as a list shows it."""

    line: StatementLineRow
    category: LineCategory
    suggested: SuggestedReason | None = None
    """Why it may be set aside, where a line worded like it was."""

    @property
    def line_id(self) -> int:
        """The line's identity."""
        return self.line.line_id


@dataclass(frozen=True, slots=True)
class ReconciliationSummary:
    """Where a reconciliation stands, without its lines.

    ``money_in_minor`` and ``money_out_minor`` are what the lines bring and take, both positive;
    ``written_off_minor`` sums what was given up, over or under; ``matches`` counts those that
    stand, and ``last_matches`` those of the asking person's last act, which one key takes back.
    ``not_searched`` says which lines the last search left to a person, and why, or that it was not
    finished.
    """

    row: ReconciliationRow
    shares: dict[LineCategory, Share]
    money_in_minor: int
    money_out_minor: int
    written_off_minor: int
    matches: int
    last_matches: int
    is_explained: bool
    problems: tuple[str, ...]
    not_searched: tuple[str, ...]

    @property
    def is_locked(self) -> bool:
        """Tell whether the reconciliation is closed."""
        return self.row.status.is_closed

    def share(self, *categories: LineCategory) -> Share:
        """Return count and sum of some categories together."""
        found = [self.shares[category] for category in categories]
        return Share(sum(each.count for each in found), sum(each.amount_minor for each in found))

    @property
    def total(self) -> Share:
        """Count and sum of all lines."""
        return self.share(*LineCategory)

    @property
    def still_open(self) -> Share:
        """Count and sum of the lines that want a decision."""
        return self.share(*(each for each in LineCategory if each.is_open))


class ReconciliationLists:
    """The questions; each names in its errors what could not be found."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def summary(self, actor: Actor, reconciliation_id: str) -> ReconciliationSummary:
        """Return counts, sums and what may be done with the whole.

        Raises:
            NotFoundError: there is none with this id.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            reconciliation = find_reconciliation(session, reconciliation_id)
            if not has_unsettled(session, reconciliation):
                return _summary(session, reconciliation, actor.name)
        with self._database.write(actor) as unit:
            reconciliation = find_reconciliation(unit.session, reconciliation_id)
            settle_offers(unit.session, reconciliation)
            found = _summary(unit.session, reconciliation, actor.name)
            unit.commit()
            return found

    def lines(
        self,
        actor: Actor,
        reconciliation_id: str,
        wanted: LineFilter,
        *,
        after: LineKey | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> Page[ListedLine]:
        """Return a stretch of the lines in the statement's order, ``offset`` lines after a key."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            reconciliation = find_reconciliation(session, reconciliation_id)
            conditions = _conditions(reconciliation, wanted)
            total = session.scalar(select(func.count(StatementLine.id)).where(*conditions)) or 0
            if after is not None:
                conditions.append(_is_after(after))
            # The inner query walks an index alone, so that a far offset touches no row.
            ids = select(StatementLine.id).order_by(*_ORDER).where(*conditions)
            shown = StatementLine.id.in_(ids.offset(offset).limit(limit))
            categories = session.execute(
                select(StatementLine.category).order_by(*_ORDER).where(shown)
            ).scalars()
            rows = tuple(line_rows(session, shown))
            usual = reasons_of(session, reconciliation.provider, rows)
            listed = tuple(
                ListedLine(line, _category(stored), usual.get(line.line_id))
                for line, stored in zip(rows, categories, strict=True)
            )
            return Page(listed, offset, total)

    def line(self, actor: Actor, line_id: int) -> LineDetail:
        """Return a line with what it may be, or what was decided about it.

        Raises:
            NotFoundError: there is no such line.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return line_detail(session, line_id)

    def open_lines(
        self, actor: Actor, reconciliation_id: str, *, limit: int
    ) -> tuple[StatementLineRow, ...]:
        """Return the first lines that want a decision."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            reconciliation = find_reconciliation(session, reconciliation_id)
            keys = _open_keys(session, reconciliation, LineFilter(), None, limit)
            return tuple(line_rows(session, StatementLine.id.in_([key[1] for key in keys])))

    def next_open(
        self, actor: Actor, reconciliation_id: str, wanted: LineFilter, after: int | None = None
    ) -> int | None:
        """Return the first open line of a list after a line, going round; None where none is.

        The line itself is the last that is returned. Without ``after`` the list's first one is.
        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            reconciliation = find_reconciliation(session, reconciliation_id)
            key = None if after is None else _key(session, after)
            found = _open_keys(session, reconciliation, wanted, key, 1)
            if not found and key is not None:
                found = _open_keys(session, reconciliation, wanted, None, 1)
            return found[0][1] if found else None

    def place(
        self, actor: Actor, reconciliation_id: str, wanted: LineFilter, line_id: int | None
    ) -> tuple[int, int] | None:
        """Return place and id of a line in a list, or of what took its place there.

        Without a line the first one is returned. What took its place is the next line still in the
        list, else the last one; None where the list is empty.
        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            reconciliation = find_reconciliation(session, reconciliation_id)
            conditions = _conditions(reconciliation, wanted)
            key = (0, 0) if line_id is None else _key(session, line_id)
            ids = select(StatementLine.id).order_by(*_ORDER).where(*conditions)
            found = session.scalar(ids.where(tuple_(*_ORDER) >= key).limit(1))
            before = select(func.count(StatementLine.id)).where(*conditions, tuple_(*_ORDER) < key)
            place = session.scalar(before) or 0
            if found is None and place:
                place -= 1
                found = session.scalar(ids.offset(place).limit(1))
            return None if found is None else (place, found)

    def last_matches(self, actor: Actor, reconciliation_id: str) -> tuple[int, ...]:
        """Return the matches this person approved last, all those of one press of a key."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            reconciliation = find_reconciliation(session, reconciliation_id)
            own = _last_matches(reconciliation, actor.name)
            return tuple(session.scalars(select(Match.id).where(own).order_by(Match.id)))

    def unmatched_payments(
        self,
        actor: Actor,
        reconciliation_id: str,
        *,
        search: str = "",
        offset: int = 0,
        limit: int = 100,
    ) -> UnmatchedPayments:
        """Return a stretch of the completed payments that no match proves, the oldest first.

        Of a closed reconciliation those of its closing, as its report has them.
        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        found_by = payment_conditions(PaymentFilter(search=search))
        with self._database.read() as session:
            reconciliation = find_reconciliation(session, reconciliation_id)
            return unmatched_payments(
                session, reconciliation, *found_by, offset=offset, limit=limit
            )


def _summary(
    session: Session, reconciliation: PaymentReconciliation, name: str
) -> ReconciliationSummary:
    amount = StatementLine.amount_minor
    sums = session.execute(
        select(
            StatementLine.category,
            func.count(),
            func.sum(amount),
            func.sum(case((amount > 0, amount), else_=0)),
        )
        .where(StatementLine.reconciliation_id == reconciliation.id)
        .group_by(StatementLine.category)
    ).all()
    found = {_category(stored): Share(count, int(total)) for stored, count, total, _ in sums}
    shares = {category: found.get(category, Share()) for category in LineCategory}
    money_in = sum(int(received) for *_, received in sums)
    count = select(func.count()).select_from(Match)
    standing = (
        Match.reconciliation_id == reconciliation.id,
        Match.state == literal_column("'approved'"),
    )
    written_off = select(func.sum(func.abs(Match.difference_minor))).where(
        *standing,
        Match.difference_minor != 0,
        Match.difference_kind == DifferenceKind.WRITE_OFF,
    )
    return ReconciliationSummary(
        row=reconciliation_row(reconciliation),
        shares=shares,
        money_in_minor=money_in,
        money_out_minor=money_in - sum(share.amount_minor for share in shares.values()),
        written_off_minor=int(session.scalar(written_off) or 0),
        matches=session.scalar(count.where(*standing)) or 0,
        last_matches=session.scalar(count.where(_last_matches(reconciliation, name))) or 0,
        is_explained=is_explained(session, reconciliation),
        problems=tuple(reconciliation.problems),
        not_searched=tuple(reconciliation.not_searched),
    )


def _last_matches(reconciliation: PaymentReconciliation, name: str) -> ColumnElement[bool]:
    own = and_(
        Match.reconciliation_id == reconciliation.id,
        Match.decided_by == name,
        # As a literal, for it is by it that the planner knows the index.
        Match.state == literal_column("'approved'"),
    )
    return and_(
        own, Match.decided_at == select(func.max(Match.decided_at)).where(own).scalar_subquery()
    )


def _conditions(
    reconciliation: PaymentReconciliation, wanted: LineFilter
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [StatementLine.reconciliation_id == reconciliation.id]
    if wanted.category is not None:
        conditions.append(StatementLine.category == wanted.category.value)
    words = _GROUPED.sub("", wanted.search).split()
    return [*conditions, *(_has(word) for word in words)]


def _has(word: str) -> ColumnElement[bool]:
    found = [has_text(column, word) for column in _SEARCHED]
    digits = re.sub(r"[.,]", "", word.lstrip("+-−"))
    if digits.isascii() and digits.isdigit():
        amount = cast(func.abs(StatementLine.amount_minor), String)
        found.append(amount.startswith(digits))
    return or_(*found)


def _open_keys(
    session: Session,
    reconciliation: PaymentReconciliation,
    wanted: LineFilter,
    after: LineKey | None,
    limit: int,
) -> list[LineKey]:
    """Return the first open lines of a list; each category's are a step in an index."""
    found: list[LineKey] = []
    for category in _open_categories(wanted):
        conditions = _conditions(reconciliation, LineFilter(search=wanted.search))
        conditions.append(StatementLine.category == category)
        if after is not None:
            conditions.append(_is_after(after))
        keys = select(StatementLine.line_number, StatementLine.id).order_by(*_ORDER)
        found += [(row[0], row[1]) for row in session.execute(keys.where(*conditions).limit(limit))]
    return sorted(found)[:limit]


def _open_categories(wanted: LineFilter) -> Iterator[str]:
    if wanted.category is None:
        yield UNSETTLED
    for category in LineCategory:
        if category.is_open and wanted.category in {None, category}:
            yield category.value


def _key(session: Session, line_id: int) -> LineKey:
    number = session.scalar(select(StatementLine.line_number).where(StatementLine.id == line_id))
    if number is None:
        raise NotFoundError("The statement has no such line.")
    return number, line_id


def _is_after(key: LineKey) -> ColumnElement[bool]:
    return tuple_(*_ORDER) > key


def _category(stored: str | None) -> LineCategory:
    """Return a stored category; a line touched this very moment was, and likely is, suggested."""
    return LineCategory.SUGGESTED if stored in {None, UNSETTLED} else LineCategory(stored)
