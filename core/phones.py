"""Telephone numbers: stored as E.164 (+250788123456), with the network their prefix hints at."""

from __future__ import annotations

import re

from core.errors import InvalidInputError

MTN_PREFIXES = ("78", "79")
AIRTEL_PREFIXES = ("72", "73")


def normalize_phone(text: str, *, region: str = "RW") -> str:
    """Return a number in E.164, from 0788…, 788…, 250788… or +250788….

    Raises:
        InvalidInputError: it is not a number that can exist.

    """
    import phonenumbers  # noqa: PLC0415 - its tables are not owed at start

    cleaned = re.sub(r"[\s().-]", "", text)
    if re.fullmatch(r"250\d{9}", cleaned):
        cleaned = "+" + cleaned
    try:
        number = phonenumbers.parse(cleaned, region)
    except phonenumbers.NumberParseException as error:
        raise InvalidInputError(f"“{text}” is not a telephone number.", field="phone") from error
    if not phonenumbers.is_valid_number(number):
        raise InvalidInputError(
            f"“{text}” is not a telephone number that exists (like 0788 123 456).", field="phone"
        )
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def network_of(phone: str) -> str | None:
    """Return "MTN" or "AIRTEL" by the prefix of an E.164 number: a hint, numbers are portable."""
    national = phone.removeprefix("+250")
    if national == phone:
        return None
    if national.startswith(MTN_PREFIXES):
        return "MTN"
    return "AIRTEL" if national.startswith(AIRTEL_PREFIXES) else None


def phone_display(phone: str) -> str:
    """Return a Rwandan number as people write it: 0788 123 456; others unchanged."""
    match = re.fullmatch(r"\+250(\d{3})(\d{3})(\d{3})", phone)
    return f"0{match[1]} {match[2]} {match[3]}" if match else phone
