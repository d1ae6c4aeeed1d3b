"""Whether a network's answer is about the payment that was asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core import money
from core.gateways.contract import CollectOrder, RefundOrder
from core.gateways.json_reading import amount


@dataclass(frozen=True, slots=True)
class Told:
    """What a network says of a transaction; "" where it is silent."""

    amount: str = ""
    currency: str = ""
    phone_number: str = ""
    external_id: str = ""
    reference: str = ""


def mismatches(order: CollectOrder | RefundOrder, told: Told) -> tuple[str, ...]:
    """Return a sentence for each fact that differs from the order; silence is no difference."""
    asked = money.major(order.amount_minor, order.currency)
    lines: list[str] = []
    if told.amount and amount(told.amount) != amount(asked):
        lines.append(f"The network says {told.amount}, but {asked} was asked for.")
    if told.currency and told.currency != order.currency:
        lines.append(
            f"The network says the currency is {told.currency}, but it was {order.currency}."
        )
    if told.external_id and told.external_id != order.external_id:
        lines.append(
            f"The network names the sale {told.external_id}, but it is {order.external_id}."
        )
    if told.reference and told.reference != order.reference:
        lines.append(
            f"The network names the payment {told.reference}, but it is {order.reference}."
        )
    if told.phone_number and not _same_number(told.phone_number, order.phone_number):
        lines.append(
            f"The network says the number is {told.phone_number}, but it was {order.phone_number}."
        )
    return tuple(lines)


def _same_number(told: str, asked: str) -> bool:
    """Tell whether two forms name one number: a network may leave out + and country code."""
    digits, whole = re.sub(r"\D", "", told).lstrip("0"), asked.removeprefix("+")
    return digits == whole or digits == national_number(asked)


def national_number(phone_number: str) -> str:
    """Return an E.164 number without its country code: +250733000111 is 733000111."""
    import phonenumbers  # noqa: PLC0415 - its tables are not owed at start

    try:
        number = phonenumbers.parse(phone_number, None)
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", phone_number)
    return str(phonenumbers.national_significant_number(number))
