"""The channels a shop takes money through: their accounts, and their secrets under lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.model.journal import Topic
from core.model.providers import (
    AirtelMoneyProvider,
    BankTransferProvider,
    MTNMobileMoneyProvider,
)
from core.permissions import Actor, Permission
from core.services.provider_forms import (
    KEYS,
    NEEDED_FIELDS,
    SECRET_FIELDS,
    AirtelProviderForm,
    BankProviderForm,
    Form,
    MTNProviderForm,
    ProviderKind,
    ProviderRow,
    describe_for_customers,
    plain_values,
    with_values,
)
from core.services.secrets import SecretBox

__all__ = [
    "AirtelProviderForm",
    "BankProviderForm",
    "MTNProviderForm",
    "ProviderKind",
    "ProviderRow",
    "ProviderService",
    "describe_for_customers",
]

_Gateway = AirtelMoneyProvider | MTNMobileMoneyProvider
_Provider = _Gateway | BankTransferProvider
GatewayT = TypeVar("GatewayT", AirtelMoneyProvider, MTNMobileMoneyProvider)


class ProviderService:
    """Shows and changes the shop's payment providers."""

    def __init__(self, database: Database, secrets: SecretBox) -> None:
        self._database = database
        self._secrets = secrets

    def list(self, actor: Actor) -> tuple[ProviderRow, ...]:
        """Return every provider of the shop: mobile networks first, then banks by name."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            providers: tuple[_Provider | None, ...] = (
                _only(session, MTNMobileMoneyProvider),
                _only(session, AirtelMoneyProvider),
                *_banks(session),
            )
            return tuple(_row(provider) for provider in providers if provider is not None)

    def airtel(self, actor: Actor) -> AirtelProviderForm:
        """Return Airtel's form; with its defaults before it was first saved."""
        self._database.require(actor, Permission.MANAGE_PROVIDERS)
        with self._database.read() as session:
            return _airtel_form(_only(session, AirtelMoneyProvider))

    def mtn(self, actor: Actor) -> MTNProviderForm:
        """Return MTN's form; with its defaults before it was first saved."""
        self._database.require(actor, Permission.MANAGE_PROVIDERS)
        with self._database.read() as session:
            return _mtn_form(_only(session, MTNMobileMoneyProvider))

    def banks(self, actor: Actor) -> tuple[BankProviderForm, ...]:
        """Return the shop's bank accounts by name; a cashier tells customers where to pay."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return tuple(_bank_form(bank) for bank in _banks(session))

    def airtel_with_secrets(self) -> AirtelProviderForm | None:
        """Return Airtel's account with its secrets, for the calls to the network; None if unsaved.

        Raises:
            KnownError: the secrets cannot be read on this computer.

        """
        with self._database.read() as session:
            provider = _only(session, AirtelMoneyProvider)
            if provider is None:
                return None
            return replace(
                _airtel_form(provider),
                client_secret=self._secrets.decrypt(provider.client_secret_encrypted),
                callback_key=self._secrets.decrypt(provider.callback_key_encrypted),
            )

    def mtn_with_secrets(self) -> MTNProviderForm | None:
        """Return MTN's account with its secrets, for the calls to the network; None if unsaved.

        Raises:
            KnownError: the secrets cannot be read on this computer.

        """
        with self._database.read() as session:
            provider = _only(session, MTNMobileMoneyProvider)
            if provider is None:
                return None
            return replace(
                _mtn_form(provider),
                collection_subscription_key=self._secrets.decrypt(
                    provider.collection_subscription_key_encrypted
                ),
                disbursement_subscription_key=self._secrets.decrypt(
                    provider.disbursement_subscription_key_encrypted
                ),
                api_key=self._secrets.decrypt(provider.api_key_encrypted),
            )

    def save_airtel(self, actor: Actor, form: AirtelProviderForm) -> AirtelProviderForm:
        """Keep Airtel's account.

        Raises:
            InvalidInputError: a field cannot be used; its name is on the error.

        """
        self._database.require(actor, Permission.MANAGE_PROVIDERS)
        with self._database.write(actor) as unit:
            provider = _only(unit.session, AirtelMoneyProvider) or AirtelMoneyProvider()
            self._keep(unit, "airtel", provider, form)
            return _airtel_form(provider)

    def save_mtn(self, actor: Actor, form: MTNProviderForm) -> MTNProviderForm:
        """Keep MTN's account.

        Raises:
            InvalidInputError: a field cannot be used; its name is on the error.

        """
        self._database.require(actor, Permission.MANAGE_PROVIDERS)
        with self._database.write(actor) as unit:
            provider = _only(unit.session, MTNMobileMoneyProvider) or MTNMobileMoneyProvider()
            self._keep(unit, "mtn", provider, form)
            return _mtn_form(provider)

    def save_bank(self, actor: Actor, form: BankProviderForm) -> BankProviderForm:
        """Keep a bank account, new or by its id; without a name it is called by bank and number.

        Raises:
            InvalidInputError: a field cannot be used; its name is on the error.
            ConflictError: another account has the name.

        """
        self._database.require(actor, Permission.MANAGE_PROVIDERS)
        if not form.bank_name.strip() or not form.account_number.strip():
            raise InvalidInputError(
                "Nothing was changed. A bank account needs the bank's name and its number.",
                field="account_number" if form.bank_name.strip() else "bank_name",
            )
        named = form.name.strip() or f"{form.bank_name.strip()} {form.account_number.strip()}"
        form = replace(form, name=named[:80])
        with self._database.write(actor) as unit:
            banks = {bank.id: bank for bank in _banks(unit.session)}
            if form.provider_id is not None and form.provider_id not in banks:
                raise NotFoundError("Nothing was changed. This bank account is not in the shop.")
            if any(b.name == form.name and b.id != form.provider_id for b in banks.values()):
                raise ConflictError(
                    f"Nothing was changed. There is already an account named “{form.name}”."
                )
            provider = banks.get(form.provider_id or 0) or BankTransferProvider()
            self._keep(unit, "bank", provider, form)
            return _bank_form(provider)

    def set_values(
        self, actor: Actor, provider: ProviderKind, values: Mapping[str, str], *, from_file: bool
    ) -> None:
        """Change single values by their names on the command line.

        Secrets are taken only from a file, as words of a command stay in the shell's history. A
        bank account is found by its number; without one, it is the only account there is.

        Raises:
            InvalidInputError: an unknown key, a secret not from a file, or an unusable value.

        """
        self._database.require(actor, Permission.MANAGE_PROVIDERS)
        for key in values:
            if key not in KEYS[provider]:
                raise InvalidInputError(
                    f"Nothing was changed. {provider} has no “{key}”; it has"
                    f" {', '.join(KEYS[provider])}.",
                    field=key,
                )
            if key in SECRET_FIELDS[provider] and not from_file:
                raise InvalidInputError(
                    f"Nothing was changed. {key} is a secret: give it in a file (--from FILE.json),"
                    " never on the command line.",
                    field=key,
                )
        if provider == "mtn":
            self.save_mtn(actor, with_values(self.mtn(actor), values))
        elif provider == "airtel":
            self.save_airtel(actor, with_values(self.airtel(actor), values))
        else:
            self.save_bank(actor, with_values(self._bank_meant(actor, values), values))

    def _bank_meant(self, actor: Actor, values: Mapping[str, str]) -> BankProviderForm:
        banks = self.banks(actor)
        number = values.get("account_number", "").strip()
        if number:
            return next((b for b in banks if b.account_number == number), BankProviderForm())
        if len(banks) > 1:
            raise InvalidInputError(
                "Nothing was changed. There are several bank accounts: give account_number too.",
                field="account_number",
            )
        return banks[0] if banks else BankProviderForm()

    def _keep(self, unit: UnitOfWork, kind: ProviderKind, provider: _Provider, form: Form) -> None:
        """Write a form into its row, with an audit entry that only names secrets."""
        changes: dict[str, object] = {}
        is_new = provider.id is None
        for name, value in plain_values(kind, form).items():
            before = None if is_new else getattr(provider, name)
            if is_new or before != value:
                setattr(provider, name, value)
                changes[name] = {"before": before, "after": value}
        for name in SECRET_FIELDS[kind]:
            secret = getattr(form, name)
            if secret is not None:
                setattr(provider, f"{name}_encrypted", self._secrets.encrypt(secret.strip()))
                changes[name] = "replaced" if secret.strip() else "removed"
        if not changes:
            return
        provider.updated_at = unit.now
        if is_new:
            provider.created_at = unit.now
            unit.session.add(provider)
        unit.session.flush()
        unit.audit_details("provider:saved", "provider", f"{kind}:{provider.id}", changes)
        unit.changed(Topic.PROVIDERS, kind)
        unit.commit()


def _only(session: Session, kind: type[GatewayT]) -> GatewayT | None:
    """Return a network's row: a shop has one account with each."""
    return session.scalar(select(kind).order_by(kind.id).limit(1))


def _banks(session: Session) -> list[BankTransferProvider]:
    return list(session.scalars(select(BankTransferProvider).order_by(BankTransferProvider.name)))


def _airtel_form(provider: AirtelMoneyProvider | None) -> AirtelProviderForm:
    if provider is None:
        return AirtelProviderForm()
    return AirtelProviderForm(
        name=provider.name,
        is_active=provider.is_active,
        merchant_id=provider.merchant_id,
        base_url=provider.base_url,
        country=provider.country,
        currency=provider.currency,
        client_id=provider.client_id,
        signed=provider.signed,
        webhook_url=provider.webhook_url,
        client_secret_is_set=bool(provider.client_secret_encrypted),
        callback_key_is_set=bool(provider.callback_key_encrypted),
    )


def _mtn_form(provider: MTNMobileMoneyProvider | None) -> MTNProviderForm:
    if provider is None:
        return MTNProviderForm()
    return MTNProviderForm(
        name=provider.name,
        is_active=provider.is_active,
        merchant_id=provider.merchant_id,
        base_url=provider.base_url,
        target_environment=provider.target_environment,
        currency=provider.currency,
        api_user=provider.api_user,
        webhook_url=provider.webhook_url,
        collection_subscription_key_is_set=bool(provider.collection_subscription_key_encrypted),
        disbursement_subscription_key_is_set=bool(provider.disbursement_subscription_key_encrypted),
        api_key_is_set=bool(provider.api_key_encrypted),
    )


def _bank_form(bank: BankTransferProvider) -> BankProviderForm:
    return BankProviderForm(
        provider_id=bank.id,
        name=bank.name,
        is_active=bank.is_active,
        bank_name=bank.bank_name,
        account_name=bank.account_name,
        account_number=bank.account_number,
        swift_code=bank.swift_code,
        branch=bank.branch,
        customer_instructions=bank.customer_instructions,
    )


def _row(provider: _Provider) -> ProviderRow:
    kind: ProviderKind
    if isinstance(provider, BankTransferProvider):
        kind, account, base_url, currency = "bank", provider.account_number, "", ""
    else:
        kind = "mtn" if isinstance(provider, MTNMobileMoneyProvider) else "airtel"
        account, base_url = provider.merchant_id, provider.base_url
        currency = provider.currency
    return ProviderRow(
        kind=kind,
        name=provider.name,
        is_active=provider.is_active,
        account=account,
        base_url=base_url,
        currency=currency,
        missing=tuple(
            name for name in NEEDED_FIELDS[kind] if not getattr(provider, _column(kind, name))
        ),
        created_at=provider.created_at,
        updated_at=provider.updated_at,
    )


def _column(kind: ProviderKind, name: str) -> str:
    return f"{name}_encrypted" if name in SECRET_FIELDS[kind] else name
