"""What only an admin sets, or nearly so."""

from __future__ import annotations

from core.database.postgresql.roles.grants.forms import (
    ADMIN,
    MANAGER,
    SERVICE,
    Columns,
    TableGrant,
)

GRANTS = (
    # A manager keeps the list of reasons for refunds, the service tells the key that secrets are
    # locked with: the table's guard knows which rows those are.
    TableGrant(
        "setting",
        insert=(ADMIN, MANAGER, SERVICE),
        update=(Columns((ADMIN, MANAGER, SERVICE), "value"),),
    ),
    TableGrant(
        "mtn_mobile_money_provider",
        insert=(ADMIN,),
        update=(
            Columns(
                (ADMIN,),
                "merchant_id base_url target_environment currency api_user webhook_url"
                " collection_subscription_key_encrypted disbursement_subscription_key_encrypted"
                " api_key_encrypted name is_active updated_at version",
            ),
        ),
    ),
    TableGrant(
        "airtel_money_provider",
        insert=(ADMIN,),
        update=(
            Columns(
                (ADMIN,),
                "merchant_id base_url country currency client_id signed webhook_url"
                " client_secret_encrypted callback_key_encrypted name is_active updated_at version",
            ),
        ),
    ),
    TableGrant(
        "bank_transfer_provider",
        insert=(ADMIN,),
        update=(
            Columns(
                (ADMIN,),
                "bank_name account_name account_number swift_code branch customer_instructions name"
                " is_active updated_at version",
            ),
        ),
    ),
)
