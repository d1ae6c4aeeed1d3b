"""Customers, orders, points and subscriptions."""

from __future__ import annotations

from core.database.postgresql.roles.grants.forms import (
    ADMIN,
    CASHIER,
    CLERK,
    MANAGER,
    OFFICE,
    SERVICE,
    SHOP,
    Columns,
    TableGrant,
)

_CUSTOMER = (
    "name phone_number email tin language address notes search_text merged_into_id retired_at"
    " version"
)
_ORDER = (
    "customer_id total_minor currency is_placed due_on notes created_by cancelled_at cancelled_by"
    " cancel_reason version"
)

GRANTS = (
    TableGrant("customer", insert=SHOP, update=(Columns(SHOP, _CUSTOMER),)),
    TableGrant("order", insert=SHOP, update=(Columns(SHOP, _ORDER),)),
    TableGrant(
        "order_line",
        insert=SHOP,
        update=(Columns(SHOP, "description quantity unit_price_minor tax_class"),),
        delete=(CASHIER, CLERK, MANAGER),
    ),
    TableGrant("loyalty_account", insert=SHOP, update=(Columns(SHOP, "points version"),)),
    TableGrant("loyalty_entry", insert=SHOP),
    TableGrant(
        "subscription",
        insert=OFFICE,
        update=(
            Columns(SHOP, "status next_due_on version"),
            Columns(
                OFFICE,
                "customer_id plan plan_name price_minor auto_renewal notes payment_method"
                " phone_number anchor_day ends_on changes_on next_plan next_plan_name"
                " next_price_minor",
            ),
            Columns((SERVICE,), "plan plan_name price_minor changes_on next_plan next_plan_name"),
            Columns((SERVICE,), "next_price_minor"),
        ),
    ),
    TableGrant("subscription_pause", insert=OFFICE, update=(Columns(OFFICE, "resumed_on"),)),
    TableGrant(
        "subscription_period",
        insert=(*OFFICE, SERVICE),
        update=(Columns(SHOP, "status tries next_try_at settled_at version"),),
    ),
    TableGrant(
        "subscription_charge",
        insert=(*OFFICE, SERVICE),
        update=(Columns(SHOP, "ended_at is_surplus"),),
    ),
    TableGrant(
        "subscription_plan",
        insert=(ADMIN, *OFFICE),
        update=(Columns((ADMIN, *OFFICE), "name price_minor currency is_offered version"),),
    ),
)
