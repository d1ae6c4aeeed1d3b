"""Accounts and orders for the tests, every secret unlike any other text."""

from __future__ import annotations

from core.gateways.accounts import AirtelAccount, MTNAccount
from core.gateways.airtel_money import AirtelMoney
from core.gateways.contract import CollectOrder, NetworkOptions, RefundOrder
from core.gateways.mtn_momo import MTNMobileMoney
from tests.core.gateways.wire import Network, answer

REFERENCE = "3f2b8c9e-51c6-4f0e-9d2a-6b7f8e0a1c22"
REFUND_REFERENCE = "7b1de9d0-2f4d-4f6a-8a54-0d1f5a7e9b33"
AIRTEL_REFERENCE = "P0000000000123A1"

ORDER = CollectOrder(
    reference=REFERENCE,
    amount_minor=5000,
    currency="RWF",
    phone_number="+250788000111",
    external_id="INV-2026-000123",
    payer_message="Invoice 2026/000123 – chez l'été",
    payee_note="Till 2 Alice",
)
REFUND = RefundOrder(
    reference=REFUND_REFERENCE,
    amount_minor=2000,
    currency="RWF",
    phone_number="+250788000111",
    external_id="REF-2026-000007",
    original_reference=REFERENCE,
    original_transaction_id="MP210603.1234.L06941",
)
AIRTEL_ORDER = CollectOrder(
    reference=AIRTEL_REFERENCE,
    amount_minor=5000,
    currency="RWF",
    phone_number="+250733000111",
    external_id="INV-2026-000123",
)

MTN_TOKEN = "POST /collection/token/"
MTN_REFUND_TOKEN = "POST /disbursement/token/"
MTN_PAY = "POST /collection/v1_0/requesttopay"
MTN_ASK = f"GET /collection/v1_0/requesttopay/{REFERENCE}"
MTN_REFUND = "POST /disbursement/v1_0/refund"
MTN_ASK_REFUND = f"GET /disbursement/v1_0/refund/{REFUND_REFERENCE}"
AIRTEL_TOKEN = "POST /auth/oauth2/token"
AIRTEL_PAY = "POST /merchant/v1/payments/"
AIRTEL_ASK = f"GET /standard/v1/payments/{AIRTEL_REFERENCE}"
AIRTEL_REFUND = "POST /standard/v1/payments/refund"
AIRTEL_KEYS = "GET /v1/rsa/encryption-keys"

QUICK = NetworkOptions(connect_timeout_s=3.0, read_timeout_s=0.3, total_timeout_s=1.0)

MTN_SECRETS = (
    "collectionSubscriptionKanarie01",
    "disbursementSubscriptionKanarie02",
    "c0ffee00-aaaa-4bbb-8ccc-kanarie00003",
    "apiKeyKanarie04/+x",
)
AIRTEL_SECRETS = ("clientIdKanarie05", 'clientSecretKanarie06/+"é', "callbackKeyKanarie07")


def mtn_account(base_url: str, **changes: str) -> MTNAccount:
    values = {
        "base_url": base_url,
        "target_environment": "mtnrwanda",
        "currency": "RWF",
        "collection_subscription_key": MTN_SECRETS[0],
        "disbursement_subscription_key": MTN_SECRETS[1],
        "api_user": MTN_SECRETS[2],
        "api_key": MTN_SECRETS[3],
    }
    return MTNAccount(**{**values, **changes})


def airtel_account(base_url: str, *, signed: bool = False, **changes: str) -> AirtelAccount:
    values = {
        "base_url": base_url,
        "country": "RW",
        "currency": "RWF",
        "client_id": AIRTEL_SECRETS[0],
        "client_secret": AIRTEL_SECRETS[1],
        "callback_key": AIRTEL_SECRETS[2],
    }
    return AirtelAccount(**{**values, **changes}, signed=signed)


def mtn(network: Network, **changes: str) -> MTNMobileMoney:
    for token in (MTN_TOKEN, MTN_REFUND_TOKEN):
        network.on(token, token_answer())
    return MTNMobileMoney(mtn_account(network.url, **changes), QUICK)


def airtel(network: Network, *, signed: bool = False, **changes: str) -> AirtelMoney:
    network.on(AIRTEL_TOKEN, airtel_token_answer())
    return AirtelMoney(airtel_account(network.url, signed=signed, **changes), QUICK)


def token_answer(value: str = "mtnTokenKanarie08.a-b_c", life: object = 3600):
    body = {"access_token": value, "token_type": "access_token", "expires_in": life}
    return answer(200, body)


def airtel_token_answer(value: str = "airtelTokenKanarie09", life: object = "180"):
    return answer(200, {"token_type": "bearer", "access_token": value, "expires_in": life})
