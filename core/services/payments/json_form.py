"""The form in which payments go to and come from other programs, both ways.

The field names are those of the specification's sample payment. Amounts are decimal strings in
major units, moments ISO 8601; a moment without a zone is read as shop time.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from core.clock import as_utc, iso_utc, shop_date
from core.errors import InvalidInputError
from core.model.payments import PaymentMethod, PaymentStatus, PaymentType, TransactionStatus
from core.money import DEFAULT_CURRENCY, major, parse_positive, require_currency
from core.phones import normalize_phone
from core.services.payments.rules import holds_card_number
from core.services.rows import PaymentRow

EnumT = TypeVar("EnumT", bound=StrEnum)


@dataclass(frozen=True)
class PaymentDocument:
    """One payment as another program wrote it, checked; None is what it did not say.

    Not slotted, so that its fingerprint is computed once.
    """

    payment_id: str | None
    payment_method: PaymentMethod
    payment_type: PaymentType
    amount_minor: int
    currency: str
    status: PaymentStatus
    order_number: str | None
    transaction_id: str | None
    transaction_reference: str | None
    transaction_status: TransactionStatus | None
    phone_number: str | None
    customer_name: str | None
    account_number: str | None
    customer_notes: str | None
    gateway_name: str | None
    invoice_number: str | None
    payment_link: str | None
    error_message: str | None
    card_last4: str | None
    card_approval_code: str | None
    reconciled: bool | None
    created_at: datetime | None
    processing_started_at: datetime | None
    paid_at: datetime | None
    reconciled_at: datetime | None

    @cached_property
    def fingerprint(self) -> str:
        """A digest of everything it says, the same from JSON and from CSV."""
        said = [
            (one.name, str(value))
            for one in fields(self)
            if (value := getattr(self, one.name)) is not None
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()


def payment_document(row: PaymentRow) -> dict[str, object]:
    """Return a payment with the sample payment's field names and forms, then the further ones."""
    order: object = row.order_number or None
    # A number with a leading zero would lose it as an integer.
    if re.fullmatch(r"0|[1-9][0-9]{0,17}", row.order_number):
        order = int(row.order_number)
    return {
        "payment_id": row.payment_id,
        "order_id": order,
        "payment_method": row.payment_method.value,
        "payment_type": row.payment_type.value,
        "amount": major(row.amount_minor, row.currency),
        "currency": row.currency,
        "status": row.status.value,
        "transaction_id": row.transaction_id or None,
        "transaction_reference": row.transaction_reference,
        "phone_number": row.phone_number,
        "gateway_name": row.gateway_name,
        "invoice_number": row.invoice_number or None,
        "reconciled": row.reconciled,
        "created_at": iso_utc(row.created_at),
        "paid_at": iso_utc(row.paid_at) if row.paid_at is not None else None,
        "customer_name": row.customer_name,
        "account_number": row.account_number,
        "customer_notes": row.customer_notes,
        "transaction_status": row.transaction_status.value if row.transaction_status else None,
        "invoice_generated": row.invoice_generated,
        "reconciled_at": iso_utc(row.reconciled_at) if row.reconciled_at is not None else None,
        "error_message": row.error_message,
        "card_last4": row.card_last4,
        "card_approval_code": row.card_approval_code,
        "created_by": row.created_by,
    }


FIELDS = frozenset(
    {"order_id", "amount", *(one.name for one in fields(PaymentDocument))}
    - {"order_number", "amount_minor"}
)
"""The fields that are read; others are left aside."""

_LONGEST = {
    "order_id": 64,
    "transaction_id": 128,
    "transaction_reference": 128,
    "customer_name": 200,
    "account_number": 64,
    "gateway_name": 80,
    "invoice_number": 40,
    "payment_link": 500,
    "card_approval_code": 24,
    "phone_number": 40,
}
_LONGEST_OTHER = 4000
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

_METHOD_ALIASES = {
    "cod": PaymentMethod.CASH_ON_DELIVERY,
    "mtn": PaymentMethod.MTN_MOBILE_MONEY,
    "momo": PaymentMethod.MTN_MOBILE_MONEY,
    "mtn_momo": PaymentMethod.MTN_MOBILE_MONEY,
    "airtel": PaymentMethod.AIRTEL_MONEY,
    "bank": PaymentMethod.BANK_TRANSFER,
    "transfer": PaymentMethod.BANK_TRANSFER,
    "credit_card": PaymentMethod.CARD,
    "debit_card": PaymentMethod.CARD,
    "points": PaymentMethod.LOYALTY_POINTS,
}
_TYPE_ALIASES = {
    "order": PaymentType.ORDER_PAYMENT,
    "subscription_payment": PaymentType.SUBSCRIPTION,
    "loyalty_payment": PaymentType.LOYALTY,
}
_STATUS_ALIASES = {"canceled": PaymentStatus.CANCELLED}
_ATTEMPT_ALIASES = {
    "success": TransactionStatus.SUCCEEDED,
    "successful": TransactionStatus.SUCCEEDED,
    "completed": TransactionStatus.SUCCEEDED,
    "processing": TransactionStatus.PENDING,
    # Another program's unsent attempt must never make this one ask a customer for money.
    "created": TransactionStatus.UNKNOWN,
    "submitting": TransactionStatus.UNKNOWN,
}
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


def read_document(data: Mapping[str, object]) -> PaymentDocument:
    """Return the payment a JSON object or CSV row describes.

    Raises:
        InvalidInputError: a field is missing or cannot be used; the reason is one sentence.

    """
    currency = (_text(data, "currency") or DEFAULT_CURRENCY).upper()
    require_currency(currency)
    status = _require(_one_of(data, "status", PaymentStatus, _STATUS_ALIASES), "status")
    method = _one_of(data, "payment_method", PaymentMethod, _METHOD_ALIASES)
    kind = _one_of(data, "payment_type", PaymentType, _TYPE_ALIASES)
    phone = _text(data, "phone_number")
    document = PaymentDocument(
        payment_id=_uuid(_text(data, "payment_id")),
        payment_method=_require(method, "payment_method"),
        payment_type=kind or PaymentType.ORDER_PAYMENT,
        amount_minor=parse_positive(_amount(data), currency),
        currency=currency,
        status=status,
        order_number=_text(data, "order_id"),
        transaction_id=_text(data, "transaction_id"),
        transaction_reference=_text(data, "transaction_reference"),
        transaction_status=_one_of(data, "transaction_status", TransactionStatus, _ATTEMPT_ALIASES),
        phone_number=normalize_phone(phone) if phone else None,
        customer_name=_text(data, "customer_name"),
        account_number=_text(data, "account_number"),
        customer_notes=_text(data, "customer_notes"),
        gateway_name=_text(data, "gateway_name"),
        invoice_number=_text(data, "invoice_number"),
        payment_link=_text(data, "payment_link"),
        error_message=_text(data, "error_message"),
        card_last4=_last4(_text(data, "card_last4")),
        card_approval_code=_approval_code(_text(data, "card_approval_code")),
        reconciled=_yes_or_no(data, "reconciled"),
        created_at=_moment(data, "created_at"),
        processing_started_at=_moment(data, "processing_started_at"),
        paid_at=_moment(data, "paid_at"),
        reconciled_at=_moment(data, "reconciled_at"),
    )
    if document.reconciled and status not in {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}:
        raise InvalidInputError(
            f"It is {status} and reconciled; only a completed payment can be reconciled.",
            field="reconciled",
        )
    return document


def _text(data: Mapping[str, object], name: str) -> str | None:
    """Return a field's text without blanks around it; None where it says nothing."""
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidInputError(f"{name} is not a text.", field=name)
    text = str(value).strip()
    longest = _LONGEST.get(name, _LONGEST_OTHER)
    if len(text) > longest:
        raise InvalidInputError(f"{name} is longer than {longest} characters.", field=name)
    if _UNUSABLE.search(text):
        raise InvalidInputError(f"{name} holds characters that are no text.", field=name)
    return text or None


def _require(value: EnumT | None, name: str) -> EnumT:
    if value is None:
        raise InvalidInputError(f"{name} is missing.", field=name)
    return value


def _one_of(
    data: Mapping[str, object], name: str, kind: type[EnumT], aliases: Mapping[str, EnumT]
) -> EnumT | None:
    text = _text(data, name)
    if text is None:
        return None
    word = re.sub(r"[\s-]+", "_", text.lower())
    if word in aliases:
        return aliases[word]
    try:
        return kind(word)
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise InvalidInputError(
            f"“{_short(text)}” is not a {name}; known are {known}.", field=name
        ) from None


def _amount(data: Mapping[str, object]) -> str | int | Decimal:
    value = data.get("amount")
    if value is None or value == "":
        raise InvalidInputError("amount is missing.", field="amount")
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise InvalidInputError("amount is not a number.", field="amount")
    # 1e999999999 is short to write and a gigabyte to print.
    far_out = isinstance(value, Decimal) and not -20 < value.adjusted() < 20
    if far_out or (not isinstance(value, Decimal) and len(str(value)) > 40):
        raise InvalidInputError("amount is not an amount of money.", field="amount")
    return value


def _moment(data: Mapping[str, object], name: str) -> datetime | None:
    text = _text(data, name)
    if text is None:
        return None
    try:
        moment = as_utc(datetime.fromisoformat(text))
        shop_date(moment)  # papers bear the shop's day, so it must exist too
    except (ValueError, OverflowError):
        raise InvalidInputError(
            f"{name} “{_short(text)}” is not a time such as 2026-01-16T10:30:00Z.", field=name
        ) from None
    return moment


def _yes_or_no(data: Mapping[str, object], name: str) -> bool | None:
    value = data.get(name)
    if value is None or isinstance(value, bool):
        return value
    word = (_text(data, name) or "").lower()
    if not word:
        return None
    if word not in _TRUE | _FALSE:
        raise InvalidInputError(f"{name} is neither true nor false.", field=name)
    return word in _TRUE


def _uuid(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise InvalidInputError(
            f"payment_id “{_short(text)}” is not a UUID.", field="payment_id"
        ) from None


def _last4(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"[0-9]{4}", text):
        raise InvalidInputError("card_last4 is not four digits.", field="card_last4")
    return text


def _approval_code(text: str | None) -> str | None:
    if text is not None and holds_card_number(text):
        raise InvalidInputError(
            "card_approval_code looks like a card's number, which is never kept.",
            field="card_approval_code",
        )
    return text


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"
