"""The audit trail: who did what, each entry chained to that person's entry before it by SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.model.journal import AuditEntry

FIRST_HASH = "0" * 64

_fields_text = json.JSONEncoder(ensure_ascii=False).encode
_details_text = json.JSONEncoder(ensure_ascii=False, default=str, sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Deed:
    """One of many things done in one act: what was done, to what, and the details."""

    action: str
    subject_type: str
    subject_id: str
    details: Mapping[str, object]


def entry_hash(entry: AuditEntry) -> str:
    """Return the SHA-256 over every column of an entry but the hash itself, the moment in UTC."""
    return digest_of(
        entry.user_name,
        entry.sequence,
        as_utc(entry.at).isoformat(),
        entry.desk,
        entry.action,
        entry.subject_type,
        entry.subject_id,
        entry.details,
        entry.previous_hash,
    )


def digest_of(*fields: str | int) -> str:
    """Return the SHA-256 over an entry's fields in their order."""
    return hashlib.sha256(_fields_text(fields).encode()).hexdigest()


def details_text(details: Mapping[str, object]) -> str:
    """Return an entry's details as JSON text, the form that is hashed and kept."""
    return _details_text(details) if details else ""


def entry_row(
    deed: Deed, *, user_name: str, desk: str, at: datetime, head: tuple[int, str]
) -> dict[str, object]:
    """Return the row that tells of a deed at the end of a person's chain, which is at ``head``."""
    sequence, previous_hash = head[0] + 1, head[1]
    details = details_text(deed.details)
    subject = (deed.action, deed.subject_type, deed.subject_id, details)
    moment = as_utc(at).isoformat()
    return {
        "user_name": user_name,
        "sequence": sequence,
        "at": at,
        "desk": desk,
        "action": deed.action,
        "subject_type": deed.subject_type,
        "subject_id": deed.subject_id,
        "details": details,
        "previous_hash": previous_hash,
        "entry_hash": digest_of(user_name, sequence, moment, desk, *subject, previous_hash),
    }


def head_of(row: Mapping[str, object]) -> tuple[int, str]:
    """Return where a chain stands that ends with a row of :func:`entry_row`."""
    return cast("int", row["sequence"]), cast("str", row["entry_hash"])


def append_deeds(
    session: Session, deeds: Iterable[Deed], *, user_name: str, desk: str, at: datetime
) -> None:
    """Add an entry for each deed at the end of a person's chain, as rows in one statement."""
    head = chain_head(session, user_name)
    rows = []
    for deed in deeds:
        row = entry_row(deed, user_name=user_name, desk=desk, at=at, head=head)
        head = head_of(row)
        rows.append(row)
    if rows:
        session.connection().execute(insert(AuditEntry), rows)


def chain_head(session: Session, user_name: str) -> tuple[int, str]:
    """Return the last sequence number and hash of a person's chain; (0, zeros) before the first."""
    row = session.execute(
        select(AuditEntry.sequence, AuditEntry.entry_hash)
        .where(AuditEntry.user_name == user_name)
        .order_by(AuditEntry.sequence.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else (0, FIRST_HASH)
