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
    Environment,
    MTNMobileMoneyProvider,
)
from core.permissions import Actor, Permission
from core.services.providers.forms import (
    KEYS,
    NEEDED_FIELDS,
    NETWORK_NAMES,
    SECRET_FIELDS,
    AirtelProviderForm,
    BankProviderForm,
    Form,
    MTNProviderForm,
    Network,
    NetworkForm,
    ProviderKind,
    ProviderRow,
    account_name,
    describe_for_customers,
    new_airtel_form,
    new_mtn_form,
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

Account = AirtelMoneyProvider | MTNMobileMoneyProvider
AccountT = TypeVar("AccountT", AirtelMoneyProvider, MTNMobileMoneyProvider)
Provider = Account | BankTransferProvider


class ProviderService:
    """Shows and changes the shop's payment providers."""

    def __init__(self, database: Database, secrets: SecretBox) -> None:
        self._database = database
        self._secrets = secrets

    def list(self, actor: Actor) -> tuple[ProviderRow, ...]:
        """Return every provider of the shop: mobile networks first, then banks by name."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            providers: tuple[Provider, ...] = (
                *accounts_of(session, MTNMobileMoneyProvider).values(),
                *accounts_of(session, AirtelMoneyProvider).values(),
                *banks_of(session),
            )
            return tuple(provider_row(provider) for provider in providers)

    def airtel(
        self, actor: Actor, environment: Environment = Environment.LIVE
    ) -> AirtelProviderForm:
        """Return the form of one of Airtel's accounts; with defaults before it was first saved."""
        self._database.require(actor, Permission.MANAGE_PROVIDERS)
        with self._database.read() as session:
            account = accounts_of(session, AirtelMoneyProvider).get(environment)
            return _airtel_form(account) if account else new_airtel_form(environment)

    def mtn(self, actor: Actor, environment: Environment = Environment.LIVE) -> MTNProviderForm:
        """Return the form of one of MTN's accounts; with defaults before it was first saved."""
        self._database.require(actor, Permission.MANAGE_PROVIDERS)
        with self._database.read() as session:
            account = accounts_of(session, MTNMobileMoneyProvider).get(environment)
            return _mtn_form(account) if account else new_mtn_form(environment)

    def banks(self, actor: Actor) -> tuple[BankProviderForm, ...]:
        """Return the shop's bank accounts by name; a cashier tells customers where to pay."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return tuple(bank_form(bank) for bank in banks_of(session))

    def describe_secrets(self) -> str:
        """Return a sentence that says how the accounts' secrets are kept."""
        return self._secrets.describe()

    def save_airtel(self, actor: Actor, form: AirtelProviderForm) -> AirtelProviderForm:
        """Keep the one of Airtel's accounts that the form is of; the first live one is in use.

        Raises:
            InvalidInputError: a field cannot be used; its name is on the error.
            ConflictError: the other account has the name.

        """
        self._database.require(actor, Permission.MANAGE_PROVIDERS)
        with self._database.write(actor) as unit:
            return _airtel_form(self._keep_account(unit, "airtel", AirtelMoneyProvider, form))

    def save_mtn(self, actor: Actor, form: MTNProviderForm) -> MTNProviderForm:
        """Keep the one of MTN's accounts that the form is of; the first live one is in use.

        Raises:
            InvalidInputError: a field cannot be used; its name is on the error.
            ConflictError: the other account has the name.

        """
        self._database.require(actor, Permission.MANAGE_PROVIDERS)
        with self._database.write(actor) as unit:
            return _mtn_form(self._keep_account(unit, "mtn", MTNMobileMoneyProvider, form))

    def use(self, actor: Actor, network: Network, environment: Environment | None) -> None:
        """Choose which of a network's two accounts is asked from now on; None for neither.

        Raises:
            NotFoundError: the account was never saved.

        """
        self._database.require(actor, Permission.MANAGE_PROVIDERS)
        with self._database.write(actor) as unit:
            accounts = network_accounts(unit.session, network)
            if environment is not None and environment not in accounts:
                raise NotFoundError(
                    f"Nothing was changed. {NETWORK_NAMES[network]} has no {environment} account"
                    " yet: fill it in and save it first."
                )
            before = [each for each, account in accounts.items() if account.is_active]
            if before == ([] if environment is None else [environment]):
                return
            for each, account in accounts.items():
                if account.is_active != (each is environment):
                    account.is_active = each is environment
                    account.updated_at = unit.now
                    account.version += 1
            unit.audit(
                "provider:used",
                "provider",
                network,
                before=before[0] if before else "none",
                after=environment or "none",
            )
            unit.changed(Topic.PROVIDERS, network)
            unit.commit()

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
            banks = {bank.id: bank for bank in banks_of(unit.session)}
            if form.provider_id is not None and form.provider_id not in banks:
                raise NotFoundError("Nothing was changed. This bank account is not in the shop.")
            if any(b.name == form.name and b.id != form.provider_id for b in banks.values()):
                raise ConflictError(
                    f"Nothing was changed. There is already an account named “{form.name}”."
                )
            provider = banks.get(form.provider_id or 0) or BankTransferProvider()
            self._keep(unit, "bank", provider, form)
            return bank_form(provider)

    def set_values(
        self,
        actor: Actor,
        provider: ProviderKind,
        values: Mapping[str, str],
        *,
        from_file: bool,
        environment: Environment = Environment.LIVE,
    ) -> None:
        """Change single values by their names on the command line.

        Secrets are taken only from a file, as words of a command stay in the shell's history. A
        bank account is found by its number; without one, it is the only account there is, and
        ``environment`` says nothing about it.

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
            self.save_mtn(actor, with_values(self.mtn(actor, environment), values))
        elif provider == "airtel":
            self.save_airtel(actor, with_values(self.airtel(actor, environment), values))
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

    def _keep_account(
        self, unit: UnitOfWork, network: Network, kind: type[AccountT], form: NetworkForm
    ) -> AccountT:
        accounts = accounts_of(unit.session, kind)
        environment = form.environment
        form = replace(form, name=form.name.strip() or account_name(network, environment))
        if any(a.name == form.name for e, a in accounts.items() if e is not environment):
            raise ConflictError(
                f"Nothing was changed. The other account is named “{form.name}” already."
            )
        account = accounts.get(environment)
        if account is None:
            is_first = not any(other.is_active for other in accounts.values())
            in_use = environment is Environment.LIVE and is_first
            account = kind(environment=environment, is_active=in_use, version=1)
        self._keep(unit, network, account, form)
        return account

    def _keep(self, unit: UnitOfWork, kind: ProviderKind, provider: Provider, form: Form) -> None:
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
        if not isinstance(provider, BankTransferProvider):
            changes["environment"] = provider.environment
            if is_new:
                changes["in_use"] = provider.is_active
        provider.updated_at = unit.now
        if is_new:
            provider.created_at = unit.now
            unit.session.add(provider)
        else:
            provider.version += 1
        unit.session.flush()
        unit.audit_details("provider:saved", "provider", f"{kind}:{provider.id}", changes)
        unit.changed(Topic.PROVIDERS, kind)
        unit.commit()


def accounts_of(session: Session, kind: type[AccountT]) -> dict[Environment, AccountT]:
    """Return a network's accounts, live before sandbox."""
    rows = session.scalars(select(kind).order_by(kind.environment))
    return {account.environment: account for account in rows}


def network_accounts(session: Session, network: Network) -> Mapping[Environment, Account]:
    """Return the accounts of a network named by its key, live before sandbox."""
    if network == "mtn":
        return accounts_of(session, MTNMobileMoneyProvider)
    return accounts_of(session, AirtelMoneyProvider)


def missing_fields(provider: Account | BankTransferProvider, kind: ProviderKind) -> tuple[str, ...]:
    """Return the names of what a provider still needs to work."""
    return tuple(
        name
        for name in NEEDED_FIELDS[kind]
        if not getattr(provider, f"{name}_encrypted" if name in SECRET_FIELDS[kind] else name)
    )


def banks_of(session: Session) -> list[BankTransferProvider]:
    """Return the shop's bank accounts by name."""
    return list(session.scalars(select(BankTransferProvider).order_by(BankTransferProvider.name)))


def _airtel_form(provider: AirtelMoneyProvider) -> AirtelProviderForm:
    return AirtelProviderForm(
        environment=provider.environment,
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


def _mtn_form(provider: MTNMobileMoneyProvider) -> MTNProviderForm:
    return MTNProviderForm(
        environment=provider.environment,
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


def bank_form(bank: BankTransferProvider) -> BankProviderForm:
    """Return a bank account as a form shows it; it has no secrets."""
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


def provider_row(provider: Provider) -> ProviderRow:
    """Return a provider as a list shows it, without its secrets."""
    kind: ProviderKind
    environment: Environment | None
    if isinstance(provider, BankTransferProvider):
        kind, account, base_url, currency = "bank", provider.account_number, "", ""
        environment = None
    else:
        kind = "mtn" if isinstance(provider, MTNMobileMoneyProvider) else "airtel"
        account, base_url = provider.merchant_id, provider.base_url
        currency, environment = provider.currency, provider.environment
    return ProviderRow(
        kind=kind,
        environment=environment,
        name=provider.name,
        is_active=provider.is_active,
        account=account,
        base_url=base_url,
        currency=currency,
        missing=missing_fields(provider, kind),
        created_at=provider.created_at,
        updated_at=provider.updated_at,
    )
