"""Twelve ways to tamper with the audit trail of somebody who may do anything to the file."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.database.audit import FIRST_HASH, entry_hash
from core.database.audit_chains import ChainBreak, ChainHead, verify_chains
from core.database.unit_of_work import Database
from core.model.journal import AuditEntry
from core.permissions import Actor, Role

COLUMNS = ("at", "desk", "action", "subject_type", "subject_id", "details", "previous_hash")


@dataclass(frozen=True, slots=True)
class Tampered:
    """Whose entry is the first that is not as it was, and which words a break must have."""

    person: str
    sequence: int
    what: str = ""


class Forger:
    """Somebody with the file in their hands, and luck from a seed."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session = session
        self.luck = random.Random(seed)
        self.people = list(session.scalars(select(AuditEntry.user_name).distinct()))
        self.person = self.luck.choice(self.people)

    def chain(self) -> list[AuditEntry]:
        query = select(AuditEntry).where(AuditEntry.user_name == self.person)
        return list(self.session.scalars(query.order_by(AuditEntry.sequence)))

    def middle(self) -> AuditEntry:
        return self.luck.choice(self.chain()[1:-1])

    def set(self, entry: AuditEntry, column: str, value: object) -> None:
        self.session.execute(
            text(f"UPDATE audit_entry SET {column} = :value WHERE id = :id"),
            {"value": value, "id": entry.id},
        )

    def made_anew(self, entries: list[AuditEntry], previous: str) -> None:
        """Hash entries again, each after the one before it, as the program would."""
        for entry in entries:
            entry.previous_hash = previous
            entry.entry_hash = previous = entry_hash(entry)
        self.session.flush()


def field_changed(forger: Forger) -> Tampered:
    entry, column = forger.middle(), forger.luck.choice(COLUMNS)
    value = "2026-01-01 00:00:00.000000" if column == "at" else "forged"
    forger.set(entry, column, value)
    return Tampered(entry.user_name, entry.sequence)


def letter_changed(forger: Forger) -> Tampered:
    entry = forger.middle()
    place = forger.luck.randrange(len(entry.details))
    letter = "x" if entry.details[place] != "x" else "y"
    forger.set(entry, "details", entry.details[:place] + letter + entry.details[place + 1 :])
    return Tampered(entry.user_name, entry.sequence, "the entry was changed")


def changed_and_hashed(forger: Forger) -> Tampered:
    entry = forger.middle()
    entry.details = '{"amount": "1"}'
    entry.entry_hash = entry_hash(entry)
    forger.session.flush()
    return Tampered(entry.user_name, entry.sequence + 1, "the entry before it was changed")


def hash_changed(forger: Forger) -> Tampered:
    entry = forger.middle()
    forger.set(entry, "entry_hash", f"{forger.luck.getrandbits(256):064x}")
    return Tampered(entry.user_name, entry.sequence, "the entry was changed")


def dropped(forger: Forger) -> Tampered:
    entry = forger.middle()
    forger.session.delete(entry)
    forger.session.flush()
    return Tampered(entry.user_name, entry.sequence + 1, f"entry {entry.sequence} is missing")


def doubled(forger: Forger) -> Tampered:
    entry = forger.middle()
    forger.session.execute(text("DROP TABLE IF EXISTS copied"))
    forger.session.execute(
        text(f"CREATE TEMP TABLE copied AS SELECT * FROM audit_entry WHERE id = {entry.id}")
    )
    forger.session.execute(text("UPDATE copied SET id = (SELECT MAX(id) + 1 FROM audit_entry)"))
    forger.session.execute(text("INSERT INTO audit_entry SELECT * FROM copied"))
    return Tampered(entry.user_name, entry.sequence, "it is there twice")


def swapped(forger: Forger) -> Tampered:
    entry = forger.luck.choice(forger.chain()[1:-2])
    after = forger.chain()[entry.sequence]
    forger.set(entry, "sequence", entry.sequence + 1)
    forger.set(after, "sequence", after.sequence - 1)
    return Tampered(forger.person, entry.sequence)


def reordered(forger: Forger) -> Tampered:
    """Let a row stand where a later one stood in the list of all, its contents untouched."""
    entry = forger.luck.choice(forger.chain()[1:-1])
    after = forger.chain()[entry.sequence]
    early, late = entry.id, after.id
    for was, becomes in ((early, -1), (late, early), (-1, late)):
        forger.session.execute(
            text("UPDATE audit_entry SET id = :becomes WHERE id = :was"),
            {"becomes": becomes, "was": was},
        )
    return Tampered(forger.person, after.sequence, "it was moved before the entry it follows")


def given_to_another(forger: Forger) -> Tampered:
    entry = forger.middle()
    other = forger.luck.choice([each for each in forger.people if each != forger.person])
    forger.set(entry, "user_name", other)
    return Tampered(forger.person, entry.sequence + 1, f"entry {entry.sequence} is missing")


def beginning_cut(forger: Forger) -> Tampered:
    entries = forger.chain()[: forger.luck.randint(1, 4)]
    for entry in entries:
        forger.session.delete(entry)
    forger.session.flush()
    return Tampered(forger.person, entries[-1].sequence + 1, "entry 1 is missing")


def end_cut(forger: Forger) -> Tampered:
    entries = forger.chain()[-forger.luck.randint(1, 4) :]
    for entry in entries:
        forger.session.delete(entry)
    forger.session.flush()
    return Tampered(forger.person, entries[0].sequence, "its end was cut off")


def made_anew(forger: Forger) -> Tampered:
    chain = forger.chain()
    place = forger.luck.randrange(1, len(chain) - 1)
    chain[place].details = '{"amount": "1"}'
    forger.made_anew(chain[place:], chain[place - 1].entry_hash if place else FIRST_HASH)
    return Tampered(forger.person, len(chain), "it is not the entry whose hash was kept")


KINDS: tuple[Callable[[Forger], Tampered], ...] = (
    field_changed,
    letter_changed,
    changed_and_hashed,
    hash_changed,
    dropped,
    doubled,
    swapped,
    reordered,
    given_to_another,
    beginning_cut,
    end_cut,
    made_anew,
)


def heads(session: Session) -> list[ChainHead]:
    """Return the heads of all chains, as a day's report bears them."""
    found: dict[str, ChainHead] = {}
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)):
        found[entry.user_name] = ChainHead(entry.user_name, entry.sequence, entry.entry_hash)
    return list(found.values())


def write_trail(shop: Database) -> None:
    """Let three people write twelve entries each, turn by turn."""
    for turn in range(12):
        for number, name in enumerate(("aline", "claude", "marie")):
            with shop.write(Actor(number + 1, name, Role.CASHIER, desk="desk 1")) as unit:
                unit.audit("payment:recorded", "payment", f"p-{turn}-{name}", amount=f"{turn}000")
                unit.commit()


def found(breaks: list[ChainBreak], tampered: Tampered) -> bool:
    return any(
        (each.user_name, each.sequence) == (tampered.person, tampered.sequence)
        and tampered.what in each.what
        for each in breaks
    )


def misses(
    trail: Session, kind: Callable[[Forger], Tampered], tries: int, kept: list[ChainHead]
) -> list[str]:
    """Tamper again and again, and return what was not found where it was done."""
    missed = []
    for seed in range(tries):
        tampered = kind(Forger(trail, seed))
        trail.expire_all()
        _, breaks = verify_chains(trail, kept)
        if not found(breaks, tampered):
            missed.append(f"seed {seed}: {tampered}, found {breaks}")
        trail.rollback()
    return missed


class AnyTrail:
    """What must show wherever a trail lies; ``trail`` is a fixture of each test file."""

    def test_an_untouched_trail_holds(self, trail: Session, kept_heads: list[ChainHead]) -> None:
        assert verify_chains(trail, kept_heads) == (36, [])

    @pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
    def test_ten_of_ten_tamperings_are_found_with_their_row(
        self, trail: Session, kept_heads: list[ChainHead], kind: Callable[[Forger], Tampered]
    ) -> None:
        assert misses(trail, kind, 10, kept_heads) == []

    @pytest.mark.slow
    @pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
    def test_a_hundred_of_a_hundred_tamperings_are_found_with_their_row(
        self, trail: Session, kept_heads: list[ChainHead], kind: Callable[[Forger], Tampered]
    ) -> None:
        assert misses(trail, kind, 100, kept_heads) == []
