"""What each group may write: table by table, and of written rows column by column.

It follows from what the services write for those whom :mod:`core.permissions` lets them act for. A
table that is not named here is written by nobody but the shop's own triggers.
"""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.login_functions import ADMIN_FUNCTIONS, OWN_FUNCTION
from core.database.postgresql.roles.names import Group, ShopRoles, quoted

_CASHIER, _CLERK, _MANAGER = Group.CASHIER, Group.CLERK, Group.MANAGER
_ADMIN, _SERVICE = Group.ADMIN, Group.SERVICE
_TILL = (_CASHIER, _MANAGER, _SERVICE)
_OFFICE = (_CLERK, _MANAGER)
_SHOP = (_CASHIER, _CLERK, _MANAGER, _SERVICE)
_ALL = tuple(Group)


@dataclass(frozen=True, slots=True)
class Columns:
    """Who may change which columns; the names stand in one text."""

    groups: tuple[Group, ...]
    names: str


@dataclass(frozen=True, slots=True)
class TableGrant:
    """Who may add rows to a table, and who may change which columns of them."""

    table: str
    insert: tuple[Group, ...] = ()
    update: tuple[Columns, ...] = ()
    delete: tuple[Group, ...] = ()


HIDDEN_COLUMNS = {"user": frozenset({"password_hash"})}
"""What no login may even look at; the hashes of a shop of one desk, where it was carried over."""

HIDDEN_TABLES = frozenset({"login", "sealed_secret"})

_MONEY_STEP = (
    "status error_message invoice_generated invoice_number paid_at transaction_id"
    " transaction_status updated_at version"
)
_AT_THE_TILL = (
    f"{_MONEY_STEP} claimed_transaction_id refund_reason tendered_minor card_approval_code"
    " card_last4 till_session_id gateway_name"
)
_RECONCILED = "reconciled reconciled_at reconciled_by"
_REFUND_PAID = (
    "status processed_by refund_transaction_id response_notes refund_completed_at updated_at"
    " version"
)
_CUSTOMER = (
    "name phone_number email tin language address notes search_text merged_into_id retired_at"
    " version"
)
_ORDER = (
    "customer_id total_minor currency is_placed due_on notes created_by cancelled_at cancelled_by"
    " cancel_reason version"
)

TABLE_GRANTS = (
    # --- what every act leaves behind
    TableGrant("audit_entry", insert=_ALL),
    TableGrant("change", insert=_ALL),
    TableGrant("idempotency_key", insert=_ALL),
    TableGrant(
        "saved_filter",
        insert=_ALL,
        update=(Columns(_ALL, "name name_folded content is_default saved_at removed_at"),),
    ),
    TableGrant(
        "outbox_job",
        insert=_SHOP,
        update=(Columns((_SERVICE,), "state attempts last_error done_at"),),
    ),
    # --- payments and refunds
    TableGrant(
        "payment",
        insert=_SHOP,
        update=(
            Columns((_CASHIER,), _AT_THE_TILL),
            Columns((_CLERK,), f"{_MONEY_STEP} {_RECONCILED}"),
            Columns((_MANAGER,), f"{_AT_THE_TILL} {_RECONCILED}"),
            Columns(
                (_SERVICE,),
                f"{_MONEY_STEP} refund_reason gateway_response processing_started_at"
                " transaction_reference payment_link",
            ),
        ),
    ),
    TableGrant(
        "refund_request",
        insert=(_CASHIER, _MANAGER),
        update=(
            Columns(_TILL, _REFUND_PAID),
            Columns((_MANAGER,), "approved_by approved_at rejected_by rejected_at"),
        ),
    ),
    TableGrant(
        "gateway_attempt",
        insert=_SHOP,
        update=(
            Columns(_SHOP, "status status_since closed_at due_at checks version"),
            Columns(
                (_SERVICE,),
                "sent_at accepted_at last_asked_at sends not_found_count not_found_since reason"
                " reason_code trouble message",
            ),
        ),
    ),
    TableGrant(
        "payment_transaction",
        insert=(_SERVICE,),
        update=(
            Columns(
                (_SERVICE,),
                "transaction_id response_data response_code response_message status success"
                " processing_time_ms error_code error_message response_at",
            ),
        ),
    ),
    TableGrant(
        "gateway_health",
        insert=(_SERVICE,),
        update=(Columns((_SERVICE,), "trouble told since last_answer_at clock_ahead_s"),),
    ),
    TableGrant(
        "till_session",
        insert=(_CASHIER, _MANAGER),
        update=(
            Columns((_CASHIER, _MANAGER), "counted_minor difference_reason closed_at version"),
        ),
    ),
    # --- customers, orders, points, subscriptions
    TableGrant("customer", insert=_SHOP, update=(Columns(_SHOP, _CUSTOMER),)),
    TableGrant("order", insert=_SHOP, update=(Columns(_SHOP, _ORDER),)),
    TableGrant(
        "order_line",
        insert=_SHOP,
        update=(Columns(_SHOP, "description quantity unit_price_minor tax_class"),),
        delete=(_CASHIER, _CLERK, _MANAGER),
    ),
    TableGrant("loyalty_account", insert=_SHOP, update=(Columns(_SHOP, "points version"),)),
    TableGrant("loyalty_entry", insert=_SHOP),
    TableGrant(
        "subscription",
        insert=_OFFICE,
        update=(
            Columns(_SHOP, "status next_due_on version"),
            Columns(
                _OFFICE,
                "customer_id plan plan_name price_minor auto_renewal notes payment_method"
                " phone_number anchor_day ends_on changes_on next_plan next_plan_name"
                " next_price_minor",
            ),
            Columns((_SERVICE,), "plan plan_name price_minor changes_on next_plan next_plan_name"),
            Columns((_SERVICE,), "next_price_minor"),
        ),
    ),
    TableGrant("subscription_pause", insert=_OFFICE, update=(Columns(_OFFICE, "resumed_on"),)),
    TableGrant(
        "subscription_period",
        insert=(*_OFFICE, _SERVICE),
        update=(Columns(_SHOP, "status tries next_try_at settled_at version"),),
    ),
    TableGrant(
        "subscription_charge",
        insert=(*_OFFICE, _SERVICE),
        update=(Columns(_SHOP, "ended_at is_surplus"),),
    ),
    TableGrant(
        "subscription_plan",
        insert=(_ADMIN, *_OFFICE),
        update=(Columns((_ADMIN, *_OFFICE), "name price_minor currency is_offered version"),),
    ),
    # --- papers and mail
    TableGrant("number_series", insert=_SHOP, update=(Columns(_SHOP, "last_number"),)),
    TableGrant(
        "invoice",
        insert=_SHOP,
        update=(
            Columns(
                _SHOP,
                "is_paid paid_date payment_reference void_date pdf_file pdf_sha256"
                " ebm_receipt_number ebm_signature version",
            ),
            Columns((_SERVICE,), "sent_to_customer sent_at"),
        ),
    ),
    TableGrant("invoice_line", insert=_SHOP),
    TableGrant(
        "credit_note",
        insert=_TILL,
        update=(Columns(_TILL, "pdf_file pdf_sha256 ebm_receipt_number ebm_signature"),),
    ),
    TableGrant("credit_note_line", insert=_TILL),
    TableGrant("letterhead", insert=_SHOP),
    TableGrant("handout", insert=_SHOP),
    TableGrant(
        "paper_template",
        insert=(_ADMIN,),
        update=(
            Columns(
                (_ADMIN,),
                "name language due_days is_default retired_at shop_name tin address phone email"
                " bank_details footer accent_colour logo version",
            ),
        ),
    ),
    TableGrant(
        "mail_message",
        insert=_SHOP,
        update=(
            Columns(_SHOP, "status next_attempt_at version"),
            Columns(
                (_SERVICE,),
                "attempts trying_since sending_since sent_at last_code last_answer reason"
                " attachment_name attachment_sha256",
            ),
        ),
    ),
    TableGrant(
        "mail_channel",
        insert=(_SERVICE,),
        update=(
            Columns((_SERVICE,), "trouble told answer since next_try_at failures"),
            Columns((_ADMIN,), "next_try_at failures"),
        ),
    ),
    # --- statements
    TableGrant(
        "payment_reconciliation",
        insert=_OFFICE,
        update=(
            Columns(
                _OFFICE,
                "matched_count unmatched_count discrepancy_amount_minor status not_searched"
                " reconciled_by reconciled_at notes version",
            ),
        ),
    ),
    TableGrant(
        "statement_line", insert=_OFFICE, update=(Columns(_OFFICE, "state ignored_reason offer"),)
    ),
    TableGrant(
        "match",
        insert=_OFFICE,
        update=(
            Columns(
                _OFFICE,
                "state decided_by decided_at difference_kind difference_reason difference_note"
                " difference_by difference_at version",
            ),
        ),
    ),
    TableGrant("match_line", insert=_OFFICE, update=(Columns(_OFFICE, "active"),)),
    TableGrant(
        "match_payment", insert=_OFFICE, update=(Columns(_OFFICE, "active completed_here"),)
    ),
    TableGrant(
        "payer_lesson",
        insert=_OFFICE,
        update=(Columns(_OFFICE, "taken_back_at forgotten_by forgotten_at customer_id"),),
    ),
    TableGrant(
        "wording_lesson",
        insert=_OFFICE,
        update=(Columns(_OFFICE, "taken_back_at forgotten_by forgotten_at"),),
    ),
    TableGrant("forgotten_fee", insert=_OFFICE, update=(Columns(_OFFICE, "restored_at"),)),
    TableGrant("lifted_decline", insert=_OFFICE, update=(Columns(_OFFICE, "restored_at"),)),
    TableGrant(
        "statement_answer", insert=_OFFICE, update=(Columns(_OFFICE, "forgotten_by forgotten_at"),)
    ),
    TableGrant(
        "statement_profile",
        insert=_OFFICE,
        update=(Columns(_OFFICE, "definition saved_by saved_at"),),
    ),
    # --- what only an admin sets
    TableGrant("setting", insert=(_ADMIN,), update=(Columns((_ADMIN,), "value"),)),
    TableGrant(
        "mtn_mobile_money_provider",
        insert=(_ADMIN,),
        update=(
            Columns(
                (_ADMIN,),
                "merchant_id base_url target_environment currency api_user webhook_url"
                " collection_subscription_key_encrypted disbursement_subscription_key_encrypted"
                " api_key_encrypted name is_active updated_at version",
            ),
        ),
    ),
    TableGrant(
        "airtel_money_provider",
        insert=(_ADMIN,),
        update=(
            Columns(
                (_ADMIN,),
                "merchant_id base_url country currency client_id signed webhook_url"
                " client_secret_encrypted callback_key_encrypted name is_active updated_at version",
            ),
        ),
    ),
    TableGrant(
        "bank_transfer_provider",
        insert=(_ADMIN,),
        update=(
            Columns(
                (_ADMIN,),
                "bank_name account_name account_number swift_code branch customer_instructions name"
                " is_active updated_at version",
            ),
        ),
    ),
)

FUNCTIONS_OF_ALL = (
    # Within indexes and searches, which run with the rights of whoever writes or asks.
    "day_text(date)",
    "trigrams_of(text)",
    "role_prefix()",
    "acting_group()",
    "acting_name()",
    "acting_user()",
    OWN_FUNCTION,
)

SEQUENCES_SET = {"match_id_seq": _OFFICE, "statement_line_id_seq": _OFFICE}
"""Taking a statement in numbers its lines itself, and a search its proposals by the thousand; each
then says where it ended."""

COLUMNS_OF_THE_SERVER = frozenset({"written_in"})
"""What the server writes by itself, and nobody else."""


def grant_statements(roles: ShopRoles, columns: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Grant what is granted; ``columns`` are those of every table of the schema."""
    for table, names in sorted(columns.items()):
        if table in HIDDEN_TABLES:
            continue
        hidden = HIDDEN_COLUMNS.get(table, frozenset())
        shown = _listed(name for name in names if name not in hidden)
        yield f'GRANT SELECT ({shown}) ON {SCHEMA}."{table}" TO {quoted(roles.people)}'
        if not hidden:
            # Whole, so that counting rows needs no column.
            yield f'GRANT SELECT ON {SCHEMA}."{table}" TO {quoted(roles.people)}'
    for grant in TABLE_GRANTS:
        names = tuple(n for n in columns[grant.table] if n not in COLUMNS_OF_THE_SERVER)
        table = f'{SCHEMA}."{grant.table}"'
        for group in grant.insert:
            to = quoted(roles.group(group))
            yield f"GRANT INSERT ({_listed(names)}) ON {table} TO {to}"
        for changed in grant.update:
            for group in changed.groups:
                to = quoted(roles.group(group))
                yield f"GRANT UPDATE ({_listed(changed.names.split())}) ON {table} TO {to}"
        for group in grant.delete:
            yield f"GRANT DELETE ON {table} TO {quoted(roles.group(group))}"
    yield f"""
DO $$ DECLARE each record; BEGIN
  FOR each IN SELECT oid::regclass AS thing FROM pg_class
    WHERE relnamespace = '{SCHEMA}'::regnamespace AND relkind = 'S'
  LOOP EXECUTE 'GRANT USAGE ON SEQUENCE ' || each.thing || ' TO '
    || '{quoted(roles.people)}'; END LOOP;
END $$"""

    for sequence, groups in SEQUENCES_SET.items():
        for group in groups:
            to = quoted(roles.group(group))
            yield f"GRANT UPDATE ON SEQUENCE {SCHEMA}.{sequence} TO {to}"


def function_grant_statements(roles: ShopRoles) -> Iterator[str]:
    """Let each group call what it needs; nobody else may call anything."""
    for functions, role in (
        (FUNCTIONS_OF_ALL, roles.people),
        (ADMIN_FUNCTIONS, roles.group(Group.ADMIN)),
        (("open_secret(text)",), roles.group(Group.SERVICE)),
    ):
        for function in functions:
            yield f"GRANT EXECUTE ON FUNCTION {SCHEMA}.{function} TO {quoted(role)}"


def _listed(names: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    return ", ".join(quoted(name) for name in names)
