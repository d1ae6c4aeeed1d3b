"""What stands before the first sale: the shop's settings, its people and its providers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime

from core.demo.bulk import BulkWriter, Row
from core.demo.journal import Journal
from core.demo.sales import BANK_KEY
from core.demo.statement_files import BANK_ACCOUNT, SHOP_NAME
from core.gateways.sandbox.settings import Settings, airtel_keys, mtn_keys
from core.model.journal import Setting
from core.model.people import User
from core.model.providers import (
    AirtelMoneyProvider,
    BankTransferProvider,
    Environment,
    MTNMobileMoneyProvider,
)
from core.money import DEFAULT_CURRENCY
from core.permissions import Role
from core.services.providers.forms import SECRET_FIELDS, Network, account_name
from core.services.settings import ShopSettings

SANDBOX_PORT = 8750
SANDBOX_URL = f"http://127.0.0.1:{SANDBOX_PORT}"
"""Where the shop's networks are until its window finds another place for them."""

PASSWORD = "demo"  # noqa: S105 - the manual names it; the shop is thrown away
PEOPLE = {role.value: role for role in Role}
"""Everybody is named after their role."""

USER_KEYS = {name: key for key, name in enumerate(PEOPLE, start=1)}

SETTINGS = ShopSettings(
    shop_name=SHOP_NAME,
    tin="102345678",
    address="KG 11 Ave 28, Kimironko, Kigali",
    phone="+250788300100",
    email="shop@isoko-ryiza.example.rw",
    bank_details=f"Bank of Kigali, {BANK_ACCOUNT}, {SHOP_NAME}",
    invoice_footer="Murakoze! Thank you for buying at Isoko Ryiza.",
)


def write_premises(
    writer: BulkWriter,
    journal: Journal,
    *,
    since: datetime,
    password_hash: str,
    encrypt: Callable[[str], str],
) -> None:
    """Write settings, people and providers, all since the shop began with the program.

    ``encrypt`` makes of a provider's secret what the shop's file keeps of it.
    """
    for name, role in PEOPLE.items():
        writer.add(
            User,
            {
                "id": USER_KEYS[name],
                "name": name,
                "role": role,
                "password_hash": password_hash,
                "is_active": True,
                "failed_sign_ins": 0,
                "locked_until": None,
                "created_at": since,
                "version": 1,
            },
        )
        journal.note(since, "admin", "user:added", ("user", name), {"role": role.value})
    for field in fields(SETTINGS):
        value = str(getattr(SETTINGS, field.name))
        writer.add(Setting, {"name": field.name, "value": value})
    journal.note(since, "admin", "settings:saved", ("settings", "shop"), {"shop_name": SHOP_NAME})
    _write_providers(writer, journal, since, encrypt)


def _write_providers(
    writer: BulkWriter, journal: Journal, since: datetime, encrypt: Callable[[str], str]
) -> None:
    common: Row = {"is_active": True, "created_at": since, "updated_at": since, "version": 1}
    sandbox = Settings(currency=DEFAULT_CURRENCY)
    mtn = _account("mtn", mtn_keys(SANDBOX_URL, sandbox), encrypt)
    writer.add(MTNMobileMoneyProvider, common | mtn | {"merchant_id": "ISOKO-0788300100"})
    airtel = _account("airtel", airtel_keys(SANDBOX_URL, sandbox), encrypt)
    writer.add(AirtelMoneyProvider, common | airtel | {"merchant_id": "ISOKO-0730300100"})
    writer.add(
        BankTransferProvider,
        common
        | {
            "id": BANK_KEY,
            "name": "Bank of Kigali",
            "bank_name": "Bank of Kigali",
            "account_name": SHOP_NAME,
            "account_number": BANK_ACCOUNT,
            "swift_code": "BKIGRWRW",
            "branch": "Kimironko",
            "customer_instructions": "Write the order's reference in the transfer.",
        },
    )
    for kind in ("mtn", "airtel", "bank"):
        journal.note(since, "admin", "provider:saved", ("provider", kind))


def _account(
    network: Network, keys: Mapping[str, str | bool], encrypt: Callable[[str], str]
) -> Row:
    """Return an account's columns from its keys, the secrets among them unreadable."""
    row: Row = {
        "name": account_name(network, Environment.SANDBOX),
        "environment": Environment.SANDBOX,
        "webhook_url": "",
    }
    for name, value in keys.items():
        if name in SECRET_FIELDS[network]:
            row[f"{name}_encrypted"] = encrypt(str(value))
        else:
            row[name] = value
    return row
