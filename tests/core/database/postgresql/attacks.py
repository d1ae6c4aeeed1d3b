"""Every statement that people of a shop could try with their password and psql.

Each is refused, changes no row, or shows nothing. ``{payment}`` and the like are filled in from the
shop; ``shown`` says that the answer must be empty instead of the statement refused.
"""

from __future__ import annotations

from tests.core.database.postgresql.attack_forms import (
    PAYMENT_COLUMNS,
    Attack,
    by,
    carried_out,
    empty,
    entry,
    lies,
    named,
    passed_on_at_once,
    payment,
    refund,
    told,
    told_of_refund,
)

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
    "UPDATE payment SET transaction_id = 'MINE' WHERE status = 'completed'",  # without an entry
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
        + PAYMENT_COLUMNS
        + ") SELECT id, "
        + PAYMENT_COLUMNS
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
    told("aline", "refund", "it", named(refund(7_001, of="payment_id = '{payment}'"))),
    told("aline", "refund", "it", named(refund(by="kofi"))),
    told("aline", "payment", "it", named(payment(at="'2020-01-01'"))),
    told("aline", "payment", "it", named(payment("mtn_mobile_money", status="completed"))),
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
    told_of_refund("aline", "{approved}", "processed_by = 'aline'"),
    carried_out("aline", "{approved}", "status = 'failed'"),
    carried_out("aline", "{approved}", "status = 'unknown'"),
    carried_out("aline", "{approved}", "status = 'completed', refund_completed_at = '2020-01-01'"),
    carried_out("aline", "{by_phone}", "status = 'completed', refund_completed_at = now()"),
    told("aline", "refund", "it", named(refund(at="'2020-01-01'", of="payment_id = '{payment}'"))),
    told("aline", "refund", "it", named(refund(of="status = 'pending'"))),
    told("aline", "payment", "it", named(payment(by="kofi"))),
    told("aline", "payment", "it", named(payment(status="processing"))),
    told(
        "aline",
        "payment",
        "{payment}",
        "UPDATE payment SET invoice_number = 'X' WHERE payment_id = '{payment}'",
    ),
    told(
        "aline",
        "payment",
        "it",
        "UPDATE payment SET paid_at = '2020-01-01' WHERE payment_id = '{payment}'",
    ),
    told(
        "aline",
        "payment",
        "it",
        "UPDATE payment SET till_session_id = {till_of_kofi} WHERE payment_id = '{payment}'",
    ),
    told(
        "aline",
        "payment",
        "it",
        "UPDATE payment SET status = 'completed', paid_at = now() WHERE status = 'pending'",
    ),
    # A network was asked for it.
    told(
        "aline", "payment", "it", "UPDATE payment SET status = 'cancelled' WHERE status = 'pending'"
    ),
    told(
        "aline",
        "payment",
        "it",
        "UPDATE payment SET status = 'processing' WHERE status = 'pending'",
    ),
    told("aline", "refund", "it", passed_on_at_once("aline")),
    told(
        "aline",
        "refund",
        "it",
        named(refund(of="payment_id = '{payment}'")).replace("'requested', ''", "'requested', 'X'"),
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
    *(
        (who, "payment", statement)
        for who in ("clara", "mary")
        for statement in (
            "UPDATE payment SET reconciled_by = 'kofi' WHERE reconciled",
            f"UPDATE payment SET reconciled_by = '{who}' WHERE reconciled",
            "UPDATE payment SET reconciled_at = now() WHERE reconciled",
            (
                f"UPDATE payment SET reconciled = true, reconciled_by = '{who}',"
                " reconciled_at = now() WHERE status = 'pending'"
            ),
            (
                f"UPDATE payment SET reconciled = true, reconciled_by = '{who}',"
                " reconciled_at = '2020-01-01' WHERE status = 'completed' AND NOT reconciled"
            ),
            (
                "UPDATE payment SET reconciled = true, reconciled_by = '', reconciled_at = now()"
                " WHERE status = 'completed' AND NOT reconciled"
            ),
            "UPDATE payment SET amount_minor = 1",
        )
    ),
    ("clara", "payment", "UPDATE payment SET status = 'cancelled' WHERE status = 'pending'"),
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
        "mary",
        "{refund}",
        "status = 'rejected', rejected_by = 'mary', rejected_at = '2020-01-01'",
    ),
    told_of_refund("mary", "{refund}", "rejected_by = 'mary'"),
    told_of_refund("mary", "{refund}", "rejected_by = 'musa'"),
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
    told("ann", "refund", "it", named(refund(by="ann", of="payment_id = '{payment}'"))),
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


def _withdrawn(at: str) -> str:
    """Return a proof that is withdrawn together with its payment."""
    return (
        "WITH gone AS (INSERT INTO withdrawn_proof (payment_id, proved_at, withdrawn_at)"
        f" SELECT id, reconciled_at, {at} FROM payment WHERE reconciled RETURNING payment_id)"
        " UPDATE payment SET reconciled = false, reconciled_at = NULL, reconciled_by = ''"
        " FROM gone WHERE payment.id = gone.payment_id"
    )


_PROOFS_OF_NOBODY = (
    _withdrawn("timestamptz '2020-01-01'"),
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


_UNTRUE_ROWS = (
    *lies("aline", "loyalty_entry", "by, at, kind", "'kofi', now(), 'earned'"),
    *lies("aline", "loyalty_entry", "by, at, kind", "'aline', '2020-01-01', 'earned'"),
    *lies("aline", "loyalty_entry", "by, at, kind", "'aline', now(), 'corrected'"),
    *lies("aline", "mail_message", "created_by, created_at", "'mary', now()"),
    *lies("aline", "mail_message", "created_by, created_at", "'aline', '2020-01-01'"),
    *lies("aline", "handout", "handed_by, handed_at", "'mary', now()", "'aline', '2020-01-01'"),
    *lies("aline", '"order"', "created_by, cancelled_by", "'mary', ''", "'aline', 'mary'"),
    *lies("aline", "till_session", "user_id, opened_at", "acting_user(), '2020-01-01'"),
    *by(
        "aline",
        (
            "UPDATE till_session SET closed_at = '2020-01-01', counted_minor = 1"
            " WHERE user_id = acting_user()"
        ),
        "UPDATE gateway_attempt SET status = 'succeeded' WHERE status = 'pending'",
        "UPDATE gateway_attempt SET status = 'failed' WHERE status = 'pending'",
    ),
    *by("musa", "UPDATE till_session SET counted_minor = 0 WHERE user_id = acting_user()"),
    *lies("clara", "payer_lesson", "taught_by, forgotten_by", "'mary', ''", "'clara', 'mary'"),
    *lies("clara", "wording_lesson", "taught_by, forgotten_by", "'mary', ''", "'clara', 'mary'"),
    *lies(
        "clara", "statement_answer", "answered_by, forgotten_by", "'mary', ''", "'clara', 'mary'"
    ),
    *lies("clara", "statement_profile", "saved_by", "'mary'"),
    *lies("clara", "forgotten_fee", "forgotten_by", "'mary'"),
    *lies("clara", "lifted_decline", "lifted_by", "'mary'"),
    *lies(
        "clara",
        "payment_reconciliation",
        "imported_by, imported_at, status, reconciled_by, reconciled_at",
        "'mary', now(), 'PENDING', '', NULL",
        "'clara', '2020-01-01', 'PENDING', '', NULL",
        "'clara', now(), 'COMPLETE', '', NULL",
        "'clara', now(), 'PENDING', 'mary', NULL",
        "'clara', now(), 'PENDING', '', '2020-01-01'",
    ),
    *lies(
        "clara",
        "match",
        "state, decided_by, decided_at, difference_by, difference_at",
        "'declined', 'mary', NULL, '', NULL",
        "'declined', 'clara', '2020-01-01', '', NULL",
        "'approved', '', NULL, '', NULL",
        "'proposed', '', NULL, 'mary', NULL",
        "'proposed', '', NULL, '', '2020-01-01'",
    ),
)

ATTACKS = (
    *_UNTRUE_ROWS,
    *(attack for who in ("aline", "clara", "mary", "ann") for attack in by(who, *OF_EVERYBODY)),
    *(
        attack
        for who in ("aline", "clara", "mary", "ann")
        for attack in empty(who, *HARMLESS_OF_EVERYBODY)
    ),
    *by("aline", *_STEPS_OF_A_CASHIER),
    *by("aline", *_LIES_OF_A_CASHIER),
    *(Attack(who, told(who, kind, "it", statement)) for who, kind, statement in _LIES_OF_OTHERS),
    *empty("aline", *_HARMLESS_OF_A_CASHIER),
    *by("clara", *_OF_A_CLERK),
    *by("mary", *_OF_A_MANAGER),
    *empty("mary", *_HARMLESS_OF_A_MANAGER),
    *by("ann", *_OF_AN_ADMIN),
    *by("mary", *_LIES_OF_A_MANAGER),
    *by("ann", *_LIES_OF_AN_ADMIN),
    *empty("ann", *_HARMLESS_OF_AN_ADMIN),
    *(
        attack
        for who in ("aline", "clara", "mary", "ann")
        for attack in by(who, *_PRESENCE_OF_EVERYBODY, *_PROOFS_OF_NOBODY)
    ),
    *(
        Attack(who, told(who, "payment", "it", statement))
        for who in ("clara", "mary")
        for statement in _PROOFS_OF_NOBODY
    ),
)

LAWFUL = (
    *by(
        "aline",
        told("aline", "refund", "it", named(refund(1, of="payment_id = '{payment}'"))),
        told("aline", "payment", "it", named(payment())),
    ),
    *by("aline", told_of_refund("aline", "{refund}", "status = 'withdrawn'")),
    *by(
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
    *by(
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
            told(who, "payment", "it", _withdrawn("now()")),
        )
        for who in ("clara", "mary")
    ),
)
"""What the same people may do in the same way; were it refused, refusals would prove nothing."""
