"""Compares what every desk was told with what stands in the books."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from core.database.consistency import check
from core.database.engine import open_engine

_HELD = "('requested', 'approved', 'processing', 'completed', 'failed', 'unknown')"

_AUDITED = {
    "payment:recorded": "SELECT count(*) FROM payment",
    "payment:completed": "SELECT count(*) FROM payment WHERE status IN ('completed', 'refunded')",
    "invoice:issued": "SELECT count(*) FROM invoice",
    "refund:requested": "SELECT count(*) FROM refund_request",
    "refund:approved": "SELECT count(*) FROM refund_request WHERE approved_by IS NOT NULL",
    "refund:completed": "SELECT count(*) FROM refund_request WHERE status = 'completed'",
    "credit_note:issued": "SELECT count(*) FROM credit_note",
}

_BROKEN = {
    "taken twice": (
        "SELECT transaction_reference, count(*) FROM payment GROUP BY 1 HAVING count(*) > 1"
    ),
    "refunded above its payment": (
        "SELECT p.payment_id, sum(r.refund_amount_minor) FROM payment p"
        " JOIN refund_request r ON r.payment_id = p.id"
        f" WHERE r.status IN {_HELD} GROUP BY p.id"
        " HAVING sum(r.refund_amount_minor) > p.amount_minor"
    ),
    "approved by whoever asked": (
        "SELECT refund_id, requested_by FROM refund_request WHERE approved_by = requested_by"
    ),
    "paid back without approval": (
        "SELECT refund_id, status FROM refund_request"
        " WHERE status IN ('approved', 'processing', 'completed') AND approved_by IS NULL"
    ),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong, in sentences; and how much of what there was."""

    wrong: tuple[str, ...]
    figures: dict[str, int]


def judged(url: str, notes: list[Path]) -> Verdict:
    """Judge the books of a shop where nothing goes on any more."""
    told = [json.loads(line) for path in notes for line in path.read_text().splitlines()]
    with psycopg.connect(url, options="-c search_path=sanduku") as connection:
        wrong = [*_against_notes(connection, told), *_against_rules(connection)]
        figures = {
            name: _count(connection, f"SELECT count(*) FROM {name}")
            for name in ("payment", "refund_request", "audit_entry", "invoice", "credit_note")
        }
    engine = open_engine(url)
    wrong += check(engine)
    engine.dispose()
    figures |= Counter(f"told {each['outcome']}" for each in told)
    return Verdict(tuple(wrong), figures)


def _against_notes(connection: psycopg.Connection, told: list[dict[str, str]]) -> Iterator[str]:
    payments = {
        reference: (payment_id, amount)
        for reference, payment_id, amount in connection.execute(
            "SELECT transaction_reference, payment_id, amount_minor FROM payment"
        )
    }
    status = dict(connection.execute("SELECT payment_id, status FROM payment").fetchall())
    refunds = dict(connection.execute("SELECT refund_id, status FROM refund_request").fetchall())
    keys = {row[0] for row in connection.execute("SELECT key FROM idempotency_key")}
    last = defaultdict[str, set[str]](set)
    for each in told:
        last[each["key"]].add(each["outcome"])
        if each["outcome"] != "ack":
            continue
        if each["act"] == "take" and payments.get(each["key"]) != (
            each["payment"],
            each["amount"],
        ):
            yield f"{each['key']} was acknowledged and is not in the books: {each}"
        if each["act"] == "complete" and status.get(each["payment"]) not in (
            "completed",
            "refunded",
        ):
            yield f"{each['payment']} was completed and is {status.get(each['payment'])}"
        if each["act"] in ("ask", "approve", "pay back") and each["refund"] not in refunds:
            yield f"{each['refund']} was acknowledged and is not in the books"
        if each["act"] == "pay back" and refunds.get(each["refund"]) != "completed":
            yield f"{each['refund']} was paid back and is {refunds.get(each['refund'])}"
    for key, outcomes in last.items():
        if outcomes == {"nothing"} and key in keys | payments.keys():
            yield f"{key} was told as not done, and it was"


def _against_rules(connection: psycopg.Connection) -> Iterator[str]:
    for what, query in _BROKEN.items():
        for subject, more in connection.execute(query.encode()):
            yield f"{subject} was {what}: {more}"
    counted = "SELECT count(*) FROM audit_entry WHERE action = %s"
    for action, query in _AUDITED.items():
        row = connection.execute(counted, (action,)).fetchone()
        entries, expected = row[0] if row else 0, _count(connection, query)
        if entries != expected:
            yield f"{action} stands {entries} times in the trail, for {expected}"


def _count(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0
