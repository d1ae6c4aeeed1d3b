"""Every statement that people of a shop could try with their password and psql.

Each is refused, changes no row, or shows nothing. ``{payment}`` and the like are filled in from the
shop; ``shown`` says that the answer must be empty instead of the statement refused.
"""

from __future__ import annotations

from dataclasses import dataclass

_PAYMENT_COLUMNS = (
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
        f"INSERT INTO payment ({_PAYMENT_COLUMNS}) VALUES (gen_random_uuid(), '{method}',"
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


def passed_on_at_once(by: str) -> str:
    """Return a request that says a manager passed it on already."""
    made = refund(1, by=by, of="payment_id = '{payment}'")
    made = made.replace("updated_at, version)", "updated_at, version, passed_on_by, passed_on_at)")
    return _named(made.replace("now(), 1 FROM", "now(), 1, 'mary', now() FROM"))


def _named(statement: str) -> str:
    """Let a row have a name its entry can be about."""
    return statement.replace("gen_random_uuid()", "'it'")


@dataclass(frozen=True)
class Attack:
    """One statement of one person."""

    who: str
    statement: str
    shown: bool = False


def _by(who: str, *statements: str) -> tuple[Attack, ...]:
    return tuple(Attack(who, statement) for statement in statements)


def _empty(who: str, *statements: str) -> tuple[Attack, ...]:
    return tuple(Attack(who, statement, shown=True) for statement in statements)


OF_EVERYBODY = (
    "SET ROLE postgres",
    'SET ROLE "{prefix}:owner"',
    'SET ROLE "{prefix}:logins"',
    'SET SESSION AUTHORIZATION "{prefix}.musa"',
    "SET session_replication_role = replica",
    "SET row_security = off; SELECT count(*) FROM till_session",
    "ALTER TABLE payment DISABLE TRIGGER ALL",
    "ALTER TABLE refund_request DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE refund_request DROP CONSTRAINT ck_refund_request_four_eyes",
    "DROP TRIGGER person_payment ON payment",
    "DROP POLICY audit_seen_own ON audit_entry",
    "DROP TABLE audit_entry",
    (
        "CREATE TRIGGER mine BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION"
        " guard_payment_delete()"
    ),
    "CREATE FUNCTION sanduku.acting_name() RETURNS text LANGUAGE sql AS 'SELECT ''mary''::text'",
    (
        "CREATE OR REPLACE FUNCTION sanduku.acting_group() RETURNS text LANGUAGE sql AS"
        " 'SELECT ''owner''::text'"
    ),
    (
        "CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT"
        " ''2020-01-01''::timestamptz'"
    ),
    "CREATE TABLE sanduku.mine (id int)",
    "CREATE TABLE public.login (role_name name)",
    "CREATE TEMP TABLE login (role_name name, user_name text, group_name text, disabled_at date)",
    "CREATE VIEW pg_temp.payment AS SELECT 1",
    "CREATE SCHEMA mine",
    "CREATE ROLE evil SUPERUSER",
    "CREATE ROLE evil LOGIN",
    "ALTER ROLE CURRENT_USER CREATEROLE",
    "ALTER ROLE \"{prefix}.musa\" PASSWORD 'known'",
    'GRANT "{prefix}:manager" TO CURRENT_USER',
    'ALTER DEFAULT PRIVILEGES FOR ROLE "{prefix}:owner" GRANT ALL ON TABLES TO PUBLIC',
    "ALTER DATABASE {database} OWNER TO CURRENT_USER",
    "SET log_statement = 'none'",
    "COPY payment TO PROGRAM 'sh'",
    "COPY payment FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT * FROM pg_authid",
    "SELECT rolpassword FROM pg_authid WHERE rolname LIKE '%mary'",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
    "LOCK TABLE payment IN ACCESS EXCLUSIVE MODE",
    "TRUNCATE payment CASCADE",
    "TRUNCATE audit_entry",
    "DELETE FROM payment",
    "DELETE FROM refund_request",
    "DELETE FROM audit_entry",
    "UPDATE audit_entry SET details = 'x'",
    "UPDATE audit_entry SET user_name = 'mary'",
    "DELETE FROM change",
    "DELETE FROM idempotency_key",
    "UPDATE \"user\" SET role = 'manager'",
    "INSERT INTO \"user\" SELECT 99, 'me', 'admin', '', true, 0, null, now(), 1",
    'SELECT password_hash FROM "user"',
    "SELECT * FROM login",
    "UPDATE login SET group_name = 'manager'",
    "SELECT * FROM sealed_secret",
    "SELECT open_secret('sealed:airtel_money_provider:live:client_secret_encrypted')",
    "UPDATE alembic_version SET version_num = '9999'",
    "SELECT setval('payment_id_seq', 1)",
    "SELECT person_payment()",
    "SELECT make_service_login('evil', 'x')",
    "UPDATE payment SET amount_minor = 1",
    "UPDATE payment SET currency = 'USD'",
    "UPDATE payment SET created_by = 'mary'",
    "UPDATE payment SET created_at = '2020-01-01'",
    "UPDATE refund_request SET refund_amount_minor = 1",
    "UPDATE refund_request SET requested_by = 'kofi'",
    "UPDATE payment_day SET amount_minor = 0",
    "UPDATE invoice SET total_minor = 1",
    "DELETE FROM invoice",
)

HARMLESS_OF_EVERYBODY = (
    # The server only warns that nothing was granted.
    "GRANT ALL ON payment TO CURRENT_USER; SELECT 1 WHERE has_table_privilege('payment', 'DELETE')",
    (
        "SELECT 1 FROM pg_stat_activity WHERE usename <> current_user AND query <> "
        "'<insufficient privilege>'"
    ),
)

_STEPS_OF_A_CASHIER = (
    payment("mtn_mobile_money", status="completed"),
    payment(status="completed"),
    payment(status="refunded"),
    payment(by="kofi"),
    payment(by="mary"),
    payment(at="'2020-01-01'"),
    payment(at="now() + interval '2 days'"),
    payment(amount=-500),
    payment(amount=0),
    payment(),  # without its entry in the audit trail
    "UPDATE payment SET status = 'completed' WHERE payment_method = 'mtn_mobile_money'",
    "UPDATE payment SET status = 'processing' WHERE status = 'pending'",
    "UPDATE payment SET status = 'pending' WHERE status = 'completed'",
    "UPDATE payment SET status = 'refunded' WHERE status = 'completed'",
    "UPDATE payment SET status = 'failed' WHERE status = 'pending'",  # without an entry
    "UPDATE payment SET reconciled = true",
    "UPDATE payment SET paid_at = '2020-01-01' WHERE status = 'completed'",
    "UPDATE payment SET invoice_number = 'X' WHERE status = 'completed'",
    "UPDATE payment SET till_session_id = (SELECT max(id) + 1 FROM till_session)",
    "UPDATE payment SET till_session_id = {till_of_kofi} WHERE status = 'pending'",
    "UPDATE refund_request SET status = 'processing'",
    "UPDATE refund_request SET status = 'completed'",
    "UPDATE refund_request SET status = 'approved', approved_by = 'aline'",
    "UPDATE refund_request SET status = 'approved', approved_by = 'mary'",
    "UPDATE refund_request SET approved_by = 'mary', approved_at = now()",
    "UPDATE refund_request SET status = 'rejected', rejected_by = 'aline'",
    refund(12_000),
    refund(7_001),
    refund(-1),
    refund(by="kofi"),
    refund(status="approved"),
    refund(status="completed"),
    refund(at="'2020-01-01'"),
    refund(of="status = 'pending'"),
    refund(),  # without its entry in the audit trail
    f"WITH made AS ({refund(7_001)} RETURNING 1) SELECT * FROM made",
    f"DO $$ BEGIN {refund(7_001)}; END $$",
    (
        "MERGE INTO payment p USING (SELECT 1) s ON p.payment_method = 'mtn_mobile_money'"
        " WHEN MATCHED THEN UPDATE SET status = 'completed'"
    ),
    (
        "INSERT INTO payment (id, "
        + _PAYMENT_COLUMNS
        + ") SELECT id, "
        + _PAYMENT_COLUMNS
        + " FROM payment WHERE payment_method = 'mtn_mobile_money'"
        " ON CONFLICT (id) DO UPDATE SET status = 'completed'"
    ),
    entry(),
    entry(by="mary"),
    entry(at="'2020-01-01'"),
    (
        "INSERT INTO audit_entry (user_name, sequence, at, desk, action, subject_type, subject_id,"
        " details, previous_hash, entry_hash) SELECT user_name, sequence + 1, now(), '', 'x', 'x',"
        " 'x', '', entry_hash, repeat('0', 64) FROM audit_entry WHERE user_name = 'aline'"
        " ORDER BY sequence DESC LIMIT 1"
    ),
    "INSERT INTO audit_entry (written_in) VALUES ('1')",
    "UPDATE gateway_attempt SET sends = 1",
    (
        "INSERT INTO gateway_attempt (kind, payment_id, provider, environment, reference, sale_key,"
        " status, status_since, created_at, sends, checks, not_found_count, reason, reason_code,"
        " trouble, message, version) SELECT 'collect', id, 'mtn', 'live', 'x', '', 'succeeded',"
        " now(), now(), 1, 0, 0, '', '', '', '', 1 FROM payment LIMIT 1"
    ),
    (
        "INSERT INTO gateway_attempt (kind, payment_id, refund_request_id, provider, environment,"
        " reference, sale_key, status, status_since, created_at, sends, checks, not_found_count,"
        " reason, reason_code, trouble, message, version) SELECT 'refund', payment_id, id, 'mtn',"
        " 'live', 'y', '', 'created', now(), now(), 0, 0, 0, '', '', '', '', 1 FROM refund_request"
    ),
    (
        "INSERT INTO payment_transaction (payment_id, transaction_id, gateway_name, request_type,"
        " response_code, response_message, status, success, error_code, error_message, request_at)"
        " SELECT id, '', 'MTN', 'QUERY', '', '', 'succeeded', true, '', '', now() FROM payment"
    ),
    (
        "INSERT INTO till_session (user_id, desk, currency, opening_float_minor, difference_reason,"
        " opened_at, version) SELECT id, '', 'RWF', 0, '', now(), 1 FROM \"user\" WHERE"
        " name = 'mary'"
    ),
    "UPDATE till_session SET opening_float_minor = 0",
    (
        "INSERT INTO saved_filter (user_name, page, name, name_folded, content, is_default,"
        " saved_at) VALUES ('mary', 'p', 'n', 'n', '', false, now())"
    ),
    "INSERT INTO setting (name, value) VALUES ('shop_name', 'mine')",
    "UPDATE airtel_money_provider SET base_url = 'https://evil.example'",
    "UPDATE airtel_money_provider SET client_secret_encrypted = ''",
    (
        "INSERT INTO statement_profile (name, definition, saved_by, saved_at)"
        " VALUES ('x', '{{}}', 'aline', now())"
    ),
    "UPDATE match SET state = 'approved'",
    "UPDATE payment_reconciliation SET status = 'COMPLETE'",
    "UPDATE statement_line SET state = 'matched'",
    "SELECT make_login('evil', 'evil', 'manager', '{verifier}')",
    "SELECT set_login_password('mary', '{verifier}')",
    "SELECT set_login_active('mary', false)",
    "SELECT change_own_password('plain text')",
    "UPDATE loyalty_account SET points = 1000000; INSERT INTO loyalty_account VALUES (1, 1, 5, 1)",
)

_MADE_MANAGER = "UPDATE login SET group_name = 'manager' WHERE user_name = 'aline'"

_LIES_OF_A_CASHIER = (
    told("aline", "refund", "it", _named(refund(7_001, of="payment_id = '{payment}'"))),
    told("aline", "refund", "it", _named(refund(by="kofi"))),
    told("aline", "payment", "it", _named(payment(at="'2020-01-01'"))),
    told("aline", "payment", "it", _named(payment("mtn_mobile_money", status="completed"))),
    told(
        "aline",
        "payment",
        "it",
        "UPDATE payment SET status = 'completed', paid_at = now()"
        " WHERE payment_method = 'mtn_mobile_money'",
    ),
    told(
        "aline",
        "payment",
        "it",
        "UPDATE payment SET status = 'refunded' WHERE status = 'completed'",
    ),
    told_of_refund("aline", "{approved}", "status = 'processing', processed_by = 'kofi'"),
    told("aline", "refund", "it", passed_on_at_once("aline")),
    told(
        "aline",
        "refund",
        "it",
        _named(refund(of="payment_id = '{payment}'")).replace(
            "'requested', ''", "'requested', 'X'"
        ),
    ),
    told_of_refund("aline", "{approved}", "status = 'withdrawn'"),  # another's
    told_of_refund("aline", "{refund}", "passed_on_by = 'aline', passed_on_at = now()"),
    told_of_refund("aline", "{refund}", "status = 'rejected'"),
    told_of_refund("aline", "{refund}", "status = 'processing'"),
    told_of_refund("aline", "{refund}", "status = 'completed', refund_completed_at = now()"),
    told_of_refund("aline", "{refund}", "refund_completed_at = now()"),
    told_of_refund("aline", "{refund}", "refund_amount_minor = 1"),
    told_of_refund("aline", "{refund}", "reason = 'other'"),
    told_of_refund("aline", "{ended}", "response_notes = 'x'"),
    told_of_refund("aline", "{ended}", "status = 'requested'"),
    told_of_refund("aline", "{ended}", "refund_transaction_id = 'MINE'"),
    told(
        "aline",
        "user",
        "aline",
        "UPDATE login SET group_name = 'manager' WHERE user_name = 'aline'",
    ),
    told("aline", "user", "evil", "SELECT make_login('evil', 'evil', 'manager', '{verifier}')"),
)

_LIES_OF_OTHERS = (
    (
        "clara",
        "payment",
        (
            "UPDATE payment SET status = 'completed', paid_at = now()"
            " WHERE payment_method = 'mtn_mobile_money'"
        ),
    ),
    (
        "clara",
        "reconciliation",
        "UPDATE payment_reconciliation SET status = 'IN_PROGRESS' WHERE status = 'COMPLETE'",
    ),
    (
        "clara",
        "match",
        (
            "UPDATE match SET state = 'approved', decided_by = 'mary', decided_at = now()"
            " WHERE state = 'proposed'"
        ),
    ),
    (
        "mary",
        "refund",
        (
            "UPDATE refund_request SET status = 'approved', approved_by = 'musa',"
            " approved_at = now() WHERE refund_id = '{refund}'"
        ),
    ),
    (
        "mary",
        "refund",
        "UPDATE refund_request SET status = 'completed' WHERE refund_id = '{refund}'",
    ),
    ("ann", "user", "SELECT make_login('evil', 'evil', 'service', '{verifier}')"),
)

_HARMLESS_OF_A_CASHIER = (
    "SELECT 1 FROM till_session WHERE user_id <> acting_user()",
    "UPDATE till_session SET counted_minor = 0 WHERE user_id <> acting_user() RETURNING 1",
    "SELECT 1 FROM saved_filter WHERE user_name <> 'aline'",
    "SELECT 1 FROM audit_entry WHERE user_name <> 'aline' AND subject_type = 'user'",
    "SELECT 1 FROM airtel_money_provider WHERE client_secret_encrypted LIKE '%CIPHER%'",
    # What another asked for and nobody decided yet is not there for a cashier to change.
    told_of_refund("aline", "{own}", "response_notes = 'x'") + " RETURNING 1",
    told_of_refund("aline", "{own}", "status = 'withdrawn'") + " RETURNING 1",
    "UPDATE desk_presence SET user_name = 'aline' WHERE user_name = 'mary' RETURNING 1",
    "DELETE FROM desk_presence WHERE user_name = 'mary' RETURNING 1",
)

_LIES_OF_A_MANAGER = (
    told_of_refund(
        "mary", "{own}", "status = 'approved', approved_by = 'mary', approved_at = now()"
    ),
    told_of_refund(
        "mary", "{passed_on}", "status = 'approved', approved_by = 'mary', approved_at = now()"
    ),
    told_of_refund(
        "mary", "{large}", "status = 'approved', approved_by = 'mary', approved_at = now()"
    ),
    told_of_refund("mary", "{refund}", "status = 'approved', approved_by = 'mary'"),
    told_of_refund(
        "mary", "{refund}", "status = 'approved', approved_by = 'mary', approved_at = '2020-01-01'"
    ),
    told_of_refund("mary", "{refund}", "approved_by = 'mary', approved_at = now()"),
    told_of_refund("mary", "{refund}", "status = 'withdrawn'"),
    told_of_refund("mary", "{refund}", "status = 'rejected', rejected_by = 'musa'"),
    told_of_refund("mary", "{refund}", "status = 'rejected', rejected_by = 'mary'"),  # no moment
    told_of_refund(
        "mary", "{refund}", "passed_on_by = 'musa', passed_on_at = now(), passed_on_note = 'x'"
    ),
    told_of_refund("mary", "{refund}", "passed_on_by = 'mary', passed_on_at = now()"),  # no word
    told_of_refund("mary", "{refund}", "passed_on_note = 'x'"),
    told_of_refund(
        "mary",
        "{refund}",
        "passed_on_by = 'mary', passed_on_at = '2020-01-01', passed_on_note = 'x'",
    ),
    told_of_refund(
        "mary", "{approved}", "passed_on_by = 'mary', passed_on_at = now(), passed_on_note = 'x'"
    ),
    told_of_refund(
        "mary", "{passed_on}", "passed_on_by = 'mary', passed_on_at = now(), passed_on_note = 'x'"
    ),
    told_of_refund(
        "mary", "{passed_on}", "passed_on_by = '', passed_on_at = NULL, passed_on_note = ''"
    ),
    told_of_refund(
        "mary",
        "{refund}",
        "passed_on_by = 'mary', passed_on_at = now(), passed_on_note = 'x',"
        " status = 'approved', approved_by = 'mary', approved_at = now()",
    ),
    # The entry is about another refund.
    told(
        "mary",
        "refund",
        "{own}",
        "UPDATE refund_request SET passed_on_by = 'mary', passed_on_at = now(),"
        " passed_on_note = 'x' WHERE refund_id = '{refund}'",
    ),
    told("mary", "settings", "refunds", "INSERT INTO setting VALUES ('refund_limit_minor', '9')"),
    told("mary", "settings", "refunds", "UPDATE setting SET value = '9' WHERE name = 'shop_name'"),
    "INSERT INTO setting (name, value) VALUES ('refund_reasons', 'x')",  # without an entry
)

_LIES_OF_AN_ADMIN = (
    told_of_refund("ann", "{passed_on}", "status = 'approved', approved_by = 'ann'"),
    told_of_refund(
        "ann", "{passed_on}", "status = 'approved', approved_by = 'mary', approved_at = now()"
    ),
    told_of_refund("ann", "{passed_on}", "status = 'rejected', rejected_by = 'mary'"),
    told_of_refund("ann", "{passed_on}", "status = 'withdrawn'"),
    told_of_refund("ann", "{passed_on}", "status = 'processing'"),
    told_of_refund("ann", "{passed_on}", "status = 'completed'"),
    told_of_refund("ann", "{passed_on}", "passed_on_by = ''"),
    told_of_refund("ann", "{passed_on}", "processed_by = 'ann'"),
    told_of_refund("ann", "{passed_on}", "refund_amount_minor = 1"),
    told("ann", "refund", "it", _named(refund(by="ann", of="payment_id = '{payment}'"))),
    (
        "UPDATE refund_request SET status = 'approved', approved_by = 'ann', approved_at = now()"
        " WHERE refund_id = '{passed_on}'"
    ),  # without an entry
    (
        "UPDATE refund_request SET status = 'rejected', rejected_by = 'ann', rejected_at = now()"
        " WHERE refund_id = '{passed_on}'"
    ),  # without an entry
)

_HARMLESS_OF_AN_ADMIN = tuple(
    told_of_refund("ann", refund_id, changes) + " RETURNING 1"
    for refund_id in ("{refund}", "{own}", "{approved}", "{large}")
    for changes in (
        "status = 'approved', approved_by = 'ann', approved_at = now()",
        "status = 'rejected', rejected_by = 'ann', rejected_at = now()",
        "response_notes = 'x'",
    )
)

_PRESENCE_OF_EVERYBODY = tuple(
    f'INSERT INTO desk_presence ("window", user_name, desk, since, last_seen, is_locked)'
    f" VALUES ({window}, {name}, '', {since}, {seen}, false)"
    for window, name, since, seen in (
        ("'w'", "'mary'||'x'", "now()", "now()"),
        ("'w'", "'kofi'", "now()", "now()"),
        ("'w'", "acting_name()", "'2020-01-01'", "now()"),
        ("'w'", "acting_name()", "now()", "now() + interval '1 day'"),
    )
)

_PROOFS_OF_NOBODY = (
    (
        "INSERT INTO withdrawn_proof (payment_id, proved_at, withdrawn_at)"
        " SELECT id, now(), now() FROM payment LIMIT 1"
    ),
    (
        "INSERT INTO withdrawn_proof (payment_id, proved_at, withdrawn_at)"
        " SELECT id, reconciled_at, now() FROM payment WHERE reconciled"
    ),  # the payment stays as it is
    (
        "INSERT INTO withdrawn_proof (payment_id, proved_at, withdrawn_at)"
        " SELECT id, reconciled_at, '2020-01-01' FROM payment WHERE reconciled"
    ),
)

_OF_A_CLERK = (
    payment("mtn_mobile_money", status="completed", by="clara"),  # an import without its entry
    "UPDATE payment SET status = 'completed' WHERE payment_method = 'mtn_mobile_money'",
    "UPDATE payment SET status = 'cancelled' WHERE status = 'pending'",
    "UPDATE payment SET reconciled = true, reconciled_by = 'mary' WHERE status = 'completed'",
    (
        "UPDATE payment SET reconciled = true, reconciled_by = 'clara', reconciled_at = now()"
        " WHERE status = 'completed'"
    ),  # without an entry
    "UPDATE payment SET reconciled = true, reconciled_by = 'clara' WHERE status = 'pending'",
    refund(by="clara"),
    "UPDATE refund_request SET status = 'approved', approved_by = 'clara'",
    "UPDATE gateway_attempt SET sends = 1",
    "UPDATE payment_reconciliation SET status = 'IN_PROGRESS' WHERE status = 'COMPLETE'",
    "UPDATE match SET state = 'approved', decided_by = 'mary' WHERE state = 'proposed'",
    (
        "UPDATE match SET state = 'approved', decided_by = 'clara', decided_at = now()"
        " WHERE state = 'proposed'"
    ),  # without an entry
    "UPDATE statement_line SET amount_minor = 1",
    (
        "UPDATE statement_line SET state = 'ignored'"
        " WHERE reconciliation_id IN (SELECT id FROM payment_reconciliation WHERE"
        " status = 'COMPLETE')"
    ),
    "UPDATE match SET version = 9 WHERE state = 'approved'",
    (
        "INSERT INTO till_session (user_id, desk, currency, opening_float_minor, difference_reason,"
        " opened_at, version) VALUES (acting_user(), '', 'RWF', 0, '', now(), 1)"
    ),
    "UPDATE airtel_money_provider SET base_url = 'https://evil.example'",
    "SELECT make_login('evil', 'evil', 'manager', '{verifier}')",
    entry(by="mary"),
)

_OF_A_MANAGER = (
    (
        "UPDATE refund_request SET status = 'approved', approved_by = 'mary', approved_at = now()"
        " WHERE refund_id = '{own}'"
    ),  # their own
    (
        "UPDATE refund_request SET status = 'approved', approved_by = 'musa' WHERE refund_id ="
        " '{refund}'"
    ),
    (
        "UPDATE refund_request SET status = 'approved', approved_by = 'mary',"
        " approved_at = '2020-01-01' WHERE refund_id = '{refund}'"
    ),
    (
        "UPDATE refund_request SET status = 'approved', approved_by = 'mary', approved_at = now()"
        " WHERE refund_id = '{refund}'"
    ),  # without an entry
    "UPDATE refund_request SET status = 'approved' WHERE refund_id = '{refund}'",
    "UPDATE refund_request SET status = 'completed' WHERE refund_id = '{refund}'",
    "UPDATE refund_request SET status = 'processing' WHERE refund_id = '{refund}'",
    (
        "UPDATE refund_request SET status = 'approved', approved_by = 'mary' WHERE refund_id ="
        " '{approved}'"
    ),  # twice
    "UPDATE refund_request SET approved_by = 'mary' WHERE refund_id = '{approved}'",
    (
        "UPDATE refund_request SET status = 'rejected', rejected_by = 'musa' WHERE refund_id ="
        " '{refund}'"
    ),
    refund(by="aline"),
    (
        "UPDATE payment SET status = 'completed', paid_at = now() WHERE payment_method ="
        " 'mtn_mobile_money'"
    ),  # without an entry
    "UPDATE payment SET status = 'refunded' WHERE status = 'completed'",
    "UPDATE payment_reconciliation SET status = 'IN_PROGRESS' WHERE status = 'COMPLETE'",
    "UPDATE airtel_money_provider SET client_secret_encrypted = ''",
    "INSERT INTO setting (name, value) VALUES ('shop_name', 'mine')",
    "SELECT make_login('evil', 'evil', 'manager', '{verifier}')",
    "SELECT set_login_active('aline', false)",
    payment(by="aline"),
    payment(status="completed", by="mary", at="'2020-01-01'"),  # an import without its entry
    entry(by="aline"),
)

_HARMLESS_OF_A_MANAGER = ("UPDATE till_session SET counted_minor = 0 RETURNING 1",)

_OF_AN_ADMIN = (
    payment(by="ann"),
    "UPDATE payment SET status = 'completed'",
    refund(by="ann"),
    "UPDATE payment_reconciliation SET status = 'COMPLETE'",
    "UPDATE airtel_money_provider SET client_secret_encrypted = 'sealed:setting:x'",
    "SELECT make_login('evil', 'evil', 'service', '{verifier}')",
    "SELECT make_login('evil', 'evil', 'owner', '{verifier}')",
    "SELECT make_login('evil', 'evil', 'manager', 'plain')",
    "SELECT make_login('evil', 'evil', 'manager', NULL)",
    "SELECT make_login(NULL, 'evil', 'manager', '{verifier}')",
    "SELECT make_login('Evil\"; DROP', 'evil', 'manager', '{verifier}')",
    "SELECT make_login('evil', 'aline', 'manager', '{verifier}')",
    "SELECT make_login('evil', 'sanduku', 'manager', '{verifier}')",
    "SELECT make_login('evil', 'evil', 'manager', '{verifier}')",  # without an entry
    "SELECT set_login_password('aline', '{verifier}')",  # without an entry
    "SELECT set_login_password('sanduku', '{verifier}')",
    "SELECT set_login_password('nobody', '{verifier}')",
    "SELECT set_login_active('aline', false)",  # without an entry
    "SELECT set_login_active('sanduku', false)",
    "SELECT set_login_active('ann', false)",
    'DROP ROLE "{prefix}.mary"',
    'ALTER ROLE "{prefix}.mary" NOLOGIN',
    entry(by="mary"),
)

ATTACKS = (
    *(attack for who in ("aline", "clara", "mary", "ann") for attack in _by(who, *OF_EVERYBODY)),
    *(
        attack
        for who in ("aline", "clara", "mary", "ann")
        for attack in _empty(who, *HARMLESS_OF_EVERYBODY)
    ),
    *_by("aline", *_STEPS_OF_A_CASHIER),
    *_by("aline", *_LIES_OF_A_CASHIER),
    *(Attack(who, told(who, kind, "it", statement)) for who, kind, statement in _LIES_OF_OTHERS),
    *_empty("aline", *_HARMLESS_OF_A_CASHIER),
    *_by("clara", *_OF_A_CLERK),
    *_by("mary", *_OF_A_MANAGER),
    *_empty("mary", *_HARMLESS_OF_A_MANAGER),
    *_by("ann", *_OF_AN_ADMIN),
    *_by("mary", *_LIES_OF_A_MANAGER),
    *_by("ann", *_LIES_OF_AN_ADMIN),
    *_empty("ann", *_HARMLESS_OF_AN_ADMIN),
    *(
        attack
        for who in ("aline", "clara", "mary", "ann")
        for attack in _by(who, *_PRESENCE_OF_EVERYBODY, *_PROOFS_OF_NOBODY)
    ),
    *(
        Attack(who, told(who, "payment", "it", statement))
        for who in ("clara", "mary")
        for statement in _PROOFS_OF_NOBODY
    ),
)

LAWFUL = (
    *_by(
        "aline",
        told("aline", "refund", "it", _named(refund(1, of="payment_id = '{payment}'"))),
        told("aline", "payment", "it", _named(payment())),
    ),
    *_by("aline", told_of_refund("aline", "{refund}", "status = 'withdrawn'")),
    *_by(
        "mary",
        told_of_refund(
            "mary", "{refund}", "status = 'approved', approved_by = 'mary', approved_at = now()"
        ),
        told_of_refund(
            "mary", "{own}", "passed_on_by = 'mary', passed_on_at = now(), passed_on_note = 'x'"
        ),
        told_of_refund("mary", "{own}", "status = 'withdrawn'"),
        told_of_refund(
            "mary", "{passed_on}", "status = 'rejected', rejected_by = 'mary', rejected_at = now()"
        ),
        told("mary", "settings", "refunds", "INSERT INTO setting VALUES ('refund_reasons', 'x')"),
    ),
    *_by(
        "ann",
        told_of_refund(
            "ann", "{passed_on}", "status = 'approved', approved_by = 'ann', approved_at = now()"
        ),
        told_of_refund(
            "ann", "{passed_on}", "status = 'rejected', rejected_by = 'ann', rejected_at = now()"
        ),
        told(
            "ann", "settings", "refunds", "INSERT INTO setting VALUES ('refund_limit_minor', '9')"
        ),
    ),
    *(
        Attack(
            who,
            told(
                who,
                "payment",
                "it",
                "WITH gone AS (INSERT INTO withdrawn_proof (payment_id, proved_at, withdrawn_at)"
                " SELECT id, reconciled_at, now() FROM payment WHERE reconciled RETURNING"
                " payment_id) UPDATE payment SET reconciled = false, reconciled_at = NULL,"
                " reconciled_by = '' FROM gone WHERE payment.id = gone.payment_id",
            ),
        )
        for who in ("clara", "mary")
    ),
)
"""What the same people may do in the same way; were it refused, refusals would prove nothing."""
