"""Proving that nobody changed the audit trail: every chain recomputed, every row in its place.

What a chain alone cannot show, that its end was cut off or that it was made anew from some row on,
shows against a head kept elsewhere, such as the one on a day's printed report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from core.database.audit import FIRST_HASH, digest_of
from core.errors import NotAllowedError

_ENTRIES = """
    SELECT id, user_name, sequence, at, desk, action, subject_type, subject_id, details,
        previous_hash, entry_hash
    FROM audit_entry ORDER BY user_name, sequence, id"""
_PLACES = "SELECT id FROM audit_entry ORDER BY id"

_WHO_ASKS = "SELECT acting_group()"
_SEE_ALL = frozenset({"manager", "admin", "service", "owner"})


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """Where the trail does not hold, and what is wrong there.

    ``sequence`` counts within the person's chain. Without a person it is the row's place in the
    whole trail: whose row was there nobody can tell any more.
    """

    user_name: str
    sequence: int
    what: str

    @property
    def sentence(self) -> str:
        """What is broken, in a sentence."""
        if not self.user_name:
            return f"The trail is broken at row {self.sequence}: {self.what}."
        return f"The chain of {self.user_name} is broken at entry {self.sequence}: {self.what}."


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where a person's chain stood once: how many entries it had, and the hash of the last."""

    user_name: str
    entries: int
    entry_hash: str


def verify_chains(
    session: Session, heads: Iterable[ChainHead] = ()
) -> tuple[int, list[ChainBreak]]:
    """Recompute every chain; return how many entries were checked, and each break in order.

    ``heads`` are those that the chains once had, from outside the database.

    Raises:
        NotAllowedError: the shop's server shows this login only a part of the trail.

    """
    is_file = session.get_bind().dialect.name == "sqlite"
    if not is_file:
        _require_all_of_it(session)
    kept: defaultdict[str, list[ChainHead]] = defaultdict(list)
    for head in heads:
        kept[head.user_name].append(head)
    reader = _Reader(kept)
    checked = 0
    # Plain text: the moment comes as it lies, and one that is none any more must be told.
    connection = session.connection()
    for row in connection.exec_driver_sql(_ENTRIES, execution_options={"yield_per": 2000}):
        reader.take(row)
        checked += 1
    reader.end()
    for person in sorted(kept):
        reader.missing_chain(person)
    breaks = reader.breaks
    if is_file:
        breaks += _gaps(session)
    return checked, breaks


def _require_all_of_it(session: Session) -> None:
    group = session.connection().exec_driver_sql(_WHO_ASKS).scalar()
    if group not in _SEE_ALL:
        raise NotAllowedError(
            "Nothing was checked. The shop's server shows the whole audit trail to managers, admins"
            " and the service only; ask one of them."
        )


class _Reader:
    """Reads chains row by row, as they follow one another."""

    def __init__(self, heads: dict[str, list[ChainHead]]) -> None:
        self.breaks: list[ChainBreak] = []
        self._heads = heads
        self._expected: dict[int, str] = {}
        self._person: str | None = None
        self._sequence, self._hash, self._row_id = 0, FIRST_HASH, 0

    def take(self, row: Any) -> None:
        """Look at the next row."""
        if row.user_name != self._person:
            self.end()
            self._person = row.user_name
            self._sequence, self._hash, self._row_id = 0, FIRST_HASH, 0
            self._expected = {h.entries: h.entry_hash for h in self._heads.pop(row.user_name, [])}
        found = list(self._wrong(row))
        self.breaks += [ChainBreak(row.user_name, row.sequence, what) for what in found]
        self._sequence, self._hash, self._row_id = row.sequence, row.entry_hash, row.id

    def end(self) -> None:
        """Tell which heads of the chain just read were not reached."""
        for entries in sorted(self._expected):
            self._tell_cut(str(self._person), self._sequence, entries)
        self._expected = {}

    def missing_chain(self, person: str) -> None:
        """Tell that nothing is left of a chain that had a head."""
        self._tell_cut(person, 0, max(head.entries for head in self._heads[person]))

    def _wrong(self, row: Any) -> Iterable[str]:
        if row.sequence == self._sequence:
            yield "it is there twice"
        elif row.sequence != self._sequence + 1:
            yield f"entry {self._sequence + 1} is missing"
        elif row.previous_hash != self._hash:
            yield "the entry before it was changed"
        if row.id < self._row_id:
            yield "it was moved before the entry it follows"
        if _digest(row) != row.entry_hash:
            yield "the entry was changed"
        head = self._expected.pop(row.sequence, None)
        if head is not None and head != row.entry_hash:
            yield "it is not the entry whose hash was kept: the chain was made anew"

    def _tell_cut(self, person: str, last: int, entries: int) -> None:
        what = f"its end was cut off; it had {entries} entries once"
        self.breaks.append(ChainBreak(person, last + 1, what))


def _digest(row: Any) -> str:
    try:
        moment = row.at if isinstance(row.at, datetime) else datetime.fromisoformat(row.at)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return digest_of(
            row.user_name,
            row.sequence,
            moment.astimezone(UTC).isoformat(),
            row.desk,
            row.action,
            row.subject_type,
            row.subject_id,
            row.details,
            row.previous_hash,
        )
    except (TypeError, ValueError, OverflowError):
        return ""  # not what the program writes: whatever it is, it was changed


def _gaps(session: Session) -> Iterator[ChainBreak]:
    """Yield where rows are gone: SQLite numbers them without a gap."""
    last = 0
    for place in session.connection().exec_driver_sql(_PLACES).scalars():
        if place != last + 1:
            rows = f"rows {last + 1} to {place - 1} were" if place > last + 2 else "it was"
            yield ChainBreak("", last + 1, f"{rows} taken out")
        last = place
