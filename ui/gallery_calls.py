"""Calls to gateways and providers of every kind for pictures of the pages that list them."""

from __future__ import annotations

from datetime import timedelta

from core.model.payments import Payment, PaymentTransaction, RequestType, TransactionStatus
from core.model.providers import Environment
from core.services.providers.forms import AirtelProviderForm, BankProviderForm, MTNProviderForm
from ui.gallery_shop import ADMIN, SampleShop

_CALLS_EACH = 3
_ENDS = (
    (True, TransactionStatus.PENDING, "202", "Accepted", "", ""),
    (True, TransactionStatus.SUCCEEDED, "200", "SUCCESSFUL", "", ""),
    (False, TransactionStatus.FAILED, "200", "FAILED", "LOW_BALANCE",
     "The customer has not enough money on the account."),
    (False, TransactionStatus.UNKNOWN, "", "", "timeout",
     "No answer came within 30 seconds; the network is asked again."),
    (False, TransactionStatus.SUBMITTING, "", "", "", ""),
)  # fmt: skip


def fill_calls(shop: SampleShop) -> None:
    """Write some calls about every payment by mobile money."""
    with shop.app.database.write(None) as unit:
        found = unit.session.query(Payment).filter(Payment.gateway_name != "")
        for number, payment in enumerate(found):
            for turn in range(_CALLS_EACH):
                place = (number * 7 + turn * 2) % 11
                end = place if place < len(_ENDS) else place % 2
                if end == len(_ENDS) - 1 and turn < _CALLS_EACH - 1:
                    end = 0
                unit.session.add(_call(payment, turn, end))
        unit.commit()


def fill_providers(shop: SampleShop) -> None:
    """Give the shop both networks and two banks, one of each not in use."""
    for environment in (Environment.LIVE, Environment.SANDBOX):
        shop.app.providers.save_mtn(
            ADMIN,
            MTNProviderForm(
                environment=environment,
                merchant_id="KGL-00451" if environment is Environment.LIVE else "TEST-1",
                base_url="https://proxy.momoapi.mtn.co.rw",
                target_environment="mtnrwanda",
                collection_subscription_key="key",
                disbursement_subscription_key="key",
                api_user="6f1a0c52-5a0b-4a51-9f0e-0d3f5c1c7a11",
                api_key="key",
                webhook_url="https://pay.example.rw/callbacks/mtn",
            ),
        )
    airtel = AirtelProviderForm(
        merchant_id="AM-99120", base_url="https://openapi.airtel.africa", client_id="client"
    )
    shop.app.providers.save_airtel(ADMIN, airtel)
    for name, is_active in (("Bank of Kigali", True), ("Equity Bank Rwanda", False)):
        shop.app.providers.save_bank(
            ADMIN,
            BankProviderForm(
                bank_name=name,
                is_active=is_active,
                account_name="Café Inzozi & Frères Ltd",
                account_number="00040-06961234-15",
                swift_code="BKIGRWRW",
                branch="Kigali, KN 4 Ave",
                customer_instructions="Write the order's number into the transfer's message.",
            ),
        )


def _call(payment: Payment, turn: int, end: int) -> PaymentTransaction:
    success, status, code, message, error, told = _ENDS[end]
    took_ms = None if not code and not error else 180 + (payment.id * 97 + turn * 31) % 900
    if error == "timeout":
        took_ms = 30_000
    at = payment.created_at + timedelta(seconds=20 * turn + 2)
    answer = {"status": message, "financialTransactionId": f"{61_000_000 + payment.id * 13 + turn}",
              "payer": {"partyIdType": "MSISDN", "partyId": payment.phone_number.lstrip("+")},
              "amount": str(payment.amount_minor), "currency": "RWF"}  # fmt: skip
    return PaymentTransaction(
        payment=payment,
        transaction_id=str(answer["financialTransactionId"]) if success else "",
        gateway_name=payment.gateway_name,
        request_type=RequestType.QUERY if turn else RequestType.INITIATE,
        request_data={
            "externalId": payment.transaction_reference,
            "amount": str(payment.amount_minor),
            "currency": "RWF",
            "payer": {"partyIdType": "MSISDN", "partyId": payment.phone_number.lstrip("+")},
            "payerMessage": "Café Inzozi & Frères",
        },
        response_data=answer if code else None,
        response_code=code,
        response_message=message,
        status=status,
        success=success,
        processing_time_ms=took_ms,
        error_code=error,
        error_message=told,
        request_at=at,
        response_at=None if took_ms is None else at + timedelta(milliseconds=took_ms),
    )
