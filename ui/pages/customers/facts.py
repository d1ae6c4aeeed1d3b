"""What is told of one customer, each by a small function; a subject adds a row with its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from core.clock import shop_date
from core.phones import phone_display
from core.services.customers.rows import CustomerDetail
from ui.pages.customers.words import balance_text

translate = QCoreApplication.translate
Fact = tuple[str, str]
"""A label and a value; an empty value is left out."""


def facts_of(detail: CustomerDetail) -> list[Fact]:
    """Return what there is to tell of a customer."""
    facts = (make(detail) for make in FACTS)
    return [fact for fact in facts if fact[1]]


def _phone(detail: CustomerDetail) -> Fact:
    return translate("CustomerFacts", "Telephone"), phone_display(detail.customer.phone_number)


def _email(detail: CustomerDetail) -> Fact:
    return translate("CustomerFacts", "E-mail"), detail.customer.email


def _tin(detail: CustomerDetail) -> Fact:
    return translate("CustomerFacts", "TIN"), detail.customer.tin


def _address(detail: CustomerDetail) -> Fact:
    return translate("CustomerFacts", "Address"), detail.customer.address


def _language(detail: CustomerDetail) -> Fact:
    names = {"en": "English", "fr": "Français", "rw": "Ikinyarwanda"}
    language = detail.customer.language
    return translate("CustomerFacts", "Papers in"), names.get(language, language)


def _under_way(detail: CustomerDetail) -> Fact:
    return translate("CustomerFacts", "Under way"), balance_text(detail.promised)


def _paid(detail: CustomerDetail) -> Fact:
    return translate("CustomerFacts", "Paid so far"), balance_text(detail.paid)


def _subscriptions(detail: CustomerDetail) -> Fact:
    count = detail.active_subscriptions
    return translate("CustomerFacts", "Active subscriptions"), str(count) if count else ""


def _since(detail: CustomerDetail) -> Fact:
    day = shop_date(detail.customer.created_at)
    return translate("CustomerFacts", "Customer since"), day.isoformat()


def _merged(detail: CustomerDetail) -> Fact:
    return translate("CustomerFacts", "Also known as"), ", ".join(detail.merged_names)


def _notes(detail: CustomerDetail) -> Fact:
    return translate("CustomerFacts", "Notes"), detail.customer.notes


FACTS: list[Callable[[CustomerDetail], Fact]] = [
    _phone,
    _email,
    _tin,
    _address,
    _language,
    _under_way,
    _paid,
    _subscriptions,
    _since,
    _merged,
    _notes,
]
"""The facts in the order they are shown."""
