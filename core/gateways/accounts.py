"""The shop's accounts at the networks, as the settings hold them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MTNAccount:
    """An account of MTN's MoMo Open API; a product without its key is not used."""

    base_url: str
    target_environment: str
    currency: str
    collection_subscription_key: str = field(repr=False)
    api_user: str = field(repr=False)
    api_key: str = field(repr=False)
    disbursement_subscription_key: str = field(default="", repr=False)
    callback_url: str = ""


@dataclass(frozen=True, slots=True)
class AirtelAccount:
    """An account of Airtel Money's open API; ``signed`` means its second version."""

    base_url: str
    country: str
    currency: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    callback_key: str = field(default="", repr=False)
    signed: bool = False
    callback_url: str = ""
