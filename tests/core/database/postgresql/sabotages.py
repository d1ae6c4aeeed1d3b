"""One guard of the server taken away at a time, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sabotage:
    """What is taken away; ``second`` names the layer that holds all the same."""

    what: str
    second: str = ""
    undo: str = ""


def _trigger(name: str, table: str, second: str = "") -> Sabotage:
    return Sabotage(f'DROP TRIGGER {name} ON "{table}"', second)


SABOTAGES = (
    # --- guards of persons
    _trigger("person_payment", "payment"),
    _trigger("person_payment_told", "payment"),
    _trigger("person_payment_proof", "payment"),
    _trigger("person_payment_reconciled", "payment"),
    _trigger("person_refund_request", "refund_request"),
    _trigger("person_refund_request_told", "refund_request"),
    _trigger("person_refund_request_step_told", "refund_request"),
    _trigger("person_gateway_attempt", "gateway_attempt"),
    _trigger("person_till_session", "till_session", "the row policy and the column grants"),
    _trigger("person_saved_filter", "saved_filter", "the row policy"),
    _trigger("person_audit_entry", "audit_entry"),
    _trigger("person_match", "match"),
    _trigger("person_match_told", "match"),
    _trigger("person_payment_reconciliation", "payment_reconciliation"),
    _trigger("person_login_told", "login"),
    _trigger("person_setting", "setting"),
    _trigger("person_setting_told", "setting"),
    _trigger("person_withdrawn_proof", "withdrawn_proof"),
    _trigger("person_withdrawn_proof_told", "withdrawn_proof"),
    _trigger("person_desk_presence", "desk_presence"),
    _trigger("seal_airtel_money_provider", "airtel_money_provider"),
    # --- guards of the model
    _trigger("guard_refund_request_sum", "refund_request"),
    _trigger("guard_payment_status", "payment", "the steps of each role"),
    _trigger("guard_refund_request_status", "refund_request", "the steps of each role"),
    _trigger("guard_payment_facts", "payment", "the column grants"),
    _trigger("guard_payment_delete", "payment", "the table grants"),
    _trigger("guard_match_closed_update", "match"),
    _trigger("guard_statement_line_closed_update", "statement_line"),
    Sabotage(
        "ALTER TABLE refund_request DROP CONSTRAINT ck_refund_request_four_eyes",
        "the guard and the row policy",
        "ALTER TABLE refund_request ADD CONSTRAINT ck_refund_request_four_eyes"
        " CHECK (approved_by IS NULL OR approved_by <> requested_by)",
    ),
    # --- row policies
    Sabotage("ALTER TABLE till_session DISABLE ROW LEVEL SECURITY"),
    Sabotage("ALTER TABLE saved_filter DISABLE ROW LEVEL SECURITY", "the guard for writing"),
    Sabotage("ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY"),
    Sabotage("ALTER TABLE refund_request DISABLE ROW LEVEL SECURITY"),
    Sabotage("ALTER TABLE desk_presence DISABLE ROW LEVEL SECURITY"),
    Sabotage("ALTER POLICY refund_decided ON refund_request WITH CHECK (true)", "the guard"),
    Sabotage("ALTER POLICY refund_of_a_cashier ON refund_request USING (true)"),
    Sabotage("ALTER POLICY refund_decided_by_owner ON refund_request USING (true)"),
    Sabotage("ALTER POLICY presence_come ON desk_presence WITH CHECK (true)", "the guard"),
    Sabotage("ALTER POLICY presence_told ON desk_presence USING (true)"),
    Sabotage("ALTER POLICY presence_gone ON desk_presence USING (true)"),
    # --- grants given back
    # The guards go on holding every row; but whoever may write a table may lock it.
    Sabotage('GRANT UPDATE ON payment TO "{prefix}:people"'),
    Sabotage('GRANT DELETE ON payment TO "{prefix}:people"'),
    Sabotage(
        'GRANT UPDATE, DELETE ON audit_entry TO "{prefix}:people"',
        "no row policy lets anybody, and the guard",
    ),
    Sabotage('GRANT TRUNCATE ON audit_entry TO "{prefix}:people"'),
    Sabotage('GRANT UPDATE ON "user" TO "{prefix}:people"'),
    Sabotage('GRANT SELECT ON "user" TO "{prefix}:people"'),
    Sabotage('GRANT SELECT ON login TO "{prefix}:people"'),
    Sabotage('GRANT SELECT, UPDATE ON login TO "{prefix}:people"'),
    Sabotage('GRANT SELECT ON sealed_secret TO "{prefix}:people"', "no row policy lets anybody"),
    Sabotage('GRANT EXECUTE ON FUNCTION open_secret(text) TO "{prefix}:people"'),
    Sabotage(
        'GRANT EXECUTE ON FUNCTION make_login(text, text, text, text) TO "{prefix}:people"',
        "the function asks who calls",
    ),
    Sabotage(
        'GRANT EXECUTE ON FUNCTION set_login_active(text, boolean) TO "{prefix}:people"',
        "the function asks who calls",
    ),
    Sabotage('GRANT INSERT ON payment_transaction TO "{prefix}:people"'),
    Sabotage('GRANT INSERT ON setting TO "{prefix}:people"', "the guard"),
    Sabotage('GRANT INSERT ON withdrawn_proof TO "{prefix}:people"', "the guard"),
    Sabotage(
        "GRANT UPDATE (passed_on_by, passed_on_at, passed_on_note) ON refund_request TO"
        ' "{prefix}:people"',
        "the guard",
    ),
    Sabotage('GRANT UPDATE ON airtel_money_provider TO "{prefix}:people"'),
    Sabotage('GRANT CREATE ON SCHEMA sanduku TO "{prefix}:people"'),
    Sabotage('GRANT TEMP ON DATABASE {database} TO "{prefix}:people"'),
    Sabotage("GRANT EXECUTE ON FUNCTION pg_catalog.lo_create(oid) TO PUBLIC"),
    # --- roles
    Sabotage(
        'GRANT "{prefix}:manager" TO "{prefix}.aline"',
        undo='REVOKE "{prefix}:manager" FROM "{prefix}.aline"',
    ),
    Sabotage(
        'GRANT "{prefix}:owner" TO "{prefix}.aline"',
        undo='REVOKE "{prefix}:owner" FROM "{prefix}.aline"',
    ),
    Sabotage(
        'ALTER ROLE "{prefix}.aline" CREATEROLE', undo='ALTER ROLE "{prefix}.aline" NOCREATEROLE'
    ),
    Sabotage(
        "UPDATE login SET group_name = 'manager' WHERE user_name = 'aline'",
        undo="UPDATE login SET group_name = 'cashier' WHERE user_name = 'aline'",
    ),
)
