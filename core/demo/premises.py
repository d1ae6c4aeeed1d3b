"""What stands before the first sale: the shop's settings, its people and its providers."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from core.demo.bulk import BulkWriter
from core.demo.journal import Journal
from core.demo.sales import BANK_KEY
from core.demo.statement_files import BANK_ACCOUNT, SHOP_NAME
from core.model.journal import Setting
from core.model.people import User
from core.model.providers import (
    AirtelMoneyProvider,
    BankTransferProvider,
    MTNMobileMoneyProvider,
)
from core.money import DEFAULT_CURRENCY
from core.permissions import Role
from core.services.settings import ShopSettings

PASSWORD = "demo"  # noqa: S105 - the manual names it; the shop is thrown away
PEOPLE = {role.value: role for role in Role}
"""Everybody is named after their role."""

USER_KEYS = {name: key for key, name in enumerate(PEOPLE, start=1)}

_SETTINGS = ShopSettings(
    shop_name=SHOP_NAME,
    tin="102345678",
    address="KG 11 Ave 28, Kimironko, Kigali",
    phone="+250788300100",
    email="shop@isoko-ryiza.example.rw",
    bank_details=f"Bank of Kigali, {BANK_ACCOUNT}, {SHOP_NAME}",
    invoice_footer="Murakoze! Thank you for buying at Isoko Ryiza.",
)


def write_premises(
    writer: BulkWriter, journal: Journal, *, since: datetime, password_hash: str
) -> None:
    """Write settings, people and providers, all since the shop began with the program."""
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
    for field in fields(_SETTINGS):
        value = str(getattr(_SETTINGS, field.name))
        writer.add(Setting, {"name": field.name, "value": value})
    journal.note(since, "admin", "settings:saved", ("settings", "shop"), {"shop_name": SHOP_NAME})
    _write_providers(writer, journal, since)


def _write_providers(writer: BulkWriter, journal: Journal, since: datetime) -> None:
    common = {"is_active": True, "created_at": since, "updated_at": since, "version": 1}
    writer.add(
        MTNMobileMoneyProvider,
        {
            "name": "MTN Mobile Money",
            "merchant_id": "ISOKO-0788300100",
            "base_url": "",
            "target_environment": "mtnrwanda",
            "currency": DEFAULT_CURRENCY,
            "collection_subscription_key_encrypted": "",
            "disbursement_subscription_key_encrypted": "",
            "api_user": "",
            "api_key_encrypted": "",
            "webhook_url": "",
        }
        | common,
    )
    writer.add(
        AirtelMoneyProvider,
        {
            "name": "Airtel Money",
            "merchant_id": "ISOKO-0730300100",
            "base_url": "",
            "country": "RW",
            "currency": DEFAULT_CURRENCY,
            "client_id": "",
            "client_secret_encrypted": "",
            "callback_key_encrypted": "",
            "signed": False,
            "webhook_url": "",
        }
        | common,
    )
    writer.add(
        BankTransferProvider,
        {
            "id": BANK_KEY,
            "name": "Bank of Kigali",
            "bank_name": "Bank of Kigali",
            "account_name": SHOP_NAME,
            "account_number": BANK_ACCOUNT,
            "swift_code": "BKIGRWRW",
            "branch": "Kimironko",
            "customer_instructions": "Write the order's reference in the transfer.",
        }
        | common,
    )
    for kind in ("mtn", "airtel", "bank"):
        journal.note(since, "admin", "provider:saved", ("provider", kind))
