"""How attacks are written: rows, lies in the audit trail first, and who tries them."""

from __future__ import annotations

from dataclasses import dataclass

PAYMENT_COLUMNS = (
    "payment_id, payment_method, payment_type, amount_minor, currency, status,"
    " transaction_reference, customer_name, phone_number, account_number, card_approval_code,"
    " card_last4, invoice_generated, reconciled, reconciled_by, customer_notes, error_message,"
    " refund_reason, gateway_name, payment_link, created_by, created_at, updated_at, version"
)
_REFUND_COLUMNS = (
    "refund_id, payment_id, refund_amount_minor, currency, reason, status, refund_transaction_id,"
    " requested_by, requested_at, rejected_by, processed_by, response_notes, updated_at, version"
)


def payment(
    method: str = "cash",
    status: str = "pending",
    by: str = "aline",
    at: str = "now()",
    amount: int = 500,
) -> str:
    return (
        f"INSERT INTO payment ({PAYMENT_COLUMNS}) VALUES (gen_random_uuid(), '{method}',"
        f" 'order_payment', {amount}, 'RWF', '{status}', '', '', '', '', '', '', false, false, '',"
        f" '', '', '', '', '', '{by}', {at}, now(), 1)"
    )


def refund(
    amount: int = 1,
    by: str = "aline",
    status: str = "requested",
    at: str = "now()",
    of: str = "status = 'completed'",
) -> str:
    return (
        f"INSERT INTO refund_request ({_REFUND_COLUMNS}) SELECT gen_random_uuid(), id, {amount},"
        f" 'RWF', 'x', '{status}', '', '{by}', {at}, '', '', '', now(), 1 FROM payment WHERE {of}"
    )


def entry(by: str = "aline", at: str = "now()", sequence: str = "999") -> str:
    return (
        "INSERT INTO audit_entry (user_name, sequence, at, desk, action, subject_type, subject_id,"
        f" details, previous_hash, entry_hash) VALUES ('{by}', {sequence}, {at}, '', 'x',"
        " 'payment', 'x', '', repeat('0', 64), repeat('0', 64))"
    )


def told(by: str, subject_type: str, subject: str, statement: str) -> str:
    """Return a statement behind a whole and lying entry of the audit trail of whoever tries it."""
    hashed = (
        f"'[\"{by}\", ' || s + 1 || ', \"' || to_char(a AT TIME ZONE 'UTC',"
        ' \'YYYY-MM-DD"T"HH24:MI:SS\') || \'+00:00", "", "x", "'
        + subject_type
        + f'", "{subject}", "", "\' || h || \'"]\''
    )
    return (
        "INSERT INTO audit_entry (user_name, sequence, at, desk, action, subject_type, subject_id,"
        f" details, previous_hash, entry_hash) SELECT '{by}', s + 1, a, '', 'x', '{subject_type}',"
        f" '{subject}', '', h, encode(sha256(convert_to({hashed}, 'UTF8')), 'hex') FROM (SELECT"
        " sequence AS s, entry_hash AS h, date_trunc('second', now()) AS a FROM audit_entry"
        f" WHERE user_name = '{by}' ORDER BY sequence DESC LIMIT 1) AS head; {statement}"
    )


def told_of_refund(by: str, refund_id: str, changes: str) -> str:
    """Return a change of a refund behind an entry about that very refund."""
    statement = f"UPDATE refund_request SET {changes} WHERE refund_id = '{refund_id}'"
    return told(by, "refund", refund_id, statement)


def carried_out(by: str, refund_id: str, then: str) -> str:
    """Return a sending back that was begun lawfully, and went on in another way."""
    begun = told_of_refund(by, refund_id, f"status = 'processing', processed_by = '{by}'")
    return f"{begun}; UPDATE refund_request SET {then} WHERE refund_id = '{refund_id}'"


def passed_on_at_once(by: str) -> str:
    """Return a request that says a manager passed it on already."""
    made = refund(1, by=by, of="payment_id = '{payment}'")
    made = made.replace("updated_at, version)", "updated_at, version, passed_on_by, passed_on_at)")
    return named(made.replace("now(), 1 FROM", "now(), 1, 'mary', now() FROM"))


def named(statement: str) -> str:
    """Let a row have a name its entry can be about."""
    return statement.replace("gen_random_uuid()", "'it'")


@dataclass(frozen=True)
class Attack:
    """One statement of one person."""

    who: str
    statement: str
    shown: bool = False


def by(who: str, *statements: str) -> tuple[Attack, ...]:
    return tuple(Attack(who, statement) for statement in statements)


def empty(who: str, *statements: str) -> tuple[Attack, ...]:
    return tuple(Attack(who, statement, shown=True) for statement in statements)


def lies(who: str, table: str, columns: str, *rows: str) -> tuple[Attack, ...]:
    """Return rows that say something untrue; they are refused before what they lack is seen."""
    return by(who, *(f"INSERT INTO {table} ({columns}) VALUES ({row})" for row in rows))
