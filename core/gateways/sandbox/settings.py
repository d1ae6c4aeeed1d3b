"""How a sandbox behaves, and the invented merchant account it lets in."""

from __future__ import annotations

from dataclasses import dataclass

CURRENCIES_WITHOUT_DECIMALS = frozenset({"BIF", "GNF", "RWF", "UGX", "XAF", "XOF"})


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """The credentials of a merchant that both networks know from the start.

    They open nothing but a sandbox, so they may be printed, saved and put into tests.
    """

    collection_subscription_key: str = "5a0d0b0c5a0d4e0fb0c0d11ec7100001"
    disbursement_subscription_key: str = "5a0d0b0c5a0d4e0fb0c0d15b50250002"
    api_user: str = "5a0d0b0c-5a0d-4e0f-b0c0-5a0db0c50003"
    api_key: str = "5a0d0b0c5a0d4e0fb0c0a11ce1000004"
    client_id: str = "5a0d0b0c-0a17-4e1c-b0c0-5a0db0c50005"
    client_secret: str = "5a0d0b0c-0a17-4e1c-a5ec-5a0db0c50006"  # noqa: S105 - invented, opens nothing
    callback_key: str = "5a0d0b0c0a174e1cca11bac05a0db007"
    merchant_id: str = "SANDBOX"


DEMO_ACCOUNT = DemoAccount()


@dataclass(frozen=True, slots=True)
class Settings:
    """How the two networks behave.

    Delays are in seconds of the networks; ``speed`` divides them all. The lives of tokens are real
    seconds: a client that believes ``expires_in`` would be misled otherwise.
    """

    currency: str = "RWF"
    environment: str = "sandbox"
    country: str = "RW"
    speed: float = 1.0
    prompt_s: float = 4.0
    """How long a customer looks at the prompt before the PIN is typed."""
    slow_answer_s: float = 35.0
    mtn_token_life_s: float = 3600.0
    airtel_token_life_s: float = 180.0
    airtel_callback_url: str = ""
    """Airtel's callback address belongs to the account, not to the payment; empty sends none."""

    def __post_init__(self) -> None:
        if self.speed <= 0:
            raise ValueError("the speed must be more than 0")

    @property
    def has_decimals(self) -> bool:
        """Tell whether the currency has hundredths."""
        return self.currency not in CURRENCIES_WITHOUT_DECIMALS


def mtn_keys(url: str, settings: Settings) -> dict[str, str | bool]:
    """Return MTN's provider keys as ``providers set mtn --from`` reads them."""
    return {
        "base_url": url,
        "target_environment": settings.environment,
        "currency": settings.currency,
        "collection_subscription_key": DEMO_ACCOUNT.collection_subscription_key,
        "disbursement_subscription_key": DEMO_ACCOUNT.disbursement_subscription_key,
        "api_user": DEMO_ACCOUNT.api_user,
        "api_key": DEMO_ACCOUNT.api_key,
        "merchant_id": DEMO_ACCOUNT.merchant_id,
    }


def airtel_keys(url: str, settings: Settings) -> dict[str, str | bool]:
    """Return Airtel's provider keys as ``providers set airtel --from`` reads them."""
    return {
        "base_url": url,
        "country": settings.country,
        "currency": settings.currency,
        "client_id": DEMO_ACCOUNT.client_id,
        "client_secret": DEMO_ACCOUNT.client_secret,
        "callback_key": DEMO_ACCOUNT.callback_key,
        "signed": True,
        "merchant_id": DEMO_ACCOUNT.merchant_id,
    }
