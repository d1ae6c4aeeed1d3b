"""What a provider's form holds: its fields, which of them are secret, and which values pass.

A form shows every field but the secrets: of those it only says whether one is kept. Saved with
``None`` a secret stays, with text it is replaced, with "" it is removed. A mobile network has two
accounts, live and sandbox, and a form for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Literal, TypeVar, get_args
from urllib.parse import urlsplit

from core.errors import InvalidInputError
from core.model.providers import Environment
from core.money import DEFAULT_CURRENCY, require_currency

ProviderKind = Literal["mtn", "airtel", "bank"]
Network = Literal["mtn", "airtel"]
NETWORKS: tuple[Network, ...] = get_args(Network)
NETWORK_NAMES: dict[Network, str] = {"mtn": "MTN Mobile Money", "airtel": "Airtel Money"}

_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_DEFAULT_LONGEST = 300
_LONGEST = {
    "name": 80,
    "merchant_id": 80,
    "target_environment": 40,
    "client_id": 200,
    "api_user": 80,
    "bank_name": 120,
    "account_name": 120,
    "account_number": 64,
    "swift_code": 16,
    "branch": 120,
    "customer_instructions": 2000,
}


@dataclass(frozen=True, slots=True)
class AirtelProviderForm:
    """One of Airtel Money's merchant accounts as a form shows and saves it.

    Without a name it is called after the network. ``is_active``, whether it is the one in use, is
    only shown: saving leaves it, ``ProviderService.use`` changes it.
    """

    environment: Environment = Environment.LIVE
    name: str = ""
    is_active: bool = False
    merchant_id: str = ""
    base_url: str = ""
    country: str = "RW"
    currency: str = DEFAULT_CURRENCY
    client_id: str = ""
    client_secret: str | None = field(default=None, repr=False)
    callback_key: str | None = field(default=None, repr=False)
    signed: bool = False
    webhook_url: str = ""
    client_secret_is_set: bool = False
    callback_key_is_set: bool = False


@dataclass(frozen=True, slots=True)
class MTNProviderForm:
    """One of MTN Mobile Money's merchant accounts as a form shows and saves it.

    Without a name it is called after the network. ``is_active``, whether it is the one in use, is
    only shown: saving leaves it, ``ProviderService.use`` changes it.
    """

    environment: Environment = Environment.LIVE
    name: str = ""
    is_active: bool = False
    merchant_id: str = ""
    base_url: str = ""
    target_environment: str = ""
    currency: str = DEFAULT_CURRENCY
    collection_subscription_key: str | None = field(default=None, repr=False)
    disbursement_subscription_key: str | None = field(default=None, repr=False)
    api_user: str = ""
    api_key: str | None = field(default=None, repr=False)
    webhook_url: str = ""
    collection_subscription_key_is_set: bool = False
    disbursement_subscription_key_is_set: bool = False
    api_key_is_set: bool = False


@dataclass(frozen=True, slots=True)
class BankProviderForm:
    """A bank account that customers transfer to; without an id it is a new one."""

    provider_id: int | None = None
    name: str = ""
    is_active: bool = True
    bank_name: str = ""
    account_name: str = ""
    account_number: str = ""
    swift_code: str = ""
    branch: str = ""
    customer_instructions: str = ""


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """One provider as the list shows it; ``missing`` names what it still needs to work.

    A bank has no ``environment``. ``is_active`` says of a network's account that it is in use.
    """

    kind: ProviderKind
    environment: Environment | None
    name: str
    is_active: bool
    account: str
    base_url: str
    currency: str
    missing: tuple[str, ...]
    created_at: datetime
    updated_at: datetime


Form = AirtelProviderForm | MTNProviderForm | BankProviderForm
FormT = TypeVar("FormT", AirtelProviderForm, MTNProviderForm, BankProviderForm)
NetworkForm = AirtelProviderForm | MTNProviderForm

SECRET_FIELDS: dict[ProviderKind, tuple[str, ...]] = {
    "airtel": ("client_secret", "callback_key"),
    "mtn": ("collection_subscription_key", "disbursement_subscription_key", "api_key"),
    "bank": (),
}
KEYS: dict[ProviderKind, tuple[str, ...]] = {
    "mtn": (
        "base_url", "target_environment", "currency", "collection_subscription_key",
        "disbursement_subscription_key", "api_user", "api_key", "merchant_id", "callback_url",
    ),
    "airtel": (
        "base_url", "country", "currency", "client_id", "client_secret", "callback_key", "signed",
        "merchant_id", "callback_url",
    ),
    "bank": (
        "bank_name", "account_name", "account_number", "swift_code", "branch",
        "customer_instructions",
    ),
}  # fmt: skip
NEEDED_FIELDS: dict[ProviderKind, tuple[str, ...]] = {
    "mtn": ("base_url", "target_environment", "collection_subscription_key", "api_user", "api_key"),
    "airtel": ("base_url", "client_id", "client_secret"),
    "bank": ("bank_name", "account_number"),
}


def account_name(network: Network, environment: Environment) -> str:
    """Return what a network's account is called unless somebody names it."""
    name = NETWORK_NAMES[network]
    return name if environment is Environment.LIVE else f"{name} ({environment})"


def new_mtn_form(environment: Environment) -> MTNProviderForm:
    """Return the form of an account not saved yet, with what MTN's developer portal names."""
    if environment is Environment.SANDBOX:
        return MTNProviderForm(
            environment=environment,
            base_url="https://sandbox.momodeveloper.mtn.com",
            target_environment="sandbox",
            currency="EUR",  # the only one MTN's sandbox takes
        )
    return MTNProviderForm(
        environment=environment,
        base_url="https://proxy.momoapi.mtn.co.rw",
        target_environment="mtnrwanda",
    )


def new_airtel_form(environment: Environment) -> AirtelProviderForm:
    """Return the form of an account not saved yet, with the hosts Airtel has for Rwanda."""
    host = "openapiuat" if environment is Environment.SANDBOX else "openapi"
    return AirtelProviderForm(environment=environment, base_url=f"https://{host}.airtel.co.rw")


_TRUE, _FALSE = frozenset({"true", "yes", "1", "on"}), frozenset({"false", "no", "0", "off", ""})


def with_values(form: FormT, values: Mapping[str, str]) -> FormT:
    """Return a form with values given by their names on the command line.

    Raises:
        InvalidInputError: a yes-or-no value is neither.

    """
    known: dict[str, Any] = {}
    for key, text in values.items():
        # The networks' own manuals say callback; the shop's books say webhook.
        name = "webhook_url" if key == "callback_url" else key
        known[name] = _yes_or_no(key, text) if name == "signed" else text
    return replace(form, **known)


def plain_values(kind: ProviderKind, form: Form) -> dict[str, str | bool]:
    """Return the fields of a form that are no secrets, checked, as they are stored.

    Raises:
        InvalidInputError: a value cannot be used; its field is on the error.

    """
    secrets = SECRET_FIELDS[kind]
    left_out = {"provider_id", "environment", *secrets, *(f"{name}_is_set" for name in secrets)}
    if kind != "bank":
        left_out.add("is_active")
    values: dict[str, str | bool] = {}
    for one in fields(form):
        if one.name in left_out:
            continue
        value = getattr(form, one.name)
        values[one.name] = value if isinstance(value, bool) else _checked(one.name, value)
    if not values["name"]:
        raise InvalidInputError("Nothing was changed. The provider needs a name.", field="name")
    return values


def _checked(name: str, value: str) -> str:
    value = value.strip()
    longest = _LONGEST.get(name, _DEFAULT_LONGEST)
    if len(value) > longest:
        raise InvalidInputError(
            f"Nothing was changed. {name} is longer than {longest} characters.", field=name
        )
    if name.endswith("_url") and value:
        _check_url(name, value)
    if name == "currency":
        require_currency(value)
    if name == "country" and not (len(value) == 2 and value.isascii() and value.isupper()):
        raise InvalidInputError(
            f"Nothing was changed. “{value}” is not a country code such as RW.", field=name
        )
    return value


def _check_url(name: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if not host or parts.scheme not in {"http", "https"} or parts.username or " " in url:
        raise InvalidInputError(
            f"Nothing was changed. {name} is not an address such as https://api.example.com.",
            field=name,
        )
    if parts.scheme == "http" and host not in _LOCAL_HOSTS:
        raise InvalidInputError(
            f"Nothing was changed. {name} must begin with https: plain http goes only to this"
            " computer itself.",
            field=name,
        )


def _yes_or_no(key: str, text: str) -> bool:
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise InvalidInputError(
            f"Nothing was changed. {key} is “true” or “false”, not “{text}”.", field=key
        )
    return word in _TRUE


def describe_for_customers(bank: BankProviderForm) -> str:
    """Return the lines that tell a customer where to transfer to, as plain text."""
    labelled = (
        ("Bank", bank.bank_name),
        ("Branch", bank.branch),
        ("Account name", bank.account_name),
        ("Account number", bank.account_number),
        ("SWIFT code", bank.swift_code),
    )
    lines = [f"{label}: {value}" for label, value in labelled if value]
    return "\n".join([*lines, bank.customer_instructions] if bank.customer_instructions else lines)
